import errno
import os
from contextlib import contextmanager

import pytest

from charplay.errors import CharplayError, StorageError
from charplay.files import read_text_file, replace_file

OLD, NEW = b"the old one", b"the new one" * 1000


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(OLD)
    return path


def failing(number):
    def fail(*args, **kwargs):
        raise OSError(number, os.strerror(number))

    return fail


def test_a_file_is_replaced_whole(path):
    replace_file(path, NEW)
    assert path.read_bytes() == NEW
    assert os.listdir(path.parent) == [path.name]


def test_a_new_file_is_made_with_the_folders_above_it(tmp_path):
    path = tmp_path / "a" / "b" / "model.bin"
    replace_file(path, NEW)
    assert path.read_bytes() == NEW


def test_an_empty_file_can_be_written(path):
    replace_file(path, b"")
    assert path.read_bytes() == b""


def test_the_data_is_on_the_disk_before_the_name_points_to_it(path, monkeypatch):
    done = []
    fsync, rename = os.fsync, os.replace

    def synced(descriptor):
        done.append(("synced", os.fstat(descriptor).st_size))
        fsync(descriptor)

    def renamed(source, target):
        done.append(("renamed", os.path.getsize(source)))
        rename(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    replace_file(path, NEW)
    assert done[:2] == [("synced", len(NEW)), ("renamed", len(NEW))]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(path, monkeypatch, call):
    monkeypatch.setattr(os, call, failing(errno.ENOSPC))
    with pytest.raises(StorageError) as caught:
        replace_file(path, NEW)
    assert caught.value.message == f"cannot write {path}: {os.strerror(errno.ENOSPC)}"
    assert caught.value.hint == "the disk is full: free some space and try again"
    assert path.read_bytes() == OLD
    assert os.listdir(path.parent) == [path.name]


@contextmanager
def files_of_at_most(size):
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_write_that_ends_half_way_leaves_the_old_file_and_nothing_beside_it(path):
    with pytest.raises(StorageError) as caught, files_of_at_most(4096):
        replace_file(path, NEW)
    assert str(path) in caught.value.message
    assert caught.value.hint
    assert path.read_bytes() == OLD
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_beside_it(path, monkeypatch, stop):
    def interrupted(descriptor):
        raise stop

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(stop):
        replace_file(path, NEW)
    assert path.read_bytes() == OLD
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EPERM])
def test_a_read_only_folder_is_told_with_the_way_out(path, monkeypatch, number):
    real = os.open

    def refused(name, flags, *rest, **named):
        if flags & os.O_CREAT:
            raise OSError(number, os.strerror(number))
        return real(name, flags, *rest, **named)

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(StorageError) as caught:
        replace_file(path, NEW)
    assert caught.value.message == f"cannot write {path}: {os.strerror(number)}"
    assert "set CHARPLAY_HOME to a folder you can write" in caught.value.hint
    monkeypatch.undo()
    assert path.read_bytes() == OLD


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_without_the_right_to_write_is_told(path):
    path.parent.chmod(0o500)
    try:
        with pytest.raises(StorageError, match="cannot write"):
            replace_file(path, NEW)
    finally:
        path.parent.chmod(0o700)
    assert path.read_bytes() == OLD


def test_a_file_where_a_folder_should_be_is_told_and_kept(path):
    with pytest.raises(StorageError) as caught:
        replace_file(path / "inner.bin", NEW)
    assert str(path) in caught.value.message
    assert path.read_bytes() == OLD


def test_a_folder_where_the_file_should_be_is_told_and_kept(tmp_path):
    (tmp_path / "model.bin").mkdir()
    with pytest.raises(StorageError):
        replace_file(tmp_path / "model.bin", NEW)
    assert os.listdir(tmp_path) == ["model.bin"]


def test_a_text_file_is_read_as_utf_8(tmp_path):
    path = tmp_path / "poem.txt"
    path.write_bytes("é…\n".encode())
    assert read_text_file(str(path), "name a text file") == "é…\n"


@pytest.mark.parametrize(
    ("data", "reason"), [(None, "there is no such file"), (b"\xff\xfe", "it is not UTF-8")]
)
def test_a_text_file_that_cannot_be_read_is_told_with_what_to_do(tmp_path, data, reason):
    path = tmp_path / "poem.txt"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(CharplayError) as caught:
        read_text_file(str(path), "name a text file")
    assert caught.value.message == f"{path} cannot be read: {reason}"
    assert caught.value.hint == "name a text file"


def test_a_folder_is_no_text_file(tmp_path):
    with pytest.raises(CharplayError, match="cannot be read"):
        read_text_file(str(tmp_path), "name a text file")
