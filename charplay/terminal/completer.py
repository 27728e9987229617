"""Completion at the prompt: what `suggest` finds, as prompt_toolkit shows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from charplay.commands.context import Context
from charplay.terminal.render.console import visible

if TYPE_CHECKING:
    from charplay.commands.completion.suggesting import World


class PromptCompleter(Completer):
    """Offers the words that fit, each with its help beside."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._world: World | None = None

    def look_again(self) -> None:
        """Forget what could be named: the last line may have changed it."""
        self._world = None

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        """The candidates for the word before the cursor."""
        # Not needed before the first Tab, and the names of runs bring along what runs need.
        from charplay.commands.completion.suggesting import suggest
        from charplay.commands.completion.world import world_of

        self._world = self._world or world_of(self._context)
        for each in suggest(document.text_before_cursor, self._world):
            shown = each.word.rstrip("/").rpartition("/")[2] + "/" * each.word.endswith("/")
            yield Completion(each.word, -each.replaces, visible(shown), visible(each.help))
