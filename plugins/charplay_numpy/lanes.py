"""How many threads share the rows of a batch: lanes."""

from charplay import blas_threads

# The least work in a step (rows times recurrent weights), and the fewest rows, worth another lane.
_WORK_A_LANE = 500_000
_ROWS_A_LANE = 8


def count_lanes(rows: int, recurrent: int) -> int:
    """How many lanes pay for batches of `rows` rows and `recurrent` recurrent weights."""
    by_work = rows * recurrent // _WORK_A_LANE
    return max(1, min(blas_threads(), rows // _ROWS_A_LANE, by_work))
