"""All plugins together: what each offers by name, and what is told of them."""

import logging
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest

import charplay
from charplay.errors import PluginError, UsageError
from charplay.plugins import finder
from charplay.plugins.border import BackendAtBorder
from charplay.plugins.describing import describe_backend
from charplay.plugins.finder import find_plugins, offer_cache
from charplay.plugins.installed import Installed
from charplay.plugins.offers import PluginOffers
from charplay.plugins.registry import Catalogue, Fault, FoundPlugin, Origin, one_each
from charplay.testing.fake_backend import FakeBackend
from charplay.text.entry import CorpusEntry
from charplay.training.recipe import Recipe
from tests.conftest import make_environment

RIVERS = CorpusEntry("rivers", "names", "rivers", "CC0", "maps")
COMMAND = {"name": "shout", "summary": "shout it"}


def installed(name, *points, version="1.0"):
    points = tuple(EntryPoint(point, f"{point}_module:x", "charplay") for point in points)
    return Installed(name, version, points, f"{name} in /site", "key")


OURS = installed("charplay", "own")
OFFERED = {
    "own": PluginOffers("own", {"corpora": (RIVERS.to_data(),)}),
    "tides": PluginOffers(
        "tides",
        {
            "backends": (describe_backend(FakeBackend()),),
            "recipes": (Recipe("wet", "rivers").to_data(),),
            "commands": (COMMAND,),
        },
    ),
    "ponds": PluginOffers("ponds", {"corpora": (RIVERS.to_data(),)}, ("is wet",)),
}


@pytest.fixture
def find(home, monkeypatch):
    """Finds plugins where these distributions are installed; which were asked for."""
    asked = []

    class Cache:
        def offers(self, found):
            asked.append([each.name for each in found])
            return [tuple(OFFERED[point.name] for point in each.points) for each in found]

    def find(*found, dead=(), **variables):
        asked.clear()
        monkeypatch.setattr(finder, "find_installed", lambda: list(found))
        monkeypatch.setattr(finder, "offer_cache", lambda environment: Cache())
        monkeypatch.setattr(finder, "dead_importers", lambda cache: set(dead))
        return find_plugins(make_environment(home, **variables))

    find.asked = asked
    return find


def test_what_plugins_offer_is_had_by_its_name_with_where_it_comes_from(find):
    tides = installed("tides-plugin", "tides")
    registry = find(OURS, tides)
    assert registry.faults == []
    own = Origin("own", "charplay", "1.0", "own_module")
    origin = Origin("tides", "tides-plugin", "1.0", "tides_module")
    assert registry.plugins == [
        FoundPlugin(own, OURS, OFFERED["own"]), FoundPlugin(origin, tides, OFFERED["tides"]),
    ]  # fmt: skip
    assert registry.corpora["rivers"] == RIVERS
    assert registry.recipes["wet"] == Recipe("wet", "rivers")
    assert registry.commands["shout"] == COMMAND
    backend = registry.backends["fake"]
    assert isinstance(backend, BackendAtBorder)
    assert backend.offered_by == "tides-plugin 1.0"
    assert registry.backends.origin("fake") == origin
    assert find.asked == [["charplay", "tides-plugin"]]


def test_a_name_that_is_taken_is_a_fault_beside_the_others(find):
    registry = find(OURS, installed("ponds-plugin", "ponds"))
    origin = Origin("ponds", "ponds-plugin", "1.0", "ponds_module")
    assert registry.faults == [
        Fault(origin, "is wet"),
        Fault(origin, "offers the corpus 'rivers', which charplay offers already"),
    ]
    assert registry.corpora.origin("rivers").distribution == "charplay"


def test_what_is_not_wanted_is_not_asked_and_offers_nothing(find):
    both = installed("wet-plugin", "ponds", "tides")
    registry = find(OURS, both, installed("other", "tides"), CHARPLAY_PLUGINS="ponds,lakes")
    assert find.asked == [["charplay", "wet-plugin"]]
    assert [(found.origin.plugin, found.used) for found in registry.plugins] == [
        ("own", True), ("ponds", True), ("tides", False), ("tides", False),
    ]  # fmt: skip
    assert registry.plugins[2].offers == PluginOffers("tides")
    assert list(registry.backends) == []
    assert registry.faults[-1] == Fault(Origin("lakes", "CHARPLAY_PLUGINS", ""), "is not installed")
    assert len(registry.faults) == 3


