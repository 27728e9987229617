"""What several rows of the campaign attack: a home with conversations in it."""

import pytest

from tests.campaign.talking import memory_folder, talked_home


@pytest.fixture(scope="module")
def folder():
    """A folder for one row, in memory where there is such."""
    with memory_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def talked(folder, registry):
    """A home to copy from, in which conversations were kept."""
    return talked_home(folder / "talked", registry)
