"""A past answer with all that chose it: its model, its place, its options, its form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from charplay.commands.arguments import NamesArguments
from charplay.commands.context import Context
from charplay.commands.standpoint import model_of_turn
from charplay.commands.turns import current_session, request_of
from charplay.errors import UsageError, list_first
from charplay.generation.constraints import Shape, steer_by
from charplay.generation.options import AnswerOptions
from charplay.generation.place import initial_place, read_tokens
from charplay.generation.question import first_line
from charplay.generation.sampling import draws_of
from charplay.insight.admitted_shape import admit_shape, spell_starts
from charplay.insight.choices import AnswerTrace
from charplay.models.library import OpenModel
from charplay.options import build
from charplay.sessions.session import Session, turn_options
from charplay.sessions.tree import Reply, Turn
from charplay.text.typed.signs import list_characters
from charplay.text.vocabulary import NEWLINE

# The command whose turns were written by hand.
BY_HAND = "pick"
_MOST_NAMED = 8


@dataclass(frozen=True)
class PastAnswer:
    """An answer of a turn, the model that gave it, and how it can be gone through again."""

    turn: Turn
    reply: Reply
    opened: OpenModel
    options: AnswerOptions
    trace: AnswerTrace
    notices: tuple[str, ...]

    @property
    def label(self) -> str:
        """What brings the answer back."""
        return f"{self.turn.said.seed}/{self.reply.number}"

    @property
    def prompt(self) -> str:
        """What prose went on from; a name has its beginning in it."""
        return self.turn.said.prompt if self.opened.model.kind == "prose" else ""

    @property
    def text(self) -> str:
        """The answer as the reader saw it, with the newline that ended a name."""
        return self.trace.given + self.trace.drawn


def past_answer(context: Context, number: int | None, answer: int | None) -> PastAnswer:
    """The answer of a number in a turn: the first one of the last turn unless given."""
    session = current_session(context)
    turn = session.turn
    if number is not None:
        turn = session.store.turns.get(session.record.key, number)
    if turn is None:
        raise UsageError("this is the beginning: nothing was answered", "`tree` shows the turns")
    reply, notice = _reply_of(turn, answer)
    opened = model_of_turn(context, turn)
    options = AnswerOptions(**turn_options(turn))
    trace = _trace(context, session, turn, reply, opened, options)
    _check_known(turn, trace, opened)
    notices = (*session.take_notices(), *filter(None, (notice,)))
    return PastAnswer(turn, reply, opened, options, trace, notices)


def _reply_of(turn: Turn, number: int | None) -> tuple[Reply, str]:
    """An answer of a turn, and what to say where it is one of several."""
    replies = turn.said.replies
    if not replies:
        raise UsageError(f"turn {turn.number} has no answer", "`tree` shows the turns")
    if number is None:
        several = f"this is answer {replies[0].number}; `why --answer N` takes another"
        return replies[0], several if len(replies) > 1 else ""
    found = next((reply for reply in replies if reply.number == number), None)
    if found is None:
        known = list_first(str(reply.number) for reply in replies)
        raise UsageError(f"turn {turn.number} has no answer {number}", f"it has {known}")
    return found, ""


def _trace(
    context: Context,
    session: Session,
    turn: Turn,
    reply: Reply,
    opened: OpenModel,
    options: AnswerOptions,
) -> AnswerTrace:
    """The trace of an answer, from the place before it."""
    model, said = opened.model, turn.said
    values: dict[str, Any] = {
        "model": model,
        "start": initial_place(model),
        "given": "",
        "drawn": reply.text,
        "sampling": options,
        "draws": None if said.words[:1] == (BY_HAND,) else draws_of(options, said.seed),
        "number": reply.number,
    }
    if model.kind == "names":
        values |= _name_values(context, turn, reply, opened)
        return AnswerTrace(**values, capital=options.capital)
    if not said.words or said.words[:1] == (BY_HAND,):  # which went on from where the session was
        values["start"] = session.place_after(session.turn_before(turn), opened)
    tokens = model.vocabulary.encode(model.vocabulary.admit(said.prompt).text)
    values["start"] = read_tokens(model, values["start"], tokens)
    return AnswerTrace(**values)


def _check_known(turn: Turn, trace: AnswerTrace, opened: OpenModel) -> None:
    """UsageError where an answer has characters that the model, as it is now, has not."""
    text, vocabulary = trace.given + trace.drawn, opened.model.vocabulary
    first = text[:1].lower() if trace.capital and text[:1] not in vocabulary else text[:1]
    missing = "".join(dict.fromkeys(c for c in first + text[1:] if c not in vocabulary))
    if missing:
        raise UsageError(
            f"{opened.name} never gave the answer of turn {turn.number}: "
            f"it has no {list_characters(missing, _MOST_NAMED)}",
            "`tree` shows the turns",
        )


def _name_values(context: Context, turn: Turn, reply: Reply, opened: OpenModel) -> dict[str, Any]:
    """How a name began, what was drawn of it, and what its form allowed."""
    said, model = turn.said, opened.model
    beginning = model.vocabulary.admit(first_line(said.prompt)).text
    values: dict[str, Any] = {}
    if said.words[:1] == ("names",):
        shape = build(Shape, request_of(context, turn).fill(NamesArguments).shape)
        shape = spell_starts(model, admit_shape(opened, shape)[0])
        starts = shape.starts or ("",)
        beginning = starts[(reply.number - 1) % len(starts)]
        if shape.steers:
            values["steer"] = steer_by(shape, model.vocabulary.characters)
    ended = NEWLINE if reply.stopped == "end" else ""
    given = reply.text[: len(beginning)]
    return {**values, "given": given, "drawn": reply.text[len(beginning) :] + ended}
