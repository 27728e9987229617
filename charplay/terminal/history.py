"""The lines typed at the prompt, kept in the data home from one start to the next."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from prompt_toolkit.history import FileHistory

from charplay.environment import Environment
from charplay.files import make_private_folder, open_private


class PromptHistory(FileHistory):
    """Earlier lines; a file that cannot be read or written hinders nobody.

    While `private` says that nothing is kept, a line is remembered until the REPL ends.
    """

    def __init__(self, environment: Environment, private: Callable[[], bool]) -> None:
        super().__init__(str(environment.home / "history"))
        self._now, self._private = environment.now, private

    def load_history_strings(self) -> Iterable[str]:
        """The lines of earlier starts, the last one first."""
        with suppress(OSError):
            return list(super().load_history_strings())
        return ()

    def store_string(self, string: str) -> None:
        """Keep a line, in the form that prompt_toolkit reads."""
        if self._private():
            return
        path = Path(str(self.filename))
        lines = "".join(f"+{line}\n" for line in string.split("\n"))
        with suppress(OSError):
            make_private_folder(path.parent)
            with open_private(path) as file:
                file.write(f"\n# {self._now()}\n{lines}")
