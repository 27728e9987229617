"""Commands that take a model apart: what it expects, and why it chose what it chose."""

from charplay.commands.command import Command
from charplay.commands.families import handler_name


def _arguments(name: str) -> str:
    """An options class of the arguments of this family."""
    return f"charplay.commands.insight_arguments:{name}"


INSIGHT = (
    Command(
        "probs",
        "what comes next: every character's probability, before and after the cuts",
        handler_name("probabilities:show_probabilities"),
        _arguments("ProbsArguments"),
        (
            "probs Shall I compare thee to a winter's nigh",
            "probs -m dinosaurs Tyranno",
            "probs --temperature 0.5 --top-p 0.9 -n 5 To be, or not to b",
            "probs --save next.svg Shall I",
        ),
        draws=True,
    ),
)
