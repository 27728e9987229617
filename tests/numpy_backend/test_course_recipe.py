"""The published exercise through the trainer: its losses and names, to the last digit."""

import numpy as np
import pytest

from benchmarks.naive_rnn import Parameters, sample, shuffled, train
from charplay.training.events import Reported

PUBLISHED = {
    0: (
        "23.087336",
        "Nkzxwtdmfqoeyhsqwasjkjvu Kneb Kzxwtdmfqoeyhsqwasjkjvu Neb Zxwtdmfqoeyhsqwasjkjvu Eb "
        "Xwtdmfqoeyhsqwasjkjvu",
    ),
    2000: (
        "27.884160",
        "Liusskeomnolxeros Hmdaairus Hytroligoraurus Lecalosapaus Xusicikoraurus "
        "Abalpsamantisaurus Tpraneronxeros",
    ),
    4000: (
        "25.901815",
        "Mivrosaurus Inee Ivtroplisaurus Mbaaisaurus Wusichisaurus Cabaselachus "
        "Toraperlethosdarenitochusthiamamumamaon",
    ),
}


def reports_of(rehearsal):
    """What a run reported, by iteration."""
    return {report.update - 1: report for report in rehearsal.of(Reported)}


def naive_lines(names, updates, rate, limit):
    """The lines that the naive loop would print, by iteration, and its weights at the end."""
    size = len(set("\n".join(shuffled(names)) + "\n"))
    p = Parameters.exercise(50, size)
    lines = {
        iteration: f"Iteration: {iteration}, Loss: {loss:f}"
        for iteration, loss in train(names, p, updates, rate, limit)
        if iteration % 2000 == 0
    }
    return lines, p


def naive_names(names, p, longest):
    """The seven names that the exercise prints, by the naive loop's own sampler."""
    characters = sorted(set("\n".join(shuffled(names)) + "\n"))
    texts = []
    for seed in range(7):
        indices = sample(p, 0, seed, longest)
        text = "".join(characters[i] for i in indices if i)
        texts.append(text[:1].upper() + text[1:])
    return tuple(texts)


@pytest.fixture(scope="module")
def on_dinos(rehearse, dinos):
    return reports_of(rehearse("course-dinosaurs", dinos, updates=8001))


@pytest.mark.parametrize("iteration", PUBLISHED)
def test_every_published_loss_and_name_agrees(on_dinos, iteration):
    loss, names = PUBLISHED[iteration]
    assert on_dinos[iteration].line == f"Iteration: {iteration}, Loss: {loss}"
    assert on_dinos[iteration].names == tuple(names.split())


def test_the_loss_at_6000_is_the_published_one(on_dinos):
    assert on_dinos[6000].line == "Iteration: 6000, Loss: 24.608779"


def test_later_lines_agree_with_the_naive_loop(on_dinos, dinos):
    lines, _ = naive_lines(dinos.read_text(encoding="utf-8").split("\n"), 8001, 0.01, 5)
    assert {iteration: report.line for iteration, report in on_dinos.items()} == lines
    assert max(lines) == 8000


def invented_drugs():
    """A list like one of drug names: with repeats, capitals, and blanks around a name."""
    random = np.random.default_rng(11)
    parts = ["Ab Cef Dor Lam Zol Tri Mon", "a i o u", "mab nib pril olol statin cillin azole"]
    names = ["".join(random.choice(part.split()) for part in parts) for _ in range(300)]
    return [f" {name} " if i % 7 == 0 else name for i, name in enumerate(names)]


def test_course_dinosaurs_on_the_shipped_list_agrees_with_the_naive_loop(rehearse):
    run = rehearse("course-dinosaurs", updates=2001)
    reports = reports_of(run)
    lines, p = naive_lines(run.corpus.names, 2001, 0.01, 5)
    assert {iteration: report.line for iteration, report in reports.items()} == lines
    assert list(lines) == [0, 2000]
    assert reports[2000].names == naive_names(run.corpus.names, p, 50)
    np.testing.assert_allclose(run.kept["last"].arrays()["recurrent.0"], p.Waa.T, atol=1e-6)


def test_drug_names_on_any_list_agrees_with_the_naive_loop(rehearse, tmp_path):
    path = tmp_path / "drugs.txt"
    path.write_text("\n".join(invented_drugs()), encoding="utf-8")
    run = rehearse("drug-names", path, updates=2001)
    assert len(run.corpus.names) == 300 > len(set(run.corpus.names)), "repeats must be kept"
    reports = reports_of(run)
    lines, p = naive_lines(invented_drugs(), 2001, 0.005, 10)
    assert {iteration: report.line for iteration, report in reports.items()} == lines
    assert reports[2000].names == naive_names(invented_drugs(), p, 20)


def test_the_recipes_are_those_of_the_exercise(registry):
    for name, rate, limit, updates, longest in (
        ("course-dinosaurs", 0.01, 5, 35_000, 50),
        ("drug-names", 0.005, 10, 100_001, 20),
    ):
        recipe = registry.recipes.find(name)
        plan, [stage] = recipe.plan, recipe.plan.stages
        assert (stage.learning_rate, plan.clip_value, stage.updates) == (rate, limit, updates)
        assert (plan.optimiser, plan.held_out, recipe.text.lower) == ("sgd", 0, True)
        assert recipe.config["hidden"] == 50
        assert recipe.sampling["max_chars"] == longest
        line = plan.report.line.format(iteration=7, smoothed=1.5)
        assert line == "Iteration: %d, Loss: %f" % (7, 1.5)  # noqa: UP031
