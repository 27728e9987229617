"""What a result looks like to a person, by its type."""

import dataclasses
from functools import singledispatch

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from charplay.commands.corpora import CorpusKept, CorpusPage, CorpusRemoved
from charplay.commands.general import CommandHelp, OptionHelp, OptionRow
from charplay.commands.generating import Answers, StreamedAnswer
from charplay.commands.listing import Listing
from charplay.commands.models import Chosen, ModelChange, ModelPage
from charplay.commands.naming import Names
from charplay.commands.sessions import SessionDone
from charplay.commands.training import Training
from charplay.commands.turns import SessionPosition, Tree
from charplay.insight.described_name import DescribedName, SoundingName
from charplay.sessions.tree import Favourite
from charplay.terminal.render.console import foreign, notice
from charplay.terminal.render.corpora import show_kept, show_page
from charplay.terminal.render.sessions import (
    show_done,
    show_favourite,
    show_standing,
    show_tree,
)
from charplay.terminal.render.speech import show_speech
from charplay.terminal.render.tables import loss, print_table
from charplay.terminal.render.training import show_training


@singledispatch
def view(value: object, console: Console) -> None:
    """Print a value; a dataclass that has no view of its own prints its fields."""
    if not dataclasses.is_dataclass(value):
        console.print(foreign(str(value)))
        return
    for each in dataclasses.fields(value):
        console.print(foreign(f"{each.name}: {getattr(value, each.name)}"))


@view.register
def _(value: Listing, console: Console) -> None:
    if value.rows:
        print_table(console, value.rows)
        if value.note:
            console.print(value.note, style="dim")
    else:
        console.print(value.empty)


@view.register
def _(value: CorpusPage, console: Console) -> None:
    show_page(console, value)


@view.register
def _(value: CorpusKept, console: Console) -> None:
    show_kept(console, value)


@view.register
def _(value: CorpusRemoved, console: Console) -> None:
    console.print(Text.assemble(foreign(value.name, "bold"), " is removed"))


@view.register
def _(value: OptionRow, console: Console) -> None:
    console.print(Text.assemble((value.name, "bold"), " is ", foreign(value.value)))


@view.register
def _(value: SessionPosition, console: Console) -> None:
    show_standing(console, value)


@view.register
def _(value: Tree, console: Console) -> None:
    show_tree(console, value)


@view.register
def _(value: SessionDone, console: Console) -> None:
    show_done(console, value)


@view.register
def _(value: Favourite, console: Console) -> None:
    show_favourite(console, value)


@view.register
def _(value: Training, console: Console) -> None:
    show_training(console, value)


@view.register
def _(value: Chosen, console: Console) -> None:
    held = f", held-out loss {loss(value.held_out_loss)} nats a character"
    console.print(
        Text.assemble(
            foreign(value.name, "bold"),
            f" ({value.kind}, ",
            foreign(value.backend),
            f", {value.parameters:,} weights",
            held if value.held_out_loss is not None else "",
            ")",
        )
    )
    if value.read:
        console.print(f"it has read the {value.read:,} characters of the session")
    notice(console, value.notice)


@view.register
def _(value: Answers, console: Console) -> None:
    """Names in one column, what brings each back in another."""
    notice(console, value.notice)
    table = Table.grid(padding=(0, 3))
    table.add_column(overflow="fold")
    table.add_column(style="dim", no_wrap=True)
    for answer in value.answers:
        table.add_row(foreign(answer.text.replace("\n", "⏎")), answer.label)
    console.print(table)
    if value.interrupted:
        console.print(f"stopped after {len(value.answers):,}", style="dim")


@view.register
def _(value: Names, console: Console) -> None:
    """Names with what is known of each; below, how many had to be tried."""
    for each in value.notices:
        notice(console, each)
    if value.answers:
        console.print(_names_table(value.answers))
    if len(value.answers) < value.wanted:
        ask = ", stopped" if value.interrupted else "; ask less of them to have more"
        console.print(f"{value.fitting:,} of {value.tried:,} names tried were as wanted{ask}")
    sounding = [name for name in value.answers if isinstance(name, SoundingName)]
    if sounding:
        console.print()
        console.print(_sounds_table(sounding))
        console.print(value.caution)


_FOLDED = 8


