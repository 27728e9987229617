"""Taking a run up again: as it was planned, or with more to do or another rate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from charplay.errors import TrainingError, UsageError, unknown
from charplay.jobs.choice import Pair
from charplay.jobs.free_memory import free_memory
from charplay.jobs.job import Job
from charplay.jobs.memory import check_memory
from charplay.jobs.running import under_way_error
from charplay.jobs.status import RunStatus
from charplay.models.contract import Backend
from charplay.options import option
from charplay.plan import Plan, TrainingRun
from charplay.text.entry import CorpusEntry
from charplay.text.facts import facts_of
from charplay.training.events import Progress
from charplay.training.texts import RunTexts

# What may change without making another run of it: what is learned, in which order, stays.
_CHANGEABLE = frozenset(
    (
        "learning-rate", "schedule", "step-every", "step-factor", "warmup", "clip-value",
        "clip-norm", "patience", "validate-every", "checkpoint-seconds", "sample-every",
    )
)  # fmt: skip


@dataclass(frozen=True)
class More:
    """So much more, as in `+5`."""

    amount: float

    domain = "so much more, like +5"

    @classmethod
    def parse(cls, text: str) -> "More":
        """ValueError where it is no number above 0 with a plus."""
        if not text.startswith("+"):
            raise ValueError(text)
        amount = float(text[1:])
        if not 0 < amount <= _MOST:
            raise ValueError(text)
        return cls(amount)

    @property
    def count(self) -> int:
        """The amount as a whole number, at least 1."""
        return max(1, round(self.amount))

    def __str__(self) -> str:
        return f"+{self.amount:g}"


_MOST = 1e12


@dataclass(frozen=True)
class ResumeChoice:
    """What a person chooses of a run that goes on."""

    run: int | None = option(
        None,
        "the number of a run; the newest that can go on unless given",
        metavar="RUN",
        positional=True,
        minimum=1,
        completes="run",
    )
    updates: More | None = option(None, "make so many updates more", metavar="+N")
    epochs: More | None = option(None, "go over the text so many times more", metavar="+N")
    minutes: More | None = option(None, "go on for about so many minutes more", metavar="+N")
    set: tuple[Pair, ...] = option(
        (),
        "go on with other options, such as learning-rate",
        metavar="KEY=VALUE",
        completes="training-option",
    )
    wait: bool = option(False, "follow the run to its end")


def check_resumable(job: Job) -> None:
    """TrainingError where a run cannot be taken up."""
    if job.is_under_way:
        raise under_way_error(job)
    if not job.checkpoint("last").exists():
        raise TrainingError(f"run {job.number} saved nothing to go on from", "train again")


def plan_resume(
    job: Job,
    choice: ResumeChoice,
    corpora: Mapping[str, CorpusEntry],
    find: Callable[[str], Backend],
    free: Callable[[], int | None] = free_memory,
) -> TrainingRun:
    """The run of a job as it is to go on.

    find: a backend by its name; free: bytes of memory that are left, None where that is not known.
    Raises TrainingError where it cannot, UsageError where the choice cannot be, CorpusError where a
    text cannot be read.
    """
    check_resumable(job)
    run, status = job.training_run(), job.status()
    given = [more for more in (choice.updates, choice.epochs, choice.minutes) if more]
    if len(given) > 1:
        raise UsageError("two options say how much more", "give one of them")
    changes = _checked_changes(choice.set)
    if not given:
        _check_unfinished(job, status, changes)
    plan = run.plan.changed(changes)
    texts = RunTexts.load(run.text, plan, corpora, job.home)
    if given:
        plan = _extend_plan(plan, choice, job, texts)
    run = replace(run, plan=plan)
    hint = f"end other programs or runs first, then `jobs resume {job.number}`"
    check_memory(run, facts_of(texts.own, *texts.others.values()), find, free, hint)
    return run


def _check_unfinished(job: Job, status: RunStatus, changes: Mapping[str, object]) -> None:
    """TrainingError where a run has nothing left to do, and is not given more patience."""
    if status.kept is None or status.finished is None or status.finished.reason == "stopped":
        return
    what = "is done"
    if status.finished.reason == "patience":
        if "patience" in changes:
            return
        what = "ended early, as it no longer improved"
    hint = f"`jobs resume {job.number} --epochs +5` does more"
    raise TrainingError(f"run {job.number} {what}", hint)


def _checked_changes(pairs: tuple[Pair, ...]) -> dict[str, object]:
    changes: dict[str, object] = {}
    for pair in pairs:
        name = pair.key.replace("_", "-")
        if name not in _CHANGEABLE:
            raise unknown("option of a run that goes on", pair.key, _CHANGEABLE)
        changes[name.replace("-", "_")] = pair.value
    return changes


def _extend_plan(plan: Plan, choice: ResumeChoice, job: Job, texts: RunTexts) -> Plan:
    """The plan with more updates in its last stage, or in that of the last part of a mix.

    Where the inner text was to be learned at the end, it is learned from the same update on.
    """
    if plan.parts:
        *before, last = plan.parts
        last = replace(last, plan=_extend_plan(last.plan, choice, job, texts))
        return replace(plan, parts=(*before, last))
    schedule = texts.schedule(plan)
    *before_it, stage = plan.stages
    length = schedule.updates - schedule.last_begin
    longer = replace(stage, updates=length + _more_updates(choice, plan, job, texts), epochs=None)
    longer_plan = replace(plan, stages=(*before_it, longer), patience=None)
    if plan.inner_until == 1:
        return longer_plan
    share = plan.inner_until * schedule.updates / texts.schedule(longer_plan).updates
    return replace(longer_plan, inner_until=share)


def _more_updates(choice: ResumeChoice, plan: Plan, job: Job, texts: RunTexts) -> int:
    """How many updates more are asked for."""
    if choice.updates:
        return choice.updates.count
    if choice.epochs:
        return choice.epochs.count * texts.schedule(plan).last_per_epoch
    assert choice.minutes is not None
    return max(1, round(choice.minutes.amount * 60 * _updates_a_second(job)))


def _updates_a_second(job: Job) -> float:
    """How fast a run is, or the newest part of a mix, as another may be a thousand times faster."""
    newest = job.status().progress
    if newest is None or not newest.update:
        raise UsageError("how fast the run is, is not known yet", "give --updates or --epochs")
    told = (event for event in job.read_events() if isinstance(event, Progress))
    first = next((event for event in told if event.part == newest.part), newest)
    if first.update < newest.update and first.elapsed < newest.elapsed:
        return (newest.update - first.update) / (newest.elapsed - first.elapsed)
    return newest.update / newest.elapsed
