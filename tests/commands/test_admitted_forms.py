"""`names` of a form, as it is typed, from a model of any characters."""

import json
import unicodedata

import pytest

import charplay as package
from tests.sessions.conftest import put_model

PERSIAN = "می\u200cنا"


@pytest.fixture
def of_letters(home, registry):
    """Puts an untrained model of names with those letters into the home's library."""

    def put(letters):
        characters = "".join(sorted({"\n", *letters}))
        backend = registry.backends.find("numpy")
        put_model(home, backend, "letters", "names", letters=characters, hidden=8)

    return put


@pytest.fixture
def found(charplay):
    """What `names` answers in JSON for a form, of the model `letters`."""

    def names(*words):
        said = charplay("names", "letters", *words, "--seed", "7", "--format", "json")
        assert (said.status, said.err) == (0, "")
        return json.loads(said.out)

    return names


def texts(answer):
    return [name["text"] for name in answer["answers"]]


def composed(text):
    return unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("letters", "words", "fits"),
    [
        ("abcé", ("--ends", "e\u0301"), lambda name: name.endswith("é")),
        ("abce\u0301", ("--ends", "é"), lambda name: name.endswith("é")),
        ("abce\u0301", ("--starts", "É"), lambda name: name.startswith("é")),
        ("abce\u0301", ("--contains", "aé"), lambda name: "aé" in name),
        ("abce\u0301", ("--pattern", "é.*"), lambda name: name.startswith("é")),
        ("abe\u0301", ("--pattern", "aé.?b"), lambda name: name[:2] == "aé" and len(name) < 5),
        ("abe\u0301", ("--max-length", "3", "--ends", "é"), lambda name: len(name) <= 3),
        ("ab’", ("--contains", "a'"), lambda name: "a’" in name),
        ("ab–", ("--pattern", "a-.*"), lambda name: name.startswith("a–")),
        ("ab-", ("--pattern", "[a–]+b"), lambda name: name.endswith("b")),
        ("ab\u00a0", ("--contains", "a b"), lambda name: "a\u00a0b" in name),
        ("abs", ("--ends", "ß"), lambda name: name.endswith("ss")),
        ("abß", ("--ends", "ß"), lambda name: name.endswith("ß")),
        ("abf", ("--contains", "ﬀ"), lambda name: "ff" in name),
        ("ab.", ("--pattern", ".*…"), lambda name: name.endswith("...")),
        ("abe", ("--pattern", "é.*"), lambda name: name.startswith("e")),
        ("abse", ("--pattern", "[éè]ß?.*"), lambda name: name.startswith("e")),
        ("abİ", ("--starts", "i"), lambda name: name.startswith("İ")),
        ("mینا\u200c", ("--contains", "ی\u200cن"), lambda name: "ی\u200cن" in name),
    ],
)
def test_every_part_of_a_form_meets_the_models_characters(of_letters, found, letters, words, fits):
    of_letters(letters)
    names = [composed(text) for text in texts(found(*words))]
    assert names
    assert [name for name in names if not fits(name)] == []


def test_lengths_are_those_that_a_person_sees(of_letters, found):
    of_letters("abe\u0301")
    names = texts(found("--starts", "éééé", "--min-length", "6", "--max-length", "6"))
    assert {len(composed(name)) for name in names} == {6}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--starts", "XQ"), "letters has no X Q: no name can start with XQ"),
        (("--starts", "ab", "--starts", "q"), "letters has no q: no name can start with q"),
        (("--ends", "a\u00a09"), "letters has no U+00A0 9: no name can end with aU+00A09"),
        (("--contains", "a b"), "letters has no ␣: no name can contain a␣b"),
        (("--pattern", "q.*"), "letters has no q: no name can match q.*"),
        (("--pattern", ".*9a*"), "letters has no 9: no name can match .*9a*"),
        (("--pattern", "[0-9]{2}a"), "letters has no [0-9]: no name can match [0-9]{2}a"),
        (("--pattern", "a\\d+"), "letters has no \\d: no name can match a\\d+"),
        (("--pattern", "[^abcé]"), "letters has no [^abcé]: no name can match [^abcé]"),
        (("--starts", "恐" * 50), f"letters has no 恐: no name can start with {'恐' * 40}…"),
    ],
)
def test_a_form_that_the_model_cannot_meet_is_refused(of_letters, charplay, words, message):
    of_letters("abcé")
    said = charplay("names", "letters", *words)
    assert (said.status, said.out) == (2, "")
    assert said.err == f"error: {message}\n  → it knows a b c é\n"


