"""A pytest plugin that notes which lines each test reaches, and how long it takes.

Loaded by `-p tools.mutants.reaching`, it follows the tests, what they share (a fixture's lines are
reached by every test that asks for it) and the processes that they start, which know their test by
the variable PYTEST_CURRENT_TEST. The file that REACHED names is written at the end.
"""

import json
import os
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest

# What the processes of the tests begin with, in a folder of their path.
SITE = "import coverage\n\ncoverage.process_startup()\n"
_SHARED = "shared:"
# What stands among the tests of a line that is done when its module is loaded.
AT_LOAD = ""


def coverage_settings(folder: Path, modules: list[Path]) -> str:
    """The settings of coverage.py, for the tests and for their processes."""
    return f"""[run]
parallel = True
data_file = {folder / "data"}
source = {",".join(map(str, modules))}
context = ${{PYTEST_CURRENT_TEST-}}
"""


class Reaching:
    """Follows a test session."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._seconds: dict[str, float] = {}
        self._shared: dict[str, list[str]] = {}
        self._coverage = coverage.Coverage(config_file=os.environ["COVERAGE_PROCESS_START"])
        self._test = ""
        self._failed: list[str] = []

    def pytest_sessionstart(self) -> None:
        """Begin to follow."""
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Follow one test, with the making of what it alone needs."""
        self._test = item.nodeid
        for name in getattr(item, "fixturenames", ()):
            self._shared.setdefault(_SHARED + name, []).append(item.nodeid)
        self._coverage.switch_context(item.nodeid)
        started = time.perf_counter()
        result = yield
        self._seconds[item.nodeid] = time.perf_counter() - started
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        """Follow the making of what several tests share."""
        if fixturedef.scope == "function":
            return (yield)
        self._coverage.switch_context(_SHARED + fixturedef.argname)
        try:
            return (yield)
        finally:
            self._coverage.switch_context(self._test)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that fails as it is: it says nothing of a fault."""
        if report.failed:
            self._failed.append(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Write what was noted."""
        self._coverage.stop()
        self._coverage.save()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a killed process left is not whole
            self._coverage.combine()
        data = self._coverage.get_data()
        for test in self._failed:
            self._seconds.pop(test, None)
        lines = {
            os.path.relpath(file): {
                line: self._tests_of(contexts)
                for line, contexts in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        }
        noted = {"seconds": self._seconds, "lines": lines, "failed": self._failed}
        self._target.write_text(json.dumps(noted))

    def _tests_of(self, contexts: list[str]) -> list[str]:
        """The tests that contexts stand for, and `AT_LOAD` where that is before all of them."""
        tests: set[str] = set()
        for context in contexts:
            for part in context.split("|"):
                name = part.rpartition(" (")[0] if part.endswith(")") else part
                tests.update(self._shared.get(name, [name]))
        return sorted(tests & {AT_LOAD, *self._seconds})


def pytest_configure(config: pytest.Config) -> None:
    """Follow, where a file for it is named."""
    if "REACHED" in os.environ:
        config.pluginmanager.register(Reaching(Path(os.environ["REACHED"])))
