"""The registry: what the plugins offer, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from charplay.errors import unknown
from charplay.plugins.installed import OURS, Installed
from charplay.plugins.offers import PluginOffers
from charplay.plural import count_in_words

if TYPE_CHECKING:
    from charplay.models.contract import Backend
    from charplay.text.entry import CorpusEntry
    from charplay.training.recipe import Recipe

T = TypeVar("T")


@dataclass(frozen=True)
class Origin:
    """Where a plugin comes from: its entry point, and the distribution that installed it."""

    plugin: str
    distribution: str
    version: str
    module: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether it comes with charplay."""
        return self.distribution == OURS

    @property
    def installed(self) -> str:
        """The distribution with its version, as pip names it."""
        return f"{self.distribution} {self.version}".rstrip()


def advice_on(origin: Origin) -> str:
    """What a person can do about a plugin that does not work."""
    if not origin.version:  # a file that was named for it
        return "mend it, or leave out --plugin"
    return f"update it, or leave it out: `plugins disable {origin.plugin}`"


@dataclass(frozen=True)
class Fault:
    """An error in a plugin; charplay works without what that plugin offers."""

    origin: Origin
    problem: str

    @property
    def message(self) -> str:
        """What is wrong, in one line."""
        return f"the plugin {self.origin.plugin} of {self.origin.installed} {self.problem}"

    @property
    def hint(self) -> str:
        """What to do about it."""
        return advice_on(self.origin)


def one_each(faults: Iterable[Fault]) -> list[Fault]:
    """A fault for each plugin: its first, and how many more it has."""
    by_origin: dict[Origin, list[Fault]] = {}
    for fault in faults:
        by_origin.setdefault(fault.origin, []).append(fault)
    return [_with_count(some[0], len(some) - 1) for some in by_origin.values()]


def _with_count(fault: Fault, more: int) -> Fault:
    if not more:
        return fault
    return replace(fault, problem=f"{fault.problem} (and {count_in_words(more, 'more fault')})")


class Catalogue(Mapping[str, T], Generic[T]):
    """Entries of one kind by name: backends, or corpora, or recipes, or commands.

    Each is made when it is first asked for. `kind` names one entry in messages; `listing` is the
    command that lists them.
    """

    def __init__(self, kind: str, listing: str) -> None:
        self._kind, self._listing = kind, listing
        self._makers: dict[str, Callable[[], T]] = {}
        self._entries: dict[str, T] = {}
        self._origins: dict[str, Origin] = {}

    def add(self, name: str, make: Callable[[], T], origin: Origin) -> None:
        """Add an entry; ValueError where an earlier entry has its name."""
        first = self._origins.get(name)
        if first is not None:
            raise ValueError(
                f"offers the {self._kind} {name!r}, which {first.distribution} offers already"
            )
        self._makers[name] = make
        self._origins[name] = origin

    def find(self, name: str) -> T:
        """The entry of that name; UsageError with the nearest names where there is none."""
        if name not in self._makers:
            raise unknown(self._kind, name, self._makers, self._listing)
        return self[name]

    def origin(self, name: str) -> Origin:
        """The plugin that offers the entry of that name."""
        return self._origins[name]

    def __getitem__(self, name: str) -> T:
        if name not in self._entries:
            self._entries[name] = self._makers[name]()
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._makers))

    def __len__(self) -> int:
        return len(self._makers)


@dataclass(frozen=True)
class FoundPlugin:
    """A plugin as it was found: what it offers, and whether it is used.

    installed: the distribution it comes from; used: False for one that is left out by choice.
    """

    origin: Origin
    installed: Installed
    offers: PluginOffers
    used: bool = True

    @property
    def names(self) -> frozenset[str]:
        """What it can be called: itself, or its distribution."""
        return frozenset((self.origin.plugin, self.origin.distribution))


@dataclass(frozen=True)
class Registry:
    """All that the plugins offer, and what went wrong with them.

    commands: their declarations, as data.
    """

    backends: Catalogue[Backend] = field(default_factory=lambda: Catalogue("backend", "backends"))
    corpora: Catalogue[CorpusEntry] = field(default_factory=lambda: Catalogue("corpus", "corpora"))
    recipes: Catalogue[Recipe] = field(default_factory=lambda: Catalogue("recipe", "recipes"))
    commands: Catalogue[Mapping[str, Any]] = field(
        default_factory=lambda: Catalogue("command", "help")
    )
    plugins: list[FoundPlugin] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
