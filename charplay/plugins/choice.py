"""Which plugins a person wants: by variables, and by the section `plugins` of `config.toml`."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from charplay.environment import Environment
from charplay.options import option
from charplay.readable import read_record

SECTION = "plugins"
# Names, with commas between them, of the only plugins to use beside charplay's own.
ONLY = "CHARPLAY_PLUGINS"
# Files of plugins that are not installed, as paths are listed on this platform.
FILES = "CHARPLAY_PLUGIN_FILES"
# Set to anything but 0: a plugin's fault ends the start.
STRICT = "CHARPLAY_STRICT_PLUGINS"

# Those of charplay have two; the memory that a key takes grows as the square of their number.
MOST_PARTS = 20
_QUOTED_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"?' r"|'[^']*'?|#.*")


@dataclass(frozen=True)
class PluginOptions:
    """The options of the section."""

    disabled: tuple[str, ...] = option((), "plugins, or distributions, that are left out")
    paths: tuple[str, ...] = option((), "files of plugins that are not installed")


@dataclass(frozen=True)
class PluginChoice:
    """Which plugins are used.

    only: names of plugins or distributions, None for all; disabled: those left out; files: plugins
    that are not installed; strict: whether a fault ends the start.
    """

    only: frozenset[str] | None = None
    disabled: frozenset[str] = frozenset()
    files: tuple[Path, ...] = ()
    strict: bool = False

    @classmethod
    def of(cls, environment: Environment) -> "PluginChoice":
        """The choice of variables and configuration; what is wrong there is left out here."""
        variables, section = environment.variables, _read_section(environment.config)
        only = variables.get(ONLY)
        typed = variables.get(FILES, "").split(os.pathsep)
        return cls(
            None if only is None else frozenset(filter(None, map(str.strip, only.split(",")))),
            frozenset(_texts_in(section.get("disabled"))),
            tuple(
                Path(path).expanduser()
                for path in (*_texts_in(section.get("paths")), *typed)
                if path
            ),
            variables.get(STRICT, "0") not in ("", "0"),
        )

    def wants(self, distribution: str, plugin: str, is_ours: bool) -> bool:
        """Whether a plugin is used; one of charplay's own unless it is disabled."""
        names = {distribution, plugin}
        chosen = self.only is None or is_ours or not names.isdisjoint(self.only)
        return chosen and names.isdisjoint(self.disabled)


def _read_section(path: Path) -> Mapping[str, Any]:
    """The section of a configuration; nothing where it cannot be read, which its reader tells."""
    try:
        text = read_record(path).decode("utf-8-sig")
        if f"[{SECTION}]" not in text or deep_line(text):
            return {}
        import tomllib  # not needed where there is no such section

        section = tomllib.loads(text).get(SECTION)
    except (OSError, ValueError, RecursionError):
        return {}
    return section if isinstance(section, dict) else {}


def deep_line(text: str) -> int:
    """The number, from 1, of the first line with a key of too many parts; 0 where there is none."""
    for number, line in enumerate(text.split("\n"), start=1):
        if _QUOTED_OR_COMMENT.sub("", line).count(".") >= MOST_PARTS:
            return number
    return 0


def _texts_in(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
