"""A page in Markdown, read as programs read it: no name or text in it is markup."""

import pytest
from markdown_it import MarkdownIt

from charplay.sessions.pages import page_as_markdown
from charplay.sessions.tree import SessionRecord, Turn
from tests.sessions.conftest import saying

HOSTILE = [
    "*bold* _slanted_ ~~struck~~",
    "`code` ``two`` ```three",
    "`",
    "` `",
    "[a](http://x.test) ![b](http://x.test/p.png) <http://x.test>",
    "[a]: http://x.test",
    "<script>alert(1)</script> <b>x</b> &amp; &#42;",
    "a | b | c",
    "one\n\n# two\n\n- three\n> four",
    "a\n```\n# out\n````\n`````text\nb",
    "ends with a backslash \\",
    "\\*not\\* \\`these\\`",
    "1. one - two + three # four",
    "$x$ :smile: {.class} http://x.test www.x.test me@x.test",
]
CONTROLS = "\x1b[31m \x00 \x07 \u202e \u200b \ud800"
# Outside of code, what a page has where nothing in it is hostile.
PLAIN = ["heading_open", "inline", "heading_close", "paragraph_open", "inline", "paragraph_close",
         "fence", "heading_open", "inline", "heading_close", "bullet_list_open", "list_item_open",
         "paragraph_open", "inline", "paragraph_close", "list_item_close", "bullet_list_close",
        ]  # fmt: skip


def parsed(page):
    """The page's blocks, and of each with text in it the pieces: (kind, text)."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page)
    pieces = [
        [(child.type, child.content) for child in token.children]
        for token in tokens
        if token.type == "inline"
    ]
    return [token.type for token in tokens], pieces


def page_of(name="winter", model="poet", prompt="ab", answer="cd", said_by="poet"):
    record = SessionRecord(1, name, model, turn=1, made="2024-01-01", used="2024-01-02")
    turn = Turn(1, None, 1, "main", "2024-01-01T12:00", saying(prompt, answer, model=said_by))
    return page_as_markdown(record, [turn], turn)


def one_line(text):
    return " ".join(text.split())


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_title_is_the_name_and_nothing_else(text):
    blocks, (title, *_) = parsed(page_of(name=text))
    assert blocks == PLAIN
    assert {kind for kind, _ in title} <= {"text", "text_special"}
    assert "".join(content for _, content in title) == one_line(text)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_the_model_of_a_page_is_code(text):
    blocks, (_, facts, *_) = parsed(page_of(model=text))
    assert blocks == PLAIN
    [before, code, after] = facts
    assert code == ("code_inline", one_line(text))
    assert (before, after) == (
        ("text", "A conversation with "), ("text", ", 2024-01-01 to 2024-01-02."),
    )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_the_model_and_the_glimpse_of_a_turn_are_code(text):
    blocks, (*_, row) = parsed(page_of(prompt=text, answer="", said_by=text))
    assert blocks == PLAIN
    said = saying(text, "", model=text)
    shown = Turn(1, None, 1, "main", "", said).glimpse
    assert row == [
        ("text", "1 ("), ("code_inline", one_line(text)), ("text", ", seed 7): "),
        ("code_inline", one_line(shown)),
    ]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_the_text_stands_in_one_block_as_it_is(text):
    page = page_of(prompt=text, answer="")
    [block] = [token for token in MarkdownIt().parse(page) if token.type == "fence"]
    assert block.content.splitlines() == f"{text}\n".splitlines()


@pytest.mark.parametrize("place", ["model", "said_by", "prompt"])
def test_what_acts_on_a_screen_is_a_sign_in_code(place):
    page = page_of(**{place: f"po{CONTROLS}et"})
    outside = page.replace(page[page.index("```text") : page.index("## Turns")], "")
    assert "po\u241b[31m \u2400 \u2407 \ufffd \ufffd \ufffdet" in outside
    assert not set("\x1b\x00\x07\u202e\u200b\ud800") & set(outside)


def test_a_turn_without_text_has_no_empty_code():
    page = page_of(prompt="", answer="")
    assert page.endswith("- 1 (` poet `, seed 7): \n")
