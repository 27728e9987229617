"""What others ask of a run: a file in its folder for each request, which the run takes away.

Any process that may write there can ask, and sees that it was heard when the file is gone.
"""

from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from charplay.files import replace_file

# stop: with a checkpoint; checkpoint: save one now; stay: go on when the parent ends.
Wish: TypeAlias = Literal["stop", "checkpoint", "stay"]


class Requests:
    """The requests of one run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def ask(self, wish: Wish) -> None:
        """Ask the run for something; StorageError where its folder cannot be written."""
        replace_file(self._folder / wish, b"")

    def asked(self) -> set[Wish]:
        """What is asked for and was not done yet."""
        try:
            found = {path.name for path in self._folder.iterdir()}
        except OSError:
            return set()
        return {wish for wish in get_args(Wish) if wish in found}

    def done(self, wish: Wish) -> None:
        """Take a request away, now that it is heard."""
        with suppress(OSError):
            (self._folder / wish).unlink()

    def forget(self) -> None:
        """Take away what an earlier process of the run did not hear."""
        for wish in self.asked():
            self.done(wish)
