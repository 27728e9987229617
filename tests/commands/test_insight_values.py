"""The commands that take models apart: what each asks of the arithmetic, and what it tells."""

import re
import shutil
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from charplay.commands.comparing import ModelAt
from charplay.commands.standpoint import Standpoint, standpoint
from charplay.commands.study_arguments import NameList, NeuronsArguments, PriorChoice
from charplay.errors import UsageError
from charplay.generation.options import AnswerOptions, choosing_options
from charplay.generation.place import initial_place, read_tokens
from charplay.insight.ablation import Ablation
from charplay.insight.classify import Classifier
from charplay.insight.finding import Findings
from charplay.insight.memorised import find_copies
from charplay.insight.probabilities import next_characters
from charplay.insight.states import last_units, state_after, state_distances
from charplay.insight.surprise import ReadCharacters, ScoredLine, Surprise
from charplay.insight.units import UnitNames, follow_most_varied, follow_units
from charplay.interrupts import Interrupts
from charplay.plan import Plan
from charplay.sessions.session import turn_options
from charplay.sessions.tree import Reply, Utterance
from tests.commands.test_answering_commands import BIRDS, put_learned
from tests.sessions.conftest import put_model

OTHERS = ("hag", "egg", "fee", "bee", "gaff", "cage")


@pytest.fixture(scope="module")
def backend(registry):
    return registry.backends.find("numpy")


@pytest.fixture(scope="module")
def studied(tmp_path_factory, backend):
    """A data home with small models: `poet` and `bard` of prose, three of names."""
    home = tmp_path_factory.mktemp("studied") / "home"
    put_model(home, backend, "bard", seed=2, hidden=8)
    put_model(home, backend, "namer", kind="names", seed=3, hidden=8)
    put_model(home, backend, hidden=8)
    put_learned(home, backend)
    put_learned(home, backend, "other", OTHERS)
    return home


@pytest.fixture
def at(hand, home, studied):
    """Performs lines in a session of the model `poet` in a copy of that data home."""
    shutil.copytree(studied, home)
    return hand(session=True)


def model_of(at, name):
    return at.context.library.open(name)


def place_after(at, name, text):
    model = model_of(at, name).model
    return read_tokens(model, initial_place(model), model.vocabulary.encode(text))


@contextmanager
def pressed():
    """Ctrl-C was pressed at once."""
    interrupts = Interrupts()
    interrupts.count = 1
    yield interrupts


def interrupt(at):
    at.context.environment = replace(at.context.environment, interrupts=pressed)


# Where a model is asked what it expects.


def expected(at, name, text, count=10, fresh=False, shown=None, options=None, notices=()):
    model = model_of(at, name)
    options = options or AnswerOptions(max_chars=12)
    return next_characters(
        model.model,
        place_after(at, name, text),
        options,
        count,
        fresh=fresh,
        model=name,
        text=text if shown is None else shown,
        options=choosing_options(options),
        notices=notices,
    )


def close(one, other):
    """Whether two expectations are the same but for the last digits of a number."""
    plain = replace(one, characters=(), uncertainty=0, drawn_uncertainty=0,
                    others_probability=0, others_drawn=0)  # fmt: skip
    other_plain = replace(other, characters=(), uncertainty=0, drawn_uncertainty=0,
                          others_probability=0, others_drawn=0)  # fmt: skip
    assert plain == other_plain
    assert [c.character for c in one.characters] == [c.character for c in other.characters]
    for mine, its in zip(one.characters, other.characters, strict=True):
        assert mine.probability == pytest.approx(its.probability, abs=1e-5)
        assert mine.drawn == pytest.approx(its.drawn, abs=1e-5)
    return True


def test_what_comes_next_is_asked_after_a_text_of_the_model_named(at):
    assert close(at(":probs -m bard ab"), expected(at, "bard", "ab"))
    assert close(at(":probs -m bard -n 3 ab"), expected(at, "bard", "ab", 3))
    hot = AnswerOptions(max_chars=12, temperature=0.5, top_p=0.9)
    found = at(":probs -m bard --temperature 0.5 --top-p 0.9 ab")
    assert close(found, expected(at, "bard", "ab", options=hot))
    assert found.options == "temperature 0.5, top-p 0.9"
    assert at.context.session.begun is False


def test_without_a_text_it_is_asked_where_the_session_is(at):
    assert close(at(":probs"), expected(at, "poet", ""))
    at.say("ab")
    text = at.context.session.text
    assert close(at(":probs"), expected(at, "poet", text))
    assert close(at(":probs cd"), expected(at, "poet", "cd"))
    first = at.context.session.turn
    at.say("fed")
    assert close(at(f":probs --turn {first.number}"), expected(at, "poet", text))
    assert close(at(f":probs --turn {first.number} gg"), expected(at, "poet", text + "gg"))
    assert close(at(f":probs --turn {first.number} -m bard"), expected(at, "bard", text))