def _columns(*columns: tuple[str, str]) -> Table:
    """A table of columns given as (header, how it is set): left, right, or whole, never folded."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for header, setting in columns:
        table.add_column(
            header,
            justify="right" if setting == "right" else "left",
            no_wrap=setting != "left",
            overflow="fold",
            min_width=_FOLDED if setting == "left" else None,
        )
    return table


def _names_table(names: tuple[DescribedName, ...]) -> Table:
    table = _columns(
        ("name", "whole"),
        ("nats/char", "right"),
        ("centile", "right"),
        ("list", "whole"),
        ("nearest", "left"),
        ("edits", "right"),
        ("seed", "whole"),
    )
    for name in names:
        table.add_row(
            foreign(name.text.replace("\n", "⏎") + ("…" if name.stopped == "length" else "")),
            f"{name.loss:.2f}",
            "–" if name.centile is None else str(name.centile),
            name.listed or "–",
            foreign(name.nearest or "–"),
            "–" if name.edits is None else str(name.edits),
            Text(name.label, style="dim"),
        )
    return table


def _sounds_table(names: list[SoundingName]) -> Table:
    table = _columns(
        ("name", "whole"),
        ("sounds like", "whole"),
        ("apart", "right"),
        ("stem", "left"),
        ("claims", "left"),
    )
    for name in names:
        stems = ", ".join(claim.stem for claim in name.stems)
        meanings = "; ".join(claim.meaning for claim in name.stems)
        apart = "–" if name.sound_edits is None else str(name.sound_edits)
        cells = (name.text, name.sounds_like or "–", apart, stems or "–", meanings)
        table.add_row(*map(foreign, cells))
    return table


@view.register
def _(value: ModelChange, console: Console) -> None:
    where = foreign(f" ({value.where})")
    console.print(Text.assemble(value.done, " ", foreign(value.name, "bold"), where))


@view.register
def _(value: ModelPage, console: Console) -> None:
    characters = value.vocabulary.replace("\n", "⏎")
    network = ", ".join(f"{name} {setting}" for name, setting in value.network.items())
    versions = ", ".join(f"{name} {number}" for name, number in value.versions.items())
    facts = (
        ("kind", value.kind),
        ("network", f"{value.backend}: {network}"),
        ("weights", f"{value.parameters:,}"),
        ("characters", f"{len(characters)}: {characters}"),
        ("recipe", value.recipe or "–"),
        ("trained on", f"{value.corpus}, sha256 {value.corpus_sha256}"),
        *(("and on", f"{name}, sha256 {digest}") for name, digest in value.stage_texts.items()),
        ("held-out loss", f"{loss(value.held_out_loss)} nats a character"),
        *_beside(value),
        ("made", f"{value.made} with {versions}"),
        ("make it again", value.again),
        ("file", f"{value.path}, {value.size / 1000:,.0f} kB"),
        ("digest", value.digest),
    )
    console.print(foreign(value.name, "bold"))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, fact in facts:
        table.add_row(name, foreign(fact))
    console.print(table)


def _beside(page: ModelPage) -> list[tuple[str, str]]:
    """What an n-gram makes of the same text, where that was measured."""
    if page.ngram_loss is None:
        return []
    text = f"{loss(page.ngram_loss)} nats a character, the best back-off n-gram, of order "
    return [("beside it", f"{text}{page.ngram_order}")]


@view.register
def _(value: StreamedAnswer, console: Console) -> None:
    show_speech(console, value)


@view.register
def _(value: CommandHelp, console: Console) -> None:
    console.print(Text(value.usage, style="bold"), soft_wrap=True)
    console.print(Padding(value.summary, (0, 0, 0, 2)))
    for sampling, title in ((False, ""), (True, "sampling options")):
        options = [each for each in value.options if each.sampling is sampling]
        if options:
            console.print()
            if title:
                console.print(title, style="bold")
            console.print(_options(options))
    if value.examples:
        console.print()
        console.print("examples", style="bold")
        for example in value.examples:
            console.print(Text(f"  {example}"), soft_wrap=True)


def _options(options: list[OptionHelp]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column()
    for each in options:
        default = "" if each.default in (None, "", False, ()) else f" (default {each.default})"
        table.add_row("  " + each.name, f"{each.help}{default}")
    return table
