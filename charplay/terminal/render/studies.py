"""Models beside each other: compared, chosen from, and looked at for what they copy."""

from charplay.commands.class_training import ClassTrained, ClassTraining
from charplay.commands.results import Column, Table
from charplay.insight.classify import Classified, ClassTest
from charplay.insight.compare import ComparedModel, Comparison
from charplay.insight.memorised import HELD_OUT, CopiedShare, Memorised
from charplay.terminal.render.bars import share_bar
from charplay.terminal.render.cells import USUAL_COLUMNS, text_end
from charplay.terminal.render.console import CharplayConsole, foreign, show_notices, visible
from charplay.terminal.render.side_by_side import show_side_by_side
from charplay.terminal.render.tables import loss_text, show_table

_SHOWN_NAMES, _SHOWN_TEXTS = 10, 1
_BAR, _ROOM_FOR_BAR, _LONGEST_SHOWN = 20, 60, 60
_OFTEN = "names that it learned come more often than those held out let expect"
_SELDOM = "names that it learned come no more often than those held out let expect"
_MUCH = "far more of it is in runs of its text than of held-out text"
_COMPARED_COLUMNS = (
    Column("model", shrink="fold", least=12),
    Column("held_out_loss", "nats/char", ".3f"),
    Column("size", "bytes", ",", shrink="drop", rank=1),
    Column("speed", "chars/s", ",.0f", shrink="drop", rank=1),
    Column("new", "%", ".0f"),
    Column("listed", "%", ".0f"),
    Column("held_out", "%", ".0f"),
    Column("repeated", "%", ".0f"),
    Column("counted", format=",", shrink="drop"),
)


def show_comparison(value: Comparison, console: CharplayConsole) -> None:
    """What each model wrote, side by side, and a row of figures for each."""
    show_notices(console, value.notices)
    most = _SHOWN_NAMES if value.kind == "names" else _SHOWN_TEXTS
    shown = [model.samples[:most] for model in value.models]
    rows = list(zip(*shown))
    show_side_by_side([model.model for model in value.models], rows, console)
    console.print()
    show_table(Table(tuple(map(_compared_row, value.models)), _COMPARED_COLUMNS), console)
    what = "names" if value.kind == "names" else "whole lines"
    console.print(
        f"new, listed (learned), held out, repeated: shares of the {what} counted; seed "
        f"{value.seed}",
        style="dim",
    )


def _compared_row(model: ComparedModel) -> dict[str, object]:
    shares = {name: getattr(model, name) for name in ("new", "listed", "held_out", "repeated")}
    percents = {name: None if share is None else 100 * share for name, share in shares.items()}
    return {**vars(model), **percents}


def show_classified(value: Classified, console: CharplayConsole) -> None:
    """Each class with its probability, the most probable first."""
    show_notices(console, value.notices)
    room = (console.room or USUAL_COLUMNS) - 1
    console.print(text_end(value.text, room))
    bar = _BAR if room >= _ROOM_FOR_BAR else 0

    def figure(share: float) -> str:
        return f"{100 * share:6.2f} {share_bar(share, bar, console.draws_ascii)}".rstrip()

    rows = tuple(
        {
            "model": row.model,
            "probability": figure(row.probability),
            "prior": 100 * row.prior,
            "loss": row.loss,
        }
        for row in value.classes
    )
    columns = (
        Column("model", shrink="fold"),
        Column("probability", "%"),
        Column("prior", "%", ".1f", shrink="drop"),
        Column("loss", "nats/char", ".3f"),
    )
    show_table(Table(rows, columns), console)


def show_class_training(value: ClassTraining, console: CharplayConsole) -> None:
    """A line for each model as it is trained, then how well they tell held-out texts apart."""
    show_notices(console, value.notes)
    minutes = f", each in about {value.minutes:g} minutes" if value.minutes else ""
    console.print(f"training {value.count:,} models{minutes}")
    for event in value.events:
        if isinstance(event, ClassTest):
            show_class_test(event, console)
        elif isinstance(event, ClassTrained):
            loss = f"held-out loss {loss_text(event.held_out_loss)}"
            size = f"{event.characters:,} characters of {event.kind}"
            line = f"{event.number} of {event.of}: {event.model}, {size}, {loss}"
            console.print(foreign(line))
    console.print_hint(f"`classify --models {value.models} TEXT` chooses one of them")


def show_class_test(value: ClassTest, console: CharplayConsole) -> None:
    """The confusion table: a row for each class, a column for what its texts were taken for."""
    show_notices(console, value.notices)
    letters = {name: _letter(place) for place, name in enumerate(value.classes)}
    rows = []
    for name in value.classes:
        total = value.total(name)
        counts = {letters[guess]: value.count(name, guess) or None for guess in value.classes}
        right = 100 * value.count(name, name) / total if total else None
        rows.append({"class": f"{letters[name]} {name}", "right": right, "texts": total, **counts})
    columns = (
        Column("class", shrink="fold", least=10),
        Column("texts", format=","),
        Column("right", "%", ".0f"),
        *(Column(letter, format=",", align="right") for letter in letters.values()),
    )
    show_table(Table(tuple(rows), columns), console)
    console.print(
        f"{100 * value.accuracy:.1f} % of {value.texts:,} held-out texts were taken for their own "
        f"class; always the most common class: {100 * value.most_common:.1f} %",
    )
    console.print(
        "a row tells what the texts of a class were taken for, by the letters of the classes",
        style="dim",
    )


def _letter(place: int) -> str:
    """A, B, … Z, AA, AB, …"""
    more, letter = divmod(place, 26)
    return (_letter(more - 1) if more else "") + chr(ord("A") + letter)


def show_memorised(value: Memorised, console: CharplayConsole) -> None:
    """What samples share with the learned text, and the longest runs."""
    show_notices(console, value.notices)
    console.print(
        foreign(
            f"{value.model}: characters of its samples in runs of {value.least} or more that its "
            "text has too"
        ),
    )
    of_names = ("listed", "held_out", "at_most") if value.kind == "names" else ()
    columns = (
        Column("source", shrink="fold"),
        Column("characters", format=",", shrink="drop"),
        Column("share", "%", ".1f"),
        Column("longest", "chars", ","),
        *(Column(name, "% of names", ".1f", shrink="drop") for name in of_names),
    )
    show_table(Table(tuple(map(_copied_row, value.sources)), columns), console)
    for row in value.sources:
        if row.is_drawn and row.runs:
            run = text_end(row.runs[0], _LONGEST_SHOWN)
            console.print(foreign(f"longest at {row.source}: ").append(visible(run)))
    for line in verdict_lines(value):
        console.print(line)


def _copied_row(row: CopiedShare) -> dict[str, object]:
    names = ("share", "listed", "held_out", "at_most")
    shares = {name: getattr(row, name) for name in names}
    percents = {name: None if share is None else 100 * share for name, share in shares.items()}
    return {**vars(row), **percents}


def verdict_lines(value: Memorised) -> list[str]:
    """Whether it copies, in words: beside what text that nobody learned shares."""
    unseen = next((row for row in value.sources if row.source == HELD_OUT), None)
    if unseen is None:
        return ["nothing was held out, so there is no new text to compare with"]
    drawn = [row for row in value.sources if row.is_drawn]
    copying = [row.source for row in drawn if row.copies_beside(unseen, value.least)]
    names = value.kind == "names"
    if copying:
        much = _OFTEN if names else _MUCH
        return [f"it copies at {', '.join(copying)}: {much}"]
    if names:
        return [f"it does not copy: {_SELDOM}"]
    return ["it does not copy: its samples share little more with its text than held-out text does"]
