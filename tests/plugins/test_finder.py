import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass

import pytest

from tests.conftest import installed_plugins, variables_for
from tests.plugins.installing import BACKEND

GOOD = """
from dataclasses import dataclass
from importlib.resources import files

from charplay import Backend, Command, CorpusEntry, Recipe, TextChoice, hookimpl, option


@dataclass(frozen=True)
class Config:
    order: int = option(3, "characters looked back on", minimum=1)


class Markov(Backend):
    name, summary, version, Config = "markov", "counts", "1", Config

    def create(self, vocabulary, kind, config, rng):
        raise NotImplementedError

    def load(self, vocabulary, kind, config, arrays):
        raise NotImplementedError

    def learner(self, model, plan):
        raise NotImplementedError


@hookimpl
def register_backends(register):
    register(Markov())


@hookimpl
def register_corpora(register):
    path = files(__name__) / "rivers.txt"
    register(CorpusEntry("rivers", "names", "names of rivers", "CC0", "made up", path))


@hookimpl
def register_recipes(register):
    register(Recipe("wet", "rivers by counting", TextChoice("rivers"), "markov"))


@hookimpl
def register_commands(register):
    register(Command("shout", "shout it", f"{__name__}:shout"))


def shout(context, request):
    return "HELLO"
"""

TAKING = """
from charplay import Command, CorpusEntry, hookimpl


@hookimpl
def register_corpora(register):
    register(CorpusEntry("dinosaurs", "names", "not the real ones", "", "", None))
    register(CorpusEntry("lakes", "names", "names of lakes", "", "", None))


@hookimpl
def register_commands(register):
    register(Command("train", "not the real one", f"{__name__}:train"))
"""

# A fault of each kind: ends its process, is wrong, would break a listing, is misread, prints.
BROKEN = {
    "charplay-ending": ("import os\nos._exit(3)\n", "ended the process at import"),
    "charplay-wrong": (GOOD.replace('"counts"', "None").split("@hookimpl\ndef register_corpora")[0],
                       "a summary that is text"),
    "charplay-listing": (TAKING.replace('"dinosaurs"', '""').replace('"lakes"', '"ponds"'),
                         "a name of letters"),
    "charplay-unread": (TAKING.replace("lakes", "pools").replace("dinosaurs", "birds")
                        + "charplay_api = '2.0'\n", "a newer charplay"),
    "charplay-printing": ("print('loud')\nraise ValueError('first line\\nsecond line')\n",
                          "first line"),
}  # fmt: skip


# Nothing of it is wrong until a model is made.
NAN = """
def step(self, state, tokens):
    return np.full((len(tokens), len(self.vocabulary)), np.nan, np.float32), state
Flat.step = step
"""


def module_of(distribution):
    return distribution.replace("-", "_")


def write_wheel(folder, distribution, source, **files):
    """An installable wheel, written by hand: a package and its metadata."""
    module = module_of(distribution)
    info = f"{module}-1.0.dist-info"
    texts = {
        f"{module}/__init__.py": source,
        **{f"{module}/{name}": text for name, text in files.items()},
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[charplay]\n{module} = {module}\n",
    }
    texts[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*texts, f"{info}/RECORD"])
    path = folder / f"{module}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in texts.items():
            wheel.writestr(name, text)
    return path


