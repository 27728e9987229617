"""A model of n-grams keeps the contract: steps, states, files."""

import numpy as np
import pytest

from charplay.errors import ModelFileError
from charplay.generation.generator import Continuation, draw_names
from charplay.generation.options import Sampling
from charplay.generation.place import initial_place
from charplay.generation.sampling import Philox
from charplay.models.checkpoint import Checkpoint, read_checkpoint


@pytest.fixture(scope="module")
def names(train, dinosaurs):
    return train(dinosaurs, order=6).model


@pytest.fixture(scope="module")
def prose(train, sonnets):
    return train(sonnets, order=5).model


def random_tokens(model, *shape):
    return np.random.default_rng(0).integers(-1, len(model.vocabulary), shape).astype(np.int32)


def test_steps_give_what_an_advance_gives_bit_for_bit(prose):
    tokens = random_tokens(prose, 3, 40)
    together, end = prose.advance(prose.initial_state(3), tokens)
    state = prose.initial_state(3)
    for place, column in enumerate(tokens.T):
        logits, state = prose.step(state, column)
        np.testing.assert_array_equal(logits, together[:, place])
    np.testing.assert_array_equal(state["recent"], end["recent"])
    assert together.dtype == np.float32


def test_a_stream_gives_what_steps_give_and_its_snapshot_goes_on(names):
    tokens = random_tokens(names, 1, 60)
    expected, _ = names.advance(names.initial_state(1), tokens)
    stream = names.stream(names.initial_state(1))
    for place, token in enumerate(tokens[0].tolist()):
        logits = stream.step(token)
        np.testing.assert_array_equal(logits, expected[0, place])
        logits[0] = 7  # theirs to change
        if place % 20 == 10:
            kept = stream.snapshot()
            assert kept["recent"].dtype == np.int32
            stream = names.stream(kept)


def test_prose_begins_as_after_a_line_end(prose, sonnets):
    newline = sonnets.vocabulary.newline
    assert prose.opening_token == newline
    first, _ = prose.step(prose.initial_state(1), np.array([newline], np.int32))
    unigram = prose.counted.probabilities(np.array([[newline]], np.int32))
    np.testing.assert_allclose(np.exp(first), unigram, rtol=1e-6)


def test_a_name_begins_with_a_letter_that_names_begin_with(names):
    first, _ = names.step(names.initial_state(1), np.array([names.opening_token], np.int32))
    letters = [name[0] for name in ("tyrannosaurus", "xenotarsosaurus")]
    t, x = (np.exp(first[0, names.vocabulary.index[letter]]) for letter in letters)
    assert t > 2 * x


def test_names_drawn_in_a_block_are_those_drawn_alone(names):
    nothing, sampling = np.array([], np.int32), Sampling(max_chars=30)
    block = [a.text for a in draw_names(names, nothing, sampling, Philox(7), range(1, 65))]
    alone = next(draw_names(names, nothing, sampling, Philox(7), [33]))
    assert alone.text == block[32]
    assert len(set(block)) > 50


def test_prose_is_drawn_the_same_by_the_same_seed(prose):
    def text():
        place = initial_place(prose)
        return "".join(Continuation(prose, place, Sampling(max_chars=80), 3, 1))

    assert text() == text()


def test_a_file_of_n_grams_is_small_and_gives_the_same_model(backend, prose, tmp_path):
    path = tmp_path / "poet.safetensors"
    Checkpoint.of(prose, backend).save(path)
    assert path.stat().st_size < 6 * prose.parameter_count
    back = read_checkpoint(path).model(backend)
    tokens = random_tokens(prose, 2, 30)
    for one, other in zip(
        prose.advance(prose.initial_state(2), tokens),
        back.advance(back.initial_state(2), tokens),
        strict=True,
    ):
        np.testing.assert_equal(one, other)
    assert back.parameter_count == prose.parameter_count
    assert back.facts == prose.facts


def test_a_model_that_was_taught_nothing_gives_every_character_the_same(backend, sonnets):
    model = backend.create(sonnets.vocabulary, "prose", backend.Config(), None)
    logits, _ = model.step(model.initial_state(2), np.array([0, 1], np.int32))
    assert np.ptp(logits) == 0
    assert model.parameter_count == 0
    assert backend.load(sonnets.vocabulary, "prose", backend.Config(), model.arrays())


def test_n_grams_of_another_vocabulary_are_refused(backend, prose, dinosaurs):
    other = backend.create(dinosaurs.vocabulary, "names", backend.Config(), None)
    checkpoint = Checkpoint.of(other, backend)
    broken = Checkpoint(checkpoint.header, prose.arrays())
    with pytest.raises(ModelFileError, match="outside the vocabulary"):
        broken.model(backend)
