"""`sample`, `poem`, plain text, `names`, `pick`, `retry`: what they ask, answer and keep."""

from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from charplay.commands.generating import StreamedAnswer, StreamedNames
from charplay.commands.name_stream import NamesFound, NamesSoFar, NameStream
from charplay.commands.results import Table
from charplay.generation.answers import AnswerEnded, Answers, AnswerStarted, AnswerText
from charplay.generation.generator import Answer
from charplay.generation.options import POEM_OPTIONS
from charplay.insight.described_name import DescribedName
from charplay.interrupts import Interrupts
from charplay.models.checkpoint import Checkpoint
from charplay.models.library import Library
from charplay.options import build
from charplay.plan import Plan, TextChoice
from charplay.sessions.tree import Reply
from charplay.text.corpus import load_corpus
from charplay.text.vocabulary import Vocabulary
from tests.conftest import make_environment
from tests.sessions.conftest import LETTERS, put_model

BIRDS = ("abe", "bad", "cab", "dad", "ebb", "fab", "gab", "hab", "fed", "bed")


@pytest.fixture
def backend(registry):
    return registry.backends.find("numpy")


@pytest.fixture
def poet(home, backend):
    put_model(home, backend, hidden=8)


@pytest.fixture
def namer(home, backend):
    put_model(home, backend, "namer", kind="names", seed=3, hidden=8)


def put_learned(home, backend, name="lister", names=BIRDS, **header):
    """A model of names whose list is at hand."""
    file = home / f"{name}.txt"
    file.parent.mkdir(exist_ok=True)
    file.write_text("".join(f"{each}\n" for each in names))
    corpus = load_corpus(TextChoice(str(file), kind="names"), {})
    rng = np.random.default_rng(5)
    model = backend.create(Vocabulary(LETTERS), "names", build(backend.Config, {"hidden": 8}), rng)
    told = {
        "plan": Plan(held_out=0.2).to_dict(),
        "provenance": {"text": {"corpus": str(file), "kind": "names", "sha256": corpus.sha256}},
        "sampling": {"max_chars": 6},
    }
    library = Library(home / "models", lambda name: backend)
    library.add(Checkpoint.of(model, backend, **told | header), name, str(file))
    return file


def answers_of(events):
    """The answers that prose came to."""
    assert isinstance(events[-1], Answers)
    return events[-1]


def last_turn(at):
    session = at.context.session
    return session.store.turns.get(session.record.key, session.record.turn)


def test_plain_text_goes_on_in_prose_and_is_kept_as_a_turn(hand, poet):
    at = hand(session=True, seed=7)
    value = at("ab")
    assert isinstance(value, StreamedAnswer)
    assert StreamedAnswer.ends_in_table
    events = list(value.events)
    end = answers_of(events)
    assert (end.model, end.seed, end.prompt, end.notices) == ("poet", 7, "ab", ())
    (answer,) = end.answers
    assert (answer.seed, answer.number, len(answer.text)) == (7, 1, 12)
    turn = last_turn(at)
    assert (turn.said.prompt, turn.said.words, turn.said.moves) == ("ab", (), True)
    assert turn.said.replies == (Reply(answer.text, 1, answer.stopped),)
    assert at.context.session.text == "ab" + answer.text


def test_the_result_of_prose_is_its_finished_answers(hand, poet):
    at = hand()
    (result,) = at("ab").results()
    assert isinstance(result, Answers)
    assert result.prompt == "ab"


def test_what_is_said_next_goes_on_where_the_session_is(hand, poet):
    at, alone = hand(session=True), hand()
    at.say("ab")
    first = last_turn(at)
    second = answers_of(at.say("cd")).answers[0].text
    assert last_turn(at).parent == first.number
    assert second != answers_of(alone.say("cd")).answers[0].text
    at(":undo")
    at(":undo")
    assert answers_of(at.say("cd")).answers[0].text == (answers_of(alone.say("cd")).answers[0].text)


def test_options_that_are_set_hold_for_plain_text(hand, poet):
    at = hand(session=True)
    at(":set max-chars 3")
    at(":set seed 11")
    end = answers_of(at.say("ab"))
    assert (len(end.answers[0].text), end.seed) == (3, 11)
    assert end.changed == {"max-chars": 3}


