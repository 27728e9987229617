"""What to make smaller in a run that needs too much memory."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from charplay.models.contract import Backend
from charplay.options import Option, build, options_of
from charplay.plan import Plan, TrainingRun

# A length that a network is made for is no matter of memory.
_OF_BATCHES = {"names": ("batch_size",), "windows": ("batch_size",)}
_OF_STREAMS = ("batch_size", "length")


@dataclass(frozen=True)
class SmallerRun:
    """A run, the memory that it needs in bytes, and what was set to make it smaller."""

    run: TrainingRun
    needed: int
    changes: dict[str, int] = field(default_factory=dict)


def make_smaller(
    run: TrainingRun,
    memory: Callable[[TrainingRun], int | None],
    find: Callable[[str], Backend],
    most: int,
) -> SmallerRun:
    """The run with options halved, each time the one that matters most, until it fits.

    memory: the bytes that a run needs. Where no option matters any more, it still does not fit.
    """
    smaller = SmallerRun(run, memory(run) or 0)
    while smaller.needed > most:
        tried = [
            SmallerRun(halved, memory(halved) or smaller.needed, smaller.changes | {name: value})
            for name, value, halved in _halved_runs(smaller.run, find)
        ]
        best = min(tried, key=lambda each: each.needed, default=smaller)
        if best.needed >= smaller.needed:
            break
        smaller = best
    return smaller


def _halved_runs(
    run: TrainingRun, find: Callable[[str], Backend]
) -> Iterator[tuple[str, int, TrainingRun]]:
    """(option as it is typed, half of its value, the run with that), option by option."""
    plan = run.plan
    options = {option.name: option for option in options_of(Plan)}
    for name in _OF_BATCHES.get(plan.cutting, _OF_STREAMS):
        value = getattr(plan, name) // 2
        if value:
            yield options[name].typed_name, value, replace(run, plan=plan.changed({name: value}))
    if run.base is None:  # which keeps its network
        networks = [part for part in plan.parts if not part.counted]
        configs = [(part.backend, part.config) for part in networks] or [(run.backend, run.config)]
        halves = {o: v for name, config in configs for o, v in _halved_options(find(name), config)}
        for option, value in halves.items():
            yield option.typed_name, value, _with_option(run, option.name, value, find)


def _halved_options(backend: Backend, config: Mapping[str, object]) -> Iterator[tuple[Option, int]]:
    """The options of a network that count something, each with half of its value."""
    built: Any = build(backend.Config, config)
    for option in options_of(backend.Config):
        if option.kind == "int" and not option.many:
            half = (getattr(built, option.name) or 0) // 2
            if half and half >= (option.minimum or 0):
                yield option, half


def _with_option(
    run: TrainingRun, name: str, value: int, find: Callable[[str], Backend]
) -> TrainingRun:
    """The run with an option of its network, or of all the networks in a mix that have it."""

    def changed(backend: str, config: Mapping[str, Any]) -> Mapping[str, Any]:
        known = {option.name for option in options_of(find(backend).Config)}
        return {**config, name: value} if name in known else config

    if not run.plan.parts:
        return replace(run, config=changed(run.backend, run.config))
    parts = tuple(
        part if part.counted else replace(part, config=changed(part.backend, part.config))
        for part in run.plan.parts
    )
    return replace(run, plan=replace(run.plan, parts=parts))
