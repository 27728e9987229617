"""What plugins register, described as data; what does not fit is told word by word."""

from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint

import pytest

from charplay.commands.command import Command
from charplay.errors import CharplayError, PluginError
from charplay.models.contract import LEARNER_OPTIONS
from charplay.options import option, options_of
from charplay.plan import Plan
from charplay.plugins import registering
from charplay.plugins.api_version import API_VERSION, misfit_of
from charplay.plugins.clashes import OptionClash, find_clashes
from charplay.plugins.describing import (
    backend_clashes,
    describe_backend,
    describe_command,
    describe_corpus,
    describe_recipe,
)
from charplay.plugins.offers import PluginOffers
from charplay.plugins.registering import Register, ask_hook, register_plugin
from charplay.testing.fake_backend import FakeBackend, FakeConfig
from charplay.text.entry import CorpusEntry
from charplay.training.recipe import Recipe
from tests.conftest import seen_by

ENTRY = CorpusEntry("rivers", "names", "rivers", "CC0", "maps", size=3, distinct=0)


def backend(**changes):
    made = FakeBackend()
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def refusal(describe, entry):
    with pytest.raises(CharplayError) as caught:
        describe(entry)
    assert caught.value.hint is not None
    return caught.value.message


def test_a_backend_is_described_whole():
    made = backend(requires=["scipy"], install="pip install x", takes_prior=1, stores_counts=0)
    assert describe_backend(made) == {
        "name": "fake",
        "summary": "sums of what was read, for tests",
        "version": "1.0",
        "options": [each.to_data() for each in options_of(FakeConfig)],
        "requires": ["scipy"],
        "install": "pip install x",
        "takes_prior": True,
        "stores_counts": False,
        "honours": sorted(LEARNER_OPTIONS),
        "answers": ["memory_needed"],
    }


@dataclass(frozen=True)
class Taken:
    """Names that are taken."""

    batch_size: int = option(1, "rows")
    warmup: int = option(1, "warm-up")
    corpus: str = option("", "text")
    own: int = option(1, "own")


@dataclass(frozen=True)
class Growing:
    """Is another one after it was read."""

    units: float = option(0.1, "units")

    def __post_init__(self):
        object.__setattr__(self, "units", self.units + 1)


