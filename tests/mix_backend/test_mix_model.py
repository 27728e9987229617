"""The model of a mix: a product of its parts' probabilities, each to the power of its weight."""

import numpy as np
import pytest

from charplay.errors import ModelFileError
from charplay.generation.generator import draw_names
from charplay.generation.options import AnswerOptions
from charplay.generation.sampling import Philox
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary
from charplay_mix.config import MOST_PARTS, MixedPart
from charplay_mix.mixer import LogLinearMixer
from charplay_mix.translated import MISSING_SHARE, TranslatedModel
from tests.mix_backend.conftest import LETTERS

TOKENS = np.array([[NO_TOKEN, 3, 1, 0, 5], [NO_TOKEN, 2, 2, 8, 0]], np.int32)


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def probabilities(model, tokens=TOKENS):
    return softmax(model.advance(model.initial_state(len(tokens)), tokens)[0].astype(float))


def test_a_mix_is_the_product_of_its_parts_probabilities_each_to_the_power_of_its_weight(mix):
    first, second = mix.parts
    product = probabilities(first) ** 0.7 * probabilities(second) ** 0.45
    expected = product / product.sum(axis=-1, keepdims=True)
    assert np.allclose(probabilities(mix), expected, atol=1e-5)


def test_the_state_of_a_mix_holds_that_of_every_part(mix):
    assert set(mix.initial_state(3)) > {"0/hidden.0", "0/cell.0"}
    assert any(name.startswith("1/") for name in mix.initial_state(3))
    assert all(len(array) == 3 for array in mix.initial_state(3).values())


def test_a_name_drawn_alone_is_the_one_drawn_among_many(mix):
    options = AnswerOptions(max_chars=30)

    def draw(*numbers):
        nothing = np.array([], np.int32)
        return [each.text for each in draw_names(mix, nothing, options, Philox(7), numbers)]

    many = draw(*range(1, 101))
    assert draw(3) == [many[2]]
    assert draw(70, 90) == [many[69], many[89]]


def test_a_mix_of_mixes_is_one_mix_of_all_their_parts(mix, find, network):
    mixer, other = LogLinearMixer(None), network(5)
    nested = mixer.mix([(find("mix"), mix), (find("numpy"), other)], [0.5, 0.6])
    assert [part.backend for part in nested.config.parts] == ["numpy", "ngram", "numpy"]
    assert np.allclose([part.weight for part in nested.config.parts], [0.35, 0.225, 0.6])
    product = probabilities(mix) ** 0.5 * probabilities(other) ** 0.6
    assert np.allclose(
        probabilities(nested), product / product.sum(axis=-1, keepdims=True), atol=1e-5
    )


def test_a_model_that_lacks_characters_gives_them_a_thousandth_and_reads_them_as_no_token(network):
    wide = Vocabulary.of("abcdefghxyz\n")
    narrow = network(2)
    model = TranslatedModel(wide, narrow)
    tokens = np.array([[NO_TOKEN, wide.index["a"], wide.index["x"], wide.index["b"]]], np.int32)
    own = np.array([[NO_TOKEN, LETTERS.index["a"], NO_TOKEN, LETTERS.index["b"]]], np.int32)
    found, expected = probabilities(model, tokens), probabilities(narrow, own)
    missing = [wide.index[letter] for letter in "xyz"]
    known = [wide.index[letter] for letter in LETTERS.characters]
    assert np.allclose(found.sum(axis=-1), 1)
    assert np.allclose(found[..., missing], MISSING_SHARE / 3, rtol=1e-4)
    assert np.allclose(found[..., known], expected * (1 - MISSING_SHARE), atol=1e-6)


def test_a_mix_in_the_characters_of_all_its_parts_comes_back_from_its_file(network, find, tmp_path):
    wide = Vocabulary.of("abcdefghxyz\n")
    parts = [TranslatedModel(wide, network(2)), network(3, wide)]
    mixed = LogLinearMixer(None).mix([(find("numpy"), part) for part in parts], [0.5, 0.5])
    Checkpoint.of(mixed, find("mix")).save(tmp_path / "mix.safetensors")
    again = read_checkpoint(tmp_path / "mix.safetensors").model(find("mix"))
    assert again.vocabulary == wide
    assert np.array_equal(probabilities(mixed), probabilities(again))


@pytest.mark.parametrize(
    "text", ["0.4 ngram order=6", "1.25 numpy cell=lstm hidden=8", "0.5 other 'note=two words'"]
)
def test_a_part_is_read_from_the_text_that_it_is_written_as(text):
    assert str(MixedPart.parse(text)) == text


@pytest.mark.parametrize("text", ["", "ngram", "half ngram", "0.5 ngram order"])
def test_a_part_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        MixedPart.parse(text)


@pytest.mark.parametrize(
    "parts", [[], ["0.5 numpy hidden=8"], ["0.5 nobody", "0.5 nobody"], ["0.5 mix", "0.5 mix"]]
)
def test_a_file_whose_parts_are_not_there_is_refused_in_a_line(mix, find, parts):
    checkpoint = Checkpoint.of(mix, find("mix")).with_header(config={"parts": parts})
    with pytest.raises(ModelFileError):
        checkpoint.model(find("mix"))


def test_one_part_alone_is_a_mix_and_more_than_may_be_are_none(find, network, tmp_path):
    alone = LogLinearMixer(None).mix([(find("numpy"), network(1))], [2.0])
    again = Checkpoint.of(alone, find("mix")).model(find("mix"))
    squares = probabilities(network(1)) ** 2
    assert np.allclose(probabilities(again), squares / squares.sum(-1, keepdims=True), atol=1e-5)
    parts = ["0.5 numpy hidden=8"] * (MOST_PARTS + 1)
    with pytest.raises(ModelFileError, match=f"from 1 to {MOST_PARTS} parts, not {len(parts)}"):
        Checkpoint.of(alone, find("mix")).with_header(config={"parts": parts}).model(find("mix"))


def test_a_mix_in_half_precision_keeps_its_counts_and_comes_back(mix, find):
    half = Checkpoint.of(mix, find("mix")).halved()
    assert {array.dtype for name, array in half.weights.items() if name.startswith("0/")} == {
        np.dtype(np.float16)
    }
    assert all(
        np.array_equal(array, half.weights[name])
        for name, array in mix.arrays().items()
        if name.startswith("1/")
    )
    again = half.model(find("mix"))
    assert np.allclose(probabilities(again), probabilities(mix), atol=0.01)
