"""Sessions on paper: exported, imported again, and pages that nothing in a text breaks."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from charplay import open_session
from charplay.errors import CharplayError
from charplay.sessions.pages import PAGES, page_as_html, page_as_markdown, page_as_text
from charplay.sessions.portable import session_from_json, session_to_json
from charplay.sessions.tree import SessionRecord, Turn, draw_tree
from tests.sessions.conftest import put_model, saying

NASTY = "</div><script>alert(1)</script> & \"'`````\x00\x1b[31m\u202e\ud800é🦖"
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGE_ATTRIBUTES = {"charset", "class", "content", "href", "id", "lang", "name", "style", "title"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def turn(number, parent, said=None, branch="main", anchor=None):
    said = said or saying(f"line {number}\n", f"answer {number}\n")
    return Turn(number, parent, number if said.moves else anchor, branch, "2024-01-01T12:00", said)


@pytest.fixture
def tree():
    """1 - 2 - 5 (here)
    \\   `- 3 - 4
     6, names"""
    return [
        turn(1, None),
        turn(2, 1),
        turn(3, 2, branch="branch-3"),
        turn(4, 3, branch="branch-3"),
        turn(5, 2, branch="branch-5"),
        turn(6, 1, saying("", "Ann", "Bob", moves=False), "branch-6", anchor=1),
    ]


FOUND = SessionRecord(1, "winter", "poet", "00" * 32, turn=5, made="2024-01-01", used="2024-01-02")


def test_a_tree_is_drawn_by_age_with_the_way_here_marked(tree):
    rows = draw_tree(tree, 5)
    assert [(row.turn.number, row.forks, row.begins) for row in rows] == [
        (1, (), False), (2, (True,), True), (3, (True, True), True), (4, (True, True), False),
        (5, (True, False), True), (6, (False,), True),
    ]  # fmt: skip
    assert [row.turn.number for row in rows if row.on_path] == [1, 2, 5]
    assert [row.turn.number for row in draw_tree(tree, 4)] == [1, 2, 3, 4, 5, 6]
    assert draw_tree([], None) == []


def test_a_tree_of_thousands_of_turns_in_a_line_is_drawn():
    turns = [turn(n, n - 1 or None) for n in range(1, 5001)]
    assert [row.forks for row in draw_tree(turns, 5000)] == [()] * 5000


def test_text_is_the_text_of_the_way_here(tree):
    path = "".join(f"line {n}\nanswer {n}\n" for n in (1, 2, 5))
    assert page_as_text(FOUND, tree, tree[4]) == path
    assert page_as_text(FOUND, tree, tree[5]) == "line 1\nanswer 1\nAnn\nBob\n"
    assert page_as_text(FOUND, tree, None) == ""
    unended = [turn(1, None, saying("line", "")), replace(tree[5], number=2)]
    assert page_as_text(FOUND, unended, unended[1]) == "line\nAnn\nBob\n"


def test_markdown_shows_the_text_whatever_stands_in_it(tree):
    nasty = turn(1, None, saying(NASTY, NASTY))
    page = page_as_markdown(FOUND, [nasty], nasty)
    fences = re.findall(r"^`{6,}", page, re.MULTILINE)
    assert len(fences) == 2, "longer than any run of backquotes in the text"
    assert "# winter" in page
    quoted = SessionRecord(1, "winter", "po`et")
    assert "`` po`et ``" in page_as_markdown(quoted, [nasty], nasty)


