"""Runs that texts share with a long text: the same as looking for every piece of them there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.generation.options import AnswerOptions
from charplay.insight.common_runs import CommonRun, RunFinder, SuffixAutomaton, covered_share
from charplay.insight.memorised import HELD_OUT, find_copies
from charplay.models.contract import Model
from charplay.text.corpus import NameList, Prose
from charplay.text.vocabulary import Vocabulary

LETTERS = st.text("ab", max_size=30)


def runs_by_hand(whole, text, least):
    """At each end the longest piece that the whole has; those that no longer one has inside."""
    ending = [
        max(n for n in range(end + 1) if text[end - n : end] in whole)
        for end in range(1, len(text) + 1)
    ]
    return [
        CommonRun(text[end + 1 - n : end + 1], end + 1 - n)
        for end, n in enumerate(ending)
        if n >= least and not (end + 1 < len(ending) and ending[end + 1] > n)
    ]


def find_runs(whole, texts, least):
    finder = RunFinder(texts, least)
    finder.read(whole)
    return finder.longest_runs()


@given(LETTERS, st.lists(LETTERS, min_size=1, max_size=3), st.integers(1, 5))
def test_runs_are_those_found_by_looking_for_every_piece(whole, texts, least):
    expected = [runs_by_hand(whole, text, least) for text in texts]
    assert find_runs(whole, texts, least) == expected


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_characters_are_found(whole, text):
    text += whole[3:9]
    assert find_runs(whole, [text], 2) == [runs_by_hand(whole, text, 2)]


@given(LETTERS, LETTERS, st.integers(0, 30))
def test_a_text_in_two_pieces_is_as_one(whole, text, cut):
    finder = RunFinder([text], 3)
    finder.read(whole[:cut])
    finder.read(whole[cut:])
    assert finder.longest_runs() == find_runs(whole, [text], 3)


def test_the_share_counts_each_character_once():
    runs = [CommonRun("abcd", 2), CommonRun("cdef", 4), CommonRun("x", 11)]
    assert covered_share(runs, 12) == (6 + 1) / 12
    assert covered_share([], 0) == 0


def test_texts_beside_each_other_have_no_run_in_common():
    assert find_runs("ab", ["xa", "by"], 1) == [[CommonRun("a", 1)], [CommonRun("b", 0)]]


# What a model copies.


class Reciter(Model):
    """Goes on with the one character that follows each in the alphabet, or with any."""

    def __init__(self, characters, kind, sure):
        super().__init__(Vocabulary(characters), kind, None)
        self._sure = sure

    def step(self, state, tokens):
        size = len(self.vocabulary)
        logits = np.zeros((len(tokens), size), np.float32)
        logits[np.arange(len(tokens)), (np.maximum(tokens, 0) + 1) % size] = self._sure
        return logits, state


ALPHABET = "\nabcdefghijklmnopqrstuvwxyz"
LEARNED = Prose.of(ALPHABET * 60, "alphabet", "")
UNSEEN = Prose.of(ALPHABET[::-1] * 60, "backwards", "")


def copies(model, learned, unseen, temperatures=(1.0,), count=2):
    found = find_copies(
        "m", model, learned, unseen, temperatures, count, 1, AnswerOptions.usual(model.kind)
    )
    return {row.source: row for row in found.sources}


def test_a_model_that_knows_its_text_by_heart_copies_all_of_it():
    rows = copies(Reciter(ALPHABET, "prose", 50), LEARNED, UNSEEN)
    row = rows["temperature 1"]
    assert (row.characters, row.share, row.longest) == (2000, 1.0, 1000)
    assert row.copies_beside(rows[HELD_OUT], 20)
    assert (rows[HELD_OUT].share, rows[HELD_OUT].longest) == (0, 0)
    assert rows[HELD_OUT].characters == 2000


def test_a_model_that_draws_any_character_copies_nothing():
    rows = copies(Reciter(ALPHABET, "prose", 0), LEARNED, UNSEEN, (1.0, 0.5))
    assert [row.share for row in rows.values()] == [0, 0, 0]
    assert not rows["temperature 0.5"].copies_beside(rows[HELD_OUT], 20)


def test_names_that_are_in_the_list_whole_are_copies():
    characters = "\nabcdefgh"
    learned = NameList(("Abcdefgh", "hgfedcba"), "list", "")
    unseen = NameList(("gfedcbah",), "list", "")
    rows = copies(Reciter(characters, "names", 50), learned, unseen, count=300)
    row = rows["temperature 1"]
    assert (row.listed, row.runs, row.characters) == (1.0, ("bcdefgh",), 2400)
    assert row.share == pytest.approx(7 / 8)
    assert row.copies_beside(rows[HELD_OUT], 20)
    assert (rows[HELD_OUT].listed, rows[HELD_OUT].held_out) == (0.0, 1.0)


def test_names_of_both_parts_alike_are_no_copies():
    """Nine parts of ten are learned, and names of all ten parts come as often."""
    every = tuple(a + b for a in "abcdefgh" for b in "abcdefgh")
    learned, unseen = NameList(every[:57], "list", ""), NameList(every[57:], "list", "")
    model = Pairs(Vocabulary("\nabcdefgh"), "names", None)
    row = copies(model, learned, unseen, count=300)["temperature 1"]
    assert row.listed + row.held_out == pytest.approx(1)
    held_out = row.held_out * 300
    most = held_out + 1 + 2 * (held_out + 1) ** 0.5
    assert row.at_most == pytest.approx(min(1, 57 / 7 * most / 300))
    assert not row.copies_beside(row, 6)


class Pairs(Model):
    """Draws two letters, each as likely as any, and ends."""

    def initial_state(self, batch_size):
        return {"read": np.zeros(batch_size)}

    def step(self, state, tokens):
        ends = state["read"] == 2
        logits = np.zeros((len(tokens), len(self.vocabulary)), np.float32)
        logits[ends, 0] = 90
        logits[~ends, 0] = -90
        return logits, {"read": state["read"] + 1}


def test_without_a_held_out_part_nothing_stands_beside_the_samples():
    nothing = Prose.of("", "nothing", "")
    assert list(copies(Reciter(ALPHABET, "prose", 9), LEARNED, nothing)) == ["temperature 1"]


def test_a_character_that_has_always_followed_another_was_read_alone():
    automaton = SuffixAutomaton("ab")
    automaton.read("b")
    assert automaton.longest_ending() == [0, 1]
