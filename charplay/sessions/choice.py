"""Which session keeps what is said, and how many names answer it."""

from dataclasses import dataclass

from charplay.errors import UsageError

# How many names answer plain text.
NAMES_A_TURN = 5


@dataclass(frozen=True)
class SessionChoice:
    """Which session keeps the conversation: the one of a name, a new one, or none.

    With none of these the caller's usual session is meant: a REPL's last one.
    """

    name: str | None = None
    new: bool = False
    nowhere: bool = False

    def __post_init__(self) -> None:
        if (self.name is not None) + self.new + self.nowhere > 1:
            raise UsageError("--session, --new and --no-session contradict", "give one of them")
