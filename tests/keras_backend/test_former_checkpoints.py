"""A run of Keras stopped before arrays had today's names, taken up again."""

import numpy as np
import pytest

from tests.models.former import finished, resumed


@pytest.mark.parametrize("name", ["keras-gru", "keras-lstm", "keras-unrolled"])
def test_a_former_run_of_keras_taken_up_again_ends_where_it_ended_then(backend, keras, name):
    ours, theirs = (run(name, backend).arrays() for run in (resumed, finished))
    assert ours.keys() == theirs.keys()
    for called, array in theirs.items():
        np.testing.assert_allclose(ours[called], array, rtol=0, atol=1e-4, err_msg=called)
