"""The fixtures that plugin authors use, as they use them."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np

import charplay
from charplay.plan import Plan, Stage
from charplay.testing import (
    BackendContract,
    CommandContract,
    CorpusContract,
    FakeBackend,
    RecipeContract,
    fixtures,
)
from charplay.testing.texts import PLANS


def test_a_command_of_the_shell_gives_what_it_wrote_and_its_status(run):
    said = run("names dinosaurs -n 3 --seed 7 --format json")
    assert (said.status, said.err) == (0, "")
    assert [len(said.json["answers"]), said.json["model"]] == [3, "dinosaurs"]
    wrong = run("names 'no such model'")
    assert wrong.status == 2
    assert wrong.err.startswith("error: ")
    assert not wrong.out


def test_a_command_can_read_standard_input(run):
    assert "24 names" in run("corpora show -", stdin="anna\nberta\n" * 12).told


def test_the_data_home_is_empty_and_nobodys(run, data_home):
    assert not data_home.exists()
    run("model dinosaurs")
    assert (data_home / "models").is_dir()


def test_a_terminal_gives_the_transcript_and_goes_on_where_it_was(terminal):
    shown = terminal.type(":names dinosaurs -n 1 --seed 7", "Tyr", ":nonsense")
    lines = shown.splitlines()
    assert lines[0].startswith("charplay ")
    assert [line for line in lines if line.startswith("❯")] == [
        "❯ :names dinosaurs -n 1 --seed 7", "❯ Tyr", "❯ :nonsense", "❯ :quit",
    ]  # fmt: skip
    assert "error: there is no command 'nonsense'" in lines
    assert "\x1b" not in shown
    assert "went back before turn 2" in terminal.type(":undo")


def test_a_model_that_was_resumed_is_the_one_that_was_not_stopped(
    train_and_resume, tiny_names, tiny_prose
):
    corpora = {"names": tiny_names, "prose": tiny_prose}
    for kind, plan in (PLANS["names side by side"], PLANS["streams"]):
        whole, resumed = train_and_resume(FakeBackend(), corpora[kind], plan, units=3)
        assert whole.config.units == 3
        for name, array in whole.arrays().items():
            np.testing.assert_array_equal(resumed.arrays()[name], array)


def test_a_plan_with_a_validation_can_be_resumed_too(train_and_resume, tiny_names):
    plan = Plan(batch_size=4, held_out=0.2, validate_every=3, stages=(Stage(updates=10),))
    whole, resumed = train_and_resume(FakeBackend(), tiny_names, plan, stop_after=5)
    np.testing.assert_array_equal(whole.arrays()["output"], resumed.arrays()["output"])


PLUGIN_TESTS = """
from charplay.testing import BackendContract, FakeBackend

class TestMine(BackendContract):
    backend = FakeBackend()
    kinds = ("names",)

def test_a_fixture(tiny_names, run):
    assert len(tiny_names.names) == 24
    assert run("backends").status == 0
"""


def test_two_lines_in_a_file_are_a_whole_test_suite(tmp_path):
    (tmp_path / "conftest.py").write_text('pytest_plugins = ("charplay.testing.fixtures",)\n')
    (tmp_path / "test_mine.py").write_text(PLUGIN_TESTS)
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"]
    done = subprocess.run([*words, str(tmp_path)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    passed = int(done.stdout.splitlines()[-1].split()[0])
    assert passed > 35


def test_only_the_kit_needs_pytest():
    package = Path(charplay.__file__).parent
    apart = {package / "testing", package / "plugins" / "templates"}
    imports = re.compile(r"^\s*(from|import) (pytest|charplay\.testing)\b", re.MULTILINE)
    for path in package.rglob("*.py"):
        if not apart & set(path.parents):
            assert not imports.search(path.read_text(encoding="utf-8")), path


def test_the_page_of_the_kit_has_every_check_and_every_fixture():
    page = (Path(charplay.__file__).parent.parent / "docs" / "plugins" / "testing.md").read_text(
        encoding="utf-8"
    )
    contracts = (BackendContract, CommandContract, CorpusContract, RecipeContract)
    checks = {name for each in contracts for name in dir(each) if name.startswith("test_")}
    assert set(re.findall(r"`(test_\w+)` \|", page)) == checks
    for name in ("tiny_names", "tiny_prose", "data_home", "run", "terminal", "train_and_resume"):
        assert hasattr(fixtures, name)
        assert f"`{name}`" in page