@dataclass(frozen=True)
class Seen:
    """The output of charplay with the plugins: one JSON value for each command, and warnings."""

    status: int
    answers: list
    warnings: list
    removals: list

    def names(self, place):
        """The names in the first column of a listing."""
        return {next(iter(row.values())) for row in self.answers[place]}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with a good plugin, one that takes names, and the broken ones, all installed."""
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("installed")
    paths = [
        write_wheel(wheels, "charplay-good", GOOD, **{"rivers.txt": "Rhine\nElbe\nSpree\n"}),
        write_wheel(wheels, "charplay-taking", TAKING),
        write_wheel(wheels, "charplay-nan", f"{BACKEND}\n{NAN}"),
        *(write_wheel(wheels, name, source) for name, (source, _) in BROKEN.items()),
    ]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    quiet = ["--disable-pip-version-check", "--no-compile", "--target", str(target)]
    subprocess.run([*pip, *quiet, *map(str, paths)], check=True, capture_output=True)
    return target


@pytest.fixture(scope="module")
def seen(installed, tmp_path_factory):
    """One run of charplay there."""
    home = tmp_path_factory.mktemp("plugins") / "home"
    lines = (":backends", ":corpora", ":recipes", ":help", ":shout")
    words = [word for line in lines for word in ("-c", line)]
    done = subprocess.run(
        [sys.executable, "-m", "charplay", "--format", "json", *words],
        capture_output=True,
        encoding="utf-8",
        env=variables_for(home, PYTHONPATH=str(installed)),
        timeout=60,
    )
    told = done.stderr.splitlines()
    return Seen(
        done.returncode,
        [json.loads(line) for line in done.stdout.splitlines()],
        [line for line in told if line.startswith("warning: ")],
        [line for line in told if not line.startswith("warning: ")],
    )


def test_the_rest_works_whatever_a_plugin_does(seen):
    assert seen.status == 0
    assert len(seen.answers) == 5
    assert "dinosaurs" in seen.names(1)
    assert "train" in seen.names(3)


def test_help_tells_of_broken_plugins_too_each_in_two_lines(installed, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "charplay", "--help"],
        capture_output=True,
        encoding="utf-8",
        env=variables_for(tmp_path / "home", PYTHONPATH=str(installed)),
        timeout=60,
    )
    assert done.returncode == 0
    assert "shout" in done.stdout
    warnings, advice = done.stderr.splitlines()[::2], done.stderr.splitlines()[1::2]
    assert all(line.startswith("warning: the plugin") for line in warnings)
    assert all(name in done.stderr for name in BROKEN)
    assert all("charplay plugins disable" in line for line in advice)


def test_a_plugin_that_is_installed_is_found_with_all_that_it_offers(seen):
    assert "markov" in seen.names(0)
    assert "rivers" in seen.names(1)
    assert "wet" in seen.names(2)
    assert "shout" in seen.names(3)
    assert seen.answers[4] == "HELLO"


def test_what_is_listed_names_the_distribution_that_offers_it(seen):
    (markov,) = [row for row in seen.answers[0] if row["backend"] == "markov"]
    assert markov["offered_by"] == "charplay-good"
    assert [option["name"] for option in markov["options"]] == ["order"]


def test_a_good_plugin_is_not_warned_of(seen):
    assert not [line for line in seen.warnings if "charplay-good" in line]


@pytest.mark.parametrize("distribution", BROKEN)
def test_a_broken_plugin_is_told_in_one_line_with_its_distribution(seen, distribution):
    (warning,) = [line for line in seen.warnings if distribution in line]
    assert BROKEN[distribution][1] in warning


def test_a_warning_is_one_line_and_the_way_out_another(seen):
    assert [line for line in seen.removals if ":plugins disable charplay_" not in line] == []
    assert len(seen.warnings) == len(seen.removals)


def test_a_name_that_is_taken_stays_with_the_plugin_that_had_it(seen):
    (dinosaurs,) = [row for row in seen.answers[1] if row["corpus"] == "dinosaurs"]
    assert dinosaurs["offered_by"] == "charplay"
    (train,) = [row for row in seen.answers[3] if row["command"] == "train"]
    assert train["summary"] != "not the real one"


def test_a_plugin_that_offers_a_taken_name_is_told_so_and_keeps_the_rest(seen):
    warnings = [line for line in seen.warnings if "charplay-taking" in line]
    assert "'dinosaurs'" in warnings[0]
    assert "1 more fault" in warnings[0]
    assert "lakes" in seen.names(1)


def test_of_a_broken_plugin_the_sound_entries_are_there(seen):
    assert "ponds" in seen.names(1)
    assert "pools" not in seen.names(1)


def test_charplays_own_plugins_are_found_like_anybodys():
    registry = installed_plugins()
    assert registry.faults == []
    assert registry.backends
    assert {registry.backends.origin(name).distribution for name in registry.backends} == {
        "charplay"
    }


def test_a_plugin_whose_models_give_no_numbers_is_told_of_where_one_is_trained(installed, tmp_path):
    (tmp_path / "list.txt").write_text("ada\nbea\ncleo\ndora\nedna\nfay\ngabe\nhal\nida\njo\n")
    done = subprocess.run(
        [sys.executable, "-m", "charplay", "train", "list.txt", "--backend", "flat"],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        env=variables_for(tmp_path / "home", PYTHONPATH=str(installed)),
        timeout=60,
    )
    assert done.returncode == 1
    assert "the plugin charplay_nan of charplay-nan 1.0 does not keep the contract" in done.stderr
    assert "step should give logits that are numbers; it gave NaN" in done.stderr
