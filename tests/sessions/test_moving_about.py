"""A session and its position: what is kept, undone, branched and told, with models on paper."""

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from charplay.errors import ModelFileError, UsageError
from charplay.generation.options import AnswerOptions, Seed
from charplay.sessions.picking import pick_answers
from charplay.sessions.session import (
    RETRAINED,
    Session,
    retry_options,
    turn_options,
)
from charplay.sessions.store import Store
from charplay.sessions.tree import Favourite, Reply, SessionRecord, Turn
from tests.sessions.conftest import saying


@dataclass(frozen=True)
class Opened:
    """An open model on paper."""

    name: str
    digest: str
    kind: str = "prose"
    update: int = 0

    @property
    def path(self):
        return Path(f"/models/{self.digest}")

    @property
    def model(self):
        def admit(text):
            return "admitted", text

        return SimpleNamespace(kind=self.kind, vocabulary=SimpleNamespace(admit=admit))

    @property
    def header(self):
        return SimpleNamespace(progress={"update": self.update} if self.update else {})


POET, BARD = Opened("poet", "aa" * 32), Opened("bard", "bb" * 32)


class Library:
    """The library of these models."""

    usual = "poet"

    def __init__(self):
        self.known = {"poet": POET, POET.digest: POET, BARD.digest: BARD, "/live": BARD}
        self.pinned, self.own = [], {}

    def open(self, reference):
        if reference not in self.known:
            raise UsageError(f"there is no model {reference}", "")
        return self.known[reference]

    def own_digest(self, name):
        return self.own.get(name)

    def pin(self, opened):
        self.pinned.append(opened.name)


@pytest.fixture
def library():
    return Library()


@pytest.fixture
def session(store, library):
    return Session(store, library, SessionRecord())


def question(opened=POET, after=None, moves=True, words=(), prompt="ab"):
    return SimpleNamespace(
        opened=opened, after=after, moves=moves, words=words, prompt=prompt, seed=7,
        options=AnswerOptions(max_chars=5), admitted=SimpleNamespace(folded="é", dropped="☃"),
    )  # fmt: skip


ANSWERS = (SimpleNamespace(text="cd", number=3, stopped="length"),)


def ask(session, count=1, **more):
    for _ in range(count):
        session.keep_turn(question(after=session.turn, **more), ANSWERS)
    return session


def test_what_was_asked_and_answered_is_kept_whole(session, store):
    turn = session.keep_turn(question(words=("names", "x")), ANSWERS)
    assert turn == session.turn == store.turns.get(session.record.key, 1)
    said = turn.said
    assert (said.prompt, said.replies, said.seed) == ("ab", (Reply("cd", 3, "length"),), 7)
    assert (said.model, said.digest, said.words, said.moves) == (
        "poet", POET.digest, ("names", "x"), True,
    )  # fmt: skip
    assert (said.folded, said.dropped, said.options["max_chars"]) == ("é", "☃", 5)
    assert (session.record.turn, session.record.digest) == (1, POET.digest)
    assert session.text == "abcd"


def test_the_first_turn_chooses_the_model_that_the_session_talks_with(session, store, library):
    assert (session.begun, session.is_empty, session.reference) == (False, True, "")
    assert session.open_model() == POET
    session.keep_turn(question(BARD), ANSWERS)
    assert (session.begun, session.is_empty) == (True, False)
    assert (session.record.model, session.reference) == ("bard", BARD.digest)
    assert library.pinned == ["bard", "bard"]
    other = Session(store, library, SessionRecord())
    other.keep_turn(question(BARD, moves=False), ANSWERS)
    assert other.record.model == "poet", "names move no conversation"
    library.known.pop("poet")
    third = Session(store, library, SessionRecord())
    third.keep_turn(question(BARD, moves=False), ANSWERS)
    assert third.record.model == "bard", "where the usual one cannot be opened"


def test_a_turn_of_another_model_moves_the_session_to_it_where_the_conversation_moves(session):
    ask(session)
    session.keep_turn(question(BARD, session.turn, moves=False), ANSWERS)
    assert session.record.model == "poet"
    session.keep_turn(question(BARD, session.turn), ANSWERS)
    assert session.record.model == "bard"
    assert session.store.sessions.find(session.record.name).model == "bard"


def test_a_store_that_keeps_nothing_pins_no_model(library, clock):
    store = Store(None, clock)
    session = Session(store, library, SessionRecord())
    ask(session)
    assert library.pinned == []
    store.close()


