"""docs/plugins: what the pages say is there, and their examples are what they seem."""

import dataclasses
import inspect
import re
import shlex
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

import charplay
from charplay.commands.builtin import all_commands
from charplay.commands.command import Command
from charplay.commands.context import Context
from charplay.commands.formats import as_csv, as_json
from charplay.commands.reader import read_words
from charplay.commands.request import Request
from charplay.commands.results import Column, Table
from charplay.commands.words import Word
from charplay.errors import UsageError
from charplay.models.contract import LEARNER_OPTIONS, Backend, Learner, Model, Stream
from charplay.options import option
from charplay.plugins import hookspecs
from charplay.text.batching import Batch
from charplay.text.entry import CorpusEntry
from charplay.training.recipe import parse_recipe

ROOT = Path(__file__).parents[2]
PAGES = {path.name: path.read_text("utf-8") for path in (ROOT / "docs" / "plugins").glob("*.md")}
HOOKS = [name for name in vars(hookspecs) if name.startswith("register_")]
# Pages whose Python stands alone; that of the others is in a plugin.
ALONE = ("commands.md", "contract.md", "hooks.md", "versions.md")


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGES[page], re.MULTILINE | re.DOTALL)


def all_blocks(language, pages=PAGES):
    return [(page, text) for page in sorted(pages) for text in blocks(page, language)]


def members(cls):
    """What a plugin may see of a class."""
    names = {*vars(cls), *inspect.get_annotations(cls)}
    return sorted(name for name in names if not name.startswith("_"))


def section(page, title):
    found = re.search(rf"^#+ {title}\n(.*?)(?=^## |\Z)", PAGES[page], re.MULTILINE | re.DOTALL)
    assert found, f"{page} has no section {title}"
    return found[1]


def run_block(code):
    """What an example defines."""
    names = {"__name__": "example"}
    exec(compile(code, "docs/plugins", "exec"), names)
    return names


def test_every_hook_has_a_section_and_every_section_of_a_hook_is_one():
    titles = re.findall(r"^## (\w+)$", PAGES["hooks.md"], re.MULTILINE)
    assert titles == HOOKS


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_tells_the_type_of_what_it_is_given(hook):
    (parameter,) = inspect.signature(getattr(hookspecs, hook)).parameters.values()
    told = re.search(r"^Type of `register`: `charplay\.(\w+)`\.$", section("hooks.md", hook), re.M)
    assert parameter.name == "register"
    assert getattr(charplay, told[1]) == parameter.annotation


@pytest.mark.parametrize("cls", [Backend, Model, Learner, Stream, Batch], ids=lambda c: c.__name__)
def test_the_contract_tells_of_every_member(cls):
    page = PAGES["contract.md"]
    missing = [name for name in members(cls) if not re.search(rf"`{name}[`(]", page)]
    assert not missing


def test_the_contract_tells_of_every_option_that_is_a_learners():
    table = section("contract.md", "The options of a plan that a learner obeys")
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == LEARNER_OPTIONS


