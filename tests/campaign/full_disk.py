"""A disk that is full from a certain write on: every way in which charplay writes is counted."""

import builtins
import errno
import io
import os
import sqlite3
from contextlib import contextmanager

WRITING = ("INSERT", "UPDATE", "DELETE", "CREATE", "DROP")


class Disk:
    """A disk that has room for `room` more writes; written: how many there were."""

    def __init__(self, room):
        self.room, self.written = room, 0

    def write(self):
        self.written += 1
        if self.written > self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def disk_with_room(room, monkeypatch):
    """Within, the disk is full from write number `room` + 1 on; the disk."""
    with watched_disk(Disk(room), monkeypatch) as disk:
        yield disk


@contextmanager
def watched_disk(disk, monkeypatch):
    """Within, `disk.write` is called before each write."""

    class FullFile(io.FileIO):
        def write(self, data):
            disk.write()
            return super().write(data)

    class FullConnection(sqlite3.Connection):
        def execute(self, statement, *values):
            self._write(statement)
            return super().execute(statement, *values)

        def executemany(self, statement, *values):
            self._write(statement)
            return super().executemany(statement, *values)

        def _write(self, statement):
            if not statement.lstrip().upper().startswith(WRITING):
                return
            try:
                disk.write()
            except OSError as error:
                full = sqlite3.OperationalError("database or disk is full")
                full.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise full from error

    real_open, real_connect = io.open, sqlite3.connect

    def open_full(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, **more):
        if not set(mode) & set("wxa+"):
            return real_open(file, mode, buffering, encoding, errors, newline, **more)
        raw = FullFile(file, mode.replace("b", "").replace("t", ""), **more)
        binary = io.BufferedWriter(raw)
        if "b" in mode:
            return binary
        return io.TextIOWrapper(binary, encoding, errors, newline)

    def counted(function):
        def call(*given, **more):
            disk.write()
            return function(*given, **more)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(io, "open", open_full)
        patch.setattr(builtins, "open", open_full)
        for name in ("write", "fsync", "mkdir", "replace"):
            patch.setattr(os, name, counted(getattr(os, name)))
        patch.setattr(
            sqlite3, "connect", lambda *given, **more: real_connect(
                *given, **{"factory": FullConnection} | more
            )
        )  # fmt: skip
        yield disk
