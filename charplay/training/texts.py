"""The texts of a run, read and split once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol, cast

from charplay.errors import CharplayError, CorpusError, quoted
from charplay.models.header import Header
from charplay.options import build, options_of
from charplay.plan import Plan, TextChoice
from charplay.text.batching import Batches, ProseBatches, cut_batches
from charplay.text.corpus import Corpus, load_corpus, load_stage_texts, split_corpus, split_inner
from charplay.text.entry import CorpusEntry
from charplay.text.vocabulary import Vocabulary
from charplay.training.schedule import Schedule


class Prior(Protocol):
    """What another model says of the characters that are to be learned."""

    def joined(self, batches: ProseBatches, name: str, first: int) -> Batches:
        """The batches of a text, each with its prior; first: where they begin in the known text."""
        ...


@dataclass(frozen=True, eq=False)
class RunTexts:
    """The run's own text, whole and in its parts, and the other texts of its stages by name.

    known: all of the own text but the part held out; training: `known` without `inner`. deciding:
    the part that decides when to stop and how to weigh, which is the inner one, or the one held out
    where the plan asks for no inner part. Nothing is held out from the other texts. prior: what a
    model that is learned from them corrects. before: the characters of a model that is trained on.
    """

    own: Corpus
    known: Corpus
    training: Corpus
    inner: Corpus
    held_out: Corpus
    deciding: Corpus
    others: Mapping[str, Corpus]
    prior: Prior | None = None
    before: Vocabulary = Vocabulary("")

    @classmethod
    def split(
        cls,
        own: Corpus,
        held_out: float,
        others: Mapping[str, Corpus] | None = None,
        inner: float = 0,
    ) -> "RunTexts":
        """The texts with a share of the own one held out; CorpusError where that is too short."""
        known, held = split_corpus(own, held_out)
        training, inner_part = split_inner(known, inner)
        deciding = inner_part if inner else held
        return cls(own, known, training, inner_part, held, deciding, others or {})

    def with_inner_learned(self) -> "RunTexts":
        """The texts with the inner part in the training part."""
        nothing = split_inner(self.known, 0)[1]
        return replace(self, training=self.known, inner=nothing, deciding=nothing)

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
        others = load_stage_texts(choice, plan, entries, home)
        return cls.split(own, plan.held_out, others, plan.inner)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The characters of all the texts together, and of a model that is trained on."""
        others = (other.vocabulary for other in self.others.values())
        return self.own.vocabulary.joined(self.before, *others)

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
        before = {"": self.inner.characters}
        return {name: self._cut(name, texts[name], before.get(name, 0), plan) for name in read}

    def _cut(self, name: str, text: Corpus, first: int, plan: Plan) -> Batches:
        """The batches of a text that begins at a place of the known one, with their prior."""
        batches = cut_batches(text, self.vocabulary, plan)
        if self.prior is None:
            return batches
        return self.prior.joined(cast(ProseBatches, batches), name, first)

    def schedule(self, plan: Plan) -> Schedule:
        """The updates of a plan on these texts; CorpusError where a text does not fit the plan."""
        known = None
        if self.inner.characters and plan.inner_until < 1:
            known = self._cut("", self.known, 0, plan)
        return Schedule(plan.stages, self.cuttings(plan), known, plan.inner_until)

    def stage_sources(self, plan: Plan) -> tuple[str, ...]:
        """The source of each stage's text, or nothing where all stages read the run's own."""
        if not self.others:
            return ()
        texts = {"": self.own, **self.others}
        return tuple(texts[stage.corpus].source for stage in plan.stages)


def texts_of_model(
    header: Header,
    local_text: str | None,
    entries: Mapping[str, CorpusEntry],
    home: Path | None = None,
) -> RunTexts:
    """The texts that a model was trained on, in the parts of its plan; CharplayError without them.

    `local_text` is the corpus or file that the library notes for the model. `own.sha256` differs
    from the header's where that has changed. Without it, the text is a corpus by name, and the one
    of the checksum in the model's file, which may come from anywhere and names no file here.
    """
    plan = Plan.from_dict(header.plan)
    choice = text_choice_of(header, local_text)
    if local_text is None:
        own = _load_named(choice, text_digest_of(header), entries, home)
    else:
        own = load_corpus(choice, entries, home)
    return RunTexts.split(own, plan.held_out, {}, plan.inner)


def stage_texts_of_model(
    header: Header, entries: Mapping[str, CorpusEntry], home: Path | None = None
) -> list[Corpus]:
    """The other texts that stages of a model's plan name, as `texts_of_model` finds them."""
    choice = text_choice_of(header, None)
    digests = header.provenance.get("stage_texts", {})
    return [
        _load_named(
            TextChoice(corpus=name, kind=header.kind, lower=choice.lower),
            digests.get(name, ""),
            entries,
            home,
        )
        for name in Plan.from_dict(header.plan).texts
    ]


def _load_named(
    choice: TextChoice, sha256: str, entries: Mapping[str, CorpusEntry], home: Path | None
) -> Corpus:
    """A corpus by name that has a checksum; CorpusError for any other text."""
    if not choice.corpus:
        raise CorpusError("its file names no text", "`corpora` lists the texts that are here")
    if choice.corpus not in entries:
        raise CorpusError(
            f"there is no corpus {quoted(choice.corpus)} here", "`corpora` lists the texts by name"
        )
    corpus = load_corpus(choice, entries, home)
    if corpus.sha256 != sha256:
        raise CorpusError(
            f"the corpus {choice.corpus} here is another text than the model's",
            "`corpora` lists the texts by name",
        )
    return corpus


def text_choice_of(header: Header, local_text: str | None) -> TextChoice:
    """The text that a model was trained on, and how it was read."""
    text = header.provenance.get("text")
    known = {option.name for option in options_of(TextChoice)}
    values = dict(text) if isinstance(text, dict) else {}
    named = {"corpus": local_text} if local_text else {}
    try:
        kept = {name: value for name, value in values.items() if name in known}
        return build(TextChoice, kept | named)
    except CharplayError:
        return TextChoice(local_text or "")


def text_digest_of(header: Header) -> str:
    """The sha256 of the text that a model was trained on; empty where its file says none."""
    text = header.provenance.get("text")
    return str(text.get("sha256", "")) if isinstance(text, dict) else ""
