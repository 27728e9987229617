"""The lines typed at the prompt, kept in the data home from one start to the next."""

import os
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path

from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.history import History

from charplay.commands.context import Context
from charplay.commands.plain_words import COMMAND_MARK
from charplay.files import make_private_folder, private_opener
from charplay.terminal.long_texts import LongTexts

# Of a file that is larger only its end is read, and of the lines in it the newest different ones:
# a search for what is nowhere looks at each of them at every key.
_READ_BYTES = 1 << 20
_MOST_LINES = 1_000
# A longer text is remembered until the REPL ends; in the file it would crowd out the others.
_LONGEST_STORED = 100_000
_LONGEST_SUGGESTED = 1_000
_ENTRY_BEGINS = b"\n# "


class PromptHistory(History):
    """Earlier lines; a file that cannot be read or written hinders nobody.

    A line typed while private is on is remembered as long as private is.
    """

    def __init__(self, context: Context, long_texts: LongTexts) -> None:
        super().__init__()
        self._context, self._long_texts = context, long_texts
        self._path = context.environment.home / "history"
        self._private: list[str] = []

    async def load(self) -> AsyncGenerator[str, None]:
        """The lines that can be gone back to, the last one first."""
        for line in self._private:
            yield line
        async for line in super().load():
            yield line

    def get_strings(self) -> list[str]:
        """The lines that can be gone back to, the last one last."""
        return [*super().get_strings(), *self._private[::-1]]

    def append_string(self, string: str) -> None:
        """Remember a line, and keep it unless private is on."""
        if self._context.private:
            self._private.insert(0, string)
        else:
            super().append_string(string)

    def forget_private(self) -> bool:
        """Forget what was typed in private, where that is over; whether there was anything."""
        if self._context.private or not self._private:
            return False
        self._private = []
        return True

    def last_text(self) -> str:
        """The last text that was no command, in full; empty where there is none."""
        lines = (*self._private, *self._loaded_strings)
        texts = (line for line in lines if not line.startswith(COMMAND_MARK))
        return self._long_texts.unfold(next(texts, ""))

    def suggest(self, begun: str) -> str:
        """How the newest line that is kept and begins so goes on; empty where none does."""
        for line in self._loaded_strings:
            if line.startswith(begun) and len(line) <= _LONGEST_SUGGESTED and "\n" not in line:
                return line[len(begun) :]
        return ""

    def load_history_strings(self) -> Iterable[str]:
        """The newest lines of earlier starts, the last one first."""
        with suppress(OSError):
            newest_first = dict.fromkeys(reversed(_entries_in(_read_end(self._path))))
            return list(map(self._long_texts.fold, islice(newest_first, _MOST_LINES)))
        return ()

    def store_string(self, string: str) -> None:
        """Keep a line, in the form that prompt_toolkit reads; in one piece, as others write too."""
        text = self._long_texts.unfold(string)
        if len(text) > _LONGEST_STORED:
            return
        lines = "".join(f"+{line}\n" for line in text.split("\n"))
        entry = f"\n# {self._context.environment.now()}\n{lines}"
        with suppress(OSError):
            make_private_folder(self._path.parent)
            _append_bytes(self._path, entry.encode("utf-8", "backslashreplace"))


class HistorySuggestion(AutoSuggest):
    """Shows how a line goes on that was typed before."""

    def __init__(self, history: PromptHistory) -> None:
        self._history = history

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """The rest of that line, once a line is begun."""
        text = document.text
        if not text.strip():
            return None
        return Suggestion(self._history.suggest(text))


def _read_end(path: Path) -> bytes:
    """What a file ends with, from the beginning of an entry on; OSError where it is no file."""
    with open(path, "rb", opener=private_opener) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _READ_BYTES))
        data = file.read()
    return data if size <= _READ_BYTES else data[max(0, data.find(_ENTRY_BEGINS)) :]


def _entries_in(data: bytes) -> list[str]:
    """The entries, the oldest first: lines that follow one another and begin with a plus."""
    entries: list[str] = []
    goes_on = False
    for line in data.decode("utf-8", "replace").split("\n"):
        text = line[1:]
        if not line.startswith("+"):
            goes_on = False
        elif goes_on:
            entries[-1] += f"\n{text}"
        else:
            entries.append(text)
            goes_on = True
    return entries


def _append_bytes(path: Path, data: bytes) -> None:
    descriptor = private_opener(str(path), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(descriptor, data)
    finally:
        os.close(descriptor)
