"""How characters came, in small cases worked out by hand: shares, neighbours, parts, refusals."""

from dataclasses import replace

import numpy as np
import pytest

from charplay.generation.generator import Continuation
from charplay.generation.options import Sampling
from charplay.generation.place import Place, initial_place, read_tokens
from charplay.generation.sampling import Course, Philox
from charplay.insight import handwriting
from charplay.insight.choices import AnswerTrace
from charplay.insight.handwriting import Handwriting
from charplay.insight.probabilities import Expectation, entropy_of, next_characters
from charplay.insight.whys import explain_choices
from tests.insight.known_model import TableModel, table_model

# After a newline, a, b, c, and nothing.
TABLE = [
    [0.125, 0.5, 0.25, 0.125],
    [0.25, 0.25, 0.25, 0.25],
    [0.0, 0.5, 0.0, 0.5],
    [0.0, 0.0, 1.0, 0.0],
    [0.5, 0.25, 0.125, 0.125],
]


def numbers(*uniforms, empty=False):
    """Draws that are these numbers, one a position."""

    def draw(first, count, position):
        return np.array([uniforms[position]])

    draw.empty_answers = empty
    return draw


def choices(drawn, *uniforms, given="", kind="prose", sampling=None, steer=None, **more):
    model = TableModel("\nabc", TABLE, kind)
    start = initial_place(model)
    draws = numbers(*uniforms) if uniforms else None
    trace = AnswerTrace(model, start, given, drawn, sampling or Sampling(), draws, 1, steer, **more)
    return [choice for choice, _ in trace]


def test_a_number_falls_into_the_share_of_its_character():
    """After a newline the shares end at 0.125, 0.625, 0.875 and 1."""
    [a] = choices("a", 0.25)
    assert (a.place, a.character, a.came, a.rank) == (1, "a", "drawn", 1)
    assert (a.probability, a.drawn, a.bits) == pytest.approx((0.5, 0.5, 1))
    assert (a.uniform, a.low, a.high) == pytest.approx((0.25, 0.125, 0.625))
    assert (a.nearly, a.nearly_by) == ("\n", pytest.approx(-0.125))
    assert (a.instead, a.instead_probability) == ("b", pytest.approx(0.25))
    assert (a.refused, a.repeats) == ("", True)
    [above] = choices("a", 0.5625)
    assert (above.nearly, above.nearly_by) == ("b", pytest.approx(0.0625))
    [first] = choices("\n", 0.0625)
    assert (first.low, first.high, first.nearly, first.nearly_by) == (
        0, pytest.approx(0.125), "a", pytest.approx(0.0625),
    )  # fmt: skip
    [last] = choices("c", 0.9375)
    assert (last.low, last.high, last.nearly) == (pytest.approx(0.875), pytest.approx(1), "b")
    assert last.nearly_by == pytest.approx(-0.0625)


def test_what_cannot_come_has_no_share_to_be_near_to():
    _, a = choices("ba", 0.7, 0.25)
    assert (a.low, a.high) == pytest.approx((0, 0.5))
    assert (a.nearly, a.nearly_by) == ("c", pytest.approx(0.25))
    _, _, b = choices("bcb", 0.7, 0.9, 0.5)
    assert (b.low, b.high, b.probability, b.bits) == pytest.approx((0, 1, 1, 0))
    assert (b.nearly, b.nearly_by) == (None, None)


def test_rounding_at_the_edge_of_a_share_is_no_other_choice():
    for uniform, repeats in (
        (0.625, True), (0.625 + 5e-7, True), (0.625 + 2e-6, False), (0.125 - 5e-7, True),
        (0.125 - 2e-6, False), (0.9, False), (0.05, False), (0.4, True),
    ):  # fmt: skip
        [a] = choices("a", uniform)
        assert a.repeats is repeats, uniform


def test_the_likeliest_other_character_is_told_whatever_came():
    _, b = choices("ab", 0.25, 0.6)
    assert (b.instead, b.instead_probability, b.rank) == ("\n", pytest.approx(0.25), 3)
    _, c = choices("bc", 0.7, 0.9)
    assert (c.instead, c.rank) == ("a", 2)


