"""Do the recipes print the same losses and names as the published exercises?

The course printed its losses for its own list of names (`dinos.txt` in CHARPLAY_REFERENCE). Without
that list, the naive loop on the shipped list gives the expected losses.
"""

import os
from pathlib import Path

from benchmarks import naive_rnn
from benchmarks.runs import REGISTRY, dinosaur_names, find_recipe, make_trainer, run_events
from benchmarks.timing import Row
from charplay.text.corpus import load_corpus
from charplay.training.events import Reported

COURSE = {0: 23.087336, 2000: 27.884160, 4000: 25.901815, 6000: 24.608779}
HIHELLO = {"hihello": 2.80, "hihello-sequence": 0.53, "hihello-embedding": 0.05}


def measure(quick: bool) -> list[Row]:
    """Smoothed losses and first names of the course; losses and answers of the `hihello` runs."""
    return [*course_rows(2001 if quick else 6001), *(hihello_row(name) for name in HIHELLO)]


def course_rows(updates: int) -> list[Row]:
    """The losses that `course-dinosaurs` reports, compared with the printed ones."""
    recipe, corpus = find_recipe("course-dinosaurs"), dinosaur_names()
    run = make_trainer(recipe, corpus, recipe.plan.with_length(updates, None))
    reports = [event for event in run_events(run) if isinstance(event, Reported)]
    printed = dict(COURSE) if _has_reference() else naive_losses(corpus.names, updates)
    rows = []
    for report in reports:
        iteration = report.update - 1
        ours, theirs = report.line.rsplit(" ", 1)[1], f"{printed[iteration]:f}"
        rows.append(
            Row(
                f"course-dinosaurs, iteration {iteration}: smoothed loss; first name",
                f"{ours}; {report.names[0]}",
                f"printed: {theirs}",
                "the same" if ours == theirs else "different",
                "all six digits",
            )
        )
    return rows


def naive_losses(names: tuple[str, ...], updates: int) -> dict[int, float]:
    """Smoothed losses of the naive loop, by iteration."""
    weights = naive_rnn.Parameters.exercise(50, len(dinosaur_names().vocabulary))
    return dict(naive_rnn.train(names, weights, updates, 0.01, 5))


def hihello_row(name: str) -> Row:
    """The final loss and answer of one variant."""
    recipe = find_recipe(name)
    run = make_trainer(recipe, load_corpus(recipe.text, REGISTRY.corpora))
    last = [event for event in run_events(run) if isinstance(event, Reported)][-1].line
    loss = float(last.split("loss: ")[1].split(",")[0])
    bar = HIHELLO[name]
    return Row(
        f"{name}: final loss and answer",
        f"{loss:.3f}, {last.rsplit(' ', 1)[1]}",
        "the exercise: ihello",
        f"{loss / bar:.2f} of the bar",
        f"at most {bar:.2f}, ihello",
    )


def _has_reference() -> bool:
    return (Path(os.environ.get("CHARPLAY_REFERENCE", "")) / "dinos.txt").is_file()
