"""A form in a model's characters, the room that it needs, and the names that are drawn for it."""

from dataclasses import replace
from pathlib import Path

import pytest

from charplay.errors import UsageError
from charplay.generation.constraints import Shape
from charplay.generation.options import AnswerOptions, Seed
from charplay.generation.question import ask_question
from charplay.generation.sampling import draws_of
from charplay.insight.admitted_pattern import admit_pattern, find_impossible
from charplay.insight.admitted_shape import admit_shape, spell_starts
from charplay.insight.described_name import Claim, SoundingName
from charplay.insight.known_names import KnownNames
from charplay.insight.naming import NameDraw, fit_question
from charplay.insight.search import NameSearch, SearchFilters
from charplay.models.header import Header
from charplay.models.library import OpenModel
from charplay.text.vocabulary import Vocabulary
from tests.generation.test_answers import ask
from tests.insight.known_model import table_model

PLAIN = Vocabulary("\nabes")
KNOWN = KnownNames(frozenset({"ab"}), frozenset({"ba"}), ("Ab", "Ba"))
UNKNOWN = KnownNames(None, None, ())


def opened(letters="\nabes", seed=0):
    model = table_model(letters, "names", seed)
    header = Header("table", "1", "names", letters, {}, held_out_quantiles=())
    return OpenModel("mine", "00" * 32, header, model, Path("mine.safetensors"))


def question(model=None, prompt="", count=3, seed=7, **options):
    given = AnswerOptions(seed=Seed(seed) if isinstance(seed, int) else seed, **options)
    return ask_question(model or opened(), given, prompt, count, lambda: 7)


# Patterns.


@pytest.mark.parametrize(
    ("pattern", "admitted", "plainer"),
    [
        ("a", "a", ""),
        ("q", "q", ""),
        ("é.*", "e.*", "é"),
        ("éé", "ee", "é"),
        ("é{2}", "e{2}", "é"),
        ("(é|a)", "(e|a)", "é"),
        ("[éè]b", "[ee]b", "éè"),
        ("[]é]", "[]e]", "é"),
        ("[^é]", "[^é]", ""),
        ("[a-é]", "[a-é]", ""),
        ("\\é", "\\é", ""),
        ("æ", "(?:ae)", "æ"),
        ("ß", "(?:ss)", "ß"),
        ("[æé]", "[æe]", "é"),
        ("恐", "恐", ""),
        ("", "", ""),
    ],
)
def test_a_letter_that_is_not_known_becomes_a_plainer_one_where_that_is_one(
    pattern, admitted, plainer
):
    assert admit_pattern(pattern, PLAIN) == (admitted, plainer)


def test_a_letter_that_is_known_stays_in_a_pattern():
    assert admit_pattern("é[é]", Vocabulary("\nabé")) == ("é[é]", "")


@pytest.mark.parametrize(
    ("pattern", "missing"),
    [
        ("", ""),
        ("q", "q"),
        ("aq", "q"),
        ("q+", "q"),
        ("q{2}", "q"),
        ("q?", ""),
        ("q*", ""),
        ("q{0}", ""),
        ("q{0,2}", ""),
        ("q{,2}", ""),
        ("a?q", "q"),
        ("a.q", "q"),
        ("ea{2}q*q", "q"),
        ("q*9", "9"),
        ("[q]", "[q]"),
        ("[qa]", ""),
        ("[^abes]", "[^abes]"),
        ("[^a]", ""),
        (".", ""),
        ("^a$", ""),
        ("\\d", "\\d"),
        ("\\w", ""),
        ("\\S", ""),
        ("\\s", "\\s"),
        ("(q)", ""),
        ("q|a", ""),
        ("[[a]q", ""),
        ("[:q", ""),
        ("\\q", ""),
        ("é", ""),
        ("æ", ""),
    ],
)
def test_what_no_name_can_have_is_found_where_it_is_plain(pattern, missing):
    assert find_impossible(pattern, PLAIN) == missing


