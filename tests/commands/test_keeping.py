"""Keeping, going back and forth, trying again, renaming: as a person types them."""

import csv
import io
import json

import pytest

from charplay.models.library import Library
from charplay.sessions.choice import SessionChoice
from tests.sessions.conftest import Start, put_model


@pytest.fixture
def backend(registry):
    return registry.backends.find("numpy")


@pytest.fixture
def start(home, registry):
    return Start(home, registry)


@pytest.fixture
def poet(home, backend):
    put_model(home, backend)
    return home


@pytest.fixture
def namer(home, backend):
    put_model(home, backend, "namer", kind="names")
    return home


def kept(start):
    return [row["label"] for row in csv.DictReader(io.StringIO(start(":kept --format csv").out))]


def positions(said):
    return [line.split(":")[0] for line in said.lines if ": session " in line]


@pytest.mark.parametrize("typed", ["1 3", "1,3", "1, 3", "7/1 7/3"])
def test_several_answers_are_kept_at_once(start, namer, typed):
    said = start("ab", f":keep {typed}")
    assert said.err == ""
    assert [line.split(" · ")[1] for line in said.lines if line.startswith("kept: ")] == [
        "7/1", "7/3",
    ]  # fmt: skip
    assert kept(start) == ["7/1", "7/3"]


def test_an_answer_is_kept_by_its_text_in_any_turn(start, namer):
    said = start("ab", "fed", ":tree --format json")
    texts = json.loads(said.lines[-1])["rows"][0]["glimpse"].split(", ")
    said = start(f":keep {texts[1]}")
    assert (said.err, said.out) == ("", f"kept: {texts[1]} · 7/2\n")
    [favourite] = json.loads(start(":kept --format json").out)
    assert (favourite["turn"], favourite["text"]) == (1, texts[1])


def test_an_answer_of_an_earlier_turn_is_kept_by_the_turns_number(start, namer):
    said = start("ab", "fed", ":keep 2-3 --turn 1", ":keep 1 --turn 9")
    assert said.err == "error: there is no turn 9\n  → :tree shows the turns\n"
    rows = json.loads(start(":kept --format json").out)
    assert [(row["turn"], row["label"]) for row in rows] == [(1, "7/2"), (1, "7/3")]


def test_a_turn_without_an_answer_is_passed_over(start, namer):
    said = start("ab", ":names -n 1 --starts a --ends zzz --max-length 4", ":keep 1")
    assert "kept: ab" in said.out


@pytest.mark.parametrize("typed", ["3", "7/3", "2-4"])
def test_unkeep_takes_a_favourite_back_in_the_same_ways(start, namer, typed):
    start("ab", ":keep 1 3")
    said = start(f":unkeep {typed}")
    assert (said.err, said.out.startswith("no longer kept: ab")) == ("", True)
    assert kept(start) == ["7/1"]


def test_unkeep_without_a_number_takes_the_only_favourite_back_wherever_it_was(start, namer):
    start("ab", ":keep 2", "fed")
    assert start(":unkeep").err == ""
    assert kept(start) == []
    assert start(":unkeep").err.startswith("error: nothing is kept here\n  → :kept ")
    assert start(":unkeep 2 --turn 1").err.startswith("error: turn 1 has no answer that is kept")


def test_all_means_each_answer_of_the_turn(start, namer):
    start("ab", ":keep all", ":names -n 2", ":keep all", ":unkeep all")
    assert kept(start) == [f"7/{number}" for number in range(1, 6)]


def test_what_is_not_kept_cannot_be_taken_back(start, namer):
    start("ab", ":keep 1")
    assert start(":unkeep 2").err.startswith("error: turn 1 has no answer 2\n  → turn 1 has 1;")
    assert kept(start) == ["7/1"]


@pytest.mark.parametrize("asked", [":poem abc", "abc", ":sample --prompt abc"])
def test_kept_prose_has_its_opening_line(start, poet, asked):
    said = start(asked, ":keep")
    assert said.lines[-1].startswith("kept: abc")
    [favourite] = json.loads(start(":kept --format json").out)
    assert favourite["text"].startswith("abc")
    assert len(favourite["text"]) > 3
    assert "abcabc" not in start(":kept").out


def test_a_kept_name_has_its_beginning_once(start, namer):
    start(":sample --prompt ab", ":keep", "ab", ":keep 1")
    for favourite in json.loads(start(":kept --format json").out):
        assert favourite["text"].startswith("ab")
        assert not favourite["text"].startswith("abab")


def test_kept_turns_have_a_mark_in_the_tree(start, namer):
    said = start("ab", "fed", ":keep 1 --turn 1", ":tree")
    assert said.lines[-2].startswith("○1 ★ [main] ab")
    assert said.lines[-1].startswith("●2 fed")
    rows = json.loads(start(":tree --format json").out)["rows"]
    assert [row["kept"] for row in rows] == [1, 0]


def test_redo_is_the_way_back_from_undo(start, poet):
    said = start("abc", "fed", "bad", ":undo", ":undo", ":redo", ":redo", ":redo")
    assert positions(said) == [
        "went back before turn 3", "went back before turn 2",
        "went forward to turn 2", "went forward to turn 3",
    ]  # fmt: skip
    assert said.err == "error: there is no turn to redo here\n  → :tree shows the turns\n"


