"""The table of commands: charplay's own, declared as data, then those of plugins.

No handler is imported here, and the options of a command are read when they are first needed.
"""

from dataclasses import replace

from charplay.commands.command import Command, Commands
from charplay.plugins.registry import Fault, Registry


def _handler(name: str) -> str:
    """A handler of this package, from its "module:function"."""
    return f"charplay.commands.{name}"


def _arguments(name: str) -> str:
    """An options class of this package's arguments."""
    return f"charplay.commands.arguments:{name}"


MAKING = (
    Command(
        "train",
        "train a model on a list of names or on prose",
        _handler("training:train"),
        "charplay.jobs.choice:TrainingChoice",
        (
            "train dinosaurs",
            "train mynames.txt --name mine",
            "train products.csv --column name --epochs 30",
            "train titles.txt --kind names",
            "train newnames.txt --from mine",
            "train dinosaurs --recipe course-dinosaurs --updates 10000",
            "train dinosaurs --set hidden=256 learning-rate=0.003",
        ),
    ),
    Command(
        "names",
        "new names from a model that was trained on names",
        _handler("naming:find_names"),
        _arguments("NamesArguments"),
        (
            "names",
            "names dinosaurs -n 20 --starts Ty --ends saurus --new",
            "names drugs --pattern '.*[aeiou]x' --max-length 9 --min-distance 2",
            "names --seed 7",
            "names --seed 7/3",
            "names drugs -n 200 --save names.csv",
        ),
    ),
    Command(
        "poem",
        "a poem that goes on from your opening line",
        _handler("generating:write_poem"),
        _arguments("PoemArguments"),
        (
            "poem Shall I compare thee to a winter's night",
            "poem --seed 7 --temperature 0.6 Let me not",
            "poem --model mine --lines 5 O for a line",
        ),
    ),
    Command(
        "sample",
        "text from a model, going on from a prompt",
        _handler("generating:sample"),
        _arguments("SampleArguments"),
        (
            'sample --prompt "Shall I compare" --lines 4',
            "sample --prompt @opening.txt --max-chars 1000",
            "sample -n 3 --top-p 0.9 --seed 42",
            "sample --greedy",
        ),
    ),
)

CONVERSATION = (
    Command("undo", "go back one turn", _handler("turns:undo")),
    Command("redo", "go forward to the turn last undone", _handler("turns:redo")),
    Command(
        "retry",
        "ask the last turn's question again, with the next seed",
        _handler("turns:retry"),
        _arguments("RetryArguments"),
        ("retry", "retry --seed 7", "retry --temperature 0.5"),
    ),
    Command(
        "branch",
        "begin a branch with the next turn",
        _handler("turns:begin_branch"),
        _arguments("BranchArguments"),
        ("branch", "branch darker"),
    ),
    Command(
        "goto",
        "go to another turn or branch",
        _handler("turns:goto"),
        _arguments("GotoArguments"),
        ("goto 3", "goto darker", "goto 0"),
    ),
    Command("tree", "show the session's turns and branches", _handler("turns:show_tree")),
    Command(
        "keep",
        "mark answers as favourites",
        _handler("keeping:keep_answers"),
        _arguments("KeepArguments"),
        ("keep", "keep 1 3", "keep 2-4", "keep Novasol", "keep 3 --turn 2"),
    ),
    Command(
        "unkeep",
        "take answers from the favourites",
        _handler("keeping:unkeep_answers"),
        _arguments("KeepArguments"),
        ("unkeep", "unkeep 3", "unkeep Novasol"),
    ),
    Command(
        "kept",
        "list the favourites of the session, or of all sessions",
        _handler("keeping:list_kept"),
        _arguments("KeptArguments"),
        ("kept", "kept --all --format csv"),
    ),
    Command(
        "sessions",
        "list the sessions; search, rename, delete or import one",
        examples=("sessions", "sessions search winter", "sessions rename talk-1 winter"),
        actions=(
            Command(
                "list", "list the sessions, the last used first", _handler("sessions:list_sessions")
            ),
            Command(
                "search",
                "list the sessions that hold a text",
                _handler("sessions:search_sessions"),
                _arguments("SearchSessionsArguments"),
                ("sessions search winter",),
            ),
            Command(
                "rename",
                "give a session another name",
                _handler("sessions:rename_session"),
                _arguments("RenameSessionArguments"),
                ("sessions rename talk-1 winter",),
            ),
            Command(
                "delete",
                "delete a session with all its turns",
                _handler("sessions:delete_session"),
                _arguments("DeleteSessionArguments"),
                ("sessions delete winter",),
                destroys=True,
            ),
            Command(
                "import",
                "take in a session that was exported as .json",
                _handler("sessions:import_session"),
                _arguments("ImportSessionArguments"),
                ("sessions import winter.json --name spring",),
            ),
        ),
    ),
    Command(
        "session",
        "continue another session, or start one",
        _handler("sessions:switch_session"),
        _arguments("SessionArguments"),
        ("session", "session winter"),
    ),
    Command(
        "export",
        "write the session to a file",
        _handler("exporting:export_session"),
        _arguments("ExportArguments"),
        ("export winter.md", "export winter.html", "export winter.json", "export winter.csv"),
    ),
)

