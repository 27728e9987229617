"""Train the shipped models again, each by its recipe, and compare it with an n-gram.

    python -m tools.make_models            all of them
    python -m tools.make_models drugs      one

Weights are stored as float16. The model file also records the loss of the best Kneser-Ney n-gram on
the same training texts and the same held-out tenth.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from charplay.environment import Environment
from charplay.insight.score import loss_quantiles, name_losses
from charplay.jobs.following import follow_start
from charplay.jobs.job import Job
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.plan import TrainingRun
from charplay.plugins.finder import find_plugins
from charplay.text.corpus import Corpus, NameList
from charplay.training.events import Finished
from charplay.training.measuring import measure_model
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
    events = list(follow_start(job, replace(Environment.of_process(), home=home)))
    finished = next(event for event in events if isinstance(event, Finished))
    return read_checkpoint(job.checkpoint(finished.kept)).without_learner()


def halve_model(run: TrainingRun, checkpoint: Checkpoint) -> Checkpoint:
    """The checkpoint in half precision, measured as it is then."""
    half = checkpoint.halved()
    model = half.model(REGISTRY.backends.find(run.backend))
    texts = run_texts(run)
    measured = measure_model(model, texts, most_counted=10_000_000)
    assert measured is not None
    half = half.with_measures(
        measured.held_out_loss, measured.counting_loss, measured.counting_order
    )
    if isinstance(texts.held_out, NameList):
        losses = name_losses(model, texts.held_out.names)
        half = half.with_header(held_out_quantiles=loss_quantiles(losses))
    return half


def run_texts(run: TrainingRun) -> RunTexts:
    """The texts of a run."""
    return RunTexts.load(run.text, run.plan, REGISTRY.corpora)


def recipe_texts(run: TrainingRun) -> tuple[list[Corpus], Corpus]:
    """(the corpora that a run trains on, the part that it holds out)."""
    texts = run_texts(run)
    return [*texts.others.values(), texts.known], texts.held_out


def main() -> None:
    for name in sys.argv[1:] or MODELS:
        run = recipe_run(name)
        with tempfile.TemporaryDirectory() as home:
            kept = halve_model(run, train_run(run, Path(home)))
        path = FOLDER / f"{name}.safetensors"
        kept.save(path, shared=True)
        made, counting = kept.header.provenance, kept.header.provenance["counting"]
        print(
            f"{name}: held out {made['held_out_loss']:.4f}, n-gram of order {counting['order']} "
            f"{counting['held_out_loss']:.4f} nats per character, "
            f"{path.stat().st_size / 1000:.0f} kB"
        )


if __name__ == "__main__":
    main()
