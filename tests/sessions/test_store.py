"""The store: whole whatever happens to it, never overwritten, and as fast on long sessions."""

import ctypes
import os
import random
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path
from signal import SIGINT

import pytest

from charplay.errors import SessionGoneError, StorageError, UsageError
from charplay.sessions.portable import session_from_json, session_to_json
from charplay.sessions.schema import MIGRATIONS
from charplay.sessions.state_table import Snapshot
from charplay.sessions.store import Store
from charplay.sessions.tree import SessionRecord, check_session_name
from tests.sessions.conftest import put_model, saying

SYNCHRONOUS_NORMAL = 1
OLD = Path(__file__).parent / "store-1.sql"
EXPORTED = Path(__file__).parent / "session-1.json"
STATE = Snapshot("00" * 32, 3, b"\x00bits\xff")


def assert_says_what_to_do(error):
    assert error.message.strip()
    assert "\n" not in error.message
    assert error.hint.strip()


def grown(store, turns=3):
    """A session with a line of turns."""
    found, turn = SessionRecord(name="talk", model="poet", digest="00" * 32), None
    for number in range(turns):
        found, turn = store.turns.add(found, saying(f"turn {number}"), turn, STATE)
    return found, turn


def winter(store):
    """A session that uses every column of every table."""
    draft = SessionRecord(
        name="winter", model="poet", digest="11" * 32, live="/runs/last.safetensors"
    )
    prose = saying(
        "Été 🦖\n", " ends\n", seed=2**64 - 1, digest="11" * 32, folded="é", dropped="🦖",
        options={"temperature": 0.5, "stop": "é", "top_k": None},
    )  # fmt: skip
    record, first = store.turns.add(draft, prose, None, Snapshot("11" * 32, 3, b"bits"))
    names = saying("", "Ann", "Bob", words=("names", "surnames", "-n", "2"), moves=False)
    record, second = store.turns.add(record, names, first, None)
    store.turns.keep(record.key, [(second.number, 2)])
    store.sessions.set_position(record.key, first.number, "darker")
    record = store.sessions.find("winter")
    store.turns.add(record, saying("what'\"%;—", model="other"), first, None)
    store.sessions.set_position(record.key, 2, "brighter")


def fixture_of(path, script):
    """A store as an older charplay left it."""
    with sqlite3.connect(path) as db:
        db.executescript(script)
    db.close()
    return path


def test_a_turn_comes_back_as_it_was_said(store, tmp_path, clock):
    said = saying(
        "what'\"%;\0\n—🦖", "eins", "zwei", seed=2**64 - 1, options={"stop": "é", "top_p": 0.5},
        folded="é", dropped="🦖", words=("names", "--starts", "A b"), moves=False,
    )  # fmt: skip
    draft = SessionRecord(name="talk", model="m", digest="d")
    found, turn = store.turns.add(draft, said, None, STATE)
    with_another = Store(store.file, clock)
    assert with_another.turns.get(found.key, 1) == turn
    assert turn.said == said
    assert with_another.states.get(found.key, 1, STATE.digest) == STATE
    assert with_another.sessions.find("talk") == found
    with_another.close()


def test_the_halves_of_characters_that_a_terminal_may_send_are_no_hindrance(store):
    _, turn = store.turns.add(SessionRecord(), saying("a\udcff", dropped="\udcff"), None, None)
    assert store.turns.get(1, turn.number).said.prompt == r"a\xff"


def test_sessions_are_named_and_never_take_the_place_of_one_deleted(store):
    grown(store)
    first, _ = store.turns.add(SessionRecord(), saying(), None, None)
    assert (first.key, first.name) == (2, "talk-2")
    store.sessions.delete("talk-2")
    again, _ = store.turns.add(SessionRecord(), saying(), None, None)
    assert (again.key, again.name) == (3, "talk-3")
    store.sessions.rename("talk-3", "talk-4")
    assert store.turns.add(SessionRecord(), saying(), None, None)[0].name == "talk-4+"
    with pytest.raises(UsageError):
        store.sessions.rename("talk", "talk-4")