def refusing(*refused):
    """A form that allows no such beginnings."""
    return lambda text, character: text + character not in refused


def test_what_a_form_refuses_leaves_its_share_to_the_others():
    """Without `a` the shares of a newline, b and c end at 0.25, 0.75 and 1."""
    first, second = choices("bc", 0.4, 0.9, steer=refusing("a"))
    assert (first.refused, first.repeats, first.drawn) == ("a", True, pytest.approx(0.25))
    assert first.low <= first.uniform < first.high
    assert second.refused == ""
    assert all(each.repeats for each in choices("c", 0.4, steer=refusing("a"), kind="names"))


def test_where_a_form_refuses_all_a_name_ends():
    [end] = choices("\n", 0.4, steer=refusing("a", "b", "c", "\n"))
    assert end.repeats
    assert set(end.refused) == set("\nabc")
    [other] = choices("b", 0.05, steer=refusing("a", "b", "c", "\n"))
    assert not other.repeats


def test_nothing_is_drawn_where_the_likeliest_is_taken_unless_a_form_steers():
    greedy = Sampling(temperature=0)
    [a] = choices("a", 0.9, sampling=greedy)
    assert (a.came, a.uniform, a.low, a.nearly, a.repeats) == ("likeliest", None, None, None, True)
    [b] = choices("b", 0.9, sampling=greedy, steer=refusing("a"))
    assert b.came == "drawn"


def test_what_was_given_was_not_drawn_and_numbers_begin_after_it():
    given, drawn = choices("b", 0.6, given="a")
    assert (given.came, given.uniform, given.place) == ("given", None, 1)
    assert (drawn.came, drawn.uniform, drawn.place) == ("drawn", 0.6, 2)
    by_hand = choices("b", given="a")
    assert [each.came for each in by_hand] == ["given", "by hand"]


@pytest.mark.parametrize(("empty", "kind", "drawn"), [
    (False, "names", 0.0), (True, "names", 0.5), (False, "prose", 0.125),
])  # fmt: skip
def test_a_name_has_a_letter_unless_its_draws_may_be_empty(empty, kind, drawn):
    model = TableModel("\nabc", TABLE, kind)
    for given in ("", "a"):
        trace = AnswerTrace(
            model, initial_place(model), given, "\n", Sampling(), numbers(0.1, 0.1, empty=empty), 1
        )
        *_, (end, _) = trace
        assert end.drawn == pytest.approx(0.25 if given else drawn)
    by_hand = AnswerTrace(model, initial_place(model), "", "\n", Sampling(), None, 1)
    [(end, _)] = by_hand
    assert end.drawn == pytest.approx(0.0 if kind == "names" else 0.125)
    assert Course().empty_answers


CASED = TableModel("\nAab", np.full((5, 4), 0.25))


def capital(shown, *uniforms, model=CASED):
    trace = AnswerTrace(
        model, initial_place(model), "", shown, Sampling(),
        numbers(*uniforms) if uniforms else None, 1, None, capital=True,
    )  # fmt: skip
    return [(choice.character, choice.repeats, choice.low) for choice, _ in trace]


def test_a_capital_may_have_been_drawn_large_or_small():
    assert capital("A", 0.3) == [("A", True, pytest.approx(0.25))]
    assert capital("A", 0.6) == [("A", True, pytest.approx(0.5))]
    assert capital("A", 0.9) == [("A", False, pytest.approx(0.5))], "a is what it would have been"
    assert capital("Ab", 0.6, 0.9)[1] == ("b", True, pytest.approx(0.75))
    assert capital("AA", 0.6, 0.3)[1] == ("A", True, pytest.approx(0.25)), "only the first is one"
    assert [shown for shown, *_ in capital("Aa")] == ["A", "a"]
    large = TableModel("\nAb", np.full((4, 3), 1 / 3))
    assert capital("A", model=large) == [("A", True, None)]
    with pytest.raises(KeyError):
        choices("A", 0.3)