def test_names_answer_with_as_many_as_are_set_and_a_blank_line_with_none(hand, namer):
    at = hand(session=True)
    nothing = at("   ")
    assert nothing == Table((), (), "an empty line begins no name; `names` makes names")
    value = at("ab")
    assert isinstance(value, StreamedNames)
    assert (value.model, value.seed, value.prompt, value.wanted, value.largest) == (
        "namer",
        7,
        "ab",
        5,
        5,
    )
    names = [event for event in value.events if isinstance(event, Answer)]
    assert [name.number for name in names] == [1, 2, 3, 4, 5]
    assert all(name.text.startswith("ab") for name in names)
    assert [reply.text for reply in last_turn(at).said.replies] == [name.text for name in names]
    at(":set answers 2")
    assert at("cd").wanted == 2


def test_sample_asks_the_model_named_so_often_as_said(hand, poet, namer, home):
    at = hand(session=True)
    end = answers_of(at.say(":sample poet -n 3 --prompt ab --seed 5 --max-chars 4"))
    assert (end.model, end.prompt, end.seed) == ("poet", "ab", 5)
    assert [(each.number, len(each.text)) for each in end.answers] == [(1, 4), (2, 4), (3, 4)]
    turn = last_turn(at)
    assert turn.said.words == ("sample", "--model=poet", "--prompt", "ab") or turn.said.words[
        0
    ] == ("sample")
    assert not turn.said.moves
    assert len(answers_of(at.say(":sample poet --prompt ab")).answers) == 1
    names = at(":sample namer -n 3 --seed 5/2")
    assert (names.wanted, names.largest) == (1, 2)
    piped = hand(takes_input=True, stdin="fed\n")
    assert answers_of(piped.say(":sample poet")).prompt == "fed"


def test_a_label_gives_that_answer_alone(hand, poet):
    at = hand()
    three = answers_of(at.say(":sample -n 3 --prompt ab --seed 5")).answers
    (second,) = answers_of(at.say(":sample --prompt ab --seed 5/2")).answers
    assert second == three[1]


def test_a_poem_begins_with_its_line_and_the_conversation_goes_on_after_it(hand, poet):
    at = hand(session=True)
    at.say("gg")
    end = answers_of(at.say(":poem ab cd --seed 5"[:9]))
    assert end.prompt == "ab "
    turn = last_turn(at)
    assert (turn.parent, turn.said.moves, turn.said.words[0]) == (None, True, "poem") or turn
    started = [
        event for event in at.say(":poem --seed 5 ab cd") if isinstance(event, AnswerStarted)
    ]
    assert started[0].verse is True
    assert started[0].changed == {}, "what is usual for a poem is no change"
    poem = last_turn(at)
    assert (poem.parent, poem.said.prompt, poem.said.moves) == (None, "ab cd", True)
    assert poem.said.options["verse"] is True
    assert poem.said.options["lines"] == POEM_OPTIONS.lines
    alone = answers_of(hand().say(":poem --seed 5 ab cd"))
    assert alone.answers[0].text == poem.said.replies[0].text, "it begins anew"


def test_a_poem_needs_a_line_and_a_model_of_prose(hand, namer):
    at = hand()
    assert at.refused(":poem") == (
        "a poem needs its opening line",
        "`poem Shall I compare thee to a winter's night`",
    )
    assert at.refused(":poem --model namer ab") == (
        "namer gives names, not verse",
        "`names namer`, or leave out --model",
    )
    started = next(event for event in at(":poem --lines 1 ab").events if hasattr(event, "kind"))
    assert started.model == "shakespeare", "the shipped poet, where the model to talk to has names"


def test_a_poem_is_one_answer_in_verse_whatever_is_set(hand, poet):
    at = hand()
    at(":set verse off")
    events = at.say(":poem ab")
    (started,) = (event for event in events if isinstance(event, AnswerStarted))
    assert started.verse is True
    assert len(answers_of(events).answers) == 1


def test_a_name_of_a_form_has_room_unless_the_longest_answer_was_said(hand, namer):
    line = ":names namer -n 1 --max-length 3 --min-length 3 --seed 5"
    assert hand().refused(f"{line} --max-chars 2")[0] == (
        "such a name has 3 characters or more, and one may have 2"
    )
    at = hand()
    at(":set max-chars 2")
    assert [len(name.text) for name in found(at.say(line))] == [3]


def test_what_a_model_does_not_know_of_a_text_is_told_with_what_was_picked(hand, poet):
    at = hand(session=True)
    picking(at, 1)
    events = at.say(":pick axb")
    (started,) = (event for event in events if isinstance(event, AnswerStarted))
    assert len(started.notices) == 1
    assert answers_of(events).notices == started.notices


def test_a_poem_of_the_conversations_own_model(hand, poet):
    started = next(event for event in hand()(":poem ab").events if hasattr(event, "kind"))
    assert started.model == "poet"


