"""Importing a plugin's code at its first use, and telling what fails in it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib.metadata import EntryPoint
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from charplay.errors import CharplayError, MisfitError, PluginError
from charplay.files import make_private_folder
from charplay.plugins.registry import Origin, Registry, advice_on
from charplay.readable import read_record

if TYPE_CHECKING:
    from charplay.models.contract import Backend

_log = logging.getLogger(__name__)
_BREADCRUMB = "importing-"


class PluginCode:
    """The code of one plugin, which is imported when a backend of it is first needed."""

    def __init__(
        self, origin: Origin, point: EntryPoint, cache: Path, find: Callable[[str], Backend]
    ) -> None:
        self.origin = origin
        self._point, self._cache, self._find = point, cache, find

    def backend(self, name: str) -> Backend:
        """The backend of a name; PluginError where the plugin does not register it any more."""
        found = self._backends.get(name)
        if found is None:
            raise PluginError(
                f"the plugin {self.origin.plugin} of {self.origin.installed} registers no backend "
                f"{name!r} here, and did when it was looked at",
                f"`plugins check {self.origin.plugin}` looks at it again",
            )
        return found

    @cached_property
    def _backends(self) -> dict[str, Backend]:
        from charplay.plugins.registering import Register, ask_hook  # at first use, like the plugin

        found: list[Any] = []
        with self.telling("its import"), leave_breadcrumb(self._cache, self.origin.plugin):
            ask_hook(self._point, "backends", Register(found.append, self._find))
        return {each.name: each for each in found}

    @contextmanager
    def telling(self, what: str, passing: tuple[type[Exception], ...] = ()) -> Iterator[None]:
        """Have an error inside name the plugin, unless it is one that speaks to a person."""
        try:
            yield
        except MisfitError as error:
            raise PluginError(
                f"the plugin {self.origin.plugin} of {self.origin.installed} does not keep the "
                f"contract: {error.message}",
                advice_on(self.origin),
            ) from error
        except (Exception, SystemExit) as error:
            if isinstance(error, (CharplayError, MemoryError, *passing)):
                raise
            raise plugin_failure(self.origin, what, error) from error


def plugin_failure(origin: Origin, what: str, error: BaseException) -> PluginError:
    """The error that names a plugin and where in it something failed."""
    told = f"{type(error).__name__}: {error}".rstrip(": ")
    return PluginError(
        f"the plugin {origin.plugin} of {origin.installed} failed in {what}: {told}",
        advice_on(origin),
    )


def find_culprit(error: BaseException, registry: Registry) -> PluginError | None:
    """The error that names the plugin whose code raised another one; None where none did.

    charplay's own plugins are charplay's own fault.
    """
    origins = {
        found.origin.module.partition(".")[0]: found.origin
        for found in registry.plugins
        if not found.installed.is_ours
    }
    for frame in reversed(list(_frames_of(error.__traceback__))):
        origin = origins.get(str(frame.tb_frame.f_globals.get("__name__", "")).partition(".")[0])
        if origin:
            return plugin_failure(origin, frame.tb_frame.f_code.co_qualname, error)
    return None


def _frames_of(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


@contextmanager
def leave_breadcrumb(cache: Path, plugin: str) -> Iterator[None]:
    """Leave word of which plugin is being imported, for the start after one that it ended."""
    file = cache / f"{_BREADCRUMB}{os.getpid()}"
    with suppress(OSError, CharplayError):
        make_private_folder(cache)
        file.write_text(plugin, encoding="utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            file.unlink()


def dead_importers(cache: Path) -> set[str]:
    """The plugins whose import a process did not outlive; each is told once."""
    culprits = set()
    with suppress(OSError):
        for file in list(cache.glob(f"{_BREADCRUMB}*")):
            number = file.name.removeprefix(_BREADCRUMB)
            if number.isdecimal() and not _is_alive(int(number)):
                culprits.add(read_record(file).decode())
                file.unlink()
    return culprits


def _is_alive(process: int) -> bool:
    """Whether a process is there; where that cannot be asked without harm, it may be."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
