"""Session files of strangers: refused in a line, or taken in, shown, exported and asked again."""

import json
import re

import pytest

from charplay.sessions.choice import SessionChoice
from tests.campaign.mutated_sessions import mutate
from tests.campaign.talking import (
    EXPORTED,
    VIEWS,
    copied_home,
    typed_lines,
    typed_words,
)
from tests.campaign.watching import chunks
from tests.sessions.test_portable import PAGE_ATTRIBUTES, Page

EACH = 50
TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "header",
    "h1",
    "h2",
    "h3",
    "p",
    "div",
    "main",
    "span",
    "strong",
    "small",
    "nav",
    "ol",
    "li",
    "a",
    "b",
    "i",
    "article",
}


@pytest.fixture(scope="module")
def exported(talked, folder, registry):
    file = folder / "winter.json"
    typed_lines(talked, registry, [f":export {file}"], keeping=SessionChoice("winter"))
    return file.read_text()


@pytest.mark.parametrize("seed", chunks(500, 10_000, EACH))
def test_a_strangers_session_is_refused_or_shown_and_acts_on_nothing(
    talked, folder, exported, registry, seed
):
    home = copied_home(talked, folder / "home")
    for number in range(EACH):
        data, done = mutate(exported, f"{seed}-{number}")
        (folder / "foreign.json").write_bytes(data)
        take_in(home, folder, registry, f"case {seed}-{number}: {done}")


def take_in(home, folder, registry, case):
    said = typed_words(home, "sessions", "import", folder / "foreign.json", "--name", "foreign")
    if said.status:
        assert said.err.count("error: ") == 1, (case, said.told)
        assert said.err.count("\n") == 2, (case, said.told)
        return
    for ending in EXPORTED:
        (folder / f"out.{ending}").unlink(missing_ok=True)
    exports = [f":export {folder}/out.{ending}" for ending in EXPORTED]
    lines = [*VIEWS, *exports, ":retry", ":undo", ":goto 1", ":retry", ":keep 1", "abc"]
    said = typed_lines(home, registry, lines, SessionChoice("foreign"), case)
    assert "root:" not in said.told, (case, "a file of this machine was read")
    assert not (home / "jobs").exists(), (case, "a command ran")
    check_pages(folder, case)
    again = typed_words(home, "sessions", "import", folder / "out.json", "--name", "again")
    assert (again.status, again.err) == (0, ""), (case, again.told)
    for name in ("foreign", "again"):
        assert typed_words(home, "sessions", "delete", name, "--yes").status == 0
    listed = typed_words(home, "sessions", "--format", "json").out
    assert {row["session"] for row in json.loads(listed)} == {"canary", "winter", "namer"}, case


def check_pages(folder, case):
    page = Page((folder / "out.html").read_text())
    assert set(page.tags) <= TAGS, (case, set(page.tags) - TAGS)
    assert page.attributes <= PAGE_ATTRIBUTES, (case, page.attributes - PAGE_ATTRIBUTES)
    assert page.outside == [], case
    shown = (folder / "out.md").read_text()
    lines = shown.rpartition("\n## Turns\n")[2].split("\n")[1:-1]
    lines = [line for line in lines if line]
    assert all(re.match(r"- \d+ \(", line) for line in lines), (case, lines)
