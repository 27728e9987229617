"""What `set` changes: options of the interface, and sampling options for every answer."""

from dataclasses import dataclass, field
from typing import Any

from charplay.options import option
from charplay.sessions.choice import NAMES_A_TURN

EXCEL = "excel"
# Options that hold until charplay ends: a seed that stayed would make every answer the same.
FLEETING = ("private", "seed")


@dataclass(frozen=True)
class Interface:
    """Options of the interface."""

    format: str = option(
        "text",
        "text, lines (one answer a line), csv, excel or json",
        metavar="FORMAT",
        choices=("text", "lines", "csv", EXCEL, "json"),
    )
    private: bool = option(False, "on: do not save the conversation until charplay ends")
    watch: bool = option(False, "on: show samples of runs beside the conversation")
    answers: int = option(
        NAMES_A_TURN, "how many names answer a line of plain text", minimum=1, maximum=100_000
    )
    complete: str = option(
        "tab",
        "when words that fit are offered: on Tab, or as they are typed",
        choices=("tab", "typed"),
    )
    keys: str = option("emacs", "which editor's keys the prompt knows", choices=("emacs", "vi"))
    status: bool = option(True, "off: no line below the prompt that tells how things stand")
    theme: str = option(
        "dark", "which colours are readable on your terminal", choices=("dark", "light", "none")
    )
    plain: bool = option(
        False, "on: no frames and nothing drawn again, as a screen reader wants it"
    )
    pager: bool = option(True, "off: never show long output page by page")
    quiet: bool = option(False, "on: no greeting, notes or captions")


@dataclass
class Settings:
    """The interface options, the sampling options that were set, and macros by name."""

    interface: Interface = field(default_factory=Interface)
    sampling: dict[str, Any] = field(default_factory=dict)
    macros: dict[str, str] = field(default_factory=dict)