def test_deleting_a_session_deletes_all_of_it_and_nothing_else(store):
    found, turn = grown(store)
    store.turns.add(SessionRecord(name="other"), saying(), None, STATE)
    store.sessions.delete("talk")
    counts = [
        store._database.rows(f"SELECT count(*) FROM {table}")[0][0]
        for table in ("sessions", "turns", "replies", "states")
    ]
    assert counts == [1, 1, 1, 1]
    with pytest.raises(SessionGoneError) as caught:
        store.turns.add(found, saying(), turn, None)
    assert_says_what_to_do(caught.value)


@pytest.mark.parametrize("text", ["WINTER", "r's d", "100%", "a_b", "\\", "wow!", "!%"])
def test_a_text_is_found_wherever_it_stands_and_whatever_its_case(store, text):
    said = saying("a winter", "'s day 100% a_b \\ wow!%")
    store.turns.add(SessionRecord(name="found"), said, None, None)
    store.turns.add(SessionRecord(name="other"), saying("summer", "100x axb wow% no!"), None, None)
    assert [session.name for session in store.sessions.matching(text)] == ["found"]


def test_a_prompt_without_an_answer_is_found_too(store):
    store.turns.add(SessionRecord(name="found"), saying("a winter", replies=()), None, None)
    assert [session.name for session in store.sessions.matching("winter")] == ["found"]


def test_a_session_that_two_begin_by_one_name_is_one_to_both(store):
    draft = SessionRecord(name="winter", model="poet")
    other = SessionRecord(name="winter", model="bard", branch="darker")
    first, _ = store.turns.add(draft, saying(), None, None)
    store.sessions.set_position(first.key, 1, "darker")
    second, turn = store.turns.add(other, saying(), None, None)
    assert second == store.sessions.find("winter")
    assert (second.key, second.made, second.model) == (first.key, first.made, "bard")
    assert (turn.number, turn.branch, second.branch) == (2, "darker", None)


def test_the_models_that_sessions_and_turns_need_are_all_told(store):
    moved, _ = grown(store, 1)
    store.sessions.set_model(replace(moved, model="bard", digest="11" * 32))
    store.turns.add(
        SessionRecord(name="other", digest="22" * 32), saying(digest="33" * 32), None, None
    )
    assert store.digests() == {"00" * 32, "11" * 32, "22" * 32, "33" * 32}


def test_favourites_are_one_sessions_or_all_the_oldest_first(store):
    first, _ = store.turns.add(SessionRecord(), saying("a", "b", "c"), None, None)
    second, _ = store.turns.add(SessionRecord(), saying("d", "e", "f"), None, None)
    for key, number in ((second.key, 1), (first.key, 2)):
        store.turns.keep(key, [(1, number)])
    assert [(kept.text, kept.label) for kept in store.turns.kept(None)] == [
        ("ac", "7/2"),
        ("de", "7/1"),
    ]
    assert [kept.session for kept in store.turns.kept(second.key)] == [second.name]


@pytest.mark.parametrize("name", ["a", "winter 2", "Ä_b.c+d-e", "x" * 64])
def test_a_session_can_have_a_name_of_letters_digits_and_a_few_signs(name):
    assert check_session_name(name, "a session") == name


@pytest.mark.parametrize("name", ["", " a", "a ", ".a", "-a", "../a", "a/b", "a\n", "x" * 65])
def test_a_session_can_have_no_other_name(name):
    with pytest.raises(UsageError) as caught:
        check_session_name(name, "a session")
    assert_says_what_to_do(caught.value)


def test_the_last_used_stands_first(store):
    grown(store)
    store.turns.add(SessionRecord(name="other"), saying(), None, None)
    assert [session.name for session in store.sessions.matching()] == ["other", "talk"]
    store.turns.add(store.sessions.find("talk"), saying(), None, None)
    assert [session.name for session in store.sessions.matching()] == ["talk", "other"]
    assert store.sessions.latest().name == "talk"


def test_two_processes_add_at_once_and_lose_nothing(tmp_path, store, clock):
    found, turn = grown(store, 1)

    def add():
        own = Store(store.file, clock)
        for _ in range(40):
            own.turns.add(found, saying(), turn, STATE)
        own.close()

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    turns = store.turns.all(found.key)
    assert [turn.number for turn in turns] == list(range(1, 122))
    assert len({turn.branch for turn in turns}) == 120, "all but one begin a branch"


