"""`corpora show`, `add` and `fetch`: the actions that read a text, which needs numpy."""

from dataclasses import dataclass
from pathlib import Path, PurePath

from charplay.commands.arguments import AddCorpusArguments, CorpusArguments
from charplay.commands.context import Context
from charplay.commands.corpora import (
    CorpusChange,
    corpus_state,
    offered_by,
    stored_texts,
    why_hidden,
)
from charplay.commands.request import Request
from charplay.errors import UsageError, unknown
from charplay.files import named_file
from charplay.plan import TextChoice
from charplay.text.catalogue import check_corpus_name, check_free
from charplay.text.corpus import load_corpus
from charplay.text.description import TextDescription, describe_text
from charplay.text.entry import CorpusEntry
from charplay.text.fetching import fetch_corpus as download_corpus


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
        state=corpus_state(context, entry),
        offered_by=offered_by(context, entry.name),
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
    taken = {*context.corpora, *(stored.name for stored in stored_texts(context).all())}
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
    return _change(stored_texts(context).keep(entry, corpus), "added")


def _existing_file(typed: str) -> Path:
    path = named_file(typed)
    if path is None:
        raise UsageError(
            f"there is no file {typed}",
            "`corpora add FILE --name NAME` adds a .txt or .csv file",
        )
    return path


def _change(entry: CorpusEntry, done: str) -> CorpusChange:
    return CorpusChange(entry.name, done, entry.kind, entry.size, entry.distinct)


def fetch_corpus(context: Context, request: Request) -> CorpusChange:
    """Download a text that is offered but not shipped."""
    name = request.fill(CorpusArguments).name
    entry = _find_corpus(context, name)
    if entry.path is not None:
        return _change(entry, "already here")
    if entry.download is None:
        raise UsageError(
            f"{name} has neither a file nor an address",
            f"update {offered_by(context, name)}, which offers it",
        )
    stored = {text.name: text for text in stored_texts(context).all()}
    if name in stored and why_hidden(context, stored[name]):
        raise UsageError(
            f"your own text has the name {name}", f"`corpora remove {name}` makes room for it"
        )
    check_corpus_name(name)
    corpus = download_corpus(entry, entry.download)
    return _change(stored_texts(context).keep(entry, corpus), "fetched")
