"""How well does the recipe `tiny-shakespeare` know its text, and what if it learns as it reads?

The text is `tinyshakespeare.txt` in CHARPLAY_REFERENCE. The loss is in nats per character over the
whole last tenth of the text, which decides nothing. Five minutes of two cores are ten of one
processor.

Scored while it is learned, the tenth stands beside two compressors, each by the code length of the
whole text minus that of its first nine tenths: PPMd, and zpaq at its strongest.
"""

import math
import os
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.runs import REGISTRY, find_recipe, make_trainer, run_events
from benchmarks.timing import Row, skipped_row
from charplay.blas import one_blas_thread
from charplay.insight.adapting import AdaptiveScorer
from charplay.insight.text_score import TextScorer
from charplay.models.contract import Model
from charplay.models.counting import counted_texts, find_best_order
from charplay.text.corpus import Corpus, Prose, load_corpus
from charplay.training.evaluation import loss_of
from charplay.training.events import Finished
from charplay.training.texts import RunTexts

TEXT = Path(os.environ.get("CHARPLAY_REFERENCE", "")) / "tinyshakespeare.txt"
QUESTION = "recipe `tiny-shakespeare`: nats per character on the last tenth"
BAR = "1.40, aim 1.38, in 600 s of a processor"
_QUICK_UPDATES, _QUICK_CHARACTERS = 5, 500
_COMPRESSORS = (("PPMd", 1.406), ("zpaq", 1.209))


def measure(quick: bool) -> list[Row]:
    """The loss after the whole recipe, beside that of the best n-gram."""
    if not TEXT.is_file():
        return [skipped_row(QUESTION, f"{TEXT.name} is not in CHARPLAY_REFERENCE", BAR)]
    recipe = find_recipe("tiny-shakespeare")
    corpus = load_corpus(replace(recipe.text, corpus=str(TEXT)), REGISTRY.corpora)
    texts = RunTexts.split(corpus, recipe.plan.held_out, {}, recipe.plan.inner)
    begun = time.process_time()
    model = recipe_model(corpus, _QUICK_UPDATES if quick else math.inf)
    loss, spent = loss_of(model, texts.held_out), time.process_time() - begun
    counted = (counted_texts(part, texts.vocabulary) for part in (texts.known, texts.held_out))
    theirs, order = find_best_order(*counted, len(texts.vocabulary))
    return [
        Row(
            QUESTION,
            f"{loss:.4f}, {spent:.0f} s of a processor",
            f"Kneser-Ney of order {order}: {theirs:.4f}",
            f"{loss / theirs:.3f}",
            BAR,
        ),
        adaptive_row(model, texts.held_out, quick),
    ]


def adaptive_row(model: Model, held_out: Corpus, quick: bool) -> Row:
    """The loss of the last tenth where it is learned while it is read."""
    assert isinstance(held_out, Prose)
    text = held_out.vocabulary.decode(held_out.tokens[: _QUICK_CHARACTERS if quick else None])
    scorer = TextScorer(model)
    adaptive = AdaptiveScorer(model, REGISTRY.backends.find("mix"))
    begun = time.perf_counter()
    with one_blas_thread():
        for piece in scorer.read([text], lambda: False):
            adaptive.read(piece)
    spent = time.perf_counter() - begun
    fixed, learned = (total / scorer.characters for total in (scorer.total, adaptive.total))
    nearest = " and ".join(f"{name} {nats:.3f}" for name, nats in _COMPRESSORS)
    return Row(
        "`score --adaptive`: nats per character on the last tenth",
        f"{learned:.4f} by {adaptive.by}, {spent:.0f} s; fixed {fixed:.4f}",
        nearest,
        " and ".join(f"{learned / nats:.3f}" for _, nats in _COMPRESSORS),
        "how near",
    )


def recipe_model(corpus: Corpus, most_updates: float) -> Model:
    """The model that the recipe makes, or its first updates."""
    models = {}
    trainer = make_trainer(
        find_recipe("tiny-shakespeare"),
        corpus,
        save=lambda which, model, arrays, counters: models.update({which: model}),
    )
    *_, finished = run_events(trainer, lambda: trainer.counters.update > most_updates)
    assert isinstance(finished, Finished)
    return models[finished.kept]
