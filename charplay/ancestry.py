"""Where a model comes from that was trained on from another: plain values that all may read."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

# A file from anywhere may claim more.
_MOST_ANCESTORS = 100


@dataclass(frozen=True)
class Ancestor:
    """A model that another was trained on from: its name and digest, its text and that digest."""

    model: str
    digest: str
    corpus: str
    sha256: str


@dataclass(frozen=True)
class Base:
    """The model that a run trains on from: where its file is, and itself and its own ancestors.

    ancestry: from the nearest on; optimiser: whether the optimiser goes on too.
    """

    path: str
    ancestry: tuple[Ancestor, ...]
    optimiser: bool = False

    @property
    def model(self) -> Ancestor:
        """The model itself."""
        return self.ancestry[0]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a job's plan."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Base":
        """The base in values from `to_dict`; TypeError, KeyError or ValueError for others."""
        ancestry = parse_ancestry(values["ancestry"])
        if not ancestry:
            raise ValueError("a model to train on from has no digest")
        return cls(str(values["path"]), ancestry, bool(values["optimiser"]))


def parse_ancestry(values: object) -> tuple[Ancestor, ...]:
    """The ancestors that a file tells of; what is not one is left out."""
    several = values if isinstance(values, Sequence) else ()
    names = tuple(Ancestor.__dataclass_fields__)
    found = (
        Ancestor(**{name: each[name] for name in names})
        for each in several
        if isinstance(each, Mapping) and all(isinstance(each.get(name), str) for name in names)
    )
    return tuple(found)[:_MOST_ANCESTORS]
