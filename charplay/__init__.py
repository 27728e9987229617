"""charplay: train, talk to and take apart small character-level language models.

The names below are what a plugin or a program imports; each is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from charplay.blas import blas_threads as blas_threads
    from charplay.blas import one_blas_thread as one_blas_thread
    from charplay.commands.context import Context as Context
    from charplay.commands.conversing import OpenSession as OpenSession
    from charplay.commands.conversing import open_session as open_session
    from charplay.commands.table import Command as Command
    from charplay.errors import CharplayError as CharplayError
    from charplay.errors import UsageError as UsageError
    from charplay.models.arrays import Array as Array
    from charplay.models.arrays import Arrays as Arrays
    from charplay.models.arrays import State as State
    from charplay.models.cells import CELLS as CELLS
    from charplay.models.cells import Cell as Cell
    from charplay.models.contract import Backend as Backend
    from charplay.models.contract import Learner as Learner
    from charplay.models.contract import Model as Model
    from charplay.models.contract import Stream as Stream
    from charplay.models.recurrent import RecurrentModel as RecurrentModel
    from charplay.models.recurrent import WindowedModel as WindowedModel
    from charplay.models.weights import LayerWeights as LayerWeights
    from charplay.models.weights import RecurrentWeights as RecurrentWeights
    from charplay.models.weights import Shapes as Shapes
    from charplay.models.weights import layer_shapes as layer_shapes
    from charplay.options import option as option
    from charplay.plan import Kind as Kind
    from charplay.plan import Plan as Plan
    from charplay.plan import Report as Report
    from charplay.plan import Stage as Stage
    from charplay.plan import TextChoice as TextChoice
    from charplay.plugins.hookspecs import RegisterBackend as RegisterBackend
    from charplay.plugins.hookspecs import RegisterCommand as RegisterCommand
    from charplay.plugins.hookspecs import RegisterCorpus as RegisterCorpus
    from charplay.plugins.hookspecs import RegisterRecipe as RegisterRecipe
    from charplay.plugins.hookspecs import hookimpl as hookimpl
    from charplay.text.batching import NO_TOKEN as NO_TOKEN
    from charplay.text.batching import Batch as Batch
    from charplay.text.entry import CorpusEntry as CorpusEntry
    from charplay.text.entry import Download as Download
    from charplay.text.vocabulary import Tokens as Tokens
    from charplay.text.vocabulary import Vocabulary as Vocabulary
    from charplay.training.recipe import Recipe as Recipe
    from charplay.training.recipe import recipes_in as recipes_in

__version__ = "0.1.0"

_PUBLIC = {
    "Array": "charplay.models.arrays",
    "Arrays": "charplay.models.arrays",
    "Backend": "charplay.models.contract",
    "Batch": "charplay.text.batching",
    "CELLS": "charplay.models.cells",
    "Cell": "charplay.models.cells",
    "CharplayError": "charplay.errors",
    "Command": "charplay.commands.table",
    "Context": "charplay.commands.context",
    "CorpusEntry": "charplay.text.entry",
    "Download": "charplay.text.entry",
    "Kind": "charplay.plan",
    "LayerWeights": "charplay.models.weights",
    "Learner": "charplay.models.contract",
    "Model": "charplay.models.contract",
    "NO_TOKEN": "charplay.text.batching",
    "OpenSession": "charplay.commands.conversing",
    "Plan": "charplay.plan",
    "Recipe": "charplay.training.recipe",
    "RecurrentModel": "charplay.models.recurrent",
    "RecurrentWeights": "charplay.models.weights",
    "RegisterBackend": "charplay.plugins.hookspecs",
    "RegisterCommand": "charplay.plugins.hookspecs",
    "RegisterCorpus": "charplay.plugins.hookspecs",
    "RegisterRecipe": "charplay.plugins.hookspecs",
    "Report": "charplay.plan",
    "Shapes": "charplay.models.weights",
    "Stage": "charplay.plan",
    "State": "charplay.models.arrays",
    "Stream": "charplay.models.contract",
    "TextChoice": "charplay.plan",
    "Tokens": "charplay.text.vocabulary",
    "UsageError": "charplay.errors",
    "Vocabulary": "charplay.text.vocabulary",
    "WindowedModel": "charplay.models.recurrent",
    "blas_threads": "charplay.blas",
    "hookimpl": "charplay.plugins.hookspecs",
    "layer_shapes": "charplay.models.weights",
    "one_blas_thread": "charplay.blas",
    "open_session": "charplay.commands.conversing",
    "option": "charplay.options",
    "recipes_in": "charplay.training.recipe",
}


def __getattr__(name: str) -> Any:
    place = _PUBLIC.get(name)
    if place is None:
        raise AttributeError(f"module 'charplay' has no attribute {name!r}")
    return getattr(import_module(place), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
