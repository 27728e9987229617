"""A damaged store: what can be read works, what cannot is told, and a repair keeps all the rest."""

import json
import os
import sqlite3
from contextlib import closing

import pytest
import safetensors.numpy

from charplay.errors import CharplayError, StorageError
from charplay.sessions.checking import grow_tree
from charplay.sessions.choice import SessionChoice
from charplay.sessions.mending import check_store, repair_store
from charplay.sessions.salvage import Salvage, copy_store
from charplay.sessions.schema import migrated_columns
from charplay.sessions.store import Store
from charplay.sessions.tree import SessionRecord, Turn
from tests.sessions.conftest import STATE, add_talk, put_model, saying

CONTROLS = "\x1b]0;x\x07\u202e"


@pytest.fixture
def file(tmp_path, clock):
    """The store of a session `talk` with turns 1 - 2 - 3, and of a session `other`."""
    store = Store(tmp_path / "sessions.db", clock)
    record = add_talk(store)
    store.turns.keep(record.key, [(2, 1)])
    store.turns.add(SessionRecord(name="other"), saying("whole"), None, STATE)
    store.close()
    return tmp_path / "sessions.db"


def break_store(file, *statements):
    """Change a store as no charplay does: any value in any column, any reference."""
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '')")
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


def in_turn_2(column, value):
    return f"UPDATE turns SET {column} = {value} WHERE session = 1 AND number = 2"


@pytest.fixture
def opened(file, clock):
    stores = []

    def open_store():
        stores.append(Store(file, clock))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


# Of every column the values that it cannot have; what is read in their place.
UNSOUND = [
    ("seed", "'abc'", ("said.seed", 0)),
    ("seed", "'-1'", ("said.seed", 0)),
    ("seed", f"'{2**64}'", ("said.seed", 0)),
    ("seed", "NULL", ("said.seed", 0)),
    ("options", "'x'", ("said.options", {})),
    ("options", "'[]'", ("said.options", {})),
    ("options", "'{\"temperature\": 1e999}'", ("said.options", {})),
    ("options", "'{\"temperature\": [1]}'", ("said.options", {})),
    ("options", f"'{{\"max_chars\": {2**64}}}'", ("said.options", {})),
    ("options", f"'{'[' * 100_000}'", ("said.options", {})),
    ("options", "x'00'", ("said.options", {})),
    ("words", '\'["train", "x"]\'', ("said.words", ())),
    ("words", "'\"names\"'", ("said.words", ())),
    ("words", "'[3]'", ("said.words", ())),
    ("made", "'yesterday'", ("made", "1970-01-01T00:00:00+00:00")),
    ("made", "'0001-01-01T00:00:00+23:00'", ("made", "1970-01-01T00:00:00+00:00")),
    ("made", "'9999-12-31T00:00:00'", ("made", "1970-01-01T00:00:00+00:00")),
    ("model", "x'ff'", ("said.model", "")),
    ("digest", "'/etc/passwd'", ("said.digest", "")),
    ("digest", f"'{'0' * 65}'", ("said.digest", "")),
    ("branch", f"'{CONTROLS}'", ("branch", "main")),
    ("folded", "x'ff'", ("said.folded", "")),
    ("dropped", "NULL", ("said.dropped", "")),
    ("moves", "'x'", ("said.moves", True)),
    ("moves", "2", ("said.moves", True)),
]


@pytest.mark.parametrize(("column", "value", "read"), UNSOUND)
def test_an_unsound_value_is_replaced_and_told_and_the_rest_of_its_turn_stays(
    file, opened, column, value, read
):
    break_store(file, in_turn_2(column, value))
    store = opened()
    turns = store.turns.all(1)
    assert [turn.said.prompt for turn in turns] == ["turn 1", "turn 2", "turn 3"]
    found = turns[1]
    for name in read[0].split("."):
        found = getattr(found, name)
    assert found == read[1]
    told = store.take_faults()
    assert told.startswith(f"session 'talk', turn 2: {column} cannot be ")
    assert len(told) < 200
    assert store.take_faults() == "", "each is told once"
    assert store.turns.get(1, 2) == turns[1]