HOUSEKEEPING = (
    Command(
        "models",
        "list the models; show, add, rename, export or remove one",
        examples=("models", "models show dinosaurs", "models export mine ./mine.safetensors"),
        actions=(
            Command("list", "list the models", _handler("models:list_models")),
            Command(
                "show",
                "show how a model was made, and its held-out loss",
                _handler("models:show_model"),
                _arguments("ShowModelArguments"),
                ("models show dinosaurs",),
            ),
            Command(
                "add",
                "add a model file, from your disk or from a web address",
                _handler("models:add_model"),
                _arguments("AddModelArguments"),
                ("models add friend.safetensors --name friend",),
            ),
            Command(
                "export",
                "write a model to a file",
                _handler("models:export_model"),
                _arguments("ExportModelArguments"),
                ("models export mine ./mine.safetensors",),
            ),
            Command(
                "rename",
                "give a model of your own another name",
                _handler("models:rename_model"),
                _arguments("RenameModelArguments"),
                ("models rename mine ours",),
            ),
            Command(
                "remove",
                "remove a model of your own",
                _handler("models:remove_model"),
                _arguments("RemoveModelArguments"),
                ("models remove mine",),
                destroys=True,
            ),
            Command(
                "prune",
                "delete old versions that no name and no session uses",
                _handler("models:prune_models"),
                _arguments("PruneModelsArguments"),
                ("models prune",),
                destroys=True,
            ),
        ),
    ),
    Command(
        "model",
        "choose the model to talk to",
        _handler("models:choose_model"),
        _arguments("ModelArguments"),
        ("model dinosaurs", "model ./friend.safetensors"),
    ),
    Command(
        "corpora",
        "list the texts to train on; show, add, fetch or remove one",
        examples=("corpora", "corpora show dinosaurs", "corpora add products.txt --name products"),
        actions=(
            Command("list", "list the texts", _handler("corpora:list_corpora")),
            Command(
                "show",
                "show what a text holds, or how a file of yours would be read",
                _handler("corpus_texts:show_corpus"),
                _arguments("ShowCorpusArguments"),
                (
                    "corpora show dinosaurs",
                    "corpora show products.xlsx --column name",
                    "corpora show names.csv --encoding windows-1252",
                ),
            ),
            Command(
                "add",
                "keep a copy of your own text under a name",
                _handler("corpus_texts:add_corpus"),
                _arguments("AddCorpusArguments"),
                (
                    "corpora add products.txt --name products",
                    "corpora add drugs.csv --column name --name mydrugs",
                ),
            ),
            Command(
                "remove",
                "remove a text that you added or fetched",
                _handler("corpora:remove_corpus"),
                _arguments("RemoveCorpusArguments"),
                ("corpora remove products",),
                destroys=True,
            ),
            Command(
                "fetch",
                "download a text that is not shipped",
                _handler("corpus_texts:fetch_corpus"),
                _arguments("CorpusArguments"),
                ("corpora fetch tiny-shakespeare",),
            ),
        ),
    ),
    Command(
        "jobs",
        "list the training runs; show, stop, resume or remove one",
        examples=("jobs", "jobs show 3", "jobs stop", "jobs resume 3 --epochs +5"),
        actions=(
            Command("list", "list the runs, the newest first", _handler("jobs:list_jobs")),
            Command(
                "show",
                "show how a run stands",
                _handler("jobs:show_job"),
                "charplay.commands.run_arguments:ShowJobArguments",
                ("jobs show", "jobs show 3", "jobs show 3 --follow"),
            ),
            Command(
                "stop",
                "stop a run with a checkpoint; it can go on later",
                _handler("jobs:stop_job"),
                "charplay.commands.run_arguments:JobArguments",
                ("jobs stop", "jobs stop 3"),
            ),
            Command(
                "checkpoint",
                "have a run save a checkpoint now",
                _handler("jobs:save_job"),
                "charplay.commands.run_arguments:JobArguments",
                ("jobs checkpoint 3",),
            ),
            Command(
                "resume",
                "take up a run again, exactly where it was, or with more to do",
                _handler("jobs:resume_job"),
                "charplay.jobs.resuming:ResumeChoice",
                (
                    "jobs resume",
                    "jobs resume 3 --epochs +5",
                    "jobs resume 3 --minutes +10",
                    "jobs resume 3 --set learning-rate=0.001",
                ),
            ),
            Command(
                "remove",
                "remove a run's folder; its model stays",
                _handler("jobs:remove_job"),
                "charplay.commands.run_arguments:RemoveJobArguments",
                ("jobs remove 3",),
                destroys=True,
            ),
            Command(
                "prune",
                "remove all runs but the newest; their models stay",
                _handler("jobs:prune_jobs"),
                "charplay.commands.run_arguments:PruneJobsArguments",
                ("jobs prune", "jobs prune 0 --yes"),
                destroys=True,
            ),
        ),
    ),
    Command(
        "plot",
        "the losses of runs and models as curves, here or in an SVG file",
        _handler("plotting:plot_losses"),
        "charplay.commands.run_arguments:PlotArguments",
        (
            "plot",
            "plot 3 5 --against time",
            "plot mine losses.svg",
            "plot 3 --format csv",
        ),
    ),
    Command("backends", "list the backends and their options", _handler("listing:list_backends")),
    Command("recipes", "list the recipes", _handler("listing:list_recipes")),
)