NAME = "needs a name of letters, digits, dots, dashes and underscores; it has "
BACKENDS = {
    "a class": (FakeBackend, "needs a backend; it has the class FakeBackend"),
    "no backend": (5, "needs a Backend; it has 5"),
    "no name": (backend(name=""), NAME + "''"),
    "a long name": (backend(name="x" * 61), NAME + repr("x" * 61)),
    "a dash first": (backend(name="-x"), NAME + "'-x'"),
    "no text": (backend(summary=None), "needs a summary that is text; it has None"),
    "an empty one": (backend(summary=""), "needs a summary that is text; it has ''"),
    "two lines": (
        backend(version="1\n2"), "needs a version of one line, without controls; it has '1\\n2'",
    ),
    "a long text": (
        backend(summary="x" * 301),
        f"needs a summary of one line, without controls; it has '{'x' * 299}…",
    ),
    "words": (
        backend(requires=("a", 5)),
        "needs requires that is a tuple of names, as in ('scipy',); it has ('a', 5)",
    ),
    "honours": (
        backend(honours={"clip_norm"}),
        "needs honours that is a set of clip_norm, clip_value, learning_rate, optimiser, "
        "reduction, weight_decay; it has {'clip_norm'}",
    ),
    "more honours": (
        backend(honours=frozenset({"seed"})),
        "needs honours that is a set of clip_norm, clip_value, learning_rate, optimiser, "
        "reduction, weight_decay; it has frozenset({'seed'})",
    ),
    "no config": (
        backend(Config=5), "needs Config, a frozen dataclass of options; it has a Config that is 5",
    ),
    "an instance": (
        backend(Config=FakeConfig()),
        "needs Config, a frozen dataclass of options; it has a Config that is FakeConfig(units=6)",
    ),
    "a clash": (
        backend(Config=Taken),
        "has a Config that clashes: the option batch-size is also one of a training plan",
    ),
    "another one": (
        backend(Config=Growing), "has a Config that is another one after it was written and read",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BACKENDS)
def test_a_backend_that_does_not_fit_is_told(what):
    entry, message = BACKENDS[what]
    assert refusal(describe_backend, entry) == message


def test_texts_and_names_may_be_as_long_as_that():
    made = backend(name="x" * 60, summary="x" * 300, install="")
    assert describe_backend(made)["name"] == "x" * 60
    with pytest.raises(PluginError) as caught:
        describe_backend(FakeBackend)
    assert caught.value.hint == "register an instance of it"
    with pytest.raises(PluginError) as caught:
        describe_backend(backend(Config=Taken))
    assert caught.value.hint == "give it another name"


def test_what_a_backend_answers_early_is_what_it_has_of_its_own():
    class Asked(FakeBackend):
        def propose(self, facts, minutes):
            return None

        def upgrade(self, values, version):
            return values

    assert describe_backend(Asked())["answers"] == ["propose", "memory_needed", "upgrade"]


CORPORA = {
    "a name": (replace(ENTRY, name="two words"), NAME + "'two words'"),
    "no corpus": ("rivers", "needs a CorpusEntry; it has 'rivers'"),
    "a kind": (replace(ENTRY, kind="poems"), "needs the kind names or prose; it has 'poems'"),
    "a size": (replace(ENTRY, size=-1), "needs a size that is a whole number; it has -1"),
    "a count": (
        replace(ENTRY, distinct="3"), "needs a distinct that is a whole number; it has '3'",
    ),
    "a licence": (replace(ENTRY, licence=None), "needs a licence that is text; it has None"),
}  # fmt: skip


@pytest.mark.parametrize("what", CORPORA)
def test_a_corpus_that_does_not_fit_is_told(what):
    entry, message = CORPORA[what]
    assert refusal(describe_corpus, entry) == message


def test_a_corpus_is_described_as_its_data(tmp_path):
    entry = replace(ENTRY, licence="", source="", path=tmp_path / "a.txt", size=0, distinct=None)
    assert describe_corpus(entry) == entry.to_data()


def test_a_recipe_is_described_whole_as_json_has_it(tmp_path):
    recipe = Recipe("wet", "rivers", backend="fake", plan=Plan(seed=3), config={"sizes": (1, 2)})
    data = describe_recipe(recipe)
    assert data == {**recipe.to_data(), "config": {"sizes": [1, 2]}}
    assert refusal(describe_recipe, "wet") == "needs a Recipe; it has 'wet'"
    assert refusal(describe_recipe, replace(recipe, name="a/b")) == NAME + "'a/b'"
    assert refusal(describe_recipe, "x" * 298) == f"needs a Recipe; it has '{'x' * 298}'"
    assert refusal(describe_recipe, "x" * 299) == f"needs a Recipe; it has '{'x' * 299}…"
    assert refusal(describe_recipe, replace(recipe, summary="")) == (
        "needs a summary that is text; it has ''"
    )
    told = refusal(describe_recipe, replace(recipe, config={"a": float("nan")}))
    assert told.startswith("has a value that no file can hold: ")


def test_a_command_is_described_whole():
    command = Command("shout", "shout it", "m:shout")
    assert describe_command(command)["name"] == "shout"
    assert refusal(describe_command, 5) == "needs a Command; it has 5"
    assert refusal(describe_command, replace(command, name="a b")) == NAME + "'a b'"
    assert refusal(describe_command, Command("odd", "odd", "nowhere")) == (
        "its handler is 'nowhere'"
    )


def test_options_whose_names_are_taken_are_found_with_who_has_them():
    assert backend_clashes(Taken) == (
        OptionClash("batch-size", "batch-size", "a training plan"),
        OptionClash("warmup", "warmup", "a stage"),
        OptionClash("corpus", "corpus", "a text"),
    )
    short = replace(options_of(FakeConfig)[0], short="-u")
    other = replace(short, name="more")
    [clash] = find_clashes([short], {"every command": [other]})
    assert (clash, str(clash)) == (
        OptionClash("units", "-u", "every command"), "the flag -u is also one of every command",
    )  # fmt: skip
    assert find_clashes([replace(short, short="")], {"every command": [other]}) == ()


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("", ""),
        ("1.0", ""),
        (API_VERSION, ""),
        ("1.2", "was written for a newer charplay: its interface is 1.2, this one's 1.1"),
        ("2.1", "was written for a newer charplay: its interface is 2.1, this one's 1.1"),
        ("0.1", "was written for an older charplay: its interface is 0.1, this one's 1.1"),
        ("2.0", "was written for a newer charplay: its interface is 2.0, this one's 1.1"),
        ("0.9", "was written for an older charplay: its interface is 0.9, this one's 1.1"),
        ("1", "names the interface '1'; a version is two numbers, as in '1.1'"),
        ("1.1.1", "names the interface '1.1.1'; a version is two numbers, as in '1.1'"),
    ],
)
def test_a_plugin_is_for_this_interface_or_it_is_told(wanted, told):
    assert misfit_of(wanted) == told