@pytest.mark.parametrize(
    "damage", [in_turn_2("prompt", "x'ff'"), in_turn_2("number", "'x'"), in_turn_2("number", "0"),
               in_turn_2("number", 2**53)],
)  # fmt: skip
def test_a_turn_that_cannot_be_read_is_left_out_and_those_after_it_follow_the_one_before(
    file, opened, damage
):
    break_store(file, damage)
    store = opened()
    numbers = [(turn.number, turn.parent, turn.anchor) for turn in store.turns.all(1)]
    assert numbers[0] == (1, None, 1)
    assert numbers[1] in ((3, 1, 3), (3, None, 3)), "its parent's row may be lost with its number"
    assert "it cannot be read" in store.take_faults()
    assert store.turns.get(1, 3).parent == numbers[1][1], "alone as among the others"
    assert store.turns.texts(1, 3)[-1] == "turn 3cd"


@pytest.mark.parametrize(
    ("damage", "parents"),
    [
        ("UPDATE turns SET parent = number", [None, None, None]),
        ("UPDATE turns SET parent = 3 WHERE number = 1", [None, 1, 2]),
        ("UPDATE turns SET parent = 99 WHERE number = 2", [None, None, 2]),
        ("UPDATE turns SET parent = -1 WHERE number = 2", [None, None, 2]),
        ("UPDATE turns SET parent = 'x' WHERE number = 2", [None, None, 2]),
        ("DELETE FROM turns WHERE number = 2", [None, None]),
    ],
)
def test_turns_in_a_ring_or_without_a_parent_make_a_tree(file, opened, damage, parents):
    break_store(file, damage)
    store = opened()
    turns = store.turns.all(1)
    assert [turn.parent for turn in turns] == parents
    assert [store.turns.get(1, turn.number) for turn in turns] == turns
    for turn in turns:
        assert store.turns.texts(1, turn.number)[-1] == f"turn {turn.number}cd"
    assert store.take_faults()


@pytest.mark.parametrize("anchor", ["1", "3", "99", "NULL", "'x'"])
def test_a_turn_goes_on_from_the_answer_before_it_whatever_stands_there(file, opened, anchor):
    break_store(
        file,
        "UPDATE turns SET moves = 0, anchor = 2 WHERE session = 1 AND number = 3",
        f"UPDATE turns SET anchor = {anchor} WHERE session = 1 AND number = 3",
    )
    store = opened()
    assert store.turns.get(1, 3).anchor == 2
    assert store.turns.all(1)[2].anchor == 2


def test_a_sound_tree_stays_as_it_is_and_nothing_is_told():
    turns = [
        Turn(1, None, 1, "main", "", saying()),
        Turn(2, 1, 1, "main", "", saying(moves=False)),
        Turn(3, 2, 3, "main", "", saying()),
        Turn(7, 1, 7, "main", "", saying()),
    ]
    told = []
    grown = grow_tree(reversed(turns), {}, lambda turn, fault: told.append(fault))
    assert (grown, told) == (turns, [])


@pytest.mark.parametrize("turn", ["99", "'x'", "-1", "2"])
def test_a_session_left_at_a_turn_that_is_not_there_goes_on_at_the_last(home, start, poet, turn):
    start("abc", "fed")
    damage = f"UPDATE sessions SET turn = {turn}"
    break_store(home / "sessions.db", damage, in_turn_2("prompt", "x'00'"))
    said = start(":session", ":sessions --format csv", "abc", ":tree")
    assert "session talk-1, " in said.out
    assert said.err.count("warning: ") >= 1
    assert "sessions check" in said.err
    assert "Traceback" not in said.err
    assert "abc" in said.out


def test_a_model_whose_name_cannot_be_read_is_called_by_its_digest(home, start, poet):
    start("abc")
    break_store(home / "sessions.db", "UPDATE sessions SET model = x'ff00'")
    with closing(sqlite3.connect(home / "sessions.db")) as store:
        [[digest]] = store.execute("SELECT digest FROM sessions")
    assert start("fed").notes.startswith(f"{digest[:12]} · ")


@pytest.mark.parametrize("column", ["name", "key"])
def test_a_session_that_cannot_be_read_hides_no_other(file, opened, column):
    value = f"'{CONTROLS}'" if column == "name" else "-5"
    break_store(file, f"UPDATE sessions SET {column} = {value}, used = 'z' WHERE name = 'talk'")
    store = opened()
    assert [record.name for record in store.sessions.matching()] == ["other"]
    assert store.sessions.latest().name == "other"
    told = store.take_faults()
    assert "cannot be read: " in told
    assert "\x1b" not in told
    name = CONTROLS if column == "name" else "talk"
    with pytest.raises(StorageError, match="cannot be read") as caught:
        store.sessions.find(name)
    assert "`sessions repair`" in caught.value.hint


