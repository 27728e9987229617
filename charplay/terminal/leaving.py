"""Leaving while runs go on: they are left running or stopped, or the person stays."""

from collections.abc import Callable
from contextlib import suppress

from charplay.commands.context import Context
from charplay.commands.jobs import ask_run
from charplay.jobs.board import RunSeen
from charplay.terminal.render.console import CharplayConsole, visible
from charplay.terminal.render.runs import print_run_end, stopping_time
from charplay.terminal.render.training import duration_text

_LEAVE, _STOP = ("l", "leave"), ("s", "stop")


def may_leave(context: Context, console: CharplayConsole, ask: Callable[[str], str]) -> bool:
    """Whether the REPL may end: no run goes on, or the person says what is to become of it.

    A person who leaves the question too has their runs stopped; Ctrl-C stays.
    """
    runs = context.board.own_under_way()
    if not runs:
        return True
    names = ", ".join(map(_run_words, runs))
    try:
        said = ask(f"under way: {names}; leave running (l), stop (s), stay (Enter)? ")
    except EOFError:
        said = _STOP[0]
    except KeyboardInterrupt:
        return False
    said = said.strip().casefold()
    if said in _LEAVE:
        return all(_leave_running(seen, console) for seen in runs)
    if said in _STOP:
        for seen in runs:
            _stop_run(seen, context, console)
        return True
    return False


def _run_words(seen: RunSeen) -> str:
    progress = seen.status.progress
    left = f", {duration_text(progress.remaining)} left" if progress else ""
    return f"run {seen.job.number} ({visible(seen.name)}{left})"


def _leave_running(seen: RunSeen, console: CharplayConsole) -> bool:
    """Have a run go on without this process; whether it heard."""
    if ask_run(seen.job, "stay"):
        console.print_hint(
            f"`jobs show {seen.job.number}` looks at it later",
            before=f"run {seen.job.number} goes on; ",
        )
        return True
    console.print(f"run {seen.job.number} does not answer; it ends when you leave")
    return False


def _stop_run(seen: RunSeen, context: Context, console: CharplayConsole) -> None:
    """Stop a run with a checkpoint, and say how to go on."""
    console.print(f"stopping run {seen.job.number}{stopping_time(seen.status.pause)} …")
    seen.job.requests.ask("stop")
    with suppress(KeyboardInterrupt):  # then it has the time that is left without a parent
        seen.job.wait()
    print_run_end(RunSeen.of_job(seen.job), console)
    if not context.private:
        seen.job.mark_told()