# Registering.

HEAD = "from charplay import CorpusEntry, hookimpl\n@hookimpl\ndef register_corpora(register):\n"
RIVERS = HEAD + "    register(CorpusEntry('rivers', 'names', 'rivers', 'CC0', 'maps'))\n"


@pytest.fixture
def register(tmp_path, monkeypatch):
    """Registers a module of a source; its offers, the time aside."""
    monkeypatch.syspath_prepend(tmp_path)
    seen_by(registering, "time", monkeypatch, perf_counter=iter([10.0, 10.01234]).__next__)
    modules = set(registering.sys.modules)

    def register(source, name="rivers_described"):
        (tmp_path / f"{name}.py").write_text(source)
        return register_plugin(EntryPoint(name, name, "charplay"))

    yield register
    for name in set(registering.sys.modules) - modules:
        if name.endswith("_described"):
            del registering.sys.modules[name]


def test_a_plugin_is_registered_with_all_that_it_offers(register):
    offers = register("charplay_api = '1.0'\n" + RIVERS)
    entry = CorpusEntry("rivers", "names", "rivers", "CC0", "maps")
    assert offers == PluginOffers(
        "rivers_described", {"corpora": (entry.to_data(),)}, (), 12.3, "1.0"
    )
    assert offers.names("corpora") == ["rivers"]
    assert offers.names("recipes") == []


