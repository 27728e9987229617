"""What each option of a plan may be, and what it is without a word."""

import pytest

from charplay.errors import UsageError
from charplay.options import find_option, option_values
from charplay.plan import Plan, Stage
from charplay.report import Report

LARGEST = 2**63 - 1
# For each option with bounds: values just inside them, and values just outside.
PLAN = {
    "batch-size": (["1", "1000000"], ["0", "1000001"]),
    "length": (["1", "1000000"], ["0", "1000001"]),
    "stride": (["1", "1000000"], ["0", "1000001"]),
    "cutting": (["names", "stream", "windows"], ["lines"]),
    "scored": (["all", "last"], ["first"]),
    "shuffle": (["epochs", "course"], ["none"]),
    "reduction": (["mean", "sum"], ["max"]),
    "optimiser": (["adam", "sgd"], ["rmsprop"]),
    "clip-value": (["0.001", "none"], ["0", "-1"]),
    "clip-norm": (["0.001", "none"], ["0"]),
    "weight-decay": (["0", "0.1"], ["-0.1"]),
    "held-out": (["0", "0.5"], ["-0.1", "0.51"]),
    "validate-every": (["1", "none"], ["0"]),
    "patience": (["1", "none"], ["0"]),
    "inner": (["0", "0.5"], ["-0.1", "0.51"]),
    "inner-until": (["0", "1"], ["1.1", "-0.1"]),
    "minutes": (["0.01", "none"], ["0", "-1"]),
    "checkpoint-seconds": (["0", "60"], ["-1"]),
    "keep-checkpoints": (["0", "40"], ["-1", "41"]),
    "sample-every": (["1", "none"], ["0"]),
    "seed": (["0", str(LARGEST)], ["-1", str(LARGEST + 1)]),
}
STAGE = {
    "updates": (["1", "none"], ["0"]),
    "epochs": (["1", "none"], ["0"]),
    "learning-rate": (["0.00001"], ["0", "-1"]),
    "schedule": (["constant", "step", "linear", "cosine"], ["square"]),
    "step-every": (["1", "none"], ["0"]),
    "step-factor": (["0.01", "1"], ["0", "1.1"]),
    "warmup": (["0"], ["-1"]),
}
REPORT = {
    "every": (["1"], ["0"]),
    "names": (["0"], ["-1"]),
    "smoothing": (["0", "1"], ["1.1", "-0.1"]),
    "guess": (["0.5"], ["0"]),
}
BOUNDS = [
    (cls, name, *values)
    for cls, bounds in ((Plan, PLAN), (Stage, STAGE), (Report, REPORT))
    for name, values in bounds.items()
]


@pytest.mark.parametrize(("cls", "name", "inside", "outside"), BOUNDS, ids=lambda part: str(part))
def test_a_value_is_taken_up_to_its_bounds_and_refused_beyond(cls, name, inside, outside):
    declared = find_option(cls, name)
    for text in inside:
        declared.parse(text)
    for text in outside:
        with pytest.raises(UsageError):
            declared.parse(text)


def test_without_a_word_a_plan_is_that_of_the_page():
    values = option_values(Plan())
    assert values == {
        "cutting": "names", "batch_size": 32, "length": 64, "stride": 1, "scored": "all",
        "shuffle": "epochs", "carry": False, "reduction": "mean", "optimiser": "adam",
        "clip_value": None, "clip_norm": None, "weight_decay": 0, "held_out": 0.1,
        "validate_every": None, "patience": None, "inner": 0, "inner_until": 1, "minutes": None,
        "checkpoint_seconds": 10, "keep_checkpoints": 0, "sample_every": None, "seed": 0,
    }  # fmt: skip
    assert Plan().stages == (Stage(epochs=10),)
    assert option_values(Stage()) == {
        "updates": None, "epochs": None, "learning_rate": 0.01, "schedule": "constant",
        "step_every": None, "step_factor": 0.5, "warmup": 0, "corpus": "",
    }  # fmt: skip