@pytest.mark.parametrize("seq", [2**63 - 1, 2**53, "'x'", "NULL", -7])
def test_a_new_session_has_a_key_of_its_own_whatever_was_the_last(file, opened, seq):
    break_store(file, f"UPDATE sqlite_sequence SET seq = {seq}")
    record, _ = opened().turns.add(SessionRecord(), saying(), None, None)
    assert record.key == 3


def test_the_next_turn_has_a_number_of_its_own_whatever_numbers_there_are(file, opened):
    break_store(file, in_turn_2("number", "'x'"))
    store = opened()
    record = store.sessions.find("talk")
    _, turn = store.turns.add(record, saying(), store.turns.get(1, 3), None)
    assert (turn.number, turn.parent) == (4, 3)
    assert store.turns.count(1) == 4


def test_a_session_with_the_last_number_there_is_says_that_it_is_full(file, opened):
    store = opened()
    last = f"UPDATE turns SET number = {2**53 - 1}, anchor = {2**53 - 1} WHERE number = 3"
    break_store(file, last, f"UPDATE sessions SET turn = {2**53 - 1} WHERE key = 1")
    record = store.sessions.find("talk")
    with pytest.raises(StorageError, match="no more turns"):
        store.turns.add(record, saying(), store.turns.left_at(record), None)


@pytest.mark.parametrize(
    ("damage", "left"),
    [
        ("UPDATE replies SET text = x'ff' WHERE session = 1 AND turn = 2", ()),
        ("UPDATE replies SET number = -1 WHERE session = 1 AND turn = 2", ()),
        ("UPDATE replies SET kept = 'x' WHERE session = 1 AND turn = 2", ("cd",)),
        ("UPDATE replies SET stopped = x'ff' WHERE session = 1 AND turn = 2", ("cd",)),
    ],
)
def test_an_answer_that_cannot_be_read_is_left_out(file, opened, damage, left):
    break_store(file, damage)
    store = opened()
    assert store.turns.get(1, 2).answers == left
    assert "turn 2: answer" in store.take_faults()
    assert [one.text for one in store.turns.kept(None)] == (
        ["turn 2cd"] if "stopped" in damage else []
    )


def test_bytes_that_are_no_text_are_shown_and_hinder_nothing(file, opened):
    break_store(file, in_turn_2("prompt", "CAST(x'61ff62' AS TEXT)"))
    assert opened().turns.all(1)[1].said.prompt == r"a\xffb"
    assert [one.name for one in opened().sessions.matching("turn 3")] == ["talk"]


@pytest.mark.parametrize(
    "damage",
    ["pending = 'x'", "pending = -2", f"pending = {2**60}", "arrays = 'text'", "arrays = NULL",
     "arrays = x'00'", "arrays = x'ffffffffffffffff'", "arrays = zeroblob(100)"],
)  # fmt: skip
def test_a_state_that_is_none_is_made_anew_from_the_text(home, poet, talk, damage):
    session = talk("winter")
    session.say("abc", seed=1)
    whole = session.say("", seed=3).answers
    session.undo()
    session.close()
    break_store(home / "sessions.db", f"UPDATE states SET {damage}")
    assert talk("winter").say("", seed=3).answers == whole


def test_numbers_that_are_none_in_a_state_are_no_place(home, poet, talk):
    session = talk("winter")
    session.say("abc", seed=1)
    whole = session.say("", seed=3).answers
    session.undo()
    session.close()
    with closing(sqlite3.connect(home / "sessions.db", isolation_level=None)) as db:
        for row, arrays in db.execute("SELECT rowid, arrays FROM states").fetchall():
            state = safetensors.numpy.load(arrays)
            broken = {name: array * float("nan") for name, array in state.items()}
            broken = {name: array.astype(state[name].dtype) for name, array in broken.items()}
            values = (safetensors.numpy.save(broken), row)
            db.execute("UPDATE states SET arrays = ? WHERE rowid = ?", values)
    assert talk("winter").say("", seed=3).answers == whole


