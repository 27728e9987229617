"""`corpora`: the texts that can be trained on by name; showing, adding, removing, fetching them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from charplay.commands.context import Context
from charplay.commands.listing import Listing
from charplay.commands.table import Command
from charplay.errors import UsageError, unknown
from charplay.files import named_file
from charplay.options import option
from charplay.plan import KINDS, TextChoice
from charplay.text.catalogue import StoredText, StoredTexts, check_corpus_name, check_free
from charplay.text.entry import CorpusEntry

FIRST_LINES = 5
RANDOM_LINES = 5
LONGEST_LINE = 200
NOT_FETCHED = "not fetched"
_ELLIPSIS = "…"


@dataclass(frozen=True)
class CorpusRow:
    """A text that can be trained on by name.

    size: names of a list, characters of prose. distinct: distinct characters, the newline that
    ends a name among them. Both are None where nobody has counted. state: shipped, own, fetched,
    not fetched, or broken.
    """

    name: str
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
    """All about one text.

    Lines are the names of a list, or the lines of prose that are not blank. What only the text
    itself tells is None or empty for one that is not fetched yet. `first` and `random` are some of
    its lines, each cut where it is very long.
    """

    name: str
    kind: str
    summary: str
    licence: str
    source: str
    state: str
    offered_by: str
    size: int | None
    characters: int | None
    distinct: int | None
    url: str | None
    sha256: str = ""
    vocabulary: str = ""
    lines: int | None = None
    shortest: int | None = None
    median: float | None = None
    longest: int | None = None
    first: tuple[str, ...] = ()
    random: tuple[str, ...] = ()


@dataclass(frozen=True)
class CorpusKept:
    """A text that is now in the data home. done: added, fetched, or there already."""

    name: str
    kind: str
    size: int | None
    distinct: int | None
    done: str


@dataclass(frozen=True)
class CorpusRemoved:
    """A text that was taken away."""

    name: str


@dataclass(frozen=True)
class CorporaArguments:
    """What `corpora` takes."""

    action: str = option(
        "list", "what to do", choices=("list", "show", "add", "remove", "fetch"), positional=True
    )
    target: str | None = option(
        None, "a corpus by name; to add: a .txt or .csv file", metavar="NAME|FILE", positional=True
    )
    name: str | None = option(None, "add: keep it under this name, else under the file's")
    column: str | None = option(None, "add: the column of a .csv file")
    kind: str | None = option(None, "add: what the text is, else guessed", choices=KINDS)


def corpora(
    context: Context, arguments: CorporaArguments
) -> Listing | CorpusPage | CorpusKept | CorpusRemoved:
    """List the texts that can be trained on by name, or do something with one."""
    if arguments.action == "list":
        if arguments.target is not None:
            raise UsageError(
                f"corpora list has no use for {arguments.target!r}",
                f"corpora show {arguments.target} opens a page about one",
            )
        return _listing(context)
    if arguments.action == "add":
        return _add(context, arguments)
    for name in ("name", "column", "kind"):
        if getattr(arguments, name) is not None:
            raise UsageError(
                f"corpora {arguments.action} takes no --{name}", "it is for corpora add FILE"
            )
    if arguments.target is None:
        raise UsageError(
            f"{arguments.action} needs the name of a corpus",
            f"corpora {arguments.action} NAME; corpora lists them",
        )
    actions: dict[str, Callable[[Context, str], CorpusPage | CorpusKept | CorpusRemoved]] = {
        "show": _show,
        "remove": _remove,
        "fetch": _fetch,
    }
    return actions[arguments.action](context, arguments.target)


def _kept(context: Context) -> StoredTexts:
    return StoredTexts(context.environment.home)


def _listing(context: Context) -> Listing:
    rows = [
        CorpusRow(
            entry.name,
            entry.kind,
            entry.size,
            entry.distinct,
            entry.summary,
            entry.licence,
            entry.source,
            _state(context, entry),
            _offered_by(context, entry.name),
        )
        for entry in context.corpora.values()
    ]
    for kept in _kept(context).all():
        fault = kept.fault or _hidden(context, kept)
        if fault:
            fault = f"{fault}; corpora remove {kept.name} takes it away"
            rows.append(CorpusRow(kept.name, "", None, None, "", "", "", "broken", "", fault))
    unfetched = any(row.state == NOT_FETCHED for row in rows)
    return Listing(
        tuple(rows),
        "there is no corpus; train a file of your own: train FILE",
        "corpora fetch NAME gets one that is not fetched" if unfetched else "",
    )


def _state(context: Context, entry: CorpusEntry) -> str:
    if entry.path is None:
        return NOT_FETCHED
    if entry.download is not None:
        return "fetched"
    return "shipped" if entry.name in context.registry.corpora else "own"


def _offered_by(context: Context, name: str) -> str:
    """The distribution that offers a text; nobody offers one's own."""
    shelf = context.registry.corpora
    return shelf.origin(name).distribution if name in shelf else ""


def _hidden(context: Context, kept: StoredText) -> str:
    """What to say of an own text whose name something installed later has taken."""
    offered = context.registry.corpora.get(kept.name)
    # One that was fetched for an older catalogue is no loss, and fetching puts it right.
    if offered is None or kept.entry is None or kept.entry.download is not None:
        return ""
    by = _offered_by(context, kept.name)
    return f"your own text {kept.name} is hidden by the one that {by} offers"


