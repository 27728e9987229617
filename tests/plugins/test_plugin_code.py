"""Plugins by what is installed: how they are found, chosen, kept, loaded and asked."""

import json
import logging
import os
import sys
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from charplay.errors import MisfitError, PluginError, UsageError
from charplay.plugins import asking, cache, installed, loading
from charplay.plugins.cache import OfferCache
from charplay.plugins.choice import PluginChoice
from charplay.plugins.installed import Installed, find_installed, installed_file
from charplay.plugins.loading import (
    PluginCode,
    dead_importers,
    find_culprit,
    leave_breadcrumb,
    plugin_failure,
)
from charplay.plugins.offers import PluginOffers
from charplay.plugins.registry import FoundPlugin, Origin, Registry
from charplay.testing.fake_backend import FakeBackend
from tests.conftest import make_environment, seen_by
from tests.plugins.installing import install

# What is chosen.


def choice_of(home, config="", **variables):
    environment = make_environment(home, **variables)
    environment.config.parent.mkdir(parents=True, exist_ok=True)
    environment.config.write_text(config)
    return PluginChoice.of(environment)


def test_all_plugins_are_used_where_nothing_is_said(home):
    assert choice_of(home) == PluginChoice()
    assert choice_of(home).wants("rivers-plugin", "rivers", False)


def test_plugins_are_chosen_by_variables_and_by_the_configuration(home):
    config = '[plugins]\ndisabled = ["rivers", 5]\npaths = ["~/a.py", "", "b.py"]\n'
    files = os.pathsep.join(("c.py", "", "d.py"))
    choice = choice_of(
        home, config, CHARPLAY_PLUGINS=" lakes, ,ponds", CHARPLAY_PLUGIN_FILES=files,
        CHARPLAY_STRICT_PLUGINS="1",
    )  # fmt: skip
    assert choice == PluginChoice(
        frozenset({"lakes", "ponds"}), frozenset({"rivers"}),
        (Path("~/a.py").expanduser(), Path("b.py"), Path("c.py"), Path("d.py")), True,
    )  # fmt: skip
    assert choice_of(home, CHARPLAY_PLUGINS="").only == frozenset()


@pytest.mark.parametrize(("value", "strict"), [("", False), ("0", False), ("1", True), ("x", True)])
def test_strictness_is_anything_but_nought(home, value, strict):
    assert choice_of(home, CHARPLAY_STRICT_PLUGINS=value).strict is strict


@pytest.mark.parametrize(
    "config",
    [
        "[plugins", "plugins = 5", "[plugins]\ndisabled = 5\npaths = {}", "[other]\nx = 1",
        "[plugins]\ndisabled = ['x']\ny" + ".a" * 20 + " = 1",
    ],
)  # fmt: skip
def test_a_configuration_that_makes_no_sense_chooses_nothing(home, config):
    assert choice_of(home, config) == PluginChoice()


@pytest.mark.parametrize(
    ("only", "disabled", "ours", "wanted"),
    [
        (None, (), False, True),
        ((), (), False, False),
        ((), (), True, True),
        (("rivers",), (), False, True),
        (("rivers-plugin",), (), False, True),
        (("lakes",), (), False, False),
        (None, ("rivers",), False, False),
        (None, ("rivers-plugin",), True, False),
        (("rivers",), ("rivers-plugin",), False, False),
    ],
)
def test_a_plugin_is_wanted_by_either_of_its_names(only, disabled, ours, wanted):
    choice = PluginChoice(None if only is None else frozenset(only), frozenset(disabled))
    assert choice.wants("rivers-plugin", "rivers", ours) is wanted


# What is installed.


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder in which distributions are installed."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return folder


def found_in(name):
    [found] = [each for each in find_installed() if each.name == name]
    return found


def test_a_distribution_is_found_with_its_name_version_and_place(site):
    install(site, "rivers-plugin", "raise SystemExit")
    found = found_in("rivers-plugin")
    assert (found.version, found.is_ours) == ("1.0", False)
    assert found.place == f"rivers-plugin in {site}"
    assert [(point.name, point.value) for point in found.points] == [("rivers_plugin",) * 2]
    names = [each.name for each in find_installed()]
    assert names[0] == "charplay"
    assert names[1:] == sorted(names[1:])


