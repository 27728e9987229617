"""Plans, parts and runs: what they declare, how they are changed, and how they are written."""

import json
from dataclasses import replace

import pytest

from charplay.ancestry import Ancestor, Base, parse_ancestry
from charplay.errors import CharplayError, UsageError
from charplay.plan import Part, Plan, ReadingOptions, Stage, TextChoice, TrainingRun
from charplay.report import Report
from tests.declared import declared

READING = {
    "column": (None, {"metavar": "NAME"}),
    "kind": (None, {"choices": ("names", "prose")}),
    "header": (None, {"choices": ("yes", "no")}),
    "encoding": (None, {"metavar": "NAME"}),
    "separator": (None, {"metavar": "NAME"}),
    "large": (False, {}),
}
COUNTED = Part("counts", plan=Plan(stages=(Stage(epochs=1, corpus="other"),)), counted=True)
NETWORK = Part("net", {"hidden": 4}, Plan(stages=(Stage(epochs=3, learning_rate=0.1),)))
MIX = Plan(inner=0.1, minutes=2, parts=(COUNTED, NETWORK, NETWORK))


def test_how_a_text_is_read_is_declared_with_the_words_for_its_values():
    assert declared(ReadingOptions) == READING
    assert declared(TextChoice) == {
        **READING, "corpus": ("", {"metavar": "CORPUS"}), "lower": (False, {}),
    }  # fmt: skip


def test_a_stage_is_declared_with_its_bounds():
    assert declared(Stage) == {
        "updates": (None, {"minimum": 1}),
        "epochs": (None, {"minimum": 1}),
        "learning_rate": (0.01, {"above": 0}),
        "schedule": ("constant", {"choices": ("constant", "step", "linear", "cosine")}),
        "step_every": (None, {"minimum": 1}),
        "step_factor": (0.5, {"above": 0, "maximum": 1}),
        "warmup": (0, {"minimum": 0}),
        "corpus": ("", {"metavar": "CORPUS"}),
    }


def test_a_plan_is_declared_with_its_bounds():
    million = {"minimum": 1, "maximum": 1_000_000}
    plan = declared(Plan)
    assert [each.epochs for each in plan.pop("stages")[0]] == [10]
    assert Plan().stages == (Stage(epochs=10),)
    assert plan == {
        "cutting": ("names", {"choices": ("names", "stream", "windows")}),
        "batch_size": (32, million),
        "length": (64, million),
        "stride": (1, million),
        "scored": ("all", {"choices": ("all", "last")}),
        "shuffle": ("epochs", {"choices": ("epochs", "course")}),
        "carry": (False, {}),
        "reduction": ("mean", {"choices": ("mean", "sum")}),
        "optimiser": ("adam", {"choices": ("adam", "sgd")}),
        "clip_value": (None, {"above": 0}),
        "clip_norm": (None, {"above": 0}),
        "weight_decay": (0, {"minimum": 0}),
        "held_out": (0.1, {"minimum": 0, "maximum": 0.5}),
        "validate_every": (None, {"minimum": 1}),
        "patience": (None, {"minimum": 1}),
        "inner": (0, {"minimum": 0, "maximum": 0.5}),
        "inner_until": (1, {"minimum": 0, "maximum": 1}),
        "minutes": (None, {"above": 0}),
        "checkpoint_seconds": (10, {"minimum": 0}),
        "keep_checkpoints": (0, {"minimum": 0, "maximum": 40}),
        "sample_every": (None, {"minimum": 1}),
        "seed": (0, {"minimum": 0, "maximum": 9_223_372_036_854_775_807}),
        "report": (None, {}),
        "parts": ((), {}),
    }


def test_parts_and_runs_say_little_where_nothing_is_given():
    assert Part("net") == Part("net", {}, Plan(), False, 0)
    assert Part.from_dict({"backend": "net"}) == Part("net")
    text = TextChoice("list")
    assert TrainingRun("m", text, "net") == TrainingRun("m", text, "net", {}, Plan(), {}, None)
    assert declared(Report) == {
        "line": ("", {}),
        "every": (1, {"minimum": 1}),
        "names": (0, {"minimum": 0}),
        "smoothing": (0.999, {"minimum": 0, "maximum": 1}),
        "guess": (1, {"above": 0}),
    }


def test_what_a_run_tells_beside_makes_no_other_run():
    run = TrainingRun("m", TextChoice("list"), "net")
    assert (run.again, run.notes, run.base) == ("", (), None)
    assert TrainingRun.from_json(run.to_json()) == run
    assert replace(run, again="train list", notes=("read",)) == run
    assert replace(run, name="n") != run


