"""Two texts so small that a model learns them in a moment, and the plans by which one may."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from types import MappingProxyType

from charplay.kind import Kind
from charplay.plan import Plan, Stage
from charplay.text.corpus import Corpus, NameList, Prose

_BEGINNINGS, _ENDINGS = ("al", "ber", "cor", "dun", "el", "fa"), ("an", "ba", "ci", "do")
_SENTENCE = "a fox and a dog ran to the fog\n"
_SENTENCES = 12


def make_names() -> NameList:
    """Twenty-four names of two syllables."""
    names = tuple(first + last for first, last in product(_BEGINNINGS, _ENDINGS))
    return NameList(names, "tiny names", "0" * 64)


def make_prose() -> Prose:
    """Twelve lines of prose, all alike."""
    return Prose.of(_SENTENCE * _SENTENCES, "tiny prose", "0" * 64)


def tiny_corpus(kind: Kind) -> Corpus:
    """The tiny text of a kind."""
    return make_names() if kind == "names" else make_prose()


_ONCE = (Stage(epochs=1, learning_rate=0.02),)
_STREAMS = Plan(cutting="stream", batch_size=2, length=5, held_out=0, stages=_ONCE)
_WINDOWS = replace(_STREAMS, cutting="windows")

# Each way to cut a text into batches: the kind of text, and a plan.
PLANS: Mapping[str, tuple[Kind, Plan]] = MappingProxyType(
    {
        "names side by side": ("names", Plan(batch_size=4, held_out=0, stages=_ONCE)),
        "names one at a time, the state carried on": (
            "names",
            Plan(batch_size=1, carry=True, held_out=0, stages=_ONCE),
        ),
        "streams": ("prose", _STREAMS),
        "windows, the last character scored": ("prose", replace(_WINDOWS, scored="last")),
        "windows, all characters scored": ("prose", _WINDOWS),
    }
)
