"""What was found unsound while a store was read: each fault once, until it is told."""

from collections.abc import Iterator

from charplay.errors import list_first

# What to type where a store is damaged.
REPAIR = "`sessions repair` keeps what can be read, and a copy of the file"
_MOST_TOLD = 3


class Faults:
    """Faults of one store, in the order in which they were found."""

    def __init__(self) -> None:
        self._found: dict[str, bool] = {}

    def add(self, fault: str) -> None:
        """Note a fault, unless it is known."""
        self._found.setdefault(fault, False)

    def __iter__(self) -> Iterator[str]:
        """All of them, told or not."""
        return iter(self._found)

    def take(self) -> str:
        """The first of those not told yet and how many more there are; empty for none."""
        new = [fault for fault, told in self._found.items() if not told]
        self._found |= dict.fromkeys(new, True)
        return list_first(new, _MOST_TOLD, "; ")
