"""The conversation's commands, performed without a screen: every field of what each returns."""

import csv
import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from charplay.commands.exporting import AnswerRow
from charplay.commands.keeping import MarkedAnswers
from charplay.commands.position import SessionPosition
from charplay.commands.saving import SavedFile
from charplay.commands.sessions import SessionDone, SessionRow
from charplay.commands.turns import TreeRow, request_of
from charplay.sessions.tree import Favourite, Reply, SessionRecord, Utterance
from tests.sessions.conftest import put_model

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MADE = "2026-01-02T03:04:05.000000+00:00"
DIGEST = "00" * 32


def said(prompt="ab", *answers, words=(), moves=True, **more):
    replies = tuple(Reply(answer, n, "length") for n, answer in enumerate(answers or ("cd",), 1))
    return Utterance(prompt, replies, 7, "poet", DIGEST, words=words, moves=moves, **more)


def keep(session, utterance):
    """Keep what was said as a turn; no model is asked."""
    session.record, session.turn = session.store.turns.add(
        session.record, utterance, session.turn, None
    )


@pytest.fixture
def empty(hand):
    """Performs lines in a session `talk` that is not begun."""
    made = hand()
    made.context.switch_session(SessionRecord(name="talk", model="poet", digest=DIGEST))
    return made


@pytest.fixture
def at(empty):
    """Performs lines in a session `talk` with three turns, the third a branch of the first."""
    session = empty.context.session
    keep(session, said("one"))
    keep(session, said("two\nlines", "", "efg"))
    session.goto("1")
    session.begin_branch("side")
    keep(session, said("three", "x", "yz", words=("names", "--count", "2"), moves=False))
    return empty


def test_where_one_stands_is_returned_after_every_move(at):
    assert at(":session") == SessionPosition("current session", "talk", 3, "side", "yz")
    assert at(":undo") == SessionPosition("went back before turn 3", "talk", 1, "main", "onecd")
    assert at(":redo") == SessionPosition("went forward to turn 3", "talk", 3, "side", "yz")
    assert at(":goto main") == SessionPosition("went to main", "talk", 2, "main", "linesefg")
    assert at(":goto 0") == SessionPosition("went to 0", "talk", 0, None, "")
    assert at(":branch") == SessionPosition(
        "the next turn begins the branch branch-4", "talk", 0, "branch-4", ""
    )
    assert at(":branch dark") == SessionPosition(
        "the next turn begins the branch dark", "talk", 0, "dark", ""
    )


def test_before_the_first_turn_there_is_nowhere_to_go(empty):
    none = (
        "this session has no turns yet",
        "say something first; `sessions` lists all sessions",
    )
    for line in (":undo", ":redo", ":goto 1", ":branch", ":tree", ":retry", ":keep", ":kept"):
        assert empty.refused(line) == none, line
    assert empty(":session") == SessionPosition("current session", "talk", 0, None, "")


def tree_row(number, **more):
    told = {
        "turn": number,
        "parent": 1,
        "branch": "main",
        "forks": (),
        "begins": False,
        "named": False,
        "current": False,
        "on_path": False,
        "kept": 0,
        "seed": 7,
        "model": "poet",
        "made": MADE,
        "glimpse": "",
    }
    return TreeRow(**told | more)


def test_the_tree_has_each_turn_with_its_place(at):
    at(":keep 1")
    tree = at(":tree")
    assert tree.session == "talk"
    assert tree.rows == (
        tree_row(1, parent=None, named=True, on_path=True, glimpse="onecd"),
        tree_row(2, forks=(True,), begins=True, glimpse="two linesefg"),
        tree_row(
            3, branch="side", forks=(False,), begins=True, named=True, current=True, on_path=True,
            kept=1, glimpse="x, yz",
        ),
    )  # fmt: skip
    at(":goto 0")
    assert not any(row.current or row.on_path for row in at(":tree").rows)


def favourite(text, label, turn=3, prompt="three"):
    return Favourite(text, prompt, label, "poet", "talk", turn, MADE)


