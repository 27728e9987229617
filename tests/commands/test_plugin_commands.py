"""`plugins`: each action, with every answer that it gives."""

from importlib.metadata import EntryPoint

import pytest

from charplay.commands import plugins as module
from charplay.commands.new_plugin import NewPlugin
from charplay.commands.plugins import CheckRow, ModuleRow, PluginPage, PluginRow
from charplay.errors import PluginError
from charplay.plan import TextChoice
from charplay.plugins.asking import Asked
from charplay.plugins.installed import Installed
from charplay.plugins.offers import PluginOffers
from charplay.plugins.registry import Fault, FoundPlugin, Origin, Registry
from charplay.testing.fake_backend import FakeBackend
from charplay.training.recipe import Recipe

POINTS = tuple(EntryPoint(name, f"{name}_code.main", "charplay") for name in ("tides", "rivers"))


def offers(name="tides", **more):
    entries = {
        "backends": ({"name": "fake"},),
        "recipes": ({"name": "calm"}, {"name": "wild"}, {"name": "gone"}),
        "commands": ({"name": "ebb"},),
    }
    return PluginOffers(name, more.pop("entries", entries), milliseconds=12.6, api="3", **more)


def found(name="tides", used=True, **more):
    origin = Origin(name, "water", "1.5", f"{name}_code.main")
    installed = Installed("water", "1.5", POINTS, "/site/water", f"key of {name}")
    return FoundPlugin(origin, installed, offers(name, **more), used)


TIDES = found()
RIVERS = found("rivers", used=False, entries={"corpora": ({"name": "nile"}, {"name": "elbe"})})
OTHER = Origin("stones", "rocks", "2", "stones_code")


@pytest.fixture
def registry():
    """Two plugins of one distribution, and an entry of a third."""
    made = Registry()
    made.plugins.extend((TIDES, RIVERS))
    made.backends.add("fake", FakeBackend, TIDES.origin)
    for name, config in (("calm", {"units": 4}), ("wild", {"units": 0})):
        recipe = Recipe(name, "a recipe", TextChoice("rain"), config=config, backend="fake")
        made.recipes.add(name, lambda recipe=recipe: recipe, TIDES.origin)
    made.commands.add("ebb", dict, OTHER)
    return made


@pytest.fixture
def plugins(hand, registry, monkeypatch):
    """Performs lines beside those plugins; no process is started."""
    monkeypatch.setattr("charplay.commands.builtin.Command.from_data", _no_command)
    return hand(registry)


def _no_command(data):
    from charplay.commands.command import Command

    return Command("ebb", "goes out", "json:dumps", examples=("ebb",))


@pytest.fixture
def asked(monkeypatch):
    """What a process is asked for; it answers what is put into `answers`."""
    calls, answers = [], []

    def ask(points, **more):
        calls.append((points, more))
        return answers[0]

    monkeypatch.setattr(module, "ask_process", ask)
    return calls, answers


def row(status="used", problems=(), **more):
    told = {
        "plugin": "tides",
        "distribution": "water",
        "version": "1.5",
        "adds": "1 backend, 3 recipes, 1 command",
        "status": status,
        "milliseconds": 12.6,
        "problems": problems,
    }
    return PluginRow(**told | more)


UNUSED = row("left out", plugin="rivers", adds="2 corpora", milliseconds=None)


def test_the_list_has_what_each_plugin_adds_and_whether_it_is_used(plugins):
    table = plugins(":plugins")
    assert table.rows == (row(), UNUSED)
    assert (table.empty, table.note, table.json_only) == ("there are no plugins", "", ("problems",))
    assert [(c.header, c.shrink, c.least, c.format) for c in table.columns] == [
        ("plugin", "never", 8, ""),
        ("distribution", "never", 8, ""),
        ("version", "never", 8, ""),
        ("adds", "fold", 12, ""),
        ("status", "fold", 8, ""),
        ("milliseconds\nto import", "drop", 8, ",.0f"),
    ]


def test_the_list_says_which_plugin_is_faulty_and_where_to_read_why(plugins, registry):
    registry.faults.append(Fault(TIDES.origin, "is wet"))
    registry.faults.append(Fault(OTHER, "is hard"))
    table = plugins(":plugins list")
    assert table.rows == (row("faulty", ("is wet",)), UNUSED)
    assert table.note == "`plugins show tides` shows what is wrong"