def test_the_fields_of_a_corpus_are_told():
    names = {field.name for field in dataclasses.fields(CorpusEntry)} - {"reading"}
    rows = re.findall(r"^\| (`.*?) \|", section("hooks.md", "register_corpora"), re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == names


def test_what_is_public_of_context_and_request_is_there():
    page = section("commands.md", "What a handler may use")
    of_context, of_request = page.split("| `Request` |")
    for text, cls in ((of_context, Context), (of_request, Request)):
        names = re.findall(r"^\| `(\w+)", text, re.MULTILINE)
        known = {*dir(cls), *(field.name for field in dataclasses.fields(cls))}
        assert len(names) > 2
        assert set(names) - {"Context"} <= known


def test_the_keywords_of_an_option_are_those_that_there_are():
    rows = re.findall(r"^\| (`.*?) \|", section("commands.md", "Arguments"), re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert told == set(inspect.signature(option).parameters) - {"default", "help"}


def test_the_fields_of_a_command_are_told():
    page = section("commands.md", "The declaration")
    missing = [f.name for f in dataclasses.fields(Command) if not re.search(rf"\b{f.name}\b", page)]
    assert not missing


@dataclasses.dataclass(frozen=True)
class Row:
    part: str


# A value for each line of the table, what it is in JSON, and its lines in CSV, None if refused.
RETURNED = {
    "`None`": (None, [], []),
    "a `str`, or a number": ("line", ['"line"'], None),
    "a list of `str`": (["a", "b"], ['["a", "b"]'], None),
    "a mapping": ({"a": 1}, ['{"a": 1}'], ["name,value", "a,1"]),
    "a list of dataclasses of one type": ([Row("x")], ['[{"part": "x"}]'], ["part", "x"]),
    "a `Table`": (Table([Row("x")], (Column("part"),)), ['[{"part": "x"}]'], ["part", "x"]),
}


def test_what_a_command_may_return_is_in_each_format_what_the_page_says():
    rows = re.findall(r"^\| (.+?) \| .*? \| .*? \| (.*?) \|$", PAGES["commands.md"], re.MULTILINE)
    told = dict(rows)
    for title, (value, json, csv) in RETURNED.items():
        assert (told[title] == "refused") == (csv is None)
        assert list(as_json(value)) == json
        if csv is None:
            with pytest.raises(UsageError):
                list(as_csv(value))
        else:
            assert list(as_csv(value)) == csv


@pytest.mark.parametrize(("page", "code"), all_blocks("python", ALONE))
def test_an_example_runs(page, code, capsys):
    names = run_block(code)
    assert len(names) > 2, page


def test_the_example_of_an_optimiser_takes_a_step(capsys):
    run_block(next(code for code in blocks("contract.md", "python") if "Optimiser" in code))
    printed = capsys.readouterr().out
    assert printed.startswith("1.1 [")
    assert "adam.count" in printed


def test_the_example_of_a_command_counts(monkeypatch):
    names = run_block(blocks("commands.md", "python")[0])
    monkeypatch.setitem(sys.modules, "example", SimpleNamespace(**names))
    registered = []
    names["register_commands"](registered.append)
    (command,) = registered
    values = {"text": "hello", "least": 2}
    rows = names["tally_text"](None, Request(("tally",), command, values))
    assert [(row.character, row.times) for row in rows] == [("l", 2)]


def test_what_is_shown_of_the_backend_of_pytorch_is_its_code():
    modules = [path.read_text("utf-8") for path in (ROOT / "plugins/charplay_torch").glob("*.py")]
    shown = blocks("frameworks.md", "python")
    assert len(shown) > 5
    for code in shown:
        assert any(code in module for module in modules), code


@pytest.mark.parametrize(("page", "text"), all_blocks("toml"))
def test_what_is_written_in_toml_can_be_read(page, text):
    values = tomllib.loads(text)
    if "summary" in values:
        recipe = parse_recipe("example", text)
        assert recipe.plan.stages[0].epochs == 5


def shell_lines():
    lines = ((page, line) for page, text in all_blocks("sh") for line in text.splitlines())
    return [(page, line) for page, line in lines if line.startswith("charplay ")]


@pytest.mark.parametrize(("page", "line"), shell_lines())
def test_a_line_for_the_shell_can_be_typed(registry, page, line):
    commands = all_commands(registry)
    words = shlex.split(line, comments=True)[1:]
    if words[0] != "successors":  # the tutorial's own
        assert read_words(commands, list(map(Word, words)))


def test_every_page_is_in_the_index_and_every_link_leads_somewhere():
    index = set(re.findall(r"\]\((\w+\.md)\)", PAGES["README.md"]))
    assert set(PAGES) - {"README.md"} <= index
    for page, text in PAGES.items():
        for link in re.findall(r"\]\(([^)#\s]+)", text):
            assert (ROOT / "docs" / "plugins" / link).exists(), f"{page}: {link}"


def test_the_pages_and_the_templates_tell_the_version_that_there_is():
    version = pytest.importorskip("charplay.plugins.api_version").API_VERSION
    assert f"now `{version}`" in PAGES["versions.md"]
    modules = (ROOT / "charplay/plugins/templates").glob("*/charplay_*/__init__.py")
    for module in (*modules, ROOT / "plugins/example-markov/charplay_markov/__init__.py"):
        assert f'charplay_api = "{version}"' in module.read_text("utf-8"), module
