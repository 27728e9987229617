"""Whatever a plugin does when it is registered: one line tells of it, and all else works."""

import pytest

from tests.plugins.installing import BACKEND, install, run_charplay

HOOK = (
    "from charplay import *\nfrom charplay import hookimpl, Backend, Command, CorpusEntry, Recipe\n"
)


def corpus(fields):
    return (
        "from charplay import CorpusEntry, hookimpl\n@hookimpl\ndef register_corpora(register):\n"
        f"    register(CorpusEntry({fields}))\n"
        "    register(CorpusEntry(__name__ + '-good', 'names', 'good', 'CC0', 'here'))\n"
    )


def backend(change):
    return BACKEND + f"\n\n{change}\n"


# What a module does, and words that the line about it has.
FAULTS = {
    # It ends or blocks whoever imports it.
    "exits": ("import os\nos._exit(3)", "ended the process at import, with exit status 3"),
    "kills": ("import os\nos.kill(os.getpid(), 9)", "ended the process at import, with signal 9"),
    "interrupts": ("raise KeyboardInterrupt", "failed at import: KeyboardInterrupt"),
    "leaves": ("import sys\nsys.exit(3)", "failed at import: SystemExit: 3"),
    "sleeps": ("import time\ntime.sleep(30)", "took longer than 5 s"),
    "closes": ("import os\nos.close(1)", "changes standard output when it is imported"),
    "captures": ("import io, sys\nsys.stdout = io.StringIO()", "changes standard output"),
    "catches": (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)",
        "changes the handler of SIGINT",
    ),
    "moves": ("import os\nos.chdir('/')", "changes the working folder"),
    # It cannot be imported, or fits no hook.
    "absent": ("import a_module_that_nobody_has", "a_module_that_nobody_has"),
    "loud": ("raise ValueError('first line\\nsecond line')", "first line ⏎ second line"),
    "syntax": ("def (:", "SyntaxError"),
    "misspelt": (
        "from charplay import hookimpl\n@hookimpl\ndef register_backend(register): pass",
        "register_backend",
    ),
    "strange": (
        "from charplay import hookimpl\n@hookimpl\ndef register_backends(registrar): pass",
        "does not fit the hooks",
    ),
    "silent": (
        "def register_backends(register): pass",
        "no function that is marked with @hookimpl",
    ),
    "newer": ("charplay_api = '9.0'", "written for a newer charplay: its interface is 9.0"),
    "older": ("charplay_api = '0.3'", "written for an older charplay"),
    "nameless": ("charplay_api = 'one'", "a version is two numbers"),
    # An entry that would break a listing.
    "text-size": (
        corpus("'t', 'names', 's', '', '', size='many'"),
        "a size that is a whole number",
    ),
    "odd-kind": (corpus("'k', 'poems', 's', '', ''"), "the kind names or prose; it has 'poems'"),
    "no-name": (corpus("'', 'names', 's', '', ''"), "a name of letters"),
    "path-name": (corpus("'my corpus/../x', 'names', 's', '', ''"), "a name of letters"),
    "two-words": (corpus("'zap zop', 'names', 's', '', ''"), "a name of letters"),
    "no-summary": (corpus("'n', 'names', None, '', ''"), "a summary that is text"),
    "not-a-corpus": (
        corpus("'n', 'names', 's', '', ''").replace("CorpusEntry('n'", "('n'"),
        "needs",
    ),
    "text-requires": (backend("FlatBackend.requires = 'torch'"), "as in ('scipy',)"),
    "null-summary": (backend("FlatBackend.summary = None"), "a summary that is text; it has None"),
    "no-version": (backend("del FlatBackend.version"), "a version that is text"),
    "no-config": (backend("FlatBackend.Config = int"), "Config, a frozen dataclass"),
    "config-needs": (
        backend(
            "@dataclass(frozen=True)\nclass Needs:\n    width: int\nFlatBackend.Config = Needs"
        ),
        "a Config that cannot be made without values",
    ),
    "config-undeclared": (
        backend(
            "@dataclass(frozen=True)\nclass Bare:\n    width: int = 3\nFlatBackend.Config = Bare"
        ),
        "width is not made by option",
    ),
    "config-bounds": (
        backend(
            "@dataclass(frozen=True)\nclass Low:\n    width: int = option(0, 'w', minimum=1)\n"
            "FlatBackend.Config = Low"
        ),
        "defaults do not fit it: width cannot be 0",
    ),
    "config-clash": (
        backend(
            "@dataclass(frozen=True)\nclass Taken:\n    updates: int = option(3, 'many')\n"
            "FlatBackend.Config = Taken"
        ),
        "the option updates is also one of a stage",
    ),
    "escaping-summary": (
        backend("FlatBackend.summary = 'red \\x1b[31m'"),
        "a summary of one line, without controls",
    ),
    "a-class": (BACKEND.replace("register(FlatBackend())", "register(FlatBackend)"), "an instance"),
    "odd-recipe": (
        "from charplay import Recipe, hookimpl\n@hookimpl\ndef register_recipes(register):\n"
        "    register('no recipe at all')\n    register(Recipe('odd-good', 'sound'))\n",
        "needs a Recipe; it has 'no recipe at all'",
    ),
    "sad-recipe": (
        "from pathlib import Path\nfrom charplay import hookimpl, recipes_in\n"
        "@hookimpl\ndef register_recipes(register):\n"
        "    folder = Path(__file__).parent / 'recipes'\n"
        "    for recipe in recipes_in(folder):\n        register(recipe)\n",
        "the recipe sad: there is no training option",
    ),
    "odd-command": (
        "from charplay import Command, hookimpl\n@hookimpl\ndef register_commands(register):\n"
        "    register(Command('odd', 'odd', 'nowhere'))\n",
        'name it as "module:function"',
    ),
    "clashing-command": (
        "from dataclasses import dataclass\nfrom charplay import Command, hookimpl, option\n"
        "@dataclass(frozen=True)\nclass Taken:\n    format: str = option('', 'how')\n"
        "@hookimpl\ndef register_commands(register):\n"
        "    register(Command('taken', 'taken', __name__ + ':f', __name__ + ':Taken'))\n",
        "the option format is also one of every command",
    ),
    "function-command": (
        "from charplay import Command, hookimpl\ndef shout(context, request): pass\n"
        "@hookimpl\ndef register_commands(register):\n"
        "    register(Command('shout', 'shout it', shout))\n",
        'name it as "module:function"',
    ),
    "text-examples": (
        "from charplay import Command, hookimpl\n"
        "@hookimpl\ndef register_commands(register):\n"
        "    register(Command('shout', 'shout it', 'm:f', examples='shout loud'))\n",
        'write examples=("line",)',
    ),
    "late": (
        "from charplay import CorpusEntry, hookimpl\n@hookimpl\ndef register_corpora(register):\n"
        "    register(CorpusEntry('late-good', 'names', 'good', 'CC0', 'here'))\n"
        "    raise OSError('gone')\n",
        "failed in register_corpora: OSError: gone",
    ),
    "taking": (
        corpus("'dinosaurs', 'names', 'not the real ones', '', ''"),
        "offers the corpus 'dinosaurs', which charplay offers already",
    ),
}
GOOD = ("text-size-good", "odd-kind-good", "no-name-good", "late-good", "taking-good")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder in which all of them are installed."""
    path = tmp_path_factory.mktemp("faulty")
    for name, (source, _) in FAULTS.items():
        install(path, f"{name}-plugin", source)
    (path / "recipes").mkdir()
    (path / "recipes" / "merry.toml").write_text("summary = 'sound'\n")
    (path / "recipes" / "sad.toml").write_text("summary = 'wrong'\n[plan]\nbatch_sise = 3\n")
    return path


@pytest.fixture(scope="module")
def started(folder, tmp_path_factory):
    """Two starts of charplay there, the second of which knows them all."""
    home = tmp_path_factory.mktemp("faults") / "home"
    lines = [word for line in (":backends", ":corpora", ":recipes", ":help", ":plugins")
             for word in ("-c", line)]  # fmt: skip
    return [run_charplay(folder, home, "--format", "json", *lines) for _ in range(2)]


def warnings_of(ran):
    return [line for line in ran.err.splitlines() if line.startswith("warning: ")]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_in_one_line_with_its_distribution(started, name):
    for ran in started:
        told = [line for line in warnings_of(ran) if f"of {name}-plugin 1.0" in line]
        assert len(told) == 1
        assert FAULTS[name][1] in told[0]


def test_each_line_is_followed_by_how_to_be_rid_of_the_plugin(started):
    for ran in started:
        lines = ran.err.splitlines()
        assert len(lines) == 2 * len(FAULTS)
        for warning, advice in zip(lines[::2], lines[1::2], strict=True):
            assert warning.startswith("warning: the plugin ")
            plugin = warning.split()[3]
            assert advice.endswith(f":plugins disable {plugin}")


def test_everything_else_works_and_json_stays_json(started):
    for ran in started:
        assert ran.status == 0
        backends, _, recipes, commands, plugins = ran.json()
        assert {"numpy", "ngram", "mix"} <= {row["backend"] for row in backends}
        assert "train" in {row["command"] for row in commands}
        assert "dinosaurs" in {row["recipe"] for row in recipes}
        theirs = [row for row in plugins if row["distribution"] != "charplay"]
        assert len(theirs) == len(FAULTS)


def test_one_bad_entry_leaves_its_neighbours(started):
    _, corpora, recipes, *_ = started[1].json()
    names = {row["corpus"].replace("_plugin", "").replace("_", "-") for row in corpora}
    assert set(GOOD) <= names
    assert {"odd-good", "merry"} <= {row["recipe"] for row in recipes}


def test_a_taken_name_stays_with_who_had_it(started):
    (dinosaurs,) = [row for row in started[0].json()[1] if row["corpus"] == "dinosaurs"]
    assert dinosaurs["offered_by"] == "charplay"


def test_a_disabled_plugin_is_told_of_no_more(folder, started, tmp_path):
    home = tmp_path / "home"
    cache = folder.parent  # of no use to these: they are registered no more
    for name in ("sleeps", "exits"):
        ran = run_charplay(
            folder, home, "plugins", "disable", f"{name}_plugin", cache=cache, CHARPLAY_PLUGINS=""
        )
        assert ran.status == 0, ran.err
    only = ",".join(f"{name}_plugin" for name in ("sleeps", "exits", "text-size"))
    ran = run_charplay(
        folder, home, "plugins", CHARPLAY_PLUGINS=only.replace("-", "_"), cache=cache
    )
    (warning,) = warnings_of(ran)
    assert "text_size_plugin" in warning
    assert ran.out.count("disabled") == 2


def test_strictness_makes_a_fault_an_error(folder, tmp_path):
    ran = run_charplay(
        folder, tmp_path / "home", "backends",
        CHARPLAY_PLUGINS="text_size_plugin", CHARPLAY_STRICT_PLUGINS="1",
    )  # fmt: skip
    assert ran.status == 1
    assert ran.out == ""
    assert ran.err.startswith("error: the plugin text_size_plugin of text-size-plugin 1.0 offers")
