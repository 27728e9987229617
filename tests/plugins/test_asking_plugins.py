"""Plugins asked in processes of their own, and put to use: what is told of them."""

import json
import sys
from dataclasses import replace
from importlib.metadata import EntryPoint

import numpy as np
import pytest

from charplay.errors import CharplayError
from charplay.plan import Part, Plan
from charplay.plugins import asking, exercising
from charplay.plugins.asking import Asked, ask_process, register_apart
from charplay.plugins.exercising import Exercise, exercise_backend, exercise_command
from charplay.plugins.installed import Installed
from charplay.plugins.offers import PluginOffers
from charplay.proposal import Proposal
from charplay.testing.fake_backend import FakeBackend
from tests.conftest import seen_by

FOUND = Installed("rivers-plugin", "1.0", (), "rivers-plugin in /site", "key")
POINTS = [EntryPoint(name, name, "charplay") for name in ("a", "b", "c")]


def test_after_a_plugin_that_ended_its_process_the_others_are_asked_in_another(monkeypatch):
    asked = []

    def ask(points):
        asked.append([point.name for point in points])
        return Asked([PluginOffers(point.name) for point in points[:2]], "")

    monkeypatch.setattr(asking, "ask_process", ask)
    found = Installed("x", "1", tuple(POINTS), "x", "key")
    assert register_apart([]) == []
    assert register_apart([found, replace(found, points=())]) == [
        tuple(PluginOffers(name) for name in "abc"), (),
    ]  # fmt: skip
    assert asked == [["a", "b", "c"], ["c"]]


class Process:
    """A registering process that writes these lines, one at each look, and ends so."""

    pid = 77

    def __init__(self, answers, lines, status=0):
        self._answers, self._lines, self.returncode = answers, list(lines), status

    def poll(self):
        if not self._lines:
            return self.returncode
        with self._answers.open("a") as file:
            file.write(self._lines.pop(0))
        return None


@pytest.fixture
def answer(monkeypatch):
    """Has a process answer with lines, and print something."""
    ended, logged = [], []

    def answer(lines, status=0, printed=b"", points=POINTS[:2], **given):
        def start(points, answers, stream, flags, thoroughly):
            stream.write(printed)
            answer.given = (flags, thoroughly)
            return Process(answers, lines, status)

        monkeypatch.setattr(asking, "_start_process", start)
        monkeypatch.setattr(asking, "_end_group", ended.append)
        seen_by(asking, "time", monkeypatch, sleep=lambda seconds: logged.append(seconds))
        return ask_process(points, **given)

    answer.ended, answer.slept = ended, logged
    return answer


def line(name):
    return json.dumps({"offers": PluginOffers(name).to_data()}) + "\n"


def test_what_a_process_tells_is_what_is_offered(answer, caplog):
    told = answer([json.dumps({"begins": "a"}) + "\n" + line("a"), line("b")])
    assert told == Asked([PluginOffers("a"), PluginOffers("b")], "")
    assert (len(answer.ended), answer.slept, answer.given) == (1, [0.02] * 2, ((), False))
    assert caplog.records == []


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (3, "ended the process at import, with exit status 3"),
        (-9, "ended the process at import, with signal 9"),
        (0, "ended the process at import, with exit status 0"),
    ],
)
def test_a_plugin_that_ends_its_process_is_told_as_its_fault(answer, status, fault):
    told = answer([line("a"), line("b")[:30]], status)
    assert told.offers == [PluginOffers("a"), PluginOffers("b", faults=(fault,))]
    assert answer([], status).offers == [PluginOffers("a", faults=(fault,))]


def test_what_is_printed_is_logged_and_cut(answer, caplog, monkeypatch):
    monkeypatch.setattr(asking, "_MOST_PRINTED", 4)
    told = answer([line("a"), line("b")], printed=b"loud\xff")
    assert told.printed == "loud"
    [record] = caplog.records
    assert record.getMessage() == "printed while a was registered:\nloud"
    caplog.clear()
    told = answer([line("a"), line("b")], printed=b"lo\xff", flags=("-X",), thoroughly=True)
    assert (told.printed, caplog.records) == ("lo\ufffd", [])
    assert answer.given == (("-X",), True)


