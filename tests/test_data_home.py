"""The data home is its owner's alone, whatever made it wider."""

import os
import stat

import pytest

from charplay.data_home import mend_rights
from charplay.files import (
    add_private_folder,
    make_private_folder,
    open_private,
    open_replacement,
    replace_file,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
UMASKS = [0o000, 0o022, 0o077, 0o777]


def rights(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def umask():
    before = os.umask(0)
    yield os.umask
    os.umask(before)


@pytest.mark.parametrize("mask", UMASKS)
def test_what_is_written_in_the_home_is_its_owners_alone_under_any_umask(tmp_path, umask, mask):
    umask(mask)
    home = tmp_path / "above" / "home"
    replace_file(home / "models" / "a", b"x")
    with open_replacement(home / "b") as stream:
        stream.write(b"x")
    open_private(home / "log").close()
    make_private_folder(home / "jobs")
    add_private_folder(home / "jobs" / "1")
    made = [home.parent, home, *home.rglob("*")]
    assert {path.name: rights(path) for path in made if path.is_dir()} == {
        "above": 0o700, "home": 0o700, "models": 0o700, "jobs": 0o700, "1": 0o700,
    }  # fmt: skip
    assert {rights(path) for path in made if path.is_file()} == {0o600}


@pytest.mark.parametrize(("mask", "expected"), [(0o000, 0o666), (0o022, 0o644), (0o077, 0o600)])
def test_a_file_to_pass_on_is_as_the_umask_says(tmp_path, umask, mask, expected):
    umask(mask)
    replace_file(tmp_path / "new" / "export.md", b"x", shared=True)
    assert rights(tmp_path / "new" / "export.md") == expected


@pytest.fixture
def older_home(home):
    """A home as older versions made it, with a link that leads out of it."""
    for name in (
        "models/names/mine",
        "jobs/1/log.txt",
        "sessions.db",
        "sessions.db-wal",
        "history",
        "config.toml",
        ".config.toml.lock",
    ):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("x")
    outside = home.parent / "outside"
    outside.write_text("x")
    (home / "models" / "link").symlink_to(outside)
    for path in (home, outside, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return home


def test_an_older_home_is_mended_and_that_is_found_once(older_home):
    assert mend_rights(older_home)
    for path in (older_home, *older_home.rglob("*")):
        assert path.is_symlink() or rights(path) == (0o700 if path.is_dir() else 0o600)
    assert rights(older_home.parent / "outside") == 0o644, "links are not followed"
    assert not mend_rights(older_home)


def test_files_that_are_open_in_a_closed_home_are_mended_too(older_home):
    older_home.chmod(0o700)
    assert mend_rights(older_home)
    assert rights(older_home / "models" / "names" / "mine") == 0o600


def test_a_folder_with_other_things_in_it_keeps_its_rights_and_theirs(older_home):
    script = older_home / "script.sh"
    script.write_text("x")
    script.chmod(0o755)
    assert mend_rights(older_home)
    assert (rights(older_home), rights(script)) == (0o755, 0o755)
    assert rights(older_home / "sessions.db") == 0o600


def test_an_empty_home_and_one_that_is_not_there_are_no_news(home):
    assert not mend_rights(home)
    home.mkdir()
    home.chmod(0o755)
    assert not mend_rights(home)
    assert rights(home) == 0o700


def test_what_is_gone_meanwhile_is_passed_over(older_home, monkeypatch):
    gone, stat_of = older_home / "history", os.stat
    chmod = os.chmod

    def told(path, *rest, **more):
        if os.fspath(path) == str(gone):
            raise FileNotFoundError
        return stat_of(path, *rest, **more)

    def refused(path, *rest, **more):
        raise PermissionError

    older_home.chmod(0o700)
    for path in (older_home / "models", older_home / "jobs"):
        path.chmod(0o700)
    for name in ("sessions.db", "sessions.db-wal", "config.toml", ".config.toml.lock"):
        (older_home / name).chmod(0o600)
    monkeypatch.setattr(os, "stat", told)
    assert not mend_rights(older_home)
    monkeypatch.undo()
    monkeypatch.setattr(os, "chmod", refused)
    assert not mend_rights(older_home), "rights that cannot be taken are no news"
    monkeypatch.undo()
    assert chmod is os.chmod
    assert mend_rights(older_home)
    assert rights(gone) == 0o600


def test_where_there_are_no_such_rights_nothing_is_done(older_home, monkeypatch):
    monkeypatch.setattr("charplay.data_home.os.name", "other")
    mended = mend_rights(older_home)
    monkeypatch.undo()
    assert not mended
    assert rights(older_home) == 0o755
