"""`corpora`: the texts that have a name; showing, adding, removing and fetching them."""

from dataclasses import dataclass
from pathlib import Path, PurePath

from charplay.commands.arguments import AddCorpusArguments, CorpusArguments
from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.results import Column, Table
from charplay.errors import UsageError, unknown
from charplay.files import named_file
from charplay.plan import TextChoice
from charplay.text.catalogue import StoredText, StoredTexts, check_corpus_name, check_free
from charplay.text.corpus import load_corpus
from charplay.text.description import TextDescription, describe_text
from charplay.text.entry import CorpusEntry
from charplay.text.fetching import fetch_corpus as download_corpus

NOT_FETCHED = "not fetched"

CORPUS_COLUMNS = (
    Column("corpus", shrink="fold", least=12, most=24),
    Column("kind"),
    Column("size", "names or chars", ","),
    Column("distinct", "chars", ","),
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
class CorpusPage:
    """All about one text; text: what it holds, None for one that is not fetched yet."""

    corpus: str
    kind: str
    summary: str
    licence: str
    source: str
    state: str
    offered_by: str
    size: int | None
    distinct: int | None
    url: str | None
    text: TextDescription | None = None


@dataclass(frozen=True)
class CorpusChange:
    """A text is now in the data home, or no longer; done: added, fetched, already here, removed."""

    corpus: str
    done: str
    kind: str = ""
    size: int | None = None
    distinct: int | None = None


def list_corpora(context: Context, request: Request) -> Table:
    """The texts that can be trained on by name."""
    rows = [_corpus_row(context, entry) for entry in context.corpora.values()]
    for stored in _stored_texts(context).all():
        fault = stored.fault or _hidden_by(context, stored)
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
        state=_state(context, entry),
        offered_by=_offered_by(context, entry.name),
    )


def _stored_texts(context: Context) -> StoredTexts:
    return StoredTexts(context.environment.home)


def _state(context: Context, entry: CorpusEntry) -> str:
    if entry.path is None:
        return NOT_FETCHED
    if entry.download is not None:
        return "fetched"
    return "shipped" if entry.name in context.registry.corpora else "own"


def _offered_by(context: Context, name: str) -> str:
    """The distribution that offers a text; empty for the person's own."""
    catalogue = context.registry.corpora
    return catalogue.origin(name).distribution if name in catalogue else ""


def _hidden_by(context: Context, stored: StoredText) -> str:
    """What to say of an own text whose name something installed later has taken."""
    offered = context.registry.corpora.get(stored.name)
    # One that was fetched for an older catalogue is no loss: fetching it again puts it right.
    if offered is None or stored.entry is None or stored.entry.download is not None:
        return ""
    by = _offered_by(context, stored.name)
    return f"your own text {stored.name} is hidden by the one that {by} offers"


def _find_corpus(context: Context, name: str) -> CorpusEntry:
    entry = context.corpora.get(name)
    if entry is None:
        raise unknown("corpus", name, context.corpora, "corpora")
    return entry


def show_corpus(context: Context, request: Request) -> CorpusPage:
    """All about one text."""
    entry = _find_corpus(context, request.fill(CorpusArguments).name)
    text = _describe(context, entry) if entry.path is not None else None
    return CorpusPage(
        corpus=entry.name,
        kind=entry.kind,
        summary=entry.summary,
        licence=entry.licence,
        source=entry.source,
        state=_state(context, entry),
        offered_by=_offered_by(context, entry.name),
        size=text.size if text else entry.size,
        distinct=text.distinct if text else entry.distinct,
        url=entry.download.url if entry.download else None,
        text=text,
    )


def _describe(context: Context, entry: CorpusEntry) -> TextDescription:
    corpus = load_corpus(TextChoice(entry.name), {entry.name: entry}, context.environment.home)
    return describe_text(corpus, context.environment.fresh_seed())


def add_corpus(context: Context, request: Request) -> CorpusChange:
    """Keep a copy of a person's own text, read as training would read it."""
    arguments = request.fill(AddCorpusArguments)
    path = _existing_file(arguments.file)
    name = arguments.name
    if name is None:
        name = PurePath(path.name.removesuffix(".gz")).stem
    taken = {*context.corpora, *(stored.name for stored in _stored_texts(context).all())}
    check_free(check_corpus_name(name), taken)
    choice = TextChoice(str(path), column=arguments.column, kind=arguments.kind)
    corpus = load_corpus(choice, {}, context.environment.home)
    entry = CorpusEntry(
        name=name,
        kind=corpus.kind,
        summary="a list of your own" if corpus.kind == "names" else "a text of your own",
        licence="your own",
        source=path.name + (f", column {arguments.column}" if arguments.column else ""),
    )
    return _change(_stored_texts(context).keep(entry, corpus), "added")


def _existing_file(typed: str) -> Path:
    path = named_file(typed)
    if path is None:
        raise UsageError(f"there is no file {typed}", "`corpora add FILE --name NAME`")
    return path


def _change(entry: CorpusEntry, done: str) -> CorpusChange:
    return CorpusChange(entry.name, done, entry.kind, entry.size, entry.distinct)


def remove_corpus(context: Context, request: Request) -> CorpusChange:
    """Remove a text that the person added or fetched."""
    name = request.fill(CorpusArguments).name
    removable = [stored.name for stored in _stored_texts(context).all()]
    if name in removable:
        _stored_texts(context).remove(name)
        return CorpusChange(name, "removed")
    entry = context.corpora.get(name)
    if entry is None:
        raise unknown("corpus of your own", name, removable, "corpora")
    if entry.path is None:
        raise UsageError(f"{name} is not fetched", f"`corpora fetch {name}` downloads it")
    raise UsageError(
        f"{name} comes with {_offered_by(context, name)} and cannot be removed",
        "`corpora remove NAME` is for texts that you added or fetched",
    )


def fetch_corpus(context: Context, request: Request) -> CorpusChange:
    """Download a text that is offered but not shipped."""
    name = request.fill(CorpusArguments).name
    entry = _find_corpus(context, name)
    if entry.path is not None:
        return _change(entry, "already here")
    if entry.download is None:
        raise UsageError(
            f"{name} has neither a file nor an address",
            f"update {_offered_by(context, name)}, which offers it",
        )
    stored = {text.name: text for text in _stored_texts(context).all()}
    if name in stored and _hidden_by(context, stored[name]):
        raise UsageError(
            f"your own text has the name {name}", f"`corpora remove {name}` makes room for it"
        )
    check_corpus_name(name)
    corpus = download_corpus(entry, entry.download)
    return _change(_stored_texts(context).keep(entry, corpus), "fetched")