def test_favourites_are_marked_listed_and_taken_back(at):
    first, second = favourite("x", "7/1"), favourite("yz", "7/2")
    assert at(":keep 1-2") == MarkedAnswers(True, (first, second))
    kept = at(":kept")
    assert list(kept.rows) == [first, second]
    assert kept.empty == "nothing is kept yet; `keep` keeps the last answer"
    assert [(c.name, c.shrink) for c in kept.columns] == [
        ("text", "fold"),
        ("label", "never"),
        ("model", "drop"),
        ("session", "fold"),
        ("turn", "drop"),
    ]
    assert at(":unkeep 1") == MarkedAnswers(False, (first,))
    assert list(at(":kept").rows) == [second]
    assert at(":unkeep") == MarkedAnswers(False, (second,))
    assert list(at(":kept").rows) == []


def test_a_text_is_kept_in_whichever_turn_it_is_and_a_number_only_where_one_is(at):
    assert at(":keep yz").answers == (favourite("yz", "7/2"),)
    at(":goto main")
    assert at(":keep yz").answers == (favourite("yz", "7/2"),)
    assert at(":keep 2").answers[0].turn == 2
    assert at(":keep 1 --turn 1").answers == (favourite("onecd", "7/1", 1, "one"),)
    assert at(":unkeep 1 --turn 1").kept is False
    assert at.refused(":unkeep --turn 1") == (
        "turn 1 has no answer that is kept",
        "`tree` shows the turns",
    )


def test_where_nothing_is_kept_or_answered_that_is_told(at):
    assert at.refused(":unkeep") == ("nothing is kept here", "`kept` lists the favourites")
    keep(at.context.session, replace(said("mute"), replies=()))
    assert at.refused(":keep --turn 4") == ("turn 4 has no answer", "`tree` shows the turns")
    at(":goto 0")
    assert at.refused(":keep") == ("there is no answer to keep here", "`tree` shows the turns")


def test_a_turn_without_answers_is_passed_over_on_the_way_back(at):
    keep(at.context.session, replace(said("mute"), replies=()))
    assert at(":keep 2").answers == (favourite("yz", "7/2"),)


def test_favourites_of_all_sessions_are_listed_on_demand(at):
    at(":keep 1")
    at.context.switch_session(SessionRecord(name="other", model="poet", digest=DIGEST))
    keep(at.context.session, said("four"))
    assert list(at(":kept").rows) == []
    assert [row.session for row in at(":kept --all").rows] == ["talk"]


def session_row(name, **more):
    told = {
        "current": False,
        "session": name,
        "model": "poet",
        "turns": 1,
        "last_used": NOW,
        "last_line": "onecd",
    }
    return SessionRow(**told | more)


def test_the_sessions_are_listed_with_the_end_of_what_was_said(at):
    long = "n" * 70 + "end"
    talk = session_row("talk", current=True, turns=3, last_line="yz")
    for name, text in (("long", long), ("edge", "m" * 58)):
        record = SessionRecord(name=name, model="bard", digest=DIGEST)
        record = at.context.store.turns.add(record, said(text), None, None)[0]
    table = at(":sessions")
    assert sorted(table.rows, key=lambda row: row.session) == [
        session_row("edge", model="bard", last_line="m" * 58 + "cd"),
        session_row("long", model="bard", last_line="…" + (long + "cd")[-59:]),
        talk,
    ]
    assert table.empty == "there is no session yet; say something"
    assert [(c.header, c.format, c.shrink, c.mark) for c in table.columns] == [
        ("", "", "never", True),
        ("session", "", "fold", False),
        ("model", "", "fold", False),
        ("turns", ",", "never", False),
        ("last used", "", "drop", False),
        ("last line", "", "fold", False),
    ]
    assert at(":sessions search lines").rows == (talk,)
    nowhere = at(":sessions search gone\x07")
    assert nowhere.rows == ()
    assert nowhere.empty.startswith("no session holds 'gone")


