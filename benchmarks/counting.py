"""How fast is counting, and what does a large text take?

The large text is made of the words of the shipped prose: half of it follows the pairs of words
there, half draws them one by one, and one character in a hundred is replaced. So it has as many new
n-grams as a text of that length has, which a text repeated does not.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import memory
from benchmarks.runs import REGISTRY
from benchmarks.timing import Row, measure_seconds, skipped_row, time_alternately
from charplay.blas import one_blas_thread
from charplay.generation.generator import Continuation, draw_names
from charplay.generation.options import Sampling
from charplay.generation.place import initial_place
from charplay.generation.sampling import Philox
from charplay.models.checkpoint import read_checkpoint
from charplay.models.contract import Model
from charplay.models.counting import KneserNey, counted_texts, find_best_order
from charplay.models.recurrent import RecurrentModel
from charplay.options import build
from charplay.plan import TextChoice
from charplay.pretrained import shipped_models
from charplay.text.corpus import load_corpus
from charplay.text.vocabulary import Vocabulary

MEGABYTE = 1_000_000
_ORDER = 8


def measure(quick: bool) -> list[Row]:
    """The time of counting, choosing, scoring and drawing, and what a large text takes."""
    runs = 1 if quick else 9
    return [
        *counting_rows(runs),
        stream_row(100 if quick else 3000, runs),
        names_row(64 if quick else 1024, runs),
        large_row(1 if quick else 100),
    ]


def counting_rows(runs: int) -> list[Row]:
    """Counting and scoring, each alone."""
    names = load_corpus(TextChoice("surnames"), REGISTRY.corpora)
    prose = load_corpus(TextChoice("shakespeare"), REGISTRY.corpora)
    texts, size = counted_texts(names, names.vocabulary), len(names.vocabulary)
    (plays,), characters = counted_texts(prose, prose.vocabulary), len(prose.vocabulary)
    model = KneserNey.count([plays[:1_000_000]], _ORDER, characters)
    few, many, others = texts[::29][:3000], texts[::3][:30_000], texts[1::30]
    return [
        _seconds_row(
            f"counting {len(few):,} names up to order {_ORDER}",
            lambda: KneserNey.count(few, _ORDER, size),
            runs,
            "at most 0.15 s",
        ),
        _seconds_row(
            f"the best order up to {_ORDER} for {len(many):,} names, on {len(others):,} others",
            lambda: find_best_order(many, others, size),
            runs,
            "at most 3 s",
        ),
        _seconds_row(
            "scoring 100,000 characters of prose",
            lambda: model.loss([plays[-100_000:]]),
            runs,
            "at most 1 s",
        ),
    ]


def _seconds_row(question: str, work: Callable[[], object], runs: int, bar: str) -> Row:
    work()
    seconds = sorted(measure_seconds(work) for _ in range(runs))
    return Row(question, f"{seconds[runs // 2]:.3f} s", "–", "–", bar)


def counted_model(corpus_name: str, vocabulary: Vocabulary) -> Model:
    """The n-gram of a shipped text, all of it, in the characters of a vocabulary that has them."""
    lower = TextChoice(corpus_name, lower=corpus_name == "dinosaurs")
    corpus = load_corpus(lower, REGISTRY.corpora)
    backend = REGISTRY.backends.find("ngram")
    counted = KneserNey.count(counted_texts(corpus, vocabulary), _ORDER, len(vocabulary))
    return backend.load(vocabulary, corpus.kind, build(backend.Config, {}), counted.arrays())


def shipped_network(name: str) -> Model:
    """The network of the shipped model of a name."""
    checkpoint = read_checkpoint(shipped_models()[name])
    model = checkpoint.model(REGISTRY.backends.find(checkpoint.header.backend))
    return next(part for part in model.parts if isinstance(part, RecurrentModel))


def names_drawing(model: Model, count: int) -> Callable[[], object]:
    """What draws so many names."""
    nothing, sampling = np.array([], np.int32), Sampling(max_chars=50)
    return lambda: list(draw_names(model, nothing, sampling, Philox(7), range(1, count + 1)))


def prose_drawing(model: Model, characters: int) -> Callable[[], None]:
    """What draws so many characters of prose."""

    def draw() -> None:
        with one_blas_thread():
            for _ in Continuation(model, start, sampling, 7, 1):
                pass

    start, sampling = initial_place(model), Sampling(max_chars=characters)
    return draw


def stream_row(characters: int, runs: int) -> Row:
    """Drawing prose, one character after the other."""
    network = shipped_network("shakespeare")
    counted = counted_model("sonnets", network.vocabulary)
    seconds = time_alternately(
        prose_drawing(counted, characters), prose_drawing(network, characters), runs
    )
    ours, theirs = (median / characters * 1e6 for median in seconds.medians)
    alone = reading_seconds(counted, characters) / characters * 1e6
    return Row(
        f"n-grams of the sonnets, order {_ORDER}: time per character of prose",
        f"{ours:.0f} µs, {alone:.0f} µs without sampling",
        f"the shipped `shakespeare`: {theirs:.0f} µs",
        seconds.spreads,
        "at most 25 µs without sampling",
    )


def reading_seconds(model: Model, characters: int) -> float:
    """The time in which a stream that remembers nothing yet reads a text that it drew."""
    place = initial_place(model)
    text = "".join(Continuation(model, place, Sampling(max_chars=characters), 8, 1))
    backend = REGISTRY.backends.find("ngram")
    fresh = backend.load(model.vocabulary, model.kind, model.config, model.arrays())
    stream = fresh.stream(fresh.initial_state(1))
    stream.step(place.pending)
    tokens = model.vocabulary.encode(text).tolist()

    def read() -> None:
        for token in tokens:
            stream.step(token)

    return measure_seconds(read)


def names_row(count: int, runs: int) -> Row:
    """Drawing names in blocks."""
    network = shipped_network("dinosaurs")
    counted = counted_model("dinosaurs", network.vocabulary)
    seconds = time_alternately(names_drawing(counted, count), names_drawing(network, count), runs)
    ours, theirs = (median / count * 1e6 for median in seconds.medians)
    return Row(
        f"{count:,} names of n-grams of the dinosaurs, order {_ORDER}: time per name",
        f"{ours:.0f} µs",
        f"the shipped `dinosaurs`: {theirs:.0f} µs",
        seconds.spreads,
        "–",
    )


def large_row(megabytes: int) -> Row:
    """`charplay train --backend ngram` on a large text: time, memory and file."""
    question = f"`charplay train --backend ngram`, {megabytes} MB of prose"
    bar = "10 minutes, 2,000 MB, 40 MB"
    if not memory.PROC.is_dir():
        return skipped_row(question, "memory is measured on Linux", bar)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = folder / "large.txt"
        text.write_bytes(varied_text(megabytes * MEGABYTE))
        command = ("-m", "charplay", "train", str(text), "--kind", "prose", "--backend", "ngram")
        variables = os.environ | {"CHARPLAY_HOME": str(folder / "home")}
        begun = time.perf_counter()
        most = memory.peak_memory((sys.executable, *command), variables) / MEGABYTE
        seconds = time.perf_counter() - begun
        (file,) = (folder / "home" / "models").glob("*.safetensors")
        kept = file.stat().st_size / MEGABYTE
    return Row(question, f"{seconds:.0f} s, {most:,.0f} MB, file {kept:.1f} MB", "–", "–", bar)


def varied_text(size: int) -> bytes:
    """So many bytes of prose in which new n-grams keep coming."""
    rng = np.random.default_rng(0)
    text = " ".join(
        load_corpus(TextChoice(name), REGISTRY.corpora).text  # type: ignore[union-attr]
        for name in ("shakespeare", "moby-dick")
    )
    words = np.array(text.encode("ascii", "ignore").decode().replace("\n", " \n ").split(" "))
    words = words.astype(object)
    count = size // 5
    joined = " ".join([*words[_word_chain(words, count, rng)], *rng.choice(words, count)])
    letters = np.frombuffer(joined.encode(), np.uint8)[:size].copy()
    noisy = rng.random(len(letters)) < 0.01
    letters[noisy] = rng.choice(letters, int(noisy.sum()))
    return letters.tobytes()


def _word_chain(words, count: int, rng: np.random.Generator) -> list[int]:
    """Places of words, each one after some place of the word before."""
    _, kinds = np.unique(words.astype(str), return_inverse=True)
    order = np.argsort(kinds, kind="stable").tolist()
    first = np.searchsorted(np.sort(kinds), kinds).tolist()
    numbers = np.bincount(kinds)[kinds].tolist()
    place, places = 0, []
    for uniform in rng.random(count).tolist():
        places.append(place)
        place = (order[first[place] + int(uniform * numbers[place])] + 1) % len(words)
    return places
