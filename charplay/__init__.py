"""charplay: train, talk to and take apart small character-level language models.

The names below are what a program or a plugin imports; each is loaded when it is first asked for.
`charplay.api` is for programs, the others are for plugins.
"""

from importlib import import_module

# What typing.TYPE_CHECKING is, without loading typing, which takes longer than all else here.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from charplay.api import OpenSession as OpenSession
    from charplay.api import corpora as corpora
    from charplay.api import models as models
    from charplay.api import names as names
    from charplay.api import open_session as open_session
    from charplay.api import poem as poem
    from charplay.api import sample as sample
    from charplay.api import train as train
    from charplay.blas import blas_threads as blas_threads
    from charplay.blas import one_blas_thread as one_blas_thread
    from charplay.commands.command import Command as Command
    from charplay.commands.context import Context as Context
    from charplay.commands.piped_input import piped_file as piped_file
    from charplay.commands.request import Request as Request
    from charplay.commands.results import Column as Column
    from charplay.commands.results import EventStream as EventStream
    from charplay.commands.results import Table as Table
    from charplay.errors import CharplayError as CharplayError
    from charplay.errors import ModelFileError as ModelFileError
    from charplay.errors import UsageError as UsageError
    from charplay.examining import probs as probs
    from charplay.examining import score as score
    from charplay.examining import surprise as surprise
    from charplay.examining import why as why
    from charplay.generation.generator import Answer as Answer
    from charplay.insight.choices import Choice as Choice
    from charplay.insight.described_name import DescribedName as DescribedName
    from charplay.insight.probabilities import NextCharacters as NextCharacters
    from charplay.insight.surprise import ScoredLine as ScoredLine
    from charplay.insight.text_score import TextScore as TextScore
    from charplay.interrupts import giving_up as giving_up
    from charplay.jobs.background import TrainingJob as TrainingJob
    from charplay.kind import Kind as Kind
    from charplay.models.arrays import Array as Array
    from charplay.models.arrays import Arrays as Arrays
    from charplay.models.arrays import State as State
    from charplay.models.cells import CELLS as CELLS
    from charplay.models.cells import Cell as Cell
    from charplay.models.checkpoint import Checkpoint as Checkpoint
    from charplay.models.contract import LEARNER_OPTIONS as LEARNER_OPTIONS
    from charplay.models.contract import Backend as Backend
    from charplay.models.contract import Learner as Learner
    from charplay.models.contract import Mixer as Mixer
    from charplay.models.contract import Model as Model
    from charplay.models.contract import Stream as Stream
    from charplay.models.contract import Weighing as Weighing
    from charplay.models.counting import KneserNey as KneserNey
    from charplay.models.counting import order_losses as order_losses
    from charplay.models.growth import grow_arrays as grow_arrays
    from charplay.models.growth import weight_name as weight_name
    from charplay.models.growth import widened as widened
    from charplay.models.library import OpenModel as OpenModel
    from charplay.models.ngrams import ReadText as ReadText
    from charplay.models.recurrent import RecurrentModel as RecurrentModel
    from charplay.models.recurrent import WindowedModel as WindowedModel
    from charplay.models.weights import LayerWeights as LayerWeights
    from charplay.models.weights import RecurrentWeights as RecurrentWeights
    from charplay.models.weights import Shapes as Shapes
    from charplay.models.weights import layer_shapes as layer_shapes
    from charplay.options import build as build
    from charplay.options import option as option
    from charplay.options import option_values as option_values
    from charplay.options import options_of as options_of
    from charplay.plan import Part as Part
    from charplay.plan import Plan as Plan
    from charplay.plan import Stage as Stage
    from charplay.plan import TextChoice as TextChoice
    from charplay.plugins.api_version import API_VERSION as API_VERSION
    from charplay.plugins.hookspecs import RegisterBackend as RegisterBackend
    from charplay.plugins.hookspecs import RegisterCommand as RegisterCommand
    from charplay.plugins.hookspecs import RegisterCorpus as RegisterCorpus
    from charplay.plugins.hookspecs import RegisterRecipe as RegisterRecipe
    from charplay.plugins.hookspecs import hookimpl as hookimpl
    from charplay.proposal import Proposal as Proposal
    from charplay.proposal import TextFacts as TextFacts
    from charplay.proposal import one_pass_plan as one_pass_plan
    from charplay.proposal import usual_plan as usual_plan
    from charplay.report import Report as Report
    from charplay.studying import ablate as ablate
    from charplay.studying import classify as classify
    from charplay.studying import compare as compare
    from charplay.studying import find_neurons as find_neurons
    from charplay.studying import memorised as memorised
    from charplay.studying import neurons as neurons
    from charplay.terminal.render.console import foreign as foreign
    from charplay.text.batching import Batch as Batch
    from charplay.text.corpus import Corpus as Corpus
    from charplay.text.corpus import load_corpus as load_corpus
    from charplay.text.entry import CorpusEntry as CorpusEntry
    from charplay.text.entry import Download as Download
    from charplay.text.tables.columns import ColumnsError as ColumnsError
    from charplay.text.tokens import NO_TOKEN as NO_TOKEN
    from charplay.text.typed.signs import list_characters as list_characters
    from charplay.text.vocabulary import Tokens as Tokens
    from charplay.text.vocabulary import Vocabulary as Vocabulary
    from charplay.training.array_block import ArrayBlock as ArrayBlock
    from charplay.training.evaluation import log_probabilities as log_probabilities
    from charplay.training.evaluation import loss_of as loss_of
    from charplay.training.optimiser import Optimiser as Optimiser
    from charplay.training.recipe import Recipe as Recipe
    from charplay.training.recipe import recipes_in as recipes_in
    from charplay.training.texts import text_digest_of as text_digest_of
    from charplay.training.texts import texts_of_model as texts_of_model

