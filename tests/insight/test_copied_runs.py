"""What makes samples copies, and the pieces that the search for shared runs is made of."""

from dataclasses import replace

import numpy as np
import pytest

from charplay.generation.generator import Continuation
from charplay.generation.options import AnswerOptions, Sampling
from charplay.generation.place import initial_place
from charplay.insight import common_runs, memorised
from charplay.insight.common_runs import CommonRun, RunFinder, covered_share
from charplay.insight.memorised import HELD_OUT, LEAST_RUN, CopiedShare, draw_texts, find_copies
from charplay.text.corpus import NameList, Prose
from charplay.text.vocabulary import Vocabulary
from tests.insight.known_model import table_model
from tests.insight.test_common_runs import ALPHABET, LEARNED, UNSEEN, Pairs, Reciter

BASE = 0x9E3779B97F4A7C15
PROSE = CopiedShare("temperature 1", 1000, 0.0, 0, None, None, None, ())
NAMES = replace(PROSE, listed=0.0, held_out=0.0, at_most=0.0)
NOTHING = Prose.of("", "nothing", "")


# When samples are copies.


@pytest.mark.parametrize(
    ("share", "unseen", "copies"),
    [
        (0.5, 0.25, False),  # twice as much, not more
        (0.51, 0.25, True),
        (0.3, 0.25, False),
        (0.05, 0.0, False),  # five parts of a hundred more, not over it
        (0.06, 0.0, True),
        (0.06, 0.02, False),  # three times as much of very little
        (0.2, 0.14, False),
    ],
)
def test_prose_is_copied_where_its_share_is_twice_and_clearly_more(share, unseen, copies):
    beside = replace(PROSE, share=unseen)
    assert replace(PROSE, share=share).copies_beside(beside, 20) is copies


@pytest.mark.parametrize(
    ("longest", "unseen", "copies"),
    [(80, 10, False), (81, 10, True), (120, 30, False), (121, 30, True), (100, 30, False)],
)
def test_prose_is_copied_where_a_run_is_over_four_times_as_long(longest, unseen, copies):
    beside = replace(PROSE, longest=unseen)
    assert replace(PROSE, longest=longest).copies_beside(beside, 20) is copies


@pytest.mark.parametrize(
    ("listed", "at_most", "copies"),
    [(0.1, 0.0, False), (0.11, 0.0, True), (0.4, 0.4, False), (0.41, 0.4, True), (0.3, 0.4, False)],
)
def test_names_are_copies_where_more_are_listed_than_chance_allows(listed, at_most, copies):
    row = replace(NAMES, listed=listed, at_most=at_most, share=1.0, longest=999)
    assert row.copies_beside(NAMES, 6) is copies


def test_names_without_a_held_out_part_are_judged_by_their_runs():
    row = replace(NAMES, listed=0.0, at_most=None, share=0.5)
    assert row.copies_beside(NAMES, 6)
    assert not replace(row, share=0.0, listed=1.0).copies_beside(NAMES, 6)


def test_only_what_stands_beside_was_not_drawn():
    assert PROSE.is_drawn
    assert not replace(PROSE, source=HELD_OUT).is_drawn


# Drawing.


def test_samples_of_prose_are_the_answers_of_their_numbers(monkeypatch):
    monkeypatch.setattr(memorised, "_SAMPLE_CHARACTERS", 25)
    model = table_model()
    samplings = [Sampling(max_chars=25), Sampling(max_chars=25, temperature=0.5, top_k=3)]
    start = initial_place(model)
    expected = [
        ["".join(Continuation(model, start, each, 5, number)) for number in (1, 2, 3)]
        for each in samplings
    ]
    assert draw_texts(model, samplings, 5, 3) == expected


def test_a_sample_of_prose_has_a_thousand_characters():
    assert [len(text) for text in draw_texts(table_model(), [Sampling()], 5, 1)[0]] == [1000]


def test_samples_of_prose_that_are_interrupted_are_shorter():
    asked = iter([False] * 7 + [True])
    drawn = draw_texts(table_model(), [Sampling(), Sampling()], 5, 2, lambda: next(asked))
    assert [[len(text) for text in texts] for texts in drawn] == [[7, 7], [7, 7]]


