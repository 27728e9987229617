"""How what is typed at the prompt looks, by what it is."""

from functools import cache

from prompt_toolkit.styles import Style

_DARK = {
    "bottom-toolbar": "noreverse dim",
    "auto-suggestion": "dim",
    "prompt-continuation": "dim",
    "long-text": "italic ansicyan",
    "command": "bold ansicyan",
    "unknown-command": "underline ansired",
    "action": "ansicyan",
    "option": "ansiyellow",
    "string": "ansigreen",
    "file": "ansimagenta",
    "number": "ansiblue",
    "comment": "dim",
}
# Yellow, cyan and bright green cannot be read on white.
_LIGHT = {
    **_DARK,
    "long-text": "italic ansiblue",
    "command": "bold ansiblue",
    "action": "ansiblue",
    "option": "ansimagenta",
    "string": "ansired",
}


@cache
def prompt_style(theme: str) -> Style:
    """The looks of the prompt's parts; without colours their bold, dim and underlined remain."""
    return Style.from_dict(_LIGHT if theme == "light" else _DARK)
