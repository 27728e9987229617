"""What to type to make a model again, or to go on with the run that made it."""

import shlex
from pathlib import Path

from charplay.commands.context import Context
from charplay.errors import UsageError
from charplay.jobs.job import all_jobs
from charplay.models.header import Header

# The family of the commands that a model can be made with.
_MAKING = "making"


def command_again(context: Context, header: Header) -> str:
    """The command that makes such a model again, as its file tells it; "" where that is none.

    Its words are put together anew, as a person may type them into a shell: no file says more
    than one command, nor any that does not make models.
    """
    told = header.provenance.get("again") or ""
    try:
        words = shlex.split(told)
        makes = bool(words) and context.commands.find(words[0]).family == _MAKING
    except (ValueError, UsageError):
        makes = False
    if makes and told.isprintable():
        return shlex.join(words)
    corpus = header.provenance.get("text", {}).get("corpus", "")
    return f"train {corpus}" if corpus in context.corpora else ""


def command_to_resume(context: Context, digest: str, path: Path) -> str:
    """The command that takes up the run which made a model, where that was stopped; else ""."""
    for job in all_jobs(context.environment.home):
        status = job.status()
        kept = status.kept.digest if status.kept else None
        made_it = kept == digest or path.parent == job.folder
        if made_it and job.state(status) in ("stopped", "died", "failed"):
            return f"jobs resume {job.number}"
    return ""
