import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.errors import CharplayError, UsageError
from charplay.plan import Part, Plan, Stage, TextChoice, TrainingRun
from charplay.proposal import TextFacts, usual_plan
from charplay.report import Report
from charplay.training.recipe import parse_recipe

counts = st.integers(1, 2**40)
sizes = st.integers(1, 1_000_000)
positive = st.floats(0, 1e6, exclude_min=True)

stages = st.builds(
    Stage,
    updates=st.none() | counts,
    epochs=st.none() | counts,
    learning_rate=positive,
    schedule=st.sampled_from(["constant", "step", "linear", "cosine"]),
    step_every=st.none() | counts,
    step_factor=st.floats(0, 1, exclude_min=True),
    warmup=st.integers(0, 2**40),
)
reports = st.builds(
    Report,
    line=st.sampled_from(["", "{iteration}: {loss:f}", "{epoch} {smoothed:.3f} {predicted}"]),
    every=counts,
    names=st.integers(0, 100),
    smoothing=st.floats(0, 1),
    guess=positive,
)
plans = st.builds(
    Plan,
    cutting=st.sampled_from(["names", "stream", "windows"]),
    batch_size=sizes,
    length=sizes,
    stride=sizes,
    scored=st.sampled_from(["all", "last"]),
    shuffle=st.sampled_from(["epochs", "course"]),
    carry=st.booleans(),
    reduction=st.sampled_from(["mean", "sum"]),
    optimiser=st.sampled_from(["adam", "sgd"]),
    clip_value=st.none() | positive,
    clip_norm=st.none() | positive,
    held_out=st.floats(0, 0.5),
    validate_every=st.none() | counts,
    patience=st.none() | counts,
    checkpoint_seconds=st.floats(0, 1e6),
    sample_every=st.none() | counts,
    seed=st.integers(0, 2**63 - 1),
    stages=st.lists(stages, min_size=1, max_size=3).map(tuple),
    report=st.none() | reports,
)
words = st.text().filter(lambda text: text not in ("none", "None"))
texts = st.builds(
    TextChoice,
    corpus=words,
    column=st.none() | words,
    kind=st.sampled_from([None, "names", "prose"]),
    lower=st.booleans(),
)
runs = st.builds(
    TrainingRun,
    name=words,
    text=texts,
    backend=words,
    config=st.dictionaries(words, st.integers(-(2**63) + 1, 2**63 - 1) | st.booleans() | words),
    plan=plans,
    sampling=st.fixed_dictionaries({}, optional={"temperature": positive, "max_chars": counts}),
    recipe=st.none() | words,
)


@given(plans)
def test_a_plan_comes_back_from_json_as_it_was(plan):
    assert Plan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan


@given(runs)
def test_a_run_comes_back_from_json_as_it_was(run):
    assert TrainingRun.from_json(run.to_json()) == run


MIXED = Plan(
    inner=0.1,
    parts=(
        Part("counts", {"order": 3}, Plan(batch_size=7), counted=True),
        Part("network", {"hidden": 4}, Plan(stages=(Stage(epochs=2), Stage(corpus="other")))),
    ),
)


def test_every_field_of_a_plan_is_written():
    assert set(Plan().to_dict()) >= {entry.name for entry in fields(Plan)} - {"report", "parts"}
    assert "report" in Plan(report=Report("{loss}")).to_dict()
    assert Plan.from_dict(MIXED.to_dict()) == MIXED


def test_a_run_whose_recipe_fixes_the_seed_of_sampling_can_be_written():
    recipe = parse_recipe("seeded", 'summary = "s"\n[sampling]\nseed = "7/3"\ntop_k = 5\n')
    run = TrainingRun("m", TextChoice("c"), "b", sampling=recipe.sampling)
    assert json.loads(run.to_json())["sampling"] == {"seed": "7/3", "top_k": 5}


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", "3", "{}", '{"name": "m"}', '{"name": "m", "text": "dinosaurs"}']
)
def test_a_damaged_plan_file_is_told_in_one_line(damaged):
    with pytest.raises(CharplayError) as caught:
        TrainingRun.from_json(damaged)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"batch-sise": 3}, "there is no training option 'batch-sise'"),
        ({"stages": [{"update": 3}]}, "there is no stage option 'update'"),
        ({"report": {"evry": 3}}, "there is no report option 'evry'"),
        ({"held_out": 0.6}, "held-out cannot be 0.6"),
        ({"seed": -1}, "seed cannot be -1"),
    ],
)
def test_a_plan_with_an_option_that_is_none_is_refused(values, message):
    with pytest.raises(UsageError, match=message):
        Plan.from_dict(values)


@pytest.mark.parametrize(
    ("stage", "length"),
    [(Stage(updates=7), 7), (Stage(epochs=3), 30), (Stage(), 10)],
)
def test_a_stage_lasts_its_updates_or_its_epochs_or_one_epoch(stage, length):
    assert stage.length(10) == length


