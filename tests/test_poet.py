"""The shipped model of verse: what it says of itself is true, and it does not recite."""

import pytest

from charplay.generation.generator import Continuation
from charplay.generation.options import AnswerOptions
from charplay.generation.place import initial_place, read_tokens
from charplay.models.checkpoint import read_checkpoint
from charplay.models.counting import find_best_order
from charplay.models.header import read_header
from charplay.options import build
from charplay.plan import Plan
from charplay.pretrained import POET, shipped_models
from charplay.training.evaluation import loss_of
from tools.make_models import recipe_run, recipe_texts

LONGEST_SHARED = 40


@pytest.fixture(scope="module")
def texts():
    """What the poet was trained on, and the tenth of the sonnets held out."""
    training, held_out = recipe_texts(recipe_run(POET))
    return [part.text for part in training], held_out


@pytest.fixture(scope="module")
def poet(registry):
    checkpoint = read_checkpoint(shipped_models()[POET])
    return checkpoint.model(registry.backends.find(checkpoint.header.backend))


def test_the_poet_is_small_and_its_recipe_is_the_one_of_its_name_unchanged(registry):
    header, recipe = read_header(shipped_models()[POET]), registry.recipes.find(POET)
    assert shipped_models()[POET].stat().st_size < 6_000_000
    assert header.backend == recipe.backend
    assert header.provenance["recipe"] == POET
    assert Plan.from_dict(header.plan) == recipe.plan
    assert recipe.config.items() <= header.config.items()
    assert recipe.sampling.items() <= header.sampling.items()
    assert header.provenance["stage_texts"].keys() == {"shakespeare"}


def test_what_the_poet_has_counted_is_small():
    weights = read_checkpoint(shipped_models()[POET]).weights
    assert sum(array.nbytes for array in weights.values() if array.dtype.kind in "iu") < 3_000_000


def test_the_poet_knows_the_sonnets_held_out_better_than_any_ngram(poet, texts):
    _, held_out = texts
    told = read_header(shipped_models()[POET]).provenance
    loss = loss_of(poet, held_out)
    assert loss == pytest.approx(told["held_out_loss"], abs=1e-3)
    assert loss < told["counting"]["held_out_loss"] - 0.05


@pytest.mark.slow
def test_what_is_told_of_the_ngram_is_what_the_best_one_does(poet, texts):
    training, held_out = texts
    told = read_header(shipped_models()[POET]).provenance["counting"]
    counted = [poet.vocabulary.encode(text) for text in (*training, held_out.text)]
    loss, order = find_best_order(counted[:-1], counted[-1:], len(poet.vocabulary))
    assert (told["order"], told["held_out_loss"]) == (order, pytest.approx(loss, abs=1e-4))


def test_no_held_out_line_stands_in_what_the_poet_was_trained_on(texts):
    training, held_out = texts
    assert not shared("\n".join(training), held_out.text)


def test_the_poet_does_not_recite(poet, texts, registry):
    sampling = build(AnswerOptions, registry.recipes.find(POET).sampling).within_line(True)
    line = poet.vocabulary.encode("From fairest thoughts of thee")
    start = read_tokens(poet, initial_place(poet), line)
    poems = ["".join(Continuation(poet, start, sampling, seed, 1)) for seed in range(10)]
    assert all(len(poem) > 200 for poem in poems)
    assert not shared("\n".join(texts[0]), "\0".join(poems))


def shared(known: str, text: str) -> set[str]:
    """Stretches of the text, longer than may be, that stand in what is known."""
    size = LONGEST_SHARED + 1
    stretches = {text[i : i + size] for i in range(len(text) - size + 1)}
    known_stretches = (known[i : i + size] for i in range(len(known) - size + 1))
    return {stretch for stretch in known_stretches if stretch in stretches}