@pytest.mark.parametrize(
    "pattern", ["q?a.*", "q*a", "(q|a).*", "a{0,2}.*", "q{0}a", "[q9a].*", "q|a"]
)
def test_a_pattern_may_name_characters_that_no_name_needs(of_letters, charplay, pattern):
    of_letters("ab")
    said = charplay("names", "letters", "--pattern", pattern, "-n", "1", "--seed", "7")
    assert (said.status, said.err) == (0, "")


def test_of_many_known_characters_some_are_listed_and_the_rest_counted(of_letters, charplay):
    of_letters("".join(map(chr, range(0x4E00, 0x4E00 + 500))))
    said = charplay("names", "letters", "--starts", "q" * 3000)
    assert said.err.endswith(" and 440 more\n")
    assert len(said.err) < 300


def test_several_starts_have_the_answers_in_turn(of_letters, found):
    of_letters("abc")
    answer = found("-n", "7", "--starts", "a", "--starts", "CB", "--starts", "b")
    assert [text[:1] for text in texts(answer)] == list("acbacba")
    assert all(text.startswith("cb") for text in texts(answer)[1::3])
    assert answer["prompt"] == "a, CB, b"
    one = found("-n", "7", "--starts", "cb")
    assert [texts(one)[i] for i in (1, 4)] == [texts(answer)[i] for i in (1, 4)]


@pytest.mark.parametrize("more", [(), ("--ends", "b", "--max-length", "9")])
def test_a_label_brings_back_an_answer_of_several_starts(of_letters, charplay, found, more):
    of_letters("abc")
    words = ("--starts", "a", "--starts", "c", *more)
    answers = found("-n", "60", *words)["answers"]
    assert found("-n", "5", *words)["answers"] == answers[:5]
    for answer in (*answers[:3], answers[-1]):
        said = charplay("names", "letters", *words, "--seed", answer["label"], "--format", "json")
        assert json.loads(said.out)["answers"] == [answer]


def test_a_program_gives_one_start_or_several(of_letters, home):
    of_letters("abc")
    names = package.names("letters", n=4, starts=("a", "c"), seed=7, home=home)
    assert [name.text[0] for name in names] == ["a", "c", "a", "c"]
    one = package.names("letters", n=4, starts="ac", seed=7, home=home)
    assert all(name.text.startswith("ac") for name in one)


def test_starts_that_are_one_for_the_model_count_once(of_letters, found):
    of_letters("abc")
    assert (
        found("--starts", "a", "--starts", "Á", "--starts", "")["answers"]
        == (found("--starts", "á")["answers"])
    )


def test_a_start_in_any_case_and_typography_gives_the_same_names(of_letters, found):
    of_letters("abABmM'’")
    names = texts(found("--starts", "m'b"))
    for typed in ("M'B", "M’b", "m’B"):
        assert texts(found("--starts", typed)) == names


def test_a_start_is_taken_up_by_retry_with_the_others(of_letters, charplay):
    of_letters("abc")
    said = charplay(stdin=":names letters --starts a --starts c -n 4\n:retry\n")
    names = [line[0] for line in said.lines if line[:1] in ("a", "c")]
    assert names == list("acacacac")


def test_a_persian_name_is_printed_as_it_is_spelled(of_letters, charplay):
    of_letters(PERSIAN)
    said = charplay("names", "letters", "--starts", PERSIAN, "-n", "3", "--seed", "7")
    assert said.out.count(PERSIAN) == 3


def test_a_prompt_file_of_a_million_unknown_characters_has_a_short_answer(
    of_letters, charplay, tmp_path
):
    of_letters("ab")
    path = tmp_path / "long.txt"
    path.write_text("".join(chr(0x4E00 + i % 9000) for i in range(1_000_000)), "utf-8")
    said = charplay("sample", "letters", "--prompt", f"@{path}")
    assert (said.status, said.out) == (2, "")
    assert "and 8,992 more" in said.err
    assert len(said.err) < 200
    path.write_text(path.read_text("utf-8") + "ab", "utf-8")
    said = charplay("sample", "letters", "--prompt", f"@{path}", "--seed", "7")
    assert said.status == 0
    assert len(said.lines[0]) < 100
