"""Which runs a person was told the end of: a file in the folder of each."""

from contextlib import suppress
from pathlib import Path

JOBS, TOLD = "jobs", "told"


def has_untold(home: Path) -> bool:
    """Whether a run goes on, or ended and nobody was told."""
    with suppress(OSError):
        folders = (home / JOBS).iterdir()
        return any(each.name.isdecimal() and not (each / TOLD).exists() for each in folders)
    return False
