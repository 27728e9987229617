"""Describe the machine: versions, processor, and the BLAS kernels that NumPy uses on it."""

import os
import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy  # noqa: F401 - loads the BLAS library that is described
from threadpoolctl import threadpool_info

_CPUINFO = Path("/proc/cpuinfo")


def describe_machine() -> str:
    """The machine in one line."""
    versions = [f"Python {platform.python_version()}"]
    for package in ("numpy", "tensorflow", "keras", "torch"):
        with suppress(PackageNotFoundError):
            versions.append(f"{package} {version(package)}")
    kernels = [
        f"{library['internal_api']} {library['version']} for {library.get('architecture')}"
        for library in threadpool_info()
        if library["user_api"] == "blas"
    ]
    return ", ".join([*versions, *kernels, _processor(), f"{os.cpu_count()} processors"])


def _processor() -> str:
    """The name of the processor, or its architecture if the system does not give a name."""
    if _CPUINFO.is_file():
        for line in _CPUINFO.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
