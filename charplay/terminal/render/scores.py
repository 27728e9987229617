"""The loss of a model on a text: figures and bars, then what they mean."""

from charplay.commands.results import Column, Table
from charplay.insight.text_score import TextScore
from charplay.plural import count_in_words
from charplay.terminal.render.bars import share_bar
from charplay.terminal.render.console import CharplayConsole, foreign, show_notices
from charplay.terminal.render.tables import show_table

_NATS_A_BIT = 0.6931471805599453
_BAR = 20
_COLUMNS = (
    Column("loss"),
    Column("nats", unit="/char", align="right"),
    Column("bits", unit="/char", align="right"),
    Column("bar", shrink="drop"),
)


def show_text_score(value: TextScore, console: CharplayConsole) -> None:
    """Each loss beside the others, the lowest best, and sentences."""
    show_notices(console, value.notices)
    stopped = "stopped after " if value.interrupted else ""
    count = count_in_words(value.characters, "character")
    console.print(foreign(f"{value.model}: {stopped}{count}"))
    order = f" (order {value.counting_order})" if value.counting_order else ""
    losses = (
        ("this text", value.nats),
        (f"while learning it, by {value.adapted_by}", value.adapted),
        (f"this text, best n-gram{order}", value.counting),
        ("its own text, held out", value.held_out),
        ("its own text, held out, best n-gram", value.held_out_counting),
        ("every character as likely", value.uniform),
    )
    rows = tuple(
        {
            "loss": name,
            "nats": f"{nats:.3f}",
            "bits": f"{nats / _NATS_A_BIT:.3f}",
            "bar": share_bar(nats / value.uniform, _BAR, console.draws_ascii),
        }
        for name, nats in losses
        if nats is not None
    )
    show_table(Table(rows, _COLUMNS), console)
    for sentence in value.meaning:
        console.print(foreign(sentence))
