"""What a run has to do when it goes on."""

from dataclasses import replace

import pytest

from charplay.errors import CharplayError, TrainingError, UsageError
from charplay.jobs.choice import Pair
from charplay.jobs.event_log import EventLog
from charplay.jobs.job import Job
from charplay.jobs.resuming import More, ResumeChoice, check_resumable, plan_resume
from charplay.options import options_of
from charplay.plan import Part, Stage, TextChoice, TrainingRun
from charplay.training.events import Progress
from tests.jobs.bases import FINISHED, KEPT, NAMES, PLAN, find


@pytest.fixture
def resume(tmp_path, home, monkeypatch):
    """Plans how a run of twenty names goes on, of which sixteen are learned, four at a time."""
    path = tmp_path / "list.txt"
    path.write_text("".join(f"{name}\n" for name in NAMES))
    monkeypatch.setattr("charplay.jobs.event_log._LIVE_SECONDS", 0)

    def resume(*events, plan=PLAN, free=None, checkpoint=True, **choice):
        text = TextChoice(str(path), kind="names", header="no", separator="line")
        job = Job.create(home, TrainingRun("birds", text, "fake", {}, plan))
        if checkpoint:
            job.checkpoint("last").touch()
        log = EventLog(job.events, job.live)
        for event in events:
            log.write(event)
        return plan_resume(job, ResumeChoice(**choice), {}, find, lambda: free).plan

    return resume


def progress(update, elapsed, part=0):
    return Progress(update, 500, 1, 2.0, 2.0, 9.0, elapsed, 1.0, part)


def test_a_run_that_was_not_over_goes_on_as_it_was_planned(resume):
    stopped = replace(FINISHED, reason="stopped")
    for events in ((), (FINISHED,), (KEPT,), (stopped, KEPT), (progress(3, 1.0),)):
        assert resume(*events) == PLAN


def test_a_run_that_is_done_is_told_with_what_does_more(resume):
    with pytest.raises(TrainingError) as caught:
        resume(FINISHED, KEPT)
    assert caught.value.message == "run 1 is done"
    assert caught.value.hint == "`jobs resume 1 --epochs +5` does more"
    with pytest.raises(TrainingError, match="run 2 is done"):
        resume(FINISHED, KEPT, set=(Pair("patience", "7"),))


def test_a_run_out_of_patience_goes_on_with_more_of_it(resume):
    patient = replace(FINISHED, reason="patience")
    with pytest.raises(TrainingError) as caught:
        resume(patient, KEPT, set=(Pair("warmup", "7"),))
    assert caught.value.message == "run 1 ended early, as it no longer improved"
    assert caught.value.hint == "`jobs resume 1 --epochs +5` does more"
    assert resume(patient, KEPT, set=(Pair("patience", "7"),)) == replace(PLAN, patience=7)


@pytest.mark.parametrize(
    ("more", "updates"),
    [
        ({"updates": More(5)}, 20 + 5),
        ({"updates": More(0.2)}, 20 + 1),
        ({"epochs": More(2)}, 20 + 2 * 4),
        ({"epochs": More(0.4)}, 20 + 4),
    ],
)
def test_the_last_stage_gets_more_updates_and_no_patience(resume, more, updates):
    """Five epochs of four updates, and so much more."""
    plan = resume(FINISHED, KEPT, plan=replace(PLAN, patience=3), **more)
    assert plan == replace(PLAN, stages=(Stage(updates=7), Stage(updates=updates)), patience=None)


@pytest.mark.parametrize(
    ("told", "minutes", "updates"),
    [
        ((progress(10, 1.0), progress(40, 7.0)), 0.5, 30 / 6 * 30),
        ((progress(10, 1.0),), 0.5, 10 / 1 * 30),
        ((progress(10, 1.0), progress(10, 4.0)), 0.1, 10 / 4 * 6),
        ((progress(10, 4.0), progress(40, 4.0)), 0.1, 40 / 4 * 6),
        ((progress(10, 1.0, 1), progress(20, 2.0, 2), progress(40, 4.0, 2)), 0.1, 20 / 2 * 6),
        ((progress(1, 100.0),), 0.1, 1),
    ],
)
def test_minutes_are_as_many_updates_as_the_run_makes_in_them(resume, told, minutes, updates):
    plan = resume(*told, minutes=More(minutes))
    assert plan.stages[-1].updates == 20 + updates