def test_only_the_end_of_a_long_text_is_shown(at):
    long = "ab" * 150
    shown = at(f":probs -m bard {long}").text
    assert shown == long[-200:]
    at.say(long)
    assert at(":probs").text == at.context.session.text[-200:]
    assert at(f":probs -m bard {long[:200]}").text == long[:200]


def test_a_name_begins_with_a_letter_and_is_one_line(at):
    assert close(at(":probs -m namer"), expected(at, "namer", "", fresh=True))
    assert close(at(":probs -m namer ab"), expected(at, "namer", "ab"))
    assert close(standing(at, "namer", ["ab\n"]), expected(at, "namer", "ab"))
    assert close(standing(at, "namer", ["a", "b", "\n"]), expected(at, "namer", "ab"))
    for pieces in (["a\nb"], ["a\n", "b"], ["\n\n"]):
        with pytest.raises(UsageError) as caught:
            standing(at, "namer", pieces)
        assert caught.value.message == "a name is one line, and this text has more"
        assert caught.value.hint == "give one line"
    at(":model poet")
    at.say("ab")
    assert at.refused(":probs -m namer --turn 1") == (
        "namer begins every name anew",
        "leave out --turn, and give the beginning",
    )


def standing(at, name, pieces, number=None):
    """What is expected where a text in pieces ends."""
    here = standpoint(at.context, name, number, pieces)
    options = AnswerOptions(max_chars=12)
    return next_characters(
        here.opened.model, here.place, options, 10, fresh=here.fresh, model=here.opened.name,
        text=here.text, options=choosing_options(options), notices=here.notices,
    )  # fmt: skip


def test_what_a_model_does_not_know_of_a_text_is_told(at):
    here = standpoint(at.context, "bard", None, ["axb"])
    assert here.text == "ab"
    assert len(here.notices) == 1
    assert "x" in here.notices[0]
    assert standpoint(at.context, "bard", None, ["ab"]).notices == ()
    message, _ = at.refused(":probs -m bard xyz")
    assert message == "bard knows none of these characters: x y z"
    assert Standpoint(here.opened, here.place, "", False).notices == ()
    assert at(":probs -m bard axb").notices == here.notices


# Why.


def keep(at, prompt, *answers, seed=7, words=(), options=None, model="poet", moves=True):
    """A turn that was answered so."""
    session = at.context.session
    opened = model_of(at, model)
    told = Utterance(
        prompt,
        tuple(Reply(text, number, "length") for number, text in enumerate(answers, 1)),
        seed,
        model,
        opened.digest,
        options={"max_chars": 12, **(options or {})},
        words=words,
        moves=moves,
    )
    session.record, session.turn = session.store.turns.add(session.record, told, session.turn, None)
    return session.turn


def test_why_goes_through_the_last_answer_as_it_was_drawn(at):
    at.say("ab")
    turn = at.context.session.turn
    why = at(":why")
    text = "ab" + turn.said.replies[0].text
    assert (why.model, why.turn, why.label, why.notices) == ("poet", 1, "7/1", ())
    assert why.text == text[2:]
    assert [choice.character for choice in why.choices] == list(why.text)
    assert all(choice.repeats for choice in why.choices)
    assert why.expected.text == text[: 2 + why.place - 1]
    assert close(
        replace(why.expected, text=""),
        expected(at, "poet", text[: 2 + why.place - 1], shown=""),
    )
    at.say("cd")
    assert at(":why").turn == 2
    first = at(":why --turn 1")
    assert (first.turn, first.text) == (1, why.text)
    assert len(at(":why -n 3 1").expected.characters) == 3


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("1", 1, 1),
        ("12", 12, 12),
        ("cab", 1, 3),
        ("CAB", 1, 3),
        (" cab", 4, 7),
        ("  cab", 1, 3),
        ("b c", 3, 5),
        ("", 1, 12),
    ],
)
def test_a_place_is_a_number_or_a_part_of_the_answer(at, typed, first, last):
    keep(at, "ab", "cab cab fed ")
    choices = at(f":why {typed}").choices
    assert [choices[0].place, choices[-1].place] == [first, last]


