"""Damaged stores: a start, every view and an export; what is whole is kept by a repair."""

import sqlite3
from contextlib import closing, suppress

import pytest

from tests.campaign.damaged_stores import damage
from tests.campaign.talking import (
    EXPORTED,
    MOVES,
    VIEWS,
    copied_home,
    typed_lines,
    typed_words,
)
from tests.campaign.watching import chunks

EACH = 50


@pytest.mark.parametrize("seed", chunks(500, 10_000, EACH))
def test_a_damaged_store_starts_and_nothing_whole_is_lost(talked, folder, registry, seed):
    for number in range(EACH):
        home = copied_home(talked, folder / "home")
        done = damage(home / "sessions.db", f"{seed}-{number}")
        attack(talked, home, folder, registry, f"case {seed}-{number}: {done}")


def attack(talked, home, folder, registry, case):
    exports = [f":export {folder}/out.{ending}" for ending in EXPORTED]
    clear(folder)
    whole = whole_turns(talked / "sessions.db", home / "sessions.db")
    typed_lines(home, registry, [*VIEWS, *exports, *MOVES, *VIEWS[:2]], case=case)
    if (folder / "out.json").exists():
        again = typed_words(home, "sessions", "import", folder / "out.json", "--name", "again")
        assert again.status == 0 or "cannot import" not in again.err, (case, again.err)
    # What needs no store is not hindered by it.
    assert typed_words(home, "names", "namer", "-n", "1").status == 0, case
    check = typed_words(home, "sessions", "check")
    assert check.status in (0, 1), (case, check.told)
    assert check.status == 0 or "→" in check.err, (case, check.told)
    repair = typed_words(home, "sessions", "repair")
    if repair.status:
        refused = ("newer", "another program", "no file", "read-only", "leads to", "cannot read")
        assert any(word in repair.err for word in refused), (case, repair.told)
        return
    after = typed_words(home, "sessions", "check")
    assert after.status == 0, (case, repair.told, after.told)
    typed_lines(home, registry, ["abc", ":tree", ":retry"], case=case)
    kept = turns_in(home / "sessions.db")
    assert {said for said, *_ in whole.values()} <= {said for said, *_ in kept.values()}, case
    left = [path.name for path in home.iterdir() if path.name.startswith(".sessions")]
    assert not left, (case, left)


def turns_in(file):
    """What was said in each turn of a store, by where its row stands."""
    said = "prompt, seed, model, digest, options, folded, dropped, words"
    query = f"SELECT rowid, {said}, session, number FROM turns"
    with closing(sqlite3.connect(file)) as connection, suppress(sqlite3.Error, UnicodeDecodeError):
        return {row: (tuple(said), key, n) for row, *said, key, n in connection.execute(query)}
    return {}


def whole_turns(before, after):
    """The turns that are as they were, in a store that was damaged; none where nothing is read."""
    if not after.is_file():
        return {}
    old, new = turns_in(before), turns_in(after)
    return {row: said for row, said in old.items() if new.get(row) == said}


def clear(folder):
    for ending in EXPORTED:
        (folder / f"out.{ending}").unlink(missing_ok=True)