def test_a_length_is_that_of_each_part_that_is_not_counted_and_takes_the_place_of_minutes():
    for plan in (MIX.with_length(7, None), MIX.with_length(None, 2)):
        assert plan.minutes is None
        assert plan.parts[0] == COUNTED
        assert plan.inner == 0.1
    stages = [part.plan.stages for part in MIX.with_length(7, None).parts[1:]]
    assert stages == [(Stage(updates=7, learning_rate=0.1),)] * 2
    stages = [part.plan.stages for part in MIX.with_length(None, 2).parts[1:]]
    assert stages == [(Stage(epochs=2, learning_rate=0.1),)] * 2


def test_a_length_takes_the_place_of_the_old_one_and_of_minutes():
    plan = Plan(minutes=3, patience=2, stages=(Stage(epochs=3, learning_rate=0.1),))
    changed = plan.with_length(7, None)
    assert changed == Plan(patience=2, stages=(Stage(updates=7, learning_rate=0.1),))
    assert plan.with_length(None, None) is plan
    with pytest.raises(UsageError, match="both set the length") as told:
        plan.with_length(1, 1)
    assert told.value.hint == "give one of them"


def test_a_plan_of_stages_has_no_one_length_and_says_how_many_it_has():
    plan = Plan(stages=(Stage(updates=1), Stage(updates=2)))
    with pytest.raises(UsageError) as told:
        plan.with_length(3, None)
    assert told.value.message == "this plan has 2 stages, each with its own length"
    assert told.value.hint == "leave out --updates and --epochs"
    with pytest.raises(UsageError) as told:
        plan.with_minutes(3)
    assert told.value.hint == "leave out the minutes"
    assert plan.with_minutes(None) is plan


def test_minutes_are_those_of_the_plan_and_of_each_part_that_is_not_counted():
    plan = MIX.with_minutes(5)
    assert plan.minutes == 5
    assert [part.plan.minutes for part in plan.parts] == [None, 5, 5]
    assert plan.parts[1].plan.stages == NETWORK.plan.stages
    several = replace(NETWORK, plan=Plan(stages=(Stage(updates=1), Stage(updates=2))))
    with pytest.raises(UsageError):
        Plan(parts=(several,)).with_minutes(5)


def test_an_option_changes_a_plan_and_its_parts_but_those_that_are_counted():
    plan = MIX.changed({"batch-size": 5, "learning-rate": 0.5, "epochs": 4})
    assert plan.batch_size == 5
    assert plan.stages == (Stage(epochs=4, learning_rate=0.5),)
    assert plan.parts[0] == COUNTED
    for part in plan.parts[1:]:
        assert part == replace(
            NETWORK, plan=Plan(batch_size=5, stages=(Stage(epochs=4, learning_rate=0.5),))
        )


def test_the_texts_of_stages_and_parts_are_told_once_and_can_be_renamed():
    stages = (Stage(epochs=1), Stage(epochs=1, corpus="first"), Stage(epochs=1, corpus="first"))
    plan = replace(MIX, minutes=None, stages=stages)
    assert plan.texts == ("first", "other")
    renamed = plan.with_texts(str.upper)
    assert renamed.texts == ("FIRST", "OTHER")
    assert [stage.corpus for stage in renamed.stages] == ["", "FIRST", "FIRST"]
    assert renamed.parts[0].plan.stages[0].corpus == "OTHER"
    assert replace(renamed, stages=stages, parts=plan.parts) == plan


BASE = Base("/m.safetensors", (Ancestor("a", "1" * 64, "list", "2" * 64),), optimiser=True)
RUN = TrainingRun(
    "m", TextChoice("lïst"), "mix", {"hidden": 4}, MIX, {"temperature": 0.5}, "short",
    "train lïst", ("read as names",), BASE,
)  # fmt: skip


def test_a_run_of_parts_from_a_base_comes_back_from_its_file_whole():
    back = TrainingRun.from_json(RUN.to_json())
    assert back == RUN
    assert (back.again, back.notes, back.base) == ("train lïst", ("read as names",), BASE)
    without = replace(RUN, base=None, plan=Plan(), recipe=None)
    assert TrainingRun.from_json(without.to_json()) == without


def test_a_runs_file_is_one_that_a_person_can_read():
    text = RUN.to_json()
    assert text.startswith('{\n "name": "m",\n "text": {\n  "column": null,')
    assert '"corpus": "lïst"' in text
    assert list(json.loads(text)) == [
        "name", "text", "backend", "config", "plan", "sampling", "recipe", "again", "notes", "base",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"name": 3}, {"backend": None}, {"config": []}, {"notes": 3}, {"sampling": "x"}],
)
def test_a_runs_file_with_a_field_of_another_type_is_refused(wrong):
    values = {**json.loads(RUN.to_json()), **wrong}
    with pytest.raises(CharplayError, match="the job's plan cannot be read") as told:
        TrainingRun.from_json(json.dumps(values))
    assert told.value.hint == "train again"


