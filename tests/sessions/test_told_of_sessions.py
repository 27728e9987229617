"""What is told of picked answers, of stores and of files, and where a model goes on from."""

import json
import sqlite3
from dataclasses import replace
from types import SimpleNamespace

import pytest

from charplay.errors import CharplayError, SessionGoneError, StorageError, UsageError
from charplay.generation.question import Question
from charplay.sessions import answering
from charplay.sessions.answering import in_conversation
from charplay.sessions.checking import (
    UNKNOWN_TIME,
)
from charplay.sessions.choice import ANSWERS_A_TURN, SessionChoice, unkept_notice
from charplay.sessions.database import Database, free_name, rename_store
from charplay.sessions.faults import Faults
from charplay.sessions.pages import page_as_html
from charplay.sessions.picking import pick_answers
from charplay.sessions.places import Root, SessionPlaces
from charplay.sessions.portable import session_from_json, session_to_json
from charplay.sessions.salvage import Salvage
from charplay.sessions.schema import MIGRATIONS
from charplay.sessions.session_table import _free_name
from charplay.sessions.store import Store
from charplay.sessions.tree import SessionRecord, Turn
from tests.sessions.conftest import saying

LAST = Turn(5, None, None, "main", "", saying("", "Novasol", "Novatrex", "Été", moves=False))


@pytest.mark.parametrize(
    ("typed", "message", "hint"),
    [
        ([], "which of the 3 answers?", "`keep 1`"),
        (["9"], "turn 5 has no answer 9", "turn 5 has 1, 2, 3; `tree` shows the turns"),
        (["8/1"], "the session has no answer 8/1", "turn 5 has 1, 2, 3; `tree` shows the turns"),
        (["x" * 61], f"no answer has the text '{'x' * 60}…'", None),
        (["x" * 60], f"no answer has the text '{'x' * 60}'", None),
        (["nova"], "2 answers of turn 5 hold 'nova'", "type more of it, or a number: 1, 2"),
    ],
)
def test_an_answer_that_is_not_clear_is_told_with_what_to_type(typed, message, hint):
    with pytest.raises(UsageError) as caught:
        pick_answers(typed, LAST, (), "keep")
    assert caught.value.message == message
    assert hint is None or caught.value.hint == hint


def test_of_many_answers_eight_are_named():
    def hint(count):
        turn = replace(LAST, said=saying("", *map(str, range(count)), moves=False))
        with pytest.raises(UsageError) as caught:
            pick_answers(["999"], turn, (), "keep")
        return caught.value.hint

    eight = "turn 5 has 1, 2, 3, 4, 5, 6, 7, 8"
    assert hint(8) == f"{eight}; `tree` shows the turns"
    assert hint(9) == f"{eight} and 1 more; `tree` shows the turns"
    many = replace(LAST, said=saying("", *(f"nova{n}" for n in range(9)), moves=False))
    with pytest.raises(UsageError) as caught:
        pick_answers(["nova"], many, (), "keep")
    assert caught.value.hint == "type more of it, or a number: 1, 2, 3, 4, 5, 6, 7, 8"


def test_all_answers_are_picked_by_that_word():
    picked = pick_answers(["all"], LAST, (), "keep")
    assert [one.reply.number for one in picked] == [1, 2, 3]


# What is told of a store.


def test_a_store_in_memory_has_no_file():
    database = Database(None, MIGRATIONS, 0)
    assert (database._shown, database.read_only) == ("the store in memory", False)
    query = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < ?) "
    assert database.value(query + "SELECT count(*) FROM c", 100_000) == 100_000
    assert database.rows("SELECT 1, 2 UNION SELECT 3, 4") == [(1, 2), (3, 4)]
    with pytest.raises(StorageError) as caught:
        database.rows("SELECT absent")
    assert caught.value.message == "cannot use the store in memory: no such column: absent"
    assert caught.value.hint == "check that the disk works and has free space"
    database.close()


