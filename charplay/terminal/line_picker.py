"""Writing by hand a line at a time, where a terminal draws nothing twice or is read aloud."""

from collections.abc import Callable

from charplay.insight.handwriting import Handwriting
from charplay.terminal.render.cells import character_figure
from charplay.terminal.render.probabilities import percent
from charplay.text.typed.signs import list_characters

_RANKS = 10
_MOST_NAMED = 8
_HELP = (
    "a number chooses, + goes on for a word, ++ for a line, ~ writes another, - steps back, "
    "-- a word back, an empty line keeps it; anything else is your own text, after = also a number"
)


def pick_by_lines(
    writing: Handwriting, ask: Callable[[str], str], tell: Callable[[str], None]
) -> bool:
    """Have a person write by hand; whether they keep what they wrote: always, once they end."""
    tell(_HELP)
    while True:
        tell(writing.beginning + writing.text)
        ranked = writing.ranked(_RANKS)
        tell(
            ", ".join(
                f"{row.rank} {character_figure(row.character)} {percent(row.probability).strip()} %"
                for row in ranked
            )
            or "the name has ended"
        )
        typed = ask("pick: ").rstrip("\r\n")
        if not typed:
            return True
        dropped = _obey(writing, typed)
        if dropped:
            tell(f"unknown to this model: {list_characters(dropped, _MOST_NAMED)}")


def _obey(writing: Handwriting, typed: str) -> str:
    """Do what a line says; the characters of one's own text that the model has not."""
    if typed.isdecimal() and len(typed) <= 3:
        if int(typed):
            writing.choose(int(typed))
    elif typed == "-":
        writing.step_back()
    elif typed == "--":
        writing.step_back_word()
    elif typed == "~":
        writing.go_on_otherwise()
    elif typed == "+":
        writing.go_on("word")
    elif typed == "++":
        writing.go_on("line")
    elif not writing.has_ended:
        return writing.write(typed.removeprefix("=")).dropped
    return ""