def test_the_parts_of_a_mix_are_told_at_the_place_of_the_character():
    class Parted(TableModel):
        """Shows its own logits as those of a part."""

        def views(self, state, tokens):
            logits, _ = self.step(state, tokens[0])
            return {"1 table": logits[None], "2 evenly": np.zeros_like(logits)[None]}

    model = Parted("\nabc", TABLE)
    trace = AnswerTrace(model, initial_place(model), "a", "bcb", Sampling(), None, 1)
    for place, after in ((1, "\n"), (2, "a"), (3, "b"), (4, "c")):
        parts = trace.parts_at(place)
        assert list(parts) == ["1 table", "2 evenly"]
        assert parts["1 table"] == pytest.approx(TABLE["\nabc".index(after)])
    explained = explain_choices(trace, 2, 3)
    assert [choice.place for choice in explained.choices] == [2, 3]
    assert explained.place == 2
    assert explained.expected.parts["1 table"] == pytest.approx(TABLE[1])


def test_of_equally_unexpected_characters_the_first_is_explained_and_given_ones_last():
    model = TableModel("\nabc", TABLE)

    def place(given, drawn, first, last):
        trace = AnswerTrace(model, initial_place(model), given, drawn, Sampling(), None, 1)
        return explain_choices(trace, first, last).place

    assert place("", "ababa", 2, 5) == 2
    assert place("\n", "a", 1, 2) == 2, "the newline is the less expected, and was given"
    assert place("\na", "a", 1, 2) == 1


# What comes next.


def test_of_equally_likely_characters_those_that_may_be_drawn_stand_first():
    model = TableModel("\nabc", TABLE)
    place = read_tokens(model, initial_place(model), model.vocabulary.encode("a"))
    expected = Expectation.at(model, place, Sampling(), False)
    expected = replace(expected, drawn=np.array([0.0, 0.0, 0.75, 0.25]))
    rows = expected.rows("\nabc", 4)
    assert [row.character for row in rows] == ["b", "c", "\n", "a"]
    assert [expected.rank_of(token) for token in range(4)] == [3, 4, 1, 2]


def test_parts_stand_beside_each_character_and_by_name():
    class Parted(TableModel):
        """One part says the opposite."""

        def views(self, state, tokens):
            logits, _ = self.step(state, tokens[0])
            return {"1 it": logits[None], "2 evenly": np.zeros_like(logits)[None]}

    model = Parted("\nabc", TABLE)
    found = next_characters(
        model, initial_place(model), Sampling(), 2, model="m", text="", options=""
    )
    assert found.parts == ("1 it", "2 evenly")
    assert [row.parts for row in found.characters] == [
        pytest.approx((0.5, 0.25)), pytest.approx((0.25, 0.25)),
    ]  # fmt: skip
    assert found.others == 2
    assert (found.others_probability, found.others_drawn) == pytest.approx((0.25, 0.25))
    whole = next_characters(
        model, initial_place(model), Sampling(top_k=1), 4, model="m", text="", options=""
    )
    assert (whole.others, whole.others_probability, whole.others_drawn) == (0, 0, 0)
    cut = next_characters(
        model, initial_place(model), Sampling(top_k=2), 1, model="m", text="", options=""
    )
    assert cut.others_drawn == pytest.approx(1 / 3)


def test_what_is_certain_has_an_uncertainty_of_plus_nothing():
    assert str(entropy_of(np.array([1.0, 0.0]))) == "0.0"


# Writing by hand.


def begin(kind="names", beginning="", draws=None, table=None, **options):
    letters = "\nabc" if kind == "names" else "\n abc"
    model = TableModel(letters, table, kind) if table is not None else table_model(letters, kind)
    start = read_tokens(model, initial_place(model), model.vocabulary.encode(beginning))
    return Handwriting(model, start, Sampling(**options), draws or Philox(5), beginning), model


def test_a_text_has_a_length_and_an_end():
    writing, _ = begin()
    assert (len(writing), writing.has_ended) == (0, False)
    writing.write("ab")
    assert (len(writing), writing.has_ended) == (2, False)
    writing.write("\n")
    assert (len(writing), writing.has_ended) == (3, True)
    writing.step_back()
    assert writing.ranked(4)
    prose, _ = begin("prose")
    prose.write("ab\n")
    assert not prose.has_ended