def test_a_database_of_another_program_is_refused(tmp_path):
    file = tmp_path / "sessions.db"
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE other (x)")
    db.close()
    with pytest.raises(StorageError) as caught:
        Database(file, MIGRATIONS, 0)
    assert caught.value.message == f"{file} is a database of another program"


def test_a_damaged_store_is_set_aside_under_a_name_that_is_told(tmp_path):
    file = tmp_path / "sessions.db"
    file.write_bytes(b"no database at all, whatever its name says " * 99)
    with pytest.raises(SessionGoneError) as caught:
        Database(file, MIGRATIONS, 0)
    aside = tmp_path / "sessions.damaged-1.db"
    assert caught.value.message == f"{file} is damaged; it was set aside as {aside}"
    assert caught.value.hint.startswith("from now on sessions are kept in a new file; ")
    assert aside.exists()
    assert not file.exists()


def test_a_store_is_renamed_with_all_that_is_beside_it(tmp_path):
    for ending in ("", "-wal", "-shm"):
        (tmp_path / f"a.db{ending}").write_text(ending)
    (tmp_path / "a.old-1.db").touch()
    (tmp_path / "a.old-2.db").symlink_to("nowhere")
    assert free_name(tmp_path / "a.db", "old") == tmp_path / "a.old-3.db"
    assert rename_store(tmp_path / "a.db", "old") == tmp_path / "a.old-3.db"
    assert sorted(path.name for path in tmp_path.iterdir() if "3" in path.name) == [
        "a.old-3.db", "a.old-3.db-shm", "a.old-3.db-wal",
    ]  # fmt: skip
    (tmp_path / "b.db").touch()
    named = rename_store(tmp_path / "b.db", "old", tmp_path / "c.db")
    assert named == tmp_path / "c.old-1.db"


def test_faults_are_told_once_and_three_at_a_time():
    faults = Faults()
    for fault in ("a", "b", "a", "c", "d", "e"):
        faults.add(fault)
    assert faults.take() == "a; b; c and 2 more"
    assert faults.take() == ""
    faults.add("a")
    faults.add("f")
    assert (faults.take(), list(faults)) == ("f", ["a", "b", "c", "d", "e", "f"])


def test_a_session_without_its_row_is_salvaged_as_its_last_turn_tells(tmp_path, clock):
    file = tmp_path / "sessions.db"
    store = Store(file, clock)
    record = SessionRecord(name="talk", model="poet", digest="00" * 32)
    record, turn = store.turns.add(record, saying("one"), None, None)
    store.turns.add(record, saying("two", model="bard", digest="11" * 32), turn, None)
    store.close()
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("DELETE FROM sessions")
    db.close()
    salvage = Salvage(file)
    [found] = salvage.sessions()
    assert found.record == SessionRecord(
        1, "", "bard", "11" * 32, None, 2, made=UNKNOWN_TIME, used=UNKNOWN_TIME
    )
    assert [turn.said.prompt for turn in found.turns] == ["one", "two"]
    [told] = salvage.faults
    assert told.endswith(": it is not in the list of sessions; it is kept under another name")
    salvage.close()


def test_a_session_that_was_left_at_a_turn_that_is_gone_is_at_the_last_one(tmp_path, clock):
    file = tmp_path / "sessions.db"
    store = Store(file, clock)
    record, _ = store.turns.add(SessionRecord(name="talk"), saying("one"), None, None)
    store.turns.add(record, saying("two"), None, None)
    store.close()
    with sqlite3.connect(file) as db:
        db.execute("DELETE FROM turns WHERE number = 2")
    db.close()
    salvage = Salvage(file)
    [found] = salvage.sessions()
    assert found.record.turn == 1
    salvage.close()


# Files of sessions.