def test_a_letter_with_its_marks_apart_may_match():
    apart = Vocabulary("\nabe\u0301")
    assert find_impossible("é", apart) == ""
    assert find_impossible("[é]", apart) == ""
    assert find_impossible("é", Vocabulary("\nab")) == "é"


# Forms.


def test_every_part_of_a_form_is_admitted():
    shape = Shape(starts=("Éa", ""), ends="sé", contains="BÈ", pattern=".*é", min_length=2)
    admitted, told = admit_shape(opened(), shape)
    expected = Shape(starts=("ea",), ends="se", contains="be", pattern=".*e", min_length=2)
    assert admitted == expected
    assert (told.text, told.folded, told.dropped) == ("ea", "ÉéÈ", "")
    assert admit_shape(opened(), Shape()) == (Shape(), replace(told, text="", folded=""))


def test_each_start_is_spelled_as_the_model_finds_it_likeliest_and_once():
    cased = opened("\nAab")
    shape = spell_starts(cased.model, Shape(starts=("a", "A", "ab"), max_length=5))
    assert shape.starts in (("a", "ab"), ("A", "Ab"), ("A", "ab"), ("a", "Ab"))
    assert shape.max_length == 5


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (Shape(starts=("q9",)), "mine has no q 9: no name can start with q9"),
        (Shape(ends="aq"), "mine has no q: no name can end with aq"),
        (Shape(contains="q"), "mine has no q: no name can contain q"),
        (Shape(pattern="a[q]"), "mine has no [q]: no name can match a[q]"),
        (Shape(contains="q" * 41), f"mine has no q: no name can contain {'q' * 40}…"),
    ],
)
def test_a_form_that_needs_another_character_is_refused(shape, message):
    with pytest.raises(UsageError) as raised:
        admit_shape(opened(), shape)
    assert (raised.value.message, raised.value.hint) == (message, "it knows a b e s")


# Room.


@pytest.mark.parametrize(
    ("letters", "shape", "limited", "max_chars", "room"),
    [
        ("\nab", Shape(), False, 50, 50),
        ("\nab", Shape(max_length=4), False, 50, 5),
        ("\nab", Shape(max_length=4), False, 2, 5),
        ("\nab", Shape(max_length=4), True, 50, 5),
        ("\nab", Shape(max_length=9), True, 8, 8),
        ("\nab\u0301", Shape(max_length=4), False, 50, 13),
        ("\nab", Shape(min_length=7), False, 8, 8),
        ("\nab", Shape(max_length=999_999), False, 50, 1_000_000),
        ("\nab", Shape(max_length=1_000_000), False, 50, 1_000_000),
    ],
)
def test_a_question_has_room_for_a_name_of_the_form(letters, shape, limited, max_chars, room):
    asked, _ = fit_question(question(opened(letters), max_chars=max_chars), shape, limited)
    assert asked.options.max_chars == room


@pytest.mark.parametrize(
    ("shape", "max_chars"), [(Shape(min_length=8), 8), (Shape(starts=("abab",)), 4)]
)
def test_a_form_without_room_for_its_end_is_refused(shape, max_chars):
    with pytest.raises(UsageError) as raised:
        fit_question(question(opened("\nab"), max_chars=max_chars), shape, True)
    least = shape.least
    assert raised.value.message == (
        f"such a name has {least} characters or more, and one may have {max_chars} "
        "with its line end"
    )
    assert raised.value.hint == f"allow longer names: --max-chars {2 * least}"


def test_any_name_has_a_character_beside_its_line_end():
    with pytest.raises(UsageError) as raised:
        fit_question(question(opened("\nab"), max_chars=1), Shape(), True)
    assert raised.value.message == (
        "such a name has 1 character or more, and one may have 1 with its line end"
    )
    assert raised.value.hint == "allow longer names: --max-chars 2"
    fit_question(question(opened("\nab"), max_chars=2), Shape(), True)


def test_a_name_longer_than_any_is_refused_with_no_way_round():
    with pytest.raises(UsageError, match="has 1,000,000 characters or more") as raised:
        fit_question(question(opened("\nab"), max_chars=50), Shape(min_length=1_000_000), False)
    assert raised.value.hint == "ask for a shorter name: none has more than 999,999 characters"


