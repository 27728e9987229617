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
    "heat.1": "#f4d9c0 on #3a2416",
    "heat.2": "#ffe0c2 on #5a3114",
    "heat.3": "#ffe9d2 on #86400f",
    "heat.4": "#ffffff on #b4500c",
    "heat.5": "#000000 on #f0782d",
    "heat.6": "bold #000000 on #ffc04d",
    "cold.1": "#c0d9f4 on #16263a",
    "cold.2": "#c2e0ff on #14375a",
    "cold.3": "#d2e9ff on #0f4a86",
    "cold.4": "#ffffff on #0c62b4",
    "cold.5": "#000000 on #4a9bf0",
    "cold.6": "bold #000000 on #9fd4ff",
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
    "heat.1": "#3a2416 on #fdeedd",
    "heat.2": "#3a2416 on #fbd9b5",
    "heat.3": "#301808 on #f7b879",
    "heat.4": "#000000 on #ee8c3a",
    "heat.5": "#ffffff on #c4540c",
    "heat.6": "bold #ffffff on #7d2a05",
    "cold.1": "#16263a on #e4f0fd",
    "cold.2": "#16263a on #c3ddfa",
    "cold.3": "#0a1c33 on #93c3f5",
    "cold.4": "#000000 on #57a0ea",
    "cold.5": "#ffffff on #1667b8",
    "cold.6": "bold #ffffff on #06376b",
}
RUN_STYLES = tuple(name for name in _DARK if name.startswith("run."))
THEMES = {"dark": Theme(_DARK), "light": Theme(_LIGHT), "none": Theme(_DARK)}