def test_no_session_is_current_where_none_of_the_store_is(at):
    at.context.session = None
    assert not at(":sessions").rows[0].current
    at.context.session = at.context.session_of(SessionRecord(key=1), at.context.memory_store())
    assert not at(":sessions").rows[0].current


def test_a_session_has_another_name_and_the_current_one_knows(at):
    assert at(":sessions rename talk winter") == SessionDone("renamed", "talk", "winter")
    assert at.context.session.record.name == "winter"
    assert at.context.store.sessions.names() == ["winter"]
    assert at.refused(":sessions rename talk x")[0] == "there is no session 'talk'"
    assert at.refused(":sessions rename wintr x")[1] == "did you mean winter?"
    assert at.refused(":sessions rename winter a/b")[0] == "'a/b' cannot be the name of a session"
    at.context.store.sessions.add(SessionRecord(name="other"), [])
    assert at(":sessions rename other third").detail == "third"
    assert at.context.session.record.name == "winter"


def test_a_session_is_deleted_once_the_person_agrees(at):
    at.context.store.sessions.add(SessionRecord(name="other", model="bard"), [])
    question = "Delete talk with all its turns (3)?"
    assert at.refused(":sessions delete talk") == (
        f"cannot ask for confirmation here: {question}",
        "add --yes to do it",
    )
    asked = at.answering(False)
    assert at(":sessions delete talk") == SessionDone("kept", "talk")
    assert at.context.store.sessions.names() == ["other", "talk"]
    assert at(":sessions delete other --yes") == SessionDone("deleted", "other", "")
    assert at.context.session.record.name == "talk"
    at.answering(True)
    assert at(":sessions delete talk") == SessionDone("deleted", "talk")
    assert asked == [question]
    assert at.context.store.sessions.names() == []
    assert not at.context.session.begun


def test_a_session_is_taken_up_or_begun_by_its_name(at):
    at.context.session.record = replace(at.context.session.record, live="/a/run")
    begun = at(":session spring")
    assert begun == SessionPosition("begins with your next words", "spring", 0, None, "")
    assert at.context.session.record == SessionRecord(
        name="spring", model="poet", digest=DIGEST, live="/a/run"
    )
    assert at.context.store.sessions.names() == ["talk"]
    assert at(":session talk") == SessionPosition("going on", "talk", 3, "side", "yz")
    at(":goto main")
    at(":branch dark")
    at.context.session = None
    assert at(":session talk").branch == "dark"
    assert at(":session") == SessionPosition("current session", "talk", 2, "dark", "linesefg")
    at.context.session = None
    assert at(":session new-one").session == "new-one"
    assert at.context.session.record == SessionRecord(name="new-one")
    assert at.refused(":session a/b")[0] == "'a/b' cannot be the name of a session"


def test_without_a_session_the_last_used_one_is_shown(at):
    at.context.session = None
    assert at(":session").session == "talk"
    at.context.session = at.context.session_of(SessionRecord())
    assert at.refused(":session")[0] == "this session has no turns yet"


def test_in_private_no_session_is_taken_up_or_taken_in(at, tmp_path):
    at.context.settings.interface = replace(at.context.settings.interface, private=True)
    refused = ("private is on, and a session keeps what is said", "`set private off` turns it off")
    for line in (":session spring", ":sessions import x.json", ":sessions repair"):
        assert at.refused(line) == refused


def test_a_session_is_exported_as_a_page_and_never_over_a_file(at, tmp_path):
    file = tmp_path / "talk.md"
    assert at(f":export {file}") == SessionDone("exported", "talk", str(file))
    assert "one" in file.read_text()
    assert file.stat().st_mode & 0o044, "it can be shared"
    assert "talk.md" in at.refused(f":export {file}")[0]
    for name, told in (("talk.pdf", "'.pdf'"), ("talk", "'talk'")):
        assert at.refused(f":export {tmp_path / name}") == (
            f"a session cannot be written as {told}",
            "sessions can be written as .csv, .html, .json, .jsonl, .md, .txt",
        )
    assert at(f":export {tmp_path / 'talk.MD2.TXT'}").done == "exported"