def test_minutes_of_a_run_whose_pace_is_not_known_are_refused(resume):
    for events in ((), (progress(0, 1.0),)):
        with pytest.raises(UsageError) as caught:
            resume(*events, minutes=More(1))
        assert caught.value.message == "how fast the run is, is not known yet"
        assert caught.value.hint == "give --updates or --epochs"


def test_of_a_mix_the_last_part_gets_more(resume):
    parts = (Part("fake", {}, PLAN), Part("fake", {}, replace(PLAN, patience=3)))
    plan = resume(plan=replace(PLAN, parts=parts), updates=More(5))
    longer = replace(PLAN, stages=(Stage(updates=7), Stage(updates=25)))
    assert plan.parts == (parts[0], Part("fake", {}, longer))
    assert plan.stages == PLAN.stages


def test_the_inner_text_is_learned_from_the_same_update_on(resume):
    inner = replace(PLAN, inner=0.25, inner_until=0.5, stages=(Stage(updates=20),))
    plan = resume(plan=inner, updates=More(20))
    assert (plan.stages[0].updates, plan.inner_until) == (40, 0.25)
    whole = resume(plan=replace(inner, inner_until=1), updates=More(20))
    assert whole.inner_until == 1


def test_what_changes_how_a_run_learns_is_changed_in_every_stage(resume):
    plan = resume(set=(Pair("learning_rate", "0.5"), Pair("clip-norm", "3")))
    stages = tuple(replace(stage, learning_rate=0.5) for stage in PLAN.stages)
    assert plan == replace(PLAN, clip_norm=3.0, stages=stages)


REFUSED = {
    "two lengths": (
        {"updates": More(1), "minutes": More(1)}, "two options say how much more",
        "give one of them",
    ),
    "another option": (
        {"set": (Pair("batch-size", "3"),)},
        "there is no option of a run that goes on 'batch-size'", None,
    ),
    "no checkpoint": (
        {"checkpoint": False}, "run 1 saved nothing to go on from", "train again",
    ),
    "too little memory": (
        {"free": 1}, None, "end other programs or runs first, then `jobs resume 1`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_go_on_is_told(resume, what):
    choice, message, hint = REFUSED[what]
    with pytest.raises(CharplayError) as caught:
        resume(**choice)
    assert message is None or caught.value.message == message
    assert hint is None or caught.value.hint == hint


def test_a_run_under_way_does_not_go_on_twice(made):
    job = made(held=True)
    job.checkpoint("last").touch()
    with pytest.raises(TrainingError, match="run 1 is under way"):
        check_resumable(job)


@pytest.mark.parametrize(("text", "amount"), [("+5", 5), ("+0.5", 0.5), ("+1e12", 1e12)])
def test_so_much_more_has_a_plus(text, amount):
    assert More.parse(text) == More(amount)
    assert More.parse(str(More(amount))) == More(amount)


@pytest.mark.parametrize("text", ["5", "+0", "+-1", "+1.1e12", "+nan", "+", "+x", ""])
def test_what_is_not_so_much_more_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        More.parse(text)


def test_a_count_is_at_least_one():
    assert [More(amount).count for amount in (0.1, 1.4, 1.6, 7)] == [1, 1, 2, 7]


def test_what_can_be_chosen_of_a_run_that_goes_on():
    told = {
        declared.typed_name: (
            declared.positional, declared.metavar, declared.completes, declared.default,
            declared.minimum, declared.many,
        )
        for declared in options_of(ResumeChoice)
    }  # fmt: skip
    assert told == {
        "run": (True, "RUN", "run", None, 1, False),
        "updates": (False, "+N", "", None, None, False),
        "epochs": (False, "+N", "", None, None, False),
        "minutes": (False, "+N", "", None, None, False),
        "set": (False, "KEY=VALUE", "training-option", (), None, True),
        "wait": (False, "", "", False, None, False),
    }