SCHEMAS = [
    ("PRAGMA user_version = -5", "its version cannot be -5"),
    ("PRAGMA user_version = 0", "its version cannot be 0"),
    ("DROP TABLE states", "the table states is missing"),
    ("ALTER TABLE turns RENAME COLUMN seed TO sead", "the table turns has no seed"),
    ("ALTER TABLE replies RENAME TO answers", "the table replies is missing"),
]


@pytest.mark.parametrize(("damage", "told"), SCHEMAS)
def test_a_store_of_another_form_starts_without_it_and_is_repaired(
    home, poet, start, charplay, damage, told
):
    start("abc")
    break_store(home / "sessions.db", damage)
    before = (home / "sessions.db").read_bytes()
    said = start("fed", ":undo")
    assert said.err.startswith("warning: ")
    assert told in said.err
    assert "sessions repair" in said.err
    assert "went back before turn 1" in said.out, "nothing is kept, and all works"
    assert (home / "sessions.db").read_bytes() == before
    check = charplay("sessions", "check")
    assert (check.status, told in check.err) == (1, True)
    repaired = charplay("sessions", "repair")
    assert (repaired.status, repaired.err) == (0, "")
    assert charplay("sessions", "check").status == 0
    assert "abc" in charplay("tree").out


@pytest.mark.parametrize("version", [2, 99, 2**31 - 1])
def test_a_newer_store_is_neither_read_nor_repaired(home, poet, start, charplay, version):
    start("abc")
    break_store(home / "sessions.db", f"PRAGMA user_version = {version}")
    before = (home / "sessions.db").read_bytes()
    assert "newer charplay" in start("fed").err
    for action in ("check", "repair"):
        said = charplay("sessions", action)
        assert (said.status, "upgrade" in said.err) == (1, True)
    assert (home / "sessions.db").read_bytes() == before
    assert os.listdir(home).count("sessions.db") == 1


def test_a_database_of_another_program_is_left_alone(home, poet, start, charplay):
    with closing(sqlite3.connect(home / "sessions.db")) as db:
        db.execute("CREATE TABLE bookmarks (title)")
    before = (home / "sessions.db").read_bytes()
    assert "another program" in start("abc").err
    assert charplay("sessions", "repair").status == 1
    assert (home / "sessions.db").read_bytes() == before