def test_the_page_of_a_plugin_has_all_that_is_known(plugins, registry):
    registry.faults.append(Fault(TIDES.origin, "is wet"))
    assert plugins(":plugins show tides") == PluginPage(
        plugin="tides",
        distribution="water",
        version="1.5",
        status="faulty",
        module="tides_code.main",
        place="/site/water",
        interface="3",
        milliseconds=12.6,
        backends=("fake",),
        corpora=(),
        recipes=("calm", "wild", "gone"),
        commands=("ebb",),
        problems=("is wet",),
    )
    assert plugins(":plugins show rivers").milliseconds is None
    assert plugins(":plugins show rivers").status == "left out"
    assert plugins(":plugins show water").plugin == "tides", "the first of the distribution"


def test_a_plugin_that_there_is_not_is_told_with_the_nearest(plugins):
    for action in ("show", "check", "trace", "disable", "enable"):
        message, hint = plugins.refused(f":plugins {action} tide")
        assert message == "there is no plugin 'tide'"
        assert hint == "did you mean tides?"
    assert plugins.refused(":plugins show xyzzy")[1] == "`plugins` lists what there is"


FITTING = offers(tried=(("train fake", ""), ("trial of gone", "not tried: it is far")))
CHECKED = (
    CheckRow("import and hooks", "fit, in 13 ms"),
    CheckRow("backend fake", "fits"),
    CheckRow("recipe calm", "fits"),
)


def test_a_check_of_what_fits_says_so_of_each_entry(plugins, asked):
    calls, answers = asked
    entries = {
        "backends": ({"name": "fake"},),
        "corpora": ({"name": "wild"},),  # which is the name of a recipe that does not fit
        "recipes": ({"name": "calm"}, {"name": "gone"}),
    }
    fitting = offers(entries=entries, tried=FITTING.tried)
    answers.append(Asked([fitting], "printed"))
    table = plugins(":plugins check tides")
    assert table.rows == (
        *CHECKED[:2],
        CheckRow("corpus wild", "fits"),
        CHECKED[2],
        CheckRow("recipe gone", "fits"),
        CheckRow("train fake", "fits"),
        CheckRow("trial of gone", "not tried: it is far"),
    )
    assert [(c.name, c.shrink, c.least) for c in table.columns] == [
        ("checked", "fold", 20),
        ("result", "fold", 8),
    ]
    assert calls == [([POINTS[0]], {"thoroughly": True, "seconds": 120.0})]
    assert plugins.notes == ()


def test_a_check_forgets_what_was_kept_of_the_plugin(plugins, asked, monkeypatch):
    forgotten = []

    class Cache:
        forget = staticmethod(forgotten.append)

    monkeypatch.setattr(module, "offer_cache", lambda environment: Cache)
    asked[1].append(Asked([offers(entries={})], ""))
    assert plugins(":plugins check tides").rows == (CHECKED[0],)
    assert forgotten == [TIDES.installed]


def test_a_check_tells_all_that_does_not_fit_and_fails(plugins, asked):
    asked[1].append(Asked([offers()], ""))
    with pytest.raises(PluginError) as caught:
        plugins(":plugins check tides")
    wild = "units cannot be 0; units is a whole number from 1 to 1,000"
    assert caught.value.message == f"the plugin tides of water 1.5 does not fit: {wild}"
    assert caught.value.hint == "mend it, or `plugins disable tides`"
    assert plugins.context.take_notes() == (
        "import and hooks: fit, in 13 ms",
        "backend fake: fits",
        "recipe calm: fits",
        f"recipe wild: {wild}",
        "recipe gone: fits",
        "command ebb: the name is taken by rocks 2",
    )


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"faults": ("is torn", "leaks")}, "is torn"),
        ({"tried": (("train fake", "it sinks"), ("use", ""))}, "it sinks"),
        ({"tried": (("train fake", "not tried: x"), ("use", "it sinks"))}, "it sinks"),
    ],
)
def test_the_first_thing_that_is_wrong_is_the_error_of_a_check(plugins, asked, more, told):
    asked[1].append(Asked([offers(entries={}, **more)], ""))
    message, _ = plugins.refused(":plugins check tides")
    assert message == f"the plugin tides of water 1.5 does not fit: {told}"
    first = "; ".join(more.get("faults", ())) or "fit, in 13 ms"
    assert plugins.context.take_notes()[0] == f"import and hooks: {first}"


def test_a_plugin_is_left_out_and_taken_back_from_the_next_start_on(plugins, home):
    file = home / "config.toml"
    kept = (f"it stays, in {plugins.context.environment.config}",)
    assert plugins(":plugins disable tides") == (
        "tides is left out from the next start on; `plugins enable tides` takes it back"
    )
    assert plugins.notes == kept
    assert 'disabled = ["tides"]' in file.read_text()
    plugins(":plugins disable rivers")
    assert 'disabled = ["rivers", "tides"]' in file.read_text()
    assert plugins(":plugins show rivers").status == "disabled"
    assert plugins(":plugins show tides").status == "used", "until it is started again"
    assert plugins(":plugins enable tides") == "tides is used again from the next start on"
    assert plugins.notes == kept
    assert 'disabled = ["rivers"]' in file.read_text()
    plugins(":plugins enable rivers")
    assert "\ndisabled" not in file.read_text()
    assert plugins.refused(":plugins enable rivers") == (
        "rivers is not disabled",
        "`plugins` shows which are",
    )


