"""`corpora`: listing and removing the texts that have a name, without numpy; none is read."""

from dataclasses import dataclass

from charplay.commands.arguments import RemoveCorpusArguments
from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.results import Column, Table
from charplay.errors import UsageError, unknown
from charplay.text.catalogue import StoredText, StoredTexts
from charplay.text.entry import CorpusEntry

NOT_FETCHED = "not fetched"

CORPUS_COLUMNS = (
    Column("corpus", shrink="fold", least=16, most=24),
    Column("kind"),
    Column("size", "names or\nchars", ","),
    Column("distinct", "chars", ",", shrink="drop"),
    Column("state"),
    Column("licence", shrink="fold", most=9),
    Column("source", shrink="fold"),
)


@dataclass(frozen=True)
class CorpusRow:
    """A text that can be trained on by name.

    size: names of a list, characters of prose. distinct: distinct characters, with the newline
    that ends a name. Both are None where nobody has counted. state: shipped, own, fetched, not
    fetched, or broken, and then `fault` says why.
    """

    corpus: str
    kind: str
    size: int | None
    distinct: int | None
    summary: str
    licence: str
    source: str
    state: str
    offered_by: str
    fault: str = ""


@dataclass(frozen=True)
class CorpusChange:
    """A text is now in the data home, or no longer; done: added, fetched, already here, removed,
    kept.

    notes: how the person's file was read.
    """

    corpus: str
    done: str
    kind: str = ""
    size: int | None = None
    distinct: int | None = None
    notes: tuple[str, ...] = ()


def list_corpora(context: Context, request: Request) -> Table:
    """The texts that can be trained on by name."""
    rows = [_corpus_row(context, entry) for entry in context.corpora.values()]
    for stored in stored_texts(context).all():
        fault = stored.fault or why_hidden(context, stored)
        if fault:
            fault = f"{fault}; `corpora remove {stored.name}` removes it"
            rows.append(CorpusRow(stored.name, "", None, None, "", "", "", "broken", "", fault))
    unfetched = any(row.state == NOT_FETCHED for row in rows)
    return Table(
        tuple(rows),
        CORPUS_COLUMNS,
        "there is no text; `train FILE` trains on a file of your own",
        "`corpora fetch NAME` downloads one that is not fetched" if unfetched else "",
    )


def _corpus_row(context: Context, entry: CorpusEntry) -> CorpusRow:
    return CorpusRow(
        corpus=entry.name,
        kind=entry.kind,
        size=entry.size,
        distinct=entry.distinct,
        summary=entry.summary,
        licence=entry.licence,
        source=entry.source,
        state=corpus_state(context, entry),
        offered_by=offered_by(context, entry.name),
    )


def stored_texts(context: Context) -> StoredTexts:
    """The texts that are stored in the data home."""
    return StoredTexts(context.environment.home)


def corpus_state(context: Context, entry: CorpusEntry) -> str:
    """Whether a text is shipped, the person's own, fetched, or not fetched."""
    if entry.path is None:
        return NOT_FETCHED
    if entry.download is not None:
        return "fetched"
    return "shipped" if entry.name in context.registry.corpora else "own"


def offered_by(context: Context, name: str) -> str:
    """The distribution that offers a text; empty for the person's own."""
    catalogue = context.registry.corpora
    return catalogue.origin(name).distribution if name in catalogue else ""


def why_hidden(context: Context, stored: StoredText) -> str:
    """Why an own text is not listed: something installed later has its name; empty if it is."""
    offered = context.registry.corpora.get(stored.name)
    # One that was fetched for an older catalogue is no loss: fetching it again puts it right.
    if offered is None or stored.entry is None or stored.entry.download is not None:
        return ""
    by = offered_by(context, stored.name)
    return f"your own text {stored.name} is hidden by the one that {by} offers"


def remove_corpus(context: Context, request: Request) -> CorpusChange:
    """Remove a text that the person added or fetched, once the person has agreed."""
    arguments = request.fill(RemoveCorpusArguments)
    name = arguments.name
    removable = [stored.name for stored in stored_texts(context).all()]
    if name in removable:
        if not (arguments.yes or context.ask(f"Remove the text {name}?", "--yes")):
            return CorpusChange(name, "kept")
        stored_texts(context).remove(name)
        return CorpusChange(name, "removed")
    entry = context.corpora.get(name)
    if entry is None:
        raise unknown("corpus of your own", name, removable, "corpora")
    if entry.path is None:
        raise UsageError(f"{name} is not fetched", f"`corpora fetch {name}` downloads it")
    raise UsageError(
        f"{name} comes with {offered_by(context, name)} and cannot be removed",
        "`corpora remove NAME` is for texts that you added or fetched",
    )