def test_a_process_has_so_long_to_start_and_then_for_each_plugin(monkeypatch, tmp_path):
    now = [0.0]
    seen_by(asking, "time", monkeypatch, monotonic=lambda: now[0])
    answers = tmp_path / "answers"

    def follow(steps, seconds=5.0):
        """The time at which it is given up, where these times pass and this is written."""
        now[0] = 0.0
        steps = iter(steps)

        def sleep(pause):
            later, written = next(steps)
            now[0] += later
            if written:
                with answers.open("a") as file:
                    file.write(written)

        seen_by(asking, "time", monkeypatch, sleep=sleep)
        answers.unlink(missing_ok=True)
        endless = Process(answers, [""] * 99)
        try:
            return asking._follow_process(endless, answers, seconds), now[0]
        except StopIteration:
            return "", now[0]

    late = "took longer than 5 s at import"
    assert follow([(60.0, ""), (0.5, "")]) == (late, 60.5)
    assert follow([(59.0, "x"), (5.0, ""), (0.5, "")]) == (late, 64.5)
    assert follow([(1.0, "x"), (4.0, "y"), (5.0, ""), (0.5, "")]) == (late, 10.5)
    assert follow([(1.0, "x"), (1.6, "")], 1.5) == ("took longer than 1.5 s at import", 2.6)


def test_a_process_is_ended_with_all_that_it_started_and_waited_for(monkeypatch):
    done = []

    class Ended:
        pid = 77

        def wait(self):
            done.append("waited")

    seen_by(asking, "os", monkeypatch, killpg=lambda *given: done.append(given))
    asking._end_group(Ended())
    assert done == [(77, asking.signal.SIGKILL), "waited"]


def test_what_takes_long_in_an_import_can_be_seen(tmp_path, monkeypatch):
    (tmp_path / "rivers_timed.py").write_text("import rivers_helper")
    (tmp_path / "rivers_helper.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    point = EntryPoint("rivers", "rivers_timed", "charplay")
    told = ask_process([point], ("-X", "importtime"))
    assert told.offers[0].faults == ("has no function that is marked with @hookimpl",)
    assert "|   rivers_helper\n" in told.printed
    assert "| rivers_timed\n" in told.printed


def test_a_process_is_told_what_to_ask_and_how(monkeypatch, tmp_path):
    told = {}

    class Stdin:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

        def write(self, data):
            told["asked"] = json.loads(data)

    class Opened:
        stdin = Stdin()

        def __init__(self, words, **given):
            told.update(words=words, given=given)

    monkeypatch.setattr(asking.subprocess, "Popen", Opened)
    monkeypatch.setattr(sys, "path", ["", "/a"])
    monkeypatch.chdir(tmp_path)
    with (tmp_path / "printed").open("wb") as stream:
        asking._start_process(POINTS[:1], tmp_path / "answers", stream, ("-X", "y"), True)
        given = {"stdin": -1, "stdout": stream, "stderr": stream, "start_new_session": True}
        assert told["given"] == given
    assert told["words"] == [sys.executable, "-X", "y", "-c", asking._CHILD]
    assert told["asked"] == {
        "path": [str(tmp_path), "/a"], "points": [["a", "a"]], "file": str(tmp_path / "answers"),
        "thoroughly": True,
    }  # fmt: skip


# What is put to use.


def exercised(**changes):
    backend = FakeBackend()
    for name, value in changes.items():
        setattr(backend, name, value)
    return list(exercise_backend(backend))


ASKS = "fake proposes and estimates"
WELL = [
    Exercise(ASKS), Exercise("fake makes a model of names"), Exercise("fake learns names"),
    Exercise("fake makes a model of prose"), Exercise("fake learns prose"),
]  # fmt: skip


def test_a_sound_backend_is_put_to_use_with_names_and_prose():
    assert exercised() == WELL


def test_a_backend_whose_packages_are_missing_is_not_trained():
    assert exercised(requires=("no_such_package", "nor_this")) == [
        WELL[0], WELL[1], WELL[3],
        Exercise("fake learns", "not tried: it needs no_such_package, nor_this"),
    ]  # fmt: skip


def test_a_backend_whose_models_are_made_of_others_is_not_trained():
    plan = Plan(parts=(Part("fake"),))
    assert exercised(propose=lambda facts, minutes: Proposal(plan)) == [
        Exercise(ASKS), Exercise("fake learns", "not tried: its models are made of others"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"propose": lambda facts, minutes: 5},
         "propose should give a Proposal or None; it gave a int"),
        ({"propose": lambda facts, minutes: 5 if facts.kind == "prose" else None},
         "propose should give a Proposal or None; it gave a int"),
        ({"memory_needed": lambda *given: True},
         "memory_needed should give a number of bytes or None; it gave a bool"),
        ({"memory_needed": lambda *given: 1.5},
         "memory_needed should give a number of bytes or None; it gave a float"),
        ({"propose": lambda facts, minutes: Proposal(config={"units": 0})}, "units cannot be 0; "),
        ({"propose": lambda facts, minutes: 1 / 0}, "ZeroDivisionError: division by zero"),
        ({"memory_needed": lambda *given: None}, ""),
        ({"propose": lambda facts, minutes: None}, ""),
    ],
)  # fmt: skip
def test_what_a_backend_answers_before_training_is_looked_at(changes, problem):
    asked = exercised(**changes)[0]
    assert asked.tried == ASKS
    assert asked.problem.startswith(problem)
    assert bool(asked.problem) is bool(problem)