__version__ = "0.1.0"

_PUBLIC = {
    "API_VERSION": "charplay.plugins.api_version",
    "Answer": "charplay.generation.generator",
    "Array": "charplay.models.arrays",
    "ArrayBlock": "charplay.training.array_block",
    "Arrays": "charplay.models.arrays",
    "Backend": "charplay.models.contract",
    "Batch": "charplay.text.batching",
    "CELLS": "charplay.models.cells",
    "Cell": "charplay.models.cells",
    "CharplayError": "charplay.errors",
    "Checkpoint": "charplay.models.checkpoint",
    "Choice": "charplay.insight.choices",
    "Column": "charplay.commands.results",
    "ColumnsError": "charplay.text.tables.columns",
    "Command": "charplay.commands.command",
    "Context": "charplay.commands.context",
    "Corpus": "charplay.text.corpus",
    "CorpusEntry": "charplay.text.entry",
    "DescribedName": "charplay.insight.described_name",
    "Download": "charplay.text.entry",
    "EventStream": "charplay.commands.results",
    "Kind": "charplay.kind",
    "KneserNey": "charplay.models.counting",
    "LEARNER_OPTIONS": "charplay.models.contract",
    "LayerWeights": "charplay.models.weights",
    "Learner": "charplay.models.contract",
    "Mixer": "charplay.models.contract",
    "Model": "charplay.models.contract",
    "ModelFileError": "charplay.errors",
    "NO_TOKEN": "charplay.text.tokens",
    "NextCharacters": "charplay.insight.probabilities",
    "OpenModel": "charplay.models.library",
    "OpenSession": "charplay.api",
    "Optimiser": "charplay.training.optimiser",
    "Part": "charplay.plan",
    "Plan": "charplay.plan",
    "Proposal": "charplay.proposal",
    "ReadText": "charplay.models.ngrams",
    "Recipe": "charplay.training.recipe",
    "RecurrentModel": "charplay.models.recurrent",
    "RecurrentWeights": "charplay.models.weights",
    "RegisterBackend": "charplay.plugins.hookspecs",
    "RegisterCommand": "charplay.plugins.hookspecs",
    "RegisterCorpus": "charplay.plugins.hookspecs",
    "RegisterRecipe": "charplay.plugins.hookspecs",
    "Report": "charplay.report",
    "Request": "charplay.commands.request",
    "ScoredLine": "charplay.insight.surprise",
    "Shapes": "charplay.models.weights",
    "Stage": "charplay.plan",
    "State": "charplay.models.arrays",
    "Stream": "charplay.models.contract",
    "Table": "charplay.commands.results",
    "TextChoice": "charplay.plan",
    "TextFacts": "charplay.proposal",
    "TextScore": "charplay.insight.text_score",
    "Tokens": "charplay.text.vocabulary",
    "TrainingJob": "charplay.jobs.background",
    "UsageError": "charplay.errors",
    "Vocabulary": "charplay.text.vocabulary",
    "Weighing": "charplay.models.contract",
    "WindowedModel": "charplay.models.recurrent",
    "ablate": "charplay.studying",
    "blas_threads": "charplay.blas",
    "build": "charplay.options",
    "classify": "charplay.studying",
    "compare": "charplay.studying",
    "corpora": "charplay.api",
    "find_neurons": "charplay.studying",
    "foreign": "charplay.terminal.render.console",
    "giving_up": "charplay.interrupts",
    "grow_arrays": "charplay.models.growth",
    "hookimpl": "charplay.plugins.hookspecs",
    "layer_shapes": "charplay.models.weights",
    "list_characters": "charplay.text.typed.signs",
    "load_corpus": "charplay.text.corpus",
    "log_probabilities": "charplay.training.evaluation",
    "loss_of": "charplay.training.evaluation",
    "memorised": "charplay.studying",
    "models": "charplay.api",
    "names": "charplay.api",
    "neurons": "charplay.studying",
    "one_blas_thread": "charplay.blas",
    "one_pass_plan": "charplay.proposal",
    "open_session": "charplay.api",
    "option": "charplay.options",
    "option_values": "charplay.options",
    "options_of": "charplay.options",
    "order_losses": "charplay.models.counting",
    "piped_file": "charplay.commands.piped_input",
    "poem": "charplay.api",
    "probs": "charplay.examining",
    "recipes_in": "charplay.training.recipe",
    "sample": "charplay.api",
    "score": "charplay.examining",
    "surprise": "charplay.examining",
    "text_digest_of": "charplay.training.texts",
    "texts_of_model": "charplay.training.texts",
    "train": "charplay.api",
    "usual_plan": "charplay.proposal",
    "weight_name": "charplay.models.growth",
    "why": "charplay.examining",
    "widened": "charplay.models.growth",
}


def __getattr__(name: str) -> object:
    module = _PUBLIC.get(name)
    if module is None:
        raise AttributeError(f"module 'charplay' has no attribute {name!r}")
    return getattr(import_module(module), name)


def __dir__() -> list[str]:
    return sorted(["__version__", *_PUBLIC])
