"""What every model is held to: shapes, purity, rows that do not mix, files."""

import io
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from charplay.errors import CharplayError
from charplay.kind import KINDS, Kind
from charplay.models.arrays import Arrays, State
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.contract import Backend, Model
from charplay.options import option_values
from charplay.testing.explaining import asking, check, check_same, check_same_arrays
from charplay.testing.texts import tiny_corpus
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Tokens

ROWS, LENGTH = 3, 7
# Beyond what rounding does to a number in single precision.
CLOSE = 2e-4
_THREADS, _TIMES = 4, 8


class ModelContract:
    """A test class for models: set `backend`, and define `create_model` where `create` cannot.

    config: options of the model; kinds: the kinds of text that it can learn.
    """

    backend: Backend
    config: ClassVar[Mapping[str, Any]] = {}
    kinds: ClassVar[tuple[Kind, ...]] = KINDS  # type: ignore[assignment]

    _made: ClassVar[dict[Kind, Model]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._made = {}

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run each check for every kind of text."""
        if "kind" in metafunc.fixturenames:
            metafunc.parametrize("kind", self.kinds)

    def create_model(self, kind: Kind) -> Model:
        """A new model for the tiny text of a kind, the same each time."""
        config = self.backend.read_config(self.config)
        rng = np.random.default_rng(1)
        with asking("`create` makes a model", config=config, kind=kind):
            model = self.backend.create(tiny_corpus(kind).vocabulary, kind, config, rng)
        check_arrays(model.arrays())
        return model

    def make_model(self, kind: Kind) -> Model:
        """The model that is looked at."""
        return self.create_model(kind)

    @pytest.fixture
    def model(self, kind: Kind) -> Model:
        """The model of a kind of text, which the checks share."""
        if kind not in self._made:
            self._made[kind] = self.make_model(kind)
        return self._made[kind]

    def test_a_model_has_the_vocabulary_and_the_kind_that_were_asked_for(
        self, model: Model, kind: Kind
    ) -> None:
        vocabulary = tiny_corpus(kind).vocabulary
        asks = "`vocabulary` and `kind` are those that the model was made for"
        check(model.vocabulary == vocabulary, asks, came=model.vocabulary)
        check(model.kind == kind, asks, came=model.kind, asked_for=kind)

    def test_a_state_has_a_row_for_each_text(self, model: Model) -> None:
        _, state = model.step(model.initial_state(ROWS), tokens_for(model)[:, 0])
        for each in (model.initial_state(ROWS), state):
            _check_state(each, ROWS)

    def test_logits_are_finite_floats_one_for_each_character(self, model: Model) -> None:
        tokens, size = tokens_for(model), len(model.vocabulary)
        stepped, _ = model.step(model.initial_state(ROWS), tokens[:, 0])
        _check_logits(model, "`step`", stepped, (ROWS, size), tokens[:, 0])
        with asking("`advance` reads tokens `(B, T)`", tokens=tokens):
            advanced, state = model.advance(model.initial_state(ROWS), tokens)
        _check_logits(model, "`advance`", advanced, (ROWS, LENGTH, size), tokens)
        _check_state(state, ROWS)

    def test_a_step_changes_nothing_that_it_is_given(self, model: Model) -> None:
        asks = "`step` changes neither the state nor the tokens nor the model"
        tokens = tokens_for(model)
        logits, state = model.step(model.initial_state(ROWS), tokens[:, 0])
        before, weights = copies(state), copies(model.arrays())
        first = np.array(logits)
        for array in (*state.values(), tokens):
            array.flags.writeable = False
        with asking(f"{asks}: its arrays may be read-only", tokens=tokens[:, 1], state=state):
            model.step(state, tokens[:, 1])
            model.advance(state, tokens)
        check_same_arrays(state, before, asks)
        check_same_arrays(model.arrays(), weights, asks)
        check_same(logits, first, "logits that were returned stay as they are in later steps")

    def test_the_same_step_gives_the_same_again(self, model: Model) -> None:
        asks = "`step` depends on its arguments alone, not on what was read before"
        tokens = tokens_for(model)
        state = model.initial_state(ROWS)
        first, after = model.step(state, tokens[:, 0])
        first, after = np.array(first), copies(after)
        model.advance(after, tokens)
        again, state = model.step(model.initial_state(ROWS), tokens[:, 0])
        check_same(again, first, asks, tokens=tokens[:, 0])
        check_same_arrays(state, after, asks)

    def test_a_row_depends_neither_on_the_rows_beside_it_nor_on_their_order(
        self, model: Model
    ) -> None:
        tokens = tokens_for(model)
        together, state = model.advance(model.initial_state(ROWS), tokens)
        for row in range(ROWS):
            asks = "a row's result does not depend on the rows beside it"
            alone, own = model.advance(model.initial_state(1), tokens[row : row + 1])
            check_same(alone[0], together[row], asks, CLOSE, tokens_of_the_row=tokens[row])
            check_same_arrays(first_rows(own), first_rows(state, row), asks, CLOSE)
        turned, _ = model.advance(model.initial_state(ROWS), tokens[::-1].copy())
        check_same(
            turned[::-1], together, "a row's result does not depend on the order of rows", CLOSE
        )

    def test_many_tokens_at_once_are_read_as_one_by_one(self, model: Model) -> None:
        asks = "`advance` gives what one `step` after another gives"
        tokens = tokens_for(model)
        together, last = model.advance(model.initial_state(ROWS), tokens)
        state = model.initial_state(ROWS)
        for place, column in enumerate(tokens.T):
            logits, state = model.step(state, column)
            check_same(logits, together[:, place], asks, CLOSE, after_tokens=tokens[:, : place + 1])
        check_same_arrays(state, last, asks, CLOSE)
        _, half = model.advance(model.initial_state(ROWS), tokens[:, :3])
        rest, _ = model.advance(half, tokens[:, 3:])
        check_same(rest, together[:, 3:], "`advance` goes on from a state", CLOSE)

    def test_a_stream_reads_as_steps_do_and_its_snapshots_stay(self, model: Model) -> None:
        asks = "a stream gives what `advance` gives, a token at a time"
        tokens = tokens_for(model)[:1]
        together, last = model.advance(model.initial_state(1), tokens)
        stream = model.stream(model.initial_state(1))
        snapshot: State = {}
        for place, token in enumerate(tokens[0].tolist()):
            check_same(stream.step(token), together[0, place], asks, CLOSE, token=token)
            if place == 2:
                snapshot = stream.snapshot()
                kept = copies(snapshot)
        check_same_arrays(stream.snapshot(), last, asks, CLOSE)
        check_same_arrays(snapshot, kept, "a stream's snapshot is not changed by later steps")
        again = model.stream(snapshot)
        for token, expected in zip(tokens[0, 3:].tolist(), together[0, 3:], strict=True):
            check_same(again.step(token), expected, "a stream goes on from a snapshot", CLOSE)

    def test_no_token_is_read_as_nothing_not_as_the_last_character(self, model: Model) -> None:
        asks = "NO_TOKEN (-1) is a zero input; as an index it would be the last character"
        views = [_views_after(model, token) for token in range(len(model.vocabulary))]
        nothing = _views_after(model, NO_TOKEN)
        tells_apart = any(not np.array_equal(views[-1], each) for each in views[:-1])
        wrapped = np.array_equal(nothing, views[-1])
        check(np.isfinite(nothing).all(), asks, token=NO_TOKEN, logits=nothing)
        check(not (tells_apart and wrapped), asks, token=NO_TOKEN, logits=nothing)

    def test_threads_do_not_disturb_each_other(self, model: Model) -> None:
        asks = "a model can be asked by several threads at once"
        tokens = tokens_for(model)
        rows = [np.roll(tokens, shift, axis=1) for shift in range(_THREADS)]
        alone = [model.advance(model.initial_state(ROWS), each)[0] for each in rows]

        def read(number: int) -> NDArray[Any]:
            return model.advance(model.initial_state(ROWS), rows[number % _THREADS])[0]

        with ThreadPoolExecutor(_THREADS) as pool:
            for number, logits in enumerate(pool.map(read, range(_THREADS * _TIMES))):
                check_same(logits, alone[number % _THREADS], asks, CLOSE)

    def test_a_trace_has_the_units_of_each_row_over_time(self, model: Model) -> None:
        asks = "`trace` gives arrays `(B, T, units)`"
        with asking(asks):
            traced = model.trace(model.initial_state(ROWS), tokens_for(model))
        for name, array in traced.items():
            check(array.ndim == 3 and array.shape[:2] == (ROWS, LENGTH), asks, **{name: array})

    def test_the_views_of_a_mix_are_logits_of_its_characters(self, model: Model) -> None:
        asks = (
            "`views` gives logits `(B, T, V)`, of each part of several; nothing for a model of one"
        )
        with asking(asks):
            views = model.views(model.initial_state(ROWS), tokens_for(model))
        wanted = (ROWS, LENGTH, len(model.vocabulary))
        for name, logits in views.items():
            check(logits.shape == wanted, asks, came=logits.shape, asked_for=wanted, part=name)

    def test_a_model_tells_its_size_in_words(self, model: Model) -> None:
        check(isinstance(model.parameter_count, int), "`parameter_count` is a whole number",
              came=model.parameter_count)  # fmt: skip
        texts = [model.size, *model.facts, *model.facts.values()]
        check(all(isinstance(each, str) for each in texts), "`size` and `facts` are texts",
              size=model.size, facts=model.facts)  # fmt: skip

    def test_a_model_comes_back_from_its_file(self, model: Model, tmp_path: Path) -> None:
        asks = "a model is made again from its file, with the same results"
        again = self.through_file(model, tmp_path)
        tokens = tokens_for(model)
        ours, state = again.advance(again.initial_state(ROWS), tokens)
        theirs, expected = model.advance(model.initial_state(ROWS), tokens)
        check(again.config == model.config, asks, came=again.config, asked_for=model.config)
        check_same(ours, theirs, asks, tokens=tokens)
        check_same_arrays(state, expected, asks)
        check_same_arrays(again.arrays(), model.arrays(), asks)

    def test_a_state_can_be_saved(self, model: Model, tmp_path: Path) -> None:
        _, state = model.step(model.initial_state(ROWS), tokens_for(model)[:, 0])
        for name, array in state.items():
            with asking("the arrays of a state hold plain numbers", name=name, array=array):
                np.save(io.BytesIO(), array, allow_pickle=False)

    def test_arrays_that_do_not_fit_are_refused(self, model: Model) -> None:
        asks = "`load` raises KeyError or ValueError for arrays that do not fit"
        checkpoint = Checkpoint.of(model, self.backend)
        for name in checkpoint.weights:
            others = {each: array for each, array in checkpoint.weights.items() if each != name}
            try:
                loaded = Checkpoint(checkpoint.header, others).model(self.backend)
                loaded.step(loaded.initial_state(1), np.zeros(1, np.int32))
            except CharplayError:
                continue
            except Exception as error:
                check(False, asks, missing_array=name, what_came=repr(error))

    def through_file(self, model: Model, folder: Path, learner: Arrays | None = None) -> Model:
        """The model again, from a file; `learner` are arrays that the file has besides."""
        return read_back(model, self.backend, folder, learner).model(self.backend)


def read_back(
    model: Model, backend: Backend, folder: Path, learner: Arrays | None = None
) -> Checkpoint:
    """A model written to a file, and read again."""
    asks = "`arrays` gives NumPy arrays by name, which a file can hold"
    arrays = model.arrays()
    check_arrays(arrays)
    check_arrays(learner or {})
    path = folder / "model.safetensors"
    with asking(asks, config=option_values(model.config), arrays=arrays):
        Checkpoint.of(model, backend, learner).save(path)
        return read_checkpoint(path)


def check_arrays(arrays: Arrays) -> None:
    """Fail unless arrays are what a model or a learner gives."""
    asks = "`arrays` gives NumPy arrays by name"
    check(isinstance(arrays, Mapping), asks, came=arrays)
    for name, array in arrays.items():
        check(isinstance(array, np.ndarray), asks, name=name, came=array)


def tokens_for(model: Model) -> Tokens:
    """Tokens `(B, T)` to read: a row that begins with no token, all of them different."""
    size = len(model.vocabulary)
    tokens = np.random.default_rng(2).integers(0, size, (ROWS, LENGTH)).astype(np.int32)
    tokens[0, 0] = tokens[1, 3] = NO_TOKEN
    return tokens


def copies(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Copies of arrays."""
    return {name: np.array(array) for name, array in arrays.items()}


def first_rows(state: State, row: int = 0) -> dict[str, NDArray[Any]]:
    """One row of a state."""
    return {name: array[row] for name, array in state.items()}


def _views_after(model: Model, token: int) -> NDArray[Any]:
    """The logits after one token, and again after the first character."""
    logits, state = model.step(model.initial_state(1), np.array([token], np.int32))
    later, _ = model.step(state, np.zeros(1, np.int32))
    return np.concatenate([logits, later])


def _check_state(state: State, rows: int) -> None:
    asks = "a state maps names to arrays whose first axis is that of the rows"
    check(isinstance(state, Mapping), asks, came=state)
    arrays: Mapping[Any, Any] = state
    for name, array in arrays.items():
        check(isinstance(name, str) and isinstance(array, np.ndarray), asks, name=name, came=array)
        check(array.ndim and len(array) == rows, asks, rows=rows, name=name, came=array)


def _check_logits(
    model: Model, method: str, logits: Any, shape: tuple[int, ...], tokens: Tokens
) -> None:
    asks = f"{method} gives logits {shape}, an array of floats of the model's own precision"
    check(isinstance(logits, np.ndarray), asks, came=logits)
    own = {array.dtype for array in model.arrays().values()} - {np.dtype(np.float16)}
    floats = {dtype for dtype in own if np.issubdtype(dtype, np.floating)} | {np.dtype(np.float32)}
    check(logits.shape == shape and logits.dtype in floats, asks, tokens=tokens, came=logits)
    check(np.isfinite(logits).all(), "logits are finite", tokens=tokens, came=logits)
