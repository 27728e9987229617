"""Runs beside the conversation as they are seen, and the words for times and counts."""

# ruff: noqa: E501  # what is seen stands here as it is seen

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from charplay.commands.jobs import JobChange, JobPage, JobRow, PrunedJobs
from charplay.commands.training import BegunRun
from charplay.jobs.board import RunSeen
from charplay.jobs.job import Job
from charplay.jobs.status import RunStatus
from charplay.terminal.render.runs import print_run_end, print_run_samples, run_line
from charplay.terminal.render.training import duration_text, join_samples
from charplay.training.events import (
    Failed,
    Measured,
)
from tests.terminal.test_render_runs import (
    EVALUATED,
    FINISHED,
    KEPT,
    OLDER,
    PROGRESS,
    SAMPLED,
    STARTED,
)
from tests.terminal.transcript import transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (9.94, "9.9 s"), (10, "10 s"), (59.4, "59 s"), (60, "1 min 00 s"), (61.6, "1 min 02 s"),
        (3599, "59 min 59 s"), (3600, "1 h 00 min"), (7510, "2 h 05 min"),
    ],
)  # fmt: skip
def test_a_time_is_told_in_the_unit_that_fits(seconds, words):
    assert duration_text(seconds) == words


def test_at_most_six_samples_are_shown():
    assert join_samples(SAMPLED.texts) == "Tyr  Od ⏎ in  c  d  e  f"


# Runs beside the conversation.


def run_seen(state="running", name="a bird", **status):
    return RunSeen(Job(Path("home/jobs/3")), name, RunStatus(**status), state)


def test_a_run_that_begins_says_how_it_is_looked_at(seen):
    shown = """\
⟨dim⟩note: one⟨⟩
run 3 trains birds; :jobs show 3 looks at it, :jobs stop 3 ends it
"""
    assert seen(BegunRun(3, "birds", notes=("one",))) == shown
    assert "run 3 goes on with birds; " in seen(BegunRun(3, "birds", resumed=True))


def test_a_run_under_way_is_told_in_a_line():
    going = {"started": STARTED, "progress": PROGRESS, "best": EVALUATED}
    assert (
        run_line(run_seen(**going))
        == "run 3 a bird 25%, 1 min 15 s left, loss 1.923, validation 1.904"
    )
    assert run_line(run_seen(progress=PROGRESS)) == "run 3 a bird 25%, 1 min 15 s left, loss 1.923"
    assert run_line(run_seen("starting", **going)) == "run 3 a bird is starting"
    assert run_line(run_seen("running")) == "run 3 a bird is starting"
    assert run_line(run_seen("stopping", **going, pause=0.9)) == "run 3 a bird is stopping"
    assert run_line(run_seen("stopping", **going, pause=1.0)) == (
        "run 3 a bird is stopping, which may take 1.0 s"
    )


def end_of(seen, *arguments, **more):
    return seen(lambda console: print_run_end(run_seen(*arguments, **more), console), 200)


def test_how_a_run_ended_is_told_with_what_to_type_next(seen):
    done = {"progress": PROGRESS, "finished": FINISHED, "kept": replace(KEPT, replaced=OLDER)}
    shown = """\
run 3 (a bird) is done: 1,200 updates in 7.5 s; :model 'a bird' talks to it
it replaces one; :model aaaabbbbcccc still opens that one
"""
    assert end_of(seen, "done", **done) == shown
    shown = """\
run 3 (a bird) is done: 1,200 updates in 7.5 s, held-out loss 1.500, 25 % better than counting; :model 'a bird' talks to it
it replaces one; :model aaaabbbbcccc still opens that one
"""
    assert end_of(seen, "done", **done, measured=Measured(1.5, 2.0, 5)) == shown
    shown = """\
run 3 (a bird) was stopped after 1,200 updates, held-out loss 1.500; :model 'a bird' talks to it, :jobs resume 3 goes on
it replaces one; :model aaaabbbbcccc still opens that one
"""
    assert end_of(seen, "stopped", **done, measured=Measured(1.5)) == shown
    said = end_of(seen, "failed", **done, failed=Failed(" no room. ", "make some"))
    assert said == "run 3 (a bird) failed: no room; make some\n"


