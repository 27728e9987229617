"""What a program in Python is given: names, answers, sessions, figures and errors."""

import pytest

import charplay as package
from charplay.api import open_reference, open_workspace
from charplay.errors import CharplayError, UsageError
from charplay.generation.options import Seed
from charplay.insight.surprise import ScoredLine
from charplay.sessions.choice import SessionChoice
from charplay.training.events import Kept, Started
from charplay.workspace import Workspace
from tests.conftest import installed_plugins, make_environment

POET, NAMER = "shakespeare", "dinosaurs"


@pytest.fixture(autouse=True)
def own_home(home, monkeypatch):
    """An empty data home that is the usual one; plugins are found once."""
    monkeypatch.setenv("CHARPLAY_HOME", str(home))
    monkeypatch.setattr("charplay.api.find_plugins", lambda environment: installed_plugins())
    return home


@pytest.fixture
def trained(own_home):
    """A small model, and the events of its training."""
    events = []
    text = own_home.parent / "mine.txt"
    text.write_text("\n".join(f"{a}{b}{c}" for a in "abcd" for b in "eiou" for c in ("na", "rus")))
    model = package.train(text, backend="ngram", name="mine", order=2, on_event=events.append)
    return model, events, text


def test_a_model_is_trained_kept_and_given_with_each_event_on_the_way(trained, own_home):
    model, events, _ = trained
    assert (model.name, model.header.backend, model.header.config["order"]) == ("mine", "ngram", 2)
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Kept)
    assert [entry.name for entry in package.models() if not entry.shipped] == ["mine"]
    assert package.open_session(model=None).use("mine") is None


def test_a_run_that_is_not_waited_for_is_given_itself(own_home):
    run = package.train(NAMER, backend="ngram", name="later", order=2, wait=False)
    last = list(run.events())[-1]
    assert isinstance(last, Kept)
    assert (last.name, run.model().digest) == ("later", last.digest)


def test_how_a_text_is_read_is_told_by_words_of_their_own(own_home):
    table = own_home.parent / "table.csv"
    rows = "\n".join(
        f"{n};{a}{b}rus" for n, (a, b) in enumerate((a, b) for a in "abcd" for b in "eiou")
    )
    table.write_text("n;name\n" + rows)
    model = package.train(
        table, backend="ngram", column="name", kind="names", header="yes", separator="semicolon"
    )
    assert model.model.kind == "names"
    assert "0" not in model.model.vocabulary.characters


@pytest.mark.parametrize("wrong", [3, b"x.txt", ["x"]])
def test_what_is_no_text_or_model_is_refused(wrong):
    if wrong == b"x.txt":
        wrong = object()
    with pytest.raises(UsageError, match="is no corpus") as told:
        package.train(wrong)
    assert told.value.hint == "give a corpus by name, or the path of a file"
    with pytest.raises(UsageError, match="is no model"):
        package.train(NAMER, base=wrong)
    with pytest.raises(UsageError, match="is no text") as told:
        package.sample(3, NAMER)
    assert told.value.hint == "give a str"


def test_names_are_ten_unless_told_and_of_the_form_asked_for():
    assert len(package.names(NAMER, seed=7)) == 10
    names = package.names(NAMER, n=3, seed=7, starts="Ty", max_length=9)
    assert len(names) == 3
    assert all(name.text.lower().startswith("ty") and len(name.text) <= 9 for name in names)
    with pytest.raises(UsageError, match="shakespeare is a model of prose") as told:
        package.names(POET)
    assert told.value.hint == "name a model of names"


def test_a_longest_answer_that_is_given_binds_names_too():
    assert all(len(name.text) <= 4 for name in package.names(NAMER, n=5, seed=7, max_chars=4))
    form = {"starts": "Tyrannosaur", "max_length": 40}
    free = package.names(NAMER, n=3, seed=7, **form)
    bound = package.names(NAMER, n=3, seed=7, max_chars=12, **form)
    assert max(len(name.text) for name in free) > 12
    assert all(len(name.text) <= 12 for name in bound)


def test_names_may_be_new_only_once_or_far_from_those_known():
    likely = {"n": 9, "seed": 7, "temperature": 0.2}
    repeated = package.names(NAMER, **likely)
    assert len({name.text for name in repeated}) < len(repeated)
    assert {name.listed for name in repeated} != {"new"}
    unique = package.names(NAMER, unique=True, **likely)
    assert len({name.text for name in unique}) == len(unique)
    assert {name.listed for name in package.names(NAMER, new=True, **likely)} == {"new"}
    far = package.names(NAMER, min_distance=3, n=3, seed=7)
    assert all(name.edits >= 3 for name in far)


