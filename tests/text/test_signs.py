"""Characters made visible."""

from charplay.text.typed.signs import character_sign, list_characters, replace_unseen, show_text


def test_blanks_and_what_nobody_sees_have_signs():
    signs = {
        " ": "␣",
        "\n": "⏎",
        "\t": "⇥",
        "\u00a0": "U+00A0",
        "\u200b": "U+200B",
        "\x07": "U+0007",
    }
    assert {character: character_sign(character) for character in signs} == signs
    assert character_sign("\u0301") == "◌\u0301"
    assert [character_sign(c) for c in "aé恐🦖"] == list("aé恐🦖")


def test_of_many_characters_the_first_are_listed_and_the_rest_are_counted():
    assert list_characters("abc", 3) == "a b c"
    assert list_characters("a" * 1003, 2) == "a a and 1,001 more"


def test_a_text_is_shown_in_one_line_and_cut():
    assert show_text("a b\u00a0\n", 10) == "a␣bU+00A0⏎"
    assert show_text("กิน", 10) == "กิน"
    assert show_text("abcdef", 3) == "abc…"


def test_a_joiner_inside_a_word_stays_and_one_at_an_edge_gets_a_sign():
    def sign(character):
        return "!"

    for text in ("می\u200cنا", "क्\u200dष", "۵\u200cتا", "👩\u200d🚀"):
        assert replace_unseen(text, sign) == text
    assert replace_unseen("\u200cab\u200d", sign) == "!ab!"
    assert replace_unseen("a\u200c b", sign) == "a! b"
    assert replace_unseen("a\u200c\u200cb", sign) == "a!!b"
    assert replace_unseen("a\u200bb\u202e\u00adc", sign) == "a!b!!c"


def test_a_byte_that_is_no_text_counts_as_one():
    assert list_characters(r"\xffa\xfe", 2) == r"\xff a and 1 more"
    assert list_characters("", 2) == ""
    assert list_characters("\nab", 2) == "⏎ a and 1 more"


def test_a_text_of_as_many_as_are_shown_has_no_mark():
    assert (show_text("abc", 3), show_text("", 3), show_text("a\u0301b", 2)) == (
        "abc", "", "a\u0301…",
    )  # fmt: skip


def test_what_acts_or_hides_gets_a_sign_and_line_ends_stay():
    text = "a\tb\n\x1b\udc80\u00a0\u0301\ue000"
    assert replace_unseen(text, lambda c: f"<{ord(c):x}>") == ("a\tb\n<1b><dc80>\u00a0\u0301\ue000")
    assert replace_unseen("plain é", lambda c: "!") == "plain é"
    hidden = "\u2028\u2029\ufeff\u061c\u2060\U000e0001\U000e007f\\]^-"
    assert replace_unseen(hidden, lambda c: "!") == "!!!!!!!\\]^-"


def test_a_joiner_between_what_cannot_be_joined_gets_a_sign():
    joined = {"a\u200db": "a\u200db", "1\u200c2": "1\u200c2", "\u0301\u200db": "\u0301\u200db"}
    parted = {".\u200db": ".!b", "a\u200d.": "a!.", "€\u200db": "€!b", "\u200db\n": "!b\n"}
    for text, shown in (joined | parted).items():
        assert replace_unseen(text, lambda c: "!") == shown