def test_interrupted_at_once_nothing_was_drawn_and_nothing_is_copied():
    found = find_copies(
        "m", table_model("\nab"), LEARNED, NOTHING, [1.0], 2, 1, Sampling(), (), lambda: True
    )
    [row] = found.sources
    assert (row.characters, row.share, row.longest, row.runs) == (0, 0, 0, ())


# What is found.


def test_the_temperatures_are_those_asked_for_and_nothing_is_greedy(monkeypatch):
    monkeypatch.setattr(memorised, "_SAMPLE_CHARACTERS", 60)
    greedy = replace(AnswerOptions.usual("prose"), greedy=True)
    found = find_copies(
        "m", Reciter(ALPHABET, "prose", 6), LEARNED, UNSEEN, [0.1, 9.0], 2, 1, greedy, ("a note",)
    )
    sure, any_letter, unseen = found.sources
    assert [row.source for row in found.sources] == ["temperature 0.1", "temperature 9", HELD_OUT]
    assert (sure.share, sure.longest) == (1.0, 60)
    assert (any_letter.share, any_letter.longest) == (0.0, 0)
    assert (unseen.characters, unseen.at_most, unseen.listed) == (120, None, None)
    assert (found.model, found.kind, found.least, found.seed) == ("m", "prose", 20, 1)
    assert found.notices == ("a note",)


def test_runs_of_prose_have_twenty_characters_and_of_names_six():
    assert LEAST_RUN == {"prose": 20, "names": 6}


def test_the_longest_runs_are_told_first_each_once_at_most_five(monkeypatch):
    """Of held-out text in stretches of 30: each is learned to another length."""
    monkeypatch.setattr(memorised, "_SAMPLE_CHARACTERS", 30)
    held = "".join(chr(0x4E00 + n) for n in range(210))
    learned = "|".join(
        held[start : start + length]
        for start, length in zip(range(0, 210, 30), (20, 25, 30, 19, 22, 21, 28))
    )
    found = find_copies(
        "m",
        table_model("\nab"),
        Prose.of(learned, "learned", ""),
        Prose.of(held, "held", ""),
        [1.0],
        7,
        1,
        Sampling(),
    )
    row = found.sources[-1]
    assert [len(run) for run in row.runs] == [30, 28, 25, 22, 21]
    assert row.runs[0] == held[60:90]
    assert row.longest == 30
    assert row.characters == 210
    assert row.share == pytest.approx((20 + 25 + 30 + 22 + 21 + 28) / 210)


def test_held_out_prose_is_taken_from_its_beginning_to_its_end(monkeypatch):
    monkeypatch.setattr(memorised, "_SAMPLE_CHARACTERS", 25)
    held = "".join(chr(0x4E00 + n) for n in range(100))
    found = find_copies(
        "m",
        table_model("\nab"),
        Prose.of(held, "", ""),
        Prose.of(held, "", ""),
        [1.0],
        3,
        1,
        Sampling(),
    )
    row = found.sources[-1]
    assert set(row.runs) == {held[:25], held[37:62], held[75:]}


def test_a_short_held_out_text_is_looked_at_once():
    found = find_copies(
        "m", table_model("\nab"), LEARNED, Prose.of("abc", "", ""), [1.0], 3, 1, Sampling()
    )
    row = found.sources[-1]
    assert (row.characters, row.share, row.runs) == (3, 0.0, ())


def test_held_out_names_stand_beside_each_once_and_no_more_than_were_drawn():
    names = NameList(("ab", "AB", "cd", "ab", "ef"), "list", "")
    model = Pairs(Vocabulary("\nabcdefgh"), "names", None)
    found = find_copies(
        "m", model, NameList(("cd",), "", ""), names, [1.0], 3, 1, Sampling(max_chars=9)
    )
    row = found.sources[-1]
    assert found.least == 6
    assert (row.source, row.characters) == (HELD_OUT, 6)
    assert (row.listed, row.held_out, row.at_most) == (pytest.approx(1 / 3), 1, None)