def test_a_plugin_that_is_gone_can_be_enabled_and_a_distribution_disabled(plugins, home):
    plugins(":plugins disable water")
    assert plugins(":plugins show rivers").status == "disabled"
    home.joinpath("config.toml").write_text('[plugins]\ndisabled = ["gone", "water"]\n')
    assert plugins(":plugins enable gone") == "gone is used again from the next start on"
    assert home.joinpath("config.toml").read_text() == '[plugins]\ndisabled = ["water"]\n'


def test_charplay_itself_stays(hand):
    assert hand().refused(":plugins disable charplay") == (
        "without all that is charplay's nothing is left",
        "name one of its plugins",
    )


TRACE = """import time: self [us] | cumulative | imported package
import time:      1500 |       1500 |     json.scanner
import time:       500 |       2000 |   json
import time:       250 |        250 |   tides_code.deep
hello from tides
import time:      4000 |       6250 | tides_code.main
import time:        99 |         99 | site
import time:       700 |        700 |   other
import time:        50 |        750 | tides_code
"""


def test_a_trace_has_the_plugins_own_modules_then_the_slowest_others(plugins, asked):
    calls, answers = asked
    answers.append(Asked([offers(faults=("is wet",))], TRACE))
    table = plugins(":plugins trace tides")
    assert table.rows == (
        ModuleRow("tides_code.deep", 0.25),
        ModuleRow("tides_code.main", 4.0),
        ModuleRow("tides_code", 0.05),
        ModuleRow("json.scanner", 1.5),
        ModuleRow("other", 0.7),
        ModuleRow("json", 0.5),
    )
    assert table.note == "6 modules; import and hooks took 13 ms"
    assert table.empty == "it imported nothing more than charplay does"
    assert [(c.header, c.shrink, c.format) for c in table.columns] == [
        ("module", "fold", ""),
        ("milliseconds", "never", ",.1f"),
    ]
    assert plugins.notes == ("hello from tides", "is wet")
    assert calls == [([POINTS[0]], {"flags": ("-X", "importtime")})]


def test_a_trace_has_at_most_twenty_modules_of_others(plugins, asked):
    lines = [f"import time: {n:9} | {n:9} |   other{n}" for n in range(1, 31)]
    lines.append("import time:         1 |         1 | tides_code.main")
    asked[1].append(Asked([offers()], "\n".join(lines)))
    rows = plugins(":plugins trace tides").rows
    assert [row.module for row in rows[:3]] == ["tides_code.main", "other30", "other29"]
    assert (len(rows), rows[-1].module) == (21, "other11")


def test_a_plugin_to_begin_with_is_made_in_the_current_folder(hand, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = hand()(":plugins new tides --kind corpus")
    folder = tmp_path / "charplay-tides"
    assert made == NewPlugin(
        plugin="tides",
        kind="corpus",
        folder=str(folder),
        files=made.files,
        next=("cd charplay-tides", "pip install -e '.[test]'", "pytest", "mypy"),
    )
    assert "pyproject.toml" in made.files
    assert sorted(made.files) == sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize(
    ("name", "kind", "message", "hint"),
    [
        (
            "numpy", "backend", "there is a backend 'numpy' already",
            "plugins new my-numpy --kind backend",
        ),
        (
            "dinosaurs", "corpus", "there is a corpus 'dinosaurs' already",
            "plugins new my-dinosaurs --kind corpus",
        ),
        (
            "dinosaurs-rnn", "recipe", "there is a recipe 'dinosaurs-rnn' already",
            "plugins new my-dinosaurs-rnn --kind recipe",
        ),
        (
            "names", "command", "there is a command 'names' already",
            "plugins new my-names --kind command",
        ),
    ],
)  # fmt: skip
def test_a_name_that_is_taken_is_given_to_no_new_plugin(
    hand, tmp_path, monkeypatch, name, kind, message, hint
):
    monkeypatch.chdir(tmp_path)
    told = hand().refused(f":plugins new {name} --kind {kind}")
    assert told == (message, f"choose another name: `{hint}`")
    assert not list(tmp_path.iterdir())


def test_a_package_that_is_installed_is_not_made_again(hand, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = hand().refused(":plugins new numpy --kind recipe")
    assert told[0] == "a package charplay_numpy is installed already"
    assert told[1] == "choose another name: `plugins new my-numpy --kind recipe`"
