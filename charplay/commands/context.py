"""What a handler may use: the workspace, the settings, the session, and the person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from charplay.commands.command import Commands
from charplay.commands.settings import Settings
from charplay.errors import UsageError, list_first
from charplay.sessions.choice import SessionChoice
from charplay.workspace import Workspace

if TYPE_CHECKING:
    from charplay.models.library import OpenModel
    from charplay.sessions.session import Session
    from charplay.sessions.tree import SessionRecord


@dataclass
class Context(Workspace):
    """One REPL's, or one shell command's.

    session: where answers are kept, None where they are not; interrupted: whether Ctrl-C stopped
    what was going on; asker: puts a yes-or-no question to the person, chooser any other, and gives
    what they type; both are None where nobody is there. takes_input: whether a command may read
    standard input, from which no commands come then.
    """

    commands: Commands
    settings: Settings = field(default_factory=Settings)
    session: Session | None = None
    interrupted: bool = False
    asker: Callable[[str], bool] | None = None
    chooser: Callable[[str], str] | None = None
    takes_input: bool = False

    def begin_session(self, choice: SessionChoice, last: bool = False) -> Session:
        """Go on in a session, as `Workspace.open_session` finds it."""
        self.session = self.open_session(choice, last)
        return self.session

    def switch_session(self, record: SessionRecord) -> Session:
        """Go on in a session of the data home."""
        self.session = self.session_of(record)
        return self.session

    def talk_to(self, reference: str) -> None:
        """Go on with a model in the session that there is, and choose it for no other."""
        assert self.session is not None
        self.session.move_to_model(self.library.open(reference))

    def set_private(self, private: bool) -> None:
        """Go on in a session that keeps nothing, or back in the one it was begun from."""
        if private and self.session and not self.session.origin:
            self.session = self.session.begin_private(self.memory_store())
        elif not private and self.session and self.session.origin:
            self.session = self.session.origin
        elif not private and self.settings.interface.private:
            # The session that the private one was begun from is gone, with its store.
            self.begin_session(SessionChoice(new=True))

    def close(self) -> None:
        """Close the session and the store."""
        if self.session:
            self.session.close()
        self.session = None
        super().close()

    def interrupt(self) -> None:
        """Note that the person stopped what was going on."""
        self.interrupted = True

    def ask(self, question: str, flag: str) -> bool:
        """Whether the person says yes; UsageError that names the flag where nobody is there."""
        if self.asker is None:
            raise UsageError(
                f"cannot ask for confirmation here: {question}", f"add {flag} to do it"
            )
        return self.asker(question)

    def choose(self, question: str, choices: Mapping[int, str]) -> str | None:
        """The one of these that the person names, by its number too; None where they name none."""
        if self.chooser is None:
            return None
        shown = list_first(f"{number} {choice}" for number, choice in choices.items())
        typed = self.chooser(f"{question} {shown}? ").strip()
        by_number = {str(number): choice for number, choice in choices.items()}
        folded = {choice.casefold(): choice for choice in choices.values()}
        return folded.get(typed.casefold()) or by_number.get(typed)

    def model(self, reference: str | None = None) -> OpenModel:
        """The model of a name, digest or path; without one, the model of the conversation."""
        if reference:
            return self.library.open(reference)
        if self.session:
            return self.session.open_model()
        return self.library.open(self.library.usual)
