"""Memory is searched for garbage once a start is done, and what is loaded then is left out."""

import gc

import pytest

from charplay.terminal.garbage import begin_search, put_off_search


@pytest.fixture(autouse=True)
def _as_before():
    yield
    gc.unfreeze()
    gc.enable()


def test_a_search_that_was_put_off_leaves_out_what_is_loaded():
    put_off_search()
    assert not gc.isenabled()
    begin_search()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000


def test_where_nobody_put_it_off_all_is_searched():
    begin_search()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
