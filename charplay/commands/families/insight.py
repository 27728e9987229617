"""Commands that take a model apart: what it expects, and why it chose what it chose."""

from charplay.commands.command import Command
from charplay.commands.families import handler_name


def _arguments(name: str) -> str:
    """An options class of the arguments of this family."""
    return f"charplay.commands.insight_arguments:{name}"


INSIGHT = (
    Command(
        "probs",
        "what comes next: the likeliest characters, as bars and figures",
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
    Command(
        "why",
        "why a character came: what was expected, and what chose it",
        handler_name("probabilities:explain_answer"),
        _arguments("WhyArguments"),
        ("why", "why 17", "why winter", "why --turn 3 17", "why --answer 2 1"),
        draws=True,
    ),
    Command(
        "pick",
        "write by hand: choose each character among those expected",
        handler_name("picking:pick_text"),
        _arguments("PickArguments"),
        ("pick", "pick Shall I compare thee to a", "pick -m drugs Ze"),
    ),
    Command(
        "surprise",
        "how surprised a model is by each character of a text",
        handler_name("surprising:show_surprise"),
        _arguments("SurpriseArguments"),
        ("surprise Shall I compare thee to a winter's night", "surprise -m mine @poem.txt"),
        draws=True,
    ),
    Command(
        "score",
        "how well a model knows a text: its loss, and what that means",
        handler_name("scoring:score_text"),
        _arguments("ScoreArguments"),
        ("score Shall I compare thee to a winter's night", "score -m mine @poem.txt"),
        draws=True,
    ),
)
