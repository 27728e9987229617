"""Do the recipes of published networks end where plain Keras code of the exercises ends?

Each recipe, and the exercise as `plain_keras` has it, train on the same text: for those on
Nietzsche the first 600,893 characters of Moby-Dick, lower-cased, which is as long as the exercise's
own text; for `sonnets-lstm` the sonnets, lower-cased. Losses are an epoch's mean training loss,
nats a character.

    python -m benchmarks.published_networks [RECIPE …]

trains them to their ends and prints every epoch; as one of the benchmarks, a stage is one epoch on
a part of the text. Whole runs, an hour of two processors, ended at

    recipe                    charplay   plain Keras
    nietzsche-3                 1.9996        2.0055
    nietzsche-8                 1.6174        1.6194
    nietzsche-rnn               1.5567        1.5559
    nietzsche-stateful-rnn      1.4906        1.4898
    nietzsche-lstm              0.8057        0.8090
    sonnets-lstm                2.0453        2.0419

and must stay within 2 % of each other.
"""

import sys
from dataclasses import dataclass, replace
from itertools import accumulate

from benchmarks.runs import REGISTRY, recipe, trainer
from benchmarks.timing import Row, skipped
from charplay.plan import TextChoice
from charplay.text.corpus import Prose, load_corpus

CHARACTERS = 600_893
PART = 60_000
QUICK_PART = 4_000
RECIPES = (
    "nietzsche-3",
    "nietzsche-8",
    "nietzsche-rnn",
    "nietzsche-stateful-rnn",
    "nietzsche-lstm",
    "sonnets-lstm",
)


@dataclass(frozen=True)
class Comparison:
    """Losses of a recipe and of plain Keras, epoch by epoch, and after how many a stage ends."""

    name: str
    ours: list[float]
    theirs: list[float]
    ends: list[int]

    @property
    def ratio(self) -> float:
        """Ours over plain Keras', at the end."""
        return self.ours[-1] / self.theirs[-1]

    def row(self) -> Row:
        """The losses at the ends of stages."""
        ours, theirs = (
            " → ".join(f"{losses[end - 1]:.4f}" for end in self.ends)
            for losses in (self.ours, self.theirs)
        )
        question = f"{self.name}: training loss of an epoch a stage, on a part of its text"
        bar = "none set; whole runs: at most 1.02"
        return Row(question, ours, f"plain Keras: {theirs}", f"{self.ratio:.3f}", bar)


def measure(quick: bool) -> list[Row]:
    """Every recipe for an epoch a stage, on a part of its text."""
    if REGISTRY.backends.find("keras").missing():
        return [skipped("the recipes of published networks", "Keras is not installed", "–")]
    part = QUICK_PART if quick else PART
    return [compared(name, part, epochs=1).row() for name in RECIPES]


def compared(name: str, characters: int = CHARACTERS, epochs: int | None = None) -> Comparison:
    """A recipe beside plain Keras on so many characters, in its stages' epochs or so many each."""
    from benchmarks import plain_keras

    made = recipe(name)
    stages = tuple(replace(stage, epochs=epochs or stage.epochs) for stage in made.plan.stages)
    text = text_for(name, characters)
    run = trainer(made, text, replace(made.plan, stages=stages))
    for _ in run.train():
        pass
    lengths = [stage.epochs or 1 for stage in stages]
    theirs = plain_keras.train(
        plain_keras.EXERCISES[name],
        text.vocabulary.encode(text.text),
        tuple(zip(lengths, (stage.learning_rate for stage in stages), strict=True)),
    )
    ours = [loss for _, loss, _ in run.counters.history]
    return Comparison(name, ours, theirs, list(accumulate(lengths)))


def text_for(name: str, characters: int) -> Prose:
    """The text of a comparison, or so much of its beginning."""
    corpus = "sonnets" if name == "sonnets-lstm" else "moby-dick"
    whole = load_corpus(TextChoice(corpus, kind="prose", lower=True), REGISTRY.corpora)
    assert isinstance(whole, Prose)
    return Prose.of(whole.text[:characters], whole.source, whole.sha256)


def main() -> None:
    for name in sys.argv[1:] or RECIPES:
        comparison = compared(name)
        for epoch, losses in enumerate(zip(comparison.ours, comparison.theirs, strict=True), 1):
            print(
                f"{name}, epoch {epoch}: {losses[0]:.4f}, plain Keras {losses[1]:.4f}", flush=True
            )
        print(f"{name}: {comparison.ratio:.4f} of plain Keras' loss", flush=True)


if __name__ == "__main__":
    main()
