"""The texts of a run, read and split once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from charplay.plan import Plan, TextChoice
from charplay.text.batching import Batches, cut_batches
from charplay.text.corpus import Corpus, load_corpus, load_stage_texts, split_corpus
from charplay.text.entry import CorpusEntry
from charplay.text.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class RunTexts:
    """The run's own text, whole and in its two parts, and the other texts of its stages by name.

    Nothing is held out from the other texts.
    """

    own: Corpus
    training: Corpus
    held_out: Corpus
    others: Mapping[str, Corpus]

    @classmethod
    def split(
        cls, own: Corpus, held_out: float, others: Mapping[str, Corpus] | None = None
    ) -> "RunTexts":
        """The texts with a share of the own one held out; CorpusError where that is too short."""
        return cls(own, *split_corpus(own, held_out), others or {})

    @classmethod
    def load(
        cls,
        choice: TextChoice,
        plan: Plan,
        entries: Mapping[str, CorpusEntry],
        home: Path | None = None,
    ) -> "RunTexts":
        """The texts that a run asks for; errors as `load_corpus`, CorpusError as `split`."""
        own = load_corpus(choice, entries, home)
        return cls.split(own, plan.held_out, load_stage_texts(choice, plan, entries, home))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The characters of all the texts together."""
        return self.own.vocabulary.joined(*(other.vocabulary for other in self.others.values()))

    @property
    def characters(self) -> int:
        """Characters that the run trains on."""
        return sum(text.characters for text in (self.training, *self.others.values()))

    def cuttings(self, plan: Plan) -> dict[str, Batches]:
        """The texts that the plan's stages read, cut into batches; the own one has the name "".

        Raises CorpusError where a text does not fit the plan.
        """
        texts = {"": self.training, **self.others}
        read = dict.fromkeys(stage.corpus for stage in plan.stages)
        return {name: cut_batches(texts[name], self.vocabulary, plan) for name in read}

    def stage_sources(self, plan: Plan) -> tuple[str, ...]:
        """The source of each stage's text, or nothing where all stages read the run's own."""
        if not self.others:
            return ()
        texts = {"": self.own, **self.others}
        return tuple(texts[stage.corpus].source for stage in plan.stages)
