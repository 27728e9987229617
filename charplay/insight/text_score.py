"""The loss of a model on any text, beside what it is measured by, and what that means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import exp, inf, log
from typing import ClassVar

from charplay.insight.reading import ExpectedPiece, expected_pieces
from charplay.insight.yardsticks import CountingReader
from charplay.interrupts import Interrupted
from charplay.models.contract import Model
from charplay.plural import count_in_words

# On fewer characters a mean is mostly chance.
_FEW = 200
# Losses nearer to each other than this share say the same.
_SAME = 0.02
_EASY = 0.25
# From here on the number itself says nothing, and soon floats have none.
_MANY, _LARGEST_EXPONENT = 1e6, 700


@dataclass(frozen=True)
class TextScore:
    """What a text costs under a model; losses are in nats per character unless they say bits.

    perplexity: among how many equally likely characters the choice would be as hard; uniform: where
    every character of the model is as likely; counting: under the best n-gram of the model's own
    text, whose order is `counting_order`; held_out: the model's on its own text's part held out;
    held_out_counting: the best n-gram's there.
    adapted: where it is scored while it is learned, `adapted_by` what learns.
    """

    is_row: ClassVar[bool] = True

    model: str
    characters: int
    nats: float
    bits: float
    perplexity: float
    uniform: float
    counting: float | None = None
    counting_order: int | None = None
    held_out: float | None = None
    held_out_counting: float | None = None
    adapted: float | None = None
    adapted_bits: float | None = None
    adapted_by: str = ""
    interrupted: bool = False
    notices: tuple[str, ...] = ()

    def with_adapted(self, total: float, by: str) -> TextScore:
        """The score with what the text costs, in nats, where it is learned while it is read."""
        adapted = total / max(1, self.characters)
        return replace(self, adapted=adapted, adapted_bits=adapted / log(2), adapted_by=by)

    @property
    def meaning(self) -> tuple[str, ...]:
        """What the figures say, in sentences."""
        return tuple(_sentences(self))


class TextScorer:
    """Sums up what a text costs; `counting` reads along where an n-gram is at hand."""

    def __init__(self, model: Model, counting: CountingReader | None = None) -> None:
        self._model, self._counting = model, counting
        self.characters, self.total, self.counting_total = 0, 0.0, 0.0

    def read(self, pieces: Iterable[str], interrupted: Interrupted) -> Iterator[ExpectedPiece]:
        """Read a text in the model's letters; each piece once it is counted in."""
        for piece in expected_pieces(self._model, pieces):
            rows = range(len(piece.tokens))
            self.total -= float(piece.log_probabilities[rows, piece.tokens].sum())
            self.characters += len(piece.tokens)
            if self._counting:
                self.counting_total += float(self._counting.nats(piece).sum())
            yield piece
            if interrupted():
                return

    def score(self, name: str, held_out: float | None) -> TextScore:
        """What it came to so far."""
        count = max(1, self.characters)
        mean = self.total / count
        return TextScore(
            model=name,
            characters=self.characters,
            nats=mean,
            bits=mean / log(2),
            perplexity=exp(mean) if mean < _LARGEST_EXPONENT else inf,
            uniform=log(len(self._model.vocabulary)),
            counting=self.counting_total / count if self._counting else None,
            held_out=held_out,
        )


def score_text(model: Model, pieces: Iterable[str], name: str = "") -> TextScore:
    """The loss of a text in the model's letters, given in pieces of any length."""
    scorer = TextScorer(model)
    for _ in scorer.read(pieces, lambda: False):
        pass
    return scorer.score(name, None)


def _sentences(score: TextScore) -> Iterator[str]:
    many = f"{score.perplexity:.1f}" if score.perplexity < _MANY else "over a million"
    among = f"among {many} equally likely characters"
    nothing = f"with no knowledge it would be one among {exp(score.uniform):.0f}"
    yield f"each character is as hard to guess as one {among}; {nothing}"
    if score.held_out:
        yield _beside_held_out(score.nats, score.held_out)
    if score.counting:
        share = 1 - score.nats / score.counting
        if abs(share) < _SAME:
            yield "it knows this text about as well as counting its own text does"
        else:
            better = "better" if share > 0 else "worse"
            yield f"that is {abs(share):.0%} {better} than counting its own text"
    if score.adapted is not None:
        yield _beside_adapted(score.nats, score.adapted)
    if score.characters < _FEW:
        few = count_in_words(score.characters, "character")
        yield f"chance weighs much in {few}: a longer text says more"


def _beside_held_out(nats: float, held_out: float) -> str:
    share = nats / held_out - 1
    if abs(share) < _SAME:
        return "it finds this text as hard as unseen text of the kind that it learned"
    if share > 0:
        return f"it finds this text {share:.0%} harder than unseen text of the kind that it learned"
    easier = f"it finds this text {-share:.0%} easier than unseen text of the kind that it learned"
    return f"{easier}: it may have learned it" if -share > _EASY else easier


def _beside_adapted(nats: float, adapted: float) -> str:
    share = 1 - adapted / nats
    if share < 0:
        return f"learning while it reads makes it {-share:.1%} worse: there is little to learn here"
    return f"learning while it reads takes {share:.1%} off the loss"