def test_a_model_in_training_is_told_by_its_newest_update(session, library):
    live = Opened("bard", BARD.digest, update=1234)
    assert session.live_notice(live) == ()
    session.choose_model(POET, "/live")
    assert session.reference == "/live"
    assert session.open_model() == replace(BARD, name="poet")
    assert session.live_notice(live) == ("poet is in training; this is update 1,234",)
    assert session.live_notice(Opened("bard", BARD.digest)) == (
        "poet is in training; this is update 0",
    )
    assert session.live_notice(POET) == ()
    session.choose_model(BARD, str(BARD.path))
    assert (session.record.digest, library.pinned) == (BARD.digest, ["poet"])


def test_weights_that_are_gone_are_told_with_what_goes_on(session, library):
    ask(session)
    library.known.pop(POET.digest)
    with pytest.raises(ModelFileError) as caught:
        session.open_model()
    assert caught.value.message == (
        f"the weights of poet that this session talks with ({'aa' * 6}) are not in the library"
    )
    assert caught.value.hint == "`model NAME` goes on with another model"


def test_that_a_model_was_retrained_is_told_once(store, library):
    record = SessionRecord(model="poet", digest=POET.digest)
    assert Session(store, library, record).take_notices() == ()
    library.own["poet"] = POET.digest
    assert Session(store, library, record).take_notices() == ()
    library.own["poet"] = BARD.digest
    session = Session(store, library, record)
    assert session.take_notices() == (
        "poet was retrained; this session keeps the weights that it had, `model poet` takes the "
        "new ones",
    )
    assert session.take_notices() == ()
    assert Session(store, library, replace(record, live="/live")).take_notices() == ()
    session.notices += ["a", "b", "a"]
    assert session.take_notices() == ("a", "b")


def test_a_model_that_is_renamed_is_so_in_session_turns_and_origin(session, library):
    ask(session)
    private = Session(session.store, library, session.record, origin=session)
    private.rename_model("other", "x")
    assert private.record.model == "poet"
    private.rename_model("poet", "skald")
    for each in (private, session):
        assert (each.record.model, each.turn.said.model) == ("skald", "skald")


def test_turns_are_undone_and_made_again(session):
    with pytest.raises(UsageError) as caught:
        session.undo()
    assert caught.value.message == "this is the beginning: there is no turn to undo"
    assert caught.value.hint == "`tree` shows the turns"
    ask(session, 3)
    assert [session.undo().number for _ in range(3)] == [3, 2, 1]
    assert (session.turn, session.record.turn, session.anchor) == (None, None, None)
    assert [session.redo().number for _ in range(3)] == [1, 2, 3]
    with pytest.raises(UsageError) as caught:
        session.redo()
    assert caught.value.message == "there is no turn to redo here"
    assert caught.value.hint == "`tree` shows the turns"


def test_what_was_undone_is_forgotten_by_a_new_turn_and_by_a_move(session):
    ask(session, 2)
    session.undo()
    ask(session)
    session.undo()
    assert session.redo().number == 3
    session.undo()
    session.goto("1")
    with pytest.raises(UsageError) as caught:
        session.redo()
    assert caught.value.message == "2 turns follow here, and none of them was undone"
    assert caught.value.hint == "`goto 3` goes to one: 2, 3"
    session.undo()
    ask(session)
    assert session._undone == []


def test_the_only_turn_that_follows_is_gone_to_and_of_many_the_last_are_named(session):
    ask(session, 2)
    session.goto("0")
    assert session.turn is None
    assert session.redo().number == 1
    assert session.redo().number == 2
    for _ in range(9):
        session.goto("1")
        ask(session)
    session.goto("1")
    with pytest.raises(UsageError) as caught:
        session.redo()
    assert caught.value.message == "10 turns follow here, and none of them was undone"
    assert caught.value.hint == "`goto 11` goes to one: 4, 5, 6, 7, 8, 9, 10, 11"


def test_a_turn_is_gone_to_by_its_number_or_its_branch(session, store):
    ask(session, 2)
    session.goto("1")
    assert session.begin_branch("darker") == "darker"
    assert (session.record.branch, session.turn.number) == ("darker", 1)
    assert store.sessions.find(session.record.name).branch == "darker"
    ask(session)
    session.goto("main")
    assert session.turn.number == 2
    session.goto("darker")
    assert (session.turn.number, session.record.turn, session.record.branch) == (3, 3, None)
    with pytest.raises(UsageError) as caught:
        session.goto("darkest")
    assert caught.value.message == "there is no turn or branch 'darkest'"
    assert caught.value.hint == "did you mean darker?"
    for number in ("9", "9" * 17, "9" * 18, "9" * 99):
        with pytest.raises(UsageError):
            session.goto(number)
    assert session.turn.number == 3