@pytest.mark.parametrize(
    ("typed", "message", "hint"),
    [
        ("0", "there is no character 0: the answer has 12", "name one from 1 to 12"),
        ("13", "there is no character 13: the answer has 12", "name one from 1 to 12"),
        (
            "1" * 30, f"there is no character {'1' * 18}: the answer has 12",
            "name one from 1 to 12",
        ),
        ("gag", "the answer has no gag", "`why` shows all of it"),
        ("g" * 50, f"the answer has no {'g' * 40}…", "`why` shows all of it"),
        ("--turn 9", "there is no turn 9", None),
        ("--answer 9", "turn 1 has no answer 9", "it has 1 2"),
    ],
)  # fmt: skip
def test_a_place_that_there_is_not_is_told(at, typed, message, hint):
    keep(at, "ab", "cab cab fed ", "fed")
    told = at.refused(f":why {typed}")
    assert told[0].replace(", ", " ") == message.replace(", ", " ")
    assert hint is None or told[1].replace(", ", " ") == hint


def test_one_of_several_answers_is_taken_and_that_is_told(at):
    keep(at, "ab", "cab", "fed", "gag", words=("sample", "--prompt", "ab"), moves=False)
    first = at(":why")
    assert (first.text, first.label) == ("cab", "7/1")
    assert first.notices[0] == "this is answer 1; `why --answer N` takes another"
    second = at(":why --answer 2")
    assert (second.text, second.label) == ("fed", "7/2")
    other = "the number that chose it now picks another character: the weights or their rounding "
    assert second.notices == (f"{other}differ",)


def test_an_answer_that_is_empty_or_was_never_given_is_told(at):
    keep(at, "ab", "")
    assert at.refused(":why") == ("the answer of turn 1 is empty", "`tree` shows the turns")
    keep(at, "ab")
    assert at.refused(":why") == ("turn 2 has no answer", "`tree` shows the turns")
    keep(at, "ab", "axy")
    assert at.refused(":why") == (
        "poet never gave the answer of turn 3: it has no x y",
        "`tree` shows the turns",
    )
    at(":goto 0")
    assert at.refused(":why") == (
        "this is the beginning: nothing was answered",
        "`tree` shows the turns",
    )


def test_what_was_written_by_hand_was_chosen_by_nobody(at):
    at.context.picker = lambda writing: writing.choose(3) and writing.choose(2)
    at.say("gg")
    at.say(":pick ab")
    why = at(":why")
    assert len(why.text) == 2
    assert [choice.rank for choice in why.choices] == [3, 2]
    assert all(choice.repeats for choice in why.choices)
    text = at.context.session.text[:-1]
    assert close(replace(at(":why 2").expected, text=""), expected(at, "poet", text, shown=""))


def test_a_sample_and_a_poem_begin_anew(at):
    at.say("gg")
    for line in (":sample --prompt ab --seed 3", ":poem --seed 3 ab"):
        at.say(line)
        why = at(":why 1")
        assert all(choice.repeats for choice in at(":why").choices)
        assert close(
            replace(why.expected, text="", options=""),
            replace(expected(at, "poet", "ab", shown="", options=options_of(at)), options=""),
        )
    at.say("cd")
    assert all(choice.repeats for choice in at(":why").choices)


def options_of(at):
    return AnswerOptions(**turn_options(at.context.session.turn))


@pytest.mark.parametrize(
    "line",
    [
        ":names lister -n 2 --seed 3",
        ":names lister -n 2 --seed 3 --starts a",
        ":names lister -n 4 --seed 3 --starts a --starts b",
        ":names lister -n 2 --seed 3 --ends a",
        ":names lister -n 2 --seed 3 --capital",
        ":names lister -n 2 --seed 3 --starts A --capital",
        ":sample lister -n 2 --seed 3 --prompt ab",
    ],
)
def test_each_character_of_a_name_comes_again_as_it_came(at, line):
    at.say(line)
    turn = at.context.session.turn
    for reply in turn.said.replies:
        why = at(f":why --answer {reply.number}")
        assert why.text.rstrip("\n") == reply.text
        assert why.text.endswith("\n") == (reply.stopped == "end")
        assert all(choice.repeats for choice in why.choices)
        assert why.expected.text == why.text[: why.place - 1]


def test_a_turns_model_is_the_one_that_answered_by_the_name_that_it_had(at, home, backend):
    at.say("ab")
    digest = at.context.session.turn.said.digest
    put_model(home, backend, "poet", seed=9)
    why = at(":why")
    assert why.model == "poet"
    assert all(choice.repeats for choice in why.choices)
    assert model_of(at, "poet").digest != digest


# Units and states.


