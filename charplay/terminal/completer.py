"""Completion at the prompt: what `suggest` finds, as prompt_toolkit shows it."""

from collections.abc import Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from charplay.commands.completion.suggesting import suggest
from charplay.commands.completion.world import world_of
from charplay.commands.context import Context
from charplay.terminal.render.console import visible


class PromptCompleter(Completer):
    """Offers the words that fit, each with its help beside."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.look_again()

    def look_again(self) -> None:
        """Forget what could be named: the last line may have changed it."""
        self._world = world_of(self._context)

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        """The candidates for the word before the cursor."""
        for each in suggest(document.text_before_cursor, self._world):
            shown = each.word.rstrip("/").rpartition("/")[2] + "/" * each.word.endswith("/")
            yield Completion(each.word, -each.replaces, visible(shown), visible(each.help))