def test_at_most_so_many_may_be_listed_as_chance_and_the_lengths_of_the_lists_allow():
    every = [a + b for a in "abcdefgh" for b in "abcdefgh"]
    learned, held = NameList(tuple(every[:8]), "", ""), NameList(tuple(every[8:48]), "", "")
    model = Pairs(Vocabulary("\nabcdefgh"), "names", None)
    row = find_copies("m", model, learned, held, [1.0], 300, 1, Sampling(max_chars=9)).sources[0]
    count = row.held_out * 300
    assert 100 < count < 250
    assert row.at_most == pytest.approx(8 / 40 * (count + 1 + 2 * (count + 1) ** 0.5) / 300)
    nobody = NameList((), "", "")
    row = find_copies("m", model, learned, nobody, [1.0], 50, 1, Sampling(max_chars=9)).sources[0]
    assert 0 < row.listed < 1
    assert (row.held_out, row.at_most) == (0, None)


def test_reading_the_learned_text_stops_where_it_is_interrupted():
    """A name is drawn whole, then the reading of a list of two pieces is interrupted."""
    read = []

    class Pieces:
        """A text that notes which of its pieces were read."""

        def pieces(self):
            for piece in ("abcdefgh\n", "hgfedcba\n"):
                read.append(piece)
                yield piece

    model = Reciter("\nabcdefgh", "names", 50)
    asked = []
    found = find_copies(
        "m", model, Pieces(), NOTHING, [1.0], 1, 1, Sampling(max_chars=20), (),
        lambda: bool(read) or asked.append(1),
    )  # fmt: skip
    assert read == ["abcdefgh\n"]
    assert found.sources[0].share == 1


# Runs.


@pytest.mark.parametrize("length", range(1, 10))
def test_a_hash_is_the_polynomial_of_its_characters(length):
    text = "abracadabra, é恐"
    points = common_runs._code_points(text)
    expected = [
        sum((ord(c) + 1) * BASE ** (length - 1 - n) for n, c in enumerate(text[at : at + length]))
        % 2**64
        for at in range(len(text) - length + 1)
    ]
    assert common_runs._window_hashes(points, length).tolist() == expected


def test_a_text_shorter_than_a_run_has_no_hash():
    assert len(common_runs._window_hashes(common_runs._code_points("ab"), 3)) == 0
    assert len(common_runs._window_hashes(common_runs._code_points("abc"), 3)) == 1


def test_only_the_hashes_that_are_wanted_are_among_them():
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, 2**63, 20_000).astype(np.uint64)
    for wanted in (hashes[7:8], hashes[100:400], hashes[:0]):
        found = common_runs._are_among(hashes, wanted)
        np.testing.assert_array_equal(found, np.isin(hashes, wanted))
    assert common_runs._are_among(hashes[:0], hashes[:5]).tolist() == []
    assert common_runs._are_among(hashes[:0], hashes[:0]).tolist() == []


def test_of_a_long_text_only_stretches_that_share_something_are_looked_into():
    finder = RunFinder(["abcdef", "cde fgh"], 3)
    stretches = finder._shared_stretches("xxabcdyy fghabcdzdef fg abcd")
    assert list(stretches) == ["abcd", " fgh", "def", " fg"]
    assert list(RunFinder(["abc", "cde"], 3)._shared_stretches("abcde")) == ["abc", "cde"]
    assert list(finder._shared_stretches("nothing")) == []


def test_a_run_that_begins_the_text_is_covered_whole():
    assert covered_share([CommonRun("abc", 0), CommonRun("de", 4)], 10) == 0.5
    assert covered_share([CommonRun("abc", 0), CommonRun("bc", 1), CommonRun("cde", 2)], 5) == 1


def test_a_run_has_a_character_at_least():
    with pytest.raises(ValueError, match="a run has a character"):
        RunFinder(["a"], 0)
    finder = RunFinder(["a"], 1)
    finder.read("bab")
    assert finder.longest_runs() == [[CommonRun("a", 0)]]


def test_a_run_over_the_end_of_a_piece_is_whole_up_to_4096_characters_before():
    text = "".join(chr(0x4E00 + n) for n in range(4100))
    finder = RunFinder([text], 3)
    finder.read("x" + text[:4096])
    finder.read(text[4096:])
    assert finder.longest_runs() == [[CommonRun(text, 0)]]
    finder = RunFinder([text], 3)
    finder.read("x" + text[:4097])
    finder.read(text[4097:])
    assert finder.longest_runs() == [[CommonRun(text[:4097], 0), CommonRun(text[1:], 1)]]
