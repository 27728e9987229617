"""docs/python.md: every example runs, in its order, in one home."""

import json
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

import charplay as package

PAGE = (Path(__file__).parent.parent / "docs" / "python.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^## (.*?)\n.*?^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def own_home(home, monkeypatch):
    monkeypatch.setenv("CHARPLAY_HOME", str(home))
    return home


def run_example(code: str) -> list[str]:
    """The lines that an example prints."""
    with redirect_stdout(StringIO()) as printed:
        exec(compile(code, "docs/python.md", "exec"), {"__name__": "example"})
    return printed.getvalue().splitlines()


def test_the_page_has_examples_of_every_function():
    code = "".join(example for _, example in EXAMPLES)
    for name in ("train", "names", "sample", "poem", "open_session", "models", "corpora"):
        assert f"charplay.{name}(" in code, name


@pytest.mark.parametrize(("title", "code"), EXAMPLES, ids=[title for title, _ in EXAMPLES])
def test_an_example_runs_as_it_stands(own_home, title, code):
    assert run_example(code)


def test_the_examples_print_what_they_say(own_home):
    printed = {title: run_example(code) for title, code in EXAMPLES}
    assert all(line.startswith("Ze") for line in printed["New names"])
    assert printed["Train"][0].startswith("<OpenModel mine: names, numpy")
    assert len(printed["Prose"][0:3]) == 3
    assert printed["Prose"][-1] == "5/1 5/2"
    assert printed["Conversations"][1:] == ["short 3", "True"]
    assert "mine" in printed["What there is"][0]
    assert "dinosaurs" in printed["What there is"][1]


def test_names_from_python_are_those_of_the_command(charplay, own_home):
    options = ["--starts", "Ze", "-n", "3", "--seed", "7", "--format", "json"]
    typed = json.loads(charplay("names", "drugs", *options).out)["answers"]
    found = [vars(name) for name in package.names("drugs", n=3, starts="Ze", seed=7)]
    assert found == typed


def test_a_label_gives_one_name_again(own_home):
    third = package.names("drugs", n=5, seed=7)[2]
    assert package.names("drugs", seed=third.label) == [third]


def test_what_there_is_not_is_a_charplay_error_with_a_hint(own_home):
    for call in (
        lambda: package.names("no such model"),
        lambda: package.names("shakespeare"),
        lambda: package.poem("O", model="dinosaurs"),
        lambda: package.train("no such text"),
        lambda: package.names("drugs", temprature=2),
    ):
        with pytest.raises(package.CharplayError) as caught:
            call()
        assert caught.value.message
        assert caught.value.hint


def test_dir_shows_what_is_meant_and_nothing_else():
    assert {"train", "names", "sample", "poem", "open_session", "models", "corpora"} <= set(
        dir(package)
    )
    assert not {name for name in dir(package) if name in ("import_module", "TYPE_CHECKING", "Any")}


def test_a_model_trained_from_python_tells_the_command_that_trains_it_again(charplay, own_home):
    package.train("dinosaurs", backend="numpy", name="mine", updates=2, hidden=8)
    shown = json.loads(charplay("models", "show", "mine", "--format", "json").out)
    assert shown["again"] == "train dinosaurs --backend numpy --updates 2 --set hidden=8"
