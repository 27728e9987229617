"""The guide of the tour: tells what to try next, and praises what was done."""

from rich.text import Text

from charplay.commands.context import Context
from charplay.commands.plain_words import COMMAND_MARK
from charplay.commands.tour import GOODBYE, STEPS, Step, Tour
from charplay.errors import ExitStatus
from charplay.terminal.render.console import CharplayConsole


class TourGuide:
    """Goes with a person who is on the tour, and keeps silent otherwise."""

    def __init__(self, context: Context, console: CharplayConsole) -> None:
        self._context, self._console = context, console
        self._told: Step | None = None

    def follow(self, line: str, status: ExitStatus) -> None:
        """Look at a line that was done, and tell what comes next."""
        tour = self._context.tour
        if tour is None:
            self._told = None
            return
        # What was done may be another line than was typed: one that was asked about, or a macro's.
        done = None if status else tour.take(self._context.performing)
        self._context.performing = None
        if done:
            self._console.print_hint(done.praise, "bold")
        if tour.step is None:
            self._console.print_hint(GOODBYE)
            self._context.tour = None
        elif tour.step is not self._told or not line.strip():
            self._tell(tour, tour.step)
        else:
            self._remind(tour, tour.step, line)

    def leave_tour(self) -> bool:
        """Leave the tour; whether the person was on it."""
        was_on_it = self._context.tour is not None
        self._context.tour = None
        if was_on_it:
            self._console.print_hint("you left the tour; `help tour` begins it again")
        return was_on_it

    def _remind(self, tour: Tour, step: Step, line: str) -> None:
        """Say that the step is still to be done, and what a line lacks that was meant for it."""
        lacks_colon = step.line == f"{COMMAND_MARK}{line.strip()}"
        why = "a command begins with a colon; " if lacks_colon else ""
        told = f"{why}still {tour.place + 1} of {len(STEPS)}, Enter alone tells it again:"
        self._console.print(told, style="dim")
        self._console.print(Text.assemble("  → ", (step.line, "bold")))

    def _tell(self, tour: Tour, step: Step) -> None:
        self._told = step
        head = f"\n{tour.place + 1} of {len(STEPS)}: "
        self._console.print_hint(step.about, before=head)
        if tour.place == 0:
            self._console.print(
                "Type the line in bold, colon and all, and Enter. Ctrl-D leaves the tour."
            )
        self._console.print(Text.assemble("  → ", (step.line, "bold")))
