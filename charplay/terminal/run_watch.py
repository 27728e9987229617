"""The prompt while runs go on: news of them above it, and how things stand below."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app, run_in_terminal

from charplay.commands.context import Context
from charplay.jobs.told import has_untold
from charplay.terminal.render.console import CharplayConsole
from charplay.terminal.status_line import state_words, status_lines

if TYPE_CHECKING:
    from charplay.terminal.run_news import RunNews

_LOOK_SECONDS = 0.25


class RunWatch:
    """Asks for lines, and watches the runs in sight meanwhile."""

    def __init__(self, context: Context, console: CharplayConsole) -> None:
        self._context, self._console = context, console
        self._state: list[str] = []

    @cached_property
    def _news(self) -> RunNews:
        # All that training needs comes with it, and there may be no run.
        from charplay.terminal.run_news import RunNews

        return RunNews(self._context, self._console)

    def show_left(self) -> None:
        """Print what went on since somebody last looked."""
        if has_untold(self._context.environment.home):
            self._news.show_left()

    def tell_news(self) -> None:
        """Print what happened to the runs in sight, if anything."""
        if self._context.has_runs and (tell := self._news.look()):
            tell()

    def prompt(self, prompt: PromptSession[str], mark: str, draft: str = "") -> str:
        """What the person types, with news of runs above and how things stand below.

        `draft` stands at the prompt already.
        """
        self.tell_news()

        def begin() -> None:
            get_app().create_background_task(self._watch())

        self._state = state_words(self._context)
        prompt.bottom_toolbar = self._status if self._wants_status else None
        return prompt.prompt(mark, default=draft, pre_run=begin)

    async def _watch(self) -> None:
        """Look at the runs as long as the prompt waits."""
        while self._context.has_runs:
            await asyncio.sleep(_LOOK_SECONDS)
            if tell := self._news.look():
                await run_in_terminal(partial(_tell_among_keys, tell))
                self._state = state_words(self._context)  # a run's model may be talked with now
            get_app().invalidate()

    @property
    def _wants_status(self) -> bool:
        interface = self._context.settings.interface
        return interface.status and not interface.plain

    def _status(self) -> str:
        """How things stand, as wide as the terminal is now."""
        runs = self._news.lines if self._context.has_runs else []
        return "\n".join(status_lines(self._state, runs, self._console.width))


def _tell_among_keys(tell: Callable[[], None]) -> None:
    """Print while a person types: each key waits for the prompt, and the terminal acts on none."""
    with get_app().input.raw_mode():
        tell()