def test_a_busy_store_waits_and_then_says_so(store, clock):
    grown(store)
    other = Store(store.file, clock, wait=0.05)
    store._database.connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="another process has locked") as caught:
        other.sessions.rename("talk", "talked")
    assert_says_what_to_do(caught.value)
    store._database.connection.execute("ROLLBACK")
    other.sessions.rename("talk", "talked")
    other.close()


def test_a_store_of_a_newer_charplay_is_refused_and_left_alone(tmp_path, clock):
    newer = Store(tmp_path / "s.db", clock, (*MIGRATIONS, "CREATE TABLE more (x)"))
    grown(newer)
    newer.close()
    before = (tmp_path / "s.db").read_bytes()
    with pytest.raises(StorageError, match="newer") as caught:
        Store(tmp_path / "s.db", clock)
    assert_says_what_to_do(caught.value)
    assert (tmp_path / "s.db").read_bytes() == before


def test_a_store_of_an_older_charplay_is_brought_up_with_all_that_it_holds(tmp_path, clock):
    path = fixture_of(tmp_path / "s.db", OLD.read_text(encoding="utf-8"))
    exported, winter_turns = session_from_json(EXPORTED.read_text(encoding="utf-8"))
    added = "ALTER TABLE sessions ADD COLUMN note TEXT NOT NULL DEFAULT ''; CREATE TABLE more (x)"
    for migrations in (MIGRATIONS, (*MIGRATIONS, added), (*MIGRATIONS, added)):
        store = Store(path, clock, migrations)
        assert [turn.said.prompt for turn in store.turns.all(1)] == ["turn 0", "turn 1", "turn 2"]
        assert store.states.get(1, 3, STATE.digest) == STATE
        assert store.turns.all(2) == winter_turns
        record = store.sessions.find("winter")
        assert (record.turn, record.branch) == (exported.turn, exported.branch) == (2, "brighter")
        assert record.live == "/runs/last.safetensors"
        assert [favourite.text for favourite in store.turns.kept(None)] == ["Bob"]
        assert store._database.rows("PRAGMA user_version") == [(len(migrations),)]
        store.close()


def test_a_migration_that_fails_changes_nothing(tmp_path, clock):
    path = fixture_of(tmp_path / "s.db", OLD.read_text(encoding="utf-8"))
    with pytest.raises(StorageError):
        Store(path, clock, (*MIGRATIONS, "CREATE TABLE more (x); NONSENSE"))
    store = Store(path, clock)
    assert store._database.rows("SELECT count(*) FROM sqlite_master WHERE name = 'more'") == [(0,)]
    assert len(store.turns.all(1)) == 3
    store.close()


def test_the_fixture_is_what_this_version_writes(tmp_path, clock):
    """Should the tables change, the fixture stays, and a migration and a new one come to it."""
    store = Store(tmp_path / "s.db", clock)
    grown(store)
    winter(store)
    written = dump(tmp_path / "s.db")
    store.close()
    assert written == OLD.read_text(encoding="utf-8")


def test_the_exported_fixture_is_what_this_version_exports(store):
    grown(store)
    winter(store)
    record = store.sessions.find("winter")
    exported = session_to_json(record, store.turns.all(record.key))
    assert exported == EXPORTED.read_text(encoding="utf-8")


def dump(path):
    """The store as SQL."""
    with sqlite3.connect(path) as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        lines = [*db.iterdump(), f"PRAGMA user_version = {version};"]
    db.close()
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("damage", ["no store at all " * 400, ""])
def test_a_damaged_store_is_set_aside_and_said_so(start, poet, damage):
    start("abc")
    path = poet / "sessions.db"
    whole = path.read_bytes()
    data = damage.encode() or whole[:100] + b"\xff" * 3000 + whole[3100:]
    path.write_bytes(data)
    said = start("fed", ":sessions --format csv")
    assert said.err.count("is damaged; it was set aside as") == 1
    assert said.err.count("  → ") == 1
    assert (poet / "sessions.damaged-1.db").read_bytes() == data
    assert said.lines[-1].startswith("True,talk-1,"), "and what is said from now on is kept"
    path.write_bytes(data)
    start("fed")
    assert (poet / "sessions.damaged-2.db").read_bytes() == data