def test_the_state_after_a_turn_is_shown_over_its_last_characters(at):
    at.say("ab")
    at.say("cd")
    text = at.context.session.text
    model = model_of(at, "poet").model
    tokens = model.vocabulary.encode(text)

    def units(characters=40, array=None, count=16):
        return last_units(model, initial_place(model), tokens, characters, array, count)

    picture = at(":state")
    array, size, shown = units()
    assert (picture.model, picture.turn, picture.notices) == ("poet", 2, ())
    assert (picture.array, picture.size, picture.text) == (array, size, text[-40:])
    assert picture.units == tuple(shown)
    picture = at(":state -n 3 --characters 5")
    assert (len(picture.units), picture.text) == (3, text[-5:])
    assert picture.units == tuple(units(5, None, 3)[2])
    assert at(":state --turn 1").text == text[:14]
    assert (at(":state --turn 1").turn, at(":state -m bard").model) == (1, "bard")
    name = UnitNames(model).short(next(iter(UnitNames(model).sizes)))
    assert at(f":state --array {name}").array == units(array=name)[0]
    at(":goto 0")
    assert at.refused(":state") == ("nothing was read yet after that turn", "say something first")


def test_two_states_are_so_far_apart(at):
    at.say("ab")
    first = at.context.session.text
    at.say("cd")
    both = at.context.session.text
    model = model_of(at, "poet").model
    states = [state_after(model, place_after(at, "poet", text)) for text in (both, first)]
    distances = at(":state --against 1")
    assert (distances.model, distances.turn, distances.against) == ("poet", 2, 1)
    assert distances.notices == ()
    expected = state_distances(model, *states)
    assert [each.array for each in distances.arrays] == [each.array for each in expected]
    for mine, its in zip(distances.arrays, expected, strict=True):
        assert mine.distance == pytest.approx(its.distance, abs=1e-5)
    same = at(":state --turn 1 --against 1")
    assert [each.distance for each in same.arrays] == [0.0] * len(same.arrays)
    at(":goto 0")
    assert (at(":state --against 1").turn, at(":state --against 1").against) == (0, 1)


def test_what_has_no_state_says_so(at, home, registry):
    at.say("ab")
    assert at.refused(":state -m namer") == (
        "namer begins every name anew, so no state goes on from turn to turn",
        "`neurons -m namer NAME` shows units over a name",
    )
    put_model(home, registry.backends.find("ngram"), "counts")
    for line in (":state -m counts", ":neurons -m counts ab"):
        assert at.refused(line)[0].startswith("this model has no units")


def test_a_text_that_the_model_knows_only_in_part_is_told_with_its_state(at):
    keep(at, "axb", "cd")
    picture = at(":state")
    assert picture.text == "abcd"
    assert len(picture.notices) == 1


def test_units_are_followed_over_a_text(at):
    model = model_of(at, "bard").model
    names = UnitNames(model)
    tokens = model.vocabulary.encode("abcabc")
    varied = f"these units change most; --unit shows any of {names.summary}"
    read = at(":neurons -m bard abcabc")
    assert (read.model, read.text, read.notices) == ("bard", "abcabc", (varied,))
    assert read.units == tuple(follow_most_varied(model, tokens, 3))
    assert len(at(":neurons -m bard -n 5 abcabc").units) == 5
    chosen = at(":neurons -m bard --unit 2 --unit 0 --unit 2 abcabc")
    assert chosen.units == tuple(follow_units(model, tokens, [names.find("2"), names.find("0")]))
    assert chosen.notices == ()
    part = at(":neurons -m bard --unit 2 axb")
    assert (part.text, len(part.notices)) == ("ab", 1)
    assert len(at(":neurons -m bard axb").notices) == 2


def test_a_text_is_looked_at_as_far_as_it_can_be_seen(at, tmp_path):
    file = tmp_path / "long.txt"
    file.write_text("ab" * 10_000)
    assert len(at(f":neurons -m bard --unit 0 @{file}").text) == 20_000
    assert at(f":neurons -m bard --unit 0 @{file}").notices == ()
    file.write_text("ab" * 10_000 + "c")
    longer = at(f":neurons -m bard --unit 0 @{file}")
    assert (len(longer.text), longer.text[-1]) == (20_000, "b")
    assert longer.notices == ("the text is longer: these are its first 20,000 characters",)


