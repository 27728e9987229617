"""What a backend's author may change: an option by a new name, and how a model tells its size."""

from dataclasses import dataclass

import numpy as np
import pytest

from charplay.commands.models import CurrentModel
from charplay.errors import ModelFileError
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.options import option
from charplay.testing.fake_backend import FakeBackend, FakeConfig, FakeModel
from charplay.text.vocabulary import Vocabulary

LETTERS = Vocabulary("\nab")


@dataclass(frozen=True)
class FormerConfig:
    """The options as version 0.9 had them."""

    size: int = option(4, "units")


class FormerBackend(FakeBackend):
    version, Config = "0.9", FormerConfig


class NewBackend(FakeBackend):
    """A backend that knows what an option was called."""

    def upgrade(self, values, version):
        self.seen = version
        return {{"size": "units"}.get(name, name): value for name, value in values.items()}


@pytest.fixture
def former(tmp_path):
    """A file of version 0.9."""
    model = FakeBackend().create(LETTERS, "names", FakeConfig(4), np.random.default_rng(0))
    model.config = FormerConfig(4)
    path = tmp_path / "former.safetensors"
    Checkpoint.of(model, FormerBackend()).save(path)
    return read_checkpoint(path)


def test_an_option_that_has_another_name_now_is_read_from_an_earlier_file(former):
    backend = NewBackend()
    assert former.model(backend).config == FakeConfig(4)
    assert backend.seen == "0.9"
    assert former.header.config == {"size": 4}


def test_without_an_upgrade_the_option_is_named_that_is_not_known(former):
    with pytest.raises(ModelFileError, match="option of fake 'size'"):
        former.model(FakeBackend())


class CountedModel(FakeModel):
    size = "8 beads"


def test_a_model_tells_its_size_in_its_own_words():
    backend = FakeBackend()
    model = backend.create(LETTERS, "names", FakeConfig(4), np.random.default_rng(0))
    assert model.size == "27 weights"
    assert CountedModel(LETTERS, "names", FakeConfig(4)).size == "8 beads"
    assert FakeModel(LETTERS, "names", FakeConfig(4)).size == ""
    assert "model_size" in CurrentModel.__dataclass_fields__
