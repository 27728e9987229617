"""Reports in the words of a published exercise, with its own running mean and its own seeds."""

import math
from dataclasses import replace

import numpy as np

from charplay.generation.generator import draw_names
from charplay.generation.options import Sampling
from charplay.generation.sampling import Course
from charplay.models.contract import Model
from charplay.plan import Report
from charplay.text.corpus import Corpus
from charplay.text.vocabulary import Vocabulary
from charplay.training.events import Reported


class Reporter:
    """Fills in a plan's report."""

    def __init__(
        self, report: Report, corpus: Corpus, vocabulary: Vocabulary, sampling: Sampling
    ) -> None:
        self.every = report.every
        self.start = math.log(len(vocabulary)) * report.guess
        self._report = report
        self._corpus = corpus
        self._vocabulary = vocabulary
        self._sampling = replace(sampling, capital=True)

    def smooth(self, smoothed: float, loss: float) -> float:
        """The running mean after one more loss."""
        keep = self._report.smoothing
        return smoothed * keep + loss * (1 - keep)

    def tell(self, model: Model, update: int, epoch: int, loss: float, smoothed: float) -> Reported:
        """The report after so many updates."""
        fields = {
            "iteration": update - 1,
            "epoch": epoch,
            "loss": loss,
            "smoothed": smoothed,
            "predicted": self._predicted(model) if "{predicted" in self._report.line else "",
        }
        return Reported(update, self._report.line.format(**fields), self._names(model))

    def _names(self, model: Model) -> tuple[str, ...]:
        if not self._report.names:
            return ()
        numbers = range(1, self._report.names + 1)
        nothing = np.array([], np.int32)
        answers = draw_names(model, nothing, self._sampling, Course(), numbers)
        return tuple(answer.text for answer in answers)

    def _predicted(self, model: Model) -> str:
        """The most probable character at every position, the text before it being given."""
        corpus = self._corpus
        text = corpus.text if corpus.kind == "prose" else "\n".join(corpus.names)
        tokens = self._vocabulary.encode(text)
        logits, _ = model.advance(model.initial_state(1), tokens[None, :-1])
        return self._vocabulary.decode(logits[0].argmax(axis=-1))
