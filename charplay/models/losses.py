"""The losses that a learner reports, as numbers that every file can hold."""

from collections.abc import Iterable
from numbers import Real

from charplay.errors import MisfitError


def checked_losses(losses: Iterable[object], count: int) -> list[float]:
    """So many losses as floats; MisfitError where a learner gave anything but a number for each.

    NaN and infinities are numbers: the trainer tells of a loss that exploded.
    """
    checked = [_checked_loss(loss) for loss in losses]
    if len(checked) != count:
        raise MisfitError("update_many", f"{count} losses", str(len(checked)))
    return checked


def _checked_loss(loss: object) -> float:
    if isinstance(loss, float):  # nearly always; NumPy's float64 too
        return float(loss)
    if isinstance(loss, bool) or not isinstance(loss, Real):
        raise MisfitError("update", "the loss, a number", f"a {type(loss).__name__}")
    return float(loss)