def test_a_runs_file_of_an_earlier_version_has_fewer_fields():
    values = json.loads(RUN.to_json())
    for name in ("again", "notes", "base"):
        del values[name]
    back = TrainingRun.from_json(json.dumps(values))
    assert (back.again, back.notes, back.base) == ("", (), None)


@pytest.mark.parametrize(
    ("values", "message", "hint"),
    [
        ({}, "a part has no backend", 'add a line: backend = "…"'),
        ({"backend": 3}, "backend of a part cannot be 3", "see a shipped recipe"),
        ({"backend": "n", "counted": 1}, "counted of a part cannot be 1", "see a shipped recipe"),
        ({"backend": "n", "corrects": 1.5}, "corrects cannot be 1.5", "give a share from 0 to 1"),
        ({"backend": "n", "corrects": -1}, "corrects cannot be -1", "give a share from 0 to 1"),
        ({"backend": "n", "plan": {"parts": [{"backend": "n"}]}},
         "a part of a plan has parts itself", "write them side by side"),
        ({"backend": "n", "pln": {}}, "there is no option of a part 'pln'", "did you mean plan?"),
    ],
)  # fmt: skip
def test_a_part_with_a_mistake_is_told_with_what_to_write(values, message, hint):
    with pytest.raises(UsageError) as told:
        Part.from_dict(values)
    assert (told.value.message, told.value.hint) == (message, hint)


@pytest.mark.parametrize("corrects", [0, 1, 0.5])
def test_a_part_corrects_a_share(corrects):
    part = Part.from_dict({"backend": "n", "corrects": corrects, "counted": True})
    assert (part.corrects, part.counted, part.plan) == (corrects, True, Plan())
    assert Part.from_dict(part.to_dict()) == part


@pytest.mark.parametrize(("name", "most"), [("stages", 1000), ("parts", 32)])
def test_stages_and_parts_are_tables_and_not_too_many(name, most):
    table = {"backend": "n"} if name == "parts" else {"updates": 3}
    plan = Plan.from_dict({name: [table] * most})
    assert len(getattr(plan, name)) == most
    for wrong in ([table] * (most + 1), [3], "x", {}, None):
        with pytest.raises(UsageError) as told:
            Plan.from_dict({name: wrong})
        assert told.value.message.startswith(f"{name} cannot be ")
        assert told.value.hint == f"write a table for each, {most:,} at most: [[plan.{name}]]"


def test_a_report_is_a_table_or_nothing():
    assert Plan.from_dict({"report": None}).report is None
    assert Plan.from_dict({"report": {}}).report is None
    assert Plan.from_dict({"report": {"every": 3}}).report == Report(every=3)
    with pytest.raises(UsageError) as told:
        Plan.from_dict({"report": 3})
    assert told.value.hint == "write a table: [plan.report]"


def test_options_have_their_names_of_earlier_versions_too():
    assert Plan.from_dict({"order": "course"}).shuffle == "course"


def test_an_ancestry_leaves_out_what_is_no_ancestor():
    good = {"model": "a", "digest": "1", "corpus": "c", "sha256": "2", "more": 3}
    lacking = {"model": "a", "digest": "1", "corpus": "c"}
    wrong = {**good, "sha256": 3}
    found = parse_ancestry([good, lacking, wrong, "x", 3, good])
    assert found == (Ancestor("a", "1", "c", "2"),) * 2
    for nothing in (None, 3, {}, []):
        assert parse_ancestry(nothing) == ()


def test_an_ancestry_has_a_hundred_ancestors_at_most():
    good = {"model": "a", "digest": "1", "corpus": "c", "sha256": "2"}
    assert [len(parse_ancestry([good] * count)) for count in (99, 100, 101)] == [99, 100, 100]


def test_a_base_comes_back_from_plain_values_and_is_the_nearest_ancestor():
    older = Ancestor("b", "3", "d", "4")
    base = replace(BASE, ancestry=(*BASE.ancestry, older), optimiser=False)
    assert base.model == BASE.ancestry[0]
    assert Base.from_dict(json.loads(json.dumps(base.to_dict()))) == base
    assert Base.from_dict(BASE.to_dict()) == BASE
    assert Base("/m", ()).optimiser is False
    with pytest.raises(ValueError, match="has no digest"):
        Base.from_dict({**BASE.to_dict(), "ancestry": []})
