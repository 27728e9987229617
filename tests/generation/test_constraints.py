"""Forms of names: what fits, what can still come to fit, and drawing under them."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charplay.errors import UsageError
from charplay.generation.constraints import Shape, joins_letters, steer_by
from charplay.generation.generator import draw_names
from charplay.generation.options import Sampling
from charplay.generation.sampling import Philox
from charplay.models.checkpoint import read_checkpoint
from charplay.pretrained import shipped_models
from tests.declared import declared

FEW = st.text(alphabet="abAB", max_size=3)
PATTERNS = st.none() | st.sampled_from(
    ["[ab]+", "a.*b", "(ab)*", "[ab]{2,4}", ".*ba?", "b|ab+", "(?:a|b)*?a", r"(.).*\1", "a?b?"]
)
FORMS = st.fixed_dictionaries(
    {
        "starts": st.lists(FEW.filter(bool), max_size=2).map(tuple),
        "ends": FEW,
        "contains": FEW,
        "pattern": PATTERNS,
        "min_length": st.integers(1, 5),
        "max_length": st.none() | st.integers(1, 9),
    }
)
LONGEST = 14


def fits(form, text):
    """Whether a text has a form, one demand after the other, patterns by the standard library."""
    low = text.lower()
    return (
        len(text) >= form["min_length"]
        and (form["max_length"] is None or len(text) <= form["max_length"])
        and (not form["starts"] or low.startswith(tuple(s.lower() for s in form["starts"])))
        and low.endswith(form["ends"].lower())
        and form["contains"].lower() in low
        and (form["pattern"] is None or bool(re.fullmatch(form["pattern"], text, re.IGNORECASE)))
    )


@st.composite
def forms_with_a_word(draw):
    """A form, and a word that was built from its parts, so that it often fits."""
    form = draw(FORMS)
    start = draw(st.sampled_from(form["starts"] or ("",)))
    parts = [start, draw(FEW), form["contains"], draw(FEW), form["ends"]]
    return form, "".join(parts)


@pytest.fixture(scope="module")
def model(registry):
    return read_checkpoint(shipped_models()["dinosaurs"]).model(registry.backends.find("mix"))


@pytest.fixture(scope="module")
def drawn(model):
    """Draws the names of those numbers under a form."""

    def draw(numbers, seed=7, **form):
        shape, vocabulary = Shape(**form), model.vocabulary
        sampling = Sampling(max_chars=LONGEST + 1)
        prefix = vocabulary.encode("".join(shape.starts))
        steer = steer_by(shape)
        return list(draw_names(model, prefix, sampling, Philox(seed), numbers, steer=steer))

    return draw


@given(forms_with_a_word(), st.text(alphabet="abAB", max_size=9))
def test_a_text_fits_where_it_meets_every_demand(form_and_word, other):
    form, word = form_and_word
    try:
        shape = Shape(**form)
    except UsageError:
        assert not fits(form, word)
        assert not fits(form, other)
        return
    assert shape.fits(word) == fits(form, word)
    assert shape.fits(other) == fits(form, other)


@given(forms_with_a_word())
def test_every_beginning_of_a_word_that_fits_can_become_one(form_and_word):
    form, word = form_and_word
    if fits(form, word):
        shape = Shape(**form)
        assert [i for i in range(len(word) + 1) if not shape.can_become(word[:i])] == []


@pytest.mark.parametrize(
    ("pattern", "word"),
    [("(?!abc$).*", "abcd"), ("(?!.{4}$).*", "abcde"), (".*(?<=s)", "abs"), ("(?!.*x$).*", "axb")],
)
def test_a_pattern_that_looks_ahead_or_back_cuts_no_way_to_a_word_that_fits(pattern, word):
    shape = Shape(pattern=pattern)
    assert shape.fits(word)
    assert [word[:i] for i in range(1, len(word) + 1) if not shape.can_become(word[:i])] == []


@given(st.text(alphabet="asßİ", max_size=6), st.text(alphabet="sßİ", min_size=1, max_size=2))
@example("gro", "ß")
@example("ka", "İ")
def test_a_letter_that_two_stand_for_without_case_cuts_no_way_either(begun, end):
    word = begun + end
    for form in ({}, {"max_length": len(word)}, {"min_length": len(word)}):
        shape = Shape(ends=end, contains=end, **form)
        assert shape.fits(word)
        assert [word[:i] for i in range(len(word) + 1) if not shape.can_become(word[:i])] == []


def test_what_has_no_room_left_cannot_become_a_name():
    shape = Shape(ends="saurus", max_length=9)
    assert shape.can_become("tys")
    assert not shape.can_become("tyra")
    assert Shape(ends="saurus", max_length=9).can_become("tyrsau")
    assert not Shape(contains="x", max_length=3).can_become("abc")


def test_a_pattern_is_followed_while_a_name_grows():
    shape = Shape(pattern="[aeiou].*x")
    assert shape.can_become("a")
    assert shape.can_become("axq")
    assert not shape.can_become("b")
    assert Shape(pattern="ab{2}c").can_become("abb")
    assert not Shape(pattern="ab{2}c").can_become("abbb")


def test_upper_and_lower_case_are_alike():
    shape = Shape(starts=("TY",), ends="uS", contains="RANN", pattern="t[a-z]+S")
    assert shape.fits("Tyrannosaurus")
    assert shape.fits("tYRANNOSAURUS")
    assert shape.can_become("TYRANN")


@pytest.mark.parametrize(
    "pattern",
    ["(", "[a", "*a", "(?P<", r"\p{Nothing}", "a{2,1}", "(?a)(?u)b", "(" * 3000 + ")" * 3000],
    ids=lambda pattern: pattern[:10],
)
def test_a_pattern_that_is_none_is_refused_with_a_hint(pattern):
    with pytest.raises(UsageError) as caught:
        Shape(pattern=pattern)
    assert "pattern" in caught.value.message
    assert caught.value.hint


def test_a_pattern_that_goes_astray_ends_with_an_error_that_says_so():
    shape = Shape(pattern="(a|a)+[^a]")
    with pytest.raises(UsageError, match="takes too long") as caught:
        shape.fits("a" * 60)
    assert caught.value.hint


@pytest.mark.parametrize("pattern", ["a{100000000}", "((a{900}){900}){900}"])
def test_a_pattern_for_an_enormous_text_is_refused_before_it_eats_the_memory(process, pattern):
    pytest.importorskip("resource")
    code = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))\n"
        "from charplay.errors import UsageError\n"
        "from charplay.generation.constraints import Shape\n"
        "try:\n"
        f"    Shape(pattern={pattern!r})\n"
        "except UsageError:\n"
        "    print('refused')\n"
    )
    assert process(python=("-c", code)).out == "refused\n"


@pytest.mark.parametrize(
    "form",
    [
        {"min_length": 5, "max_length": 4},
        {"starts": ("tyranno",), "max_length": 6},
        {"starts": ("ty", "tyranno"), "max_length": 6},
        {"ends": "saurus", "max_length": 5},
        {"contains": "xyz", "max_length": 2},
    ],
)
def test_a_form_that_no_name_can_have_is_refused_with_a_hint(form):
    with pytest.raises(UsageError) as caught:
        Shape(**form)
    assert str(form["max_length"]) in caught.value.message
    assert "--max-length" in caught.value.hint


def test_a_beginning_alone_is_fed_and_needs_no_steering():
    assert not Shape(starts=("ty",)).steers
    assert Shape(max_length=9).steers
    assert Shape(min_length=2).steers
    assert Shape(pattern="[aeiou]+").steers


def test_whatever_a_beginning_alone_does_not_settle_is_checked_on_the_drawn_name():
    assert not Shape(starts=("ty",)).constrains
    for form in ({"ends": "x"}, {"contains": "x"}, {"pattern": ".*x"}, {"max_length": 5}):
        assert Shape(**form).constrains, form


@pytest.mark.parametrize("most", [1, 3, 6, LONGEST])
def test_no_name_drawn_is_longer_than_the_longest_allowed(drawn, most):
    answers = drawn(range(1, 129), max_length=most)
    assert all(1 <= len(answer.text) <= most and answer.stopped == "end" for answer in answers)


def test_a_beginning_is_kept_and_no_name_ends_before_its_time(drawn):
    answers = drawn(range(1, 65), starts=("ty",), min_length=8, max_length=10)
    assert all(answer.text.startswith("ty") and 8 <= len(answer.text) <= 10 for answer in answers)
    assert len({answer.text for answer in answers}) > 32


def test_names_drawn_under_a_pattern_are_on_its_way_to_the_end(drawn):
    shape = Shape(pattern="[aeiou][^aeiou].*x.*")
    answers = drawn(range(1, 129), pattern=shape.pattern)
    assert all(shape.can_become(answer.text) for answer in answers)
    assert any(shape.fits(answer.text) for answer in answers)


def test_a_form_that_leads_nowhere_ends_at_once(drawn):
    assert {answer.text for answer in drawn(range(1, 5), pattern="[0-9]+")} == {""}


@pytest.mark.parametrize("numbers", [[1], [3], [64], [65], [2, 70, 130], range(60, 70)])
def test_a_seed_and_a_form_give_the_same_names_in_any_number(drawn, numbers):
    form = {"ends": "us", "contains": "x", "max_length": 12}
    all_of_them = drawn(range(1, 131), **form)
    assert drawn(numbers, **form) == [all_of_them[number - 1] for number in numbers]


def test_another_seed_gives_other_names(drawn):
    one, other = (drawn(range(1, 9), seed=seed, max_length=9) for seed in (7, 8))
    assert [answer.text for answer in one] != [answer.text for answer in other]


def test_what_is_allowed_next_is_what_can_lead_to_a_name(model):
    may_follow = steer_by(Shape(ends="us", max_length=4))
    allowed = [c for c in model.vocabulary.characters if may_follow("abu", c)]
    assert allowed == ["\n", "s"]


def test_steering_leaves_what_may_follow_its_chances(model):
    """Taking out the a's leaves every other first letter its share, in 6,400 names."""
    numbers, nothing = range(1, 6401), np.array([], np.int32)
    sampling = Sampling(max_chars=1)
    free = draw_names(model, nothing, sampling, Philox(5), numbers)
    no_a = draw_names(model, nothing, sampling, Philox(5), numbers, steer=lambda text, c: c != "a")
    free, no_a = Counter(a.text for a in free), Counter(a.text for a in no_a)
    assert no_a["a"] == 0
    left = len(numbers) - free["a"]
    for letter, count in free.items():
        if letter != "a":
            expected = count / left * len(numbers)
            assert abs(no_a[letter] - expected) < 6 * expected**0.5 + 6


