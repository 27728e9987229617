"""Sessions as a person types them: what is shown, what is asked, what is refused."""

import csv
import io
import json
import time
from datetime import UTC, datetime

import pytest

from charplay.sessions.choice import SessionChoice
from charplay.sessions.store import Store
from charplay.sessions.tree import SessionRecord
from tests.sessions.conftest import Start, put_model, saying


@pytest.fixture
def start(home, registry):
    return Start(home, registry)


@pytest.fixture
def poet(home, registry):
    put_model(home, registry.backends.find("numpy"))
    return home


def rows(said):
    return {row["session"]: row for row in csv.DictReader(io.StringIO(said.out))}


def last_json(said):
    return json.loads(said.lines[-1])


def test_where_one_stands_is_told_after_every_move(start, poet):
    said = start(
        "abc", "fed", ":undo", ":branch darker", "bad", ":goto main", ":goto 0", ":session"
    )
    told = [line for line in said.lines if ": session talk-1, " in line]
    assert told == [
        "went back before turn 2: session talk-1, after turn 1, in main",
        "the next turn begins the branch darker: session talk-1, after turn 1, in darker",
        "went to main: session talk-1, after turn 2, in main",
        "went to 0: session talk-1, at the beginning",
        "current session: session talk-1, at the beginning",
    ]
    assert said.err == ""


def test_the_tree_is_drawn_with_its_branches_beside_it(start, poet):
    said = start("abc", "fed", ":undo", ":branch darker", "bad", ":goto main", ":tree")
    drawn = zip(said.lines[-3:], ("○1 [main] abc", "├─●2 fed", "└─ 3 [darker] bad"), strict=True)
    assert all(line.startswith(begins) for line, begins in drawn)
    tree = last_json(start(":tree --format json"))
    assert [(row["turn"], row["parent"], row["current"]) for row in tree["rows"]] == [
        (1, None, False), (2, 1, True), (3, 1, False),
    ]  # fmt: skip


def test_several_beginnings_are_drawn_from_one(start, poet):
    said = start("abc", ":goto 0", "fed", ":tree")
    assert [line[:4] for line in said.lines[-3:]] == ["○", "├─ 1", "└─●2"]


def test_a_tree_without_turns_says_how_to_get_one(start, poet):
    said = start(":session winter", ":tree")
    assert "this session has no turns yet" in said.err
    assert "say something first" in said.err


def test_nothing_in_a_text_acts_on_the_terminal_when_it_is_shown(start, poet):
    nasty = "abc \x1b[31m\x07\x9b"
    said = start(nasty, ":tree", ":sessions", ":keep", ":kept", f":sessions search {nasty}")
    assert said.err == ""
    assert not set(said.told) & {"\x1b", "\x07", "\x9b"}


def test_the_list_has_model_turns_and_the_last_line(start, poet):
    start("abc", "fed")
    listed = rows(start(":sessions --format csv"))
    assert listed["talk-1"]["model"] == "poet"
    assert listed["talk-1"]["turns"] == "2"
    assert listed["talk-1"]["current"] == "True"
    text = start(":sessions").out
    assert all(word in text for word in ("session", "model", "turns", "last line", "poet"))


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone cannot be set here")
def test_when_a_session_was_last_used_is_told_in_the_persons_own_time(start, home, monkeypatch):
    home.mkdir(exist_ok=True)
    store = Store(home / "sessions.db", lambda: datetime(2024, 1, 1, 20, 30, tzinfo=UTC))
    store.turns.add(SessionRecord(), saying(), None, None)
    store.close()
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Etc/GMT-9")
        time.tzset()
        said = start(":sessions")
    time.tzset()
    assert "2024-01-02 05:30" in said.out


def test_a_session_is_found_by_a_text_in_it(start, poet):
    start("abc deaf", ":session other", "fed")
    assert set(rows(start(":sessions search --format csv C deaf"))) == {"talk-1"}
    assert start(":sessions search no such").notes.splitlines() == ["no session holds 'no such'"]


def test_a_session_of_a_name_is_made_or_taken_up(start, poet):
    said = start("abc", ":session winter", "fed", ":session talk-1", ":session winter")
    told = [line for line in said.lines if ": session " in line]
    assert told == [
        "begins with your next words: session winter, at the beginning",
        "going on: session talk-1, after turn 1, in main",
        "going on: session winter, after turn 1, in main",
    ]
    assert start(":session").lines[0] == "current session: session winter, after turn 1, in main"


@pytest.mark.parametrize("line", [":session talk-1", ":goto 0", ":undo", ":model poet"])
def test_the_next_start_goes_on_in_the_session_last_used_whatever_was_done_there(start, poet, line):
    start("abc")
    start("fed", keeping=SessionChoice(new=True))
    start(line, keeping=SessionChoice("talk-1"))
    assert "session talk-1, " in start(":session").lines[0]


def test_what_is_only_looked_for_is_not_begun(start, poet, charplay):
    start("abc")
    said = charplay("--session", "tlak-1", "tree")
    assert said.err.count("error: ") == 1
    assert set(rows(start(":sessions --format csv"))) == {"talk-1"}


def test_a_session_begun_where_another_was_deleted_has_the_models_name(start, poet):
    start("abc")
    start("fed", ":sessions delete talk-1 --yes", "fed")
    assert rows(start(":sessions --format csv"))["talk-2"]["model"] == "poet"


def test_a_new_session_goes_on_with_the_same_model(home, start, registry):
    backend = registry.backends.find("numpy")
    put_model(home, backend)
    start("abc")
    put_model(home, backend, "other", seed=1)
    start(":session winter", "abc")
    assert rows(start(":sessions --format csv"))["winter"]["model"] == "poet"