EXPORTED = json.loads(session_to_json(
    SessionRecord(3, "winter", "poet", "00", turn=1, branch="main"),
    [Turn(1, None, 1, "main", "2024-01-01", saying("ab", "cd"))],
))  # fmt: skip


def test_an_exported_session_comes_back():
    record, [turn] = session_from_json(json.dumps(EXPORTED))
    assert record == SessionRecord(0, "winter", "poet", "00", turn=1, branch="main")
    assert turn == Turn(1, None, 1, "main", "2024-01-01", saying("ab", "cd"))
    assert EXPORTED["format"] == 1


def without(*names):
    return {name: value for name, value in EXPORTED.items() if name not in names}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{\n\n", "it is not JSON, or not all of it (line 3)"),
        ("[]", "it has no turns"),
        (json.dumps(without("turns")), "it has no turns"),
        (json.dumps(without("format")), "'format' is missing"),
        (json.dumps({**EXPORTED, "format": 2}), "its format is 2, this charplay reads 1"),
        (json.dumps(without("name")), "'name' is missing"),
        (json.dumps({**EXPORTED, "turns": 5}), "a part of it has another form"),
        (json.dumps({**EXPORTED, "turn": 7}), "it was left at turn 7, which is missing"),
        (json.dumps({**EXPORTED, "name": ""}), "name cannot be ''"),
        (json.dumps({**EXPORTED, "turns": [{**EXPORTED["turns"][0], "parent": 1}]}),
         "turn 1 does not fit the others"),
        (json.dumps({**EXPORTED, "turns": [{"said": {"replies": {}}}]}),
         "the answers of a turn are no list"),
        ("[" * 100_000, "a part of it has another form"),
    ],
)  # fmt: skip
def test_what_is_no_exported_session_is_told(text, told):
    with pytest.raises(CharplayError) as caught:
        session_from_json(text)
    assert caught.value.message == f"this is not an exported session: {told}"
    assert caught.value.hint == "`export FILE.json` writes one"


# Where a model goes on from.


def opened(digest="aa", kind="prose"):
    return SimpleNamespace(digest=digest, model=SimpleNamespace(kind=kind))


@pytest.fixture
def places(monkeypatch):
    """Places of a session with a root; what was rebuilt, saved and asked of the store."""
    asked = []
    monkeypatch.setattr("charplay.sessions.places.initial_place", lambda model: "beginning")
    monkeypatch.setattr("charplay.sessions.places.unpack_place", lambda snapshot, model: snapshot)

    class States:
        kept = {}  # noqa: RUF012

        def get(self, key, anchor, digest):
            asked.append((key, anchor, digest))
            return self.kept.get((key, anchor, digest))

    def make(root=None, **kept):
        store = SimpleNamespace(states=States(), turns=SimpleNamespace(texts=lambda k, a: ["b"]))
        store.states.kept = {(1, 2, "aa"): "saved"}
        made = SessionPlaces(store, root)
        monkeypatch.setattr(
            made, "_rebuild_place", lambda key, anchor, opened: f"rebuilt {anchor} {opened.digest}"
        )
        return made

    make.asked = asked
    return make


def test_a_place_is_remembered_read_or_rebuilt(places):
    made = places()
    assert made.find(1, 2, opened()) == ("saved", False)
    assert made.find(1, 2, opened()) == ("saved", False)
    assert places.asked == [(1, 2, "aa")]
    assert made.find(1, 2, opened("bb")) == ("rebuilt 2 bb", True)
    assert made.find(1, 3, opened("bb")) == ("rebuilt 3 bb", True)
    assert made.find(1, None, opened()) == ("beginning", False)
    made.remember(9, opened(), "there")
    assert made.find(1, 9, opened()) == ("there", False)


def test_a_session_that_begins_in_another_begins_at_its_place_with_its_model(places):
    made = places(Root("a", "root", "aa"))
    assert made.find(1, None, opened()) == ("root", False)
    assert made.find(1, None, opened("bb")) == ("rebuilt None bb", True)
    assert made.text(1, None) == "ab"
    assert places().text(1, None) == "b"
    assert made.root_at(1, 2, "there", opened()) == Root("ab", "there", "aa")


