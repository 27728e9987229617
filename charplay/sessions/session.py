"""A session as one REPL has it: REPLs share the tree of turns, each has its own position in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from charplay.errors import CharplayError, ModelFileError, UsageError, unknown
from charplay.files import path_text
from charplay.generation.options import AnswerOptions, Seed
from charplay.options import option_values, options_of, parse_values
from charplay.sessions.store import Store
from charplay.sessions.tree import (
    Favourite,
    Reply,
    SessionRecord,
    Turn,
    Utterance,
    check_session_name,
)
from charplay.text.typed.admission import Admitted

if TYPE_CHECKING:
    from charplay.generation.generator import Answer
    from charplay.generation.place import Place
    from charplay.generation.question import Question
    from charplay.models.library import Library, OpenModel
    from charplay.sessions.picking import PickedAnswer
    from charplay.sessions.places import Root, SessionPlaces

REBUILT = "the saved state was missing or did not fit; it was rebuilt from the text"
RETRAINED = "the model was retrained; the same seed may give another text"

_LONGEST_NUMBER = 18
_MOST_NAMED = 8


class Session:
    """A conversation, and the turn after which it goes on.

    `record` is the session as the store has it, `turn` the position, None before the first turn;
    `origin` the session that a private one was begun from. `notices` holds what the person should
    know until `take_notices` gives it.
    """

    def __init__(
        self,
        store: Store,
        library: Library,
        record: SessionRecord,
        root: Root | None = None,
        origin: Session | None = None,
    ) -> None:
        self.store, self.notices = store, list[str]()
        self.turn = store.turns.left_at(record)
        self.record = replace(record, turn=self.turn.number if self.turn else None)
        self.origin = origin
        self._library, self._root = library, root
        self._undone: list[int] = []
        if record.digest and not record.live and self._is_retrained:
            self.notices.append(
                f"{record.model} was retrained; this session keeps the weights that it had, "
                f"`model {record.model}` takes the new ones"
            )

    @property
    def _is_retrained(self) -> bool:
        """Whether its model's name now means other weights."""
        digest = self._library.own_digest(self.record.model)
        return digest is not None and digest != self.record.digest

    # Its life in the store.

    @property
    def begun(self) -> bool:
        """Whether it is in the store; the first turn puts it there."""
        return bool(self.record.key)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said in it, nor in the session that a private one goes on from."""
        return not self.begun and self._root is None

    def sibling(self, record: SessionRecord) -> Session:
        """Another session of the same store."""
        return Session(self.store, self._library, record, origin=self.origin)

    def begin_private(self, store: Store) -> Session:
        """A session in a store that keeps nothing: it goes on from here and leaves nothing here."""
        opened = self.open_model()
        place = self.place(opened)
        root = self._places.root_at(self.record.key, self.anchor, place, opened)
        record = SessionRecord(
            model=self.record.model, digest=self.record.digest, live=self.record.live
        )
        return Session(store, self._library, record, root, origin=self)

    def close(self) -> None:
        """Close its store, and the store of the session it was begun from."""
        self.store.close()
        if self.origin:
            self.origin.close()

    # Its model.

    @property
    def reference(self) -> str:
        """The model it talks with, by path or digest; empty where none is chosen yet."""
        return self.record.live or self.record.digest

    def open_model(self) -> OpenModel:
        """The model it talks with; the one chosen last where it has none yet."""
        if not self.reference:
            return self._library.open(self._library.usual)
        try:
            opened = self._library.open(self.reference)
        except UsageError as error:
            raise ModelFileError(
                f"the weights of {self.record.model} that this session talks with "
                f"({self.record.digest[:12]}) are not in the library",
                "`model NAME` goes on with another model",
            ) from error
        # A damaged store may know the weights and not the name.
        return replace(opened, name=self.record.model or opened.name)

    def live_notice(self, opened: OpenModel) -> tuple[str, ...]:
        """What to know of a model in training: which update its newest checkpoint is."""
        if not self.record.live or opened.digest == self.record.digest:
            return ()
        update = opened.header.progress.get("update", 0)
        return (f"{self.record.model} is in training; this is update {update:,}",)

    def choose_model(self, opened: OpenModel, live: str | None = None) -> None:
        """Talk with a model from now on; `live` is the path of a run's newest checkpoint."""
        self.record = replace(self.record, model=opened.name, digest=opened.digest, live=live)
        self._pin(opened)
        if self.begun:
            self.store.sessions.set_model(self.record)

    def move_to_model(self, opened: OpenModel, live: str | None = None) -> Admitted:
        """Go on with another model, which reads the conversation; the text as it admits it."""
        self.choose_model(opened, live)
        if opened.model.kind == "names" or (self.anchor is None and self._root is None):
            return Admitted("")
        self._places.find(self.record.key, self.anchor, opened)
        return opened.model.vocabulary.admit(self.text)

    def rename_model(self, name: str, to: str) -> None:
        """Call a model by another name, here and in every session of the store."""
        self.store.turns.rename_model(name, to)
        if self.record.model == name:
            self.record = replace(self.record, model=to)
        if self.turn:
            self.turn = self.store.turns.get(self.record.key, self.turn.number)
        if self.origin:
            self.origin.rename_model(name, to)

    def _pin(self, opened: OpenModel) -> None:
        """Have the library keep weights that a turn needs."""
        if path_text(opened.path) == self.record.live:
            # A run soon replaces its checkpoint: the turn tells which it was, and nobody keeps it.
            self.record = replace(self.record, digest=opened.digest)
        elif self.store.file:
            self._library.pin(opened)

    # Its text, and the model's state after it.

    @property
    def anchor(self) -> int | None:
        """The turn whose answer the conversation goes on from."""
        return self.turn.anchor if self.turn else None

    @cached_property
    def _places(self) -> SessionPlaces:
        # Which needs NumPy, and no prompt waits for that.
        from charplay.sessions.places import SessionPlaces

        return SessionPlaces(self.store, self._root)

    @property
    def text(self) -> str:
        """The conversation up to here: what was written and answered."""
        return self.text_after(self.turn)

    def text_after(self, turn: Turn | None) -> str:
        """The conversation up to a turn."""
        return self._places.text(self.record.key, turn.anchor if turn else None)

    def place(self, opened: OpenModel) -> Place:
        """The model's place after the conversation: as saved, else rebuilt from the text."""
        return self.place_after(self.turn, opened)

    def place_after(self, turn: Turn | None, opened: OpenModel) -> Place:
        """The model's place after a turn; a notice tells where the saved one was no use."""
        anchor = turn.anchor if turn else None
        place, rebuilt = self._places.find(self.record.key, anchor, opened)
        if rebuilt and opened.digest == self.record.digest:
            self.notices.append(REBUILT)
        return place

    # Turns.

    def keep_turn(
        self, question: Question, answers: Sequence[Answer], place: Place | None = None
    ) -> Turn:
        """Keep a question with its answers as a turn, and go on after it.

        `place` is the model's after the answers, where the conversation goes on from them.
        """
        opened = question.opened
        self._take_model_of(question)
        self._pin(opened)
        snapshot = self._places.snapshot(place, opened) if place else None
        self.record, self.turn = self.store.turns.add(
            self.record, _utterance(question, answers), question.after, snapshot
        )
        if place:
            self._places.remember(self.anchor, opened, place)
        self._undone.clear()
        return self.turn

    def _take_model_of(self, question: Question) -> None:
        """Talk with the model of the first turn, or of one that the conversation moves to."""
        opened = question.opened
        if not self.reference:
            self.choose_model(opened if question.moves else self._usual_or(opened))
        elif question.moves and self.reference not in (opened.digest, path_text(opened.path)):
            self.choose_model(opened)

    def _usual_or(self, opened: OpenModel) -> OpenModel:
        """The model chosen last; another where that cannot be opened."""
        try:
            return self._library.open(self._library.usual)
        except CharplayError:
            return opened

    def mark_answers(self, answers: Sequence[PickedAnswer], kept: bool) -> tuple[Favourite, ...]:
        """Mark answers as favourites, or no longer."""
        numbers = [(one.turn.number, one.reply.number) for one in answers]
        self.store.turns.keep(self.record.key, numbers, kept)
        return tuple(Favourite.of(self.record.name, one.turn, one.reply) for one in answers)

    def take_notices(self) -> tuple[str, ...]:
        """What the person should know, each notice given once."""
        notices = tuple(dict.fromkeys(self.notices))
        self.notices.clear()
        return notices

    # Moving about.

    def set_position(self, turn: Turn | None, branch: str | None = None) -> None:
        """Go on after another turn, or from the beginning; `branch` begins with the next turn."""
        number = turn.number if turn else None
        if self.begun:
            self.store.sessions.set_position(self.record.key, number, branch)
        self.turn = turn
        self.record = replace(self.record, turn=number, branch=branch)
        self._undone.clear()

    def undo(self) -> Turn:
        """Go back before the last turn, which stays in the tree; that turn."""
        turn = self.turn
        if turn is None:
            raise UsageError(
                "this is the beginning: there is no turn to undo", "`tree` shows the turns"
            )
        undone = [*self._undone, turn.number]
        self.set_position(self.turn_before(turn))
        self._undone = undone
        return turn

    def redo(self) -> Turn:
        """Go forward to the turn last undone, or to the one that follows; that turn."""
        undone = self._undone[:-1]
        turn = self.store.turns.get(self.record.key, self._number_ahead())
        self.set_position(turn)
        self._undone = undone
        return turn

    def _number_ahead(self) -> int:
        """The turn to which `redo` goes."""
        if self._undone:
            return self._undone[-1]
        ahead = self.store.turns.followers(self.record.key, self.record.turn)
        if not ahead:
            raise UsageError("there is no turn to redo here", "`tree` shows the turns")
        if len(ahead) > 1:
            which = ", ".join(map(str, ahead[-_MOST_NAMED:]))
            raise UsageError(
                f"{len(ahead):,} turns follow here, and none of them was undone",
                f"`goto {ahead[-1]}` goes to one: {which}",
            )
        return ahead[0]

    def turn_before(self, turn: Turn) -> Turn | None:
        """The turn before another."""
        if turn.parent is None:
            return None
        return self.store.turns.get(self.record.key, turn.parent)

    def goto(self, where: str) -> None:
        """Go on after a turn, by its number or as the last of a branch; 0 is the beginning."""
        if where == "0":
            self.set_position(None)
            return
        turns, key = self.store.turns, self.record.key
        number = turns.last_of_branch(key, where)
        if number is None and where.isdecimal() and len(where) < _LONGEST_NUMBER:
            number = int(where)
        if number is None:
            raise unknown("turn or branch", where, turns.branches(key), "tree")
        self.set_position(turns.get(key, number))

    def begin_branch(self, name: str | None = None) -> str:
        """Have the next turn begin a branch, named after that turn unless a name is given."""
        turns, key = self.store.turns, self.record.key
        if name is None:
            name = f"branch-{turns.next_number(key)}"
        check_session_name(name, "a branch")
        if name.isdecimal():
            raise UsageError(f"{name} is a turn's number, not a name", "give it a letter")
        if turns.last_of_branch(key, name):
            raise UsageError(f"there is a branch {name} already", f"`goto {name}` goes there")
        self.set_position(self.turn, name)
        return name

    def turn_to_retry(self) -> Turn:
        """The last turn; UsageError where there is none."""
        if self.turn is None:
            raise UsageError(
                "this is the beginning: there is no turn to retry", "`tree` shows the turns"
            )
        if self.turn.said.words == () and self.open_model().digest != self.turn.said.digest:
            self.notices.append(RETRAINED)
        return self.turn


def turn_options(turn: Turn) -> dict[str, Any]:
    """The sampling options of a turn, as values of `AnswerOptions`."""
    known = {option.name for option in options_of(AnswerOptions)}
    kept = {name: value for name, value in turn.said.options.items() if name in known}
    return parse_values(AnswerOptions, kept)


def retry_options(turn: Turn) -> dict[str, object]:
    """The sampling options that ask a turn's question again: its own, with the next seed."""
    own = turn_options(turn)
    number = own["seed"].number if own.get("seed") else None
    return {**own, "seed": Seed((turn.said.seed + 1) % 2**64, number)}


def _utterance(question: Question, answers: Sequence[Answer]) -> Utterance:
    return Utterance(
        prompt=question.prompt,
        replies=tuple(Reply(answer.text, answer.number, answer.stopped) for answer in answers),
        seed=question.seed,
        model=question.opened.name,
        digest=question.opened.digest,
        options=option_values(question.options),
        folded=question.admitted.folded,
        dropped=question.admitted.dropped,
        words=question.words,
        moves=question.moves,
    )
