"""Commands of the program itself."""

from charplay.commands.command import Command
from charplay.commands.families import arguments_name, handler_name

GENERAL = (
    Command(
        "set",
        "show or change options of sampling and of the interface",
        handler_name("setting:set_option"),
        arguments_name("SetArguments"),
        ("set", "set temperature 0.7", "set top-p default", "set reset"),
    ),
    Command(
        "macro",
        "list your macros; define, show or remove one",
        handler_name("macros:define_macro"),
        arguments_name("MacroArguments"),
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
        handler_name("general:show_help"),
        arguments_name("HelpArguments"),
        ("help", "help making", "help train", "help models show", "help keys"),
    ),
    Command(
        "edit",
        "write a text in your editor; at the prompt Enter sends it",
        handler_name("editing:edit_draft"),
        arguments_name("EditArguments"),
        ("edit", "edit O for a voice like thunder"),
    ),
    Command(
        "completion",
        "the script with which a shell completes charplay's commands",
        examples=("completion bash", "completion zsh", "completion fish"),
        actions=(
            Command("bash", "the script for bash", handler_name("completion.shells:print_script")),
            Command("zsh", "the script for zsh", handler_name("completion.shells:print_script")),
            Command("fish", "the script for fish", handler_name("completion.shells:print_script")),
            Command(
                "words",
                "what a shell asks: the words that fit",
                handler_name("completion.shells:complete_words"),
                "charplay.commands.completion.shells:WordsArguments",
                ("completion words names drugs",),
            ),
            Command(
                "line",
                "what a shell asks that knows its line only",
                handler_name("completion.shells:complete_line"),
                "charplay.commands.completion.shells:LineArguments",
                ("completion line charplay na",),
            ),
        ),
    ),
    Command("quit", "leave", handler_name("general:quit_repl")),
)
