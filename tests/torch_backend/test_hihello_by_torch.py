"""The hihello exercise by PyTorch in its three variants: each ends on the word."""

import re

import pytest

from charplay.training.events import Reported

pytest.importorskip("torch", reason="PyTorch is not installed: charplay[torch]")

# The loss that the exercise ends at, and its epochs.
VARIANTS = {
    "hihello-torch": (2.80, 100),
    "hihello-torch-sequence": (0.53, 100),
    "hihello-torch-embedding": (0.05, 50),
}
LINE = re.compile(r"epoch: (\d+), loss: (\d+\.\d+), predicted string: ([ehilo]{6})")


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_ends_on_ihello_with_a_loss_as_low_as_the_exercises(rehearse, name):
    lines = [LINE.fullmatch(event.line) for event in rehearse(name).of(Reported)]
    loss, epochs = VARIANTS[name]
    assert [int(line[1]) for line in lines] == list(range(1, epochs + 1))
    assert float(lines[-1][2]) <= loss
    assert lines[-1][3] == "ihello"