def test_the_log_of_a_damaged_store_is_set_aside_with_it(store, clock):
    """Beside a new store it would be taken for the new one's."""
    grown(store, 30)
    connection = store._database.connection
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.sessions.rename("talk", "talked")
    connection.execute("PRAGMA shrink_memory")
    whole = store.file.read_bytes()
    store.file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(SessionGoneError, match="set aside"):
        store.turns.all(1)
    assert Path(store.file.parent, "sessions.damaged-1.db-wal").stat().st_size > 0
    assert not list(store.file.parent.glob("sessions.db*"))
    store.close()
    new = Store(store.file, clock)
    assert new.sessions.names() == []
    new.close()


def test_a_store_that_breaks_while_it_is_used_is_set_aside_too(start, poet, registry):
    from charplay.sessions.choice import SessionChoice
    from charplay.terminal.shell import Shell
    from tests.conftest import make_environment

    environment = make_environment(poet)
    shell = Shell(environment, registry)
    shell.begin_session(SessionChoice(), last=True)
    shell.perform_lines(["abc"] * 30)
    shell.context.store._database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = (poet / "sessions.db").read_bytes()
    shell.context.store._database.connection.execute("PRAGMA shrink_memory")
    (poet / "sessions.db").write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    shell.perform_lines([":tree", "fed", "abc"])
    shell.close()
    assert environment.stderr.getvalue().count("error: ") == 1
    assert "was set aside as" in environment.stderr.getvalue()
    assert "2" in start(":sessions --format csv").lines[-1].split(",")[3]


def test_in_private_nothing_comes_into_the_store_that_takes_the_place_of_a_broken_one(
    start, poet, registry
):
    from charplay.sessions.choice import SessionChoice
    from charplay.terminal.shell import Shell
    from tests.conftest import make_environment

    environment = make_environment(poet)
    shell = Shell(environment, registry)
    shell.begin_session(SessionChoice(), last=True)
    shell.perform_lines(["abc", ":set private on", "bad"])
    shell.context.store._database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shell.context.store._database.connection.execute("PRAGMA shrink_memory")
    whole = (poet / "sessions.db").read_bytes()
    (poet / "sessions.db").write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    shell.perform_lines([":sessions", "fed", ":retry"])
    assert environment.stderr.getvalue().count("error: ") == 1
    assert "was set aside as" in environment.stderr.getvalue()
    assert environment.stdout.getvalue().count("\nfed") == 2, "and both lines were answered"
    assert start(":sessions").notes == "there is no session yet; say something\n"
    shell.perform_lines([":set private off", "cab"])
    shell.close()
    kept = start(":sessions --format csv").lines[1:]
    assert len(kept) == 1, "what is said after private is kept again, in a new session"


def test_a_full_disk_is_told_in_a_line_and_the_store_stays_whole(store):
    found, turn = grown(store)
    (pages,) = store._database.rows("PRAGMA page_count")[0]
    store._database.connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match="full") as caught:
        store.turns.add(found, saying("x" * 500_000), turn, STATE)
    assert_says_what_to_do(caught.value)
    assert store._database.rows("PRAGMA integrity_check") == [("ok",)]


def test_a_power_cut_may_cost_the_last_turns_but_leaves_the_store_whole(store, tmp_path, clock):
    """As the disk may have them after one: the log as far as it was written, cut anywhere."""
    grown(store, 8)
    turns = store.turns.all(1)
    data, log = store.file.read_bytes(), Path(f"{store.file}-wal").read_bytes()
    moments = random.Random(7)
    counts = []
    for length in [0, *sorted(moments.randrange(len(log)) for _ in range(40)), len(log)]:
        file = tmp_path / f"{length}.db"
        file.write_bytes(data)
        Path(f"{file}-wal").write_bytes(log[:length])
        left = Store(file, clock)
        assert left._database.rows("PRAGMA integrity_check") == [("ok",)]
        assert left._database.rows("PRAGMA foreign_key_check") == []
        found = left.turns.all(1)
        assert found == turns[: len(found)]
        counts.append(len(found))
        left.close()
    assert counts == sorted(counts)
    assert {0, 8} < set(counts), "some turns, and not all, are there in between"


def test_the_log_is_on_the_disk_before_the_store_is_changed(store):
    """What SQLite promises of these two settings, and of no lesser ones, no test can see."""
    assert store._database.rows("PRAGMA journal_mode") == [("wal",)]
    (level,) = store._database.rows("PRAGMA synchronous")[0]
    assert level >= SYNCHRONOUS_NORMAL