GENERAL = (
    Command(
        "set",
        "show or change options of sampling and of the interface",
        _handler("setting:set_option"),
        _arguments("SetArguments"),
        ("set", "set temperature 0.7", "set top-p default", "set reset"),
    ),
    Command(
        "macro",
        "list your macros; define, show or remove one",
        _handler("macros:define_macro"),
        _arguments("MacroArguments"),
        (
            "macro",
            "macro 'zo = :names drugs -n 20 $*'",
            "macro hello = Shall I compare",
            "macro zo",
            "macro zo =",
        ),
    ),
    Command(
        "help",
        "list the commands, or explain one or a family of them",
        _handler("general:show_help"),
        _arguments("HelpArguments"),
        ("help", "help making", "help train", "help models show", "help keys"),
    ),
    Command(
        "edit",
        "write a text in your editor; at the prompt Enter sends it",
        _handler("editing:edit_draft"),
        _arguments("EditArguments"),
        ("edit", "edit O for a voice like thunder"),
    ),
    Command(
        "completion",
        "the script with which a shell completes charplay's commands",
        examples=("completion bash", "completion zsh", "completion fish"),
        actions=(
            Command("bash", "the script for bash", _handler("completion.shells:print_script")),
            Command("zsh", "the script for zsh", _handler("completion.shells:print_script")),
            Command("fish", "the script for fish", _handler("completion.shells:print_script")),
            Command(
                "words",
                "what a shell asks: the words that fit",
                _handler("completion.shells:complete_words"),
                "charplay.commands.completion.shells:WordsArguments",
                ("completion words names drugs",),
            ),
            Command(
                "line",
                "what a shell asks that knows its line only",
                _handler("completion.shells:complete_line"),
                "charplay.commands.completion.shells:LineArguments",
                ("completion line charplay na",),
            ),
        ),
    ),
    Command("quit", "leave", _handler("general:quit_repl")),
)

FAMILIES = {
    "making": MAKING,
    "conversation": CONVERSATION,
    "library": HOUSEKEEPING,
    "general": GENERAL,
}
BUILTIN = tuple(
    replace(command, family=family) for family, some in FAMILIES.items() for command in some
)


def all_commands(registry: Registry) -> Commands:
    """Every command; one of a plugin that clashes with one of ours is that plugin's fault."""
    commands = {command.name: command for command in BUILTIN}
    for name, offered in registry.commands.items():
        origin = registry.commands.origin(name)
        if not isinstance(offered, Command):
            registry.faults.append(Fault(origin, f"offers {name!r}, which is not a Command"))
        elif name in commands:
            problem = f"offers the command {name!r}, which charplay has already"
            registry.faults.append(Fault(origin, problem))
        else:
            commands[name] = offered
    return Commands(list(commands.values()))
