"""Reports in the words of a published exercise, with its own running mean and its own seeds."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from charplay.generation.generator import draw_names
from charplay.generation.options import AnswerOptions
from charplay.generation.sampling import Course
from charplay.models.contract import Model
from charplay.report import Report
from charplay.text.corpus import Corpus
from charplay.text.vocabulary import Vocabulary
from charplay.training.counters import RunCounters, running_mean
from charplay.training.events import Reported


class ExerciseReporter:
    """Shows the model as the exercise does: a line, and names under it, in place of samples."""

    def __init__(
        self, report: Report, corpus: Corpus, vocabulary: Vocabulary, options: AnswerOptions
    ) -> None:
        self._report = report
        self._corpus = corpus
        self._vocabulary = vocabulary
        self._options = replace(options, capital=True)
        self._loss = 0.0

    def next_due(self, update: int) -> int:
        """The first update after this one that a report follows: 1, and then at equal steps."""
        every = self._report.every
        return -(-update // every) * every + 1

    def count_losses(self, losses: Sequence[float], counters: RunCounters) -> None:
        """Take losses, as the plan reduces them, into the exercise's running mean."""
        mean = counters.reported
        if mean is None:
            mean = math.log(len(self._vocabulary)) * self._report.guess
        for loss in losses:
            mean = running_mean(mean, loss, self._report.smoothing)
        counters.reported = mean
        self._loss = losses[-1]

    def report(self, model: Model, counters: RunCounters, epoch: int) -> Reported:
        """The line after the last update, and the names."""
        fields = {
            "iteration": counters.update - 1,
            "epoch": epoch,
            "loss": self._loss,
            "smoothed": counters.reported,
            "predicted": self._predicted(model) if "{predicted" in self._report.line else "",
        }
        return Reported(counters.update, self._report.line.format(**fields), self._names(model))

    def _names(self, model: Model) -> tuple[str, ...]:
        if not self._report.names:
            return ()
        numbers = range(1, self._report.names + 1)
        nothing = np.array([], np.int32)
        answers = draw_names(model, nothing, self._options, Course(), numbers)
        return tuple(self._options.present(answer.text) for answer in answers)

    def _predicted(self, model: Model) -> str:
        """The most probable character at every position, given the text before it."""
        corpus = self._corpus
        text = corpus.text if corpus.kind == "prose" else "\n".join(corpus.names)
        tokens = self._vocabulary.encode(text)
        logits, _ = model.advance(model.initial_state(1), tokens[None, :-1])
        return self._vocabulary.decode(logits[0].argmax(axis=1))
