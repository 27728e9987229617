"""A folder with programs as a plugin's author has them, and distributions installed for them."""

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import variables_for

# Offline, and into a folder of its own, so that this environment stays as it is.
PIP = (
    *("install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"),
    *("--no-build-isolation", "--no-compile"),
)
PYTEST = ("-q", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class AuthorsShell:
    """A shell whose `charplay`, `pip` and `pytest` are those of this environment.

    `pip install` installs the distribution in the current folder as `-e` would: what is changed in
    it is used at once.
    """

    folder: Path
    installed: Path

    @classmethod
    def in_folder(cls, folder: Path) -> "AuthorsShell":
        """A shell that begins in a folder."""
        shell = cls(folder, folder / "installed")
        (folder / "bin").mkdir()
        shell._add_program("charplay", "-m", "charplay")
        shell._add_program("pytest", "-m", "pytest", *PYTEST)
        install = shlex.join((sys.executable, "-m", "pip", *PIP, "--target", str(shell.installed)))
        shell._write("pip", f"{install} .")
        return shell

    def _add_program(self, name: str, *words: str) -> None:
        self._write(name, shlex.join((sys.executable, *words)) + ' "$@"')

    def _write(self, name: str, line: str) -> None:
        file = self.folder / "bin" / name
        file.write_text(f"#!/bin/sh\nexec {line}\n", encoding="utf-8")
        file.chmod(0o755)

    def run(self, lines: str, at: Path) -> tuple[str, Path]:
        """What a block of lines prints on both streams, and the folder that it ends in."""
        path = os.pathsep.join((str(self.folder / "bin"), os.environ["PATH"]))
        python = os.pathsep.join((str(at), str(self.installed), os.environ.get("PYTHONPATH", "")))
        last = self.folder / "last"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{lines}\npwd > {shlex.quote(str(last))}"],
            cwd=at,
            env=variables_for(self.folder / "home", PATH=path, PYTHONPATH=python),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout, Path(last.read_text(encoding="utf-8").strip())
