"""Files written before arrays had today's names: read as if they were new, and never rewritten."""

import hashlib
import shutil
import sqlite3

import numpy as np
import pytest
import safetensors.numpy

import charplay
from charplay.generation.generator import Continuation
from charplay.generation.options import Sampling
from charplay.generation.place import initial_place
from charplay.models.checkpoint import read_checkpoint
from charplay.models.header import read_header
from charplay.models.library import Library
from tests.models.former import FIXTURES, finished, former_file, resumed

# What each wrote then by seed 7, at temperature 0.5.
WRITTEN = {
    "dinosaurs": "stegonoceratops\n" + "us\n" * 14 + "us",
    "numpy-gru-finished": "tse s s s \nh  s su  s s s s ss s s s is s  s s s aa is s s s",
    "numpy-lstm-finished": "the sea is calm.\nthe sun is low.\nthe sea is calm.\nthe sea is",
    "keras-gru-finished": "ts se s sh h as iu ise an is u\nth se h se  mlth  hs sh se s ",
    "keras-lstm-finished": "ttdil m\nnd\nce s\newaemtn,oaeiiw\nuadhtca.ele hhtii .n\nmmehslse",
    "keras-unrolled-finished": "sssssal   \n  in  uc ssa ss   u\n  s ss        s     \n a  n  .",
}
DIGESTS = {
    "dinosaurs": "16cdf9d55e21",
    "numpy-gru-finished": "e63953279506",
    "numpy-lstm-finished": "b4e7d7a89238",
    "keras-gru-finished": "7b4859dc72f2",
    "keras-lstm-finished": "e644d1051ea5",
    "keras-unrolled-finished": "2e26501d2af2",
}


@pytest.fixture(params=WRITTEN)
def name(request):
    return request.param


@pytest.fixture
def backend_of(registry):
    return lambda name: registry.backends.find(read_header(former_file(name)).backend)


def same_arithmetic():
    """Whether this machine multiplies as the one did on which the files were written."""
    random = np.random.default_rng(0)
    matrix, row = (random.standard_normal(shape, np.float32) for shape in ((24, 96), (1, 24)))
    for _ in range(20):
        row = np.tanh(row.dot(matrix))[:, :24]
    return hashlib.sha256(row.tobytes()).hexdigest().startswith("cb330aca771b7de6")


def text_of(model):
    sampling = Sampling(max_chars=60, temperature=0.5)
    return "".join(Continuation(model, initial_place(model), sampling, 7, 1))


def test_a_former_model_writes_what_it_wrote_then(name, backend_of):
    model = read_checkpoint(former_file(name)).model(backend_of(name))
    assert text_of(model) == WRITTEN[name]


def test_a_former_models_arrays_have_the_names_of_a_new_models(name, backend_of):
    backend, random = backend_of(name), np.random.default_rng(0)
    former = read_checkpoint(former_file(name)).model(backend)
    new = backend.create(former.vocabulary, former.kind, former.config, random)
    ours, theirs = (
        {called: array.shape for called, array in model.arrays().items()} for model in (former, new)
    )
    assert ours == theirs


def test_the_digest_of_a_former_model_is_its_files_wherever_it_is_kept(name, backend_of, tmp_path):
    path, backend = former_file(name), backend_of(name)
    library = Library(tmp_path, lambda called: backend)
    opened = library.open(str(path))
    assert opened.digest.startswith(DIGESTS[name])
    library.pin(opened)
    pinned = tmp_path / f"{opened.digest}.safetensors"
    assert pinned.read_bytes() == path.read_bytes()
    assert library.add(read_checkpoint(path), "kept") == opened.digest
    assert text_of(library.open("kept").model) == WRITTEN[name]


def test_a_former_model_with_another_header_is_still_read(name, backend_of, tmp_path):
    changed = read_checkpoint(former_file(name)).with_header(sampling={"max_chars": 3})
    changed.save(tmp_path / "changed.safetensors")
    again = read_checkpoint(tmp_path / "changed.safetensors")
    assert again.digest == changed.digest
    assert text_of(again.model(backend_of(name))) == WRITTEN[name]


def test_a_former_run_of_numpy_taken_up_again_ends_where_it_ended_then(registry):
    backend = registry.backends.find("numpy")
    ours, theirs = (run("numpy-gru", backend).arrays() for run in (resumed, finished))
    assert ours.keys() == theirs.keys()
    for called, array in theirs.items():
        if same_arithmetic():
            np.testing.assert_array_equal(ours[called], array, err_msg=called)
        np.testing.assert_allclose(ours[called], array, rtol=0, atol=1e-4, err_msg=called)


@pytest.fixture
def former_home(tmp_path):
    """A home whose session `talk` has two turns with a model of prose, and `names` one."""
    home = tmp_path / "home"
    (home / "models").mkdir(parents=True)
    shutil.copy(FIXTURES / "sessions.db", home)
    for name in ("numpy-lstm-finished", "dinosaurs"):
        digest = read_header(former_file(name)).digest
        shutil.copy(former_file(name), home / "models" / f"{digest}.safetensors")
    return home


def states_of(home):
    """The sha256 of the state after each turn of `talk`, as it is stored."""
    connection = sqlite3.connect(home / "sessions.db")
    rows = connection.execute(
        "SELECT states.turn, arrays FROM states JOIN sessions ON session = key WHERE name = 'talk'"
    ).fetchall()
    connection.close()
    states = {turn: sorted(safetensors.numpy.load(arrays).items()) for turn, arrays in rows}
    return {
        turn: hashlib.sha256(b"".join(array.tobytes() for _, array in state)).hexdigest()[:16]
        for turn, state in states.items()
    }


def test_a_former_session_goes_on_from_its_stored_state_bit_for_bit(former_home):
    with charplay.open_session("talk", home=former_home) as session:
        said = session.say(", the sea", seed=4)
        assert said.answers == (" is calm.\nthe sea is up, and the sea is calm.\nthe sea is cal",)
        session.goto(1)
        other = session.say(" low", seed=9)
        assert other.answers == ("\n\nthe sun is up, and the sea is calm.\nthe sea is up, and the",)
    states = states_of(former_home)
    assert (states[1], states[2]) == ("c6f6a366f910f5bf", "573f317fb8a38dbb")
    assert states[3] == "6d6546d9cace407a" or not same_arithmetic()


def test_a_former_session_with_the_shipped_dinosaurs_gives_the_names_that_it_gave(former_home):
    with charplay.open_session("names", home=former_home) as session:
        names = ("Steg", "Stegopinasaurus", "Stegraptor", "Stegipsaurus", "Stegosuchus")
        assert session.say("Steg", seed=4).answers == names
        names = ("Stegusposaurus", "Stegdrosaurus", "Stegosaurus", "Stegodontops", "Stegophus")
        assert session.retry(seed=3).answers == names
