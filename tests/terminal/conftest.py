"""What several tests of the terminal share."""

import pytest

from tests.terminal.stage import Stage
from tests.terminal.transcript import forget_colours


@pytest.fixture(autouse=True)
def _colours_of_its_own():
    """No test is shown in the colours of the terminal of another one."""
    forget_colours()


@pytest.fixture
def stage(home):
    """Makes shells whose command `sing` does what a test wants; closes them at the end."""
    stages = []

    def make(**more):
        stages.append(Stage(home, **more))
        return stages[-1]

    yield make
    for each in stages:
        each.shell.close()