def test_names_are_compared_with_another_list_and_prose_is_none(own_home):
    other = own_home.parent / "other.txt"
    other.write_text("zzzzzz\nyyyyyy\n")
    [name] = package.names(NAMER, n=1, seed=7, against=str(other))
    assert name.nearest in ("zzzzzz", "yyyyyy")
    with pytest.raises(UsageError, match="sonnets is prose") as told:
        package.names(NAMER, n=1, against="sonnets")
    assert told.value.hint == "name a list of names"


def test_one_answer_is_given_unless_more_are_asked_for():
    [answer] = package.sample("Ty", NAMER, seed=7)
    assert answer.text.lower().startswith("ty")
    assert [each.number for each in package.sample("Ty", NAMER, n=3, seed=7)] == [1, 2, 3]
    [prose] = package.sample("The ", POET, seed="7/2", max_chars=12)
    assert (prose.number, len(prose.text)) == (2, 12)


def test_a_poem_is_verse_of_the_poet_unless_another_model_is_named():
    poem = package.poem("Shall I compare thee to a summer's day?", seed=7, lines=2)
    assert poem.text.count("\n") == 3, "the line end of the reader's own line is free"
    with pytest.raises(UsageError, match="dinosaurs is a model of names"):
        package.poem("O", NAMER)


def test_a_poem_has_thirteen_lines_below_the_readers():
    assert package.poem("Shall I compare thee", seed=7).text.count("\n") == 14


def test_there_are_models_and_texts_by_name():
    assert {POET, NAMER} <= {entry.name for entry in package.models()}
    assert {"dinosaurs", "sonnets"} <= {entry.name for entry in package.corpora()}


def test_a_data_home_of_ones_own_may_be_given(tmp_path, trained):
    assert "mine" not in {entry.name for entry in package.models(home=tmp_path / "other")}
    assert open_workspace(tmp_path / "x").environment.home == tmp_path / "x"


def test_a_model_that_is_open_is_the_one_that_is_meant(own_home):
    workspace = open_workspace(own_home)
    opened = open_reference(workspace, NAMER)
    assert open_reference(workspace, opened) is opened
    assert open_reference(workspace, str(opened.path)).digest == opened.digest
    assert open_reference(workspace, None).name == workspace.library.usual


# Sessions.


def test_a_conversation_goes_on_back_and_to_the_side():
    with package.open_session("talk", POET) as session:
        assert (session.turn, session.turns(), session.text) == (None, [], "")
        first = session.say("The ", seed=7, max_chars=5)
        second = session.say("and ", seed=7, max_chars=5)
        assert [turn.number for turn in session.turns()] == [1, 2]
        assert session.turn == second
        assert session.text == "The " + first.said.replies[0].text + "and " + (
            second.said.replies[0].text
        )
        again = session.retry()
        assert (again.said.prompt, again.said.seed, again.parent) == ("and ", 8, second.parent)
        assert session.undo() == again
        assert session.turn == first
        assert session.redo() == again
        session.goto(1)
        assert session.turn == first
        assert session.branch("side") == "side"
        assert session.say("x", seed=9, max_chars=3).parent == first.number
        assert repr(session) == f"<OpenSession talk: 4 turns with {POET}>"


def test_a_session_is_found_as_it_was_left():
    with package.open_session("talk", POET) as session:
        session.say("The ", seed=7, max_chars=5)
    with package.open_session("talk") as session:
        assert session.turn.said.prompt == "The "
        assert session.say("x", max_chars=3).said.model == POET
    with package.open_session() as session:
        assert repr(session) == "<OpenSession not kept: 0 turns with no model yet>"


def test_names_answer_five_at_a_turn_unless_told_and_prose_once():
    with package.open_session(model=NAMER) as session:
        assert len(session.say("Ty", seed=7).said.replies) == 5
        assert len(session.say("Ty", 2, seed=7).said.replies) == 2
        assert len(session.retry().said.replies) == 2
        session.use(POET)
        assert session.say("The ", 1, max_chars=3).said.model == POET
        assert session.say("The ", max_chars=3).said.model == POET
        for count in (2, 0):
            with pytest.raises(UsageError, match="goes on with one answer") as told:
                session.say("The ", count)
            assert told.value.hint == "`sample` gives several"


def test_a_model_that_is_used_is_the_one_in_use_from_then_on(trained):
    assert open_workspace(None).library.usual != "mine"
    with package.open_session() as session:
        session.use("mine")
        assert session.say("a", n=1).said.model == "mine"
    assert open_workspace(None).library.usual == "mine"
    with package.open_session() as session:
        session.use(open_reference(open_workspace(None), NAMER))
        assert session.say("a", n=1).said.model == NAMER


def test_a_session_that_is_closed_answers_no_more():
    session = package.open_session("talk", POET)
    store = session._workspace.store
    session.close()
    session.close()
    assert repr(session) == "<OpenSession, closed>"
    assert session._workspace._store is not store
    with pytest.raises(CharplayError, match="this session is closed") as told:
        session.say("x")
    assert told.value.hint == "open it again: open_session(NAME)"


