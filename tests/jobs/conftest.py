"""What tests of runs share."""

import pytest

from tests.jobs.faults import Nursery


@pytest.fixture(scope="package")
def nursery(tmp_path_factory):
    """Starts runs as a REPL does, which may be killed, and under which a step can be slow."""
    made = Nursery(tmp_path_factory.mktemp("nursery"))
    yield made
    made.close()
