"""docs/plugins/tutorial.md, followed to the letter, makes plugins/example-markov."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.plugins.made import AuthorsShell

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "plugins" / "example-markov"
PAGE = (ROOT / "docs" / "plugins" / "tutorial.md").read_text(encoding="utf-8")
# The language of a block, the file that it belongs to, and its text.
BLOCKS = re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
MODULE = "charplay_markov/__init__.py"
MOST_LINES = 120


@dataclass(frozen=True)
class Followed:
    """A folder in which the tutorial was followed.

    told: each block of lines, what it printed, and what the page says that it prints.
    """

    folder: Path
    told: tuple[tuple[str, str, str], ...]


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """Does what the page says, block by block."""
    top = tmp_path_factory.mktemp("tutorial")
    shell, here, told, written = AuthorsShell.in_folder(top), top, [], set()
    for language, file, text in BLOCKS:
        if language == "sh":
            said, here = shell.run(text, here)
            told.append((text, said, ""))
        elif file:
            # A later piece of a module stands two lines below the one before.
            before = (here / file).read_text(encoding="utf-8") + "\n\n" if file in written else ""
            (here / file).write_text(before + text, encoding="utf-8")
            written.add(file)
        else:
            lines, said, _ = told.pop()
            told.append((lines, said, text))
    return Followed(here, tuple(told))


def test_every_block_is_a_file_or_is_run_or_says_what_is_printed():
    assert {language for language, _, _ in BLOCKS} == {"python", "sh", "text"}
    assert all(file for language, file, _ in BLOCKS if language == "python")


@pytest.mark.parametrize("file", [MODULE, "charplay_markov/rivers.txt", "tests/test_markov.py"])
def test_what_is_written_is_the_example(followed, file):
    example = (EXAMPLE / file).read_text(encoding="utf-8")
    assert (followed.folder / file).read_text(encoding="utf-8") == example


def test_what_the_command_made_and_nobody_changed_is_the_example_too(followed):
    for file in ("pyproject.toml", ".gitignore", "charplay_markov/py.typed"):
        assert (followed.folder / file).read_bytes() == (EXAMPLE / file).read_bytes(), file


def test_what_is_printed_is_what_the_page_says(followed):
    shown = [(lines, said, expected) for lines, said, expected in followed.told if expected]
    assert shown
    for lines, said, expected in shown:
        assert said.strip() == expected.strip(), lines


def test_its_tests_pass(followed):
    (said,) = [said for lines, said, _ in followed.told if lines == "pytest\n"]
    assert re.search(r"^\d+ passed, \d+ skipped in", said, re.MULTILINE), said


def test_the_example_is_short():
    assert len((EXAMPLE / MODULE).read_text(encoding="utf-8").splitlines()) < MOST_LINES
