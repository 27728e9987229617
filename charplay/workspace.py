"""A data home and what plugins offer, together: library, texts and sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from charplay.environment import Environment
from charplay.plugins.registry import Registry
from charplay.pretrained import FIRST, shipped_models
from charplay.sessions.choice import SessionChoice
from charplay.sessions.tree import SessionRecord, check_session_name

if TYPE_CHECKING:
    from charplay.models.library import Library
    from charplay.sessions.session import Session
    from charplay.sessions.store import Store
    from charplay.text.entry import CorpusEntry

SESSIONS_FILE = "sessions.db"


@dataclass
class Workspace:
    """The world of one REPL, one shell command or one Python program.

    What help and a first prompt can do without is imported when it is first used.
    """

    environment: Environment
    registry: Registry
    _store: Store | None = field(default=None, init=False, repr=False)

    @cached_property
    def library(self) -> Library:
        """The models of the data home and the shipped ones."""
        from charplay.models.library import Library

        return Library(
            self.environment.home / "models",
            self.registry.backends.find,
            shipped_models(),
            FIRST,
            self._run_text,
        )

    def _run_text(self, path: Path) -> str | None:
        """The text of the run whose checkpoint a file is; None for any other file."""
        from charplay.jobs.job import run_text

        return run_text(self.environment.home, path)

    @property
    def corpora(self) -> Mapping[str, CorpusEntry]:
        """The texts by name: those that plugins offer, then those of the data home."""
        from charplay.text.catalogue import available_corpora

        return available_corpora(self.registry.corpora, self.environment.home)

    @property
    def store(self) -> Store:
        """The sessions of the data home."""
        if self._store is None:
            self._store = self._open_store(self.store_file)
        return self._store

    @property
    def store_file(self) -> Path:
        """The file of the sessions, whether it is there or not."""
        return self.environment.home / SESSIONS_FILE

    def take_store_faults(self) -> str:
        """What was found unsound in the store since it was last told; empty for nothing."""
        return self._store.take_faults() if self._store else ""

    def memory_store(self) -> Store:
        """A store that is gone with the process."""
        return self._open_store(None)

    def _open_store(self, file: Path | None) -> Store:
        from charplay.sessions.store import Store

        return Store(file, self.environment.now)

    def open_session(self, choice: SessionChoice, last: bool = False) -> Session:
        """The session of a choice; `last` is the one last used, where the choice names none.

        Without either it is kept in memory. A new one comes into the store with its first turn.
        """
        if choice.nowhere or not (last or choice.new or choice.name is not None):
            return self.session_of(SessionRecord(), self.memory_store())
        sessions = self.store.sessions
        if choice.name is not None:
            name = check_session_name(choice.name, "a session")
            return self.session_of(sessions.find(name) or SessionRecord(name=name))
        latest = None if choice.new else sessions.latest()
        return self.session_of(latest or SessionRecord())

    def session_of(self, record: SessionRecord, store: Store | None = None) -> Session:
        """A session, of the data home unless a store is given."""
        from charplay.sessions.session import Session

        return Session(store or self.store, self.library, record)

    def close(self) -> None:
        """Close the store."""
        if self._store:
            self._store.close()
        self._store = None
