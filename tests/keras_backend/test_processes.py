"""TensorFlow trains, in a process of its own, and is needed and heard of nowhere else."""

import json
import sys

import pytest

from charplay.models.checkpoint import Checkpoint
from charplay.text.vocabulary import Vocabulary

HEAVY = {"tensorflow", "keras"}
INSTALL = "pip install 'charplay[keras]'"
VERSE = "the rose is red\nthe violet is blue\n"

# Runs charplay and tells, last on standard error, which packages were then imported.
TELL = """
import sys
from charplay.terminal.cli import run
from charplay.environment import Environment
status = run(sys.argv[1:], Environment.of_process())
print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
sys.exit(status)
"""


@pytest.fixture
def without_tensorflow(monkeypatch):
    """This process as if TensorFlow and Keras were not installed."""
    for name in HEAVY:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.fixture
def saved(make, backend, tmp_path):
    """Saves a model of the letters of VERSE, and gives its file."""

    def save(name="model", **config):
        model = make(vocabulary=Vocabulary.of(VERSE), spread=1, **config)
        file = tmp_path / f"{name}.safetensors"
        Checkpoint.of(model, backend).save(file)
        return file

    return save


def imported(said):
    """The packages that a run which ended well had imported."""
    assert said.status == 0, said.err
    return set(said.err.splitlines()[-1].split())


# Without TensorFlow.


def test_where_tensorflow_is_missing_the_list_says_what_to_install(charplay, without_tensorflow):
    said = charplay("--format", "json", "backends")
    assert INSTALL in said.out
    assert INSTALL.replace(" ", "") in "".join(charplay("backends").out.split())


def test_where_tensorflow_is_missing_training_says_so_in_a_line_and_what_to_type(
    charplay, without_tensorflow
):
    said = charplay("train", "sonnets", "--backend", "keras")
    assert said.status == 2
    assert said.err.splitlines() == [
        "error: training with keras needs tensorflow, keras",
        f"  → {INSTALL}",
    ]


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "unrolled"])
@pytest.mark.parametrize("window", [0, 5])
def test_a_saved_model_speaks_without_tensorflow(charplay, without_tensorflow, saved, cell, window):
    said = charplay(
        "sample", saved(cell=cell, layers=2, window=window), "--prompt", "the", "--seed", "3"
    )
    assert said.status == 0, said.err
    assert len(said.out) > 400


def test_listing_help_and_sampling_import_no_tensorflow(process, saved):
    file = str(saved())
    for words in (["backends"], ["recipes"], ["--help"], ["sample", file, "--prompt", "the"]):
        assert not imported(process(*words, python=["-c", TELL])) & HEAVY


# With it.


def test_training_leaves_tensorflow_and_its_noise_to_the_worker(installed, process, home, tmp_path):
    text = tmp_path / "verse.txt"
    text.write_text(VERSE * 30)
    script = (
        f":train {text} --backend keras --set hidden=4 batch-size=2 --epochs 1\n"
        "the rose\n"
        ":sample --greedy --max-chars 20\n"
    )
    said = process(python=["-c", TELL], stdin=script)
    assert not imported(said) & HEAVY
    assert "verse is in the library" in said.out
    everything = (said.out + "".join(said.err.splitlines()[:-1])).lower()
    assert not [word for word in ("tensorflow", "onednn", "cuda", "absl") if word in everything]


def test_threads_asked_for_are_those_that_tensorflow_has(installed, process):
    asked = """
import os
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))
from charplay_keras.tensorflow import prepare_tensorflow
prepare_tensorflow()
import tensorflow
print(tensorflow.config.threading.get_intra_op_parallelism_threads())
"""
    said = process(python=["-c", asked])
    assert said.out.split() == ["1"], said.err


# A poem from its opening line, as the exercise on the sonnets answers: read without TensorFlow.


@pytest.fixture
def poet(charplay, registry, saved):
    """Answers a line with a network of the recipe's form, at a seed."""
    recipe = registry.recipes.find("sonnets-lstm")
    file = saved(**{**recipe.config, "hidden": 6})
    rest = [f"--{name.replace('_', '-')}={value}" for name, value in recipe.sampling.items()]

    def answer(line):
        said = charplay("--format", "json", "sample", file, "--prompt", line, "--seed", "5", *rest)
        assert said.status == 0, said.err
        told = json.loads(said.out)
        return told["prompt"], told["answers"][0]["text"]

    return answer


def test_a_poem_is_the_line_as_typed_and_then_400_characters(poet):
    prompt, text = poet("The Rose 0")
    assert prompt == "The Rose 0"
    assert len(text) == 400


@pytest.mark.parametrize(
    "line", ["", "the rose is red " * 5, "rose 0", "0rose", "the 恐 rose", "The"]
)
def test_no_line_breaks_a_poem(poet, line):
    assert len(poet(line)[1]) == 400


def test_a_blank_at_the_end_of_the_line_makes_another_poem(poet):
    assert poet("the rose")[1] != poet("the rose ")[1]


def test_what_stands_before_the_window_changes_nothing(poet):
    window = ("the violet is blue the rose is red " * 2)[:40]
    assert poet("blue is " + window)[1] == poet("red rose" + window)[1] == poet(window)[1]