def _found(context: Context, name: str) -> CorpusEntry:
    entry = context.corpora.get(name)
    if entry is None:
        raise unknown("corpus", name, context.corpora, "corpora")
    return entry


def _show(context: Context, name: str) -> CorpusPage:
    entry = _found(context, name)
    page = CorpusPage(
        name=entry.name,
        kind=entry.kind,
        summary=entry.summary,
        licence=entry.licence,
        source=entry.source,
        state=_state(context, entry),
        offered_by=_offered_by(context, name),
        size=entry.size,
        characters=entry.size if entry.kind == "prose" else None,
        distinct=entry.distinct,
        url=entry.download.url if entry.download else None,
    )
    return page if entry.path is None else _read(context, page, entry)


def _read(context: Context, page: CorpusPage, entry: CorpusEntry) -> CorpusPage:
    """The page, with what only the text itself tells."""
    import numpy as np

    from charplay.text.corpus import lines_of, load_corpus

    choice = TextChoice(entry.name)
    corpus = load_corpus(choice, {entry.name: entry}, context.environment.home)
    lengths = np.fromiter(map(len, lines_of(corpus)), np.int64)
    first, random = _chosen(lines_of(corpus), len(lengths), context.environment.fresh_seed())
    return replace(
        page,
        size=len(lengths) if corpus.kind == "names" else corpus.characters,
        characters=corpus.characters,
        distinct=len(corpus.vocabulary),
        sha256=corpus.sha256,
        vocabulary="".join(corpus.vocabulary.characters),
        lines=len(lengths),
        shortest=int(lengths.min()),
        median=float(np.median(lengths)),
        longest=int(lengths.max()),
        first=first,
        random=random,
    )


def _chosen(lines: Iterable[str], count: int, seed: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The first lines, and a few of the others, none of them twice, in their order."""
    from charplay.text.order import ComputedPermutation

    others = max(0, count - FIRST_LINES)
    drawn = FIRST_LINES + ComputedPermutation(others, seed, 0)[:RANDOM_LINES] if others else ()
    wanted = {*range(FIRST_LINES), *drawn}
    chosen = [_cut(line) for place, line in enumerate(lines) if place in wanted]
    return tuple(chosen[:FIRST_LINES]), tuple(chosen[FIRST_LINES:])


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + _ELLIPSIS


def _add(context: Context, arguments: CorporaArguments) -> CorpusKept:
    """Keep a copy of a person's own text, read as training would read it."""
    from charplay.text.corpus import load_corpus

    path = _file(arguments.target)
    name = arguments.name
    if name is None:
        name = PurePath(path.name.removesuffix(".gz")).stem
    taken = {*context.corpora, *(kept.name for kept in _kept(context).all())}
    check_free(check_corpus_name(name), taken)
    choice = TextChoice(str(path), column=arguments.column, kind=arguments.kind)
    corpus = load_corpus(choice, {}, context.environment.home)
    kept = _kept(context).keep(
        CorpusEntry(
            name=name,
            kind=corpus.kind,
            summary="a list of your own" if corpus.kind == "names" else "a text of your own",
            licence="your own",
            source=path.name + (f", column {arguments.column}" if arguments.column else ""),
        ),
        corpus,
    )
    return _told(kept, "added")


def _file(target: str | None) -> Path:
    if target is None:
        raise UsageError("add needs a file", "corpora add FILE --name NAME")
    path = named_file(target)
    if path is None:
        raise UsageError(f"there is no file {target}", "corpora add FILE --name NAME")
    return path


def _told(entry: CorpusEntry, done: str) -> CorpusKept:
    return CorpusKept(entry.name, entry.kind, entry.size, entry.distinct, done)


def _remove(context: Context, name: str) -> CorpusRemoved:
    removable = [kept.name for kept in _kept(context).all()]
    if name in removable:
        _kept(context).remove(name)
        return CorpusRemoved(name)
    entry = context.corpora.get(name)
    if entry is None:
        raise unknown("corpus of your own", name, removable, "corpora")
    if entry.path is None:
        raise UsageError(f"{name} is not fetched, so it is not here", f"corpora fetch {name}")
    raise UsageError(
        f"{name} comes with {_offered_by(context, name)} and stays",
        "corpora remove is for texts that you added or fetched",
    )


def _fetch(context: Context, name: str) -> CorpusKept:
    entry = _found(context, name)
    if entry.path is not None:
        return _told(entry, "there already")
    if entry.download is None:
        raise UsageError(
            f"{name} has neither a file nor a place to fetch it from",
            f"update {_offered_by(context, name)}, which offers it",
        )
    kept = {text.name: text for text in _kept(context).all()}
    if name in kept and _hidden(context, kept[name]):
        raise UsageError(
            f"a text of your own is kept under the name {name}", f"corpora remove {name} first"
        )
    check_corpus_name(name)
    from charplay.text.fetching import fetch_corpus

    corpus = fetch_corpus(entry, entry.download)
    return _told(_kept(context).keep(entry, corpus), "fetched")


COMMANDS = (
    Command(
        "corpora",
        "the texts that can be trained on by name: list, show, add, remove, fetch",
        corpora,
        CorporaArguments,
        (
            "corpora",
            "corpora show dinosaurs",
            "corpora add products.txt --name products",
            "corpora add drugs.csv --column name --name mydrugs",
            "corpora remove products",
            "corpora fetch tiny-shakespeare",
        ),
    ),
)
