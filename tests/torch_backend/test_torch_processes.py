"""PyTorch trains, and is needed nowhere else."""

import sys
from pathlib import Path

import numpy as np
import pytest

from charplay.errors import UsageError
from charplay.models.checkpoint import Checkpoint
from charplay.options import build
from charplay.text.vocabulary import Vocabulary

INSTALL = "pip install 'charplay[torch]'"
MOST_LINES = 200


@pytest.fixture
def without_torch(monkeypatch):
    """This process as if PyTorch were not installed."""
    monkeypatch.setitem(sys.modules, "torch", None)


@pytest.fixture
def backend(registry):
    return registry.backends.find("torch")


def test_where_pytorch_is_missing_training_says_what_to_install(charplay, without_torch):
    said = charplay("train", "dinosaurs", "--backend", "torch")
    assert said.status == 2
    assert said.err.splitlines() == ["error: training with torch needs torch", f"  → {INSTALL}"]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_model_file_speaks_without_pytorch(charplay, without_torch, backend, tmp_path, cell):
    config = build(backend.Config, {"hidden": 6, "cell": cell, "layers": 2, "embedding": 3})
    model = backend.create(Vocabulary("\nabc"), "names", config, np.random.default_rng(1))
    file = tmp_path / "model.safetensors"
    Checkpoint.of(model, backend).save(file)
    said = charplay("names", file, "-n", "3")
    assert said.status == 0, said.err


def test_hidden_units_that_are_the_logits_are_as_many_as_the_characters(backend):
    config = build(backend.Config, {"hidden": 6, "output_layer": False})
    with pytest.raises(UsageError, match="must be 4") as caught:
        backend.create(Vocabulary("\nabc"), "names", config, np.random.default_rng(1))
    assert caught.value.hint == "use --set hidden=4, or --set output-layer=on"


def test_listing_help_and_sampling_import_no_pytorch(process):
    code = (
        "import os, sys\nfrom charplay.__main__ import main\n"
        "try:\n    main()\nfinally:\n    os.write(2, str('torch' in sys.modules).encode())"
    )
    for words in (["backends"], ["names", "dinosaurs"]):
        assert process(*words, python=["-c", code]).err.splitlines()[-1] == "False"


def test_the_whole_backend_has_fewer_than_200_lines():
    import charplay_torch

    modules = Path(charplay_torch.__file__).parent.glob("*.py")
    lines = [line for path in modules for line in path.read_text("utf-8").splitlines()]
    assert 100 < len([line for line in lines if line.strip()]) < MOST_LINES
