"""What a handler may use: the workspace, the settings, the session, and the person."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from charplay.commands.command import Commands
from charplay.commands.settings import Settings
from charplay.errors import StorageError, TrainingError, UsageError, list_first
from charplay.files import path_text
from charplay.sessions.choice import SessionChoice
from charplay.sessions.tree import SessionRecord
from charplay.text.typed.admission import Admitted
from charplay.workspace import Workspace

if TYPE_CHECKING:
    from charplay.commands.request import Request
    from charplay.commands.tour import Tour
    from charplay.insight.handwriting import Handwriting
    from charplay.insight.learned_text import TextFinder
    from charplay.jobs.board import RunBoard
    from charplay.jobs.job import Job
    from charplay.models.library import OpenModel
    from charplay.sessions.session import Session
    from charplay.sessions.store import Store


@dataclass
class Context(Workspace):
    """One REPL's, or one shell command's.

    single: whether it is one command of a shell;
    session: where answers are kept, None where they are not; prompted: whether a person types one
    line after another, and sees what comes of each; interrupted: whether Ctrl-C stopped what was
    going on; asker: puts a yes-or-no question to the person, chooser any other, and gives
    what they type; picker: has the person write by hand, and tells whether they keep it; all are
    None where nobody is there. takes_input: whether a command may read
    standard input, from which no commands come then; performing: the request that is performed, or
    was last; tour: the one that the person is on.
    """

    commands: Commands
    settings: Settings = field(default_factory=Settings)
    session: Session | None = None
    prompted: bool = False
    single: bool = False
    interrupted: bool = False
    asker: Callable[[str], bool] | None = None
    chooser: Callable[[str], str] | None = None
    picker: Callable[[Handwriting], bool] | None = None
    takes_input: bool = False
    performing: Request | None = None
    tour: Tour | None = None
    _notes: list[str] = field(default_factory=list, init=False, repr=False)

    @cached_property
    def board(self) -> RunBoard:
        """The runs that are kept in sight."""
        from charplay.jobs.board import RunBoard

        return RunBoard(self.environment.home)

    def __post_init__(self) -> None:
        self.commands.macros = self.settings.macros

    @property
    def has_runs(self) -> bool:
        """Whether a run is in sight."""
        return "board" in vars(self) and self.board.has_runs

    def begin_session(self, choice: SessionChoice, last: bool = False) -> Session:
        """Go on in a session, as `Workspace.open_session` finds it."""
        self.session = self.open_session(choice, last)
        return self.session

    def switch_session(self, record: SessionRecord) -> Session:
        """Go on in a session of the data home."""
        self.session = self.session_of(record)
        return self.session

    @property
    def texts(self) -> TextFinder:
        """The texts that models learned."""
        from charplay.insight.learned_text import TextFinder

        return TextFinder(self.library, self.corpora, self.cache_home)

    @property
    def macros(self) -> dict[str, str]:
        """The lines that macros stand for, by name."""
        return self.settings.macros

    @property
    def settings_stay(self) -> bool:
        """Whether an option that is set holds for the next starts too; never in a script."""
        return (self.prompted or self.single) and not self.private

    @property
    def private(self) -> bool:
        """Whether the person wants nothing to be kept."""
        return self.settings.interface.private

    @property
    def store(self) -> Store:
        """The sessions of the data home; in private no file is made for them."""
        if self.private and self.session and not self.store_file.exists():
            return self.session.store
        return super().store

    @property
    def cache_home(self) -> Path | None:
        """Where texts may be cached; nowhere in private."""
        return None if self.private else self.environment.home

    def check_not_private(self) -> None:
        """UsageError in private, for what would keep a conversation."""
        if self.private:
            raise UsageError(
                "private is on, and a session keeps what is said",
                "`set private off` turns it off",
            )

    def set_private(self, private: bool) -> None:
        """Go on in a session that keeps nothing, or back in the one it was begun from."""
        if private == self.private:
            return
        self.settings.interface = replace(self.settings.interface, private=private)
        session = self.session
        if private:
            if session and not session.origin:
                self.session = session.begin_private(self.memory_store())
        elif session and session.origin:
            session.store.close()
            self.session = session.origin
        else:  # nothing was kept from the start, or the session left is gone with its store
            self.begin_session(SessionChoice(new=True))
            if session:
                session.close()

    @contextmanager
    def store_closed(self) -> Iterator[None]:
        """Within, the store is closed; afterwards the session goes on in what is there then."""
        session = self.session
        is_kept = session is not None and session.store is self._store
        Workspace.close(self)
        try:
            yield
        finally:
            if session and is_kept:
                name = session.record.name
                self.switch_session(self.store.sessions.find(name) or SessionRecord(name=name))

    def close(self) -> None:
        """Close the session and the store."""
        if self.session:
            self.session.close()
        self.session = None
        super().close()

    def interrupt(self) -> None:
        """Note that the person stopped what was going on."""
        self.interrupted = True

    def ask(self, question: str, flag: str) -> bool:
        """Whether the person says yes; UsageError that names the flag where nobody is there."""
        if self.asker is None:
            raise UsageError(
                f"cannot ask for confirmation here: {question}", f"add {flag} to do it"
            )
        return self.asker(question)

    def choose(self, question: str, choices: Mapping[int, str]) -> str | None:
        """The one of these that the person names, by its number too; None where they name none."""
        if self.chooser is None:
            return None
        shown = list_first(f"{number} {choice}" for number, choice in choices.items())
        typed = self.chooser(f"{question} {shown}? ").strip()
        by_number = {str(number): choice for number, choice in choices.items()}
        folded = {choice.casefold(): choice for choice in choices.values()}
        return folded.get(typed.casefold()) or by_number.get(typed)

    def talk_with(self, opened: OpenModel, path: str | None = None) -> Admitted:
        """Go on with a model in the session that there is; its text as the model admits it."""
        return self.session.move_to_model(opened, path) if self.session else Admitted("")

    def remember(self, reference: str) -> tuple[str, ...]:
        """Have the next start talk to a model too, unless nothing is to be kept.

        A notice where that cannot be, and there is a session that can.
        """
        if self.private:
            return ()
        try:
            self.library.choose(reference)
        except StorageError as error:
            if self.session is None:
                raise
            return (f"only in this session: {error.message}",)
        return ()

    def model(self, reference: str | None = None) -> OpenModel:
        """The model of a name, digest or path; without one, the model of the conversation.

        A name that the library lacks may be that of a model in training: then its newest checkpoint
        is meant, and that is noted. Raises TrainingError where it has none yet.
        """
        if reference:
            job = self.run_of(reference)
            return self._open_checkpoint(job) if job else self.library.open(reference)
        if self.session:
            return self.session.open_model()
        return self.library.open(self.library.usual)

    def run_of(self, reference: str) -> Job | None:
        """The run whose model a name means.

        A model of the library goes before, unless the run made it and has been taken up again.
        """
        from charplay.jobs.job import find_job

        digest = self.library.own_digest(reference)
        if digest is None and reference in self.library.names():
            return None
        job = find_job(self.environment.home, reference)
        if job is None or digest is None:
            return job
        return job if job.is_under_way and job.has_kept(digest) else None

    def _open_checkpoint(self, job: Job) -> OpenModel:
        """The model of a run as it is now."""
        last = job.checkpoint("last")
        name = job.training_run().name
        if not last.exists():
            raise TrainingError(
                f"{name} is starting: nothing is learned yet",
                f"try again soon; `jobs show {job.number}` shows how it stands",
            )
        opened = replace(self.library.open(path_text(last)), name=name)
        updates = job.status().updates
        seconds = max(0.0, time.time() - last.stat().st_mtime)  # the clock may have been set back
        of = f" of {updates:,}" if updates else ""
        update = opened.header.progress.get("update", 0)
        doing = "is in training" if job.is_under_way else "was not trained to its end"
        self._notes.append(f"{name} {doing}; this is update {update:,}{of}, {seconds:,.0f} s old")
        return opened

    def add_note(self, note: str) -> None:
        """Tell a person something beside the result of the command."""
        self._notes.append(note)

    def take_notes(self) -> tuple[str, ...]:
        """What a person should know beside the result of a command, told once."""
        notes, self._notes = tuple(dict.fromkeys(self._notes)), []
        return notes
