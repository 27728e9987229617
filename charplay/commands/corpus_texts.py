"""`corpora show`, `add` and `fetch`: the actions that read a text, which needs numpy."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from charplay.commands.arguments import AddCorpusArguments, CorpusArguments, ShowCorpusArguments
from charplay.commands.context import Context
from charplay.commands.corpora import (
    CorpusChange,
    corpus_state,
    offered_by,
    stored_texts,
    why_hidden,
)
from charplay.commands.piped_input import PIPE, piped_file
from charplay.commands.reading import with_answers
from charplay.commands.request import Request
from charplay.errors import UsageError, unknown
from charplay.files import name_of_file, named_file, path_text
from charplay.jobs.choice import TrainingChoice
from charplay.options import options_of, typed_words
from charplay.plan import TextChoice
from charplay.text.catalogue import check_corpus_name, check_free
from charplay.text.corpus import Corpus, load_corpus
from charplay.text.description import TextDescription, describe_text
from charplay.text.entry import CorpusEntry
from charplay.text.fetching import fetch_corpus as download_corpus
from charplay.text.reading.text_reading import TextReading


@dataclass(frozen=True)
class CorpusPage:
    """All about one text; text: what it holds, None for one that is not fetched yet.

    notes: how a person's own text was read; again: the command that trains on it.
    """

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
    notes: tuple[str, ...] = ()
    again: str = ""


def show_corpus(context: Context, request: Request) -> CorpusPage:
    """All about one text, or how a file would be read."""
    arguments = request.fill(ShowCorpusArguments)
    entry = context.corpora.get(arguments.name)
    if entry is None:
        with piped_file(context, arguments.name) as file:
            return with_answers(
                context,
                arguments.reading,
                lambda reading: _file_page(context, arguments.name, file, reading),
            )
    corpus = None
    if entry.path is not None or arguments.reading:
        corpus = _load(context, arguments.name, arguments.reading)
    text = describe_text(corpus, context.environment.fresh_seed()) if corpus else None
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
        notes=corpus.reading.notes if corpus else (),
        again=f"train {entry.name}",
    )


def _load(context: Context, name: str, reading: Mapping[str, Any]) -> Corpus:
    return load_corpus(TextChoice(corpus=name, **reading), context.corpora, context.cache_home)


def _file_page(context: Context, typed: str, file: str, reading: Mapping[str, Any]) -> CorpusPage:
    """How a file would be read; nothing of it is kept."""
    corpus = _load(context, file, reading)
    text = describe_text(corpus, context.environment.fresh_seed())
    shown = path_text(PurePath(typed))
    again = typed_words(options_of(TrainingChoice), {"corpus": shown, **reading})
    return CorpusPage(
        corpus="standard input" if typed == PIPE else shown,
        kind=corpus.kind,
        summary=_summary_of(corpus),
        licence="",
        source="",
        state="a file, not kept",
        offered_by="",
        size=text.size,
        distinct=text.distinct,
        url=None,
        text=text,
        notes=corpus.reading.notes,
        again=shlex.join(["train", *again]),
    )


def _summary_of(corpus: Corpus) -> str:
    return "a list of your own" if corpus.kind == "names" else "a text of your own"


def add_corpus(context: Context, request: Request) -> CorpusChange:
    """Keep a copy of a person's own text, read as training would read it."""
    arguments = request.fill(AddCorpusArguments)
    if arguments.file == PIPE and arguments.name is None:
        raise UsageError("a text from standard input has no name", "give it one: --name NAME")
    with piped_file(context, arguments.file) as file:
        return _add_file(context, arguments, _existing_file(file))


def _add_file(context: Context, arguments: AddCorpusArguments, path: Path) -> CorpusChange:
    file, name = path_text(PurePath(path.name)), arguments.name
    if name is None:
        name = name_of_file(file, "text").replace(" ", "-")
    taken = {*context.corpora, *(stored.name for stored in stored_texts(context).all())}
    check_free(check_corpus_name(name), taken)
    home = context.cache_home
    corpus = with_answers(
        context,
        arguments.reading,
        lambda reading: load_corpus(TextChoice(corpus=path_text(path), **reading), {}, home),
    )
    choice = replace(corpus.reading.choice, corpus=file)
    entry = CorpusEntry(
        name=name,
        kind=corpus.kind,
        summary=_summary_of(corpus),
        licence="your own",
        source=file + (f", column {choice.column}" if choice.column else ""),
        reading=TextReading(choice, corpus.reading.notes),
    )
    return _change(stored_texts(context).keep(entry, corpus), "added")


def _existing_file(typed: str) -> Path:
    path = named_file(typed)
    if path is None:
        raise UsageError(
            f"there is no file {typed}",
            "`corpora add FILE --name NAME` adds a list, a text or a table",
        )
    return path


def _change(entry: CorpusEntry, done: str) -> CorpusChange:
    notes = entry.reading.notes if entry.reading else ()
    return CorpusChange(entry.name, done, entry.kind, entry.size, entry.distinct, notes)


def _find_corpus(context: Context, name: str) -> CorpusEntry:
    entry = context.corpora.get(name)
    if entry is None:
        raise unknown("corpus", name, context.corpora, "corpora")
    return entry


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