FAULTY = {
    "twice": (RIVERS + RIVERS.splitlines()[-1] + "\n", "offers the corpus 'rivers' twice", 1),
    "a bad one": (
        RIVERS + "    register(CorpusEntry('ponds', 'poems', '', '', ''))\n",
        "offers the corpus 'ponds', which cannot be used: needs the kind names or prose; "
        "it has 'poems'", 1,
    ),
    "a nameless one": (
        RIVERS + "    register(5)\n",
        "offers a corpus, which cannot be used: needs a CorpusEntry; it has 5", 1,
    ),
    "a class": (
        "from charplay import Backend, hookimpl\nclass B(Backend):\n    name = 'b'\n"
        "@hookimpl\ndef register_backends(register):\n    register(B)\n",
        "offers the backend 'b', which cannot be used: needs a backend; it has the class B; "
        "register an instance of it", 0,
    ),
    "a hook that fails": (
        RIVERS + "    raise OSError('gone\\naway')\n",
        "failed in register_corpora: OSError: gone ⏎ away", 1,
    ),
    "an import that fails": ("raise ValueError", "failed at import: ValueError", 0),
    "another interface": (
        RIVERS + "charplay_api = '9.0'\n",
        f"was written for a newer charplay: its interface is 9.0, this one's {API_VERSION}", 0,
    ),
    "no hook": ("x = 5", "has no function that is marked with @hookimpl", 0),
    "an unknown hook": (
        "from charplay import hookimpl\n@hookimpl\ndef register_rivers(register): pass\n",
        "does not fit the hooks: unknown hook 'register_rivers' in plugin ", 0,
    ),
    "another parameter": (
        "from charplay import hookimpl\n@hookimpl\ndef register_backends(registrar): pass\n",
        "does not fit the hooks: Plugin 'rivers_described' for hook 'register_backends'", 0,
    ),
    "a search while it is registered": (
        "from charplay import hookimpl\n@hookimpl\ndef register_backends(register):\n"
        "    register.find('numpy')\n",
        "failed in register_backends: LookupError: 'numpy' cannot be had while plugins are "
        "registered; find it when it is needed", 0,
    ),
    "a folder that is left": (
        RIVERS + "import os\nos.chdir('/')\n",
        "changes the working folder when it is imported", 0,
    ),
    "streams": (
        RIVERS + "import io, sys\nsys.stdout = sys.stderr = io.StringIO()\n",
        "changes standard output, standard error when it is imported", 0,
    ),
    "a handler": (
        RIVERS + "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n",
        "changes the handler of SIGTERM when it is imported", 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FAULTY)
def test_what_fails_in_a_plugin_is_its_one_fault(register, monkeypatch, what):
    source, told, sound = FAULTY[what]
    before = registering.signal.getsignal(registering.signal.SIGTERM)
    monkeypatch.chdir(".")
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(registering.sys, name, getattr(registering.sys, name))
    try:
        offers = register(source)
    finally:
        registering.signal.signal(registering.signal.SIGTERM, before)
    [fault] = offers.faults
    assert fault.startswith(told)
    assert len(fault) <= 500 + len("does not fit the hooks: ")
    assert len(offers.names("corpora")) == sound


def test_an_error_in_a_plugin_is_printed_whole_and_told_in_a_part(register, capsys):
    [fault] = register("raise ValueError('x' * 600)").faults
    assert fault == "failed at import: " + ("ValueError: " + "x" * 600)[:500]
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_a_hook_is_asked_with_what_finds_others(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    source = HEAD + "    register(register.find('x'))\n"
    (tmp_path / "asked_described.py").write_text(source)
    taken = []
    point = EntryPoint("asked_described", "asked_described", "charplay")
    ask_hook(point, "corpora", Register(taken.append, str.upper))
    ask_hook(point, "recipes", Register(taken.append, str.upper))
    del registering.sys.modules["asked_described"]
    assert taken == ["X"]


@pytest.mark.parametrize("thoroughly", [False, True])
def test_all_plugins_are_told_of_in_a_file_one_after_the_other(tmp_path, monkeypatch, thoroughly):
    class Ended(BaseException):
        pass

    def leave(status):
        raise Ended(status)

    done = []
    seen_by(registering, "os", monkeypatch, dup2=lambda *given: done.append(given[1]))
    seen_by(registering, "os", monkeypatch, _exit=leave)
    monkeypatch.setattr(registering, "register_plugin", lambda point: PluginOffers(point.name))
    monkeypatch.setattr(
        registering, "_exercise_plugin", lambda point, offers: [(f"{point.value} works", "")]
    )
    file = tmp_path / "answers"
    with pytest.raises(Ended) as caught:
        registering.register_all([("a", "x"), ("b", "y")], str(file), thoroughly)
    assert (caught.value.args, done) == ((0,), [0])
    lines = [registering.json.loads(line) for line in file.read_text().splitlines()]
    assert [line.get("begins") for line in lines] == ["a", None, "b", None]
    tried = [PluginOffers.from_data(line["offers"]).tried for line in lines[1::2]]
    assert tried == ([(("x works", ""),), (("y works", ""),)] if thoroughly else [(), ()])


def test_offers_come_back_from_their_data():
    assert PluginOffers("p").milliseconds == 0
    offers = PluginOffers("p", {"corpora": ({"name": "a"},)}, ("f",), 1.5, "1.0", (("t", "q"),))
    data = registering.json.loads(registering.json.dumps(offers.to_data()))
    assert PluginOffers.from_data(data) == offers
    again = PluginOffers.from_data({**data, "plugin": 5, "api": 1, "milliseconds": 2})
    assert (again.plugin, again.api, again.milliseconds) == ("5", "1", 2.0)
    with pytest.raises(ValueError, match="an entry without a name"):
        PluginOffers.from_data({**data, "entries": {"corpora": [{"name": 5}]}})
