"""Runs beside the conversation: in a line each, and on a page of their own."""

import shlex

from rich.text import Text

from charplay.commands.jobs import JobChange, JobPage, PrunedJobs
from charplay.commands.training import BegunRun
from charplay.jobs.board import RunSeen
from charplay.jobs.keeping import saved_update
from charplay.plural import count_in_words
from charplay.terminal.render.console import CharplayConsole, foreign, show_notices, visible
from charplay.terminal.render.facts import show_facts
from charplay.terminal.render.tables import counting_text, loss_text
from charplay.terminal.render.training import (
    duration_text,
    join_samples,
    print_former_model,
)


def show_begun_run(value: BegunRun, console: CharplayConsole) -> None:
    """That a run goes on beside the conversation."""
    show_notices(console, value.notes)
    number = value.run
    doing = "goes on with" if value.resumed else "trains"
    before = f"run {number} {doing} {visible(value.model)}; "
    console.print_hint(
        f"`jobs show {number}` looks at it, `jobs stop {number}` ends it", "", before
    )


def run_line(seen: RunSeen) -> str:
    """How a run under way stands, in one line: run 3 mynames 45 %, 20 s left, loss 1.234."""
    head = f"run {seen.job.number} {visible(seen.name)}"
    progress, best = seen.status.progress, seen.status.best
    if seen.state == "starting" or progress is None:
        return f"{head} is starting"
    if seen.state == "stopping":
        return f"{head} is stopping{stopping_time(seen.status.pause)}"
    parts = [f"{head} {seen.status.share:.0%}", f"{duration_text(progress.remaining)} left"]
    parts.append(f"loss {loss_text(progress.smoothed)}")
    if best:
        parts.append(f"validation {loss_text(best.loss)}")
    return ", ".join(parts)


def stopping_time(pause: float) -> str:
    """How long a run may take to stop, where that is worth telling."""
    return f", which may take {duration_text(pause)}" if pause >= 1 else ""


def print_run_end(seen: RunSeen, console: CharplayConsole, talks: bool = False) -> None:
    """Print how a run ended, and what to type next; talks: its model is talked with now."""
    told, hint = _end_in_words(seen, talks)
    console.print_hint(hint, before=f"run {seen.job.number} ({visible(seen.name)}) {told}; ")
    if seen.status.kept and seen.state in ("done", "stopped"):
        print_former_model(seen.status.kept, console)


def _end_in_words(seen: RunSeen, talks: bool) -> tuple[str, str]:
    """How a run ended, and what can be typed next."""
    number, status = seen.job.number, seen.status
    resume, update = f"`jobs resume {number}` goes on", count_in_words(status.update, "update")
    talk = "you talk with it now" if talks else f"`model {shlex.quote(seen.name)}` talks to it"
    if seen.state == "done":
        time = duration_text(status.finished.elapsed) if status.finished else ""
        return f"is done: {update} in {time}{_loss(seen)}", talk
    if seen.state == "stopped":
        return f"was stopped after {update}{_loss(seen)}", f"{talk}, {resume}"
    if status.failed:
        return f"failed: {_sentence(status.failed.message)}", status.failed.hint
    killed = "was killed, or ran out of memory"
    if saved := saved_update(seen.job):
        return f"{killed}, after {update}", f"{resume} from update {saved:,}"
    return f"{killed}, before it had saved anything", "train again"


def _loss(seen: RunSeen) -> str:
    measured = seen.status.measured
    if measured is None:
        return ""
    loss = f", held-out loss {loss_text(measured.held_out_loss)}"
    if measured.counting_loss is None:
        return loss
    return f"{loss}, {counting_text(measured.held_out_loss, measured.counting_loss)}"


def _sentence(message: str) -> str:
    return visible(message.strip().rstrip("."))


def print_run_samples(seen: RunSeen, console: CharplayConsole) -> None:
    """Print what the model of a run draws now."""
    if seen.status.sampled:
        head = f"run {seen.job.number} {visible(seen.name)} {seen.status.share:.0%}  "
        samples = foreign(join_samples(seen.status.sampled.texts))
        console.print(Text.assemble(head, samples, style="dim"))


def show_job_page(value: JobPage, console: CharplayConsole) -> None:
    """All that is known of a run."""
    row = value.row
    console.print(Text.assemble(f"run {row.run} ", foreign(row.model, "bold"), f" {row.state}"))
    show_facts(console, _facts(value), style="dim")
    if value.goes_on:
        console.print_hint(f"`{value.goes_on}`", before="go on: ")


def _facts(page: JobPage) -> list[tuple[str, str]]:
    row, losses = page.row, []
    for name, loss in (
        ("loss", row.loss),
        ("validation loss", row.validation_loss),
        ("held-out loss", row.held_out_loss),
    ):
        if loss is not None:
            losses.append((name, f"{loss_text(loss)} nats per character"))
    of = f" of {row.updates:,}" if row.updates else ""
    facts = [
        ("why", page.message),
        ("text", visible(page.corpus)),
        ("backend", page.backend),
        ("updates", f"{row.update:,}{of}"),
        ("time", duration_text(page.elapsed) if page.elapsed else ""),
        ("left", duration_text(row.left) if row.left is not None else ""),
        ("speed", f"{page.rate:,.0f} characters a second" if page.rate else ""),
        *losses,
        ("samples", join_samples(page.samples)),
        ("checkpoint", f"of update {page.checkpoint:,}" if page.checkpoint else ""),
        ("files", f"{page.folder}, {row.size:,} bytes"),
    ]
    return [(name, fact) for name, fact in facts if fact]


def show_job_change(value: JobChange, console: CharplayConsole) -> None:
    """What was done with a run."""
    head = f"run {value.run} ({visible(value.model)}) {value.done}"
    update = f" at update {value.update:,}" if value.done in ("stopped", "saved") else ""
    if value.done == "stopped":
        before = f"{head}{update}; "
        console.print_hint(f"`jobs resume {value.run}` goes on", before=before)
    else:
        console.print(f"{head}{update}")


def show_pruned_jobs(value: PrunedJobs, console: CharplayConsole) -> None:
    """Which runs were removed."""
    runs = count_in_words(len(value.runs), "run")
    console.print(f"removed {runs}, {value.size:,} bytes" if value.runs else "all runs stay")
