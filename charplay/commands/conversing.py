"""Sessions from Python: what `charplay.open_session` gives.

import charplay

with charplay.open_session("winter", model="dinosaurs") as session:
    turn = session.say("Tyr", temperature=0.8, seed=7)
    names = turn.answers
    session.retry()
    session.undo()
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from charplay.commands.context import Context, SessionChoice
from charplay.commands.generating import StreamedAnswer, talk
from charplay.commands.models import ModelArguments
from charplay.commands.models import model as choose_model
from charplay.commands.turns import RetryArguments, retry
from charplay.environment import Environment
from charplay.errors import CharplayError
from charplay.generation.options import Sampling
from charplay.options import parse_values

if TYPE_CHECKING:
    from charplay.sessions.session import Session
    from charplay.sessions.tree import Turn


class OpenSession:
    """A conversation with a model, the same that the REPL has; close it, or use it in a `with`.

    Sampling options are those of the REPL by their Python names: temperature, top_p, max_chars,
    seed (7, or "7/3") and so on. Errors are CharplayErrors.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def _session(self) -> Session:
        if self._context.session is None:
            raise CharplayError("this session is closed", "open it again: open_session(NAME)")
        return self._context.session

    @property
    def turn(self) -> Turn | None:
        """The turn after which the conversation goes on."""
        return self._session.turn

    @property
    def text(self) -> str:
        """All that was written and answered up to here."""
        return self._session.text

    def turns(self) -> list[Turn]:
        """Every turn of every branch, in the order in which they came."""
        return self._session.store.turns.all(self._session.found.key)

    def say(self, text: str = "", **sampling: Any) -> Turn:
        """Write something and have it answered: prose goes on from it, names begin with it."""
        given = parse_values(Sampling, sampling)
        return self._answered(lambda: talk(self._context, text, given))

    def retry(self, **sampling: Any) -> Turn:
        """The last turn's question again, beside it, by the next seed unless one is given."""
        given = parse_values(Sampling, sampling)
        return self._answered(lambda: retry(self._context, RetryArguments(given)))

    def undo(self) -> Turn:
        """Go back before the last turn, which is given; it stays in the tree."""
        return self._session.undo()

    def goto(self, where: int | str) -> None:
        """Go on after a turn, or after the last one of a branch; 0 is the beginning."""
        self._session.goto(str(where))

    def branch(self, name: str | None = None) -> str:
        """Have the next turn begin a branch; what that is called."""
        return self._session.branch(name)

    def use(self, model: str) -> None:
        """Go on with another model, which reads the conversation."""
        choose_model(self._context, ModelArguments(model))

    def close(self) -> None:
        """Let go of the store."""
        self._context.close()

    def __enter__(self) -> OpenSession:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _answered(self, ask: Callable[[], object]) -> Turn:
        """The turn that an answer has become; KeyboardInterrupt where Ctrl-C stopped it."""
        session = self._session
        value = ask()
        if isinstance(value, StreamedAnswer):
            for _ in value.events:
                pass
        if self._context.interrupted:
            self._context.interrupted = False
            raise KeyboardInterrupt
        assert session.turn is not None
        return session.turn


def open_session(
    name: str | None = None, model: str | None = None, home: str | os.PathLike[str] | None = None
) -> OpenSession:
    """The session of a name, as it was left, or a new one; without a name nothing is kept.

    `model` is a name, a digest or a path; without one it is the session's own, or the one last
    chosen. `home` is the data home, unless the usual one is meant.
    """
    from charplay.commands.builtin import all_commands
    from charplay.plugins.finder import find_plugins

    environment = Environment.of_process()
    if home is not None:
        environment = replace(environment, home=Path(home))
    registry = find_plugins()
    context = Context(environment, registry, all_commands(registry))
    session = context.begin(SessionChoice(name))
    if model is not None:
        session.move(context.model(model))
    return OpenSession(context)
