"""How well does the recipe `tiny-shakespeare` know its text?

The text is `tinyshakespeare.txt` in CHARPLAY_REFERENCE. The loss is in nats per character over the
whole last tenth of the text, which decides nothing. Five minutes of two cores are ten of one
processor.
"""

import math
import os
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.runs import REGISTRY, find_recipe, make_trainer, run_events
from benchmarks.timing import Row, skipped_row
from charplay.models.counting import counted_texts, find_best_order
from charplay.text.corpus import Corpus, load_corpus
from charplay.training.evaluation import loss_of
from charplay.training.events import Finished
from charplay.training.texts import RunTexts

TEXT = Path(os.environ.get("CHARPLAY_REFERENCE", "")) / "tinyshakespeare.txt"
QUESTION = "recipe `tiny-shakespeare`: nats per character on the last tenth"
BAR = "1.40, aim 1.38, in 600 s of a processor"
_QUICK_UPDATES = 5


def measure(quick: bool) -> list[Row]:
    """The loss after the whole recipe, beside that of the best n-gram."""
    if not TEXT.is_file():
        return [skipped_row(QUESTION, f"{TEXT.name} is not in CHARPLAY_REFERENCE", BAR)]
    recipe = find_recipe("tiny-shakespeare")
    corpus = load_corpus(replace(recipe.text, corpus=str(TEXT)), REGISTRY.corpora)
    texts = RunTexts.split(corpus, recipe.plan.held_out, {}, recipe.plan.inner)
    begun = time.process_time()
    loss = recipe_loss(corpus, texts, _QUICK_UPDATES if quick else math.inf)
    spent = time.process_time() - begun
    counted = (counted_texts(part, texts.vocabulary) for part in (texts.known, texts.held_out))
    theirs, order = find_best_order(*counted, len(texts.vocabulary))
    return [
        Row(
            QUESTION,
            f"{loss:.4f}, {spent:.0f} s of a processor",
            f"Kneser-Ney of order {order}: {theirs:.4f}",
            f"{loss / theirs:.3f}",
            BAR,
        )
    ]


def recipe_loss(corpus: Corpus, texts: RunTexts, most_updates: float) -> float:
    """The loss, on the part held out, of the model that the recipe makes, or its first updates."""
    models = {}
    trainer = make_trainer(
        find_recipe("tiny-shakespeare"),
        corpus,
        save=lambda which, model, arrays, counters: models.update({which: model}),
    )
    *_, finished = run_events(trainer, lambda: trainer.counters.update > most_updates)
    assert isinstance(finished, Finished)
    return loss_of(models[finished.kept], texts.held_out)