def test_units_over_a_name_are_of_one_line(at, tmp_path):
    file = tmp_path / "name.txt"
    file.write_text("ab\n")
    assert at(f":neurons -m namer @{file}").text == "ab"
    assert at(f":neurons -m bard @{file}").text == "ab\n"
    file.write_text("ab\ncd\n")
    assert at.refused(f":neurons -m namer @{file}") == (
        "a name is one line, and this text has more",
        "give one line",
    )


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        ({"find": True, "ablate": "2"}, "--find and --ablate"),
        ({"find": True, "unit": ("2",)}, "--find and --unit"),
        ({"find": True, "ablate": "2", "unit": ("2",)}, "--find and --ablate and --unit"),
    ],
)
def test_what_is_done_with_units_is_one_thing(given, flags):
    with pytest.raises(UsageError) as caught:
        NeuronsArguments(**given)
    assert (caught.value.message, caught.value.hint) == (
        f"{flags} do different things",
        "give one of them",
    )
    NeuronsArguments(find=True)
    NeuronsArguments(unit=("2", "3"))


def test_what_units_follow_is_looked_for_in_held_out_text(at):
    assert at.refused(":neurons -m lister --find ab") == (
        "--find reads the model's held-out text, and no other",
        "leave out the text",
    )
    assert isinstance(at(":neurons -m lister --find"), Findings)
    assert at(":neurons -m lister --find").model == "lister"
    message, _ = at.refused(":neurons -m bard --find")
    assert message.startswith("--find needs the text that bard was trained on, and ")


def test_nothing_is_found_in_what_was_not_held_out(at, home, backend):
    put_learned(home, backend, "whole", plan=Plan(held_out=0).to_dict())
    assert at.refused(":neurons -m whole --find") == (
        "nothing was held out when whole was trained, so there is no text to look in",
        "train a model that holds some out: --set held-out=0.1",
    )


def test_answers_are_drawn_with_and_without_a_unit(at):
    ablated = at(":neurons -m bard --ablate 2 --seed 5 -n 2 --max-chars 4 ab")
    assert isinstance(ablated, Ablation)
    assert (ablated.model, ablated.prompt, ablated.seed) == ("bard", "ab", 5)
    assert len(ablated.answers) == 2
    assert ablated.whole_loss is ablated.loss_without is None
    assert len(ablated.notices) == 1
    assert "the loss" in ablated.notices[0]
    free = at(":neurons -m lister --ablate 2 --seed 5")
    assert (free.prompt, len(free.answers), free.notices) == ("", 3, ())
    assert free.whole_loss > 0
    assert free.loss_without != free.whole_loss
    assert not at.context.interrupted
    interrupt(at)
    at(":neurons -m lister --ablate 2 --seed 5")
    assert at.context.interrupted


# Several models.


@pytest.mark.parametrize(
    ("typed", "reference", "temperature"),
    [
        ("mine", "mine", None),
        ("mine:0.5", "mine", 0.5),
        ("mine:0", "mine", 0.0),
        ("mine:100", "mine", 100.0),
        ("mine:hot", "mine:hot", None),
        (":0.5", ":0.5", None),
        ("mine:", "mine:", None),
        ("a:b:2", "a:b", 2.0),
    ],
)
def test_a_model_may_have_a_temperature_behind_a_colon(typed, reference, temperature):
    assert ModelAt.parse(typed) == ModelAt(reference, temperature)
    assert ModelAt("mine").temperature is None


def test_a_temperature_that_cannot_be_is_refused_and_a_file_is_a_file(tmp_path, monkeypatch):
    for typed in ("mine:101", "mine:-1", "mine:inf"):
        with pytest.raises(UsageError) as caught:
            ModelAt.parse(typed)
        assert caught.value.message == f"the temperature of {typed} is not from 0 to 100"
        assert caught.value.hint == "`compare mine:0.5 …`"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine:0.5").write_text("")
    assert ModelAt.parse("mine:0.5") == ModelAt("mine:0.5")


def test_models_are_compared_by_the_same_draws(at):
    compared = at(":compare lister other --seed 5 -n 4")
    assert (compared.prompt, compared.seed, compared.kind) == ("", 5, "names")
    assert [each.model for each in compared.models] == ["lister", "other"]
    assert [each.counted for each in compared.models] == [4, 4]
    assert all(each.temperature == 1 for each in compared.models)
    assert compared.notices == (
        "the models learned different texts, so their held-out losses do not compare",
    )
    samples = [
        tuple(event.text for event in at.say(f":sample {name} -n 4 --seed 5")[1:-1])
        for name in ("lister", "other")
    ]
    assert [each.samples[:4] for each in compared.models] == [each[:4] for each in samples]
    sizes = [model_of(at, name).path.stat().st_size for name in ("lister", "other")]
    assert [each.size for each in compared.models] == sizes
    assert all(each.new is not None for each in compared.models)


def test_one_model_is_compared_at_two_temperatures(at):
    compared = at(":compare lister:0.5 lister:2 lister:0.5 --greedy -n 3 --prompt a")
    assert [(each.model, each.temperature) for each in compared.models] == [
        ("lister:0.5", 0.5),
        ("lister:2", 2.0),
    ]
    assert compared.prompt == "a"
    assert compared.seed == 7, "a fresh one for all"
    assert compared.notices == ()
    assert compared.models[0].samples != compared.models[1].samples


