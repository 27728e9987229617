"""A run that cannot fit into memory is refused before it starts, with the figure."""

import json
import subprocess
import sys
from dataclasses import dataclass

import pytest

from charplay.commands.builtin import all_commands
from charplay.commands.reader import read_line
from charplay.errors import TrainingError
from charplay.jobs.choice import TrainingChoice
from charplay.jobs.job import Job
from charplay.jobs.memory import check_memory, memory_needed
from charplay.jobs.planning import Planner
from charplay.jobs.resuming import ResumeChoice, plan_resume
from charplay.models.contract import Backend
from charplay.options import option
from charplay.plan import Plan, TextChoice, TrainingRun
from charplay.plugins.registry import Registry
from charplay.proposal import TextFacts
from charplay.text.catalogue import available_corpora
from charplay.text.corpus import load_corpus
from charplay.text.facts import facts_of
from tests.conftest import installed_plugins, variables_for

GIGABYTE = 1_000_000_000
FACTS = TextFacts("names", 100, 1000, 27, longest=12)


@dataclass(frozen=True)
class Config:
    units: int = option(1000, "units", minimum=100)
    layers: int = option(2, "layers", minimum=1)
    shape: str = option("round", "shape", choices=("round", "square"))


class Weighty(Backend):
    """Needs a gigabyte for a thousand units in each layer, and for ten rows of a batch."""

    name, summary, version, Config = "weighty", "on paper", "1", Config

    def create(self, vocabulary, kind, config, rng):
        raise NotImplementedError

    load = learner = create

    def memory_needed(self, config, plan, facts):
        return (config.units * config.layers + 100 * plan.batch_size) * 1_000_000


class Silent(Weighty):
    memory_needed = Backend.memory_needed


class Failing(Weighty):
    def memory_needed(self, config, plan, facts):
        raise ZeroDivisionError


class Odd(Weighty):
    def memory_needed(self, config, plan, facts):
        return "much"


def check(free, backend=None, config=None, batch_size=10, **more):
    run = TrainingRun("n", TextChoice("x"), "weighty", config or {}, Plan(batch_size=batch_size))
    return check_memory(run, FACTS, lambda name: backend or Weighty(), lambda: free, **more)


def refusal(free, **more):
    with pytest.raises(TrainingError) as caught:
        check(free, **more)
    return caught.value.message, caught.value.hint


# What is refused.


@pytest.mark.parametrize(
    ("gigabytes", "text"),
    [(0.2, "345 MB"), (1.15, "1.3 GB"), (123, "123 GB"), (12_345, "12,345 GB")],
)
def test_a_size_is_told_in_the_unit_that_suits_it(gigabytes, text):
    message, _ = refusal(1000, batch_size=1, config={"units": round(1000 * gigabytes), "layers": 1})
    assert f"needs about {text} of memory" in message


def test_a_run_that_fits_is_told_nothing():
    assert check(4 * GIGABYTE) == ()


def test_a_run_that_cannot_fit_is_refused_with_both_figures():
    message, _ = refusal(GIGABYTE)
    assert message == "this run needs about 3 GB of memory, only 1 GB is free"


def test_a_run_that_may_fit_is_not_refused_and_that_is_noted():
    [note] = check(int(2.5 * GIGABYTE))
    assert note == "may run out of memory: needs about 3 GB, only 2.5 GB is free"


def test_the_hint_names_what_matters_most_and_how_small_it_must_be():
    _, hint = refusal(GIGABYTE, batch_size=1)
    assert hint == "use --set units=250, which needs about 645 MB"
    _, hint = refusal(GIGABYTE, batch_size=100, config={"units": 100, "layers": 1})
    assert hint == "use --set batch-size=6, which needs about 745 MB"


