"""The models that come with charplay, each made by the recipe of the same name."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

# Used until you choose a model.
FIRST = "dinosaurs"
# Used for a poem when the current model gives names.
POET = "shakespeare"


def shipped_models() -> Mapping[str, Path]:
    """The file of each shipped model, by the model's name."""
    folder = Path(str(files(__name__)))
    return {path.stem: path for path in sorted(folder.glob("*.safetensors"))}
