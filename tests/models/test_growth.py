"""Growth as the core has it: arrays by their shapes, and a backend that cannot grow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.errors import UsageError
from charplay.models.contract import Backend
from charplay.models.growth import grow_arrays
from charplay.text.vocabulary import Vocabulary


class Stone(Backend):
    """A backend with nothing of its own."""

    name, summary, version, Config = "stone", "", "1", object

    def create(self, vocabulary, kind, config, rng):
        raise NotImplementedError

    def load(self, vocabulary, kind, config, arrays):
        raise NotImplementedError

    def learner(self, model, plan):
        raise NotImplementedError


def test_a_backend_that_cannot_grow_names_the_characters_and_what_to_do():
    with pytest.raises(UsageError) as caught:
        Stone().grow({}, Vocabulary("\nab"), Vocabulary("\nabé ü"), None, None)
    assert caught.value.message == "a model of stone cannot learn more characters: é ␣ ü"
    assert "train a new model without --from" in caught.value.hint


def test_a_model_has_no_parts_unless_its_backend_says_so():
    assert not Stone().parts(None)


@given(st.sets(st.sampled_from("abcdefgh"), min_size=1), st.sets(st.sampled_from("stuvBCD")))
def test_every_old_row_and_column_is_where_its_character_is(old, added):
    before, after = Vocabulary.of("".join(old)), Vocabulary.of("".join(old | added))
    points = np.array([ord(c) for c in before.characters], np.float32)
    arrays = {
        "rows": np.stack([points, -points], axis=1),
        "columns": np.stack([points, -points, points]),
        "moment.rows": np.stack([points, points], axis=1),
        "other": np.arange(3.0),
        "count": np.array([7]),
    }
    first = {
        "rows": np.full((len(after), 2), 0.5, np.float32),
        "columns": np.full((3, len(after)), 0.25, np.float32),
        "other": np.zeros(3),
    }
    grown = grow_arrays(arrays, first, before, after)
    for place, character in enumerate(after.characters):
        point = float(ord(character))
        known = character in old
        assert grown["rows"][place].tolist() == ([point, -point] if known else [0.5, 0.5])
        assert grown["moment.rows"][place].tolist() == ([point, point] if known else [0, 0])
        column = [point, -point, point] if known else [0.25] * 3
        assert grown["columns"][:, place].tolist() == column
    assert grown["other"].tolist() == [0, 1, 2]
    assert grown["count"].tolist() == [7]
    assert first["rows"].max() == 0.5, "what was given stays as it was"
