"""Files as they are opened, replaced and read: every step, and nothing left open."""

import errno
import os
import stat
from pathlib import Path

import pytest

from charplay.errors import CharplayError, StorageError, UsageError
from charplay.files import (
    add_private_folder,
    make_private_folder,
    name_of_file,
    named_file,
    new_file,
    open_private,
    open_replacement,
    private_opener,
    read_text_file,
    replace_file,
    replace_live,
    storage_errors,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="files as POSIX has them")


@pytest.fixture
def nothing_left_open():
    """Fails where a descriptor stays open."""
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not list what is open")
    before = sorted(os.listdir(descriptors))
    yield
    assert sorted(os.listdir(descriptors)) == before


def rights(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_replaced_file_and_its_name_are_on_the_disk(tmp_path, monkeypatch, nothing_left_open):
    done, fsync, rename = [], os.fsync, os.replace

    def synced(descriptor):
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        done.append((kind, os.fstat(descriptor).st_size if kind == "file" else None))
        fsync(descriptor)

    def renamed(source, target):
        done.append(("renamed", os.path.getsize(source)))
        rename(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    replace_file(tmp_path / "a", b"short")
    assert done == [("file", 5), ("renamed", 5), ("folder", None)]


def test_a_folder_that_cannot_be_synced_is_no_error(tmp_path, monkeypatch, nothing_left_open):
    fsync = os.fsync

    def refused(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not here")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", refused)
    replace_file(tmp_path / "a", b"x")
    assert (tmp_path / "a").read_bytes() == b"x"


def test_a_live_file_is_replaced_in_one_step_and_is_its_owners_alone(
    tmp_path, monkeypatch, nothing_left_open
):
    path, done, rename = tmp_path / "live.json", [], os.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: pytest.fail("it waited for the disk"))

    def renamed(source, target):
        done.append((Path(source).name, Path(source).read_bytes(), rights(Path(source))))
        rename(source, target)

    monkeypatch.setattr(os, "replace", renamed)
    for data in (b"one", b"two"):
        replace_live(path, data)
        assert path.read_bytes() == data
    assert done == [(".live.json.new", b"one", 0o600), (".live.json.new", b"two", 0o600)]
    assert os.listdir(tmp_path) == ["live.json"]


def test_a_live_file_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(StorageError, match="cannot write"):
        replace_live(tmp_path / "none" / "live.json", b"x")


def test_a_shared_file_is_written_into_new_folders_and_old_ones(tmp_path, nothing_left_open):
    path = tmp_path / "a" / "b" / "export.md"
    for data in (b"one", b"two"):
        replace_file(path, data, shared=True)
        assert path.read_bytes() == data
    with open_replacement(tmp_path / "c") as stream:
        stream.write(b"x")
    assert rights(tmp_path / "c") == 0o600


def test_what_is_no_file_is_not_opened(nothing_left_open):
    with pytest.raises(OSError, match="it is no file") as told:
        private_opener("/dev/null", os.O_WRONLY)
    assert told.value.errno == errno.EINVAL


def test_a_private_file_is_added_to_in_utf_8_whatever_its_text(tmp_path, nothing_left_open):
    for text in ("é\n", "\udcff\n"):
        with open_private(tmp_path / "log") as stream:
            stream.write(text)
    assert (tmp_path / "log").read_bytes() == "é\n\\udcff\n".encode()
    assert rights(tmp_path / "log") == 0o600


def test_a_folder_that_another_process_made_meanwhile_is_taken(tmp_path, monkeypatch):
    folder, made = tmp_path / "a", []

    def quicker(path):
        made.append(path)
        add_private_folder(path)
        raise FileExistsError

    monkeypatch.setattr("charplay.files.add_private_folder", quicker)
    make_private_folder(folder)
    assert made == [folder]
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileExistsError):
        make_private_folder(tmp_path / "file")


def test_a_pipe_is_read_as_a_text(nothing_left_open):
    reading, writing = os.pipe()
    os.write(writing, "é\r\n".encode())
    os.close(writing)
    try:
        assert read_text_file(f"/dev/fd/{reading}", "") == "é\n"
    finally:
        os.close(reading)


def test_a_file_that_cannot_be_read_without_a_reason_is_told_by_the_kind_of_error(
    tmp_path, monkeypatch
):
    def fail(path, pipes):
        raise PermissionError

    (tmp_path / "a").write_text("x")
    monkeypatch.setattr("charplay.files.open_readable", fail)
    with pytest.raises(CharplayError) as told:
        read_text_file(str(tmp_path / "a"), "name a text file")
    assert told.value.message.endswith("cannot be read: PermissionError")


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.ENOSPC, "the disk is full: free some space and try again"),
        (errno.EDQUOT, "the disk quota is used up: free some space and try again"),
        (errno.EROFS, "the disk is read-only: set CHARPLAY_HOME to a folder you can write"),
        (errno.EACCES, "not allowed: set CHARPLAY_HOME to a folder you can write"),
        (errno.EPERM, "not allowed: set CHARPLAY_HOME to a folder you can write"),
        (errno.ENOENT, "check that the folder exists and is yours"),
        (None, "check that the folder exists and is yours"),
    ],
)
def test_a_storage_error_says_what_to_do(number, hint):
    error = OSError(number, "why") if number else OSError()
    with pytest.raises(StorageError) as told, storage_errors("cannot do it"):
        raise error
    assert told.value.message == f"cannot do it: {'why' if number else 'OSError'}"
    assert told.value.hint == hint


@pytest.mark.parametrize(
    ("file", "name"),
    [("list.txt", "list"), ("a/list.csv.gz", "list"), ("my list!.txt", "my list"),
     ("...", "other"), (".txt", "txt"), ("a&b(c).txt", "a-b-c"), ("+x+.txt", "x")],
)  # fmt: skip
def test_what_a_file_holds_is_named_after_it(file, name):
    assert name_of_file(file, "other") == name


def test_a_file_is_found_by_what_was_typed_and_a_new_one_must_not_be_there(tmp_path):
    (tmp_path / "a").write_text("x")
    assert named_file(str(tmp_path / "a")) == tmp_path / "a"
    assert named_file(str(tmp_path)) == tmp_path
    for none in ("", str(tmp_path / "b"), "x\0y", "~nobody-is-here/x", "x" * 5000):
        assert named_file(none) is None
    assert new_file(str(tmp_path / "b")) == tmp_path / "b"
    assert new_file(str(tmp_path / "a" / "b")) == tmp_path / "a" / "b"
    with pytest.raises(UsageError, match="is there already") as told:
        new_file(str(tmp_path / "a"))
    assert told.value.hint == "name another file, or remove this one first"
    for wrong in ("x\0y", "~nobody-is-here/x", "x" * 5000):
        with pytest.raises(UsageError, match="cannot be a file") as told:
            new_file(wrong)
        assert told.value.hint == "name another file"


def test_a_byte_that_is_no_text_is_typed_with_a_backslash(tmp_path):
    path = tmp_path / os.fsdecode(b"Ze\xff")
    path.write_text("x")
    assert named_file(f"{tmp_path}/Ze\\xff") == path
    (tmp_path / "Ze\\xff").write_text("x")
    assert named_file(f"{tmp_path}/Ze\\xff") == tmp_path / "Ze\\xff"
