"""What a command may use: the world, what plugins offer, the library, settings, the session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from charplay.environment import Environment
from charplay.errors import CharplayError, ModelFileError, UsageError
from charplay.generation.options import Sampling
from charplay.options import change, option
from charplay.plugins.registry import Registry
from charplay.pretrained import FIRST, shipped
from charplay.text.catalogue import corpora_at_hand
from charplay.text.entry import CorpusEntry

if TYPE_CHECKING:
    from charplay.commands.table import Commands
    from charplay.generation.place import Place
    from charplay.models.library import Library, OpenModel
    from charplay.sessions.session import Session
    from charplay.sessions.store import Store
    from charplay.sessions.tree import SessionRecord, Utterance


@dataclass(frozen=True)
class Interface:
    """Options of the interface, beside those of sampling."""

    format: str = option("text", "how results are written", choices=("text", "json", "csv"))
    private: bool = option(False, "keep nothing of what is said from now on")
    answers: int = option(5, "names given to a line of plain text", minimum=1, maximum=100_000)


@dataclass
class Settings:
    """What `set` has set: interface options, and the sampling options that were given."""

    interface: Interface = field(default_factory=Interface)
    sampling: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SessionChoice:
    """Where what is said is kept: in the session of a name, in a new one, or nowhere.

    With none of these, whoever asks has a usual place: a REPL its last session.
    """

    name: str | None = None
    new: bool = False
    nowhere: bool = False

    def __post_init__(self) -> None:
        if (self.name is not None) + self.new + self.nowhere > 1:
            raise UsageError("--session, --new and --no-session contradict", "give one of them")


@dataclass
class Context:
    """One REPL's, or one shell command's."""

    environment: Environment
    registry: Registry
    commands: Commands
    settings: Settings = field(default_factory=Settings)
    session: Session | None = None
    interrupted: bool = False
    asker: Callable[[str], bool] | None = None
    _kept: Session | None = None
    _open: tuple[str, OpenModel] | None = None

    @cached_property
    def library(self) -> Library:
        """The models of the data home."""
        from charplay.models.library import Library

        find_backend = self.registry.backends.find
        return Library(self.environment.home / "models", find_backend, shipped())

    @property
    def corpora(self) -> Mapping[str, CorpusEntry]:
        """The texts by name: those that plugins offer, then those of the data home."""
        return corpora_at_hand(self.registry.corpora, self.environment.home)

    @cached_property
    def store(self) -> Store:
        """The sessions of the data home."""
        from charplay.sessions.store import FILE, Store

        return Store(self.environment.home / FILE, self.environment.now)

    def begin(self, keeping: SessionChoice = SessionChoice(), last: bool = False) -> Session:
        """Take up a session: `last` is the one to go on with where `keeping` names none.

        Without either, it is kept in memory.
        """
        from charplay.sessions.store import Store
        from charplay.sessions.tree import SessionRecord, check_called

        if keeping.nowhere or not (last or keeping.new or keeping.name is not None):
            return self.take_up(Store(None, self.environment.now), SessionRecord())
        if keeping.name is not None:
            named = SessionRecord(name=check_called(keeping.name, "a session"))
            found = self.store.find(keeping.name) or named
        else:
            found = (None if keeping.new else self.store.latest()) or SessionRecord()
        return self.take_up(self.store, found)

    def take_up(self, store: Store, found: SessionRecord) -> Session:
        """Go on in a session of a store; one that has no key yet is kept with its first turn."""
        from charplay.sessions.session import Session

        self.session = Session(store, self.library, found)
        if found.digest and not found.live and self._made_again(found):
            self.session.notices.append(
                f"{found.model} was made again since; this session keeps the weights that it had, "
                f"and model {found.model} takes the new ones"
            )
        return self.session

    def _made_again(self, found: SessionRecord) -> bool:
        """Whether the name of a session's model now stands for other weights."""
        standing = self.library.own_digest(found.model)
        return standing is not None and standing != found.digest

    def close(self) -> None:
        """Let go of the session and of the store."""
        for session in filter(None, (self.session, self._kept)):
            session.store.close()
        if "store" in self.__dict__:
            self.__dict__.pop("store").close()
        self.session = self._kept = None

    def be_private(self, private: bool) -> None:
        """Turn aside from the session, where nothing is kept; or back to where it was left."""
        from charplay.sessions.store import Store

        if private and self.session and not self._kept:
            aside = self.session.aside(Store(None, self.environment.now), self.model())
            self._kept, self.session = self.session, aside
        elif not private and self._kept:
            self._kept, self.session = None, self._kept

    def ask(self, question: str, flag: str) -> bool:
        """Whether the person says yes; UsageError, which names the flag, where nobody can."""
        if self.asker is None:
            raise UsageError(f"{question} there is nobody to ask here", f"to do it, add {flag}")
        return self.asker(question)

    def choose(self, name: str) -> None:
        """Talk with another model from now on, in a session of its own."""
        from charplay.sessions.tree import SessionRecord

        self.library.choose(name)
        if self.session:
            self.take_up(self.session.store, SessionRecord())

    def begin_anew(self, opened: OpenModel) -> None:
        """Talk with a model from its beginning, in the session where there is one."""
        if self.session:
            if self.session.reference not in (opened.digest, str(opened.path)):
                self.session.choose(opened)
            self.session.stand(None)

    def record(self, said: Utterance, opened: OpenModel, place: Place | None = None) -> None:
        """Make what was said a turn of the session, where there is one."""
        if self.session is None:
            return
        if not self.session.reference:
            self.session.choose(opened if place else self._chosen_or(opened))
        self.session.add(said, opened, place)

    def _chosen_or(self, opened: OpenModel) -> OpenModel:
        """The model last chosen; another where that is not to be had."""
        try:
            return self.model()
        except CharplayError:
            return opened

    def interrupt(self) -> None:
        """Note that the person stopped what was going on."""
        self.interrupted = True

    @property
    def chosen(self) -> str:
        """The model talked to: the session's, or else the one last chosen."""
        session = self.session.reference if self.session else ""
        return session or self.library.current or FIRST

    def model(self, reference: str | None = None) -> OpenModel:
        """A model by name, digest or path; without one, the model talked to."""
        if reference or not (self.session and self.session.reference):
            return self._opened(reference or self.chosen)
        found = self.session.found
        try:
            opened = replace(self._opened(self.session.reference), name=found.model)
        except UsageError as error:
            raise ModelFileError(
                f"the weights of {found.model} that this session talks with "
                f"({found.digest[:12]}) are not in the library",
                "model NAME goes on with another",
            ) from error
        if opened.digest != found.digest:
            update = opened.header.progress.get("update", 0)
            self.session.notices.append(f"{found.model} is in training; this is update {update:,}")
        return opened

    def _opened(self, reference: str) -> OpenModel:
        known, opened = self._open or (None, None)
        if not opened or known != reference or opened.digest != self.library.digest(reference):
            opened = self.library.open(reference)
            self._open = reference, opened
        return opened

    def sampling(
        self, opened: OpenModel, given: Mapping[str, Any], usual: Sampling | None = None
    ) -> Sampling:
        """The model's own sampling options, then what was set, then what was given just now.

        `usual` is what else holds, in the place of what is usual for the model's kind.
        """
        own = change(usual or Sampling.usual(opened.model.kind), opened.header.sampling)
        return change(own, {**self.settings.sampling, **given})