class Page(HTMLParser):
    """What a page is made of: its tags, its text by the id around it, where its links lead."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.outside, self.attributes = [], [], [], [], set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attributes}
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            elif name == "href" and value.startswith("#"):
                self.links.append(value[1:])
            elif name in ("src", "href"):
                self.outside.append(value)

    def handle_data(self, data):
        self.text += data


def test_the_html_page_has_every_turn_once_and_a_link_to_each(tree):
    page = Page(page_as_html(FOUND, tree, tree[4]))
    assert sorted(page.ids) == [f"turn-{n}" for n in range(1, 7)]
    assert sorted(page.links) == sorted(page.ids)
    assert page.outside == [], "it needs nothing beside it"
    assert all(f"answer {n}" in page.text for n in range(1, 6))
    assert all(name in page.text for name in ("main", "branch-3", "branch-5", "branch-6"))
    assert "Ann" in page.text


def test_nothing_in_a_text_acts_in_the_html_page():
    said = saying(NASTY, NASTY, model=NASTY, words=(), moves=True)
    other = saying(NASTY, NASTY, model=NASTY, words=("names", NASTY), moves=False)
    turns = [turn(1, None, said, NASTY), turn(2, None, other, NASTY)]
    found = SessionRecord(1, NASTY, NASTY)
    page = Page(page_as_html(found, turns, turns[0]))
    assert "script" not in page.tags
    assert page.text.count("alert(1)") > 4
    assert not set(page.text) & {"\x00", "\x1b", "\u202e"}


def test_the_html_page_keeps_blanks_and_joiners_inside_words():
    text = "می\u200cنا a\u00a0b 春\u3000秋"
    turns = [turn(1, None, saying("", text, words=(), moves=True))]
    assert text in Page(page_as_html(FOUND, turns, turns[0])).text


@pytest.mark.parametrize("quote", ['"', "'", '">', "'>", "/ ", "&quot;"])
def test_no_name_in_a_session_adds_an_attribute_to_the_html_page(quote):
    name = f"{quote} onmouseover={quote}alert(1) x={quote}"
    said = saying("a", "b", model=name, words=("names", name))
    turns = [
        turn(1, None, said, branch=name),
        turn(2, 1, replace(said, moves=False), branch=name, anchor=1),
        turn(3, None, said, branch=name),
    ]
    page = Page(page_as_html(SessionRecord(1, name, name, made=name), turns, turns[1]))
    assert page.attributes == PAGE_ATTRIBUTES
    assert "onmouseover" in page.text, "the name is shown, as text"


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_of_a_session_without_turns_is_a_page(kind):
    assert PAGES[kind](FOUND, [], None) is not None


def test_a_browser_shows_the_text_and_the_tree(tree, tmp_path):
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip("no Chromium is installed here")
    path, picture = tmp_path / "page.html", tmp_path / "page.png"
    path.write_text(page_as_html(FOUND, tree, tree[4]), encoding="utf-8")

    def run(*words):
        profile = tmp_path / f"profile{len(words)}"
        return subprocess.run(
            [browser, *QUIET, f"--user-data-dir={profile}", *words, path.as_uri()],
            capture_output=True,
            timeout=120,
        ).stdout.decode()

    shown = Page(run("--dump-dom"))
    assert sorted(shown.ids) == [f"turn-{n}" for n in range(1, 7)]
    assert "line 5\nanswer 5" in shown.text
    run("--window-size=1000,700", f"--screenshot={picture}")
    assert picture.stat().st_size > 5000


def test_a_session_goes_to_another_machine_and_goes_on_there(
    charplay, numpy_backend, talk, home, tmp_path
):
    elsewhere = tmp_path / "elsewhere"
    for place in (home, elsewhere):
        put_model(place, numpy_backend)
    session = talk("winter")
    for seed in range(4):
        session.say("abc", seed=seed)
    session.undo()
    session.branch("darker")
    session.say("bad", seed=9)
    path = tmp_path / "winter.json"
    assert charplay("--session", "winter", "export", path).status == 0
    said = charplay("sessions", "import", path, home=elsewhere)
    assert (said.status, said.err) == (0, "")
    there = open_session("winter", home=elsewhere)
    assert there.turns() == session.turns()
    assert (there.text, there.turn) == (session.text, session.turn)
    assert there.say("", seed=3).answers == session.say("", seed=3).answers
    there.close()


def test_what_is_exported_comes_back_the_same(tree):
    found, turns = session_from_json(session_to_json(FOUND, tree))
    assert turns == tree
    assert (found.name, found.model, found.digest, found.turn) == ("winter", "poet", "00" * 32, 5)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "[]",
        lambda text: "{}",
        lambda text: "[" * 100_000,
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: text.replace('"number": 2', '"number": 1'),
        lambda text: text.replace('"number": 2', '"number": -2'),
        lambda text: text.replace('"number": 2', f'"number": {"9" * 30}'),
        lambda text: text.replace('"number": 2', '"number": "2"'),
        lambda text: text.replace('"seed": 7', '"seed": true'),
        lambda text: text.replace('"number": 1,\n      "stopped"', '"number": 0,\n      "stopped"'),
        lambda text: text.replace('"number": 6,', f'"number": {2**53},'),
        lambda text: text.replace('"parent": 2', '"parent": 5'),
        lambda text: text.replace(
            '"anchor": 1,\n   "branch": "branch-6"', '"anchor": 2,\n   "branch": "branch-6"'
        ),
        lambda text: text.replace(
            '"text": "Bob",\n      "number": 2', '"text": "Bob",\n      "number": 1'
        ),
        lambda text: text.replace('"seed": 7', '"seed": -1'),
        lambda text: re.sub(r'("(?:number|anchor|turn)": )3', r"\g<1>9", text).replace(
            '"parent": 3', '"parent": 9'
        ),
        lambda text: text.replace('"parent": 2', '"parent": 99'),
        lambda text: text.replace('"anchor": 2', '"anchor": 1'),
        lambda text: text.replace('"moves": true', '"moves": 1'),
        lambda text: text.replace('"seed": 7', f'"seed": {2**64}'),
        lambda text: text.replace('"prompt"', '"promt"'),
        lambda text: text.replace('"turn": 5', '"turn": 9'),
        lambda text: text.replace('"winter"', '"../winter"'),
        lambda text: text.replace('"replies": [', '"replies": [3,'),
        lambda text: text.replace('"turns": [', '"turns": [null,'),
    ],
)
def test_a_file_that_is_no_whole_session_is_refused_in_a_line(start, home, tree, damage):
    text = session_to_json(FOUND, tree)
    assert damage(text) != text
    with pytest.raises(CharplayError) as caught:
        session_from_json(damage(text))
    assert caught.value.hint
    home.mkdir(exist_ok=True)
    (home / "bad.json").write_text(damage(text), encoding="utf-8")
    said = start(f":sessions import {home / 'bad.json'}", ":sessions")
    assert said.err.startswith(
        f"error: cannot import {home / 'bad.json'}: this is not an exported session: "
    )
    assert "object" not in said.err, "nothing that only Python's own messages say"
    assert said.err.count("\n") == 2
    assert (said.out, said.notes) == ("", "there is no session yet; say something\n")


def test_a_file_that_is_another_thing_is_told_so(start, home):
    home.mkdir(exist_ok=True)
    (home / "page.md").write_text("# winter\n", encoding="utf-8")
    assert "it is not JSON" in start(f":sessions import {home / 'page.md'}").err


@pytest.mark.parametrize("file", ["missing.json", "/", "\0", "~nobody-at-all/x", "x" * 300])
def test_a_file_that_cannot_be_read_is_refused_in_a_line(start, file):
    said = start(f":sessions import {file}")
    assert "cannot be read" in said.err
    assert said.err.count("\n") == 2


def test_an_import_never_takes_the_place_of_another_session(start, poet, tmp_path):
    start("abc", f":export {tmp_path / 'a.json'}")
    said = start(
        f":sessions import {tmp_path / 'a.json'}",
        f":sessions import {tmp_path / 'a.json'} --name b",
        ":sessions --format json",
    )
    assert "there is a session talk-1 already" in said.err
    assert "--name" in said.err
    assert {row["session"] for row in json.loads(said.lines[-1])} == {"talk-1", "b"}


def test_every_kind_of_page_is_exported_and_none_over_another_file(start, poet, tmp_path):
    files = [tmp_path / f"page{kind}" for kind in PAGES]
    start("abc", *(f":export {file}" for file in files))
    for file in files:
        assert "abc" in file.read_text()
    before = [file.read_text() for file in files]
    said = start(*(f":export {file}" for file in files))
    assert said.err.count("is there already") == len(files)
    assert [file.read_text() for file in files] == before


@pytest.mark.parametrize(
    "file", ["page", "page.pdf", "", "a\0.md", "~nobody-at-all/x.md", "/dev/null/x.md"]
)
def test_a_page_that_cannot_be_written_is_told_in_a_line(start, poet, file):
    said = start("abc", f':export "{file}"')
    assert said.err.count("error: ") == 1
    assert said.err.count("\n  → ") == 1
    assert "broke" not in said.err
