"""Model files of strangers: whole ones whose header or arrays are mutated, the digest made right.

A mutation is written from the format: any value of the header, at any depth, may be another one;
fields come and go; arrays change their type, shape and numbers. Two mutations may meet in a file.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import safetensors.numpy

from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.header import ENTRY
from charplay.pretrained import shipped_models
from tests.models.former import FIXTURES

_NASTY = "\x1b[31m[bold]x[/]\x07\x9b\u202e\n=1+1|*`$(id)`"
_DEEP = "[" * 500 + "]" * 500
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 255, 2**31, 2**53, 2**63, 2**64, -(2**63), 10**18, 10**308,
    10**400, 0.0, -0.0, 0.5, 1e-320, 1e15, 1e300, 1e308, -1e308, float("inf"), float("-inf"),
    float("nan"), "", "0", "x", "none", "None", "\x00", _NASTY, "\ud800", "/etc/passwd", "../x",
    "/proc/kmsg", "/dev/zero", "@/etc/passwd", "https://127.0.0.1:9/x", "{0.__class__}",
    "{loss:>2000000000}", "{iteration:>{iteration}}", "%s%n", "x" * 100_000, "dinosaurs", "prose",
    "names", "train x; rm -rf ~", "models remove mine --yes", "--help", "course", [], {}, [[]],
    [None], {"": None}, {"a": {"b": {"c": [1, 2, {"d": 10**400}]}}}, ["x"] * 5_000,
    [[1, 1.0, None]], [[0, float("nan"), None]], {"corpus": "/etc/passwd"},
)  # fmt: skip
# What makes each command, plot and listing use a field.
_FIELDS: tuple[tuple[str, ...], ...] = (
    ("provenance", "held_out_loss"), ("provenance", "counting", "order"),
    ("provenance", "counting", "held_out_loss"), ("provenance", "text", "corpus"),
    ("provenance", "text", "sha256"), ("provenance", "text", "kind"),
    ("provenance", "text", "column"), ("provenance", "text", "encoding"),
    ("provenance", "text", "separator"), ("provenance", "text", "lower"),
    ("provenance", "again"), ("provenance", "recipe"), ("provenance", "made"),
    ("provenance", "offered_by"), ("provenance", "versions"), ("provenance", "ancestry"),
    ("provenance", "mixed"), ("provenance", "stage_texts"), ("provenance", "other"),
    ("plan", "report"), ("plan", "report", "line"), ("plan", "held_out"), ("plan", "inner"),
    ("plan", "stages"), ("plan", "parts"), ("plan", "seed"), ("plan", "batch_size"),
    ("plan", "minutes"), ("plan", "other"), ("sampling", "max_chars"), ("sampling", "temperature"),
    ("sampling", "top_k"), ("sampling", "top_p"), ("sampling", "lines"), ("sampling", "stop"),
    ("sampling", "seed"), ("sampling", "seeding"), ("sampling", "verse"), ("sampling", "other"),
    ("progress", "update"), ("progress", "of_part"), ("progress", "other"), ("history",),
    ("held_out_quantiles",), ("config", "window"), ("config", "hidden"), ("config", "layers"),
    ("config", "embedding"), ("config", "cell"), ("config", "parts"), ("config", "precision"),
    ("config", "output_layer"), ("config", "other"), ("backend",), ("backend_version",),
    ("vocabulary",), ("kind",), ("format",), ("other",),
)  # fmt: skip


@dataclass(frozen=True)
class MutatedFile:
    """A model file's bytes, and its mutations in words."""

    data: bytes
    digest: str
    what: str


def whole_models() -> list[Checkpoint]:
    """Small whole files of each kind: networks, counts, mixes, a run that was stopped."""
    paths = [*sorted(FIXTURES.glob("*.safetensors")), shipped_models()["dinosaurs"]]
    return [read_checkpoint(path) for path in paths if path.stat().st_size < 2_000_000]


def mutate_model(random: Random, whole: list[Checkpoint]) -> MutatedFile:
    """One of the whole files with one mutation, or two or three, and a digest that is right."""
    checkpoint = random.choice(whole)
    header: dict[str, Any] = copy.deepcopy(vars(checkpoint.header))
    arrays = dict(checkpoint.weights)
    mutations = random.choice([1, 1, 1, 2, 3])
    done = [
        _mutate_arrays(random, arrays) if random.random() < 0.3 else _mutate_header(random, header)
        for _ in range(mutations)
    ]
    checkpoint = replace(checkpoint, weights=arrays)
    digest = _digest_of(checkpoint, header)
    return MutatedFile(_write(checkpoint, {**header, "digest": digest}), digest, "; ".join(done))


