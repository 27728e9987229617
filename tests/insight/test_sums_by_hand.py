"""Surprise, scores and features in small cases worked out by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from charplay.generation.place import initial_place
from charplay.insight import yardsticks
from charplay.insight.features import Feature, read_features
from charplay.insight.gathering import Curve, Largest
from charplay.insight.reading import expected_pieces, score_pieces
from charplay.insight.score import LEAST_RANKED, loss_quantiles
from charplay.insight.spelling import likeliest_spelling
from charplay.insight.stems import Stem, stems_claimed
from charplay.insight.surprise import ReadCharacters, ScoredLine, Surprise, read_surprise
from charplay.insight.text_score import TextScore, TextScorer
from charplay.insight.yardsticks import CountingReader, counting_yardstick, measured_counting
from charplay.models.counting import HIGHEST_ORDER, KneserNey
from charplay.models.header import Header
from charplay.plan import TextChoice
from charplay.text.corpus import load_corpus
from tests.insight.known_model import TableModel, table_model

LETTERS = "\n abcde"


# What is kept of a text.


def test_the_largest_take_a_thing_until_there_are_enough_and_then_a_larger_one():
    largest = Largest(2)
    assert largest.takes(-9)
    largest.add(5, "five")
    assert largest.takes(-9)
    largest.add(3, "three")
    assert [largest.takes(value) for value in (2, 3, 4)] == [False, False, True]
    largest.add(3, "another three")
    largest.add(4, "four")
    assert largest.all() == ("five", "four")
    assert Largest(3).all() == ()


class Incomparable:
    """A thing that has no order."""


def test_things_of_equal_value_need_no_order_and_the_first_stand_first():
    things = [Incomparable() for _ in range(4)]
    largest = Largest(3)
    for thing in things:
        largest.add(1.0, thing)
    assert largest.all() == tuple(things[:3])


@pytest.mark.parametrize(
    ("count", "size", "means"),
    [
        (0, 1, ()),
        (1, 1, (0,)),
        (4, 1, (0, 1, 2, 3)),
        (5, 2, (0.5, 2.5, 4)),
        (8, 2, (0.5, 2.5, 4.5, 6.5)),
        (9, 4, (1.5, 5.5, 8)),
    ],
)
def test_a_curve_halves_its_stretches_where_there_are_too_many(count, size, means):
    curve = Curve(4)
    for value in range(count):
        curve.add(float(value))
    assert (curve.size, curve.means()) == (size, means)


# Surprise.


def surprise(text, model=None, **more):
    return list(read_surprise(model or table_model(LETTERS), [text], **more))


def bits_of(text):
    return -np.log2(table_model(LETTERS).probability(text))


def test_the_summary_of_a_text_is_the_sum_of_its_characters():
    text = "ab cd\nea bee cab dab\nbad\n"
    bits, found = bits_of(text), surprise(text)[-1]
    assert isinstance(found, Surprise)
    assert (found.characters, found.line_count, found.interrupted) == (25, 3, False)
    assert found.bits == pytest.approx(bits.sum())
    assert found.bits_per_character == pytest.approx(bits.mean())
    assert found.nats_per_character == pytest.approx(bits.mean() * math.log(2))
    assert found.curve == pytest.approx(tuple(bits))
    assert found.curve_characters == 1
    order = sorted(range(25), key=lambda at: -bits[at])[:10]
    assert [place.place - 1 for place in found.places] == order
    lines = [text[: at + 1].count("\n") - (text[at] == "\n") + 1 for at in order]
    assert [place.line for place in found.places] == lines
    assert [place.before for place in found.places] == [text[max(0, at - 24) : at] for at in order]
    assert [place.character for place in found.places] == [text[at] for at in order]
    table = table_model(LETTERS).table
    for place, at in zip(found.places, order, strict=True):
        row = LETTERS.index("\n" if at == 0 else text[at - 1])
        assert place.instead == LETTERS[table[row].argmax()]


def test_the_hardest_lines_have_ten_characters_with_their_newline():
    text = "abcdabcd\nbadcabecd\n" + "ab" * 40 + "\n"
    bits, found = bits_of(text), surprise(text)[-1]
    means = {2: bits[9:19].mean(), 3: bits[19:].mean()}
    lines = sorted(means, key=lambda line: -means[line])
    assert [line.line for line in found.hardest_lines] == lines
    assert {line.line: line.bits_per_character for line in found.hardest_lines} == pytest.approx(
        means
    )
    assert {line.line: line.text for line in found.hardest_lines} == {
        2: "badcabecd", 3: ("ab" * 40)[:60],
    }  # fmt: skip


def test_the_hardest_words_are_told_with_their_lines():
    text = "ab cde\nea\n" + "a" * 70 + " dd"
    bits, found = bits_of(text), surprise(text)[-1]
    spans = {"ab": (0, 2), "cde": (3, 6), "ea": (7, 9), "a" * 60: (10, 80), "dd": (81, 83)}
    totals = {word: bits[start:end].sum() for word, (start, end) in spans.items()}
    order = sorted(totals, key=lambda word: -totals[word])
    assert [word.word for word in found.words] == order
    assert [word.bits for word in found.words] == pytest.approx([totals[word] for word in order])
    assert {word.word: word.line for word in found.words}["ea"] == 2


def test_an_unended_line_ends_with_the_text_and_has_its_last_word():
    events = surprise("ab cd")
    [line] = [event for event in events if isinstance(event, ScoredLine)]
    assert (line.text, line.characters, line.ends, line.line) == ("ab cd", 5, True, 1)
    assert [word.word for word in line.words] == ["ab", "cd"]
    assert line.bits_per_character == pytest.approx(bits_of("ab cd").mean())
    assert line.character_bits == pytest.approx(tuple(bits_of("ab cd")))
    shown = [event for event in events if isinstance(event, ReadCharacters)]
    assert [(event.text, len(event.bits)) for event in shown] == [("ab cd", 5)]


def test_a_line_of_a_thousand_characters_is_cut_after_them():
    rows = [event for event in surprise("a" * 1000 + "\nb") if isinstance(event, ScoredLine)]
    assert [(row.characters, row.ends, row.line) for row in rows] == [
        (1000, False, 1), (1, True, 1), (1, True, 2),
    ]  # fmt: skip
    assert rows[1].line_bits == pytest.approx(rows[0].bits + rows[1].bits)
    assert rows[2].line_bits == pytest.approx(rows[2].bits)


def test_no_text_has_no_surprise():
    [found] = surprise("")
    assert surprise("", table_model("\nabcde", "names"))[-1] == found
    assert (found.characters, found.line_count, found.bits_per_character) == (0, 0, 0)
    assert (found.places, found.curve, found.interrupted) == ((), (), False)


def test_the_loss_of_each_character_comes_with_the_likeliest_one():
    model = table_model(LETTERS)
    [piece] = score_pieces(model, ["abc"])
    np.testing.assert_allclose(piece.nats, bits_of("abc") * math.log(2))
    rows = [LETTERS.index(each) for each in "\nab"]
    assert piece.likeliest.tolist() == model.table[rows].argmax(axis=1).tolist()
    assert (piece.text, piece.likeliest.dtype) == ("abc", np.int32)


# Scores and what they mean.

SCORE = TextScore("m", 500, 2.0, 2.0 / math.log(2), math.exp(2), math.log(7))
GUESS = "each character is as hard to guess as one among 7.4 equally likely characters"
NOTHING = "with no knowledge it would be one among 7"


def meaning(**changes):
    first, *others = replace(SCORE, **changes).meaning
    assert first.endswith(f"; {NOTHING}")
    return others


def test_a_score_says_among_how_many_characters_the_choice_is():
    assert SCORE.meaning == (f"{GUESS}; {NOTHING}",)
    assert "among 1000000.0 equally" not in replace(SCORE, perplexity=1e6).meaning[0]
    assert "over a million equally likely" in replace(SCORE, perplexity=1e6).meaning[0]
    assert "among 999999.0 equally" in replace(SCORE, perplexity=999_999).meaning[0]


@pytest.mark.parametrize(
    ("counting", "told"),
    [
        (2.0, "it knows this text about as well as counting its own text does"),
        (2.03, "it knows this text about as well as counting its own text does"),
        (1.97, "it knows this text about as well as counting its own text does"),
        (2.5, "that is 20% better than counting its own text"),
        (1.6, "that is 25% worse than counting its own text"),
        (40.0, "that is 95% better than counting its own text"),
    ],
)
def test_a_score_stands_beside_counting(counting, told):
    assert meaning(counting=counting) == [told]


UNSEEN = "than unseen text of the kind that it learned"


@pytest.mark.parametrize(
    ("held_out", "told"),
    [
        (2.0, "it finds this text as hard as unseen text of the kind that it learned"),
        (1.97, "it finds this text as hard as unseen text of the kind that it learned"),
        (1.6, f"it finds this text 25% harder {UNSEEN}"),
        (2.5, f"it finds this text 20% easier {UNSEEN}"),
        (2.7, f"it finds this text 26% easier {UNSEEN}: it may have learned it"),
    ],
)
def test_a_score_stands_beside_held_out_text(held_out, told):
    assert meaning(held_out=held_out) == [told]


def test_a_quarter_easier_is_not_yet_learned_and_a_fiftieth_is_something():
    assert meaning(nats=3.0, held_out=4.0) == [f"it finds this text 25% easier {UNSEEN}"]
    assert meaning(nats=102.0, held_out=100.0) == [f"it finds this text 2% harder {UNSEEN}"]
    assert meaning(nats=98.0, counting=100.0) == ["that is 2% better than counting its own text"]


@pytest.mark.parametrize(
    ("adapted", "told"),
    [
        (1.5, "learning while it reads takes 25.0% off the loss"),
        (2.0, "learning while it reads takes 0.0% off the loss"),
        (2.5, "learning while it reads makes it 25.0% worse: there is little to learn here"),
        (0.0, "learning while it reads takes 100.0% off the loss"),
    ],
)
def test_a_score_says_what_learning_while_it_reads_does(adapted, told):
    assert meaning(adapted=adapted) == [told]


def test_of_a_short_text_chance_is_named_last():
    assert meaning(characters=199) == [
        "chance weighs much in 199 characters: a longer text says more"
    ]
    assert meaning(characters=200) == []
    assert len(meaning(characters=9, counting=2.0, held_out=2.0, adapted=1.0)) == 4


def test_what_learning_came_to_is_by_character_and_in_bits():
    scored = SCORE.with_adapted(700.0, "counting")
    assert (scored.adapted, scored.adapted_by) == (1.4, "counting")
    assert scored.adapted_bits == pytest.approx(1.4 / math.log(2))
    assert replace(SCORE, characters=0).with_adapted(0.0, "x").adapted == 0
    assert replace(SCORE, characters=1).with_adapted(3.0, "x").adapted == 3
    assert TextScore.is_row
    assert not SCORE.interrupted


def score_of(text, model):
    scorer = TextScorer(model)
    list(scorer.read([text], lambda: False))
    return scorer.score("m", None)


def test_a_score_of_one_character_is_its_own_and_of_none_nothing():
    model = table_model(LETTERS)
    one = score_of("a", model)
    assert one.nats == pytest.approx(-math.log(model.probability("a")[0]))
    assert (one.characters, one.model, one.held_out, one.counting) == (1, "m", None, None)
    none = score_of("", model)
    assert (none.characters, none.nats, none.perplexity) == (0, 0, 1)


def test_a_reading_is_interrupted_after_the_piece_that_was_read():
    scorer = TextScorer(table_model(LETTERS))
    read = list(scorer.read(["ab", "cd", "ea"], lambda: scorer.characters >= 4))
    assert [piece.text for piece in read] == ["ab", "cd"]
    assert scorer.characters == 4


def test_a_perplexity_too_large_for_a_float_is_infinite():
    scorer = TextScorer(table_model(LETTERS))
    scorer.characters = 2
    for total, perplexity in ((2 * 699.0, math.exp(699)), (2 * 700.0, math.inf), (4e5, math.inf)):
        scorer.total = total
        assert scorer.score("m", None).perplexity == perplexity


# Yardsticks.


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"order": 1, "held_out_loss": 0.5}, (1, 0.5)),
        ({"order": HIGHEST_ORDER, "held_out_loss": 1}, (HIGHEST_ORDER, 1.0)),
        ({"order": 0, "held_out_loss": 0}, (None, None)),
        ({"order": HIGHEST_ORDER + 1, "held_out_loss": -1.0}, (None, None)),
        ({}, (None, None)),
        ([1], (None, None)),
    ],
)
def test_only_what_can_be_is_taken_from_a_file(values, found):
    header = Header("table", "1", "prose", LETTERS, {}, provenance={"counting": values})
    assert measured_counting(header) == found


def yardstick(tmp_path, text, **more):
    path = tmp_path / "own.txt"
    path.write_text(text)
    choice = {"corpus": str(path), "kind": "prose"}
    digest = load_corpus(TextChoice(str(path), kind="prose"), {}).sha256
    provenance = {"text": {**choice, "sha256": digest}, **more.pop("provenance", {})}
    header = Header("table", "1", "prose", LETTERS, {}, provenance=provenance, **more)
    return counting_yardstick(header, str(path), {})


def test_the_best_order_of_the_part_held_out_is_counted_with(tmp_path):
    found = yardstick(tmp_path, "abc de abc ed\n" * 60, plan={"held_out": 0.2})
    assert found.notice == ""
    assert found.counted.order > 2
    assert yardstick(tmp_path, "abc de abc ed\n" * 60, plan={"held_out": 0}).counted.order > 2
    given = {"counting": {"order": 2}}
    assert yardstick(tmp_path, "abc de\n" * 60, provenance=given).counted.order == 2


def test_a_text_that_is_too_long_is_not_counted_while_a_person_waits(tmp_path, monkeypatch):
    text = "abc de\n" * 60
    monkeypatch.setattr(yardsticks, "MOST_COUNTED", 420)
    whole = yardstick(tmp_path, text, plan={"held_out": 0})
    characters = load_corpus(TextChoice(str(tmp_path / "own.txt"), kind="prose"), {}).characters
    monkeypatch.setattr(yardsticks, "MOST_COUNTED", characters)
    assert yardstick(tmp_path, text, plan={"held_out": 0}).counted is not None
    monkeypatch.setattr(yardsticks, "MOST_COUNTED", characters - 1)
    whole = yardstick(tmp_path, text, plan={"held_out": 0})
    assert whole.counted is None
    assert whole.notice == (
        f"no n-gram of this text: the model's own has {characters} characters, too many to count "
        "while you wait"
    )


@pytest.mark.parametrize("order", [1, 2, 4])
def test_counting_reads_a_name_from_its_beginning_and_a_text_on(order):
    model = table_model("\nabcde", "names")
    tokens = model.vocabulary.encode("abc\nabd\n")
    counted = KneserNey.count([tokens], order, 6)
    reader = CountingReader(counted, -1)
    length = max(1, order - 1)
    for text, begins, before in (("ab", True, ""), ("c", False, "ab"), ("ab", True, "")):
        piece = next(iter(expected(model, text)))._replace(begins=begins)
        found = reader.nats(piece)
        read = [*[-1] * length, *model.vocabulary.encode(before + text)]
        for place, nats in enumerate(found):
            at = length + len(before) + place
            context = np.array([read[at - length : at]], np.int32)
            assert nats == pytest.approx(-np.log(counted.probabilities(context)[0, read[at]]))


def expected(model, text):
    return expected_pieces(model, [text])


# Names, spellings and stems.


def test_twenty_losses_are_enough_to_rank_by():
    assert LEAST_RANKED == 20
    assert len(loss_quantiles([float(n) for n in range(20)])) == 101
    assert loss_quantiles([1.0] * 19) == ()


def test_a_spelling_is_looked_for_only_where_there_is_a_choice():
    model = TableModel("\nab", np.full((4, 3), 1 / 3), "names")
    model.step = None
    assert likeliest_spelling(model, "ba") == "ba"
    assert initial_place(model).pending == -1


def test_a_stem_of_five_letters_needs_one_more_and_of_four_two():
    four, five = Stem("abcd", "suffix", "", ""), Stem("abcde", "suffix", "", "")
    assert list(four.places("xabcd")) == []
    assert list(four.places("xyabcd")) == [2]
    assert list(five.places("abcde")) == []
    assert list(five.places("xabcde")) == [1]
    prefix, infix = Stem("abcd", "prefix", "", ""), Stem("abcd", "infix", "", "")
    assert list(prefix.places("abcdxy")) == [0]
    assert list(prefix.places("xyabcd")) == []
    assert list(infix.places("abcdxabcd")) == [0, 5]


def test_equally_long_stems_stand_in_their_order():
    assert [str(stem) for stem in stems_claimed("cefanvir")] == ["cef-", "-vir"]
    assert [str(stem) for stem in stems_claimed("andrestrol")] == ["-andr-", "-estr-"]
    assert [str(stem) for stem in stems_claimed("estrandrol")] == ["-estr-", "-andr-"]


# Features.


def values_of(text, kind, name):
    return next(each.values for each in read_features(text, kind) if each.name == name).tolist()


def test_each_kind_of_text_has_its_features_in_their_order():
    prose = [(each.name, each.graded) for each in read_features("a\n", "prose")]
    assert prose == [
        ("position in the line", True), ("position in the word", True),
        ("characters to the line's end", True), ("a vowel", False), ("a capital", False),
        ("the line ends within 5", False), ("inside quotes", False), ("inside brackets", False),
    ]  # fmt: skip
    names = [(each.name, each.graded) for each in read_features("a\n", "names")]
    assert names == [
        ("position in the name", True), ("position in the word", True),
        ("characters to the name's end", True), ("length of the name", True), ("a vowel", False),
        ("a capital", False), ("the name ends next", False), ("inside quotes", False),
        ("inside brackets", False),
    ]  # fmt: skip


def test_the_end_of_a_line_is_near_five_characters_before_it():
    near = values_of("abcdefgh\nab", "prose", "the line ends within 5")
    assert near == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]
    assert values_of("abcd\n", "names", "the name ends next")[:4] == [0, 0, 0, 1]


def test_a_line_that_does_not_end_counts_as_if_it_ended_there():
    assert values_of("ab\ncde", "prose", "characters to the line's end") == [2, 1, 4, 3, 2, 1]
    assert values_of("ab\ncde", "prose", "position in the line") == [1, 2, 0, 1, 2, 3]


def test_brackets_and_quotes_may_stand_inside_each_other():
    assert values_of("a(b[c]d)e", "prose", "inside brackets") == [0, 1, 1, 1, 1, 1, 1, 0, 0]
    assert values_of(")a(b)c", "prose", "inside brackets") == [0, 0, 1, 1, 0, 0]
    assert values_of("a{b}c", "prose", "inside brackets") == [0, 1, 1, 0, 0]
    assert values_of('«a„b”c»d"e"f', "prose", "inside quotes") == [1] * 6 + [0, 0, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("values", "graded", "varies"),
    [
        ([0.0, 0.0], True, False),
        ([0.0, 0.5], True, True),
        ([], True, False),
        ([1.0] * 3 + [0.0] * 997, False, True),
        ([1.0] * 2 + [0.0] * 998, False, False),
        ([1.0] * 997 + [0.0] * 3, False, True),
        ([1.0] * 998 + [0.0] * 2, False, False),
    ],
)
def test_what_is_nearly_always_the_same_tells_nothing(values, graded, varies):
    assert Feature("x", np.array(values), graded).varies is varies
    if not graded:
        assert Feature("x", np.array(values)).varies is varies
