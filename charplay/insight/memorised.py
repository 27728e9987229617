"""Whether a model copies: the runs that its samples share with the text that it learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from charplay.blas import one_blas_thread
from charplay.generation.generator import draw_names
from charplay.generation.options import Sampling
from charplay.generation.place import initial_place, repeat_state
from charplay.generation.sampling import Philox, draw_tokens, token_probabilities
from charplay.insight.common_runs import CommonRun, RunFinder, covered_share
from charplay.interrupts import Interrupted
from charplay.models.contract import Model
from charplay.text.corpus import Corpus, NameList
from charplay.text.typed.typography import comparing_form

# A shorter run is no copy: in verse whole phrases of everyday words are.
LEAST_RUN = {"names": 6, "prose": 20}
_SAMPLE_CHARACTERS = 1000
_MOST_RUNS = 5
HELD_OUT = "held out"
# Samples that share more than this beside held-out text are copies.
_TWICE, _LEAST_MORE, _LONGER, _MANY_LISTED = 2, 0.05, 4, 0.1


@dataclass(frozen=True)
class CopiedShare:
    """What texts from one source share with the text that a model learned.

    source: a temperature, or `held out` for as much of the part of the text that nobody learned;
    characters: how many were looked at; share: of these in runs of that text; longest: the longest
    run, in characters; runs: the longest ones, each once. Of names, listed: the share that is in
    the learned list whole; held_out: the share that is in the part held out; at_most: the share
    that would be listed, at most, if learned names came no more often than those held out.
    """

    source: str
    characters: int
    share: float
    longest: int
    listed: float | None
    held_out: float | None
    at_most: float | None
    runs: tuple[str, ...]

    def copies_beside(self, unseen: CopiedShare, least: int) -> bool:
        """Whether it shares much more than text that nobody learned.

        Of names, those that it learned come more often than chance would have it; of prose, twice
        as much is in runs, or one is far longer. least: the shortest run that counts.
        """
        if self.listed is not None and self.at_most is not None:
            return self.listed > max(self.at_most, _MANY_LISTED)
        much = self.share > _TWICE * unseen.share and self.share > unseen.share + _LEAST_MORE
        return much or self.longest > _LONGER * max(unseen.longest, least)

    @property
    def is_drawn(self) -> bool:
        """Whether the model drew it."""
        return self.source != HELD_OUT


@dataclass(frozen=True)
class Memorised:
    """What a model's samples share with its text, by temperature, and what new text shares.

    least: the characters of the shortest run that counts.
    """

    model: str
    kind: str
    least: int
    seed: int
    sources: tuple[CopiedShare, ...]
    notices: tuple[str, ...] = ()


def find_copies(
    name: str,
    model: Model,
    learned: Corpus,
    held_out: Corpus,
    temperatures: Sequence[float],
    count: int,
    seed: int,
    sampling: Sampling,
    notices: tuple[str, ...] = (),
    interrupted: Interrupted = lambda: False,
) -> Memorised:
    """What `count` samples at each temperature share with the learned text.

    A sample is a name, or 1,000 characters of prose. `held_out` text of the same size stands
    beside them: what that shares, any text of the kind does.
    """
    names = [f"temperature {temperature:g}" for temperature in temperatures]
    samplings = [replace(sampling, temperature=each, greedy=False) for each in temperatures]
    drawn = draw_texts(model, samplings, seed, count, interrupted)
    sources = dict(zip(names, drawn))
    unseen = _unseen_texts(held_out, count)
    if unseen:
        sources[HELD_OUT] = unseen
    least = LEAST_RUN[model.kind]
    finder = RunFinder([text for texts in sources.values() for text in texts], least)
    for piece in learned.pieces():
        finder.read(piece)
        if interrupted():
            break
    runs = iter(finder.longest_runs())
    lists = _Lists.of(learned, held_out)
    rows = tuple(
        _copied_share(source, texts, [next(runs) for _ in texts], lists)
        for source, texts in sources.items()
    )
    return Memorised(name, model.kind, least, seed, rows, notices)


def draw_texts(
    model: Model,
    samplings: Sequence[Sampling],
    seed: int,
    count: int,
    interrupted: Interrupted = lambda: False,
) -> list[list[str]]:
    """`count` samples for each sampling, by the draws of a seed: names, or 1,000 characters each.

    They are fewer, or shorter, where they are interrupted.
    """
    if model.kind == "names":
        nothing, numbers, draws = np.array([], np.int32), range(1, count + 1), Philox(seed)
        return [
            [name.text for name in draw_names(model, nothing, each, draws, numbers, interrupted)]
            for each in samplings
        ]
    columns = []
    start = initial_place(model)
    state = repeat_state(start.state, len(samplings) * count)
    tokens = np.full(len(samplings) * count, start.pending, np.int32)
    with one_blas_thread():
        for position in range(_SAMPLE_CHARACTERS):
            if interrupted():
                break
            logits, state = model.step(state, tokens)
            uniforms = Philox(seed)(1, count, position)
            parts = logits.reshape(len(samplings), count, len(model.vocabulary))
            drawn = [
                draw_tokens(token_probabilities(part, each), uniforms)
                for part, each in zip(parts, samplings, strict=True)
            ]
            tokens = np.concatenate(drawn).astype(np.int32)
            columns.append(tokens)
    rows = np.array(columns, np.int32).reshape(len(columns), len(tokens)).T
    texts = [model.vocabulary.decode(row) for row in rows]
    return [texts[first : first + count] for first in range(0, len(texts), count)]


def _unseen_texts(held_out: Corpus, count: int) -> list[str]:
    """As much text that nobody learned as the samples: names, or stretches spread over prose."""
    if isinstance(held_out, NameList):
        return list(dict.fromkeys(held_out.names))[:count]
    length = min(_SAMPLE_CHARACTERS, held_out.characters)
    starts = np.linspace(0, held_out.characters - length, count if length else 0).astype(int)
    return [
        held_out.vocabulary.decode(held_out.tokens[start : start + length])
        for start in dict.fromkeys(starts.tolist())
    ]


@dataclass(frozen=True)
class _Lists:
    """The names of a list as they compare: those learned, and those held out."""

    learned: frozenset[str]
    held_out: frozenset[str]

    @classmethod
    def of(cls, learned: Corpus, held_out: Corpus) -> _Lists | None:
        """The names of two parts of a list; None for prose."""
        if not (isinstance(learned, NameList) and isinstance(held_out, NameList)):
            return None
        parts = (frozenset(map(comparing_form, part.names)) for part in (learned, held_out))
        return cls(*parts)

    def shares(self, texts: Sequence[str]) -> tuple[float, float, float | None]:
        """(share learned, share held out, most that may be learned) of names.

        A model that has learned what such names are like, and none by heart, draws those of both
        parts alike. Few are held out, so their number is taken at the upper end of what chance
        allows: by two standard deviations of a Poisson count.
        """
        forms, count = list(map(comparing_form, texts)), max(1, len(texts))
        learned = sum(form in self.learned for form in forms)
        held = sum(form in self.held_out for form in forms)
        if not self.held_out:
            return learned / count, 0.0, None
        most = held + 1 + 2 * sqrt(held + 1)
        times = len(self.learned) / len(self.held_out)
        return learned / count, held / count, min(1.0, times * most / count)


def _copied_share(
    source: str,
    texts: Sequence[str],
    runs: Sequence[Sequence[CommonRun]],
    lists: _Lists | None,
) -> CopiedShare:
    characters = sum(map(len, texts))
    covered = sum(
        covered_share(each, len(text)) * len(text) for each, text in zip(runs, texts, strict=True)
    )
    different = dict.fromkeys(run.text for each in runs for run in each)
    longest = sorted(different, key=len, reverse=True)[:_MOST_RUNS]
    listed, held_out, at_most = lists.shares(texts) if lists else (None, None, None)
    return CopiedShare(
        source=source,
        characters=characters,
        share=covered / characters if characters else 0.0,
        longest=max(map(len, longest), default=0),
        listed=listed,
        held_out=held_out,
        at_most=at_most if source != HELD_OUT else None,
        runs=tuple(longest),
    )