@pytest.mark.parametrize("record", [True, False])
def test_a_key_changes_with_the_code_and_how_it_was_installed(site, record):
    install(site, "rivers-plugin", "x = 1", record)
    keys = [found_in("rivers-plugin").key]
    module = site / "rivers_plugin.py"
    assert found_in("rivers-plugin").key == keys[0]
    module.write_text("x = 12")
    keys.append(found_in("rivers-plugin").key)
    os.utime(module, ns=(1, 1))
    keys.append(found_in("rivers-plugin").key)
    (site / "rivers_plugin-1.0.dist-info" / "RECORD").write_text("rivers_plugin.py,,\nmore,,\n")
    keys.append(found_in("rivers-plugin").key)
    assert len(set(keys)) == 4
    assert keys[-1].endswith(f"-{len('rivers_plugin.py,,' + chr(10) + 'more,,' + chr(10)) + 3}")


def package(site, **files):
    folder = site / "brooks"
    for name, text in {"__init__.py": "", **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_of_code_that_no_record_lists_every_source_counts(site):
    folder = package(
        site, **{"a.py": "", "deep/b.toml": "", "c.txt": "", "d.json": "", "e.bin": ""}
    )
    keys = [installed_file(folder).key]
    for name, counts in (
        ("a.py", True), ("deep/b.toml", True), ("c.txt", True), ("d.json", True), ("e.bin", False),
    ):  # fmt: skip
        (folder / name).write_text("more")
        key = installed_file(folder).key
        assert (key != keys[-1]) is counts, name
        keys.append(key)


def test_the_code_of_charplay_counts_for_its_own_plugins_alone(site, monkeypatch):
    asked = []
    monkeypatch.setattr(
        installed, "_files_of", lambda module, record: asked.append(module) or iter(())
    )
    installed_file(package(site))
    assert asked == ["brooks"]
    asked.clear()
    install(site, "rivers-plugin", "x = 1")
    find_installed()
    assert asked.count("charplay") == 1
    assert "rivers_plugin" in asked


def test_a_file_is_a_plugin_by_its_name(site, tmp_path, monkeypatch):
    file = tmp_path / "elsewhere" / "my_brooks.py"
    file.parent.mkdir()
    file.write_text("")
    found = installed_file(file)
    assert (found.name, found.version, found.place) == (str(file), "", str(file))
    assert found.points == (EntryPoint("my_brooks", "my_brooks", "charplay"),)
    assert sys.path[-1] == str(file.parent)
    installed_file(file)
    assert sys.path.count(str(file.parent)) == 1
    monkeypatch.chdir(file.parent)
    assert installed_file(Path("my_brooks.py")) == replace(found, name="my_brooks.py")
    assert find_installed([file])[-1] == found
    assert installed_file(package(site)).points[0].name == "brooks"


@pytest.mark.parametrize("name", ["no-module.py", "brooks.txt", "nothing.py", "empty"])
def test_what_is_no_module_is_told(site, tmp_path, name):
    if name == "empty":
        (tmp_path / name).mkdir()
    elif name != "nothing.py":
        (tmp_path / name).write_text("")
    with pytest.raises(PluginError) as caught:
        installed_file(tmp_path / name)
    assert caught.value.message == f"{tmp_path / name} is no Python module"
    assert caught.value.hint == "name a file like my_model.py, or a package's folder"


def test_a_module_that_python_has_elsewhere_is_told(site, tmp_path):
    (tmp_path / "json.py").write_text("")
    with pytest.raises(PluginError) as caught:
        installed_file(tmp_path / "json.py")
    path = tmp_path / "json.py"
    assert caught.value.message == f"Python has another module json, so {path} cannot be imported"
    assert caught.value.hint == "give the file another name"


def test_a_distribution_without_a_name_has_one_to_be_shown(site):
    install(site, "rivers-plugin", "x = 1")
    (site / "rivers_plugin-1.0.dist-info" / "METADATA").write_text("Version: 2\n\nName: x\n")
    found = found_in("a distribution without a name")
    assert found.version == "2"


# What is kept.

POINT = EntryPoint("rivers", "rivers", "charplay")
FOUND = Installed("rivers-plugin", "1.0", (POINT,), "rivers-plugin in /site", "key")
OFFERS = (PluginOffers("rivers", {"corpora": ({"name": "rivers"},)}),)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A cache of offers; what was registered, and what is given for it."""

    class Kept:
        asked, gives, version = [], {FOUND.place: OFFERS}, "1.0"

        def offers(self, *found):
            made = OfferCache(tmp_path / "plugins", self.version)
            return made.offers(found or (FOUND,))

        @property
        def files(self):
            return sorted(path.name for path in (tmp_path / "plugins").iterdir())

    def register(found):
        Kept.asked.append([each.name for each in found])
        return [Kept.gives[each.place] for each in found]

    monkeypatch.setattr(asking, "register_apart", register)
    monkeypatch.setattr(cache, "_installed_times", lambda: "now")
    return Kept()


def test_what_was_registered_is_kept_in_a_file_for_each(kept, tmp_path):
    other = replace(FOUND, name="Lakes of/ é" + "x" * 80, place="lakes")
    kept.gives["lakes"] = ()
    assert kept.offers(FOUND, replace(other, points=())) == [OFFERS, ()]
    assert kept.offers(FOUND, replace(other, points=())) == [OFFERS, ()]
    assert kept.asked == [["rivers-plugin", other.name]]
    lakes, rivers = kept.files
    assert lakes.startswith("-é" + "x" * 58 + "-")
    assert rivers.startswith("rivers-plugin-")
    assert len(rivers) == len("rivers-plugin-01234567.json")
    written = json.loads((tmp_path / "plugins" / rivers).read_text())
    assert written == {
        "key": "key", "reader": "1.0 1.1", "faulty": False,
        "plugins": [json.loads(json.dumps(OFFERS[0].to_data()))],
    }  # fmt: skip
    assert (tmp_path / "plugins").stat().st_mode & 0o777 == 0o700


def test_what_changed_is_registered_again_and_nothing_else(kept):
    kept.offers()
    other = replace(FOUND, name="lakes", place="lakes")
    kept.gives["lakes"] = OFFERS
    kept.offers(FOUND, other)
    for changed in (replace(FOUND, key="other"), replace(FOUND, points=(POINT, POINT))):
        kept.offers(changed, other)
    assert kept.asked == [["rivers-plugin"], ["lakes"], ["rivers-plugin"], ["rivers-plugin"]]
    kept.offers()
    assert len(kept.asked) == 4, "which is as before"
    kept.version = "1.1"
    kept.offers()
    assert len(kept.asked) == 5


def test_what_was_faulty_is_registered_again_once_anything_is_installed(kept, monkeypatch):
    kept.gives[FOUND.place] = (PluginOffers("rivers", faults=("is wrong",)),)
    for times, asked in (("now", 1), ("now", 1), ("later", 2), ("later", 2)):
        monkeypatch.setattr(cache, "_installed_times", lambda times=times: times)
        kept.offers()
        assert len(kept.asked) == asked


def test_what_is_forgotten_is_registered_again(kept, tmp_path):
    made = OfferCache(tmp_path / "plugins", "1.0")
    made.forget(FOUND)
    kept.offers()
    made.forget(FOUND)
    kept.offers()
    assert len(kept.asked) == 2


def test_a_file_that_is_too_large_or_damaged_is_made_again(kept, tmp_path, monkeypatch):
    kept.offers()
    [name] = kept.files
    file = tmp_path / "plugins" / name
    size = file.stat().st_size
    monkeypatch.setattr(cache, "_LARGEST", size)
    kept.offers()
    assert len(kept.asked) == 1
    monkeypatch.setattr(cache, "_LARGEST", size - 1)
    kept.offers()
    assert len(kept.asked) == 2
    monkeypatch.setattr(cache, "_LARGEST", size)
    for number, damage in enumerate(("", "[]", '{"key": 1}', "null", "[" * 90_000), 3):
        monkeypatch.setattr(cache, "_LARGEST", 10**6)
        file.write_text(damage)
        assert kept.offers() == [OFFERS]
        assert len(kept.asked) == number


def test_a_cache_that_cannot_be_written_is_logged(kept, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    (tmp_path / "plugins").write_text("")
    assert kept.offers() == [OFFERS]
    [record] = caplog.records
    assert record.getMessage().endswith(": plugins are registered again at the next start")


def test_the_times_of_what_is_installed_change_with_each_folder_but_the_working_one(
    tmp_path, monkeypatch
):
    folders = [tmp_path / name for name in ("a", "b", "here")]
    for folder in folders:
        folder.mkdir()
        os.utime(folder, ns=(1, 1))
    monkeypatch.chdir(folders[2])
    monkeypatch.setattr(sys, "path", [*map(str, folders), str(tmp_path / "none")])
    told = [cache._installed_times()]
    for folder in folders:
        os.utime(folder, ns=(2, 2))
        told.append(cache._installed_times())
    assert len(set(told)) == 3
    assert told[2] == told[3]
    assert all(len(each) == 8 for each in told)


# What is loaded.

ORIGIN = Origin("rivers", "rivers-plugin", "1.0", "rivers_plugin")


@pytest.fixture
def code(tmp_path):
    return PluginCode(ORIGIN, POINT, tmp_path / "cache", None)


def test_an_error_inside_names_the_plugin_unless_it_speaks_to_a_person(code):
    advice = "update it, or leave it out: `plugins disable rivers`"
    misfit = MisfitError("step", "logits", "nothing")
    for error, told in (
        (misfit, "does not keep the contract: step should give logits; it gave nothing"),
        (ValueError("x"), "failed in step: ValueError: x"),
        (SystemExit(3), "failed in step: SystemExit: 3"),
        (KeyError(), "failed in step: KeyError"),
    ):
        with pytest.raises(PluginError) as caught, code.telling("step"):
            raise error
        assert caught.value.message == f"the plugin rivers of rivers-plugin 1.0 {told}"
        assert (caught.value.hint, caught.value.__cause__) == (advice, error)


@pytest.mark.parametrize(
    "error", [UsageError("a", "b"), MemoryError(), KeyError("a"), KeyboardInterrupt()]
)
def test_what_is_the_persons_or_the_machines_passes(code, error):
    with pytest.raises(type(error)) as caught, code.telling("step", (KeyError,)):
        raise error
    assert caught.value is error


def test_a_plugin_of_a_file_is_mended(tmp_path):
    error = plugin_failure(Origin("rivers", "rivers.py", ""), "step", ValueError())
    assert error.message == "the plugin rivers of rivers.py failed in step: ValueError"
    assert error.hint == "mend it, or leave out --plugin"


def test_a_backend_is_loaded_once_and_one_that_is_gone_is_told(code, monkeypatch, tmp_path):
    asked = []

    def ask(point, kind, register):
        asked.append((point, kind, [path.name for path in (tmp_path / "cache").iterdir()]))
        register(FakeBackend())

    monkeypatch.setattr("charplay.plugins.registering.ask_hook", ask)
    assert code.backend("fake") is code.backend("fake")
    assert asked == [(POINT, "backends", [f"importing-{os.getpid()}"])]
    assert list((tmp_path / "cache").iterdir()) == []
    with pytest.raises(PluginError) as caught:
        code.backend("other")
    assert caught.value.message == (
        "the plugin rivers of rivers-plugin 1.0 registers no backend 'other' here, and did when it "
        "was looked at"
    )
    assert caught.value.hint == "`plugins check rivers` looks at it again"


def test_a_breadcrumb_is_left_for_as_long_as_an_import_takes(tmp_path):
    with leave_breadcrumb(tmp_path / "cache", "rivers"):
        [crumb] = (tmp_path / "cache").iterdir()
        assert crumb.read_text() == "rivers"
        assert dead_importers(tmp_path / "cache") == set(), "it is alive"
    assert list((tmp_path / "cache").iterdir()) == []
    (tmp_path / "file").write_text("")
    with leave_breadcrumb(tmp_path / "file", "rivers"):
        pass


def test_a_breadcrumb_of_a_dead_process_is_told_once(tmp_path, monkeypatch):
    def kill(process, number):
        if process == 8:
            raise PermissionError
        if process != 7:
            raise ProcessLookupError

    seen_by(loading, "os", monkeypatch, kill=kill)
    for name in ("importing-7", "importing-8", "importing-9", "importing-10", "importing-x", "y"):
        (tmp_path / name).write_text(f"of {name}")
    assert dead_importers(tmp_path) == {"of importing-9", "of importing-10"}
    assert dead_importers(tmp_path) == set()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "importing-7", "importing-8", "importing-x", "y",
    ]  # fmt: skip
    assert dead_importers(tmp_path / "none") == set()


def raised_in(module, code):
    """The error of some code that is of a module."""
    try:
        exec(compile(code, module, "exec"), {"__name__": module})
    except Exception as error:
        return error
    raise AssertionError


def test_an_error_is_the_plugins_whose_code_raised_it():
    registry = Registry()
    ours = Installed("charplay", "1", (), "", "")
    registry.plugins.append(
        FoundPlugin(Origin("own", "charplay", "1", "charplay.x"), ours, OFFERS[0])
    )
    registry.plugins.append(FoundPlugin(ORIGIN, FOUND, OFFERS[0]))
    code = "def sing():\n    raise ValueError('x')\nsing()"
    for module in ("rivers_plugin", "rivers_plugin.deep"):
        error = find_culprit(raised_in(module, code), registry)
        assert error.message == (
            "the plugin rivers of rivers-plugin 1.0 failed in sing: ValueError: x"
        )
    for module in ("charplay.x", "other", "rivers_plugin_2"):
        assert find_culprit(raised_in(module, code), registry) is None
    assert find_culprit(ValueError(), registry) is None
