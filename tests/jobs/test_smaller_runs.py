"""The memory of a run, and what makes it smaller: figures worked out by hand."""

from dataclasses import dataclass, replace

import pytest

from charplay.errors import TrainingError
from charplay.jobs.memory import check_memory, memory_needed
from charplay.jobs.smaller import SmallerRun, make_smaller
from charplay.options import option
from charplay.plan import Part, Plan, TextChoice, TrainingRun
from charplay.proposal import TextFacts
from charplay.testing.fake_backend import FakeBackend
from charplay.training.measuring import MOST_COUNTED

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Options:
    """Some that count, and some that do not."""

    units: int = option(64, "units", minimum=16)
    depth: int | None = option(None, "depth")
    sizes: tuple[int, ...] = option((8, 8), "sizes")
    share: float = option(8.0, "share")
    twice: bool = option(True, "twice")


class Weighty(FakeBackend):
    name, Config, told = "weighty", Options, 100 * MEGABYTE

    def memory_needed(self, config, plan, facts):
        return self.told


class Other(Weighty):
    name = "other"


def run_of(config=None, backend="weighty", base=None, **plan):
    return TrainingRun("n", TextChoice("x"), backend, config or {}, Plan(**plan), base=base)


def find(name):
    return {"weighty": Weighty, "other": Other}[name]()


def needed(facts, told=100 * MEGABYTE):
    backend = Weighty()
    backend.told = told
    return memory_needed(run_of(), facts, lambda name: backend)


def test_a_list_takes_a_process_its_names_and_what_counting_takes():
    """45 MB, half a kilobyte a name, and 110 bytes a character beside half of the backend's."""
    assert needed(TextFacts("names", 1000, 10_000, 27)) == 45_000_000 + 500_000 + 100_000_000
    facts = TextFacts("names", 1000, 1_000_000, 27)
    assert needed(facts) == 45_000_000 + 500_000 + 50_000_000 + 110_000_000
    assert needed(facts, told=5) == 45_000_000 + 500_000 + 2 + 110_000_000


def test_prose_takes_fourteen_bytes_a_character_of_a_piece():
    assert needed(TextFacts("prose", 1000, 1000, 27)) == 45_000_000 + 14_000 + 100_000_000
    piece = 1 << 22
    assert piece * 2 > MOST_COUNTED
    long = TextFacts("prose", piece * 2, piece * 2, 27)
    assert needed(long, told=1) == 45_000_000 + 14 * piece + 1


def test_a_text_that_is_too_long_to_count_takes_nothing_for_that():
    most = TextFacts("names", 0, MOST_COUNTED, 27)
    assert needed(most, 2) == 45_000_000 + 1 + 110 * MOST_COUNTED
    assert needed(replace(most, characters=MOST_COUNTED + 1), 2) == 45_000_000 + 2


@pytest.mark.parametrize("told", [None, 0, -5, 1.5, "much"])
def test_what_is_no_number_of_bytes_is_not_known(told):
    assert needed(TextFacts("names", 1, 1, 1), told) is None


def test_that_a_backend_cannot_tell_is_logged(caplog, monkeypatch):
    monkeypatch.setattr(Weighty, "memory_needed", None)
    assert memory_needed(run_of(), TextFacts("names", 1, 1, 1), find) is None
    [record] = caplog.records
    assert record.getMessage() == "the backend weighty cannot tell its memory"
    assert record.exc_info


FACTS = TextFacts("names", 0, 0, 27)
TAKEN = 145_000_000


def checked(free, **more):
    return check_memory(run_of(), FACTS, find, lambda: free, **more)


def test_what_fits_is_not_told_what_may_not_is_noted_and_what_cannot_is_refused():
    assert checked(TAKEN) == checked(None) == ()
    assert checked(TAKEN - 1) == ("may run out of memory: needs about 145 MB, only 145 MB is free",)
    assert checked(96_666_667) == ("may run out of memory: needs about 145 MB, only 97 MB is free",)
    with pytest.raises(TrainingError) as caught:
        checked(96_666_666)
    assert caught.value.message == "this run needs about 145 MB of memory, only 97 MB is free"
    assert caught.value.hint == "end other programs, or take a shorter text"
    with pytest.raises(TrainingError) as caught:
        checked(1, hint="do this")
    assert caught.value.hint == "do this"


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (954_499_999, "999 MB"),
        (955_000_000, "1 GB"),
        (1_200_000_000, "1.2 GB"),
        (9_954_999_999, "10 GB"),
        (9_955_000_000, "10 GB"),
        (1_999_955_000_000, "2,000 GB"),
    ],
)
def test_a_size_is_told_in_two_digits(monkeypatch, told, text):
    monkeypatch.setattr(Weighty, "told", told)
    with pytest.raises(TrainingError, match=f"this run needs about {text} of memory"):
        checked(1)


