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


def test_a_file_that_is_written_again_is_rid_of_what_its_killed_writer_left(tmp_path):
    left = put(tmp_path / f".my.[out].txt.{LEFT}")
    others = [put(tmp_path / f".{name}.{LEFT}") for name in ("out.txt", "my.[out].txt.md", "my.o")]
    replace_file(tmp_path / "my.[out].txt", b"whole", shared=True)
    assert sorted(tmp_path.glob(".*")) == sorted(others)
    assert not left.exists()


def test_what_another_writer_of_the_same_file_is_writing_stays(tmp_path):
    young = put(tmp_path / f".out.txt.{LEFT}", seconds=0)
    with open_replacement(tmp_path / "out.txt", shared=True) as stream:
        stream.write(b"one")
        [unfinished] = set(tmp_path.glob(".out*")) - {young}
        os.utime(unfinished, (0, 0))
        replace_file(tmp_path / "out.txt", b"other", shared=True)
        assert unfinished.exists()
        assert young.exists()
    assert (tmp_path / "out.txt").read_bytes() == b"one"


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


def test_a_link_to_a_folder_in_the_place_of_a_job_is_not_followed(home, tmp_path):
    left = put(tmp_path / "outside" / ".live.json.new")
    (home / "jobs").mkdir(parents=True)
    (home / "jobs" / "3").symlink_to(left.parent)
    remove_leftovers(home, home / "cache")
    assert left.exists()


def test_a_folder_with_the_name_of_a_file_stays(home):
    folder = home / "models" / f".x.{LEFT}"
    folder.mkdir(parents=True)
    os.utime(folder, (0, 0))
    remove_leftovers(home, home / "cache")
    assert folder.is_dir()


@pytest.mark.parametrize(("age", "left"), [(9.5, True), (10, False), (10.5, False)])
def test_what_is_ten_seconds_old_was_left(home, monkeypatch, age, left):
    path = put(home / "models" / f".x.{LEFT}")
    os.utime(path, (1000, 1000))
    monkeypatch.setattr("charplay.leftovers.time.time", lambda: 1000 + age)
    remove_leftovers(home, home / "cache")
    monkeypatch.undo()
    assert path.exists() == left


def test_what_another_user_left_stays(home, monkeypatch):
    path = put(home / "models" / f".x.{LEFT}")
    monkeypatch.setattr("charplay.leftovers.os.getuid", lambda: path.stat().st_uid + 1)
    remove_leftovers(home, home / "cache")
    assert path.exists()


def test_what_cannot_be_looked_at_stays_and_so_does_what_cannot_be_removed(
    home, temporary, monkeypatch
):
    kept = [put(home / "models" / f".{name}.{LEFT}") for name in "ab"]
    folder = temporary / "charplay-temporary-abcdefgh"
    folder.mkdir()
    os.utime(folder, (0, 0))
    real_open, real_unlink = os.open, os.unlink

    def refuse_to_open(path, flags, *rest, **more):
        if str(path) == str(kept[0]):
            raise PermissionError
        return real_open(path, flags, *rest, **more)

    def refuse(path, *rest, **more):
        if str(path) in (str(kept[1]), str(folder)):
            raise PermissionError
        return real_unlink(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse_to_open)
    monkeypatch.setattr(os, "unlink", refuse)
    monkeypatch.setattr(os, "rmdir", refuse)
    remove_leftovers(home, home / "cache")
    monkeypatch.undo()
    assert all(path.exists() for path in (*kept, folder))


def test_only_tokens_without_their_record_go_and_not_at_once(home):
    lost, young = put(home / "tokens/lost.tokens"), put(home / "tokens/young.tokens", seconds=0)
    other, kept = put(home / "tokens/readme"), put(home / "tokens/whole.tokens")
    put(home / "tokens/whole.json")
    remove_leftovers(home, home / "cache")
    assert [path.exists() for path in (lost, young, other, kept)] == [False, True, True, True]


def test_a_look_at_what_was_left_leaves_nothing_open(home):
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("this system does not list what is open")
    before = os.listdir("/proc/self/fd")
    for name in "abc":
        put(home / "models" / f".{name}.{LEFT}")
    remove_leftovers(home, home / "cache")
    with temporary_folder():
        pass
    assert os.listdir("/proc/self/fd") == before


def test_a_temporary_folder_that_cannot_be_removed_is_no_error(temporary, monkeypatch):
    def refuse(path, *rest, **more):
        raise OSError(16, "it is in use")

    with temporary_folder() as folder:
        assert folder.name.startswith("charplay-temporary-")
        assert folder.parent == temporary
        monkeypatch.setattr(os, "rmdir", refuse)
    monkeypatch.undo()
    assert folder.is_dir()


def test_a_lock_is_one_processs_at_a_time(tmp_path):
    path = tmp_path / "a"
    path.write_text("x")
    with path.open() as one, path.open() as other:
        assert hold_open(one.fileno()) is True
        assert hold_open(other.fileno()) is False