def test_prose_is_compared_by_three_texts_and_what_is_missing_told(at, tmp_path):
    compared = at(":compare poet bard --max-chars 3")
    assert compared.kind == "prose"
    assert [len(each.samples) for each in compared.models] == [3, 3]
    assert all(each.new is None for each in compared.models)
    assert ["which samples are new" in note for note in compared.notices] == [True, True]
    file = tmp_path / "prompt.txt"
    file.write_text("ab" * 50_000 + "x")
    longer = at(f":compare poet bard --max-chars 1 -n 1 --prompt @{file}")
    assert longer.notices[0] == "the prompt is longer: its first 100,000 characters are read"
    assert len(longer.prompt) == 100_000
    assert (
        len(at(":compare poet bard --max-chars 1 -n 1 --prompt axb").notices)
        == len(compared.notices) + 1
    )


def test_what_cannot_be_compared_is_told(at):
    assert at.refused(":compare poet") == (
        "compare takes from 2 to 20 different models, and this is 1",
        "`compare poet:0.5 poet:1` compares one at two temperatures",
    )
    many = " ".join(f"poet:{n}" for n in range(21))
    assert at.refused(f":compare {many}")[0] == (
        "compare takes from 2 to 20 different models, and this is 21"
    )
    assert at.refused(":compare poet poet")[0].endswith("and this is 1")
    assert at.refused(":compare poet bard lister") == (
        "poet makes prose and lister names",
        "compare models of one kind; `models` tells the kind of each",
    )
    twenty = " ".join(f"poet:{n}" for n in range(20))
    assert len(at(f":compare {twenty} -n 1 --max-chars 1").models) == 20


def test_a_comparison_that_was_stopped_says_so(at):
    at(":compare lister other -n 2")
    assert not at.context.interrupted
    interrupt(at)
    stopped = at(":compare lister other -n 2")
    assert at.context.interrupted
    assert stopped.notices[-1] == (
        "stopped: the last samples are not whole, and their figures are of what there is"
    )


def classifier(at, priors=None):
    models = {name: model_of(at, name).model for name in ("lister", "other")}
    return Classifier(models, priors)


def test_a_text_is_classified_by_the_models_named(at):
    assert at(":classify --models lister,other ab") == classifier(at).classify("ab", ())
    sizes = {
        name: at.context.texts.find(model_of(at, name), "").known.size
        for name in ("lister", "other")
    }
    by_size = classifier(at, {name: float(size) for name, size in sizes.items()})
    assert at(":classify --models lister,other --prior size ab") == by_size.classify("ab", ())
    given = classifier(at, {"lister": 0.9, "other": 0.1})
    assert at(":classify --models lister,other --prior other=0.1,lister=0.9 ab") == (
        given.classify("ab", ())
    )
    assert at(":classify --models lister,other --prior uniform ab") == (
        classifier(at).classify("ab", ())
    )
    starred = at(":classify --models *ter,oth*,lister ab")
    assert {each.model for each in starred.classes} == {"lister", "other"}


def test_what_no_model_or_only_some_know_is_told(at, tmp_path):
    part = at(":classify --models lister,other axb")
    assert part.text == "ab"
    assert len(part.notices) == 1
    assert "all of the models" in part.notices[0]
    assert at.refused(":classify --models lister,other xyz") == (
        "no model knows a character of this text",
        "give another text",
    )
    file = tmp_path / "name.txt"
    file.write_text("ab\n")
    assert at(f":classify --models lister,other @{file}").text == "ab"
    file.write_text("ab\ncd\n")
    assert at.refused(f":classify --models lister,other @{file}") == (
        "a name is one line, and this text has more",
        "give one line",
    )
    file.write_text("a" * 100_001)
    longer = at(f":classify --models poet,bard @{file}")
    assert longer.notices == ("the text is longer: its first 100,000 characters decide",)
    assert len(longer.text) == 100_000
    file.write_text("a\n\n")
    assert at(f":classify --models poet,bard @{file}").text == "a\n\n"


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("ab", "classify needs models to choose from",
         "`classify --models dinosaurs,drugs TEXT`"),
        ("--models lister ab", "classify chooses from 2 to 200 models, and this is 1",
         "name them with commas between: --models dinosaurs,drugs"),
        ("--models lister,lister ab", "classify chooses from 2 to 200 models, and this is 1",
         "name them with commas between: --models dinosaurs,drugs"),
        ("--models lister,x* ab", "there is no model 'x*'", None),
        ("--models lister,poet ab", "lister makes names and poet prose: no text is both",
         "name models of one kind"),
        ("--models lister,other --test ab",
         "--test reads what was held out, and no other text", "leave it out"),
        ("--models lister,other --prior lister=1 ab",
         "the prior says nothing of other", "add a share: other=0.5"),
        ("--models lister,other --prior poet=1 ab", "there is no model among these 'poet'", None),
        ("--models poet,bard --prior size ab",
         "--prior size needs the text that poet was trained on, and", None),
        ("--models poet,bard --test",
         "a test needs the text that poet was trained on, and", None),
    ],
)  # fmt: skip
def test_what_cannot_be_classified_is_told(at, line, message, hint):
    told = at.refused(f":classify {line}")
    assert told[0].startswith(message)
    assert hint is None or told == (message, hint)


