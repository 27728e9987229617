"""The guide of the tour: tells what to try next, and praises what was done."""

from rich.text import Text

from charplay.commands.context import Context
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
        done = None if status else tour.take(line, self._context.commands)
        if done:
            self._console.print_hint(done.praise, "bold")
        if tour.step is None:
            self._console.print_hint(GOODBYE)
            self._context.tour = None
        elif tour.step is not self._told or not line.strip():
            self._tell(tour, tour.step)

    def leave_tour(self) -> bool:
        """Leave the tour; whether the person was on it."""
        was_on_it = self._context.tour is not None
        self._context.tour = None
        if was_on_it:
            self._console.print_hint("you left the tour; `help tour` begins it again")
        return was_on_it

    def _tell(self, tour: Tour, step: Step) -> None:
        self._told = step
        head = f"\n{tour.place + 1} of {len(STEPS)}: "
        self._console.print_hint(step.about, before=head)
        if tour.place == 0:
            self._console.print("Type the line in bold, and Enter. Ctrl-D leaves the tour.")
        self._console.print(Text.assemble("  → ", (step.line, "bold")))