def test_ctrl_c_is_noted_of_prose_and_of_names(hand, poet, namer):
    @contextmanager
    def pressed():
        interrupts = Interrupts()
        interrupts.count = 1
        yield interrupts

    lines = (":sample poet --prompt ab", ":sample namer -n 9", ":names namer -n 9",
             ":names namer -n 9 --sort length")  # fmt: skip
    for line in lines:
        at = hand()
        at.context.environment = replace(at.context.environment, interrupts=pressed)
        at.context.interrupted = False
        events = at.say(line)
        assert at.context.interrupted, line
        assert events[-1].interrupted, line
        assert not any(isinstance(event, DescribedName) for event in events), line
    at.context.environment = make_environment(at.context.environment.home)
    at.say(":sample poet --prompt ab")
    assert not at.context.interrupted


# Asked again.


@pytest.mark.parametrize(
    ("options", "more", "remark"),
    [
        ("", "", "again at temperature 1"),
        ("--max-chars 5", "", "again at temperature 1, max-chars 5"),
        ("--temperature 0.5", "", "again at temperature 0.5"),
        ("", " --temperature 0.5", "again at temperature 0.5"),
        (
            "--greedy", "",
            "no seed can change this, the likeliest is always taken; "
            "`retry --greedy=off --temperature 1` varies it",
        ),
        (
            "--temperature 0", "",
            "no seed can change this, the likeliest is always taken; "
            "`retry --temperature 1` varies it",
        ),
        (
            "--top-k 1", "",
            "no seed can change this, the likeliest is always taken; "
            "`retry --top-k none` varies it",
        ),
    ],
)  # fmt: skip
def test_a_retry_says_how_it_asks_again_with_the_next_seed(hand, poet, options, more, remark):
    at = hand(session=True, seed=7)
    at.say("gg")
    at.say(f":sample --prompt ab {options}")
    before = last_turn(at)
    end = answers_of(at.say(f":retry{more}"))
    assert end.notices == (remark,)
    assert end.seed == 8
    turn = last_turn(at)
    assert turn.parent == before.parent == 1
    assert turn.said.prompt == "ab"
    assert turn.said.words == before.said.words
    assert at.say(f":sample --prompt ab {options}")[-1].notices == ()


def test_a_retry_of_plain_text_goes_on_from_where_it_did(hand, poet):
    at = hand(session=True)
    at.say("gg")
    at.say("ab")
    first = last_turn(at)
    at.say(":retry --seed 9")
    second = last_turn(at)
    assert (second.parent, second.said.prompt, second.said.seed) == (first.parent, "ab", 9)
    at.say(":retry --seed 7")
    assert last_turn(at).said.replies == first.said.replies


# Names.


@pytest.fixture
def lister(home, backend):
    return put_learned(home, backend)


def found(events):
    return [event for event in events if isinstance(event, DescribedName)]


def test_names_come_with_what_is_known_of_each_and_are_kept(hand, lister):
    at = hand(session=True)
    value = at(":names lister -n 4 --seed 5")
    assert isinstance(value, NameStream)
    assert (value.model, value.seed, value.prompt, value.wanted, value.ordered) == (
        "lister",
        5,
        "",
        4,
        False,
    )
    events = list(value.events)
    names = found(events)
    assert [name.number for name in names] == [1, 2, 3, 4]
    assert events[0] == NamesSoFar(0, 0, ())
    assert events[-1] == NamesFound(
        wanted=4, fitting=4, tried=4, filters=(), changed={}, caution="", interrupted=False,
        notices=events[-1].notices,
    )  # fmt: skip
    assert NamesSoFar(4, 4) in events
    turn = last_turn(at)
    assert turn.said.words == ("names", "lister", "--count", "4")
    assert [(reply.text, reply.number) for reply in turn.said.replies] == [
        (name.text, name.number) for name in names
    ]


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("loss", lambda name: name.loss),
        ("length", lambda name: (len(name.text), name.text)),
        ("alphabet", lambda name: name.text.casefold()),
    ],
)
def test_names_are_sorted_behind_all_that_is_told_of_them(hand, lister, sort, key):
    value = hand()(f":names lister -n 12 --seed 5 --sort {sort}")
    assert value.ordered
    events = list(value.events)
    names = found(events)
    assert [key(name) for name in names] == sorted(map(key, names))
    places = [place for place, event in enumerate(events) if isinstance(event, DescribedName)]
    assert places == list(range(places[0], places[0] + 12))
    assert isinstance(events[places[0] - 1], NamesSoFar)
    assert isinstance(events[-1], NamesFound)
    drawn = found(hand().say(":names lister -n 12 --seed 5"))
    assert sorted(name.text for name in drawn) == sorted(name.text for name in names)