def learner_with(**changes):
    def learner(model, plan):
        made = FakeBackend().learner(model, plan)
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    return {"learner": learner}


@pytest.mark.parametrize(
    ("changes", "where", "problem"),
    [
        ({"create": lambda *given: 5}, 1, "create should give a Model; it gave a int"),
        ({"learner": lambda *given: 5}, 2, "learner should give a Learner; it gave a int"),
        (learner_with(update_many=lambda *given: [float("inf")] * 3), 2,
         "update should give a finite loss; it gave [inf, inf, inf]"),
        (learner_with(update_many=lambda *given: [1.0] * 2), 2, "update_many should give 3 losses"),
        (learner_with(arrays=lambda: 5), 2, "Learner.arrays should give"),
        (learner_with(restore=lambda arrays: 1 / 0), 2, "ZeroDivisionError"),
        (learner_with(model=lambda: 1 / 0), 2, "ZeroDivisionError"),
        (learner_with(update_many=lambda batches, rates: [float(r == 0.01) for r in rates]), 2, ""),
    ],
)  # fmt: skip
def test_what_a_backend_makes_and_learns_is_looked_at(changes, where, problem):
    told = exercised(**changes)
    assert told[where].problem.startswith(problem)
    assert bool(told[where].problem) is bool(problem)
    assert told[0] == WELL[0]


def test_a_learner_is_given_three_batches_of_a_plan_it_proposed(monkeypatch):
    seen = []

    def update_many(batches, rates):
        seen.append((len(batches), rates, batches[0].targets.shape[0]))
        return [1.0] * len(batches)

    plan = Plan(batch_size=2)
    exercised(
        **learner_with(update_many=update_many),
        propose=lambda facts, minutes: Proposal(plan) if minutes == 0 else None,
    )
    assert seen[0] == (3, [0.01] * 3, 2)


def test_a_command_is_tried_by_what_it_names():
    class Named:
        name = "shout"

        def check_code(self):
            pass

    assert exercise_command(Named()) == Exercise("shout has its functions")

    def missing():
        raise CharplayError("m has no shout", "")

    broken = Named()
    broken.check_code = missing
    assert exercise_command(broken) == Exercise("shout has its functions", "m has no shout")


def test_what_is_tried_is_read_from_a_file_again(monkeypatch):
    loaded = []
    read = exercising.read_checkpoint

    def reading(path):
        loaded.append(path.name)
        return read(path)

    monkeypatch.setattr(exercising, "read_checkpoint", reading)
    made = exercising._make_model(FakeBackend(), exercising._NAMES)
    assert loaded == ["model.safetensors"]
    again = exercising._make_model(FakeBackend(), exercising._NAMES)
    assert np.array_equal(made.arrays()["output"], again.arrays()["output"])