@pytest.mark.parametrize("kind", ["pipe", "lost link", "ring", "device", "folder"])
def test_what_is_no_file_is_told_and_nobody_waits_for_it(home, poet, start, charplay, kind):
    path = home / "sessions.db"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "lost link":
            path.symlink_to(home / "nowhere")
        case "ring":
            path.symlink_to(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "folder":
            path.mkdir()
    said = start("abc", ":undo")
    assert said.err.startswith("warning: ")
    assert "went back before turn 1" in said.out
    assert charplay("sample", "poet").status == 0, "which needs no store"
    assert charplay("sessions", "check").status == 1
    assert not (home / "nowhere").exists()


def test_check_says_where_each_fault_is_and_what_to_type(home, poet, start, charplay):
    start("abc", "fed")
    assert charplay("sessions", "check").out.endswith(
        "is sound: sessions (1), turns (2), states (2)\n"
    )
    break_store(home / "sessions.db", in_turn_2("seed", "'x'"), "DELETE FROM states WHERE turn = 1")
    said = charplay("sessions", "check")
    assert said.status == 1
    assert "1 fault: session 'talk-1', turn 2: seed cannot be 'x'" in said.err
    assert "→ charplay sessions repair" in said.err


def test_repair_keeps_all_that_is_whole_and_a_copy_of_what_was_there(file, clock):
    break_store(file, in_turn_2("prompt", "x'00'"), "UPDATE sessions SET name = '' WHERE key = 1")
    repair = repair_store(file, clock)
    assert (repair.sessions, repair.turns) == (2, 3)
    assert any("turn 2: it cannot be read: prompt" in fault for fault in repair.faults)
    assert check_store(file).faults == ()
    store = Store(file, clock)
    assert sorted(store.sessions.names()) == ["other", "talk-1"]
    record = store.sessions.find("talk-1")
    assert (record.key, record.model, record.turn) == (1, "poet", 3)
    assert [turn.said.prompt for turn in store.turns.all(1)] == ["turn 1", "turn 3"]
    assert store.states.get(1, 3, STATE.digest) == STATE
    assert store.sessions.find("other").used.startswith("2024")
    store.close()
    [backup] = repair.backups
    with closing(sqlite3.connect(backup)) as db:
        assert db.execute("SELECT count(*) FROM turns").fetchone() == (4,)
    assert os.listdir(file.parent) == [backup.name, file.name] or set(os.listdir(file.parent)) == {
        backup.name,
        file.name,
    }


def test_repair_takes_in_what_was_set_aside(home, poet, start, charplay):
    start("abc", "fed", ":sessions rename talk-1 winter")
    whole = (home / "sessions.db").read_bytes()
    (home / "sessions.db").write_bytes(whole[:100] + b"\xff" * 500 + whole[600:])
    assert "set aside" in start("cab").err
    (home / "sessions.damaged-1.db").write_bytes(whole)
    assert "was set aside as damaged" in charplay("sessions", "check").err
    said = charplay("sessions", "repair")
    assert "kept: sessions (2), turns (3)" in said.out
    listed = charplay("sessions", "--format", "csv").out
    assert "winter" in listed
    assert "talk-1" in listed
    assert not list(home.glob("*damaged*"))
    assert len(list(home.glob("*backup*"))) == 2
    assert "nothing to repair" in charplay("sessions", "repair").out


def test_a_table_whose_description_is_broken_is_read_all_the_same(file):
    data = file.read_bytes()
    assert data.count(b"CREATE TABLE turns") == 1
    file.write_bytes(data.replace(b"CREATE TABLE turns (", b"CREATF TABLE turns ("))
    with closing(Salvage(file)) as salvage:
        sessions = list(salvage.sessions())
    assert [len(one.turns) for one in sessions] == [3, 1]
    assert "malformed" in "".join(salvage.faults)


def test_a_description_that_is_no_text_costs_no_turn(file, clock):
    data = file.read_bytes()
    assert data.count(b"parent INTEGER") == 1
    file.write_bytes(data.replace(b"parent INTEGER", b"parent \xc9NTEGER"))
    assert repair_store(file, clock).turns == 4


def test_a_table_whose_name_is_no_text_is_none_of_ours(file, opened):
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET name = x'00' WHERE name = 'sqlite_sequence'")
    assert check_store(file).turns == 4
    with pytest.raises(CharplayError, match="damaged"):
        opened()


def without_keys(table):
    """Statements after which a table takes two rows with one key."""
    return (
        f"CREATE TABLE free AS SELECT * FROM {table}",
        f"DROP TABLE {table}",
        f"ALTER TABLE free RENAME TO {table}",
    )


def test_of_answers_with_one_number_each_is_kept(file, clock):
    copy = "INSERT INTO replies SELECT session, turn, number, 'second', stopped, 0 FROM replies"
    break_store(file, *without_keys("replies"), f"{copy} WHERE session = 1 AND turn = 2")
    repaired = repair_store(file, clock)
    assert any("answer 1 stands there twice" in fault for fault in repaired.faults)
    with closing(Store(file, clock)) as store:
        replies = store.turns.get(1, 2).said.replies
    assert [(reply.number, reply.text, reply.kept) for reply in replies] == [
        (1, "cd", True), (2, "second", False)
    ]  # fmt: skip


def test_of_turns_with_one_number_each_is_kept(file, clock):
    columns = ", ".join(migrated_columns()["turns"])
    copied = columns.replace("prompt", "'second'")
    copy = f"INSERT INTO turns ({columns}) SELECT {copied} FROM turns WHERE session = 1"
    break_store(file, *without_keys("turns"), f"{copy} AND number = 2")
    repaired = repair_store(file, clock)
    assert any("it stands there twice" in fault for fault in repaired.faults)
    with closing(Store(file, clock)) as store:
        turns = store.turns.all(1)
    assert [(t.number, t.parent, t.anchor, t.said.prompt) for t in turns] == [
        (1, None, 1, "turn 1"), (2, 1, 2, "turn 2"), (3, 2, 3, "turn 3"), (4, 1, 4, "second")
    ]  # fmt: skip


def test_of_a_row_that_breaks_off_what_stands_before_is_read(file, clock):
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        words = json.dumps(["names", "x" * 10_000])
        db.execute("UPDATE turns SET words = ? WHERE session = 1 AND number = 2", (words,))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = file.read_bytes()
    pages = {at // 4096 + 1 for at in range(len(data)) if data.startswith(b"x" * 3000, at)}
    [link] = {b"xxxx" + page.to_bytes(4, "big") for page in pages} & {
        data[at : at + 8] for at in range(len(data)) if data.startswith(b"xxxx\0", at)
    }
    file.write_bytes(data.replace(link, b"xxxx\x7f\xff\xff\xff"))
    repaired = repair_store(file, clock)
    assert any("a part of the table turns" in fault for fault in repaired.faults)
    with closing(Store(file, clock)) as store:
        assert [turn.said.prompt for turn in store.turns.all(1)] == ["turn 1", "turn 2", "turn 3"]


def test_repair_waits_for_no_other_process_that_has_the_store_open(file, clock):
    other = Store(file, clock)
    other.turns.add(SessionRecord(), saying(), None, None)
    break_store(file, in_turn_2("seed", "'x'"))
    with pytest.raises(StorageError, match="another process has") as caught:
        repair_store(file, clock)
    assert "sessions repair" in caught.value.hint
    other.close()
    assert repair_store(file, clock).turns == 5


def test_the_repl_repairs_its_own_store_and_goes_on(start, home, poet):
    start("abc", "fed")
    break_store(home / "sessions.db", in_turn_2("options", "'x'"))
    said = start(":sessions repair", "cab", ":tree", ":sessions check")
    assert "kept: sessions (1), turns (2)" in said.out
    assert "3 cab" in said.out
    assert "is sound" in said.out


def test_in_private_nothing_is_repaired(start, home, poet):
    start("abc")
    said = start(":set private on", ":sessions repair")
    assert "private is on" in said.err


def test_an_old_turn_of_an_unknown_command_is_no_line_to_ask_again(start, home, poet):
    start("abc")
    break_store(home / "sessions.db", 'UPDATE turns SET words = \'["train", "x"]\'')
    said = start(":retry", keeping=SessionChoice())
    assert "words cannot be" in said.err
    assert "training" not in said.out + said.err


def test_a_session_that_another_backend_answered_is_left_as_it_is(home, numpy_backend, talk):
    put_model(home, numpy_backend)
    session = talk("winter")
    session.say("abc", seed=1)
    assert check_store(home / "sessions.db").faults == ()


def test_a_copy_never_takes_the_place_of_another_one(file, clock):
    (file.parent / "sessions.backup-1.db").symlink_to(file.parent / "nowhere")
    names = []
    for value in ("'x'", "'y'"):
        break_store(file, in_turn_2("seed", value))
        names += [path.name for path in repair_store(file, clock).backups]
    assert names == ["sessions.backup-2.db", "sessions.backup-3.db"]
    for name, seed in zip(names, "xy", strict=True):
        with closing(sqlite3.connect(file.with_name(name))) as db:
            query = "SELECT seed FROM turns WHERE session = 1 AND number = 2"
            assert db.execute(query).fetchone() == (seed,)


def test_two_stores_with_the_same_keys_become_one(file, clock):
    aside = file.with_name("sessions.damaged-1.db")
    aside.write_bytes(file.read_bytes())
    repair_store(file, clock)
    store = Store(file, clock)
    assert store.sessions.names() == ["other", "other+", "talk", "talk+"]
    again = store.turns.all(store.sessions.find("talk+").key)
    assert again == store.turns.all(store.sessions.find("talk").key)
    store.close()


def test_around_a_page_that_is_lost_all_is_read(tmp_path, clock):
    file = tmp_path / "sessions.db"
    store = Store(file, clock)
    record, turn = SessionRecord(name="talk", model="poet"), None
    for number in range(1, 41):
        record, turn = store.turns.add(record, saying(f"<{number}>" + "x" * 1500), turn, None)
    store.close()
    data = bytearray(file.read_bytes())
    page = data.index(b"<20>x") // 4096
    data[page * 4096 : (page + 1) * 4096] = b"\xff" * 4096
    file.write_bytes(data)
    with closing(Salvage(file)) as salvage:
        [session] = salvage.sessions()
    numbers = [turn.number for turn in session.turns]
    assert 20 not in numbers
    assert {1, 10, 30, 40} < set(numbers)
    assert any("a part of the table turns" in fault for fault in salvage.faults)


def test_a_copy_of_a_store_can_be_read_by_its_owner_alone(file):
    umask = os.umask(0)
    try:
        copy_store(file, file.parent / "copy.db")
    finally:
        os.umask(umask)
    assert (file.parent / "copy.db").stat().st_mode & 0o777 == 0o600
    assert (file.parent / "copy.db").read_bytes() == file.read_bytes()