def test_a_form_is_declared_with_its_bounds_and_the_words_for_its_values():
    assert declared(Shape) == {
        "starts": ((), {"metavar": "TEXT"}),
        "ends": ("", {"metavar": "TEXT"}),
        "contains": ("", {"metavar": "TEXT"}),
        "pattern": (None, {"metavar": "REGEX"}),
        "min_length": (1, {"minimum": 1}),
        "max_length": (None, {"minimum": 1}),
    }


@pytest.mark.parametrize(
    ("most", "text", "can"),
    [
        (6, "", True), (6, "s", True), (6, "x", False), (7, "x", True), (7, "xs", True),
        (6, "xs", False), (8, "xsaurus", True), (7, "xsaurus", True), (7, "xsaurusx", False),
        (13, "xsaurusx", False), (14, "xsaurusx", True),
    ],
)  # fmt: skip
def test_an_ending_needs_the_room_that_its_missing_letters_take(most, text, can):
    assert Shape(ends="saurus", max_length=most).can_become(text) is can


def test_a_contained_text_needs_its_room_only_while_it_is_missing():
    shape = Shape(contains="xyz", max_length=5)
    can = {text: shape.can_become(text) for text in ("ab", "abx", "abc", "xyzab", "xyaxy", "xyax")}
    assert can == {
        "ab": True, "abx": True, "abc": False, "xyzab": True, "xyaxy": False, "xyax": False,
    }  # fmt: skip


