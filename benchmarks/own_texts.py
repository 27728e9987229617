"""Is what `train FILE` makes better than counting, on lists and texts that nobody tuned to?

Lists are random parts of the shipped ones. Every figure is a held-out loss, as a multiple of that
of the best Kneser-Ney n-gram of order 8 or less on the same tenth, which flatters the n-gram. For
lists of 300 names or fewer, whose tenth is small, the order is chosen by an inner tenth instead.

A minute stands for one of two quiet cores: two minutes of one processor, by its own clock, so that
other work on the machine changes nothing. Run it with OPENBLAS_NUM_THREADS=1, on one core.

    python -m benchmarks.own_texts             a few draws of each size
    python -m benchmarks.own_texts --draws 20  as many as you have time for
    python -m benchmarks.own_texts --texts sonnets drugs --minutes 0.5 2 8
"""

import argparse
import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.runs import REGISTRY
from benchmarks.timing import Row
from charplay.blas import one_blas_thread
from charplay.jobs.proposals import choose_proposal
from charplay.models.counting import KneserNey, counted_texts, find_best_order
from charplay.plan import Plan, TextChoice
from charplay.text.corpus import Corpus, NameList, load_corpus
from charplay.text.facts import facts_of
from charplay.training.beginning import begin_training
from charplay.training.evaluation import loss_of
from charplay.training.events import Finished
from charplay.training.learners import LearnerMaker
from charplay.training.texts import RunTexts

LISTS = ("surnames", "drugs", "firstnames", "dinosaurs")
SMALL = 300
SIZES = (100, 200, 300, 700, 1500, 5000)


@dataclass(frozen=True)
class Outcome:
    """A model beside counting: ratio of their losses, and what it took."""

    ratio: float
    seconds: float
    processor_seconds: float


def draw_list(name: str, size: int, draw: int) -> NameList | None:
    """A random part of a shipped list; None where the list is shorter."""
    corpus = load_corpus(TextChoice(name), REGISTRY.corpora)
    assert isinstance(corpus, NameList)
    distinct = list(dict.fromkeys(corpus.names))
    if len(distinct) < size:
        return None
    chosen = np.random.default_rng([size, draw]).permutation(len(distinct))[:size]
    return replace(corpus, names=tuple(distinct[i] for i in sorted(chosen.tolist())))


def train_on(corpus: Corpus, minutes: float | None = None) -> Outcome:
    """What `train FILE` would make of a text, in this process."""
    backend, proposal = choose_proposal(REGISTRY.backends, facts_of(corpus), minutes, ())
    texts = RunTexts.split(corpus, proposal.plan.held_out, {}, proposal.plan.inner)
    models = {}
    plan = in_processor_time(proposal.plan)
    begun, busy = time.perf_counter(), time.process_time()
    with one_blas_thread():
        trainer = begin_training(
            LearnerMaker(REGISTRY.backends.find, texts),
            backend.name,
            proposal.config,
            plan,
            save=lambda which, model, arrays, counters: models.update({which: model}),
            clock=time.process_time,
        )
        finished = [event for event in trainer.train() if isinstance(event, Finished)][-1]
    seconds, processor = time.perf_counter() - begun, time.process_time() - busy
    loss = loss_of(models[finished.kept], texts.held_out)
    return Outcome(loss / counting_loss(texts), seconds, processor)


def in_processor_time(plan: Plan) -> Plan:
    """The plan with its minutes of two cores as minutes of one processor."""
    return replace(plan, minutes=2 * plan.minutes) if plan.minutes else plan


def counting_loss(texts: RunTexts) -> float:
    """The loss of counting on the part held out."""
    vocabulary, size = texts.vocabulary, len(texts.vocabulary)
    parts = (texts.known, texts.held_out, texts.training, texts.inner)
    known, held_out, training, inner = (counted_texts(part, vocabulary) for part in parts)
    if texts.own.size > SMALL or texts.own.kind == "prose":
        return find_best_order(known, held_out, size)[0]
    _, order = find_best_order(training, inner, size)
    return KneserNey.count(known, order, size).loss(held_out)


def outcomes(size: int, draws: int) -> Iterator[Outcome]:
    """Outcomes on random parts of that size, of one list after another."""
    made = 0
    for draw in range(draws):
        for name in LISTS:
            corpus = draw_list(name, size, draw)
            if corpus and made < draws:
                made += 1
                outcome = train_on(corpus)
                print(f"{size} of {name}, draw {draw}: {outcome}", flush=True)
                yield outcome


def summary(size: int, found: Iterable[Outcome]) -> Row:
    """The row of one size."""
    found = list(found)
    ratios = [each.ratio for each in found]
    mean = statistics.geometric_mean(ratios) if size <= SMALL else statistics.fmean(ratios)
    worst, spent = max(ratios), max(each.processor_seconds for each in found)
    return Row(
        f"`train FILE` on {size:,} names, {len(found)} draws: held-out loss",
        f"{mean:.3f} of counting's (worst {worst:.3f}), at most {spent:.0f} s of a processor",
        "the best Kneser-Ney n-gram",
        f"{mean:.3f}",
        "1.0, aim 0.98" if size <= SMALL else "0.97, aim 0.95",
    )


def text_row(name: str, minutes: float) -> Row:
    """The row of a whole shipped text, learned in so many minutes."""
    corpus = load_corpus(TextChoice(name), REGISTRY.corpora)
    found = train_on(corpus, minutes)
    return Row(
        f"`train FILE --minutes {minutes:g}` on {name}: held-out loss",
        f"{found.ratio:.3f} of counting's, {found.seconds:.0f} s",
        "the best Kneser-Ney n-gram",
        f"{found.ratio:.3f}",
        "0.95, aim 0.92, in 3 minutes" if corpus.kind == "prose" else "–",
    )


def measure(quick: bool) -> list[Row]:
    """One row a size."""
    sizes = SIZES[:1] if quick else SIZES
    return [summary(size, outcomes(size, 1 if quick else 4)) for size in sizes]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=4)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--texts", nargs="+", default=())
    parser.add_argument("--minutes", type=float, nargs="+", default=(3.0,))
    given = parser.parse_args()
    sizes = (summary(size, outcomes(size, given.draws)) for size in given.sizes)
    texts = (text_row(name, minutes) for name in given.texts for minutes in given.minutes)
    for row in texts if given.texts else sizes:
        print(row.question, row.ours, row.bar, sep=" | ", flush=True)


if __name__ == "__main__":
    main()