def test_the_question_has_the_starts_as_typed_and_as_admitted():
    asked, shape = fit_question(question(), Shape(starts=("É", "sa")), False)
    assert (asked.prompt, asked.admitted.text, asked.admitted.folded) == ("É, sa", "e, sa", "É")
    assert shape.starts == ("e", "sa")


# Drawing.


def draw(asked=None, filters=None, known=UNKNOWN, **more):
    return NameDraw(asked or question(), filters or SearchFilters(), known, **more)


def names_of(drawn, **more):
    return [name for block in drawn.bursts(**more) for name in block]


def test_names_are_shown_as_the_reader_sees_them_and_numbered():
    drawn = draw(ask("abc\n", count=2, capital=True))
    names = names_of(drawn)
    assert [(name.text, name.number, name.seed, name.label) for name in names] == [
        ("Abc", 1, 7, "7/1"),
        ("Abc", 2, 7, "7/2"),
    ]
    assert (drawn.tried, drawn.largest_number) == (2, 2)


def test_a_label_gives_its_one_answer_whether_it_passes_or_not():
    asked = question(seed=Seed(7, 4))
    drawn = draw(asked, SearchFilters(Shape(contains="q")))
    [name] = names_of(drawn)
    assert (name.number, drawn.tried, drawn.largest_number) == (4, 1, 4)
    assert name.text == names_of(draw(question(count=4)))[3].text


def test_a_seed_alone_is_no_label():
    drawn = draw(question(seed=7, count=3), SearchFilters(new=True))
    assert drawn.largest_number == 2000
    assert [name.number for name in names_of(draw(question(seed=None, count=2)))] == [1, 2]


def test_the_indexes_are_made_before_anything_is_drawn():
    for sounds in (False, True):
        known = KnownNames(frozenset(), frozenset(), ("Ab",))
        draw(known=known, sounds=sounds)
        made = {name for name in vars(known) if name.endswith("_index")}
        assert made == {"spelling_index", "sound_index"} if sounds else {"spelling_index"}
    assert set(vars(KnownNames(None, None, ()))) == {"training", "held_out", "names"}
    plain = KnownNames(frozenset(), frozenset(), ("Ab",))
    plain.prepare()
    assert "sound_index" not in vars(plain)


def test_an_interruption_ends_a_draw():
    assert names_of(draw(), interrupted=lambda: True) == []


def test_sounds_and_stems_are_told_where_they_are_asked_for():
    asked = ask("lomab\n", count=1)
    known = KnownNames(frozenset({"lomap"}), frozenset(), ("Lomap", "Zzz"))
    [name] = names_of(draw(asked, known=known, sounds=True))
    assert isinstance(name, SoundingName)
    assert (name.nearest, name.edits, name.listed) == ("Lomap", 1, "new")
    assert (name.sounds_like, name.sound_edits) == ("Lomap", 1)
    assert name.stems == (Claim("-mab", "monoclonal antibody"),)
    [plain] = names_of(draw(asked, known=known))
    assert type(plain) is not SoundingName


# Known names.


@pytest.mark.parametrize(
    ("training", "held_out"), [(None, frozenset({"ab"})), (frozenset({"ab"}), None)]
)
def test_half_a_list_gives_no_status(training, held_out):
    assert KnownNames(training, held_out, ()).status("ab") is None


# The search.


def search(model=None, filters=None, known=UNKNOWN, **sampling):
    asked = question(model, **sampling)
    options = asked.options
    return NameSearch(
        asked.opened.model, options, draws_of(options, 7), filters or SearchFilters(), known
    )


@pytest.mark.parametrize(
    ("filters", "all_pass"),
    [
        (SearchFilters(), True),
        (SearchFilters(Shape(starts=("a",))), True),
        (SearchFilters(Shape(ends="a")), False),
        (SearchFilters(new=True), False),
        (SearchFilters(unique=True), False),
        (SearchFilters(min_distance=1), False),
        (SearchFilters(min_distance=0), False),
    ],
)
def test_without_a_filter_every_name_passes(filters, all_pass):
    assert filters.pass_all is all_pass
    assert search(filters=filters).most_tries(3) == (3 if all_pass else 2000)


