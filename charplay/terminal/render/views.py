"""What a result looks like to a person, by its type."""

from functools import singledispatch

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from charplay.commands.general import CommandHelp, OptionHelp, OptionRow
from charplay.commands.generating import Answers, Opening, Piece, Speech
from charplay.commands.listing import Chosen, Listing
from charplay.commands.training import Training
from charplay.terminal.render.console import foreign, visible
from charplay.terminal.render.tables import loss, print_table
from charplay.terminal.render.training import show_training


@singledispatch
def view(value: object, console: Console) -> None:
    """Print a value; a type that has no view of its own prints its fields."""
    console.print(foreign(str(value)))


@view.register
def _(value: Listing, console: Console) -> None:
    if value.rows:
        print_table(console, value.rows)
    else:
        console.print(value.empty)


@view.register
def _(value: OptionRow, console: Console) -> None:
    console.print(Text.assemble((value.name, "bold"), " is ", foreign(value.value)))


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


@view.register
def _(value: Answers, console: Console) -> None:
    """Names in one column, what brings each back in another."""
    _notice(value.notice, console)
    table = Table.grid(padding=(0, 3))
    table.add_column(overflow="fold")
    table.add_column(style="dim", no_wrap=True)
    for answer in value.answers:
        table.add_row(foreign(answer.text.replace("\n", "⏎")), answer.label)
    console.print(table)
    if value.interrupted:
        console.print(f"stopped after {len(value.answers):,}", style="dim")


@view.register
def _(value: Speech, console: Console) -> None:
    """Text as it is drawn; under each answer what brings it back."""
    number, opening, ends_line = 0, None, True
    for event in value.events:
        if isinstance(event, Opening):
            opening = event
            _notice(event.notice, console)
        elif isinstance(event, Piece):
            if event.number != number:
                number = event.number
                if opening and opening.prompt:
                    console.print(foreign(opening.prompt, "bold"), end="", soft_wrap=True)
            console.file.write(visible(event.text))
            console.file.flush()
            ends_line = event.text == "\n"
        else:
            _endings(event, console, ends_line)


def _endings(answers: Answers, console: Console, ends_line: bool) -> None:
    if not ends_line:
        console.print()
    for answer in answers.answers:
        console.print(Text.assemble(foreign(answers.model), f" · {answer.label}", style="dim"))


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


def _notice(notice: str, console: Console) -> None:
    if notice:
        console.print(foreign(f"note: {notice}", "dim"))
