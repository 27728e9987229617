"""The surprise of texts: bits by character, word and line, under a known distribution."""

import numpy as np
import pytest

from charplay.insight.gathering import Curve, Largest
from charplay.insight.reading import score_pieces, text_chunks
from charplay.insight.surprise import ReadCharacters, ScoredLine, Surprise, read_surprise
from tests.insight.known_model import TableModel, table_model

LETTERS = "\n abcde"


def read(text, kind="prose", size=7, **more):
    """Every event of a text that comes in pieces of some size."""
    model = table_model(LETTERS if kind == "prose" else "\nabcde", kind)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    return model, list(read_surprise(model, pieces, **more))


def of_kind(events, kind):
    return [event for event in events if isinstance(event, kind)]


def test_every_character_has_the_bits_of_its_probability():
    text = "ab cd\nea bee\n\n" * 40
    model, events = read(text)
    shown = of_kind(events, ReadCharacters)
    assert "".join(event.text for event in shown) == text
    bits = np.concatenate([event.bits for event in shown])
    np.testing.assert_allclose(bits, -np.log2(model.probability(text)), rtol=1e-6)


@pytest.mark.parametrize("size", [1, 5, 255, 256, 1000])
def test_how_a_text_is_cut_makes_no_difference(size):
    text = "ab cd ea bee " * 60
    whole = read(text, size=len(text))[1][-1]
    cut = read(text, size=size)[1][-1]
    assert cut.bits == pytest.approx(whole.bits)
    assert [place.place for place in cut.places] == [place.place for place in whole.places]


def test_lines_and_words_have_the_sums_of_their_characters():
    model, events = read("ab cd\nea\n")
    first, second = of_kind(events, ScoredLine)
    bits = -np.log2(model.probability("ab cd\nea\n"))
    assert (first.line, first.text, first.characters) == (1, "ab cd", 6)
    assert first.bits == first.line_bits == pytest.approx(bits[:6].sum())
    assert [(word.word, word.line) for word in first.words] == [("ab", 1), ("cd", 1)]
    assert [word.bits for word in first.words] == pytest.approx([bits[:2].sum(), bits[3:5].sum()])
    assert second.bits_per_character == pytest.approx(bits[6:].mean())
    assert second.line_bits == pytest.approx(bits[6:].sum()), "each line has a sum of its own"


def test_a_line_comes_after_its_last_character_and_before_the_next():
    _, events = read("ab\ncd\n", size=6)
    kinds = [type(event).__name__ for event in events]
    assert kinds == ["ReadCharacters", "ScoredLine"] * 2 + ["Surprise"]


def test_the_summary_has_the_most_surprising_places():
    table = np.full((3, 2), 0.5)
    table[2] = [0.01, 0.99]
    found = list(read_surprise(TableModel("ab", table), ["aaab"]))[-1]
    assert isinstance(found, Surprise)
    place = found.places[0]
    assert (place.place, place.character, place.instead, place.before) == (1, "a", "b", "")
    assert place.bits == pytest.approx(-np.log2(0.01))
    assert (found.characters, found.line_count) == (4, 1)
    assert found.bits_per_character * np.log(2) == pytest.approx(found.nats_per_character)


def test_names_are_read_each_from_the_beginning_and_end_with_their_newline():
    text = "abc\n\nabc"
    model, events = read(text, "names")
    lines = of_kind(events, ScoredLine)
    once = -np.log2(model.probability("abc\n", after=None))
    assert [line.text for line in lines] == ["abc", "abc"]
    np.testing.assert_allclose(lines[0].character_bits, once, rtol=1e-6)
    assert lines[1].character_bits == pytest.approx(lines[0].character_bits)


def test_a_long_line_comes_in_parts_that_add_up():
    _, events = read("a" * 2500 + "\n")
    lines = of_kind(events, ScoredLine)
    assert [line.characters for line in lines] == [1000, 1000, 501]
    assert [line.ends for line in lines] == [False, False, True]
    assert lines[-1].line_bits == pytest.approx(sum(line.bits for line in lines))
    assert {line.line for line in lines} == {1}


def test_an_interruption_keeps_what_was_read():
    asked = []
    model = table_model(LETTERS)
    pieces = iter(["abc " * 100] * 10_000)
    events = read_surprise(model, pieces, lambda: len(asked) > 2 or asked.append(1))
    *_, found = events
    assert found.interrupted
    assert 0 < found.characters < 4000


def test_what_is_kept_of_a_text_does_not_grow_with_it():
    _, events = read("ab cde\n" * 3000, size=4096)
    found = events[-1]
    assert len(found.curve) <= 60
    assert len(found.places) == len(found.words) == 10
    assert found.curve_characters >= 21_000 / 60


def test_the_curve_has_the_means_of_equal_stretches():
    curve = Curve(4)
    for value in range(10):
        curve.add(value)
    assert (curve.size, curve.means()) == (4, (1.5, 5.5, 8.5))


def test_the_largest_things_are_kept_and_of_equal_ones_the_first():
    largest = Largest(2)
    for value, thing in [(1, "a"), (3, "b"), (2, "c"), (3, "d"), (2, "e")]:
        largest.add(value, thing)
    assert largest.all() == ("b", "d")
    equal = Largest(2)
    for thing in "abc":
        equal.add(1, thing)
    assert equal.all() == ("a", "b")


def test_pieces_are_read_only_as_they_are_needed():
    def pieces():
        yield "ab "
        raise AssertionError("too early")

    first = next(score_pieces(table_model(LETTERS), pieces()))
    assert first.text == "ab "


def test_other_line_separators_end_no_name():
    model = TableModel("\na\u2028", np.full((4, 3), 1 / 3), "names")
    assert list(text_chunks(model, ["a\u2028a\na"])) == ["a\u2028a\n", "a", "\n"]