def test_a_with_closes_its_session():
    with package.open_session("talk", POET) as session:
        pass
    with pytest.raises(CharplayError):
        session.undo()


# Taking apart.


def test_what_a_model_expects_is_told_before_and_after_the_cuts():
    told = package.probs("Ty", NAMER, n=3, temperature=0.5, top_k=2)
    assert (told.model, told.text, len(told.characters)) == (NAMER, "ty", 3)
    assert told.options == "temperature 0.5, top-k 2"
    assert told.notices == ()
    assert [each.drawn > 0 for each in told.characters] == [True, True, False]
    assert len(package.probs("Ty", NAMER).characters) == 10
    [notice] = package.probs("Ty\u4e00", NAMER).notices
    assert "\u4e00" in notice


def test_a_name_cannot_end_before_it_begins_and_prose_may_begin_with_a_line_end():
    def end_of(model, text):
        found = package.probs(text, model, n=100)
        [end] = [each for each in found.characters if each.character == "\n"]
        return end.drawn

    assert end_of(NAMER, "") == 0
    assert end_of(NAMER, "tyrannosaurus") > 0
    assert end_of(POET, "") > 0


def test_each_character_of_an_answer_is_explained():
    [name] = package.sample("Ty", NAMER, seed=7)
    choices = package.why(name, "Ty", NAMER)
    told = "".join(choice.character for choice in choices)
    assert told == name.text + "\n"
    assert [choice.came for choice in choices[:3]] == ["given", "given", "drawn"]
    assert all(choice.repeats for choice in choices)
    [cut] = package.sample("Ty", NAMER, seed=7, max_chars=4)
    assert "".join(each.character for each in package.why(cut, "Ty", NAMER, max_chars=4)) == (
        cut.text
    )


def test_prose_is_explained_after_its_prompt():
    [answer] = package.sample("The ", POET, seed=7, max_chars=9)
    choices = package.why(answer, "The ", POET, max_chars=9)
    assert "".join(choice.character for choice in choices) == answer.text
    assert {choice.came for choice in choices} == {"drawn"}
    assert all(choice.repeats for choice in choices)


def test_the_lines_of_a_text_are_scored_each():
    lines = package.surprise("Shall I\ncompare", POET)
    assert all(isinstance(line, ScoredLine) for line in lines)
    assert len(lines) == 2


def test_a_text_is_scored_and_learned_where_that_is_asked_for():
    text = "Shall I compare thee to a summer's day?"
    plain, learned = package.score(text, POET), package.score(text, POET, adaptive=True)
    assert plain.model == learned.model == POET
    assert plain.adapted is None
    assert learned.bits == pytest.approx(plain.bits)
    assert learned.adapted < learned.bits


# A data home and its sessions.


@pytest.fixture
def workspace(home):
    made = Workspace(make_environment(home), installed_plugins())
    yield made
    made.close()


def test_a_session_is_that_of_a_choice(workspace):
    kept = workspace.store
    nowhere = workspace.open_session(SessionChoice(nowhere=True), last=True)
    unnamed = workspace.open_session(SessionChoice())
    assert nowhere.store is not kept
    assert unnamed.store is not kept
    last, new = (
        workspace.open_session(SessionChoice(), last=True),
        workspace.open_session(SessionChoice(new=True)),
    )
    named = workspace.open_session(SessionChoice("mine"))
    assert {each.store for each in (last, new, named)} == {kept}
    assert named.record.name == "mine"


def test_the_last_session_is_gone_on_with_unless_a_new_one_is_asked_for(workspace, own_home):
    with package.open_session("talk", NAMER) as session:
        session.say("Ty", 1, seed=7)
    last = workspace.open_session(SessionChoice(), last=True)
    assert last.record.name == "talk"
    assert workspace.open_session(SessionChoice(new=True), last=True).record.name != "talk"


def test_a_store_is_opened_once_and_anew_after_it_was_closed(workspace, home):
    assert workspace.take_store_faults() == ""
    store = workspace.store
    assert workspace.store is store
    assert workspace.take_store_faults() == ""
    store.take_faults = lambda: "something"
    assert workspace.take_store_faults() == "something"
    closed = []
    store.close, close = lambda: closed.append(1), store.close
    workspace.close()
    close()
    assert closed == [1]
    assert workspace.store is not store
    assert workspace.store_file == home / "sessions.db"
    assert repr(workspace).startswith("Workspace(environment=")
    assert " _store=" not in repr(workspace)


def test_a_seed_is_a_number_or_a_label():
    assert package.sample("Ty", NAMER, seed=7) == package.sample("Ty", NAMER, seed="7/1")
    assert package.sample("Ty", NAMER, seed=Seed(7)) == package.sample("Ty", NAMER, seed=7)