def test_what_utf_8_has_not_is_exported_with_an_escape(at, tmp_path):
    keep(at.context.session, said("a\udcffb"))
    at(f":export {tmp_path / 'talk.txt'}")
    assert "\\udcff" in (tmp_path / "talk.txt").read_text("utf-8")


def test_the_answers_are_exported_as_a_table(at, tmp_path):
    at(":keep 2")
    file = tmp_path / "talk.jsonl"
    assert at(f":export {file}") == SavedFile(str(file), 5, ())
    rows = [AnswerRow(**json.loads(line)) for line in file.read_text().splitlines()]
    told = {"model": "poet", "stopped": "length", "made": MADE}
    plain = {"kept": False, "words": "", "branch": "main"}
    assert rows == [
        AnswerRow("cd", "one", "7/1", turn=1, parent=None, **told, **plain),
        AnswerRow("", "two\nlines", "7/1", turn=2, parent=1, **told, **plain),
        AnswerRow("efg", "two\nlines", "7/2", turn=2, parent=1, **told, **plain),
        AnswerRow(
            "x", "three", "7/1", turn=3, parent=1, branch="side", kept=False,
            words="names --count 2", **told,
        ),
        AnswerRow(
            "yz", "three", "7/2", turn=3, parent=1, branch="side", kept=True,
            words="names --count 2", **told,
        ),
    ]  # fmt: skip
    table = tmp_path / "talk.csv"
    at(f":export {table}")
    assert len(list(csv.reader(table.read_text().splitlines()))) == 6
    mixed = tmp_path / "other.csv"
    at(f":export {mixed} --format json")
    assert json.loads(mixed.read_text())[0]["text"] == "cd"


def test_an_exported_session_comes_back_under_its_name_or_another(at, tmp_path):
    file = tmp_path / "talk.json"
    at(f":export {file}")
    assert at.refused(f":sessions import {file}") == (
        "there is a session talk already",
        "give another name: --name NAME",
    )
    assert at(f":sessions import {file} --name back") == SessionDone("imported", "back", "3 turns")
    store = at.context.store
    assert [turn.said for turn in store.turns.all(store.sessions.find("back").key)] == [
        turn.said for turn in store.turns.all(store.sessions.find("talk").key)
    ]
    assert (
        at.refused(f":sessions import {file} --name a/b")[0]
        == "'a/b' cannot be the name of a session"
    )
    at(":sessions delete talk --yes")
    assert at(f":sessions import {file}").session == "talk"


def test_what_is_no_session_is_refused_with_its_file(at, tmp_path):
    file = tmp_path / "odd.json"
    file.write_text("{}")
    message, _ = at.refused(f":sessions import {file}")
    assert message.startswith(f"cannot import {file}: ")
    _, hint = at.refused(f":sessions import {tmp_path / 'gone.json'}")
    assert hint == "name a .json file that `export FILE` wrote"


WORDS = {
    ("names", "drugs", "-n", "3"): None,
    ("names", "/etc/passwd", "-n", "3"): ("names", "--count", "3"),
    ("names", "~/x"): ("names",),
    ("names", ".."): ("names",),
    ("names", "--against", "-"): ("names",),
    ("names", "--ends", "a/b"): None,
    ("sample", "--prompt", "@secret"): ("sample", "--prompt", "told"),
    ("sample", "--prompt", "@"): ("sample", "--prompt", "told"),
    ("poem", "@secret"): ("poem", "told"),
    ("names", "--nonsense", "/etc/passwd"): ("names", "--nonsense", "/etc/passwd"),
}


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_strangers_session_names_no_file_of_this_machine(at, tmp_path, words):
    keep(at.context.session, said("told", words=words, moves=False))
    kept = WORDS[words]
    at(f":export {tmp_path / 'talk.json'}")
    at(f":sessions import {tmp_path / 'talk.json'} --name back")
    turns = at.context.store.turns.all(at.context.store.sessions.find("back").key)
    if kept is None:
        kept = request_of(at.context, at.context.session.turn).words
    assert turns[-1].said.words == kept
    assert turns[0].said.words == ()


