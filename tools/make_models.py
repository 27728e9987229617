"""Train the shipped models again, each by its recipe, and compare it with an n-gram.

    python -m tools.make_models            all of them
    python -m tools.make_models drugs      one

Weights are stored as float16. The model file also records the loss of the best back-off n-gram on
the same training texts and the same held-out tenth.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from charplay.environment import Environment
from charplay.insight.score import loss_quantiles, name_losses
from charplay.jobs.job import Job, follow_job
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.counting import counted_texts, find_best_order
from charplay.plan import TrainingRun
from charplay.plugins.finder import find_plugins
from charplay.text.corpus import Corpus, NameList
from charplay.training.evaluation import loss_of
from charplay.training.events import Finished
from charplay.training.texts import RunTexts

FOLDER = Path(__file__).parent.parent / "charplay" / "pretrained"
MODELS = ("dinosaurs", "drugs", "surnames", "firstnames", "shakespeare")
REGISTRY = find_plugins()


def recipe_run(name: str) -> TrainingRun:
    """The run of a recipe on its own corpus."""
    recipe = REGISTRY.recipes.find(name)
    return TrainingRun(
        name=name,
        text=replace(recipe.text, kind=REGISTRY.corpora[recipe.text.corpus].kind),
        backend=recipe.backend or "",
        config=recipe.config,
        plan=recipe.plan,
        sampling=recipe.sampling,
        recipe=name,
        again=f"train --recipe {name}",
    )


def train_run(run: TrainingRun, home: Path) -> Checkpoint:
    """Train a run and give the checkpoint that it keeps."""
    job = Job.create(home, run)
    events = list(follow_job(job, replace(Environment.of_process(), home=home)))
    finished = next(event for event in events if isinstance(event, Finished))
    return read_checkpoint(job.checkpoint(finished.kept)).without_learner()


def measure_model(run: TrainingRun, checkpoint: Checkpoint) -> Checkpoint:
    """The checkpoint in half precision, with its held-out loss and that of the best n-gram."""
    training, held_out = recipe_texts(run)
    half = checkpoint.halved()
    model = half.model(REGISTRY.backends.find(run.backend))
    loss, order = find_best_order(
        [text for corpus in training for text in counted_texts(corpus, model.vocabulary)],
        counted_texts(held_out, model.vocabulary),
        len(model.vocabulary),
    )
    measures = {
        "held_out_loss": round(loss_of(model, held_out), 4),
        "ngram": {"order": order, "held_out_loss": round(loss, 4)},
    }
    half = half.with_header(provenance={**half.header.provenance, **measures})
    if isinstance(held_out, NameList):
        half = half.with_header(
            held_out_quantiles=loss_quantiles(name_losses(model, held_out.names))
        )
    return half


def recipe_texts(run: TrainingRun) -> tuple[list[Corpus], Corpus]:
    """(the corpora that a run trains on, the part that it holds out)."""
    texts = RunTexts.load(run.text, run.plan, REGISTRY.corpora)
    return [*texts.others.values(), texts.training], texts.held_out


def main() -> None:
    for name in sys.argv[1:] or MODELS:
        run = recipe_run(name)
        with tempfile.TemporaryDirectory() as home:
            kept = measure_model(run, train_run(run, Path(home)))
        path = FOLDER / f"{name}.safetensors"
        kept.save(path)
        made = kept.header.provenance
        print(
            f"{name}: held out {made['held_out_loss']:.4f}, n-gram of order "
            f"{made['ngram']['order']} {made['ngram']['held_out_loss']:.4f} nats per character, "
            f"{path.stat().st_size / 1000:.0f} kB"
        )


if __name__ == "__main__":
    main()
