"""Held-out texts told apart by models, and by Kneser-Ney n-grams of the same training texts."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import charplay
from benchmarks.runs import REGISTRY
from benchmarks.timing import Row
from charplay.insight.classify import Classifier, texts_to_test
from charplay.models.checkpoint import read_checkpoint
from charplay.models.contract import Model
from charplay.models.counting import KneserNey, find_best_order
from charplay.models.ngrams import ReadText
from charplay.plan import TextChoice
from charplay.pretrained import shipped_models
from charplay.text.corpus import NameList, load_corpus
from charplay.text.vocabulary import NEWLINE, Tokens, Vocabulary

LISTS = ("dinosaurs", "drugs", "firstnames", "surnames")
HELD_OUT = INNER = 0.1
MOST = 2000


def measure(quick: bool) -> list[Row]:
    """The shipped models on their lists, and models of a folder of lists as `--each` makes them.

    Those that are ready at once are such n-grams themselves, so they are not measured.
    """
    lists = {name: _read_list(name) for name in LISTS}
    shipped = {name: _shipped_model(name) for name in LISTS}
    rows = [_row("the four shipped models", shipped, lists)]
    few = {name: lists[name] for name in LISTS[: 2 if quick else 3]}
    words, options = ("", {"quick": True}) if quick else (" --minutes 1", {"minutes": 1.0})
    with tempfile.TemporaryDirectory() as folder:
        models = _train_each(Path(folder), few, options)
        rows.append(_row(f"`train FOLDER --each{words}`, {len(few)} lists", models, few))
    return rows


def _read_list(name: str) -> NameList:
    corpus = load_corpus(TextChoice(name, lower=True), REGISTRY.corpora)
    assert isinstance(corpus, NameList)
    return corpus


def _shipped_model(name: str) -> Model:
    checkpoint = read_checkpoint(shipped_models()[name])
    return checkpoint.model(REGISTRY.backends.find(checkpoint.header.backend))


def _train_each(
    folder: Path, lists: Mapping[str, NameList], options: Mapping[str, Any]
) -> dict[str, Model]:
    models = {}
    for name, names in lists.items():
        file = folder / f"{name}.txt"
        file.write_text("".join(names.pieces()), encoding="utf-8")
        models[name] = charplay.train(file, name=name, home=folder / "home", **options).model
    return models


def _row(question: str, models: Mapping[str, Model], lists: Mapping[str, NameList]) -> Row:
    held_out = {name: texts_to_test(each.split(HELD_OUT)[1], MOST) for name, each in lists.items()}
    ours = Classifier(models).test(held_out).accuracy
    counting = kneser_ney_accuracy(lists, held_out)
    return Row(
        f"{question}: held-out names told apart",
        f"{100 * ours:.2f} %",
        f"Kneser-Ney: {100 * counting:.2f} %",
        f"{ours / counting:.4f}",
        "not below 1",
    )


def kneser_ney_accuracy(
    lists: Mapping[str, NameList], held_out: Mapping[str, Sequence[str]]
) -> float:
    """The share of names that the n-gram of their own list finds the likeliest.

    Each n-gram has the best order on a tenth of the training part, and counts all of that part.
    """
    vocabulary = Vocabulary.of("".join(each.vocabulary.characters for each in lists.values()))
    names = [name for some in held_out.values() for name in some]
    own = np.repeat(np.arange(len(lists)), [len(held_out[name]) for name in lists])
    losses = [_losses(each.split(HELD_OUT)[0], names, vocabulary) for each in lists.values()]
    return float((np.argmin(losses, axis=0) == own).mean())


def _losses(known: NameList, names: Sequence[str], vocabulary: Vocabulary) -> list[float]:
    training, inner = known.split_inner(INNER)
    _, order = find_best_order(
        _tokens(training.names, vocabulary), _tokens(inner.names, vocabulary), len(vocabulary)
    )
    counted = KneserNey.count(_tokens(known.names, vocabulary), order, len(vocabulary))
    text = ReadText.of(_tokens(names, vocabulary), order, len(vocabulary))
    losses = -np.log(counted.target_probabilities(text))
    ends = np.cumsum([len(name) + 1 for name in names])
    return [float(part.sum()) for part in np.split(losses, ends[:-1])]


def _tokens(names: Sequence[str], vocabulary: Vocabulary) -> list[Tokens]:
    return [vocabulary.encode(name + NEWLINE) for name in names]