@pytest.mark.parametrize(
    ("words", "moves", "told"),
    [((), True, True), ((), False, True), (("say",), True, True), (("names",), False, False)],
)
def test_what_is_to_be_known_of_a_session_is_told_where_the_model_is_its_own(words, moves, told):
    session = SimpleNamespace(
        live_notice=lambda opened: (f"live {opened.digest}",), take_notices=lambda: ("noted",)
    )
    question = SimpleNamespace(words=words, moves=moves, opened=opened())
    notices = ("live aa", "noted") if told else ()
    assert answering._session_notices(question, session) == notices
    assert answering._session_notices(question, None) == ()


@pytest.mark.parametrize(("kind", "goes_on"), [("prose", True), ("names", False)])
def test_in_a_conversation_prose_goes_on_from_where_it_is(kind, goes_on):
    question = Question.__new__(Question)
    for name in Question.__dataclass_fields__:
        object.__setattr__(question, name, None)
    object.__setattr__(question, "opened", opened(kind=kind))
    session = SimpleNamespace(turn="here")
    found = in_conversation(question, session)
    assert (found.after, found.goes_on, found.moves) == ("here", goes_on, goes_on)
    assert in_conversation(question, None).after is None


def test_answers_beyond_those_that_a_turn_keeps_are_told():
    assert (unkept_notice(0), unkept_notice(ANSWERS_A_TURN)) == ((), ())
    [told] = unkept_notice(ANSWERS_A_TURN + 1)
    assert f"{ANSWERS_A_TURN:,}" in told


def test_one_way_to_begin_a_session_is_chosen_at_most():
    for choice in ({}, {"name": "a"}, {"new": True}, {"nowhere": True}):
        SessionChoice(**choice)
    for choice in (
        {"name": "a", "new": True}, {"name": "a", "nowhere": True}, {"new": True, "nowhere": True},
    ):  # fmt: skip
        with pytest.raises(UsageError) as caught:
            SessionChoice(**choice)
        assert caught.value.message == "--session, --new and --no-session contradict"
        assert caught.value.hint == "give one of them"


def test_of_answers_that_are_the_same_text_the_first_is_picked():
    twice = replace(LAST, said=saying("", "Jay", "Wren", "Wren", moves=False))
    picked = pick_answers(["Wren"], twice, (), "keep")
    assert [one.reply.number for one in picked] == [2]


@pytest.mark.parametrize(
    ("taken", "name", "free"),
    [
        ((), "talk", "talk"),
        (("talk",), "talk", "talk+"),
        (("talk", "talk+"), "talk", "talk++"),
        (("x" * 63,), "x" * 63, "x" * 63 + "+"),
        (("x" * 64,), "x" * 64, "x" * 32 + "-1"),
        (("x" * 64, "x" * 32 + "-1"), "x" * 64, "x" * 32 + "-1+"),
    ],
)
def test_a_name_that_is_taken_is_made_free(taken, name, free):
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE TABLE sessions (name)")
        db.executemany("INSERT INTO sessions VALUES (?)", [(each,) for each in taken])
        assert _free_name(db, name) == free
    db.close()


def test_of_a_turn_off_the_way_a_page_says_what_it_follows():
    turns = [
        Turn(1, None, 1, "main", "2024-01-01T12:00", saying("a")),
        Turn(2, 1, 2, "b", "2024-01-01T12:00", saying("b")),
        Turn(3, None, 3, "c", "2024-01-01T12:00", saying("c")),
    ]
    page = page_as_html(SessionRecord(1, "winter", "poet", made="2024-01-01"), turns, turns[0])
    assert "<h3>2 <small>after 1, " in page
    assert "<h3>3 <small>at the beginning, " in page
