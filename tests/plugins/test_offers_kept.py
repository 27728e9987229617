"""What a plugin offers is found once, and again when anything of it changed; it is never wrong."""

import json
import os
import time

import pytest

from tests.plugins.installing import BACKEND, install, run_charplay

COUNTED = (
    "from pathlib import Path\nwith Path({log!r}).open('a') as log:\n    log.write('imported\\n')\n"
)
CORPUS = (
    "from charplay import Command, CorpusEntry, hookimpl\n"
    "@hookimpl\ndef register_corpora(register):\n"
    "    register(CorpusEntry('{name}', 'names', 'rivers', 'CC0', 'here'))\n"
    "@hookimpl\ndef register_commands(register):\n"
    "    register(Command('shout', 'shout it', __name__ + ':shout'))\n"
    "def shout(context, request):\n    return 'HELLO'\n"
)


class World:
    """One plugin that counts its imports."""

    def __init__(self, path):
        self.folder, self.home, self.cache = path / "site", path / "home", path / "cache"
        self.log = path / "imports"

    def install(self, name="rivers", record=True, source=CORPUS):
        counted = COUNTED.format(log=str(self.log))
        install(self.folder, "rivers-plugin", counted + source.format(name=name), record)

    def run(self, *words, **variables):
        words = words or ("corpora", "--format", "json")
        return run_charplay(self.folder, self.home, *words, cache=self.cache, **variables)

    def corpora(self):
        return {row["corpus"] for row in json.loads(self.run().out)}

    @property
    def imports(self):
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0

    @property
    def kept(self):
        (file,) = self.cache.rglob("rivers-plugin-*.json")
        return file


@pytest.fixture
def world(tmp_path):
    """One plugin that counts its imports."""
    return World(tmp_path)


def test_a_plugin_is_imported_at_the_first_start_and_then_when_it_is_used(world):
    world.install()
    assert "rivers" in world.corpora()
    assert world.imports == 1
    for words in (("corpora",), ("--help",), ("help", "shout"), ("plugins",), ("recipes",)):
        assert world.run(*words).status == 0
    assert world.imports == 1
    assert world.run("shout").out == "HELLO\n"
    assert world.imports == 2


def test_the_version_is_told_without_a_look_at_any_plugin(world):
    world.install(source="raise SystemExit")
    assert world.run("--version").status == 0
    assert world.imports == 0
    assert not world.cache.exists()


@pytest.mark.parametrize("record", [True, False], ids=["installed", "editable"])
def test_a_plugin_that_changed_is_registered_again(world, record):
    world.install("rivers", record)
    assert "rivers" in world.corpora()
    world.install("lakes", record)
    os.utime(world.folder / "rivers_plugin.py", ns=(1, time.time_ns()))
    assert {"lakes", "rivers"} & world.corpora() == {"lakes"}
    assert world.imports == 2


def test_a_damaged_cache_is_made_again(world):
    world.install()
    world.corpora()
    nameless = json.loads(world.kept.read_bytes())
    del nameless["plugins"][0]["entries"]["corpora"][0]["name"]
    damages = (b"", b"\x00\xff", b"[]", b'{"key": 3}', json.dumps(nameless).encode())
    for number, damage in enumerate(damages, 2):
        world.kept.write_bytes(damage)
        ran = world.run()
        assert (ran.status, ran.err) == (0, ""), damage
        assert "rivers" in ran.out
        assert world.imports == number
    world.corpora()
    assert world.imports == number


def test_a_cache_that_cannot_be_written_costs_time_alone(world):
    world.install()
    world.cache.write_text("a file in its place")
    for _ in range(2):
        assert "rivers" in world.corpora()
    assert world.imports == 2


def test_a_missing_package_that_was_installed_since_mends_the_plugin(world):
    world.install(source="import rivers_helper\n" + CORPUS)
    assert "ModuleNotFoundError" in world.run().err
    (world.folder / "rivers_helper.py").write_text("")
    ran = world.run()
    assert ran.err == ""
    assert "rivers" in ran.out


def test_a_backend_is_not_imported_to_list_or_complete_it(world):
    world.install(source=BACKEND.replace("{", "{{").replace("}", "}}"))
    assert "every character alike" in world.run("backends").out
    assert (
        "every character alike" in world.run("completion", "line", "charplay train --backend f").out
    )
    assert "how wide" in world.run("completion", "line", "charplay train --set wi").out
    assert world.imports == 1


def test_no_plugins_leaves_all_others_out_and_a_variable_chooses(world):
    world.install()
    assert "rivers" not in world.run("--no-plugins", "corpora").out
    assert "rivers" not in world.run("corpora", CHARPLAY_PLUGINS="other").out
    assert world.imports == 0
    assert "rivers" in world.run("corpora", CHARPLAY_PLUGINS="other,rivers-plugin").out


def test_a_file_is_a_plugin_that_nobody_installed(world, tmp_path):
    file = tmp_path / "mine" / "my_rivers.py"
    file.parent.mkdir()
    file.write_text(CORPUS.format(name="brooks"))
    assert "brooks" in world.run("--plugin", str(file), "corpora").out
    assert world.run("--plugin", str(file), "shout").out == "HELLO\n"
    world.home.mkdir(exist_ok=True)
    (world.home / "config.toml").write_text(f"[plugins]\npaths = [{str(file)!r}]\n")
    assert "brooks" in world.run("corpora").out


@pytest.mark.parametrize(("name", "told"), [
    ("json.py", "Python has another module json"),
    ("no-module.py", "is no Python module"),
    ("nothing.py", "is no Python module"),
])  # fmt: skip
def test_a_file_that_is_no_plugin_is_told(world, tmp_path, name, told):
    if name != "nothing.py":
        (tmp_path / name).write_text("")
    ran = world.run("--plugin", str(tmp_path / name), "backends")
    assert told in ran.err
    assert "numpy" in ran.out


def test_a_start_that_died_at_an_import_names_the_plugin(world):
    source = (
        "import os, sys\n"
        "if os.environ.get('DIE') and 'charplay.terminal.shell' in sys.modules:\n    os._exit(7)\n"
    )
    world.install(source=source + CORPUS)
    assert world.run("shout", DIE="1").status == 7
    ran = world.run("corpora")
    assert "was being imported when charplay last ended" in ran.err
    assert "plugins disable rivers_plugin" in ran.err
    assert "warning" not in world.run("corpora").err
