"""Runs that go on beside the conversation: begun, looked at, stopped, taken up, left."""

import os
import re

import pytest

from charplay.jobs.job import Job, all_jobs
from charplay.training.events import Started
from tests.terminal.test_repl import CTRL_D, typed_into

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")

LONG = ":train dinosaurs --recipe course-dinosaurs --updates 10000000 --name long"
QUICK = ":train dinosaurs --quick --name mine"


@pytest.fixture
def repl(home):
    # A run that goes on at the end is stopped, which is asked then.
    yield lambda *lines: typed_into(home, *(f"{line}\r" for line in (*lines, ":quit", "s")))
    for job in all_jobs(home):
        if job.is_under_way:
            job.requests.ask("stop")
            job.wait()


def unfolded(said):
    """What was told, its lines joined that a narrow screen folds."""
    return " ".join((said.out + said.notes).split())


def test_training_gives_the_prompt_back_at_once_and_its_end_is_told_in_one_line(repl):
    said = repl("Tyr", QUICK, "Ank", ":jobs show 1 --follow", ":jobs --format json")
    first = said.lines.index("run 1 trains mine; :jobs show 1 looks at it, :jobs stop 1 ends it")
    assert any(line.startswith("Ank") for line in said.lines[first:])
    told = unfolded(said)
    assert told.count("run 1 (mine) is done: ") == 1
    assert told.count("; :model mine talks to it") == 1
    assert '"state": "done"' in said.out


def test_where_nothing_was_said_the_new_model_is_the_one_to_talk_to(repl, home):
    said = repl(QUICK, ":jobs show --follow", ":model")
    assert "; you talk with it now" in said.out
    assert any(line.startswith("mine (names, ") for line in said.lines)


def test_a_model_in_training_draws_names_and_says_how_old_they_are(repl, home):
    said = repl(LONG, ":jobs checkpoint", ":names long -n 3 --seed 3", ":models show long")
    assert "run 1 (long) saved at update " in said.out
    note = r"note: long is in training; this is update [0-9,]+( of 10,000,000)?, [0-9]+ s old"
    assert len(re.findall(note, unfolded(said))) == 2
    assert "3/3" in said.out


def test_a_run_is_stopped_and_taken_up_again_where_it_was(repl, home):
    said = repl(
        LONG,
        ":jobs checkpoint",
        ":jobs stop",
        ":models show long",
        ":jobs resume 1",
        ":jobs checkpoint",
    )
    told = unfolded(said)
    assert re.search(r"run 1 \(long\) stopped at update [0-9,]+; :jobs resume 1 goes on", told)
    assert "its run was stopped; go on: :jobs resume 1" in told
    assert "run 1 goes on with long; " in told
    begun = [each for each in Job(home / "jobs" / "1").read_events() if isinstance(each, Started)]
    first, second = [event.update for event in begun]
    assert first == 0 < second


def test_the_model_of_a_run_that_was_taken_up_again_is_the_newest_one(repl, home):
    said = repl(LONG, ":jobs checkpoint", ":jobs stop", ":names long -n 1", ":jobs resume",
                ":jobs checkpoint", ":names long -n 1")  # fmt: skip
    assert unfolded(said).count("long is in training; this is update ") == 1


def test_who_leaves_while_a_run_goes_on_is_asked_what_becomes_of_it(repl, home):
    said = repl(LONG, ":jobs checkpoint", ":quit", "", "Tyr")
    assert said.out.count("Tyr") >= 2, "Enter stays"
    assert "stopping run 1" in said.out
    assert "; :model long talks to it, :jobs resume 1 goes on" in unfolded(said)
    assert Job(home / "jobs" / "1").state() == "stopped"
    assert (said.status, said.err) == (0, "")


def test_a_run_that_is_left_goes_on_and_the_next_start_tells_what_became_of_it(repl, home):
    said = repl(LONG, ":jobs checkpoint", ":quit", "l")
    assert "run 1 goes on; :jobs show 1 looks at it later" in unfolded(said)
    job = Job(home / "jobs" / "1")
    assert job.is_under_way
    said = repl()
    assert any(line.startswith("run 1 long ") for line in said.lines), "and nobody is asked"
    job.requests.ask("stop")
    job.wait()
    told = "run 1 (long) was stopped after "
    assert told in repl("Tyr").out
    assert told not in repl("Tyr").out, "it is told once"


def test_who_leaves_the_question_too_has_their_runs_stopped(home):
    typed_into(home, f"{LONG}\r", ":jobs checkpoint\r", ":quit\r", CTRL_D)
    assert Job(home / "jobs" / "1").state() == "stopped"


def test_samples_are_shown_to_who_wants_to_watch(repl):
    words = "--backend numpy --set hidden=8 validate-every=1 --updates 1000000 --name seen"
    lines = (f":train dinosaurs {words}", ":jobs checkpoint", ":jobs checkpoint", ":jobs stop")
    sampled = re.compile(r"run [0-9] seen [0-9]+%  \w")
    assert not any(map(sampled.match, repl(*lines).lines))
    assert any(map(sampled.match, repl(":set watch on", *lines).lines))


def test_runs_are_listed_and_removed_and_those_under_way_stay(repl, home):
    repl(QUICK, ":jobs show --follow", QUICK, ":jobs show --follow", QUICK, ":jobs show --follow")
    said = repl(LONG, ":jobs remove 4 --yes", ":jobs remove 1 --yes", ":jobs prune 2 --yes")
    assert "run 4 is under way" in said.err
    assert "run 1 (mine) removed" in said.lines
    assert [job.number for job in all_jobs(home)] == [4, 3]
    assert "is done" not in said.out, "what was told is not told again"


def test_a_run_that_is_done_does_more_when_it_is_asked_to(repl, home):
    words = "--set validate-every=20 --updates 40 --backend numpy --set hidden=8 --name m"
    said = repl(
        f":train dinosaurs {words} --wait", ":jobs resume 1", ":jobs resume 1 --updates +20 --wait"
    )
    assert "run 1 is done" in said.err
    assert "60 updates in " in said.out


def test_models_are_kept_along_the_way(repl, home):
    words = "--updates 40 --backend numpy --set hidden=8 --name m --keep-checkpoints 3 --wait"
    said = repl(f":train dinosaurs {words}", ":models --format csv", ":names m@5 -n 2 --seed 4")
    for update in (5, 10, 20):
        assert f",m@{update}," in said.out
    assert "4/2" in said.out
    untested = "no centile: it ranks a name among held-out names, and the model was not tested"
    assert untested in unfolded(said), "not that there are too few of them"