@pytest.mark.parametrize("before", [Stage(updates=100), Stage(epochs=100), Stage()])
def test_a_new_length_takes_the_place_of_the_old_one_whichever_way_it_was_counted(before):
    plan = Plan(stages=(before,))
    assert plan.with_length(7, None).stages[0].length(10) == 7
    assert plan.with_length(None, 3).stages[0].length(10) == 30
    assert plan.with_length(None, None) == plan


def test_a_plan_of_several_stages_has_no_one_length():
    with pytest.raises(UsageError, match="2 stages"):
        Plan(stages=(Stage(updates=1), Stage(updates=2))).with_length(5, None)


def test_changing_an_option_of_the_plan_leaves_the_rest():
    plan = Plan(stages=(Stage(updates=3),), report=Report("{loss}"))
    changed = plan.changed({"batch-size": "4", "clip_norm": "none"})
    assert changed.batch_size == 4
    assert changed.clip_norm is None
    assert (changed.stages, changed.report) == (plan.stages, plan.report)


def test_an_option_of_a_stage_is_changed_in_every_stage():
    plan = Plan(stages=(Stage(updates=3), Stage(epochs=2, learning_rate=1)))
    changed = plan.changed({"learning-rate": "0.25"})
    assert changed.stages == (Stage(3, None, 0.25), Stage(None, 2, 0.25))


@pytest.mark.parametrize(
    ("before", "values", "length"),
    [
        (Stage(updates=100), {"epochs": "3"}, 30),
        (Stage(epochs=100), {"updates": "7"}, 7),
    ],
)
def test_a_length_that_is_set_takes_effect_whichever_way_the_plan_counted(before, values, length):
    assert Plan(stages=(before,)).changed(values).stages[0].length(10) == length


@pytest.mark.parametrize("values", [{"batch-size": "0"}, {"learning_rate": "0"}, {"speed": "1"}])
def test_a_change_is_checked(values):
    with pytest.raises(UsageError):
        Plan().changed(values)


@pytest.mark.parametrize(
    "line",
    [
        "{losses}",
        "{0}",
        "{}",
        "{loss",
        "loss}",
        "{loss:d}",
        "{predicted:f}",
        "{loss!z}",
        "{loss.no}",
        "{loss[0]}",
        "{predicted[a]}",
    ],
)
def test_a_reports_line_that_cannot_be_filled_in_is_refused_with_the_fields_there_are(line):
    with pytest.raises(UsageError) as caught:
        Report(line)
    assert repr(line) in caught.value.message
    for field in ("iteration", "epoch", "loss", "smoothed", "predicted"):
        assert field in caught.value.hint


def test_a_reports_line_is_the_exercises_own():
    line = "Iteration: {iteration}, Loss: {smoothed:f}"
    values = {"iteration": 2000, "epoch": 2, "loss": 1.0, "smoothed": 27.88416, "predicted": "x"}
    assert Report(line).line.format(**values) == "Iteration: 2000, Loss: 27.884160"


@pytest.mark.parametrize("characters", [1, 100, 2_000, 50_000, 10_000_000])
@pytest.mark.parametrize("kind", ["names", "prose"])
def test_the_usual_plan_is_one_that_can_be_written_down(kind, characters):
    plan = usual_plan(TextFacts(kind, characters, characters, 9))
    assert (plan.cutting == "names") == (kind == "names")
    assert Plan.from_dict(plan.to_dict()) == plan


@pytest.mark.parametrize("characters", [100, 2_000, 50_000, 10_000_000])
def test_the_usual_plan_for_prose_fits_the_text(characters):
    plan = usual_plan(TextFacts("prose", characters, characters, 9))
    assert plan.batch_size * plan.length < 0.9 * characters


@pytest.mark.parametrize(
    "line",
    [
        "{loss:>2000000000}", "{iteration:{iteration}}", "{loss.__class__}", "{loss!r}",
        "{loss[0]}", "{0}", "{", "{loss:.999f}", "{nothing}",
    ],
)  # fmt: skip
def test_a_reports_line_takes_plain_fields_alone(line):
    with pytest.raises(UsageError, match="cannot be filled in"):
        Report(line)


@pytest.mark.parametrize(
    "values",
    [
        {"stages": 5}, {"stages": ["x"]}, {"stages": [{}] * 2_000}, {"report": 5}, {"parts": {}},
        {"parts": [{"backend": 5}]}, {"batch_size": 2**64}, {"batch_size": True}, {"seed": 10**400},
        {"parts": [{"backend": "a", "plan": {"parts": [{"backend": "b"}]}}]}, {"length": 10**12},
    ],
)  # fmt: skip
def test_a_plan_of_wrong_values_is_told_in_one_line(values):
    with pytest.raises(UsageError) as caught:
        Plan.from_dict(values)
    assert len(caught.value.message) < 200