@pytest.mark.parametrize(
    ("wanted", "tries"),
    [(1, 2000), (40, 2000), (41, 2050), (2000, 100_000), (3000, 103_000), (9999, 109_999)],
)
def test_fifty_names_are_tried_for_each_one_wanted_within_limits(wanted, tries):
    assert search(filters=SearchFilters(new=True)).most_tries(wanted) == tries


def test_names_come_a_block_of_64_at_a_time_and_fewer_of_a_long_list():
    blocks = list(search().blocks(range(1, 131)))
    assert [len(block) for block in blocks] == [64, 64, 2]
    many = KnownNames(frozenset(), frozenset(), ("ab",) * (1 << 18))
    assert [len(block) for block in search(known=many).blocks(range(1, 6))] == [4, 1]
    vast = KnownNames(frozenset(), frozenset(), ("ab",) * ((1 << 20) + 1))
    assert [len(block) for block in search(known=vast).blocks(range(1, 3))] == [1, 1]


def test_each_name_is_given_once_whatever_its_case_where_that_is_asked_for():
    found = search(filters=SearchFilters(unique=True), max_chars=4)
    texts = [answer.text for answer in found.run(range(1, 41))]
    assert len(set(texts)) == len(texts) == 40
    cased = search(opened("\nAa"), SearchFilters(unique=True), max_chars=3)
    forms = [answer.text.lower() for answer in cased.run(range(1, 3))]
    assert len(set(forms)) == len(forms) == 2
    assert len({answer.text for answer in search(max_chars=4).run(range(1, 41))}) < 40


def test_a_search_counts_the_names_that_it_looked_at_and_no_more():
    found = search(filters=SearchFilters(Shape(ends="a")))
    answers = found.run(range(1, 3))
    assert len(answers) == 2
    assert all(answer.text.endswith("a") for answer in answers)
    assert found.tried == answers[-1].number
    plain = [answer.text for answer in search().run(range(1, answers[-1].number + 1))]
    assert [answer.text for answer in answers] == [t for t in plain if t.endswith("a")]


def test_only_names_that_are_new_or_far_enough_pass():
    listed = {answer.text for answer in search(max_chars=3).run(range(1, 200))}
    some = sorted(listed)[::2]
    known = KnownNames(frozenset(some[::2]), frozenset(some[1::2]), tuple(some))
    found = search(filters=SearchFilters(new=True), known=known, max_chars=3).run(range(1, 20))
    assert found
    assert not {answer.text for answer in found} & set(some)
    far = search(filters=SearchFilters(min_distance=2), known=known, max_chars=3).run(range(1, 4))
    near = known.spelling_index.nearest([answer.text for answer in far])
    assert all(each.edits >= 2 for each in near)


@pytest.mark.parametrize("first", [1, 2, 3, 5])
def test_of_several_starts_each_answer_has_the_one_of_its_number(first):
    filters = SearchFilters(Shape(starts=("a", "b", "e")))
    numbers = range(first, first + 5)
    answers = search(filters=filters).run(numbers, exact=True)
    assert [answer.number for answer in answers] == list(numbers)
    assert [answer.text[0] for answer in answers] == ["abe"[(n - 1) % 3] for n in numbers]
    alone = search(filters=SearchFilters(Shape(starts=("a",)))).run(numbers, exact=True)
    for one, other in zip(answers, alone, strict=True):
        assert one.text == other.text or one.text[0] != "a"


def test_a_form_that_steers_is_met_by_every_name():
    found = search(filters=SearchFilters(Shape(pattern="[ab]+s?", max_length=5)))
    texts = [answer.text for answer in found.run(range(1, 21), exact=True)]
    assert all(set(text) <= set("abs") and len(text) <= 5 for text in texts)
    assert any("e" in answer.text for answer in search().run(range(1, 21)))
