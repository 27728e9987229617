"""Runs beside the conversation: a line below the prompt, and news of them above it."""

import asyncio
from collections.abc import Callable
from functools import partial

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app, run_in_terminal

from charplay.commands.context import Context
from charplay.commands.training import take_model
from charplay.errors import CharplayError
from charplay.jobs.board import RunSeen
from charplay.terminal.render.console import CharplayConsole, show_notices
from charplay.terminal.render.runs import print_run_end, print_run_samples, run_line

_LOOK_SECONDS = 0.25


class RunWatch:
    """Tells of the runs in sight while a person types, and between two lines."""

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

    def prompt(self, prompt: PromptSession[str], mark: str, draft: str = "") -> str:
        """What the person types, with news of runs above and how they stand below.

        `draft` stands at the prompt already.
        """
        if tell := self.look():
            tell()

        def begin() -> None:
            get_app().create_background_task(self._watch(prompt))

        self._set_toolbar(prompt)
        return prompt.prompt(mark, default=draft, pre_run=begin)

    async def _watch(self, prompt: PromptSession[str]) -> None:
        """Look at the runs as long as the prompt waits."""
        while self._context.board.has_runs:
            await asyncio.sleep(_LOOK_SECONDS)
            if tell := self.look():
                await run_in_terminal(partial(_tell_among_keys, tell, prompt))
            self._set_toolbar(prompt)
            get_app().invalidate()

    def _set_toolbar(self, prompt: PromptSession[str]) -> None:
        lines = "\n".join(map(run_line, self._under_way))
        prompt.bottom_toolbar = lines or None

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


def _tell_among_keys(tell: Callable[[], None], prompt: PromptSession[str]) -> None:
    """Print while a person types: each key waits for the prompt, and the terminal acts on none."""
    with prompt.app.input.raw_mode():
        tell()
