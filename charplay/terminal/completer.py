"""Completion at the prompt: what `suggest` finds, as prompt_toolkit shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import (
    CompleteEvent,
    Completer,
    Completion,
    get_common_complete_suffix,
)
from prompt_toolkit.document import Document
from prompt_toolkit.key_binding import KeyPressEvent

from charplay.commands.context import Context
from charplay.terminal.render.console import visible

if TYPE_CHECKING:
    from charplay.commands.completion.suggesting import World


def complete_word(event: KeyPressEvent) -> None:
    """Tab: take what all candidates begin with, and show them; again: take the next one.

    They are found at once, so that no key typed after Tab comes before them.
    """
    buffer = event.current_buffer
    if buffer.complete_state:
        buffer.complete_next()
        return
    document = buffer.document
    found = list(buffer.completer.get_completions(document, CompleteEvent()))
    if len(found) == 1:
        buffer.apply_completion(found[0])
        _take_away_repeated(buffer, found[0].text)
    elif common := get_common_complete_suffix(document, found):
        buffer.insert_text(common)
        found = [each.new_completion_from_position(len(common)) for each in found]
    if len(found) > 1:
        buffer.complete_state = CompletionState(buffer.document, found)


def _take_away_repeated(buffer: Buffer, word: str) -> None:
    """Take away what follows the cursor where the word ends with it: the word was there already."""
    rest = re.sub(r"\s.*", "", buffer.document.text_after_cursor)
    if word.endswith(rest):
        buffer.delete(len(rest))


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
