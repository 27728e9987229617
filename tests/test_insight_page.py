"""docs/insight*.md: examples run, commands can be typed, pictures are there."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from charplay.commands.builtin import all_commands
from charplay.commands.reader import read_line
from charplay.plugins.registry import Registry

FOLDER = Path(__file__).parent.parent / "docs"
PAGES = {
    name: (FOLDER / name).read_text(encoding="utf-8") for name in ("insight.md", "insight-units.md")
}
COMMANDS = sorted({line for page in PAGES.values() for line in re.findall(r"`:([^`]+)`", page)})
PICTURES = [name for page in PAGES.values() for name in re.findall(r"!\[[^]]+\]\(([^)]+)\)", page)]


@pytest.mark.parametrize("name", PAGES)
def test_the_example_runs_as_it_stands(home, monkeypatch, name):
    monkeypatch.setenv("CHARPLAY_HOME", str(home))
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGES[name], re.MULTILINE | re.DOTALL)
    with redirect_stdout(StringIO()) as printed:
        exec(compile(code, f"docs/{name}", "exec"), {"__name__": "example"})
    assert len(printed.getvalue().splitlines()) == 4


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_on_the_page_can_be_typed(line):
    assert read_line(all_commands(Registry()), line) is not None


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_there_and_needs_nothing_outside_it(name):
    picture = (FOLDER / name).read_text(encoding="utf-8")
    ElementTree.fromstring(picture)
    assert "url(http" not in picture
