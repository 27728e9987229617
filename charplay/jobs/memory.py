"""The memory that a run needs, before it starts: what cannot fit is refused, with the figure."""

import logging
from collections.abc import Callable
from typing import Any

from charplay.errors import TrainingError
from charplay.jobs.free_memory import free_memory
from charplay.jobs.smaller import make_smaller
from charplay.models.contract import Backend
from charplay.options import build
from charplay.plan import TrainingRun
from charplay.proposal import TextFacts
from charplay.training.measuring import MOST_COUNTED

_log = logging.getLogger(__name__)

FindBackend = Callable[[str], Backend]

# How far an estimate may be from what a run takes; see `Backend.memory_needed`.
_KNOWN_ERROR = 1.5
# Python with NumPy and charplay; and what a name and a character of prose take where they are read.
_PROCESS, _NAME, _CHARACTER = 45_000_000, 500, 14
# Longer prose is read in pieces of so many characters.
_PIECE = 1 << 22
# What counting takes a character.
_COUNTED_CHARACTER = 110
_MEGABYTE, _GIGABYTE = 1e6, 1e9


def memory_needed(run: TrainingRun, facts: TextFacts, find: FindBackend) -> int | None:
    """Bytes that the process of a run takes at most; None where its backend does not tell.

    About half of what a backend needs is kept while, at the end, the text is counted to compare.
    """
    own = _backend_memory(run, facts, find(run.backend))
    if own is None:
        return None
    counted = facts.characters * _COUNTED_CHARACTER * (facts.characters <= MOST_COUNTED)
    in_pieces = min(facts.characters, _PIECE)
    text = facts.size * _NAME if facts.kind == "names" else in_pieces * _CHARACTER
    return _PROCESS + text + max(own, own // 2 + counted)


def check_memory(
    run: TrainingRun,
    facts: TextFacts,
    find: FindBackend,
    free: Callable[[], int | None] = free_memory,
    hint: str = "",
) -> tuple[str, ...]:
    """Notes on the memory of a run that may not fit; TrainingError for one that cannot.

    free: bytes that are left, None where that is not known; hint: what to do where no option of the
    run can be changed.
    """
    needed, left = memory_needed(run, facts, find), free()
    if needed is None or left is None or needed <= left:
        return ()
    told, free_told = f"needs about {_size_text(needed)}", f"only {_size_text(left)} is free"
    if needed <= left * _KNOWN_ERROR:
        return (f"may run out of memory: {told}, {free_told}",)
    raise TrainingError(
        f"this run {told} of memory, {free_told}", hint or _smaller_hint(run, facts, find, left)
    )


def _smaller_hint(run: TrainingRun, facts: TextFacts, find: FindBackend, left: int) -> str:
    """What to set so that a run fits, what matters most first."""
    smaller = make_smaller(run, lambda each: memory_needed(each, facts, find), find, left)
    if smaller.needed > left:
        return "end other programs, or take a shorter text"
    pairs = " ".join(f"{name}={value}" for name, value in smaller.changes.items())
    return f"use --set {pairs}, which needs about {_size_text(smaller.needed)}"


def _size_text(size: int) -> str:
    """A size in two digits or whole gigabytes."""
    if size < _GIGABYTE:
        return f"{size / _MEGABYTE:.0f} MB"
    return f"{size / _GIGABYTE:,.0f} GB" if size >= 10 * _GIGABYTE else f"{size / _GIGABYTE:.2g} GB"


def _backend_memory(run: TrainingRun, facts: TextFacts, backend: Backend) -> int | None:
    """What a backend says; None where it fails, which is no reason not to train."""
    try:
        config: Any = build(backend.Config, run.config)
        told: object = backend.memory_needed(config, run.plan, facts)
    except Exception as error:
        _log.warning("the backend %s cannot tell its memory", backend.name, exc_info=error)
        return None
    return told if isinstance(told, int) and told > 0 else None
