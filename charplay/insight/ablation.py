"""What a model draws without one of its units."""

from __future__ import annotations

from dataclasses import dataclass, replace

from charplay.generation.question import Question
from charplay.insight.compare import draw_answers
from charplay.insight.units import UnitNames
from charplay.interrupts import Interrupted
from charplay.models.contract import Model
from charplay.text.corpus import Corpus
from charplay.text.tokens import NO_TOKEN
from charplay.training.evaluation import negative_log_likelihood, spread_rows

# Characters of the held-out text on which the two are compared.
_CHARACTERS = 10_000
# Steps between two looks for Ctrl-C.
_STEPS_AT_ONCE = 50


@dataclass(frozen=True)
class AblatedAnswer:
    """An answer of the whole model, and that of the same draws without the unit."""

    whole: str
    without: str


@dataclass(frozen=True)
class Ablation:
    """Answers with and without a unit.

    whole_loss, loss_without: on held-out text, in nats per character; None where there is none.
    """

    model: str
    unit: str
    prompt: str
    seed: int
    answers: tuple[AblatedAnswer, ...]
    whole_loss: float | None
    loss_without: float | None
    notices: tuple[str, ...] = ()


def ablate_unit(
    question: Question,
    typed: str,
    held_out: Corpus | None,
    notices: tuple[str, ...] = (),
    interrupted: Interrupted = lambda: False,
) -> Ablation:
    """The answers to a question with and without a unit, drawn by the same numbers."""
    model = question.opened.model
    names = UnitNames(model)
    unit = names.find(typed)
    quiet = model.silenced(unit.array, unit.number)
    without = replace(question, opened=replace(question.opened, model=quiet))
    pairs = list(zip(draw_answers(question, interrupted), draw_answers(without, interrupted)))
    losses = [_loss(each, held_out, interrupted) for each in (model, quiet)]
    return Ablation(
        model=question.opened.name,
        unit=names.shown(unit),
        prompt=question.prompt,
        seed=question.seed,
        answers=tuple(AblatedAnswer(whole.text, quieter.text) for whole, quieter in pairs),
        whole_loss=losses[0],
        loss_without=losses[1],
        notices=(*question.notices, *notices),
    )


def _loss(model: Model, held_out: Corpus | None, interrupted: Interrupted) -> float | None:
    """The mean loss on some of a text; None where there is none, or where it was interrupted."""
    if held_out is None:
        return None
    total, scored = 0.0, 0
    for inputs, targets in spread_rows(held_out, model.vocabulary, _CHARACTERS):
        state = model.initial_state(len(inputs))
        for first in range(0, inputs.shape[1], _STEPS_AT_ONCE):
            if interrupted():
                return None
            part = slice(first, first + _STEPS_AT_ONCE)
            logits, state = model.advance(state, inputs[:, part])
            followed = targets[:, part]
            total += negative_log_likelihood(logits, followed)
            scored += int((followed != NO_TOKEN).sum())
    return total / scored
