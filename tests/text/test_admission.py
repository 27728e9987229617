"""Typed text meets the characters of a model, in both directions."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.text.typed.admission import Admitted
from charplay.text.vocabulary import Vocabulary

LOWER = Vocabulary.of(string.ascii_lowercase + " '\"-.\n")
# Characters that meet: cases, accents together and apart, typography, parts of Hangul, ligatures.
MEETING = (
    "aeiAEIéÉêếẾạậ\u0301\u0302\u0323\u0327\u0307İıßsS.…‥'’‘\"“”„-–  \u00a0\u212b\u00c5ﬁfi한각"
    "\u1112\u1161\u11ab\u0958क\u093cＡａ恐☃"
)
TEXTS = st.text(st.one_of(st.sampled_from(MEETING), st.characters()), max_size=10)


def nfd(text):
    return unicodedata.normalize("NFD", text)


@given(TEXTS, TEXTS)
def test_what_is_admitted_can_be_encoded_and_is_admitted_as_it_is(corpus, text):
    vocabulary = Vocabulary.of(corpus)
    admitted = vocabulary.admit(text)
    vocabulary.encode(admitted.text)
    assert vocabulary.admit(admitted.text).text == admitted.text


@given(TEXTS, TEXTS)
def test_every_normal_form_of_a_text_is_admitted_alike(corpus, text):
    vocabulary = Vocabulary.of(corpus)
    composed, apart = (vocabulary.admit(unicodedata.normalize(f, text)) for f in ("NFC", "NFD"))
    assert composed == apart == vocabulary.admit(text)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@given(text=TEXTS)
def test_known_text_in_a_normal_form_is_admitted_as_it_is_and_nothing_is_told(form, text):
    known = unicodedata.normalize(form, text)
    admitted = Vocabulary.of(known).admit(known)
    assert (admitted.text, admitted.notice) == (known, "")


@given(TEXTS, TEXTS)
def test_what_is_told_is_in_the_text_or_what_its_marks_join_to(corpus, text):
    admitted = Vocabulary.of(corpus).admit(text)
    told = set(admitted.folded + admitted.dropped)
    assert told <= set(text) | set(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("typed", ["Tyranno", "TYRANNO", "tyranno"])
def test_a_change_of_case_alone_is_silent(typed):
    admitted = LOWER.admit(typed)
    assert admitted.text == "tyranno"
    assert admitted.notice == ""
    assert Vocabulary.of("TYRANO").admit(typed).text == "TYRANNO"


def test_a_character_that_is_known_keeps_its_case():
    assert Vocabulary.of("aA").admit("aAaA").text == "aAaA"


def test_an_accented_letter_in_the_other_case_keeps_its_accent_silently():
    admitted = Vocabulary.of("eé").admit("É")
    assert (admitted.text, admitted.notice) == ("é", "")


@pytest.mark.parametrize(
    ("known", "typed", "text"),
    [
        ("STRASE", "straße", "STRASSE"),
        ("σ", "ς", "σ"),
        ("ß", "ẞ", "ß"),
        ("İstanbul", "İstanbul", "İstanbul"),
        ("ＡＢ", "ab", "ＡＢ"),
        ("ab", "ＡＢ", "ab"),
        ("ist", "İST", "ist"),
    ],
)
def test_case_is_met_where_it_is_more_than_one_letter_for_another(known, typed, text):
    admitted = Vocabulary.of(known).admit(typed)
    assert (admitted.text, admitted.notice) == (text, "")


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("“it’s”", '"it\'s"'),
        ("a—b–c", "a-b-c"),
        ("wait…", "wait..."),
        ("ﬁn", "fin"),
        ("a\u00a0b\u3000c\u2009d", "a b c d"),
        ("Ｔｙ", "ty"),
    ],
)
def test_typography_becomes_plain_silently(typed, text):
    admitted = LOWER.admit(typed)
    assert (admitted.text, admitted.notice) == (text, "")


@pytest.mark.parametrize(
    ("known", "typed", "text"),
    [
        ("O’Brien", "O'Brien", "O’Brien"),
        ("O‘Brien", "O'Brien", "O‘Brien"),
        ("anna–mar", "Anna-Mar", "anna–mar"),
        ("anna—mar", "anna–mar", "anna—mar"),
        ("a–—b", "a-b", "a–b"),
        ("Dr\u00a0As", "Dr As", "Dr\u00a0As"),
        ("春\u3000秋", "春 秋", "春\u3000秋"),
        ("so…", "so...", "so…"),
        ("天，地。", "天,地.", "天，地。"),
        ("是？！", "是?!", "是？！"),
        ("ok?", "ok？", "ok?"),
        ("ﬁn", "fin", "ﬁn"),
    ],
)
def test_plain_typing_finds_the_typography_that_a_model_knows(known, typed, text):
    admitted = Vocabulary.of(known).admit(typed)
    assert (admitted.text, admitted.notice) == (text, "")


@pytest.mark.parametrize(
    ("quotes", "typed", "text"),
    [
        ("“”", '"go" ("now")', "“go” (“now”)"),
        ("„“", '"go"', "„go“"),
        ("„”", '"go"', "„go”"),
        ("«»", '"go"', "«go»"),
        ("“", '"go"', "“go“"),
        ("‘’", "'go' o'n", "‘go’ o’n"),
        ("“”‘’", "\"'go' now\"", "“‘go’ now”"),
        ("“”", "«go»", "“go”"),
    ],
)
def test_quotes_open_and_close_by_their_position_where_both_are_known(quotes, typed, text):
    admitted = Vocabulary.of("gonw ()" + quotes).admit(typed)
    assert (admitted.text, admitted.notice) == (text, "")


def test_what_is_known_in_both_typographies_stays_as_typed():
    both = Vocabulary.of("abc'’-–\" “”. …\u00a0")
    for typed in ("a'b’c", "a-b–c", 'a "b" “c”', "a... b… c\u00a0a"):
        assert both.admit(typed).text == typed


@pytest.mark.parametrize(
    ("typed", "text", "folded"),
    [
        ("é", "e", "é"),
        ("ÀÉ", "ae", "ÀÉ"),
        ("ñandú", "nandu", "ñú"),
        ("æon", "aeon", "æ"),
        ("Straße", "strasse", "ß"),
        ("łódź", "lodz", "łóź"),
        ("éé", "ee", "é"),
    ],
)
def test_letters_that_become_plainer_are_told_once_each(typed, text, folded):
    admitted = LOWER.admit(typed)
    assert (admitted.text, admitted.folded, admitted.dropped) == (text, folded, "")
    assert admitted.notice == f"read in plain letters: {' '.join(folded)}"


def test_no_letter_gets_an_accent_since_which_would_be_a_guess():
    assert Vocabulary.of("Zoé").admit("Zoe").text == "Zo"


@pytest.mark.parametrize(
    ("typed", "text", "dropped"),
    [
        ("a1b2c1", "abc", "12"),
        ("日本", "", "日本"),
        ("hi \U0001f600", "hi ", "\U0001f600"),
        ("한", "", "한"),
        ("a²", "a", "²"),
        ("a¨", "a", "¨"),
    ],
)
def test_the_rest_is_dropped_and_told_once_each(typed, text, dropped):
    admitted = LOWER.admit(typed)
    assert (admitted.text, admitted.folded, admitted.dropped) == (text, "", dropped)
    assert admitted.notice == f"left out, unknown to this model: {' '.join(dropped)}"


def test_what_cannot_be_seen_is_told_by_a_sign_or_its_number():
    said = Vocabulary.of("a").admit("a\x07 \u00a0\u200b\n\u0301").notice
    assert said == "left out, unknown to this model: U+0007 ␣ U+00A0 U+200B ⏎ ◌\u0301"


def test_of_many_a_handful_is_named_and_the_rest_is_counted():
    admitted = LOWER.admit("0123456789日本" + "ñéèêëáàâãä")
    assert admitted.notice == (
        "read in plain letters: ñ é è ê ë á à â and 2 more; "
        "left out, unknown to this model: 0 1 2 3 4 5 6 7 and 4 more"
    )


def test_a_million_unknown_characters_have_a_short_notice():
    text = "".join(chr(0x4E00 + i % 20_000) for i in range(1_000_000))
    admitted = LOWER.admit(text)
    assert (admitted.text, len(admitted.dropped)) == ("", 20_000)
    assert len(admitted.notice) < 80


def test_half_a_surrogate_pair_is_dropped_like_any_other_character():
    assert LOWER.admit("a\udc80b").text == "ab"


def test_nothing_is_half_folded():
    # Of æ's two letters only one is known: half a letter would be another word.
    assert Vocabulary.of("an").admit("æn").dropped == "æ"


def test_a_letter_with_a_combining_accent_is_the_letter_it_looks_like():
    assert Vocabulary.of("é").admit("e\u0301").text == "é"
    assert Vocabulary.of("é").admit("e\u0301").notice == ""
    assert LOWER.admit("e\u0301").text == "e"
    assert LOWER.admit("e\u0301").folded == "é"


def test_a_combining_mark_that_joins_with_nothing_is_left_out_and_its_letter_kept():
    admitted = LOWER.admit("x\u0301y")
    assert admitted.text == "xy"
    assert "\u0301" in admitted.folded + admitted.dropped


def test_a_mark_joins_the_letter_that_it_follows_once_something_between_is_left_out():
    admitted = Vocabulary.of("eé\u0301").admit("e☃\u0301")
    assert (admitted.text, admitted.dropped) == ("é", "☃")


@pytest.mark.parametrize("text", ["Zoé Maëlle", "Ế á\u0327", "한국", "क़", "Å"])
def test_a_vocabulary_that_spells_letters_apart_reads_every_normal_form(text):
    apart = Vocabulary.of(nfd(text))
    for typed in (text, nfd(text), unicodedata.normalize("NFC", text)):
        admitted = apart.admit(typed)
        assert (admitted.text, admitted.notice) == (nfd(text), "")


def test_a_letter_apart_is_met_in_the_other_case():
    admitted = Vocabulary.of("e\u0301").admit("É")
    assert (admitted.text, admitted.notice) == ("e\u0301", "")


def test_an_unusual_form_of_a_character_is_found_by_the_usual_one():
    assert Vocabulary.of("\u212b").admit("Å").text == "\u212b"
    assert Vocabulary.of("क\u0958").admit("क\u093c").text == "\u0958"


EXACT = {
    "the longest spelling first": ("…‥", "... ..", "…‥", "", " "),
    "what is left of it": ("…‥", "....", "…", "", "."),
    "a spelling that is known itself": ("….", "...", "...", "", ""),
    "bytes that are no text": ("ab", r"a\xffb\xff\xfe", "ab", "", r"\xff\xfe"),
    "bytes and a character": ("ab", r"a\xff☃b\xff", "ab", "", r"\xff☃"),
    "bytes, to who knows a backslash": ("\\axf", r"a\xff", r"a\xff", "", ""),
    "what is dropped twice": ("ab", "☃a☃b☀", "ab", "", "☃☀"),
    "a quote at the beginning": ("“”g", '"g"', "“g”", "", ""),
    "a quote behind a bracket": ("“”g[", '["g', "[“g", "", ""),
    "a quote behind a dash": ("“”gn–", '–"g" n"g"', "–“g”n”g”", "", " "),
    "a quote behind a letter": ("“”g", 'g"g"', "g”g”", "", ""),
    "a quote before a blank": ("“”g ", '" g"', "” g”", "", ""),
    "only one that closes": ("”g", '"g"', "”g”", "", ""),
    "only one that opens": ("“g", '"g"', "“g“", "", ""),
    "a plain one beside them": ("“”\"g", '"g" „g"', '"g""g"', "", " "),
    "single ones that are known": ("‘’g'", "'g'", "'g'", "", ""),
    "an accent, then another": ("êe", "ệ", "e", "ệ", ""),
    "two letters": ("th", "þÞ", "thth", "þÞ", ""),
    "letters of both cases": ("aeAE", "æÆ", "aeAE", "æÆ", ""),
    "one of three letters": ("f", "ﬃ", "", "", "ﬃ"),
    "typography by case": ("NO", "№", "NO", "", ""),
    "the first of two dashes": ("—–", "-‒", "––", "", ""),
    "letters apart": ("e\u0301a", "ÉÀ", "e\u0301a", "À", ""),
    "marks that are apart and known": ("e\u0301x", "éx\u0301", "e\u0301x\u0301", "", ""),
    "nothing": ("ab", "", "", "", ""),
    "to nobody": ("", "ab", "", "", "ab"),
}  # fmt: skip


@pytest.mark.parametrize("what", EXACT)
def test_a_text_is_admitted_exactly(what):
    known, typed, text, folded, dropped = EXACT[what]
    assert Vocabulary.of(known).admit(typed) == Admitted(text, folded, dropped)


def test_a_notice_names_eight_and_counts_the_others():
    assert Admitted("", "abcdefgh").notice == "read in plain letters: a b c d e f g h"
    assert Admitted("", "", "abcdefghi").notice == (
        "left out, unknown to this model: a b c d e f g h and 1 more"
    )
    assert Admitted("", "é", "☃").notice == (
        "read in plain letters: é; left out, unknown to this model: ☃"
    )
    assert Admitted("a").notice == ""
