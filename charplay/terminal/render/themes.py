"""The colours that mean something, for dark and for light terminals.

Everything else is bold or dim, which every terminal shows on its own ground.
"""

from rich.theme import Theme

_DARK = {
    "error": "bold red",
    "warning": "bold yellow",
    "kept": "yellow",
    "curve.training": "cyan",
    "curve.validation": "bold yellow",
    "curve.held_out": "bold magenta",
    "run.0": "cyan",
    "run.1": "yellow",
    "run.2": "magenta",
    "run.3": "green",
    "run.4": "red",
    "run.5": "blue",
}
# Yellow and cyan cannot be read on white.
_LIGHT = {
    **_DARK,
    "warning": "bold magenta",
    "kept": "magenta",
    "curve.training": "blue",
    "curve.validation": "bold red",
    "run.0": "blue",
    "run.1": "red",
    "run.4": "black",
    "run.5": "bold blue",
}
RUN_STYLES = tuple(name for name in _DARK if name.startswith("run."))
THEMES = {"dark": Theme(_DARK), "light": Theme(_LIGHT), "none": Theme(_DARK)}