def test_a_number_too_long_for_a_turn_is_no_turn(session):
    ask(session)
    with pytest.raises(UsageError) as caught:
        session.goto("1" * 18)
    assert caught.value.message == f"there is no turn or branch '{'1' * 18}'"


def test_a_branch_has_a_name_of_its_own(session):
    ask(session)
    assert session.begin_branch() == "branch-2"
    for name, message, hint in (
        ("7", "7 is a turn's number, not a name", "give it a letter"),
        ("main", "there is a branch main already", "`goto main` goes there"),
        ("a\nb", None, None),
    ):
        with pytest.raises(UsageError) as caught:
            session.begin_branch(name)
        assert message is None or (caught.value.message, caught.value.hint) == (message, hint)


def test_a_turn_that_is_asked_again_is_the_last_and_that_it_may_differ_is_told(session, library):
    with pytest.raises(UsageError) as caught:
        session.turn_to_retry()
    assert caught.value.message == "this is the beginning: there is no turn to retry"
    ask(session)
    assert session.turn_to_retry() == session.turn
    assert session.take_notices() == ()
    library.known[POET.digest] = BARD
    session.turn_to_retry()
    assert session.take_notices() == (RETRAINED,)
    ask(session, words=("names",))
    session.turn_to_retry()
    assert session.take_notices() == ()


def test_answers_are_marked_and_no_longer(session):
    ask(session)
    picked = pick_answers(["3"], session.turn, (), "keep")
    [found] = session.mark_answers(picked, True)
    assert found == Favourite.of(session.record.name, session.turn, picked[0].reply)
    key = session.record.key
    assert session.store.turns.get(key, 1).said.replies[0].kept
    session.mark_answers(picked, False)
    assert not session.store.turns.get(key, 1).said.replies[0].kept


def test_another_model_reads_the_conversation_unless_there_is_none(session, monkeypatch):
    assert session.move_to_model(BARD).text == ""
    assert not session.begun
    ask(session)
    found = []
    monkeypatch.setattr(session._places, "find", lambda *given: found.append(given))
    assert session.move_to_model(replace(BARD, kind="names")).text == ""
    assert found == []
    assert session.move_to_model(BARD) == ("admitted", "abcd")
    assert found == [(session.record.key, 1, BARD)]
    assert session.record.model == "bard"


def test_a_place_that_had_to_be_rebuilt_is_told_where_it_is_the_sessions_model(
    session, monkeypatch
):
    ask(session)
    monkeypatch.setattr(session._places, "find", lambda key, anchor, opened: ("there", True))
    assert session.place(BARD) == "there"
    assert session.take_notices() == ()
    assert session.place(POET) == "there"
    assert session.take_notices() == (
        "the saved state was missing or did not fit; it was rebuilt from the text",
    )
    monkeypatch.setattr(session._places, "find", lambda key, anchor, opened: (anchor, False))
    assert (session.place(POET), session.place_after(None, POET)) == (1, None)
    assert session.take_notices() == ()


def test_a_session_is_closed_with_the_one_that_it_began_from():
    closed = []

    def closing(name):
        made = Session.__new__(Session)
        made.store = SimpleNamespace(close=lambda: closed.append(name))
        made.origin = None
        return made

    private = closing("private")
    private.origin = closing("origin")
    private.close()
    assert closed == ["private", "origin"]


def test_a_question_is_asked_again_with_the_next_seed():
    said = saying("ab", options={"max_chars": 5, "unknown": 1, "seed": "7/2"}, seed=7)
    turn = Turn(1, None, 1, "main", "", said)
    assert turn_options(turn) == {"max_chars": 5, "seed": Seed(7, 2)}
    assert retry_options(turn) == {"max_chars": 5, "seed": Seed(8, 2)}
    last = replace(turn, said=replace(said, seed=2**64 - 1, options={}))
    assert retry_options(last) == {"seed": Seed(0, None)}
    none = replace(turn, said=replace(said, options={"seed": None}))
    assert retry_options(none) == {"seed": Seed(8, None)}
