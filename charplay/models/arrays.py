"""Types of the arrays that modules pass to each other."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]
Arrays: TypeAlias = Mapping[str, NDArray[Any]]
State: TypeAlias = Mapping[str, NDArray[Any]]
