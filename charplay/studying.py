"""Studying units and several models from Python: what `import charplay` gives besides.

    import charplay

    charplay.find_neurons("shakespeare").findings[0]
    charplay.classify("brontozepam", ["dinosaurs", "drugs"]).classes[0].model

Models, options, errors and `home` are as in `charplay.api`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from charplay.api import Home, ModelReference, open_reference, open_workspace, options_given
from charplay.errors import UsageError
from charplay.generation.question import admit_prompt, ask_question
from charplay.insight.ablation import Ablation, ablate_unit
from charplay.insight.classify import Classified, Classifier
from charplay.insight.compare import Comparison, Contestant, compare_models
from charplay.insight.finding import Findings, find_units, networks_of
from charplay.insight.learned_text import TextFinder
from charplay.insight.memorised import Memorised, find_copies
from charplay.insight.units import UnitNames, UnitValues, follow_most_varied, follow_units
from charplay.models.library import OpenModel
from charplay.workspace import Workspace


def neurons(
    text: str,
    model: ModelReference | None = None,
    units: Sequence[str] = (),
    n: int = 3,
    *,
    home: Home = None,
) -> list[UnitValues]:
    """What units of a model were after each character of a text; the `n` most varied unless named.

    A unit is "hidden.0:17". The text is read as the model admits it.
    """
    opened = open_reference(open_workspace(home), model)
    names = UnitNames(opened.model)
    named = [names.find(unit) for unit in units]
    tokens = opened.model.vocabulary.encode(admit_prompt(opened, text).text)
    if named:
        return follow_units(opened.model, tokens, named)
    return follow_most_varied(opened.model, tokens, n)


def find_neurons(model: ModelReference | None = None, *, home: Home = None) -> Findings:
    """Units of a model that follow something readable in its held-out text, and how strongly."""
    workspace = open_workspace(home)
    opened = open_reference(workspace, model)
    names = UnitNames(opened.model)
    names.check()
    text = _texts(workspace).find(opened, "this needs")
    if text.unseen is None:
        raise UsageError(
            f"nothing was held out when {opened.name} was trained",
            "train a model that holds some out: held_out=0.1",
        )
    backend = workspace.registry.backends.find(opened.header.backend)
    networks = networks_of(backend, opened.model)
    return find_units(opened.name, networks, names, text.unseen, text.notices)


def ablate(
    unit: str,
    prompt: str = "",
    model: ModelReference | None = None,
    n: int = 3,
    *,
    home: Home = None,
    **options: Any,
) -> Ablation:
    """`n` answers with and without a unit, by the same draws; `options` are those of sampling."""
    workspace = open_workspace(home)
    opened = open_reference(workspace, model)
    sampling = options_given(opened, options)
    question = ask_question(opened, sampling, prompt, n, workspace.environment.fresh_seed)
    text, notices = _texts(workspace).try_to_find(opened, "the loss")
    return ablate_unit(question, unit, text.unseen if text else None, notices)


def compare(
    models: Sequence[ModelReference],
    prompt: str = "",
    n: int = 20,
    *,
    seed: int = 1,
    home: Home = None,
    **options: Any,
) -> Comparison:
    """`n` answers of each model to one prompt, with figures; `options` are those of sampling."""
    workspace = open_workspace(home)
    opened = [open_reference(workspace, each) for each in models]
    return compare_models(
        [_contestant(workspace, each, prompt, n, {**options, "seed": seed}) for each in opened],
        time.monotonic,
    )


def _contestant(
    workspace: Workspace, opened: OpenModel, prompt: str, n: int, options: dict[str, Any]
) -> Contestant:
    sampling = options_given(opened, options)
    question = ask_question(opened, sampling, prompt, n, workspace.environment.fresh_seed)
    text, _ = _texts(workspace).try_to_find(opened, "which samples are new")
    size = opened.path.stat().st_size
    if text is None:
        return Contestant(opened.name, question, size)
    return Contestant(opened.name, question, size, text.known, text.held_out)


def classify(
    text: str,
    models: Sequence[ModelReference],
    prior: Mapping[str, float] | None = None,
    *,
    home: Home = None,
) -> Classified:
    """Which model finds a text least surprising; `prior` has a share for each model's name.

    Raises UsageError for a text of which no model knows a character.
    """
    workspace = open_workspace(home)
    opened = [open_reference(workspace, each) for each in models]
    classifier = Classifier({each.name: each.model for each in opened}, prior)
    admitted = classifier.admit(text)
    if not admitted.text:
        raise UsageError("no model knows a character of this text", "give another text")
    return classifier.classify(admitted.text)


def memorised(
    model: ModelReference | None = None,
    temperatures: Sequence[float] = (0.2, 0.5, 1.0),
    n: int = 5,
    *,
    seed: int = 1,
    home: Home = None,
) -> Memorised:
    """What `n` samples at each temperature share with the text that a model learned."""
    workspace = open_workspace(home)
    opened = open_reference(workspace, model)
    text = _texts(workspace).find(opened, "this needs")
    sampling = options_given(opened, {})
    known, unseen = text.known, text.held_out
    return find_copies(
        opened.name, opened.model, known, unseen, temperatures, n, seed, sampling, text.notices
    )


def _texts(workspace: Workspace) -> TextFinder:
    return TextFinder(workspace.library, workspace.corpora, workspace.environment.home)
