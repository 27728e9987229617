"""What killed processes left half written is gone after a start, and nothing else is."""

import os
import subprocess
import sys
import time

import pytest

from charplay.files import open_replacement, private_opener, replace_file
from charplay.leftovers import hold_open, remove_leftovers, temporary_folder
from tests.conftest import variables_for

LEFT = "0123456789abcdef"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """A folder of temporary files of the test's own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def put(path, seconds=60):
    """A file that was written so many seconds ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("half")
    os.utime(path, (time.time() - seconds,) * 2)
    return path


@pytest.mark.parametrize(
    "path",
    [f"models/.abc.safetensors.{LEFT}", f"models/names/.poet.{LEFT}", f"corpora/.x.txt.{LEFT}",
     f"tokens/.x.tokens.{LEFT}", f"piped/.incoming.{LEFT}", f".config.toml.{LEFT}",
     f".sessions.db.{LEFT}", f".sessions.db.{LEFT}-wal", f"jobs/3/.plan.json.{LEFT}",
     "jobs/3/.live.json.new", f"jobs/3/requests/.stop.{LEFT}",
     "tokens/lost.tokens"],
)  # fmt: skip
def test_each_room_is_rid_of_what_a_killed_writer_left(home, path):
    left = put(home / path)
    remove_leftovers(home, home / "cache")
    assert not left.exists()


@pytest.mark.parametrize(
    "path",
    [f".bashrc.{LEFT}", ".live.json.new", "models/.hidden", f"models/name.{LEFT}", "sessions.db",
     f"other/.x.{LEFT}", "corpora/whole.txt", "corpora/mine.txt", "corpora/.x.txt.0123",
     ".config.toml.lock"],
)  # fmt: skip
def test_other_files_stay(home, path):
    kept = put(home / path)
    put(home / "corpora/whole.json")
    remove_leftovers(home, home / "cache")
    assert kept.exists()


def test_a_link_stays_and_so_does_what_it_leads_to(home, tmp_path):
    target = put(tmp_path / "mine")
    link = home / "models" / f".abc.safetensors.{LEFT}"
    link.parent.mkdir(parents=True)
    link.symlink_to(target)
    os.utime(link, (time.time() - 60,) * 2, follow_symlinks=False)
    remove_leftovers(home, home / "cache")
    assert link.is_symlink()
    assert target.exists()


def test_what_is_being_written_stays_however_long_it_takes(home):
    with open_replacement(home / "models" / "large") as stream:
        stream.write(b"half")
        stream.flush()
        [unfinished] = (home / "models").iterdir()
        os.utime(unfinished, (0, 0))
        remove_leftovers(home, home / "cache")
        assert unfinished.exists()
    assert (home / "models" / "large").read_bytes() == b"half"


def test_what_was_begun_a_moment_ago_stays(home):
    left = put(home / "models" / f".x.{LEFT}", seconds=0)
    remove_leftovers(home, home / "cache")
    assert left.exists()


def test_a_temporary_folder_goes_with_its_process(home, temporary):
    words = [
        sys.executable,
        "-c",
        """if True:
        import os, signal
        from charplay.leftovers import temporary_folder
        with temporary_folder() as folder:
            (folder / "text").write_text("private")
            os.kill(os.getpid(), signal.SIGKILL)""",
    ]
    subprocess.run(words, check=False, env=variables_for(home) | {"TMPDIR": str(temporary)})
    [left] = temporary.iterdir()
    os.utime(left, (0, 0))
    with temporary_folder() as mine:
        os.utime(mine, (0, 0))
        remove_leftovers(home, home / "cache")
        assert list(temporary.iterdir()) == [mine]
    assert not list(temporary.iterdir())


def test_what_sqlite_keeps_beside_a_file_stays_as_long_as_the_file(home):
    main, beside = put(home / f".sessions.db.{LEFT}"), put(home / f".sessions.db.{LEFT}-wal")
    with main.open() as stream:
        hold_open(stream.fileno())
        remove_leftovers(home, home / "cache")
        assert beside.exists()
    remove_leftovers(home, home / "cache")
    assert not (main.exists())
    assert not (beside.exists())


def test_folders_of_others_with_such_a_name_stay(home, temporary):
    for name in ("charplay-personal", "charplay-temporary-x", "other"):
        (temporary / name).mkdir()
        os.utime(temporary / name, (0, 0))
    remove_leftovers(home, home / "cache")
    assert len(list(temporary.iterdir())) == 3


def test_a_start_removes_what_was_left(home, charplay):
    left = put(home / "models" / f".x.{LEFT}")
    charplay("models")
    assert not left.exists()


def test_nothing_private_is_written_through_a_link_or_into_a_pipe(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "link").symlink_to(victim)
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe"):
        with pytest.raises(OSError):  # noqa: PT011 - which one is the system's
            private_opener(str(tmp_path / name), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    assert victim.read_text() == "mine"


@pytest.mark.parametrize("name", ["charplay.log", "charplay.log.1", "history"])
def test_the_log_and_the_history_follow_no_link(home, charplay, tmp_path, monkeypatch, name):
    monkeypatch.setattr("charplay.terminal.log._LOG_BYTES", 10)
    victim = tmp_path / "victim"
    victim.write_text("mine\n+secret\n")
    home.mkdir()
    (home / name).symlink_to(victim)
    for _ in range(3):
        assert charplay("nonsense").status == 2
        assert charplay("-c", ":nonsense").status == 2
    assert victim.read_text() == "mine\n+secret\n"


def test_a_replaced_link_is_a_file_of_its_own(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "link").symlink_to(victim)
    replace_file(tmp_path / "link", b"new")
    assert victim.read_text() == "mine"
