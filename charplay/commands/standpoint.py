"""Where a model is asked what it expects: after a text, after a turn, or where the session is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from charplay.commands.context import Context
from charplay.commands.streamed_text import check_known
from charplay.commands.turns import current_session
from charplay.errors import UsageError
from charplay.generation.place import Place, initial_place, read_tokens
from charplay.models.library import OpenModel
from charplay.sessions.session import Session
from charplay.sessions.tree import Turn
from charplay.text.typed.streaming import StreamAdmission

# How much of the text before is told.
_SHOWN = 200


@dataclass(frozen=True)
class Standpoint:
    """A model's place, the end of the text before it, and what to know of that text.

    fresh: a name begins there, which must have a letter first.
    """

    opened: OpenModel
    place: Place
    text: str
    fresh: bool
    notices: tuple[str, ...] = ()


def standpoint(
    context: Context, reference: str | None, number: int | None, pieces: Iterable[str] | None
) -> Standpoint:
    """The place after a text in pieces; it goes on from a turn where one is given by its number.

    Without either, prose goes on from where the session is. Raises UsageError where the model
    knows no character of the text, and for a turn that a name cannot follow.
    """
    if number is not None:
        session = current_session(context)
        turn = session.store.turns.get(session.record.key, number)
        opened = model_of_turn(context, turn, reference)
        return _read(_after_turn(session, turn, opened), pieces or ())
    opened = context.model(reference)
    if pieces is None and context.session and opened.model.kind == "prose":
        return _after_turn(context.session, context.session.turn, opened)
    return _read(Standpoint(opened, initial_place(opened.model), "", False), pieces or ())


def model_of_turn(context: Context, turn: Turn, reference: str | None = None) -> OpenModel:
    """The model that a turn was answered by, or another that is named."""
    if reference is not None:
        return context.model(reference)
    name, digest = turn.said.model, turn.said.digest
    own = context.library.own_digest(name) == digest
    return replace(context.model(name if own else digest), name=name)


def _after_turn(session: Session, turn: Turn | None, opened: OpenModel) -> Standpoint:
    if opened.model.kind == "names":
        raise UsageError(
            f"{opened.name} begins every name anew", "leave out --turn, and give the beginning"
        )
    place = session.place_after(turn, opened)
    text = session.text_after(turn)[-_SHOWN:]
    return Standpoint(opened, place, text, False, session.take_notices())


def _one_line(pieces: Iterable[str]) -> Iterator[str]:
    """A text without the newline at its end; UsageError where it has several lines."""
    ended = False
    for piece in pieces:
        if ended or "\n" in piece[:-1]:
            raise UsageError("a name is one line, and this text has more", "give one line")
        ended = piece.endswith("\n")
        yield piece.removesuffix("\n")


def _read(before: Standpoint, pieces: Iterable[str]) -> Standpoint:
    """The standpoint after more text, of which only the end is kept."""
    model, place, text = before.opened.model, before.place, before.text
    admission = StreamAdmission(model.vocabulary)
    empty = True
    admitted = admission.admit(pieces)
    for piece in _one_line(admitted) if model.kind == "names" else admitted:
        place = read_tokens(model, place, model.vocabulary.encode(piece))
        text, empty = (text + piece)[-_SHOWN:], empty and not piece
    if empty and admission.admitted.dropped:
        check_known(before.opened, 0, admission)
    told = (*before.notices, *filter(None, (admission.admitted.notice,)))
    return Standpoint(before.opened, place, text, model.kind == "names" and empty, told)