def test_very_many_names_are_sorted_in_parts(hand, lister, monkeypatch):
    monkeypatch.setattr("charplay.commands.name_stream._SORTED_AT_ONCE", 4)
    for count in (3, 4, 9):
        texts = [name.text for name in found(hand().say(f":names lister -n {count} --sort length"))]
        assert texts == sorted(texts, key=lambda text: (len(text), text))
        assert len(texts) == count


def test_a_session_keeps_so_many_names_and_says_so(hand, lister, monkeypatch):
    monkeypatch.setattr("charplay.commands.name_stream.ANSWERS_A_TURN", 3)
    monkeypatch.setattr("charplay.sessions.choice.ANSWERS_A_TURN", 3)
    at = hand(session=True)
    told = "the session keeps the first 3 of them; any other comes back by its label"
    assert told in at.say(":names lister -n 4 --seed 5")[-1].notices
    assert len(last_turn(at).said.replies) == 3
    assert told not in at.say(":names lister -n 3 --seed 5")[-1].notices
    assert len(last_turn(at).said.replies) == 3
    assert told not in hand().say(":names lister -n 4 --seed 5")[-1].notices


def test_why_names_have_no_centile_is_told_before_the_first_and_at_the_end(hand, home, backend):
    put_learned(home, backend, "young")
    put_learned(home, backend, "tested", history=((1, 2.0, 1.5),))
    put_learned(
        home, backend, "ranked", history=((1, 2.0, 1.5),),
        held_out_quantiles=tuple(float(n) for n in range(101)),
    )  # fmt: skip
    begin = "no centile: it ranks a name among held-out names, and the model"
    expected = {
        "young": (f"{begin} was not tested on any",),
        "tested": (f"{begin} has fewer than 20",),
        "ranked": (),
    }
    for name, told in expected.items():
        events = hand().say(f":names {name} -n 12")
        assert events[-1].notices == told
        firsts = [event for event in events if isinstance(event, NamesSoFar) and event.notices]
        assert [event.notices for event in firsts] == ([told] if told else [])
        if told:
            assert events.index(firsts[0]) == 1
            assert (firsts[0].fitting, firsts[0].tried) == (0, 0)


def test_the_end_of_a_search_without_more_to_tell_has_its_counts_alone():
    assert NamesFound(9, 1, 3) == NamesFound(9, 1, 3, (), {}, (), "", False)
    assert NameStream(iter(()), "birds", 7, "", 9, 9).ordered is False
    assert NamesSoFar(1, 3).notices == ()


def test_filters_and_other_options_are_told_at_the_end_as_they_are_typed(hand, lister):
    line = (
        ":names lister -n 1 --seed 5 --new --unique --min-length 2 --ends a --contains a "
        "--pattern '.*' --min-distance 1 --temperature 2 --starts a"
    )
    end = hand().say(line)[-1]
    assert end.filters == (
        "--ends", "--contains", "--pattern", "--min-length", "--new", "--unique",
        "--min-distance",
    )  # fmt: skip
    assert end.changed == {"temperature": 2.0}
    assert (end.wanted, end.caution) == (1, "")
    caution = hand().say(":names lister -n 1 --sounds")[-1].caution
    assert caution == "This is no regulatory check: a name that passes is not a name cleared."


def test_new_unique_and_distant_names_are_so(hand, lister):
    new = found(hand().say(":names lister -n 30 --seed 1 --new --max-chars 3"))
    assert not {name.text for name in new} & set(BIRDS)
    unique = found(hand().say(":names lister -n 30 --seed 1 --unique --max-chars 2"))
    assert len({name.text for name in unique}) == len(unique)
    far = found(hand().say(":names lister -n 10 --seed 1 --min-distance 2"))
    assert all(name.edits >= 2 for name in far)


