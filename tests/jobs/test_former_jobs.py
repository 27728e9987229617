"""Folders of runs as an older version, a killed process or a clock that jumps left them."""

import json
import os
import re
import time
from dataclasses import replace

import pytest

from charplay.jobs.job import Job
from charplay.jobs.worker import Worker
from charplay.plan import Plan, Stage, TextChoice, TrainingRun
from charplay.training.events import Checkpointed, event_to_json
from tests.conftest import Said

PLAN = Plan(checkpoint_seconds=0, stages=(Stage(updates=12),))
RUN = TrainingRun("old", TextChoice("dinosaurs"), "numpy", {"hidden": 8}, PLAN)
NEWER = ("again", "notes", "base")


class Ended(Exception):  # noqa: N818 - no error
    """The process is gone."""


@pytest.fixture
def old(home, world, registry):
    """The folder of a run whose process was killed, as a version before status and lock left it."""
    job = Job.create(home, RUN)
    ticks = iter(range(10**6))

    def tell(event):
        with job.events.open("a") as file:
            file.write(event_to_json(event) + "\n" + '{"event": "warmed", "by": 3}\n')
        if isinstance(event, Checkpointed):
            raise Ended

    environment = replace(world(), clock=lambda: float(next(ticks)))
    with pytest.raises(Ended):
        Worker(job, registry, tell, environment).work(lambda: False)
    plan = json.loads(job.plan.read_text())
    job.plan.write_text(json.dumps({key: plan[key] for key in plan if key not in NEWER}))
    assert {path.name for path in job.folder.iterdir()} == {
        "plan.json", "events.jsonl", "last.safetensors",
    }  # fmt: skip
    return job


def test_a_run_of_an_older_version_is_listed_and_shown(old, charplay):
    assert " old " in charplay("jobs").out
    shown = charplay("jobs", "show", "1")
    assert shown.status == 0
    assert shown.lines[0] == "run 1 old died"
    assert "charplay jobs resume 1" in shown.told


def test_a_run_of_an_older_version_goes_on_to_its_end(old, charplay):
    said = charplay("jobs", "resume", "1")
    assert (said.status, said.err) == (0, "")
    assert old.state() == "done"
    assert charplay("names", "old", "-n", "1").status == 0


def test_a_run_of_an_older_version_can_be_removed(old, charplay):
    assert charplay("jobs", "remove", "1", "--yes").status == 0
    assert not old.folder.exists()


def test_a_folder_that_a_killed_process_left_without_a_plan_is_shown_and_can_be_removed(
    home, charplay
):
    (home / "jobs" / "3").mkdir(parents=True)
    assert " died " in charplay("jobs").out
    for words in (("show", "3"), ("resume", "3")):
        said = charplay("jobs", *words)
        assert said.status == 1
        assert len(said.err.splitlines()) == 2
    assert "charplay jobs remove 3 removes it" in charplay("jobs", "show", "3").err
    assert charplay("jobs", "remove", "3", "--yes").status == 0
    assert charplay("jobs", "remove", "3", "--yes").err.startswith("error: there is no run 3")


@pytest.mark.parametrize(
    "damage", [b"", b"\x00\x00\x00", b"[]", b'{"pause": null}', b'{"kept": 3}']
)
def test_a_status_that_a_loss_of_power_left_is_made_of_the_events(old, charplay, damage):
    old.live.write_bytes(damage)
    assert old.status().started.name == "old"
    assert charplay("jobs", "show", "1").lines[0] == "run 1 old died"


def test_events_that_a_loss_of_power_spoiled_are_left_out(old, charplay):
    with old.events.open("ab") as file:
        file.write(b"\x00" * 100 + b"\xff\xfe{\n[[[[[[\n")
    assert charplay("jobs", "show", "1").lines[0] == "run 1 old died"
    assert charplay("jobs", "show", "1", "--follow").err == ""


@pytest.mark.parametrize("jump", [-(10**9), 10**9])
def test_a_clock_that_jumps_makes_no_age_negative_and_hides_nothing(old, charplay, jump):
    for path in old.folder.iterdir():
        os.utime(path, (time.time() + jump,) * 2)
    said: Said = charplay("names", "old", "-n", "1")
    assert said.status == 0
    assert "s old" in said.told
    assert not re.search(r"-[\d,]+ s old", said.told)
    assert " died " in charplay("jobs").out
