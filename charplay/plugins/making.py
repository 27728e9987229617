"""Entries made of their data: what the rest of charplay is given when it asks for one."""

from collections.abc import Callable, Mapping
from typing import Any

from charplay.plugins.border import BackendAtBorder
from charplay.plugins.loading import PluginCode
from charplay.text.entry import CorpusEntry
from charplay.training.recipe import Recipe

# By kind.
MAKE: Mapping[str, Callable[[Mapping[str, Any], PluginCode], Any]] = {
    "backends": BackendAtBorder,
    "corpora": lambda data, code: CorpusEntry.from_data(data),
    "recipes": lambda data, code: Recipe.from_data(data),
}
