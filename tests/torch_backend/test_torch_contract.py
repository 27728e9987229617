"""The backend `torch` is held to what charplay asks of every backend."""

from typing import ClassVar

import pytest

from charplay.testing import BackendContract
from charplay_torch import TorchBackend

pytest.importorskip("torch", reason="PyTorch is not installed: charplay[torch]")


class TestTorch(BackendContract):
    backend = TorchBackend()
    config: ClassVar = {"hidden": 6, "layers": 2, "dropout": 0.2}


class TestTorchWithEmbedding(BackendContract):
    backend = TorchBackend()
    config: ClassVar = {"hidden": 6, "cell": "gru", "embedding": 3}
