"""News of runs beside the conversation: how they stand, what they draw, and how they end."""

from collections.abc import Callable

from charplay.commands.context import Context
from charplay.commands.training import take_model
from charplay.errors import CharplayError
from charplay.jobs.board import RunSeen
from charplay.terminal.render.console import CharplayConsole, show_notices
from charplay.terminal.render.runs import print_run_end, print_run_samples, run_line


class RunNews:
    """Finds what is to be told of the runs in sight, and tells it once."""

    def __init__(self, context: Context, console: CharplayConsole) -> None:
        self._context, self._console = context, console
        self._under_way: list[RunSeen] = []
        self._shown: dict[int, int] = {}

    def show_left(self) -> None:
        """Print what went on since somebody last looked."""
        for seen in self._context.board.find_left():
            if seen.is_under_way:
                self._console.print(f"{run_line(seen)}")
            else:
                self._tell_end(seen)

    def look(self) -> Callable[[], None] | None:
        """What is to be printed now, if anything."""
        board = self._context.board
        ended, self._under_way = board.take_ended(), board.under_way()
        samples = [seen for seen in self._under_way if self._is_sampled_anew(seen)]
        if not ended and not samples:
            return None

        def tell() -> None:
            for seen in samples:
                print_run_samples(seen, self._console)
            for seen in ended:
                self._tell_end(seen)

        return tell

    @property
    def lines(self) -> list[str]:
        """How the runs under way stood at the last look, a line each."""
        return list(map(run_line, self._under_way))

    def _is_sampled_anew(self, seen: RunSeen) -> bool:
        """Whether the model of a run drew texts that were not shown, and they are wanted."""
        sampled, number = seen.status.sampled, seen.job.number
        if sampled is None or sampled.update <= self._shown.get(number, 0):
            return False
        self._shown[number] = sampled.update
        return self._context.settings.interface.watch

    def _tell_end(self, seen: RunSeen) -> None:
        """Print how a run ended; its model is the one to talk with where nothing was said yet."""
        session = self._context.session
        talks = seen.status.kept is not None and session is not None and session.is_empty
        if talks:
            try:
                take_model(self._context, seen.name)
            except CharplayError as error:
                talks = False
                show_notices(self._console, (error.message,))
        print_run_end(seen, self._console, talks)
        if not self._context.private:
            seen.job.mark_told()
