"""Models that come with charplay, each made by the recipe of its name."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

# Talked to where the person has chosen none.
FIRST = "dinosaurs"
# Asked for a poem where the model talked to gives names.
POET = "shakespeare"


def shipped_models() -> Mapping[str, Path]:
    """Where the file of each shipped model lies, by the model's name."""
    folder = Path(str(files(__name__)))
    return {path.stem: path for path in sorted(folder.glob("*.safetensors"))}
