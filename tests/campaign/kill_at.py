"""charplay in a process that is killed before its n-th write.

    python kill_at.py HOME N WORD …

Without a kill it ends with its own status and tells how many writes there were.
"""

import os
import signal
import sys
from pathlib import Path

import pytest

from charplay.terminal.cli import run
from charplay.testing.world import make_environment
from tests.campaign.full_disk import Disk, watched_disk


class Last(Disk):
    """A disk before whose n-th write the process is killed."""

    def write(self):
        self.written += 1
        if self.written > self.room:
            os.kill(os.getpid(), signal.SIGKILL)


def main(home, room, words):
    environment = make_environment(home)
    with pytest.MonkeyPatch.context() as patch, watched_disk(Last(room), patch) as disk:
        status = run(words, environment)
    sys.__stdout__.write(f"{disk.written}\n")
    return int(status)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