def test_a_name_with_a_beginning_or_a_letter_may_end():
    for writing in (begin()[0], begin(beginning="a")[0]):
        before = writing.text
        writing.write("\n")
        assert writing.text == ("\n" if writing.beginning else before)
    end = next(row for row in begin(beginning="a")[0].ranked(4) if row.character == "\n")
    assert end.drawn > 0


def test_what_is_expected_is_that_of_the_place_after_each_change():
    writing, model = begin("prose")
    at_first = writing.ranked(5)
    writing.write("a")
    after = writing.ranked(5)
    assert [row.probability for row in after] == pytest.approx(sorted(model.table[2])[::-1])
    assert after != at_first
    writing.step_back()
    assert writing.ranked(5) == at_first
    assert writing.choose(1)
    assert writing.text == at_first[0].character


def alike(*uniforms):
    """Draws of answer 1, 2, …: the same number for all positions of each."""
    return lambda first, count, position: np.array([uniforms[first - 1]])


def test_another_word_is_that_of_the_next_answer_whose_word_is_another():
    """A model that says a, b or c evenly, and then ends the word."""
    table = np.zeros((6, 5))
    table[[0, 1, 5], 2:] = 1 / 3
    table[2:5, 1] = 1
    writing, _ = begin("prose", draws=alike(0.1, 0.2, 0.5, 0.9, 0.1), table=table)
    assert writing.go_on("word") == "a "
    assert writing.go_on_otherwise() == "b ", "answer 2 has the same word as answer 1"
    assert writing.go_on_otherwise() == "c "
    assert writing.go_on_otherwise() == "a "
    assert writing.text == "a "
    writing.step_back()
    assert writing.go_on_otherwise() == ""
    assert begin()[0].go_on_otherwise() == ""


def test_where_there_is_one_way_to_go_on_thirty_others_are_tried_and_no_more():
    asked = []

    def draws(first, count, position):
        asked.append(first)
        return np.array([0.5])

    writing, _ = begin("prose", draws=draws)
    word = writing.go_on("word")
    assert writing.go_on_otherwise() == word
    assert sorted(set(asked)) == list(range(1, 32))


@pytest.mark.parametrize(("until", "longest"), [("word", 60), ("line", 400)])
def test_what_never_ends_is_left_after_a_while(until, longest):
    table = np.zeros((6, 5))
    table[:, 2] = 1
    writing, _ = begin("prose", table=table)
    assert writing.go_on(until) == "a" * longest
    assert writing.go_on(until) == "a" * longest


def test_a_word_passes_over_the_blanks_before_it_and_a_line_may_be_empty():
    table = np.zeros((6, 5))
    table[5, 0] = table[0, 1] = table[1, 2] = table[2, 0] = 1  # "\n", " ", "a", "\n"
    model = TableModel("\n abc", table, "prose")

    def writing():
        start = Place(model.initial_state(1), -1)
        return Handwriting(model, start, Sampling(), Philox(5))

    assert writing().go_on("word") == "\n a\n"
    line = writing()
    assert [line.go_on("line"), line.go_on("line")] == ["\n", " a\n"]


def test_places_are_kept_one_in_so_many_and_the_last_ones(monkeypatch):
    monkeypatch.setattr(handwriting, "_KEPT", 4)
    writing, _ = begin("prose")
    writing.write("abc" * 5)
    assert sorted(writing._places) == [0, 4, 8, 12, 13, 14, 15]
    while writing.step_back():
        pass
    assert len(writing) == 0


def test_a_word_back_takes_what_was_written_and_not_the_beginning():
    writing, _ = begin("prose", beginning="ab ")
    assert not writing.step_back_word()
    writing.write("  ")
    assert writing.step_back_word()
    assert writing.text == ""
    writing.write("ab\ncd")
    assert writing.step_back_word()
    assert writing.text == "ab\n"


def test_the_answer_of_a_number_is_written_where_it_is_asked_for():
    writing, model = begin("prose")
    text = "".join(Continuation(model, initial_place(model), Sampling(max_chars=60), 5, 3))
    assert text.startswith(writing.go_on("word", 3))