def test_models_are_tested_on_what_was_held_out(at, home, backend):
    tested = at(":classify --models lister,other --test")
    held_out = [
        at.context.texts.find(model_of(at, name), "").held_out.size for name in ("lister", "other")
    ]
    assert tested.texts == sum(held_out) > 0
    assert tested.notices == ()
    assert tested.classes == ("lister", "other")
    put_learned(home, backend, "whole", plan=Plan(held_out=0).to_dict())
    some = at(":classify --models lister,whole --test")
    assert some.notices == ("nothing was held out from whole",)
    put_learned(home, backend, "full", plan=Plan(held_out=0).to_dict())
    assert at.refused(":classify --models full,whole --test") == (
        "nothing was held out from any of these models",
        "classify a TEXT",
    )
    put_learned(home, backend, "other", OTHERS).write_text("egg\nfee\nbee\nadd\nbed\ncab\nfad\n")
    changed = at(":classify --models lister,other --test").notices
    assert len(changed) == 1
    assert "has changed since other was trained on it" in changed[0]


@pytest.mark.parametrize(
    ("typed", "names"),
    [("a", ("a",)), (" a , b*", ("a", "b*")), ("", None), ("a,,b", None), ("a,", None)],
)
def test_names_with_commas_between_them_are_each_a_name(typed, names):
    if names is None:
        with pytest.raises(ValueError, match=f"^{re.escape(typed)}$"):
            NameList.parse(typed)
        return
    found = NameList.parse(typed)
    assert found == NameList(names)
    assert str(found) == ",".join(names)
    assert NameList.parse(str(found)) == found


@pytest.mark.parametrize(
    ("typed", "by_size", "given"),
    [
        ("uniform", False, ()),
        ("size", True, ()),
        ("a=0.5,b=2", False, (("a", 0.5), ("b", 2.0))),
        (" a = 0 , b=1", False, (("a", 0.0), ("b", 1.0))),
        ("a=b=1", False, (("a=b", 1.0),)),
    ],
)
def test_a_prior_is_alike_by_size_or_in_shares(typed, by_size, given):
    prior = PriorChoice.parse(typed)
    assert prior == PriorChoice(by_size, given)
    assert PriorChoice.parse(str(prior)) == prior
    assert PriorChoice() == PriorChoice.parse("uniform")
    assert str(PriorChoice.parse("a=0.50,b=2")) == "a=0.5,b=2"
    assert [str(PriorChoice()), str(PriorChoice(True))] == ["uniform", "size"]


@pytest.mark.parametrize("typed", ["", "a", "a=", "=1", "a=-1", "a=inf", "a=0", "a=nan", "a=1,=2"])
def test_a_prior_without_sense_is_refused(typed):
    with pytest.raises(ValueError, match="could not convert|^" + re.escape(typed)):
        PriorChoice.parse(typed)


# What a model copies, and how it reads.


def test_copies_are_looked_for_at_each_temperature(at):
    opened = model_of(at, "lister")
    text = at.context.texts.find(opened, "")

    def found(temperatures, count, seed, max_chars=6):
        options = AnswerOptions(max_chars=max_chars)
        return find_copies(
            "lister", opened.model, text.known, text.held_out, temperatures, count, seed, options
        )

    assert at(":memorised lister -n 20") == found((0.2, 0.5, 1.0), 20, 1)
    assert at(":memorised lister -n 20 --temperatures 1 2 1 --seed 4") == found((1.0, 2.0), 20, 4)
    at(":set max-chars 3")
    assert at(":memorised lister -n 20") == found((0.2, 0.5, 1.0), 20, 1, max_chars=3)
    assert not at.context.interrupted
    interrupt(at)
    at(":memorised lister -n 20")
    assert at.context.interrupted


