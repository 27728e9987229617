"""Commands of the library: models, texts, runs, what plugins offer."""

from charplay.commands.command import Command
from charplay.commands.families import arguments_name, handler_name

HOUSEKEEPING = (
    Command(
        "models",
        "list the models; show, add, rename, export or remove one",
        examples=("models", "models show dinosaurs", "models export mine ./mine.safetensors"),
        actions=(
            Command("list", "list the models", handler_name("models:list_models")),
            Command(
                "show",
                "show how a model was made, and its held-out loss",
                handler_name("models:show_model"),
                arguments_name("ShowModelArguments"),
                ("models show dinosaurs",),
            ),
            Command(
                "add",
                "add a model file, from your disk or from a web address",
                handler_name("models:add_model"),
                arguments_name("AddModelArguments"),
                ("models add friend.safetensors --name friend",),
            ),
            Command(
                "export",
                "write a model to a file",
                handler_name("models:export_model"),
                arguments_name("ExportModelArguments"),
                ("models export mine ./mine.safetensors",),
            ),
            Command(
                "rename",
                "give a model of your own another name",
                handler_name("models:rename_model"),
                arguments_name("RenameModelArguments"),
                ("models rename mine ours",),
            ),
            Command(
                "remove",
                "remove a model of your own",
                handler_name("models:remove_model"),
                arguments_name("RemoveModelArguments"),
                ("models remove mine",),
                destroys=True,
            ),
            Command(
                "prune",
                "delete old versions that no name and no session uses",
                handler_name("models:prune_models"),
                arguments_name("PruneModelsArguments"),
                ("models prune",),
                destroys=True,
            ),
        ),
    ),
    Command(
        "model",
        "choose the model to talk to",
        handler_name("models:choose_model"),
        arguments_name("ModelArguments"),
        ("model dinosaurs", "model ./friend.safetensors"),
    ),
    Command(
        "corpora",
        "list the texts to train on; show, add, fetch or remove one",
        examples=("corpora", "corpora show dinosaurs", "corpora add products.txt --name products"),
        actions=(
            Command("list", "list the texts", handler_name("corpora:list_corpora")),
            Command(
                "show",
                "show what a text holds, or how a file of yours would be read",
                handler_name("corpus_texts:show_corpus"),
                arguments_name("ShowCorpusArguments"),
                (
                    "corpora show dinosaurs",
                    "corpora show products.xlsx --column name",
                    "corpora show names.csv --encoding windows-1252",
                ),
            ),
            Command(
                "add",
                "keep a copy of your own text under a name",
                handler_name("corpus_texts:add_corpus"),
                arguments_name("AddCorpusArguments"),
                (
                    "corpora add products.txt --name products",
                    "corpora add drugs.csv --column name --name mydrugs",
                ),
            ),
            Command(
                "remove",
                "remove a text that you added or fetched",
                handler_name("corpora:remove_corpus"),
                arguments_name("RemoveCorpusArguments"),
                ("corpora remove products",),
                destroys=True,
            ),
            Command(
                "fetch",
                "download a text that is not shipped",
                handler_name("corpus_texts:fetch_corpus"),
                arguments_name("CorpusArguments"),
                ("corpora fetch tiny-shakespeare",),
            ),
        ),
    ),
    Command(
        "jobs",
        "list the training runs; show, stop, resume or remove one",
        examples=("jobs", "jobs show 3", "jobs stop", "jobs resume 3 --epochs +5"),
        actions=(
            Command("list", "list the runs, the newest first", handler_name("jobs:list_jobs")),
            Command(
                "show",
                "show how a run stands",
                handler_name("jobs:show_job"),
                "charplay.commands.run_arguments:ShowJobArguments",
                ("jobs show", "jobs show 3", "jobs show 3 --follow"),
            ),
            Command(
                "stop",
                "stop a run with a checkpoint; it can go on later",
                handler_name("jobs:stop_job"),
                "charplay.commands.run_arguments:JobArguments",
                ("jobs stop", "jobs stop 3"),
            ),
            Command(
                "checkpoint",
                "have a run save a checkpoint now",
                handler_name("jobs:save_job"),
                "charplay.commands.run_arguments:JobArguments",
                ("jobs checkpoint 3",),
            ),
            Command(
                "resume",
                "take up a run again, exactly where it was, or with more to do",
                handler_name("jobs:resume_job"),
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
                handler_name("jobs:remove_job"),
                "charplay.commands.run_arguments:RemoveJobArguments",
                ("jobs remove 3",),
                destroys=True,
            ),
            Command(
                "prune",
                "remove all runs but the newest; their models stay",
                handler_name("jobs:prune_jobs"),
                "charplay.commands.run_arguments:PruneJobsArguments",
                ("jobs prune", "jobs prune 0 --yes"),
                destroys=True,
            ),
        ),
    ),
    Command(
        "plot",
        "the losses of runs and models as curves, here or in an SVG file",
        handler_name("plotting:plot_losses"),
        "charplay.commands.run_arguments:PlotArguments",
        (
            "plot",
            "plot 3 5 --against time",
            "plot mine losses.svg",
            "plot 3 --format csv",
        ),
    ),
    Command(
        "backends", "list the backends and their options", handler_name("listing:list_backends")
    ),
    Command("recipes", "list the recipes", handler_name("listing:list_recipes")),
    Command(
        "plugins",
        "begin a plugin of your own",
        actions=(
            Command(
                "new",
                "make a plugin in the current folder, which installs and passes its tests as it is",
                handler_name("new_plugin:new_plugin"),
                "charplay.commands.new_plugin:NewPluginArguments",
                ("plugins new tides", "plugins new rivers --kind corpus"),
            ),
        ),
    ),
)
