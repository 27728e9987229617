"""The keys of the prompt, for `help keys` and its page."""

from dataclasses import dataclass

from charplay.commands.results import Column, Table

EMACS, VI = "emacs", "vi"
_BOTH = (EMACS, VI)
_COLUMNS = (Column("keys"), Column("does", shrink="fold"))


@dataclass(frozen=True)
class KeyHelp:
    """Keys, what they do, and the editors (`set keys`) in which they do it."""

    keys: str
    does: str
    editors: tuple[str, ...] = _BOTH


@dataclass(frozen=True)
class KeyRow:
    """Keys and what they do."""

    keys: str
    does: str


KEYS = (
    KeyHelp("Enter", "send what is typed"),
    KeyHelp("Alt-Enter", "begin another line (Esc and then Enter where Alt is not sent)", (EMACS,)),
    KeyHelp("Alt-Enter", "begin another line", (VI,)),
    KeyHelp("Ctrl-C", "clear what is typed; stop what is going on"),
    KeyHelp("Ctrl-D", "leave, where nothing is typed"),
    KeyHelp("Ctrl-G", "open what is typed in your editor: VISUAL or EDITOR"),
    KeyHelp("Ctrl-L", "clear the screen"),
    KeyHelp("Tab", "complete the word"),
    KeyHelp("Up, Down", "a line up or down, then earlier and later lines"),
    KeyHelp("Ctrl-R", "search earlier lines; again: the one before; Enter takes it"),
    KeyHelp("Right, Ctrl-E, Ctrl-F", "at the end: take the rest of the line that is shown dim"),
    KeyHelp("Home, End", "go to the beginning or the end of the line"),
    KeyHelp("Backspace, Delete", "remove the character before or at the cursor"),
    KeyHelp("Ctrl-W", "remove the word before the cursor"),
    KeyHelp("Ctrl-U", "remove all before the cursor in its line"),
    KeyHelp("Ctrl-A, Ctrl-E", "go to the beginning or the end of the line", (EMACS,)),
    KeyHelp("Ctrl-B, Ctrl-F", "go a character back or forward", (EMACS,)),
    KeyHelp("Alt-B, Alt-F", "go a word back or forward", (EMACS,)),
    KeyHelp("Ctrl-K", "remove all after the cursor in its line", (EMACS,)),
    KeyHelp("Alt-D", "remove the word after the cursor", (EMACS,)),
    KeyHelp("Ctrl-Y", "put back what was removed last", (EMACS,)),
    KeyHelp("Ctrl-_", "undo", (EMACS,)),
    KeyHelp("Alt-.", "put in the last word of the line before", (EMACS,)),
    KeyHelp("Esc", "go to vi's commands", (VI,)),
    KeyHelp("i, a, I, A", "type again: before or after the cursor, at the beginning or end", (VI,)),
    KeyHelp("h, l, w, b, 0, $", "go a character, a word, to the beginning or the end", (VI,)),
    KeyHelp("k, j", "a line up or down, then earlier and later lines", (VI,)),
    KeyHelp("x, dw, dd", "remove a character, a word, the line", (VI,)),
    KeyHelp("p, u", "put back what was removed last; undo", (VI,)),
    KeyHelp("/", "search earlier lines", (VI,)),
)


def list_keys(editor: str) -> Table:
    """The keys that the prompt knows while its keys are an editor's."""
    rows = tuple(KeyRow(key.keys, key.does) for key in KEYS if editor in key.editors)
    other = VI if editor == EMACS else EMACS
    return Table(rows, _COLUMNS, note=f"`set keys {other}` changes to the keys of {other}")
