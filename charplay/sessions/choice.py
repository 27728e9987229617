"""Which session keeps what is said, and how many names answer it."""

from dataclasses import dataclass

from charplay.errors import UsageError

# The commands whose answers are turns, and whose words are kept with them.
TURN_COMMANDS = ("names", "sample", "poem", "pick")
# How many names answer plain text.
NAMES_A_TURN = 5
# A turn keeps so many answers; more would make the store slow, and each comes back by its label.
ANSWERS_A_TURN = 10_000


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


def unkept_notice(answers: int) -> tuple[str, ...]:
    """What to say of so many answers in one turn: that the session keeps the first ones."""
    if answers <= ANSWERS_A_TURN:
        return ()
    first = f"the first {ANSWERS_A_TURN:,} of them"
    return (f"the session keeps {first}; any other comes back by its label",)
