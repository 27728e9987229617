"""`sessions check` and `sessions repair`: the file that the sessions are kept in."""

from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.errors import StorageError, list_first
from charplay.files import path_text
from charplay.plural import count_in_words
from charplay.sessions.faults import REPAIR
from charplay.sessions.mending import check_store, repair_store

_MOST_FAULTS = 20


def check_sessions(context: Context, request: Request) -> str:
    """Read all that the store holds; StorageError that says what is wrong with it."""
    file = context.store_file
    check = check_store(file)
    shown = path_text(file)
    wrong = list(check.faults)
    wrong += [f"{path_text(path)} was set aside as damaged" for path in check.set_aside]
    if wrong:
        told = list_first(wrong, _MOST_FAULTS, "; ")
        raise StorageError(
            f"{shown}, {count_in_words(len(wrong), 'fault', 'faults')}: {told}", REPAIR
        )
    if not file.exists():
        return "there is no session yet"
    counts = f"sessions ({check.sessions:,}), turns ({check.turns:,}), states ({check.states:,})"
    return f"{shown} is sound: {counts}"


def repair_sessions(context: Context, request: Request) -> str | tuple[str, ...]:
    """Make the store anew of what can be read; the files as they were stay beside it."""
    context.check_not_private()
    file = context.store_file
    with context.store_closed():
        check = check_store(file)
        if not (check.faults or check.set_aside):
            return "there is nothing to repair"
        repair = repair_store(file, context.environment.now)
    kept = f"kept: sessions ({repair.sessions:,}), turns ({repair.turns:,})"
    backups = (f"as it was before: {path_text(path)}" for path in repair.backups)
    return (kept, *backups, *(f"mended or left out: {fault}" for fault in repair.faults))