def test_a_store_that_cannot_be_written_is_told_in_a_line(store):
    found, turn = grown(store)
    store._database.connection.execute("PRAGMA query_only = 1")
    with pytest.raises(StorageError, match="readonly") as caught:
        store.turns.add(found, saying(), turn, None)
    assert_says_what_to_do(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="the C library's raise")
def test_ctrl_c_ends_a_long_query(store):
    """The signal is raised in C, so that nothing of Python's runs but what the query lets run."""
    connection = store._database.connection
    connection.create_function("press", 1, getattr(ctypes.CDLL(None), "raise"))
    numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300000)"
    with pytest.raises(KeyboardInterrupt) as caught:
        store._database.rows(f"{numbers} SELECT count(*) FROM n WHERE x > press({int(SIGINT)})")
    assert isinstance(caught.value.__cause__, sqlite3.OperationalError), "not after the query"
    assert store.sessions.names() == []


def test_a_read_only_disk_leaves_a_repl_that_keeps_nothing(charplay, numpy_backend, tmp_path):
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("no folder here in which nobody can write")
    said = charplay("--new", "-c", "Ann", "-c", ":undo", home=Path("/proc/self"))
    assert said.err.count("warning: ") == 1
    assert "went back before turn 1" in said.out


def test_a_file_where_the_store_should_be_is_never_written_over(start, poet):
    (poet / "sessions.db").mkdir(mode=0o700)
    said = start("abc", ":undo")
    assert said.err.startswith("warning: cannot use ")
    assert "went back before turn 1" in said.out
    assert (poet / "sessions.db").is_dir()


def test_a_session_deleted_by_another_is_told_and_the_next_begins(start, poet, registry):
    from charplay.sessions.choice import SessionChoice
    from charplay.terminal.shell import Shell
    from tests.conftest import make_environment

    environment = make_environment(poet)
    shell = Shell(environment, registry)
    shell.begin_session(SessionChoice(), last=True)
    shell.perform_lines(["abc"])
    start(":sessions delete talk-1 --yes", keeping=SessionChoice(new=True))
    shell.perform_lines(["fed"])
    told = environment.stderr.getvalue()
    assert told.index("poet · 7/1\n") < told.rindex("poet · 7/1\n") < told.index("error: "), (
        "the answer is whole, and the error stands below it"
    )
    shell.perform_lines(["fed"])
    shell.close()
    assert environment.stderr.getvalue().count("error: ") == 1
    assert "no longer in the store" in environment.stderr.getvalue()
    assert start(":sessions --format csv").lines[-1].split(",")[1:4:2] == ["talk-2", "1"]


def test_states_hold_no_pickle(home, numpy_backend, talk):
    import safetensors.numpy

    put_model(home, numpy_backend)
    session = talk()
    session.say("abc")
    (arrays,) = session._session.store._database.rows("SELECT arrays FROM states")[0]
    assert set(safetensors.numpy.load(arrays)) == set(
        session._session.open_model().model.initial_state(1)
    )


def test_moving_about_reads_no_more_of_a_long_session_than_of_a_short_one(store):
    """Counted in SQLite's own steps, which no machine's speed changes."""

    def steps(found, turns):
        last = turns
        counted = 0

        def count():
            nonlocal counted
            counted += 1

        turn = store.turns.get(found.key, last)
        store._database.connection.set_progress_handler(count, 1)
        store.turns.get(found.key, turn.parent)
        store.sessions.set_position(found.key, turn.parent, None)
        store.turns.last_of_branch(found.key, "main")
        store.turns.get(found.key, 2)
        store.states.get(found.key, 2, STATE.digest)
        store.turns.add(found, saying(), turn, STATE)
        store._database.connection.set_progress_handler(None, 1)
        return counted

    short, _ = grown(store, 5)
    few = steps(short, 5)
    long = SessionRecord(name="long", model="poet", digest="00" * 32)
    turn = None
    for _ in range(2000):
        long, turn = store.turns.add(long, saying(), turn, None)
    assert steps(long, 2000) < 1.5 * few


def test_of_several_answers_the_conversation_goes_on_from_the_last(store):
    said = saying("a", "first", "last")
    _, turn = store.turns.add(SessionRecord(), said, None, None)
    assert store.turns.texts(1, 1) == [turn.said.text] == ["alast"]
