"""One file a model: it comes back as it was, or says in one line what is wrong with it."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from charplay.errors import ModelFileError
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.header import Header, read_header
from charplay.plan import Plan
from charplay.text.vocabulary import Vocabulary
from charplay_numpy.backend import NumpyBackend
from charplay_numpy.config import NumpyConfig

BACKEND = NumpyBackend()
VOCABULARY = Vocabulary.of("\nabcé—ü😀")
CONFIG = NumpyConfig(hidden=5, embedding=3, initialiser="uniform")
LEARNER = {"adam.count": np.array([7], np.int64), "carried": np.zeros((2, 5), np.float32)}


@pytest.fixture
def model():
    return BACKEND.create(VOCABULARY, "names", CONFIG, np.random.default_rng(3))


@pytest.fixture
def checkpoint(model):
    return Checkpoint.of(
        model,
        BACKEND,
        LEARNER,
        plan=Plan().to_dict(),
        provenance={"text": {"corpus": "naïve “names”.txt"}},
        history=((10, 2.5, None), (20, 2.25, 2.375)),
        progress={"update": 20, "best": None},
    )


@pytest.fixture
def path(checkpoint, tmp_path):
    path = tmp_path / "model.safetensors"
    checkpoint.save(path)
    return path


def refused(path, read=read_checkpoint):
    """What reading a bad file says: a ModelFileError of one line, and a hint."""
    with pytest.raises(ModelFileError) as caught:
        read(path)
    error = caught.value
    assert error.message.strip()
    assert "\n" not in error.message
    assert error.hint.strip()
    return error


def loaded(path):
    """All that opening a model does."""
    return read_checkpoint(path).model(BACKEND)


def assert_same_arrays(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        assert array.dtype == theirs[name].dtype
        np.testing.assert_array_equal(array, theirs[name])


def test_a_checkpoint_comes_back_as_it_was(checkpoint, path):
    back = read_checkpoint(path)
    assert replace(back.header, digest="") == checkpoint.header
    assert_same_arrays(back.weights, checkpoint.weights)
    assert_same_arrays(back.learner, checkpoint.learner)


def test_the_model_in_it_says_what_it_said(model, path):
    back = loaded(path)
    tokens = VOCABULARY.encode("abc😀é")[None]
    logits, state = model.advance(model.initial_state(1), tokens)
    again, after = back.advance(back.initial_state(1), tokens)
    np.testing.assert_array_equal(again, logits)
    np.testing.assert_array_equal(after["hidden.0"], state["hidden.0"])
    assert (back.vocabulary, back.kind, back.config) == (VOCABULARY, "names", CONFIG)


def test_a_model_is_one_file_and_no_pickle(path):
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    tensors = safetensors.numpy.load(path.read_bytes())
    assert {name.split("/")[0] for name in tensors} == {"model", "learner"}
    assert not any(array.dtype.hasobject for array in tensors.values())


def test_the_header_is_read_without_the_weights(checkpoint, path):
    assert replace(read_header(path), digest="") == checkpoint.header


def test_the_digest_is_that_of_header_and_arrays(checkpoint, path):
    assert checkpoint.digest == read_header(path).digest == read_checkpoint(path).digest
    other = {**checkpoint.weights, "bias.0": checkpoint.weights["bias.0"] + 1}
    assert replace(checkpoint, weights=other).digest != checkpoint.digest
    header = replace(checkpoint.header, kind="prose")
    assert replace(checkpoint, header=header).digest != checkpoint.digest


def test_the_last_held_out_loss_is_the_one_told(checkpoint):
    assert checkpoint.header.held_out_loss == 2.375
    assert replace(checkpoint.header, history=()).held_out_loss is None


def test_without_its_learner_a_checkpoint_is_the_model_alone(checkpoint):
    alone = checkpoint.without_learner()
    assert alone.learner == {}
    assert alone.header.progress == {}
    assert_same_arrays(alone.weights, checkpoint.weights)


plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
plain |= st.floats(allow_nan=False, allow_infinity=False)
values = st.dictionaries(st.text(max_size=8), plain | st.lists(plain, max_size=3), max_size=4)
history = st.lists(st.tuples(st.integers(0, 10**9), st.floats(0, 99), st.none() | st.floats(0, 99)))


@settings(max_examples=50)
@given(
    characters=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
    plan=values,
    sampling=values,
    provenance=values,
    history=history,
    progress=values,
    kind=st.sampled_from(["names", "prose"]),
)
def test_every_header_comes_back_as_it_was(tmp_path_factory, characters, kind, history, **more):
    if kind == "names":
        characters += "\n"  # which ends a name
    vocabulary = Vocabulary.of(characters).characters
    header = Header("numpy", "1", kind, vocabulary, {}, history=tuple(history), **more)
    path = tmp_path_factory.mktemp("headers") / "model"
    Checkpoint(header, {"w": np.arange(3.0)}).save(path)
    back = read_checkpoint(path).header
    assert replace(back, digest="") == header


@pytest.mark.parametrize("shape", [(), (0,), (0, 4), (1, 1, 1, 1)])
def test_arrays_of_odd_shapes_come_back(tmp_path, shape):
    header = Header("numpy", "1", "names", "\na", {})
    weights = {"w": np.ones(shape, np.float32)}
    Checkpoint(header, weights).save(tmp_path / "m")
    assert_same_arrays(read_checkpoint(tmp_path / "m").weights, weights)


def test_arrays_that_lie_turned_in_memory_come_back(tmp_path):
    header = Header("numpy", "1", "names", "\na", {})
    weights = {"w": np.arange(12.0).reshape(3, 4).T, "v": np.arange(10)[::-2]}
    Checkpoint(header, weights).save(tmp_path / "m")
    assert_same_arrays(read_checkpoint(tmp_path / "m").weights, weights)


def test_a_model_stored_in_half_precision_loads(checkpoint, tmp_path):
    halves = {name: array.astype(np.float16) for name, array in checkpoint.weights.items()}
    replace(checkpoint, weights=halves).save(tmp_path / "half")
    model = loaded(tmp_path / "half")
    logits, _ = model.step(model.initial_state(1), np.array([1], np.int32))
    assert logits.dtype == np.float32
    whole = checkpoint.model(BACKEND)
    expected, _ = whole.step(whole.initial_state(1), np.array([1], np.int32))
    np.testing.assert_allclose(logits, expected, atol=1e-2)


def test_a_file_cut_short_anywhere_is_refused(path, tmp_path):
    whole = path.read_bytes()
    start = 8 + int.from_bytes(whole[:8], "little")
    cuts = {0, 1, 7, 8, 9, start // 2, start - 1, start, start + 1, len(whole) - 1}
    cuts |= set(range(0, len(whole), len(whole) // 40))
    for cut in sorted(cuts):
        broken = tmp_path / "broken"
        broken.write_bytes(whole[:cut])
        refused(broken)


def test_a_flipped_bit_anywhere_is_found_out(path, tmp_path):
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    places = {*range(16), *random.integers(0, len(whole), 300).tolist(), len(whole) - 1}
    broken = tmp_path / "broken"
    for place in sorted(places):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << int(random.integers(8))
        broken.write_bytes(flipped)
        refused(broken)


def test_a_file_with_more_at_its_end_is_refused(path):
    path.write_bytes(path.read_bytes() + b"more")
    refused(path)


FOREIGN = {
    "empty": b"",
    "a text": b"Tyrannosaurus\nTriceratops\n" * 50,
    "short text": b"hello",
    "zeros": bytes(1000),
    "a huge header": b"\xff" * 1000,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
    "a pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07builtins\x94." * 3,
}


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.parametrize("read", [read_checkpoint, read_header])
def test_a_file_of_another_kind_is_refused(tmp_path, what, read):
    path = tmp_path / "thing.safetensors"
    path.write_bytes(FOREIGN[what])
    refused(path, read)


@pytest.mark.parametrize("read", [read_checkpoint, read_header])
def test_a_missing_file_and_a_folder_are_refused(tmp_path, read):
    assert "there is no" in refused(tmp_path / "nothing", read).message
    refused(tmp_path, read)


@pytest.mark.parametrize("metadata", [None, {}, {"format": "pt"}, {"author": "somebody"}])
@pytest.mark.parametrize("read", [read_checkpoint, read_header])
def test_a_foreign_safetensors_file_is_named_as_such(tmp_path, metadata, read):
    path = tmp_path / "foreign.safetensors"
    path.write_bytes(safetensors.numpy.save({"w": np.zeros(3)}, metadata))
    assert "not a charplay model" in refused(path, read).message


WEIRD = {
    "no JSON": "{",
    "no object": "[1, 2]",
    "a number": "7",
    "null": "null",
    "nothing": "",
    "no format": "{}",
    "only a format": '{"format": 1}',
    "deeply nested": "[" * 100_000,
}


@pytest.mark.parametrize("what", WEIRD)
@pytest.mark.parametrize("read", [read_checkpoint, read_header])
def test_a_header_that_makes_no_sense_is_refused(tmp_path, what, read):
    path = tmp_path / "weird.safetensors"
    path.write_bytes(safetensors.numpy.save({"model/w": np.zeros(3)}, {"charplay": WEIRD[what]}))
    refused(path, read)


def rewritten(path, **changes):
    """The file with fields of its header changed, and its digest not."""
    with safetensors.safe_open(path, framework="numpy") as file:
        header = json.loads(file.metadata()["charplay"])
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    path.write_bytes(safetensors.numpy.save(arrays, {"charplay": json.dumps(header | changes)}))


@pytest.mark.parametrize("read", [read_checkpoint, read_header])
def test_a_newer_format_asks_for_a_newer_charplay(path, read):
    rewritten(path, format=2)
    error = refused(path, read)
    assert "format 2" in error.message
    assert "upgrade" in error.hint


@pytest.mark.parametrize(
    "change",
    [
        {"backend": "keras"},
        {"config": {"hidden": 6}},
        {"vocabulary": "\nabcdefg"},
        {"provenance": {}},
        {"history": []},
        {"digest": "0" * 64},
        {"digest": ""},
        {"surprise": 1},
    ],
    ids=str,
)
def test_an_edited_header_is_found_out(path, change):
    rewritten(path, **change)
    refused(path)


def test_edited_weights_are_found_out(checkpoint, path):
    with safetensors.safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
        arrays = {name: file.get_tensor(name).copy() for name in file.keys()}  # noqa: SIM118
    arrays["model/bias.0"][0] += 1e-3
    path.write_bytes(safetensors.numpy.save(arrays, metadata))
    assert "changed" in refused(path).message


def test_arrays_that_the_digest_does_not_cover_are_found_out(path):
    with safetensors.safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    path.write_bytes(safetensors.numpy.save({**arrays, "more": np.zeros(3)}, metadata))
    assert "changed" in refused(path).message


@pytest.mark.parametrize("kind", ["F8_E5M2", "F8_E4M3", "F8_E8M0", "BF16", "F4"])
def test_floats_that_numpy_lacks_are_refused(path, kind):
    file = path.read_bytes()
    end = 8 + int.from_bytes(file[:8], "little")
    entries, size = json.loads(file[8:end]), len(file) - end
    entries["model/z"] = {"dtype": kind, "shape": [2], "data_offsets": [size, size + 2]}
    text = json.dumps(entries).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + file[end:] + b"\0\0")
    assert "is not a whole model file" in refused(path).message


HEADERS = {
    "a kind that is none": {"kind": "poetry"},
    "a vocabulary that is no text": {"vocabulary": 7},
    "a vocabulary of another size": {"vocabulary": "\nab"},
    "a vocabulary that repeats a character": {"vocabulary": "\naabcdef"},
    "a vocabulary out of order": {"vocabulary": "\nbacéü—😀"},
    "a vocabulary without text in it": {"vocabulary": "\nabcéü—\ud800"},
    "an unknown option": {"config": {"hidden": 5, "storeys": 2}},
    "an option out of bounds": {"config": {"hidden": -5}},
    "an option of another type": {"config": {"hidden": "many"}},
    "a configuration that is a list": {"config": []},
    "a configuration that is nothing": {"config": None},
    "a history that is no history": {"history": 7},
    "a history of texts": {"history": ((1, 2.0, "low"),)},
    "a provenance that is a list": {"provenance": []},
    "a plan that is a number": {"plan": 7},
    "a sampling that is a text": {"sampling": "hot"},
    "a digest that is a number": {"digest": 7},
    "names that nothing ends": {"kind": "names", "vocabulary": "abcdef"},
}


@pytest.mark.parametrize("what", HEADERS)
def test_a_header_that_was_made_wrongly_is_refused(checkpoint, tmp_path, what):
    """Its digest is right: somebody's program wrote the file so."""
    wrong = Checkpoint(replace(checkpoint.header, **HEADERS[what]), checkpoint.weights)
    header = {**asdict(wrong.header), "digest": wrong.digest}
    if what.startswith("a digest"):
        header |= HEADERS[what]
    tensors = {f"model/{name}": array for name, array in wrong.weights.items()}
    path = tmp_path / "wrong"
    path.write_bytes(safetensors.numpy.save(tensors, {"charplay": json.dumps(header)}))
    refused(path, loaded)


