"""The prompt for lines, with keys pressed in it and without the REPL around it."""

import asyncio

from prompt_toolkit.application import get_app
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from charplay.commands.builtin import all_commands
from charplay.commands.context import Context
from charplay.commands.settings import Interface, Settings
from charplay.plugins.registry import Registry
from charplay.terminal.completer import PromptCompleter
from charplay.terminal.history import PromptHistory
from charplay.terminal.line_prompt import PromptMaker
from charplay.terminal.long_texts import LongTexts
from tests.conftest import make_environment

PATIENCE = 5_000


async def wait_until(holds, buffer):
    """Let the prompt work until something holds of its buffer, or never will."""
    for _ in range(PATIENCE):
        if holds(buffer):
            return
        await asyncio.sleep(0.001)


class Counted(DummyOutput):
    """An output that counts how often the screen was erased."""

    erased = 0

    def erase_screen(self):
        self.erased += 1


class LinePrompt:
    """A prompt in an environment; `press` gives what a person sends who presses those keys."""

    def __init__(self, home, editor="emacs", lines=(), **variables):
        environment = make_environment(home, tty=True, **{"TERM": "xterm", **variables})
        registry = Registry()
        self.settings = Settings(Interface(keys=editor))
        self.context = Context(environment, registry, all_commands(registry), self.settings)
        self.long_texts = LongTexts()
        self.history = PromptHistory(self.context, self.long_texts)
        for line in lines:
            self.history.store_string(line)
        self.output, self.completer = Counted(), None

    def press(self, *pieces, draft=""):
        """The line; at a function the keys wait until it holds of the prompt's buffer."""
        with create_pipe_input() as pipe:
            maker = PromptMaker(self.context, self.long_texts, pipe, self.output)
            prompt = maker.for_lines(self.history, PromptCompleter(self.context))
            maker.adopt_settings(prompt)
            if self.completer:
                prompt.completer = self.completer

            async def feed():
                for piece in pieces:
                    if isinstance(piece, str):
                        pipe.send_text(piece)
                    else:
                        await wait_until(piece, prompt.default_buffer)

            line = prompt.prompt(
                default=draft, pre_run=lambda: get_app().create_background_task(feed())
            )
            return self.long_texts.unfold(line)
