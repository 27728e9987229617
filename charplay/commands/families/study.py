"""Commands that study a model's units and states, and several models together."""

from charplay.commands.command import Command
from charplay.commands.families import handler_name


def _arguments(name: str) -> str:
    return f"charplay.commands.study_arguments:{name}"


STUDY = (
    Command(
        "neurons",
        "a text coloured by units of the network; find what they follow",
        handler_name("neurons:show_neurons"),
        _arguments("NeuronsArguments"),
        (
            "neurons Shall I compare thee to a winter's night",
            "neurons --unit cell.0:41 @poem.txt",
            "neurons -m shakespeare --find",
            "neurons -m shakespeare --ablate cell.0:41 --seed 7 Shall I",
        ),
        draws=True,
    ),
    Command(
        "state",
        "the state over the last characters; how far two turns are apart",
        handler_name("hidden_state:show_state"),
        _arguments("StateArguments"),
        ("state", "state --array cell.0 -n 30", "state --turn 3 --against 5"),
        draws=True,
    ),
    Command(
        "compare",
        "models side by side: what they write, how good and new it is",
        handler_name("comparing:compare"),
        _arguments("CompareArguments"),
        (
            "compare dinosaurs drugs",
            "compare shakespeare:0.5 shakespeare:1 --prompt 'Shall I' --seed 7",
            "compare mine@100 mine@200 mine -n 50",
        ),
        draws=True,
    ),
    Command(
        "classify",
        "which of several models finds a text least surprising",
        handler_name("classifying:classify"),
        _arguments("ClassifyArguments"),
        (
            "classify --models dinosaurs,drugs,surnames brontozepam",
            "classify --models dinosaurs,drugs --prior drugs=0.9,dinosaurs=0.1 stegomycin",
            "classify --models dinosaurs,drugs,surnames --test",
        ),
        draws=True,
    ),
    Command(
        "memorised",
        "whether a model copies: what its samples share with its text",
        handler_name("memorising:show_copies"),
        _arguments("MemorisedArguments"),
        ("memorised", "memorised shakespeare --temperatures 0.2 1", "memorised drugs -n 1000"),
        draws=True,
    ),
)