def test_redo_goes_to_the_turn_undone_and_not_to_a_younger_one(start, poet):
    said = start("abc", "fed", ":undo", "bad", ":goto 2", ":undo", ":redo")
    assert positions(said)[-1] == "went forward to turn 2"


def test_what_is_said_after_undo_leaves_nothing_to_redo(start, poet):
    said = start("abc", "fed", ":undo", "bad", ":redo")
    assert "there is no turn to redo here" in said.err


def test_redo_at_the_next_start_goes_on_where_only_one_turn_follows(start, poet):
    start("abc", "fed", ":undo", ":undo")
    assert positions(start(":redo")) == ["went forward to turn 1"]
    start(":undo", "bad", ":undo")
    said = start(":redo")
    assert said.err.startswith("error: 2 turns follow here, and none of them was undone\n")
    assert ":goto 3 goes to one: 1, 3" in said.err


def test_retry_tells_the_temperature_and_what_else_is_not_the_models_own(start, poet):
    said = start("abc", ":retry", ":retry --temperature 2 --top-p 0.9", ":retry")
    notes = [line for line in said.told.splitlines() if line.startswith("note: ")]
    assert notes == [
        "note: again at temperature 1",
        "note: again at temperature 2, top-p 0.9",
        "note: again at temperature 2, top-p 0.9",
    ]


@pytest.mark.parametrize(
    ("options", "varied"),
    [
        ("--temperature 0", "--temperature 1"),
        ("--greedy", "--greedy=off --temperature 1"),
        ("--top-k 1", "--top-k none"),
        ("--greedy --temperature 0", "--greedy=off --temperature 1"),
    ],
)
@pytest.mark.parametrize("asked", ["abc", ":names namer -n 2", ":poem abc"])
def test_a_greedy_retry_says_that_it_cannot_differ(home, backend, start, asked, options, varied):
    put_model(home, backend, "namer", kind="names")
    put_model(home, backend)
    said = start(asked, f":retry {options}", f":retry {varied}")
    [note] = [line for line in said.told.splitlines() if "no seed can change this" in line]
    assert note.endswith(f":retry {varied} varies it")
    assert "again at" in said.told.rpartition(note)[2], "and so it does"


def test_captions_show_the_options_that_differ_from_the_models_own(start, poet, namer, home):
    said = start(
        ":model poet", ":set temperature 0.5", "abc", ":poem abc", ":sample --lines 2 -n 2"
    )
    captions = [line for line in said.told.splitlines() if line.startswith("poet · ")]
    assert captions == [
        "poet · 7/1 · temperature 0.5",
        "poet · 7/1 · temperature 0.5",
        "poet · 7/1 · temperature 0.5, lines 2",
        "poet · 7/2 · temperature 0.5, lines 2",
    ]
    said = start(":model namer", ":set format json", "ab", ":set temperature 0.5", "ab")
    assert [json.loads(line)["changed"] for line in said.lines[3::2]] == [{}, {"temperature": 0.5}]


def test_a_model_is_renamed_and_sessions_and_the_current_model_follow(home, backend, start):
    put_model(home, backend, "old", kind="names")
    start("ab", ":names old -n 2", keeping=SessionChoice("one"))
    said = start("ab", ":names old -n 2 --seed 3", ":models rename old new", ":retry", ":tree")
    assert said.err == ""
    library = Library(home / "models", lambda name: backend)
    assert (library.own_names(), library.current) == (["new"], "new")
    listed = csv.DictReader(io.StringIO(start(":sessions --format csv").out))
    assert {row["model"] for row in listed} == {"new"}
    said = start("ab", ":retry", keeping=SessionChoice("one"))
    assert (said.err, "retrained" in said.out) == ("", False)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("dinosaurs mine", "dinosaurs comes with charplay and cannot be renamed"),
        ("lost mine", "there is no model 'lost'"),
        ("own dinosaurs", "there is a model dinosaurs already"),
        ("own own", "there is a model own already"),
        ("own ../up", "'../up' cannot be the name of a model"),
        ("own", "models rename needs a"),
    ],
)
def test_a_model_that_cannot_be_renamed_stays_as_it_is(home, backend, start, typed, message):
    put_model(home, backend, "own")
    said = start(f":models rename {typed}")
    assert said.err.startswith(f"error: {message}")
    assert Library(home / "models", lambda name: backend).own_names() == ["own"]


def test_model_says_that_the_session_goes_on_and_how_another_begins(home, backend, start, namer):
    put_model(home, backend)
    said = start("abc", ":model namer", ":session")
    assert "session talk-1 goes on with it; :session NAME begins another" in said.lines
    assert said.lines[-2].startswith("current session: session talk-1, after turn 1")
    assert "goes on with it" not in start(":model poet", keeping=SessionChoice(new=True)).out


def test_a_session_is_stored_when_something_is_said_in_it(start, poet):
    start("abc")
    start(":session winter", ":session", ":model poet")
    assert [row["session"] for row in json.loads(start(":sessions --format json").out)] == [
        "talk-1"
    ]
    start(":session winter", "abc")
    assert len(json.loads(start(":sessions --format json").out)) == 2
