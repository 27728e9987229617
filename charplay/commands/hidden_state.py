"""`state`: the hidden state over the last characters, and how far two states are apart."""

from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.standpoint import model_of_turn
from charplay.commands.study_arguments import StateArguments
from charplay.commands.turns import current_session
from charplay.errors import UsageError
from charplay.generation.place import initial_place
from charplay.insight.states import (
    StateDistances,
    StatePicture,
    last_units,
    state_after,
    state_distances,
)
from charplay.insight.units import UnitNames
from charplay.models.library import OpenModel
from charplay.sessions.session import Session
from charplay.sessions.tree import Turn


def show_state(context: Context, request: Request) -> StatePicture | StateDistances:
    """A picture of the state after a turn, or the distance between two of them."""
    arguments = request.fill(StateArguments)
    session = current_session(context)
    turn = _turn(session, arguments.turn)
    opened = _model(context, turn, arguments.model)
    if arguments.against is not None:
        return _distances(session, turn, _turn(session, arguments.against), opened)
    text = session.text_after(turn)
    admitted = opened.model.vocabulary.admit(text)
    tokens = opened.model.vocabulary.encode(admitted.text)
    start = initial_place(opened.model)
    if not len(tokens):
        raise UsageError("nothing was read yet after that turn", "say something first")
    array, size, units = last_units(
        opened.model, start, tokens, arguments.characters, arguments.array, arguments.count
    )
    return StatePicture(
        model=opened.name,
        turn=turn.number if turn else None,
        array=array,
        size=size,
        text=admitted.text[-arguments.characters :],
        units=tuple(units),
        notices=(admitted.notice,) if admitted.notice else (),
    )


def _turn(session: Session, number: int | None) -> Turn | None:
    return session.turn if number is None else session.store.turns.get(session.record.key, number)


def _model(context: Context, turn: Turn | None, reference: str | None) -> OpenModel:
    """The model that is named, or that of the turn; UsageError where it keeps no state."""
    opened = model_of_turn(context, turn, reference) if turn else context.model(reference)
    if opened.model.kind == "names":
        raise UsageError(
            f"{opened.name} begins every name anew, so no state goes on from turn to turn",
            f"`neurons -m {opened.name} NAME` shows units over a name",
        )
    UnitNames(opened.model).check()
    return opened


def _distances(
    session: Session, turn: Turn | None, against: Turn | None, opened: OpenModel
) -> StateDistances:
    states = [state_after(opened.model, session.place_after(t, opened)) for t in (turn, against)]
    return StateDistances(
        model=opened.name,
        turn=turn.number if turn else 0,
        against=against.number if against else 0,
        arrays=state_distances(opened.model, *states),
        notices=session.take_notices(),
    )
