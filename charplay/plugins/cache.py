"""What plugins offer, kept in a file for each distribution; one that does not fit is made anew."""

import json
import logging
import os
import sys
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from charplay.errors import StorageError
from charplay.files import replace_file
from charplay.plugins.api_version import API_VERSION
from charplay.plugins.installed import Installed
from charplay.plugins.offers import PluginOffers
from charplay.readable import read_record

_log = logging.getLogger(__name__)
_LARGEST = 10_000_000


class OfferCache:
    """What was registered before, by distribution, in a folder that may be lost at any time."""

    def __init__(self, folder: Path, charplay_version: str) -> None:
        self._folder = folder
        # Whoever reads the file must be the one who wrote it.
        self._reader = f"{charplay_version} {API_VERSION}"

    def offers(self, found: Sequence[Installed]) -> list[tuple[PluginOffers, ...]]:
        """What each distribution offers; those that are not known, or changed, are registered."""
        known = {each.place: self._read(each) for each in found}
        new = [each for each in found if known[each.place] is None]
        if new:
            known |= self._register(new)
        return [known[each.place] or () for each in found]

    def _register(self, new: Sequence[Installed]) -> dict[str, tuple[PluginOffers, ...]]:
        from charplay.plugins.asking import register_apart  # not needed once all are known

        offers = register_apart(new)
        for each, offered in zip(new, offers, strict=True):
            self._write(each, offered)
        return {each.place: offered for each, offered in zip(new, offers, strict=True)}

    def forget(self, found: Installed) -> None:
        """Have a distribution registered again at the next start."""
        with suppress(OSError):
            self._file(found).unlink()

    def _file(self, found: Installed) -> Path:
        kept = "".join(c if c.isalnum() else "-" for c in Path(found.name).name)[:60]
        return (
            self._folder / f"{kept}-{zlib.crc32(found.place.encode('utf-8', 'replace')):08x}.json"
        )

    def _read(self, found: Installed) -> tuple[PluginOffers, ...] | None:
        """What was kept for a distribution as it is now; None where there is nothing of use."""
        file = self._file(found)
        try:
            kept = json.loads(read_record(file, _LARGEST))
            if (kept["key"], kept["reader"]) != (self._key(found, kept["faulty"]), self._reader):
                return None
            offers = tuple(map(PluginOffers.from_data, kept["plugins"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        return (
            offers if [each.plugin for each in offers] == [p.name for p in found.points] else None
        )

    def _write(self, found: Installed, offers: tuple[PluginOffers, ...]) -> None:
        faulty = any(each.faults for each in offers)
        kept: dict[str, Any] = {
            "key": self._key(found, faulty),
            "reader": self._reader,
            "faulty": faulty,
            "plugins": [each.to_data() for each in offers],
        }
        try:
            replace_file(self._file(found), json.dumps(kept).encode())
        except StorageError as error:
            _log.info("%s: plugins are registered again at the next start", error)

    def _key(self, found: Installed, faulty: bool) -> str:
        """What must be the same; for a faulty one also what else is installed: it may mend it."""
        return f"{found.key} {_installed_times()}" if faulty else found.key


def _installed_times() -> str:
    """Changes whenever anything is installed or removed."""
    times = []
    # Files come and go in the working folder, which may be on the path.
    for entry in sorted({*map(os.path.abspath, sys.path)} - {os.getcwd()}):
        with suppress(OSError):
            times.append(str(Path(entry).stat().st_mtime_ns))
    return f"{zlib.crc32(' '.join(times).encode()):08x}"