def test_rename_and_delete_and_the_question_before(start, poet):
    start("abc", ":sessions rename talk-1 winter")
    assert set(rows(start(":sessions --format csv"))) == {"winter"}
    assert start(":sessions delete winter", answer=False).lines == ["session winter kept"]
    assert start(":sessions delete winter", answer=True).lines == ["session winter deleted"]
    assert start(":sessions").notes.splitlines() == ["there is no session yet; say something"]


def test_where_nobody_can_be_asked_the_flag_is_named_and_nothing_done(charplay, start, poet):
    start("abc")
    said = charplay("sessions", "delete", "talk-1")
    assert (said.status, said.out) == (2, "")
    assert "add --yes" in said.err
    assert charplay("sessions", "delete", "talk-1", "--yes").status == 0


@pytest.mark.parametrize("typed", ["y\n", "YES\n"])
def test_a_person_at_the_shell_is_asked(charplay, start, poet, typed):
    start("abc")
    question = "Delete talk-1 with all its turns (1)? [y/N] "
    said = charplay("sessions", "delete", "talk-1", stdin="\n", tty=True, TERM="dumb")
    assert said.out == question + "session talk-1 kept\n"
    said = charplay("sessions", "delete", "talk-1", stdin=typed, tty=True, TERM="dumb")
    assert said.out == question + "session talk-1 deleted\n"


def test_deleting_the_session_that_one_is_in_begins_another(start, poet):
    said = start("abc", ":sessions delete talk-1 --yes", "fed", ":session")
    assert said.err == ""
    assert said.lines[-2].startswith("current session: session talk-2, after turn 1")


@pytest.mark.parametrize(
    "line",
    [
        ":sessions rename talk-1",
        ":sessions rename talk-1 a b",
        ":sessions rename nobody a",
        ":sessions rename talk-1 ../a",
        ":sessions delete",
        ":sessions delete nobody",
        ":sessions search",
        ":sessions list talk-1",
        ":sessions nonsense",
        ":session ../a",
        ':session ""',
        ':session "talk-1 "',
        ":goto",
        ":goto nowhere",
        ":branch a/b",
        ":branch 7",
        ":keep 9",
        ":keep x",
        ":export",
        ":retry --seed x",
        ":undo now",
    ],
)
def test_what_cannot_be_is_one_line_and_what_to_type_next(start, poet, line):
    said = start("abc", line, ":session")
    assert said.err.startswith("error: ")
    assert "broke" not in said.err
    assert said.err.count("\n") == 2
    assert "current session: session talk-1, after turn 1" in said.lines[-2]


@pytest.mark.parametrize("line", [":undo", ":retry", ":keep", ":tree", ":branch a", ":export a.md"])
def test_before_the_first_turn_there_is_nothing_to_do_it_with(start, home, line):
    said = start(line)
    assert said.err.count("error: ") == said.err.count("\n  → ") == 1


def test_answers_are_kept_by_the_number_beside_them(start, home):
    said = start("Tyr", ":keep", ":keep 2", ":keep 7/4", ":kept --format csv")
    assert said.err.startswith("error: which of the 5 answers?")
    answers = dict(line.split()[::-1] for line in said.lines[:5])
    favourites = list(csv.DictReader(io.StringIO("\n".join(said.lines[-3:]))))
    assert [row["text"] for row in favourites] == [answers["7/2"], answers["7/4"]]
    assert [row["label"] for row in favourites] == ["7/2", "7/4"]
    assert favourites[0]["session"] == "talk-1"


def test_kept_is_of_the_session_or_of_all(start, home):
    start("Tyr", ":keep 1", ":session other", "Ann", ":keep 1")
    assert len(last_json(start(":kept --format json"))) == 1
    assert len(last_json(start(":kept --all --format json"))) == 2


def test_prune_shows_asks_and_removes_only_what_nothing_needs(home, start, registry):
    backend = registry.backends.find("numpy")
    in_session = put_model(home, backend)
    start("abc")
    unneeded = put_model(home, backend, seed=1)
    named = put_model(home, backend, seed=2)
    pruned = last_json(start(":models prune --format json"))
    assert [row["digest"] for row in pruned] == [unneeded]
    said = start(":models prune")
    size = (home / "models" / f"{unneeded}.safetensors").stat().st_size
    assert f"1 version, {size:,} bytes; :models prune --yes removes them" in said.notes
    start(":models prune", answer=False)
    assert len(list((home / "models").glob("*.safetensors"))) == 3
    start(":models prune", answer=True)
    left = {path.stem for path in (home / "models").glob("*.safetensors")}
    assert left == {in_session, named}
    assert (
        "nothing to remove: every version has a name or a session" in start(":models prune").notes
    )
    start(":sessions delete talk-1 --yes", ":models prune --yes")
    assert {path.stem for path in (home / "models").glob("*.safetensors")} == {named}


def test_a_model_that_is_removed_stays_for_the_sessions_that_talk_with_it(start, poet):
    start("abc")
    said = start(":models remove poet --yes", "fed", ":retry")
    assert said.err == ""


def test_in_a_script_the_session_goes_on_with_the_model_just_trained(start, poet):
    said = start("abc", ":train dinosaurs --quick", "Tyr", ":sessions --format csv", ":model")
    assert said.err == ""
    [listed] = csv.DictReader(io.StringIO("\n".join(said.lines[-3:-1])))
    assert (listed["session"], listed["model"], listed["turns"]) == ("talk-1", "dinosaurs", "2")
    assert said.lines[-1].startswith("dinosaurs (")