def test_more_samples_than_memory_holds_are_refused(at):
    assert at.refused(":memorised lister -n 10000 --temperatures 1 2 3") == (
        "10,000 samples at 3 temperatures are more than memory holds",
        "draw fewer: -n 6666",
    )
    assert at.refused(":memorised poet")[0].startswith(
        "this needs the text that poet was trained on, and "
    )


def test_a_usual_count_is_five_hundred_names(at, monkeypatch):
    seen = []

    def find(*given):
        seen.append(given)
        return find_copies(*given[:5], 2, *given[6:])

    monkeypatch.setattr("charplay.commands.memorising.find_copies", find)
    at(":memorised lister")
    at(":memorised lister -n 3")
    assert [given[5] for given in seen] == [500, 3]
    assert (seen[0][0], seen[0][8]) == ("lister", ())


def test_a_text_is_scored_and_what_that_means_told(at):
    model = model_of(at, "lister").model
    score = at(":score -m lister abe")
    logs = log_probabilities(model, "abe\n")
    assert (score.model, score.characters) == ("lister", 4), "with the newline that ends a name"
    assert score.nats == pytest.approx(-logs.mean(), abs=1e-5)
    assert score.counting is not None
    assert score.counting_order is not None
    assert (score.held_out, score.held_out_counting) == (None, None)
    assert score.adapted is None
    assert (score.interrupted, score.notices) == (False, ())
    other = at(":score -m poet axb")
    assert (other.counting, other.counting_order) == (None, None)
    assert other.characters == 2
    assert len(other.notices) == 2
    assert other.notices[0].startswith("no n-gram beside it")
    assert "x" in other.notices[1]
    adapted = at(":score -m lister --adaptive abeabe")
    assert adapted.adapted is not None
    assert adapted.adapted_by != ""
    assert at.refused(":score -m lister xyz")[0] == "lister knows none of these characters: x y z"
    assert not at.context.interrupted


def log_probabilities(model, text):
    """The natural logarithms of the probabilities of a text's characters from the beginning."""
    place = initial_place(model)
    tokens = model.vocabulary.encode(text)
    read = np.concatenate(([place.pending], tokens))[:-1].astype(np.int32)
    logits, _ = model.advance(place.state, read[None, :])
    logits = logits[0].astype(np.float64)
    logits -= logits.max(-1, keepdims=True)
    logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return logs[np.arange(len(tokens)), tokens]


def test_a_score_has_what_the_models_file_measured(at, home, backend):
    file = put_learned(home, backend, "measured", history=((5, 2.0, 1.75),))
    header = model_of(at, "measured").header
    told = {**header.provenance, "counting": {"order": 2, "held_out_loss": 1.5}}
    put_learned(home, backend, "measured", history=((5, 2.0, 1.75),), provenance=told)
    score = at(":score -m measured abe")
    assert (score.held_out, score.held_out_counting, score.counting_order) == (1.75, 1.5, 2)
    file.write_text(file.read_text() + "gag\n")
    assert at(":score -m measured abe").notices == (
        f"{file} has changed since the model was trained on it",
    )


def test_the_surprise_of_each_character_comes_line_by_line(at):
    stream = at(":surprise -m bard abc")
    assert (stream.model, stream.rows_field, stream.head_fields) == ("bard", "lines", ("model",))
    (table,) = stream.results()
    assert table.json_only == ("words", "character_bits")
    events = at.say(":surprise -m bard axb")
    end = events[-1]
    assert isinstance(end, Surprise)
    assert [type(event) for event in events] == [ReadCharacters, ScoredLine, Surprise]
    logs = log_probabilities(model_of(at, "bard").model, "ab")
    assert end.nats_per_character == pytest.approx(-logs.mean(), abs=1e-5)
    assert (end.characters, end.interrupted) == (2, False)
    assert len(end.notices) == 1
    assert at.say(":surprise -m bard ab")[-1].notices == ()
    assert at.say(f":surprise -m bard {'ab' * 5000}")[-1].characters == 10_000
    assert not at.context.interrupted
    with pytest.raises(UsageError, match="bard knows none of these characters: x y z"):
        at.say(":surprise -m bard xyz")


def test_ctrl_c_keeps_what_was_read(at):
    interrupt(at)
    score = at(":score -m bard ab")
    assert (score.interrupted, at.context.interrupted, score.characters) == (True, True, 0)
    at.context.interrupted = False
    end = at.say(":surprise -m bard ab")[-1]
    assert (end.interrupted, at.context.interrupted) == (True, True)


def test_lists_of_these_tests_hold_what_their_models_know():
    assert set("".join(BIRDS)) <= set("abcdefgh")
