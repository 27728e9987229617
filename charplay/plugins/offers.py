"""What plugins offer, as data: found by one import in a process of its own, then kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

# The kinds of entries, in the order in which their hooks are asked.
KINDS = ("backends", "corpora", "recipes", "commands")
# How the result of something that was not tried begins.
NOT_TRIED = "not tried: "
HOOKS = {kind: f"register_{kind}" for kind in KINDS}


@dataclass(frozen=True)
class PluginOffers:
    """What one plugin offers.

    entries: the data of each entry, by kind; faults: what is wrong, each the end of a sentence that
    begins with the plugin's name; milliseconds: what its import and its hooks took; api: the
    version of charplay's interface that it was written for, empty where it does not say; tried:
    what was tried with it where that was asked for, each with what was wrong.
    """

    plugin: str
    entries: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    milliseconds: float = 0
    api: str = ""
    tried: tuple[tuple[str, str], ...] = ()

    def to_data(self) -> dict[str, Any]:
        """The offers as values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "PluginOffers":
        """The offers that `to_data` wrote; KeyError, TypeError or ValueError for anything else."""
        entries = {kind: tuple(data["entries"][kind]) for kind in KINDS if kind in data["entries"]}
        if not all(isinstance(each["name"], str) for some in entries.values() for each in some):
            raise ValueError("an entry without a name")
        return cls(
            str(data["plugin"]),
            entries,
            tuple(map(str, data["faults"])),
            float(data["milliseconds"]),
            str(data["api"]),
            tuple((str(tried), str(problem)) for tried, problem in data["tried"]),
        )

    def names(self, kind: str) -> list[str]:
        """The names of the entries of a kind."""
        return [entry["name"] for entry in self.entries.get(kind, ())]
