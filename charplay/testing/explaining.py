"""How a check fails: what the contract asks, in a sentence, and the smallest example."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy as np
import pytest
from numpy.typing import NDArray

from charplay.errors import CharplayError

_LONGEST_SHOWN = 200
_FEW_NUMBERS = 12


def fail_with(asks: str, shown: Mapping[str, object]) -> NoReturn:
    """Fail: what the contract asks, and a line for each thing that is shown."""
    lines = [f"  {name.replace('_', ' ')}: {show_value(value)}" for name, value in shown.items()]
    pytest.fail("\n".join((f"The contract asks: {asks}.", *lines)), pytrace=False)


def check(holds: object, asks: str, **shown: object) -> None:
    """Fail unless something holds; asks: a clause such as "logits are floats"."""
    if not holds:
        fail_with(asks, shown)


@contextmanager
def asking(asks: str, **shown: object) -> Iterator[None]:
    """Within, an error of the code under test fails as one that breaks what is asked."""
    try:
        yield
    except Exception as error:
        hint = {"its hint": error.hint} if isinstance(error, CharplayError) else {}
        fail_with(asks, {**shown, "what_came": f"{type(error).__name__}: {error}", **hint})


def check_same(ours: Any, theirs: Any, asks: str, closeness: float = 0.0, **shown: object) -> None:
    """Fail unless two arrays are the same, but for a share `closeness` of each and of the largest.

    Shown is the first place where they differ.
    """
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    if ours.shape != theirs.shape:
        fail_with(asks, {**shown, "shape": ours.shape, "shape_asked_for": theirs.shape})
    with np.errstate(invalid="ignore"):
        aside = closeness * float(np.abs(theirs).max(initial=0)) if closeness else 0
        same = np.isclose(ours, theirs, closeness, aside, equal_nan=True)
    if same.all():
        return
    place = tuple(map(int, np.argwhere(~same)[0]))
    fail_with(
        asks,
        {**shown, "first_difference_at": place, "came": ours[place], "asked_for": theirs[place]},
    )


def check_same_arrays(
    ours: Mapping[str, Any], theirs: Mapping[str, Any], asks: str, closeness: float = 0.0
) -> None:
    """Fail unless two mappings have the same names, and the same array under each."""
    names = sorted(ours), sorted(theirs)
    check(names[0] == names[1], asks, names=names[0], names_asked_for=names[1])
    for name, array in ours.items():
        check_same(array, theirs[name], asks, closeness, array=name)


def show_value(value: object) -> str:
    """A value in one line: of an array its numbers if they are few, its type and its shape."""
    if isinstance(value, np.ndarray):
        return _show_array(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{name} = {show_value(each)}" for name, each in value.items()) or "{}"
    is_plain = isinstance(value, np.generic) or (isinstance(value, str) and value.isprintable())
    text = str(value) if is_plain else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _show_array(array: NDArray[Any]) -> str:
    shape = f"{array.dtype} {array.shape}"
    if array.size > _FEW_NUMBERS:
        return shape
    return f"{np.array2string(array, precision=4, separator=' ').replace(chr(10), '')} {shape}"