def test_names_are_compared_with_another_list_on_demand(hand, lister, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("hhhhhhhh\nhhhhhhhg\n")
    (name,) = found(hand().say(f":names lister -n 1 --seed 5 --against {other}"))
    assert name.nearest in ("hhhhhhhh", "hhhhhhhg")
    (plain,) = found(hand().say(":names lister -n 1 --seed 5"))
    assert plain.nearest in BIRDS
    prose = tmp_path / "prose.txt"
    prose.write_text("It was a dark and stormy night; the rain fell in torrents. " * 40)
    assert hand().refused(f":names lister --against {prose}") == (
        f"{prose} is prose",
        "--against takes a list of names",
    )


def test_names_that_need_a_list_say_so_where_it_is_gone(hand, lister, namer, poet):
    lister.unlink()
    at = hand()
    assert at.refused(":names lister --new") == (
        "--new needs the list that the model was trained on",
        "restore the list that lister was trained on, or leave out --new",
    )
    assert at.refused(":names lister --min-distance 2") == (
        "--min-distance needs a list to compare with",
        "name a list with --against",
    )
    assert len(at.say(":names lister -n 1")[0].notices) == 1
    assert at.refused(":names poet") == (
        "poet was trained on prose and makes no names",
        "`sample poet` gives text; if you trained it on a list of names: `train FILE --kind names`",
    )


# By hand.


def picking(at, *ranks, keeps=True):
    """Has a person choose the characters of these ranks; what they were given."""
    seen = []

    def pick(writing):
        seen.append(writing)
        for rank in ranks:
            writing.choose(rank)
        return keeps

    at.context.picker = pick
    return seen


def test_pick_needs_somebody_who_chooses(hand, poet):
    at = hand()
    assert at.refused(":pick ab") == (
        "pick needs a terminal, where somebody chooses",
        "`probs TEXT` shows what there is to choose, `sample --prompt TEXT` writes by itself",
    )
    picking(at)
    long = "a" * 100_001
    assert at.refused(f":pick {long}") == (
        "a text to go on from has at most 100,000 characters",
        "name a shorter one",
    )
    assert isinstance(at(f":pick {long[1:]}"), Table)


def test_what_was_picked_is_an_answer_of_the_session(hand, poet):
    at = hand(session=True)
    at.say("gg")
    seen = picking(at, 1, 2, 1)
    value = at(":pick ab")
    assert isinstance(value, StreamedAnswer)
    (writing,) = seen
    assert writing.beginning == "ab"
    events = list(value.events)
    turn = last_turn(at)
    text = writing.text
    assert (len(text), turn.parent) == (3, 1)
    assert (turn.said.prompt, turn.said.words, turn.said.moves) == ("ab", ("pick", "ab"), True)
    assert turn.said.replies == (Reply(text, 1, "end"),)
    answer = Answer(text, 7, 1, "end")
    assert events == [
        AnswerStarted("poet", "prose", 7, "ab", (), changed={}),
        AnswerText(1, text),
        AnswerEnded(1, "end"),
        Answers("poet", 7, "ab", (answer,), (), changed={}),
    ]
    place = at.context.session.place(at.context.session.open_model())
    at.say("c")
    assert last_turn(at).parent == turn.number
    assert place.pending == at.context.model().model.vocabulary.encode(text)[-1]


def test_prose_is_written_on_from_where_the_session_is(hand, poet):
    at, alone = hand(session=True), hand()
    at.say("gg")
    ranked = []
    for each in (at, alone):
        each.context.picker = lambda writing: ranked.append(writing.ranked(3)) or False
        assert each(":pick ab") == Table((), (), "nothing was picked")
    assert ranked[0] != ranked[1]
    picking(at, keeps=True)
    assert at(":pick ab").empty == "nothing was picked"
    picking(at, 1, keeps=False)
    assert at(":pick ab").empty == "nothing was picked"
    assert last_turn(at).number == 1


def test_a_name_that_was_picked_has_its_beginning_and_says_whether_it_ended(hand, namer):
    at = hand(session=True)
    at.context.picker = lambda writing: writing.choose(1)
    value = at(":pick --temperature 0.5 --seed 3 ab")
    assert isinstance(value, StreamedNames)
    assert (value.model, value.seed, value.prompt, value.wanted, value.largest) == (
        "namer",
        3,
        "ab",
        1,
        1,
    )
    started, answer, end = value.events
    assert (started.model, started.kind, started.changed) == (
        "namer",
        "names",
        {"temperature": 0.5},
    )
    assert (answer.text[:2], len(answer.text) in (2, 3)) == ("ab", True)
    assert (end.notices, end.interrupted, end.changed) == ((), False, {"temperature": 0.5})
    turn = last_turn(at)
    assert (turn.said.moves, turn.said.replies[0].text) == (False, answer.text)

    def to_the_end(writing):
        newline = "\n"
        for _ in range(20):
            ranks = [each.rank for each in writing.ranked(99) if each.character == newline]
            if ranks and len(writing):
                writing.choose(ranks[0])
                return True
            writing.choose(1)
        return True

    at.context.picker = to_the_end
    _, answer, _ = at(":pick").events
    assert answer.stopped == "end"
    assert not answer.text.endswith("\n")
    at.context.picker = lambda writing: writing.choose(
        next(each.rank for each in writing.ranked(99) if each.character != "\n")
    )
    _, answer, _ = at(":pick").events
    assert answer.stopped == "interrupted"