def _digest_of(checkpoint: Checkpoint, values: dict[str, Any]) -> str:
    """The digest that a file with these values has, or zeros where it can have none."""
    try:
        named = {name: value for name, value in values.items() if name in vars(checkpoint.header)}
        header = replace(checkpoint.header, **{**named, "digest": ""})
        return replace(checkpoint, header=header).digest
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        return "0" * 64


def _write(checkpoint: Checkpoint, values: dict[str, Any]) -> bytes:
    """The bytes of a file with these values in its header."""
    arrays = {f"model/{name}": np.asarray(a, order="C") for name, a in checkpoint.weights.items()}
    arrays |= {f"learner/{name}": np.asarray(a) for name, a in checkpoint.learner.items()}
    text = json.dumps(values).replace('"<deep>"', _DEEP)
    return safetensors.numpy.save(arrays, {ENTRY: text})


def _mutate_header(random: Random, values: dict[str, Any]) -> str:
    """Change one value; what was changed."""
    if random.random() < 0.3:
        return _mutate_anywhere(random, values)
    *path, last = random.choice(_FIELDS)
    place: Any = values
    for name in path:
        if not isinstance(place.get(name), dict):
            place[name] = {}
        place = place[name]
    place[last] = value = _draw_value(random)
    return f"{'.'.join((*path, last))} = {value!r:.80}"


def _draw_value(random: Random) -> Any:
    if random.random() < 0.02:
        return "<deep>"
    if random.random() < 0.1:
        return [_draw_value(random) for _ in range(random.randrange(1, 4))]
    return copy.deepcopy(random.choice(_VALUES))


def _mutate_anywhere(random: Random, values: dict[str, Any]) -> str:
    """Change, remove or double a value at any depth."""
    place: Any = values
    key: Any = random.choice(sorted(values))
    where = [str(key)]
    while isinstance(place[key], dict | list | tuple) and place[key] and random.random() < 0.8:
        if isinstance(place[key], tuple):
            place[key] = list(place[key])
        place = place[key]
        key = (
            random.choice(sorted(place))
            if isinstance(place, dict)
            else random.randrange(len(place))
        )
        where.append(str(key))
    value = _draw_value(random)
    if random.random() < 0.2:
        del place[key]
        return f"without {'.'.join(where)}"
    place[key] = value
    return f"{'.'.join(where)} = {value!r:.80}"


def _mutate_arrays(random: Random, arrays: dict[str, Any]) -> str:
    """Change an array; what was changed."""
    if not arrays:
        return "no arrays"
    name = random.choice(sorted(arrays))
    change = random.choice(_ARRAY_CHANGES)
    with np.errstate(all="ignore"):
        arrays[name] = change(random, np.array(arrays[name]))
    if random.random() < 0.1:
        arrays[random.choice(["", "x" * 300, "../x", _NASTY, "0/0/x"])] = arrays.pop(name)
    return f"{change.__name__} of {name}"


def _number(random: Random, array: Any) -> Any:
    """Another number at one place."""
    values = (np.nan, np.inf, -np.inf, 1e300, -1e300, 1e38, 1e16, 1e14, -1, 2**40, 1e-320)
    if array.size:
        wide = array.astype(np.float64) if array.dtype.kind == "f" else array.astype(np.int64)
        number = random.choice(values)
        if array.dtype.kind != "f":
            number = random.choice((0, 1, 255, 65_535, 2**31, -1, 2**62))
        wide.flat[random.randrange(wide.size)] = number
        return wide if random.random() < 0.5 else wide.astype(array.dtype)
    return array


def _factor(random: Random, array: Any) -> Any:
    return (array.astype(np.float64) * random.choice((0, -1, 1e3, 1e10, 1e14, 1e300))).astype(
        random.choice((np.float16, np.float32, np.float64))
    )


def _type(random: Random, array: Any) -> Any:
    kinds = (np.int8, np.uint8, np.int64, np.uint64, np.bool_, np.float16, np.float64, np.uint32)
    return array.astype(random.choice(kinds))


def _shape(random: Random, array: Any) -> Any:
    shapes: tuple[Callable[[], Any], ...] = (
        lambda: array.T,
        lambda: array.reshape(-1),
        lambda: array[None],
        lambda: array[:0],
        lambda: array[:-1],
        lambda: np.concatenate([array, array]) if array.ndim else array,
        lambda: np.zeros((0, 10**6), array.dtype),
        lambda: np.zeros((), array.dtype),
    )
    return random.choice(shapes)() if array.ndim else array[None]


def _shuffle(random: Random, array: Any) -> Any:
    return (
        np.random.default_rng(random.randrange(2**32))
        .permutation(array.reshape(-1))
        .reshape(array.shape)
    )


_ARRAY_CHANGES = (_number, _number, _factor, _type, _shape, _shuffle)


def write_file(mutated: MutatedFile, path: Path) -> Path:
    """The path, at which the file is now."""
    path.write_bytes(mutated.data)
    return path
