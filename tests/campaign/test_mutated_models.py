"""Model files that a stranger mutated: added or put into the library by hand, then met."""

from random import Random

import pytest

from charplay.models.library import SUFFIX
from charplay.pretrained import shipped_models
from tests.campaign.mutated_models import mutate_model, whole_models, write_file
from tests.campaign.talking import typed_lines
from tests.campaign.watching import chunks, watched_call

EACH = 50
# What can meet a model: {m} is its name, {p} its file, {f} a file that is not there yet.
VIEWS = (
    ("models",), ("models", "--format", "json"), ("models", "--format", "csv"),
    ("models", "show", "{m}"), ("models", "show", "{m}", "--format", "json"),
    ("models", "show", "{p}"), ("models", "export", "{m}", "{f}"),
    ("names", "{m}", "-n", "3"), ("names", "{m}", "--new"), ("names", "{p}", "-n", "1"),
    ("names", "{m}", "-n", "2", "--sounds", "--sort", "loss"),
    ("sample", "{m}", "--max-chars", "90"),
    ("sample", "{m}", "--prompt", "Th", "--max-chars", "90"),
    ("poem", "-m", "{m}", "--lines", "2", "--max-chars", "90", "The", "sun"),
    ("probs", "-m", "{m}", "an"), ("surprise", "-m", "{m}", "anna"),
    ("score", "-m", "{m}", "anna"), ("neurons", "-m", "{m}", "anna"),
    ("plot", "{m}"), ("plot", "{m}", "{f}.svg"), ("classify", "--models", "{m},dinosaurs", "anna"),
    ("memorised", "{m}", "-n", "3"), ("compare", "{m}", "dinosaurs", "-n", "2"),
    ("mix", "{m}", "drugs", "--characters", "union", "--name", "mixed"),
    ("model", "{m}"), ("--model", "{p}", "-c", "anna"),
    ("-c", ":model {m}", "-c", "anna", "-c", ":why", "-c", ":state", "-c", ":keep 1"),
    ("models", "rename", "{m}", "q"), ("models", "remove", "{m}", "--yes"),
    ("models", "prune", "--yes"),
)  # fmt: skip
# A talk at a terminal, with what is offered to be completed.
TALK = (":model {m}", "anna", ":tree", ":why", ":state", ":keep 1", ":retry", ":kept", ":undo")
# A run has a process of its own and takes a second: it meets one of so many.
TRAIN = ("train", "--from", "{m}", "dinosaurs", "--updates", "1", "--name", "further")
TALKS, TRAINS = 10, 200


@pytest.fixture(scope="module")
def whole():
    return whole_models()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home whose plugins are known, so that no case asks for them again."""
    home = tmp_path_factory.mktemp("campaign") / "home"
    watched_call(home, ["models"])
    return home


@pytest.mark.campaign
@pytest.mark.parametrize("view", [*VIEWS, TRAIN], ids=" ".join)
def test_every_view_takes_a_whole_model_of_names_or_of_prose(home, tmp_path, view):
    assert any(_is_done(home, view, model, tmp_path) for model in ("dinosaurs", "shakespeare"))


def _is_done(home, view, model, folder):
    path = shipped_models()[model]
    assert not watched_call(home, ["models", "add", path, "--name", "whole"]).status
    said = watched_call(home, words_for(view, "whole", folder / f"f-{model}", path))
    _forget(home)
    return not said.status


@pytest.mark.campaign
def test_a_talk_with_a_whole_model_meets_no_error(home, registry):
    path = shipped_models()["shakespeare"]
    assert not watched_call(home, ["models", "add", path, "--name", "whole"]).status
    said = typed_lines(home, registry, [line.format(m="whole") for line in TALK])
    assert "error: " not in said.told
    _forget(home)


def words_for(view, name, file, path):
    return [word.format(m=name, f=file, p=path) for word in view]


@pytest.mark.parametrize("seed", chunks(2_000, 50_000, EACH))
def test_no_model_of_a_stranger_breaks_anything(whole, home, registry, tmp_path, seed):
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
        if not random.randrange(TALKS):
            lines = [line.format(m=name) for line in TALK]
            typed_lines(home, registry, lines, case=case)
        trained = [] if random.randrange(TRAINS) else [TRAIN]
        for view in [*trained, *random.sample(VIEWS, 2)]:
            words = words_for(view, name, tmp_path / f"f{number}", path)
            said = watched_call(home, words, tty=random.random() < 0.3, file_bytes=size)
            if said.status:
                assert "error: " in said.told, (case, words, said.told)
            if view == ("models",):
                assert "dinosaurs" in said.out, (case, said.told)
        _forget(home)
        path.unlink()


def _put_by_hand(home, mutated, name):
    """The file where the library keeps its own, as if it were one of them."""
    digest = mutated.digest
    (home / "models" / "names").mkdir(parents=True, exist_ok=True)
    (home / "models" / f"{digest}{SUFFIX}").write_bytes(mutated.data)
    (home / "models" / "names" / name).write_text(f"{digest}\n\n")


def _forget(home):
    """The home without its own models and sessions."""
    for each in (*(home / "models").rglob("*"), *home.glob("sessions.db*")):
        if each.is_file():
            each.unlink()
