"""Trying faults: on a copy of the checkout, by the tests that reach the line, the quick first."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tools.mutants.faults import Fault
from tools.mutants.reaching import AT_LOAD, SITE, coverage_settings

_PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0")
_FOLLOWED, _OUTPUT = ("REACHED", "COVERAGE_PROCESS_START"), ".output"
# What the variables of whoever runs this must not say: a test of its own may be under way.
_NOT_OURS = (*_FOLLOWED, "PYTEST_CURRENT_TEST")
# A command line has an end, which thousands of tests reach: pytest reads their names from a file.
_NAMES = ".tests"
_STOP_A_HANG = ("-o", "faulthandler_exit_on_timeout=true")
_SLACK, _SLACK_SECONDS = 5.0, 30.0


@dataclass(frozen=True)
class Reached:
    """What tests reach: the seconds of each, the tests by line and file, and those that fail."""

    seconds: dict[str, float]
    lines: dict[str, dict[str, list[str]]]
    failed: list[str]

    def tests_of(self, module: str, fault: Fault) -> list[str]:
        """The tests that reach the lines of a fault, the quickest first."""
        by_line = self.lines.get(module, {})
        lines = range(fault.line, fault.line + fault.old.count("\n") + 1)
        reaching = {test for line in lines for test in by_line.get(str(line), ())}
        if fault.at_load or AT_LOAD in reaching:  # then whoever uses the module
            reaching = {test for tests in by_line.values() for test in tests}
        return sorted(reaching - {AT_LOAD}, key=lambda test: (self.seconds.get(test, 0.0), test))

    def limits(self, tests: Iterable[str]) -> tuple[float, float]:
        """The seconds after which one of these tests hangs, and all of them do."""
        seconds = [self.seconds.get(test, 1.0) for test in tests]
        return (
            _SLACK * max(seconds, default=0.0) + _SLACK_SECONDS,
            _SLACK * sum(seconds) + _SLACK_SECONDS,
        )


class Copy:
    """A copy of the checkout in which faults are tried, one at a time."""

    def __init__(self, checkout: Path, folder: Path) -> None:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=checkout,
            capture_output=True,
            check=True,
        )
        self._folder = folder
        for name in filter(None, listed.stdout.decode().split("\0")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(checkout / name, folder / name)

    def reached(self, tests: Iterable[str]) -> Reached:
        """What tests reach; RuntimeError where they cannot be run."""
        notes = self._folder / ".reached"
        notes.mkdir()
        (notes / "sitecustomize.py").write_text(SITE)
        settings, noted = notes / "coveragerc", notes / "lines.json"
        modules = [self._folder / folder for folder in ("charplay", "plugins")]
        settings.write_text(coverage_settings(notes, modules))
        followed = dict(zip(_FOLLOWED, (str(noted), str(settings)), strict=True))
        self._passes(tests, "-p", "tools.mutants.reaching", variables=followed)
        if not noted.exists():
            told = (self._folder / _OUTPUT).read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"the tests cannot be run\n{told[-3000:]}")
        return Reached(**json.loads(noted.read_text(encoding="utf-8")))

    def catches(self, module: str, fault: Fault, reached: Reached) -> bool:
        """Whether the tests that reach a fault in a module notice it."""
        path = self._folder / module
        source = path.read_text(encoding="utf-8")
        path.write_text(fault.put_into(source), encoding="utf-8")
        tests = reached.tests_of(module, fault)
        of_one, of_all = reached.limits(tests)
        stop = ("-x", "-o", f"faulthandler_timeout={of_one}", *_STOP_A_HANG)
        try:
            return bool(tests) and not self._passes(tests, *stop, limit=of_all)
        finally:
            path.write_text(source, encoding="utf-8")

    def _passes(
        self,
        tests: Iterable[str],
        *options: str,
        limit: float | None = None,
        variables: dict[str, str] | None = None,
    ) -> bool:
        """Whether tests pass, in at most `limit` seconds; `variables` are more of them."""
        folders = [self._folder / name for name in ("", "plugins", "corpora", ".reached")]
        path = os.pathsep.join(map(str, folders))
        own = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
        own |= {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        (self._folder / _NAMES).write_text("\n".join(tests), encoding="utf-8")
        with open(self._folder / _OUTPUT, "wb") as output:
            running = subprocess.Popen(
                [*_PYTEST, *options, f"@{_NAMES}"],
                cwd=self._folder,
                env=own | (variables or {}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            return running.wait(limit) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            with suppress(ProcessLookupError):  # what the tests started must not outlive them
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()
