"""What is told of a file that a result was saved in."""

from charplay.commands.saving import SavedFile
from charplay.plural import count_in_words
from charplay.terminal.render.console import CharplayConsole, foreign, show_notices


def show_saved_file(value: SavedFile, console: CharplayConsole) -> None:
    """The file, and how many rows it has; no result of its own."""
    show_notices(console, value.notices)
    rows = "" if value.rows is None else f" ({count_in_words(value.rows, 'row')})"
    console.aside.print(foreign(f"wrote {value.file}{rows}"))