def test_a_prompt_that_names_a_file_too_is_left_out(at, tmp_path):
    keep(at.context.session, said("@secret", words=("sample", "--prompt", "@secret"), moves=False))
    at(f":export {tmp_path / 'talk.json'}")
    at(f":sessions import {tmp_path / 'talk.json'} --name back")
    turns = at.context.store.turns.all(at.context.store.sessions.find("back").key)
    assert "@secret" not in turns[-1].said.words


def test_the_model_of_an_imported_session_is_kept_where_it_is_here(at, home, registry, tmp_path):
    digest = put_model(home, registry.backends.find("numpy"))
    session = at.context.session
    session.record = replace(session.record, digest=digest)
    at.context.store.sessions.set_model(session.record)
    at(f":export {tmp_path / 'talk.json'}")
    at(f":sessions import {tmp_path / 'talk.json'} --name back")
    assert (home / "models" / f"{digest}.safetensors").exists()


def test_what_a_turn_asked_is_asked_again_with_the_model_that_there_is(at, home, registry):
    digest = put_model(home, registry.backends.find("numpy"), "namer", kind="names")
    turn = at.context.session.turn

    def asked(words, model="namer", digest=digest):
        changed = replace(turn, said=replace(turn.said, words=words, model=model, digest=digest))
        return request_of(at.context, changed)

    assert asked(()).values == {"text": "three"}
    assert asked(("names", "namer")).values == {"model": "namer"}
    assert asked(("names", "gone")).values == {"model": "namer"}
    assert asked(("names", "gone"), digest=DIGEST).values == {"model": DIGEST}
    assert asked(("names", "-n", "2")).values == {"count": 2}
    assert asked(("names", "--sort", "score")).values == {"sort": "loss"}
    assert asked(("names", "namer", "--sort", "length")).values == {
        "model": "namer",
        "sort": "length",
    }


@pytest.fixture
def poet(home, registry):
    return put_model(home, registry.backends.find("numpy"))


def test_the_file_of_the_sessions_is_checked_and_counted(at, poet):
    file = at.context.store_file
    assert at(":sessions check") == (f"{file} is sound: sessions (1), turns (3), states (0)")
    assert at(":sessions repair") == "there is nothing to repair"


def test_without_a_file_there_is_nothing_to_check(hand):
    assert hand()(":sessions check") == "there is no session yet"


def test_what_is_wrong_with_the_file_is_told_and_mended(at):
    file = at.context.store_file
    at.context.close()
    with sqlite3.connect(file) as connection:
        connection.execute("update turns set parent = 77 where number = 2")
    connection.close()
    message, hint = at.refused(":sessions check")
    assert message.startswith(f"{file}, 1 fault: ")
    assert "`sessions repair`" in hint
    mended = at(":sessions repair")
    assert mended[0] == "kept: sessions (1), turns (3)"
    assert mended[1].startswith("as it was before: ")
    assert mended[2].startswith("mended or left out: ")
    assert at(":sessions check").startswith(f"{file} is sound: sessions (1)")


def test_a_session_goes_on_in_the_file_that_was_mended(at):
    assert at.context.session.store is at.context.store
    with at.context.store_closed():
        pass
    assert at.context.session.store is at.context.store
    assert (at.context.session.record.name, at.context.session.turn.number) == ("talk", 3)
    with at.context.store_closed():
        at.context.store_file.unlink()
    assert (at.context.session.record.name, at.context.session.begun) == ("talk", False)
    elsewhere = at.context.session_of(SessionRecord(), at.context.memory_store())
    at.context.session = elsewhere
    with at.context.store_closed():
        pass
    assert at.context.session is elsewhere
