"""Do the recipes of published networks reach the losses of the exercises in plain Keras?

Each recipe trains on the same text as the exercise in `plain_keras`. The Nietzsche recipes use the
first 600,893 characters of Moby-Dick in lower case, which is as long as the text of the exercise;
`sonnets-lstm` uses the sonnets in lower case. A loss is the mean training loss of an epoch, in nats
per character.

    python -m benchmarks.published_networks [RECIPE …]

trains them to completion and prints every epoch. `make bench` trains only one epoch per stage on a
part of the text. Complete runs, an hour on two processors, ended with these losses:

    recipe                    charplay   plain Keras
    nietzsche-3                 1.9996        2.0055
    nietzsche-8                 1.6174        1.6194
    nietzsche-rnn               1.5567        1.5559
    nietzsche-stateful-rnn      1.4906        1.4898
    nietzsche-lstm              0.8057        0.8090
    sonnets-lstm                2.0453        2.0419

They must stay within 2 % of each other.
"""

import sys
from dataclasses import dataclass, replace
from itertools import accumulate

from benchmarks.runs import REGISTRY, find_recipe, make_trainer
from benchmarks.timing import Row, skipped_row
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
    """Losses of a recipe and of plain Keras per epoch; `ends` are the last epochs of the stages."""

    name: str
    ours: list[float]
    theirs: list[float]
    ends: list[int]

    @property
    def ratio(self) -> float:
        """Our final loss divided by that of plain Keras."""
        return self.ours[-1] / self.theirs[-1]

    def row(self) -> Row:
        """The losses at the end of each stage."""
        ours, theirs = (
            " → ".join(f"{losses[end - 1]:.4f}" for end in self.ends)
            for losses in (self.ours, self.theirs)
        )
        question = f"{self.name}: training loss after one epoch per stage, on a part of its text"
        bar = "none set; complete runs: at most 1.02"
        return Row(question, ours, f"plain Keras: {theirs}", f"{self.ratio:.3f}", bar)


def measure(quick: bool) -> list[Row]:
    """Train every recipe for one epoch per stage, on a part of its text."""
    if REGISTRY.backends.find("keras").missing():
        return [skipped_row("the recipes of published networks", "Keras is not installed", "–")]
    part = QUICK_PART if quick else PART
    return [compare_recipe(name, part, epochs=1).row() for name in RECIPES]


def compare_recipe(
    name: str, characters: int = CHARACTERS, epochs: int | None = None
) -> Comparison:
    """Train a recipe and plain Keras on so many characters; `epochs`, if given, holds per stage."""
    from benchmarks import plain_keras

    recipe = find_recipe(name)
    stages = tuple(replace(stage, epochs=epochs or stage.epochs) for stage in recipe.plan.stages)
    text = text_for(name, characters)
    trainer = make_trainer(recipe, text, replace(recipe.plan, stages=stages))
    for _ in trainer.train():
        pass
    lengths = [stage.epochs or 1 for stage in stages]
    theirs = plain_keras.train(
        plain_keras.EXERCISES[name],
        text.vocabulary.encode(text.text),
        tuple(zip(lengths, (stage.learning_rate for stage in stages), strict=True)),
    )
    ours = [loss for _, loss, _ in trainer.counters.history]
    return Comparison(name, ours, theirs, list(accumulate(lengths)))


def text_for(name: str, characters: int) -> Prose:
    """The first characters of the text that a recipe is compared on."""
    corpus = "sonnets" if name == "sonnets-lstm" else "moby-dick"
    whole = load_corpus(TextChoice(corpus, kind="prose", lower=True), REGISTRY.corpora)
    assert isinstance(whole, Prose)
    return Prose.of(whole.text[:characters], whole.source, whole.sha256)


def main() -> None:
    for name in sys.argv[1:] or RECIPES:
        comparison = compare_recipe(name)
        for epoch, losses in enumerate(zip(comparison.ours, comparison.theirs, strict=True), 1):
            print(
                f"{name}, epoch {epoch}: {losses[0]:.4f}, plain Keras {losses[1]:.4f}", flush=True
            )
        print(f"{name}: {comparison.ratio:.4f} of the loss of plain Keras", flush=True)


if __name__ == "__main__":
    main()