def weighed(weights):
    """What a run needs where each option weighs so much."""

    def memory(run):
        config = Options(**run.config)
        values = {
            "units": config.units, "depth": config.depth or 0, "batch_size": run.plan.batch_size,
            "length": run.plan.length,
        }  # fmt: skip
        return sum(weights.get(name, 0) * value for name, value in values.items())

    return memory


def smaller(run, most, **weights):
    found = make_smaller(run, weighed(weights), find, most)
    return found.needed, found.changes


def test_what_fits_is_left_as_it_is():
    run = run_of()
    assert make_smaller(run, weighed({"units": 1}), find, 64) == SmallerRun(run, 64)
    assert make_smaller(run, lambda run: None, find, 0) == SmallerRun(run, 0)


def test_the_option_that_matters_most_is_halved_until_it_fits():
    run = run_of(batch_size=32)
    assert smaller(run, 63, units=1) == (32, {"units": 32})
    assert smaller(run, 15, units=1) == (16, {"units": 16}), "its least"
    assert smaller(run, 90, units=1, batch_size=1) == (64, {"units": 32}), "64 and 32"
    assert smaller(run, 40, units=1, batch_size=1) == (32, {"units": 16, "batch-size": 16})
    assert smaller(run, 16, units=1, batch_size=1) == (17, {"units": 16, "batch-size": 1})
    assert smaller(run, 0, units=1, batch_size=1) == (17, {"units": 16, "batch-size": 1})


def test_an_option_without_a_least_is_halved_down_to_one():
    assert smaller(run_of({"depth": 5}), 0, depth=1) == (1, {"depth": 1})
    assert smaller(run_of(), 0, depth=1) == (0, {})


@pytest.mark.parametrize(
    ("cutting", "changes"),
    [
        ("names", {"batch-size": 1}),
        ("windows", {"batch-size": 1}),
        ("stream", {"batch-size": 1, "length": 1}),
    ],
)
def test_the_length_of_streams_is_a_matter_of_memory(cutting, changes):
    run = run_of(cutting=cutting, batch_size=4, length=4)
    assert smaller(run, 0, batch_size=1, length=1)[1] == changes


def test_a_model_that_is_trained_on_keeps_its_network():
    run = run_of(base="something", batch_size=4)
    assert smaller(run, 0, units=1, batch_size=1) == (65, {"batch-size": 1})


def test_the_run_has_what_is_told():
    run = run_of({"share": 2.0}, batch_size=4)
    found = make_smaller(run, weighed({"units": 1, "batch_size": 16}), find, 50)
    assert found.run == run_of({"share": 2.0, "units": 32}, batch_size=1)
    assert found.changes == {"units": 32, "batch-size": 1}


def test_the_networks_of_a_mix_are_halved_together_but_for_what_is_counted():
    @dataclass(frozen=True)
    class NoUnits:
        order: int = option(5, "order")

    class Counting(Weighty):
        name, Config = "counting", NoUnits

    def find_any(name):
        return Counting() if name == "counting" else find(name)

    parts = (
        Part("weighty", {"units": 99}, counted=True), Part("weighty", {"units": 64}),
        Part("other", {"units": 128, "depth": 2}), Part("counting", {}),
    )  # fmt: skip
    run = run_of(parts=parts)

    def memory(run):
        return sum(part.config.get("units", 0) for part in run.plan.parts)

    found = make_smaller(run, memory, find_any, 250)
    assert [part.config for part in found.run.plan.parts] == [
        {"units": 99}, {"units": 64}, {"units": 64, "depth": 2}, {},
    ]  # fmt: skip
    assert (found.needed, found.changes) == (227, {"units": 64})
    assert found.run.config == {}
