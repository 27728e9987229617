"""Is the shipped poet better than an n-gram, does it recite its text, and how fast is a poem?

The best back-off n-gram is trained on all texts of the recipe. Both models are scored on the last
tenth of the sonnets, which neither of them has seen.
"""

from bisect import bisect_left

import numpy as np

from benchmarks.ngram import find_best_order, find_codes
from benchmarks.start import run_python
from benchmarks.timing import Row, time_alternately
from charplay.commands.poem import VERSE
from charplay.generation.generator import Continuation
from charplay.generation.place import opening, read
from charplay.models.checkpoint import read_checkpoint
from charplay.options import change
from charplay.pretrained import POET, shipped
from charplay.text.corpus import pieces_of
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
# No poem shares a run this long with the text.
_LONGEST_SEARCHED = 200
_BASE = np.uint64(0x9E3779B97F4A7C15)


def measure(quick: bool) -> list[Row]:
    """The three measures of the shipped poet."""
    checkpoint = read_checkpoint(shipped()[POET])
    model = checkpoint.model(REGISTRY.backends.find(checkpoint.header.backend))
    training, held_out = recipe_texts(recipe_run(POET))
    texts = ["".join(pieces_of(corpus)) for corpus in training]
    if quick:
        texts = [text[-20_000:] for text in texts]
    poems = poems_of(model, checkpoint.header.sampling, 1 if quick else 10)
    return [
        loss_row(model, texts, held_out),
        Row(
            f"longest run that {len(poems)} poems share with their training text",
            f"{longest_shared(poems, texts)} characters",
            "–",
            "–",
            f"at most {_LONGEST_ALLOWED}",
        ),
        start_row(quick),
    ]


def loss_row(model, texts, held_out) -> Row:
    """The held-out losses of the poet and of the n-gram."""
    ours = loss_of(model, held_out)
    theirs, order = find_best_order(texts, ["".join(pieces_of(held_out))], len(model.vocabulary))
    return Row(
        f"shipped `{POET}`: nats per character on the last tenth of the sonnets",
        f"{ours:.4f}",
        f"Kneser-Ney of order {order}: {theirs:.4f}",
        f"{ours - theirs:+.4f}",
        "at least 0.05 below",
    )


def poems_of(model, sampling, seeds: int) -> list[str]:
    """The poems that `poem` gives for each line and seed, with the line in front."""
    sampling = change(VERSE, {**sampling, "verse": True})
    places = {line: read(model, opening(model), model.vocabulary.encode(line)) for line in LINES}
    return [
        line + "".join(Continuation(model, place, sampling, seed, 1))
        for line, place in places.items()
        for seed in range(1, seeds + 1)
    ]


def longest_shared(poems: list[str], texts: list[str]) -> int:
    """The length of the longest run of characters that a poem shares with a text."""
    lengths = range(1, _LONGEST_SEARCHED)
    return bisect_left(lengths, True, key=lambda length: not _share_run(poems, texts, length))


def _share_run(poems: list[str], texts: list[str], length: int) -> bool:
    """Whether a poem and a text share a run of that length, compared by 64-bit codes."""
    ours = np.unique(np.concatenate([_window_codes(poem, length) for poem in poems]))
    return bool(len(ours)) and any(
        find_codes(ours, _window_codes(text, length))[1].any() for text in texts
    )


def _window_codes(text: str, length: int):
    """A 64-bit code for every window of so many characters."""
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    count = max(0, len(points) - length + 1)
    codes = np.zeros(count, np.uint64)
    for start in range(length):
        codes = codes * _BASE + points[start : start + count]
    return codes


def start_row(quick: bool) -> Row:
    """Wall time of a poem into a pipe, compared with importing numpy."""
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