def test_a_plugin_that_ended_a_start_is_told_where_it_is_used(find):
    tides = installed("tides-plugin", "tides")
    [fault] = find(OURS, tides, dead={"tides", "gone"}).faults
    assert fault.problem == "was being imported when charplay last ended"
    assert fault.origin.plugin == "tides"
    assert find(OURS, tides, dead={"tides"}, CHARPLAY_PLUGINS="").faults == []


def test_a_file_is_a_plugin_and_one_that_is_none_a_fault(find, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.path", ["/site"])
    monkeypatch.setitem(OFFERED, "brooks", PluginOffers("brooks"))
    file = tmp_path / "brooks.py"
    file.write_text("")
    registry = find(OURS, CHARPLAY_PLUGIN_FILES=f"{file}:{tmp_path / 'no.py'}")
    assert registry.plugins[-1].origin == Origin("brooks", str(file), "", "brooks")
    [fault] = registry.faults
    assert fault.origin == Origin("no", str(tmp_path / "no.py"), "")
    assert fault.problem == (
        f"is left out: {tmp_path / 'no.py'} is no Python module; name a file like my_model.py, or "
        "a package's folder"
    )
    assert fault.hint == "mend it, or leave out --plugin"


def test_strictness_makes_the_first_fault_an_error(find):
    ponds = installed("ponds-plugin", "ponds")
    with pytest.raises(PluginError) as caught:
        find(OURS, ponds, CHARPLAY_STRICT_PLUGINS="1")
    assert caught.value.message == "the plugin ponds of ponds-plugin 1.0 is wet"
    assert caught.value.hint == "update it, or leave it out: `plugins disable ponds`"
    assert find(OURS, CHARPLAY_STRICT_PLUGINS="1").faults == []


def test_offers_are_kept_in_the_persons_cache_for_this_version(home):
    environment = SimpleNamespace(cache=Path("/cache"))
    made = offer_cache(environment)
    assert (made._folder, made._reader) == (
        Path("/cache/plugins"), f"{charplay.__version__} 1.1",
    )  # fmt: skip


def test_a_plugin_is_charplays_own_by_its_distribution():
    assert Origin("x", "charplay", "1").is_ours is True
    assert Origin("charplay", "x", "1").is_ours is False
    assert Origin("x", "x.py", "").installed == "x.py"


def test_of_each_plugin_one_fault_is_told_and_the_others_are_counted():
    one, two = Origin("a", "x", "1"), Origin("b", "x", "1")
    faults = [Fault(one, "is wet"), Fault(two, "is dry"), Fault(one, "is cold")]
    assert one_each(faults) == [Fault(one, "is wet (and 1 more fault)"), Fault(two, "is dry")]
    assert one_each([*faults, Fault(one, "is new")])[0].problem == "is wet (and 2 more faults)"
    assert one_each([]) == []


def test_a_catalogue_makes_an_entry_once_when_it_is_asked_for():
    made = []
    catalogue, origin = Catalogue("river", "rivers"), Origin("a", "x", "1")
    catalogue.add("rhine", lambda: made.append("rhine") or "Rhine", origin)
    catalogue.add("elbe", lambda: made.append("elbe") or "Elbe", origin)
    assert (list(catalogue), len(catalogue), made) == (["elbe", "rhine"], 2, [])
    assert catalogue.find("rhine") == catalogue["rhine"] == "Rhine"
    assert (made, catalogue.get("oder"), catalogue.origin("elbe")) == (["rhine"], None, origin)
    with pytest.raises(UsageError) as caught:
        catalogue.find("zzz")
    assert caught.value.message == "there is no river 'zzz'"
    assert caught.value.hint == "`rivers` lists what there is"
    with pytest.raises(KeyError):
        catalogue["zzz"]
    with pytest.raises(ValueError, match="offers the river 'elbe', which x offers already"):
        catalogue.add("elbe", lambda: None, Origin("b", "y", "1"))


def test_python_writes_nothing_of_charplays_log_by_itself():
    kinds = [type(handler) for handler in logging.getLogger("charplay").handlers]
    assert logging.NullHandler in kinds