def test_a_run_that_was_killed_says_whether_it_can_go_on(seen, monkeypatch):
    shown = """\
run 3 (a bird) was killed, or ran out of memory, before it had saved anything; train again
"""
    assert end_of(seen, "died", progress=PROGRESS) == shown
    monkeypatch.setattr("charplay.terminal.render.runs.saved_update", lambda job: 1234)
    shown = """\
run 3 (a bird) was killed, or ran out of memory, after 300 updates; :jobs resume 3 goes on from update 1,234
"""
    assert end_of(seen, "died", progress=PROGRESS) == shown


def test_a_run_whose_model_is_talked_with_says_so(seen):
    def show(console):
        print_run_end(run_seen("done", finished=FINISHED), console, talks=True)

    assert seen(show) == "run 3 (a bird) is done: 1,200 updates in 7.5 s; you talk with it now\n"


def test_samples_of_a_run_are_dim_and_only_where_there_are_some(seen):
    drawn = run_seen(progress=PROGRESS, sampled=SAMPLED)
    said = seen(lambda console: print_run_samples(drawn, console))
    assert said == "⟨dim⟩run 3 a bird 25%  Tyr  Od ⏎ in  c  d  e  f⟨⟩\n"
    assert seen(lambda console: print_run_samples(run_seen(progress=PROGRESS), console)) == ""


ROW = JobRow(3, "birds", "wings", "running", 0.25, 75.0, 1300, 2200, 1.8, 1.9, 2.0, 31_650)
PAGE = JobPage(
    ROW,
    "wings",
    "numpy",
    12.0,
    1234.5,
    1200,
    ("Tyr", "Odin"),
    "no room",
    "jobs resume 3",
    "",
    "/j/3",
)


def test_the_page_of_a_run_has_all_that_is_known(seen):
    shown = """\
run 3 ⟨bold⟩birds⟨⟩ running
⟨dim⟩why            ⟨⟩  no room
⟨dim⟩text           ⟨⟩  wings
⟨dim⟩backend        ⟨⟩  numpy
⟨dim⟩updates        ⟨⟩  1,300 of 2,200
⟨dim⟩time           ⟨⟩  12 s
⟨dim⟩left           ⟨⟩  1 min 15 s
⟨dim⟩speed          ⟨⟩  1,234 characters a second
⟨dim⟩loss           ⟨⟩  1.800 nats per character
⟨dim⟩validation loss⟨⟩  1.900 nats per character
⟨dim⟩held-out loss  ⟨⟩  2.000 nats per character
⟨dim⟩samples        ⟨⟩  Tyr  Odin
⟨dim⟩checkpoint     ⟨⟩  of update 1,200
⟨dim⟩files          ⟨⟩  /j/3, 31,650 bytes
go on: :jobs resume 3
"""
    assert seen(PAGE) == shown


def test_the_page_of_a_run_leaves_out_what_is_not_known(seen):
    row = replace(ROW, left=None, updates=None, loss=None, validation_loss=None, held_out_loss=None)
    bare = replace(
        PAGE, row=row, elapsed=None, rate=None, checkpoint=None, samples=(), message="", goes_on=""
    )
    shown = """\
run 3 birds running
text     wings
backend  numpy
updates  1,300
files    /j/3, 31,650 bytes
"""
    assert seen(bare, None) == shown
    assert "left     0.0 s" in seen(replace(bare, row=replace(row, left=0.0)), None)


def test_what_was_done_with_a_run_is_told(seen):
    said = seen(JobChange(3, "birds", "stopped", 1300))
    assert said == "run 3 (birds) stopped at update 1,300; :jobs resume 3 goes on\n"
    assert seen(JobChange(3, "birds", "saved", 1300)) == "run 3 (birds) saved at update 1,300\n"
    assert seen(JobChange(3, "birds", "removed", 1300)) == "run 3 (birds) removed\n"
    assert seen(PrunedJobs((1, 2), 1234)) == "removed 2 runs, 1,234 bytes\n"
    assert seen(PrunedJobs((), 0)) == "all runs stay\n"