def test_the_hint_keeps_to_the_bounds_of_an_option_and_goes_on_with_the_next():
    _, hint = refusal(GIGABYTE // 2, batch_size=8, config={"units": 150, "layers": 8})
    assert hint == "use --set layers=1 batch-size=2, which needs about 395 MB"


def test_where_nothing_can_be_made_small_enough_the_hint_says_what_else_to_do():
    assert refusal(1000)[1] == "end other programs, or take a shorter text"


@pytest.mark.parametrize("backend", [Silent(), Failing(), Odd()])
def test_a_backend_that_does_not_tell_is_never_refused(backend):
    assert check(1000, backend) == ()


def test_where_free_memory_is_not_known_nothing_is_refused():
    assert check(None) == ()


# Where it is checked.


@pytest.fixture(scope="module")
def registry():
    return installed_plugins()


def plan(registry, home, line, free):
    request = read_line(all_commands(Registry()), f"train {line}")
    return Planner(registry, home, lambda: free).plan_run(request.fill(TrainingChoice))


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("dinosaurs --backend numpy --set hidden=8000 layers=4 cell=lstm", "hidden"),
        (
            "sonnets --backend numpy --set hidden=64 batch-size=1024 length=70 cell=gru",
            "batch-size",
        ),
        ("dinosaurs --set hidden=8000", "hidden"),
    ],
)
def test_planning_refuses_what_cannot_fit_and_what_the_hint_names_fits(
    registry, tmp_path, line, named
):
    free = GIGABYTE // 8
    with pytest.raises(TrainingError, match="of memory, only 125 MB is free") as caught:
        plan(registry, tmp_path, line, free)
    told, _, _ = caught.value.hint.removeprefix("use ").partition(",")
    assert named in told
    assert not plan(registry, tmp_path, f"{line} {told}", free).notes[1:]


def test_planning_notes_what_may_not_fit(registry, tmp_path):
    line = "dinosaurs --backend numpy --set hidden=2000"
    run = plan(registry, tmp_path, line, None)
    facts = facts_of(load_corpus(run.text, available_corpora(registry.corpora, tmp_path)))
    needed = memory_needed(run, facts, registry.backends.find)
    assert needed
    assert any("may run out" in each for each in plan(registry, tmp_path, line, needed - 1).notes)
    assert not any("run out" in each for each in plan(registry, tmp_path, line, needed).notes)


def test_a_run_that_does_not_fit_any_more_is_not_resumed(registry, home):
    run = TrainingRun("n", TextChoice("dinosaurs"), "numpy", {"hidden": 512}, Plan())
    job = Job.create(home, run)
    job.checkpoint("last").write_bytes(b"")

    def resume(free):
        find = registry.backends.find
        return plan_resume(job, ResumeChoice(), registry.corpora, find, lambda: free)

    assert resume(GIGABYTE) == run
    with pytest.raises(TrainingError) as caught:
        resume(GIGABYTE // 20)
    assert caught.value.hint == f"end other programs or runs first, then `jobs resume {job.number}`"


# What the backends tell.


@pytest.mark.parametrize("backend", ["numpy", "ngram", "mix", "keras"])
@pytest.mark.parametrize("text", ["dinosaurs", "sonnets"])
def test_a_backend_tells_a_positive_number_of_bytes(registry, tmp_path, backend, text):
    corpus = load_corpus(TextChoice(text), registry.corpora)
    found = registry.backends.find(backend)
    proposal = found.propose(facts_of(corpus), None)
    run = TrainingRun("n", TextChoice(text), backend, proposal.config, proposal.plan)
    needed = memory_needed(run, facts_of(corpus), registry.backends.find)
    assert isinstance(needed, int)
    assert 40_000_000 < needed < 2 * GIGABYTE


# A small process starts the run, as what is measured counts the memory of the one that starts it.
_MEASURED = """
import os, subprocess, sys
words = [sys.executable, "-m", "charplay.jobs.process", sys.argv[1], str(os.getpid())]
run = subprocess.Popen(words, stdin=subprocess.PIPE)
print(os.wait4(run.pid, 0)[2].ru_maxrss)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other units elsewhere")
def test_a_network_takes_what_was_told_within_half_as_much(registry, home):
    options = "--updates 1 --set hidden=200 cell=lstm batch-size=512 averaging=0.99 held-out=0"
    run = plan(registry, home, f"dinosaurs --backend numpy {options}", None)
    facts = facts_of(load_corpus(run.text, registry.corpora))
    job = Job.create(home, run)
    words = [sys.executable, "-c", _MEASURED, str(job.folder)]
    told = subprocess.run(
        words, env=variables_for(home), capture_output=True, text=True, check=True
    )
    assert json.loads(job.events.read_text().splitlines()[-1])["event"] == "kept"
    measured = int(told.stdout) * 1024
    needed = memory_needed(run, facts, registry.backends.find)
    assert measured / 1.5 < needed < measured * 1.5
