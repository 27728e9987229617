"""A run whose files were damaged is listed beside the others, and breaks nothing."""

import json

import pytest

from charplay.testing.world import run_shell

WHOLE = {
    "plan.json": {"name": "mine", "text": {"corpus": "dinosaurs"}, "backend": "numpy", "config": {},
                  "plan": {}, "sampling": {}, "recipe": None},
    "status.json": {"pause": 1.0, "progress": {
        "event": "progress", "update": 5, "updates": 10, "epoch": 1, "loss": 2.0, "smoothed": 2.0,
        "rate": 1.0, "elapsed": 1.0, "remaining": 1.0}},
}  # fmt: skip
DAMAGES = {
    "a plan that is a list": ("plan.json", "[]"),
    "a plan of wrong types": ("plan.json", json.dumps({**WHOLE["plan.json"], "name": [1]})),
    "a plan with stages that are none": (
        "plan.json",
        json.dumps({**WHOLE["plan.json"], "plan": {"stages": 5}}),
    ),
    "a plan that is nested": ("plan.json", "[" * 100_000),
    "a status of wrong types": (
        "status.json",
        json.dumps({"progress": {**WHOLE["status.json"]["progress"], "updates": "x"}}),
    ),
    "a status beyond numbers": (
        "status.json",
        json.dumps({"progress": {**WHOLE["status.json"]["progress"], "loss": 10**400}}),
    ),
    "a status with another event": (
        "status.json",
        json.dumps({"finished": WHOLE["status.json"]["progress"]}),
    ),
    "a status that is nested": ("status.json", "[" * 100_000),
    "events that are none": ("events.jsonl", '5\n[]\n{"event": 5}\n{"event": "progress"}\n\xff'),
    "an event of wrong types": (
        "events.jsonl",
        json.dumps({**WHOLE["status.json"]["progress"], "update": None}),
    ),
    "a checkpoint that is none": ("last.safetensors", "x" * 100),
    "an empty checkpoint": ("last.safetensors", ""),
}


@pytest.fixture
def home(tmp_path):
    for number in ("1", "2"):
        folder = tmp_path / "home" / "jobs" / number
        folder.mkdir(parents=True)
        for name, values in WHOLE.items():
            (folder / name).write_text(json.dumps(values))
        (folder / "told").touch()
    return tmp_path / "home"


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_run_is_told_and_the_others_are_listed(home, what):
    name, text = DAMAGES[what]
    (home / "jobs" / "1" / name).write_text(text, encoding="latin-1")
    said = run_shell(home, ["jobs", "--format", "json"])
    assert (said.status, said.err) == (0, "")
    assert [row["run"] for row in said.json] == [2, 1]
    assert said.json[0]["update"] == 5
    for words in (["jobs", "show", "1"], ["plot", "1"], ["jobs", "resume", "1"], ["names", "mine"]):
        said = run_shell(home, words)
        assert "Traceback" not in said.told
        assert "charplay broke" not in said.told