def without(name):
    return lambda arrays: {key: array for key, array in arrays.items() if key != name}


def reshaped(name, shape):
    return lambda arrays: {**arrays, name: np.zeros(shape, np.float32)}


WEIGHTS = {
    "no weights": lambda arrays: {},
    "an array missing": without("recurrent.0"),
    "an array of the output layer missing": without("output_bias"),
    "no embedding": without("embedding"),
    "a recurrence that is not square": reshaped("recurrent.0", (5, 4)),
    "an input of another width": reshaped("input.0", (4, 5)),
    "an embedding of one axis": reshaped("embedding", (3,)),
    "a bias of two axes": reshaped("bias.0", (1, 5)),
    "a bias that is a number": reshaped("bias.0", ()),
    "an output of another vocabulary": reshaped("output", (5, 9)),
    "an input of no axes": reshaped("input.0", ()),
    "more hidden units than the configuration says": lambda arrays: dict(
        BACKEND.create(
            VOCABULARY, "names", replace(CONFIG, hidden=6), np.random.default_rng(0)
        ).arrays()
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WEIGHTS)
def test_weights_of_the_wrong_shape_are_refused(checkpoint, tmp_path, what):
    replace(checkpoint, weights=WEIGHTS[what](dict(checkpoint.weights))).save(tmp_path / "wrong")
    refused(tmp_path / "wrong", loaded)


def test_a_path_with_a_strange_name_is_read(checkpoint, tmp_path):
    path = tmp_path / "mødel — “1” [bold].safetensors"
    checkpoint.save(path)
    assert_same_arrays(read_checkpoint(path).weights, checkpoint.weights)


FOREIGN_WEIGHTS = {
    "times 1e300": lambda array: array.astype(np.float64) * 1e300,
    "not a number": lambda array: np.full_like(array, np.nan),
    "of eight bits": lambda array: array.astype(np.int8),
    "true or false": lambda array: array.astype(np.bool_),
    "whole numbers": lambda array: array.astype(np.int64),
}


@pytest.mark.parametrize("what", FOREIGN_WEIGHTS)
def test_weights_that_no_network_has_are_refused(checkpoint, tmp_path, what):
    weights = {**checkpoint.weights, "bias.0": FOREIGN_WEIGHTS[what](checkpoint.weights["bias.0"])}
    path = tmp_path / "foreign.safetensors"
    replace(checkpoint, weights=weights).save(path)
    with pytest.raises(ModelFileError, match=r"weights that cannot be: 'bias\.0'"):
        read_checkpoint(path).model(NumpyBackend())


def test_other_values_in_the_header_make_another_model_of_the_same_weights(checkpoint):
    saved = replace(checkpoint, header=replace(checkpoint.header, digest="1" * 64))
    changed = saved.with_header(sampling={"temperature": 0.5})
    assert (changed.header.sampling, changed.header.digest) == ({"temperature": 0.5}, "")
    assert changed.weights is checkpoint.weights
    assert changed.learner is checkpoint.learner
    assert changed.digest != checkpoint.digest
    assert saved.without_learner().header.digest == ""


def test_what_was_measured_is_noted_beside_what_is_known(checkpoint):
    measured = checkpoint.with_measures(2.123456, None, None).header.provenance
    assert measured == {"text": {"corpus": "naïve “names”.txt"}, "held_out_loss": 2.1235}
    beside = checkpoint.with_measures(2.1, 2.34567, 5).header.provenance
    assert beside["counting"] == {"order": 5, "held_out_loss": 2.3457}
    assert beside["held_out_loss"] == 2.1


def test_halved_floats_are_half_as_large_and_counts_stay(checkpoint):
    counts = np.arange(4, dtype=np.int64)
    whole = replace(
        checkpoint, weights={**checkpoint.weights, "counts": counts, "wide": np.ones(2)}
    )
    half = whole.halved()
    assert half.header.digest == ""
    for name, array in checkpoint.weights.items():
        assert half.weights[name].dtype == np.float16
        np.testing.assert_allclose(half.weights[name], array, rtol=1e-3, atol=1e-4)
    assert half.weights["counts"] is counts
    assert half.weights["wide"].dtype == np.float64
    assert half.learner is checkpoint.learner


def test_what_a_learner_kept_must_be_numbers(checkpoint):
    checkpoint.check_learner()
    for bad in (np.nan, np.inf):
        broken = replace(checkpoint, learner={**LEARNER, "carried": np.array([0, bad])})
        with pytest.raises(
            ModelFileError, match="what the optimiser kept has NaN or infinity"
        ) as told:
            broken.check_learner()
        assert told.value.hint == "go on from an earlier checkpoint, or train again"


def test_a_digest_is_that_of_header_and_arrays_whenever_it_was_made(checkpoint, tmp_path):
    assert checkpoint.save(tmp_path / "one") == checkpoint.digest
    provenance = dict(checkpoint.header.provenance)
    later = checkpoint.with_header(provenance={**provenance, "made": "2026-01-01"})
    assert later.digest == checkpoint.digest
    assert later.with_header(provenance={**provenance, "recipe": "x"}).digest != checkpoint.digest
    assert read_checkpoint(tmp_path / "one").header.digest == checkpoint.digest


def test_a_header_is_written_as_it_reads(checkpoint):
    data = checkpoint.to_bytes()
    assert "naïve “names”.txt".encode() in data
