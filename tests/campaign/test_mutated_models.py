"""Model files that a stranger mutated: added or put into the library by hand, then met."""

from random import Random

import pytest

from charplay.models.library import SUFFIX
from tests.campaign.mutated_models import mutate_model, whole_models, write_file
from tests.campaign.watching import chunks, watched_call

EACH = 50
# What can meet a model; {m} is its name, {f} a file that is not there yet.
VIEWS = (
    ("models",), ("models", "--format", "json"), ("models", "--format", "csv"),
    ("models", "show", "{m}"), ("models", "show", "{m}", "--format", "json"),
    ("models", "export", "{m}", "{f}"), ("names", "{m}", "-n", "3"), ("names", "{m}", "--new"),
    ("names", "{m}", "-n", "2", "--sounds", "--sort", "loss"),
    ("sample", "{m}", "--max-chars", "90"),
    ("sample", "{m}", "--prompt", "Th", "--max-chars", "90"),
    ("poem", "-m", "{m}", "--lines", "2", "--max-chars", "90", "The", "sun"),
    ("probs", "-m", "{m}", "an"), ("surprise", "-m", "{m}", "anna"),
    ("score", "-m", "{m}", "anna"), ("why", "-m", "{m}", "-n", "1"),
    ("neurons", "-m", "{m}", "anna"),
    ("plot", "{m}"), ("plot", "{m}", "{f}.svg"), ("classify", "--models", "{m},dinosaurs", "anna"),
    ("memorised", "{m}", "-n", "3"), ("compare", "{m}", "dinosaurs", "-n", "2"),
    ("model", "{m}"), ("-c", "model {m}", "-c", "anna", "-c", "tree"),
    ("models", "rename", "{m}", "q"),
    ("models", "prune", "--yes"),
)  # fmt: skip


@pytest.fixture(scope="module")
def whole():
    return whole_models()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home whose plugins are known, so that no case asks for them again."""
    home = tmp_path_factory.mktemp("campaign") / "home"
    watched_call(home, ["models"])
    return home


def words_for(view, name, file):
    return [word.format(m=name, f=file) if "{" in word else word for word in view]


@pytest.mark.parametrize("seed", chunks(2_000, 50_000, EACH))
def test_no_model_of_a_stranger_breaks_anything(whole, home, tmp_path, seed):
    random = Random(f"models {seed}")
    for number in range(EACH):
        mutated = mutate_model(random, whole)
        case = f"{seed}.{number}: {mutated.what}"
        path = write_file(mutated, tmp_path / f"m{number}{SUFFIX}")
        size = len(mutated.data)
        name = f"m{number}"
        added = watched_call(home, ["models", "add", path, "--name", name], file_bytes=size)
        assert len(added.err.splitlines()) <= 2, (case, added.err)
        if added.status:
            assert added.err.startswith("error: "), case
            _put_by_hand(home, mutated, name)
        for view in random.sample(VIEWS, 2):
            words = words_for(view, name, tmp_path / f"f{number}")
            said = watched_call(home, words, tty=random.random() < 0.3, file_bytes=size)
            if said.status:
                assert "error: " in said.told, (case, words, said.told)
            if view == ("models",):
                assert "dinosaurs" in said.out, (case, said.told)
        _forget(home, path)


def _put_by_hand(home, mutated, name):
    """The file where the library keeps its own, as if it were one of them."""
    digest = mutated.digest
    (home / "models" / "names").mkdir(parents=True, exist_ok=True)
    (home / "models" / f"{digest}{SUFFIX}").write_bytes(mutated.data)
    (home / "models" / "names" / name).write_text(f"{digest}\n\n")


def _forget(home, path):
    for each in (home / "models").rglob("*"):
        if each.is_file():
            each.unlink()
    path.unlink()