ACCENT = "\u0301"


def test_an_accent_spelt_apart_may_still_make_the_right_letter():
    shape = Shape(pattern="é.*x")
    with_accent, without = steer_by(shape, "ae" + ACCENT), steer_by(shape, "ae")
    assert with_accent("", "e")
    assert not with_accent("", "a")
    assert not without("", "e")
    assert with_accent("e", ACCENT)
    assert not with_accent("e", "a")
    assert with_accent("e" + ACCENT, "a")
    assert not with_accent("a", ACCENT)


def test_two_marks_may_join_one_after_the_other():
    """Vietnamese ế has two marks above its e."""
    may_follow = steer_by(Shape(pattern="ế.*"), "e\u0302" + ACCENT)
    assert may_follow("", "e")
    assert may_follow("e", "\u0302")
    assert not steer_by(Shape(pattern="ế.*"), "e" + ACCENT)("", "e")


def test_a_mark_that_joins_nothing_leads_nowhere():
    assert not steer_by(Shape(pattern="x́́y"), "x" + ACCENT)("", "y")


def test_a_name_may_end_once_it_has_its_letters_however_they_are_spelt():
    may_end = steer_by(Shape(min_length=2))
    ends = {text: may_end(text, "\n") for text in ("", "a", "e" + ACCENT, "ab", "é" + "b", "abc")}
    assert ends == {
        "": False, "a": False, "e" + ACCENT: False, "ab": True, "éb": True, "abc": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("character", "joins"),
    [(ACCENT, True), ("a", False), ("\u1160", False), ("\u1161", True), ("\u1175", True),
     ("\u11c2", True), ("\u11c3", False)],
)  # fmt: skip
def test_marks_and_parts_of_hangul_join_the_letter_before_them(character, joins):
    assert joins_letters(character) is joins
