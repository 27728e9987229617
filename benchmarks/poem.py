"""Is the shipped poet better than counting, does it recite, and does a poem come at once?

Beside it stands the best Kneser-Ney n-gram of the same text: all that the recipe trains on, scored
on the last tenth of the sonnets, which neither has seen.
"""

from bisect import bisect_left

import numpy as np

from benchmarks.start import run_python
from benchmarks.timing import Row, time_alternately
from charplay.generation.generator import Continuation
from charplay.generation.options import POEM_OPTIONS
from charplay.generation.place import initial_place, read_tokens
from charplay.models.checkpoint import read_checkpoint
from charplay.models.counting import counted_texts, find_best_order
from charplay.models.smoothing import find_codes
from charplay.options import change
from charplay.pretrained import POET, shipped_models
from charplay.training.evaluation import loss_of
from tools.make_models import REGISTRY, recipe_run, recipe_texts

LINES = (
    "Shall I compare thee to a winter's night",
    "O for a muse of silicon",
    "When I do count the weights that tell the word",
    "The sea, the sea, and nothing but",
    "No more be kind, my love",
)
_LONGEST_ALLOWED = 40
# No poem has a longer run, and for few would it matter whether.
_LONGEST_TOLD = 200
_BASE = np.uint64(0x9E3779B97F4A7C15)


def measure(quick: bool) -> list[Row]:
    """The three figures of the shipped poet."""
    checkpoint = read_checkpoint(shipped_models()[POET])
    model = checkpoint.model(REGISTRY.backends.find(checkpoint.header.backend))
    training, held_out = recipe_texts(recipe_run(POET))
    texts = ["".join(corpus.pieces()) for corpus in training]
    if quick:
        texts = [text[-20_000:] for text in texts]
    poems = poems_of(model, checkpoint.header.sampling, 1 if quick else 10)
    return [
        against_counting(model, texts, held_out),
        Row(
            f"longest run that {len(poems)} poems share with the text trained on",
            f"{longest_shared(poems, texts)} characters",
            "–",
            "–",
            f"at most {_LONGEST_ALLOWED}",
        ),
        at_once(quick),
    ]


def against_counting(model, texts, held_out) -> Row:
    """Losses on the tenth held out."""
    ours = loss_of(model, held_out)
    training = [model.vocabulary.encode(text) for text in texts]
    scored = counted_texts(held_out, model.vocabulary)
    theirs, order = find_best_order(training, scored, len(model.vocabulary))
    return Row(
        f"shipped `{POET}`: nats a character on the last tenth of the sonnets",
        f"{ours:.4f}",
        f"Kneser-Ney of order {order}: {theirs:.4f}",
        f"{ours - theirs:+.4f}",
        "1.28, aim 1.26",
    )


def poems_of(model, sampling, seeds: int) -> list[str]:
    """Poems as `poem` gives them, to each line by so many seeds, the line included."""
    options = change(POEM_OPTIONS, {**sampling, "verse": True}).within_line(True)
    places = {
        line: read_tokens(model, initial_place(model), model.vocabulary.encode(line))
        for line in LINES
    }
    return [
        line + "".join(Continuation(model, place, options, seed, 1))
        for line, place in places.items()
        for seed in range(1, seeds + 1)
    ]


def longest_shared(poems: list[str], texts: list[str]) -> int:
    """Characters of the longest run that a poem has in common with one of the texts."""
    lengths = range(1, _LONGEST_TOLD)
    return bisect_left(lengths, True, key=lambda length: not _share(poems, texts, length))


def _share(poems: list[str], texts: list[str], length: int) -> bool:
    """Whether a run of that length stands in both; windows are told apart by 64 bits."""
    ours = np.unique(np.concatenate([_windows(poem, length) for poem in poems]))
    return bool(len(ours)) and any(
        find_codes(ours, _windows(text, length))[1].any() for text in texts
    )


def _windows(text: str, length: int):
    """A number for every stretch of so many characters."""
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    count = max(0, len(points) - length + 1)
    codes = np.zeros(count, np.uint64)
    for start in range(length):
        codes = codes * _BASE + points[start : start + count]
    return codes


def at_once(quick: bool) -> Row:
    """Wall time of a poem, piped, beside importing numpy."""
    seconds = time_alternately(
        lambda: run_python("-m", "charplay", "poem", LINES[0]),
        lambda: run_python("-c", "import numpy"),
        1 if quick else 9,
    )
    ours, bare = seconds.medians
    return Row(
        "charplay poem, piped, whole process",
        f"{ours * 1000:.0f} ms",
        f"python -c 'import numpy': {bare * 1000:.0f} ms",
        seconds.more,
        "at most 500 ms",
    )
