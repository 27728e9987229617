"""`models` and `model`: the library, and which model is talked to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from charplay.commands.context import Context
from charplay.commands.listing import Listing
from charplay.commands.table import Command
from charplay.errors import ModelFileError, UsageError
from charplay.files import new_file, replace_file, storage_errors
from charplay.options import option

if TYPE_CHECKING:
    from charplay.jobs.job import Job
    from charplay.models.checkpoint import Header
    from charplay.models.library import LibraryEntry, OpenModel

ACTIONS = ("list", "show", "add", "export", "remove", "prune")


@dataclass(frozen=True)
class ModelRow:
    """A model of the library."""

    name: str
    chosen: bool
    shipped: bool
    kind: str
    backend: str
    recipe: str | None
    loss: float | None
    held_out_loss: float | None
    size: int
    made: str
    digest: str
    fault: str = ""


@dataclass(frozen=True)
class Chosen:
    """The model now talked to; read: how many characters of the session it has read."""

    name: str
    kind: str
    backend: str
    parameters: int
    held_out_loss: float | None
    read: int = 0
    notice: str = ""


@dataclass(frozen=True)
class ModelPage:
    """All that a model's file says of it; losses in nats a character, size in bytes.

    stage_texts: the texts of stages that had another than `corpus`, each with its sha256.
    ngram_order and ngram_loss: the best back-off n-gram on the same text and the same tenth, where
    the model was set beside one.
    """

    name: str
    kind: str
    backend: str
    network: Mapping[str, Any]
    parameters: int
    vocabulary: str
    recipe: str | None
    corpus: str
    corpus_sha256: str
    stage_texts: Mapping[str, str]
    held_out_loss: float | None
    ngram_order: int | None
    ngram_loss: float | None
    made: str
    versions: Mapping[str, str]
    again: str
    size: int
    digest: str
    path: str


@dataclass(frozen=True)
class ModelChange:
    """A model was added, exported or removed."""

    done: str
    name: str
    where: str


@dataclass(frozen=True)
class PrunedRow:
    """A version of a model that nothing needs; made: when, as far as its file says."""

    digest: str
    recipe: str | None
    made: str
    size: int


@dataclass(frozen=True)
class ModelsArguments:
    """What `models` takes."""

    action: str = option("list", "what to do", choices=ACTIONS, positional=True, metavar="ACTION")
    model: str | None = option(
        None, "a model; for add, a file or an address", positional=True, metavar="MODEL"
    )
    file: str | None = option(None, "for export: where to", positional=True, metavar="FILE")
    name: str | None = option(None, "for add: the name to keep it under")
    yes: bool = option(False, "for prune: do not ask")


@dataclass(frozen=True)
class ModelArguments:
    """What `model` takes."""

    model: str | None = option(
        None, "a model by name, digest or path; none: tell which it is", positional=True
    )


def models(context: Context, arguments: ModelsArguments) -> Listing | ModelPage | ModelChange:
    """List the models, or look after one."""
    _check_words(arguments)
    if arguments.action == "list":
        return listed(context)
    if arguments.action == "prune":
        return pruned(context, arguments.yes)
    if arguments.model is None:
        raise UsageError(f"models {arguments.action} needs a model", "models lists them")
    if arguments.action == "show":
        return page(context, arguments.model)
    if arguments.action == "add":
        return added(context, arguments.model, arguments.name)
    if arguments.action == "export":
        return exported(context, arguments.model, arguments.file)
    digest = context.library.remove(arguments.model, context.store.digests())
    return ModelChange("removed", arguments.model, digest[:12])


def _check_words(arguments: ModelsArguments) -> None:
    """UsageError for words that the action has no use for."""
    uses = {"list": (), "prune": (), "add": ("model", "name"), "export": ("model", "file")}
    for name in ("model", "file", "name"):
        value = getattr(arguments, name)
        if value is not None and name not in uses.get(arguments.action, ("model",)):
            raise UsageError(
                f"models {arguments.action} has no use for {value!r}", "help models shows how"
            )


def listed(context: Context) -> Listing:
    """Every model, its own header read."""
    session = context.session.found if context.session and context.session.reference else None
    current = session.model if session else context.library.current
    rows = tuple(_row(shelved, current) for shelved in context.library.shelves())
    return Listing(rows, "there is no model yet; train one: train dinosaurs")


def _row(shelved: LibraryEntry, current: str | None) -> ModelRow:
    header = shelved.header
    return ModelRow(
        name=shelved.name,
        chosen=shelved.name == current,
        shipped=shelved.shipped,
        kind=header.kind if header else "",
        backend=header.backend if header else "",
        recipe=_words(header.provenance.get("recipe")) or None if header else None,
        loss=header.history[-1][1] if header and header.history else None,
        held_out_loss=_held_out_loss(header) if header else None,
        size=shelved.size,
        made=_words(header.provenance.get("made")) if header else "",
        digest=shelved.digest,
        fault=shelved.fault,
    )


def _held_out_loss(header: Header) -> float | None:
    """The loss of the weights as they are kept, where it was measured; else the run's last."""
    measured = _number(header.provenance.get("held_out_loss"))
    return header.held_out_loss if measured is None else measured


def page(context: Context, reference: str) -> ModelPage:
    """The page of one model."""
    opened = context.model(reference)
    header, provenance = opened.header, opened.header.provenance
    text, ngram = _table(provenance.get("text")), _table(provenance.get("ngram"))
    path = context.library.file(reference)
    order = _number(ngram.get("order"))
    return ModelPage(
        name=opened.name,
        kind=header.kind,
        backend=header.backend,
        network=header.config,
        parameters=opened.model.parameter_count,
        vocabulary=header.vocabulary,
        recipe=_words(provenance.get("recipe")) or None,
        corpus=_words(text.get("corpus")),
        corpus_sha256=_words(text.get("sha256")),
        stage_texts=_table(provenance.get("stage_texts")),
        held_out_loss=_held_out_loss(header),
        ngram_order=None if order is None else int(order),
        ngram_loss=_number(ngram.get("held_out_loss")),
        made=_words(provenance.get("made")),
        versions=_table(provenance.get("versions")),
        again=_words(provenance.get("again")) or f"train {_words(text.get('corpus'))}",
        size=path.stat().st_size,
        digest=opened.digest,
        path=str(path),
    )


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""


def _table(value: object) -> Mapping[str, Any]:
    """A mapping of a file's provenance; empty where somebody wrote something else there."""
    return value if isinstance(value, dict) else {}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def pruned(context: Context, yes: bool) -> Listing:
    """Forget the versions that no name stands for and no session talks with."""
    files = context.library.unneeded(context.store.digests())
    rows = tuple(map(_pruned_row, files))
    versions = "1 version" if len(rows) == 1 else f"{len(rows):,} versions"
    what = f"{versions}, {sum(row.size for row in rows):,} bytes"
    if not rows:
        return Listing((), "nothing to forget: every version has a name or a session")
    if not yes and context.asker is None:
        return Listing(rows, "", f"{what}; models prune --yes forgets them")
    if not (yes or context.ask(f"forget {what} ({_digests(rows)})?", "--yes")):
        return Listing(rows, "", f"{what}; all of them stay")
    with storage_errors("cannot remove a model"):
        for path in files:
            path.unlink(missing_ok=True)
    return Listing(rows, "", f"{what}: forgotten")


def _digests(rows: tuple[PrunedRow, ...]) -> str:
    return ", ".join(row.digest[:8] for row in rows)


def _pruned_row(path: Path) -> PrunedRow:
    from charplay.models.checkpoint import read_header

    try:
        provenance: Mapping[str, Any] = read_header(path).provenance
    except ModelFileError:
        provenance = {}
    recipe, made = _words(provenance.get("recipe")) or None, _words(provenance.get("made"))
    return PrunedRow(path.stem, recipe, made, path.stat().st_size)


def added(context: Context, source: str, name: str | None) -> ModelChange:
    """Take a model's file, from here or from an address, into the library."""
    from charplay.download import fetched
    from charplay.models.checkpoint import read_checkpoint

    if source.lower().startswith(("https://", "http://")):
        with fetched(source) as path:
            try:
                checkpoint = read_checkpoint(path)
            except ModelFileError as error:
                raise ModelFileError(
                    error.message.replace(str(path), source), error.hint
                ) from error
    else:
        checkpoint = read_checkpoint(context.library.file(source))
    backend = context.registry.backends.find(checkpoint.header.backend)
    checkpoint.model(backend)
    kept = PurePath(source).stem if name is None else name
    if kept in context.library.names():
        raise UsageError(f"there is a model {kept} already", "keep it under another: --name NAME")
    digest = context.library.add(checkpoint, kept)
    return ModelChange("added", kept, digest[:12])


def exported(context: Context, reference: str, file: str | None) -> ModelChange:
    """Write a model's file where the person wants it; never over another file."""
    path = new_file(file or f"{context.model(reference).name}.safetensors")
    replace_file(path, context.library.file(reference).read_bytes())
    return ModelChange("exported", reference, str(path))


def model(context: Context, arguments: ModelArguments) -> Chosen:
    """Choose the model to talk to; the session goes on with it, and it stays chosen."""
    if arguments.model is None:
        return _chosen(context.model())
    job = _run(context, arguments.model)
    if job:
        opened = replace(context.model(str(job.checkpoint("last"))), name=job.run().name)
    else:
        opened = context.model(arguments.model)
        context.library.choose(arguments.model)
    if context.session is None:
        return _chosen(opened)
    read = context.session.move(opened, str(opened.path) if job else None)
    return _chosen(opened, len(read.text), read.notice)


def _run(context: Context, reference: str) -> Job | None:
    """The run whose checkpoints are meant: what the library knows goes before."""
    from charplay.jobs.job import run_with_checkpoint

    if reference in context.library.names():
        return None
    return run_with_checkpoint(context.environment.home, reference)


def _chosen(opened: OpenModel, read: int = 0, notice: str = "") -> Chosen:
    parameters = opened.model.parameter_count
    header = opened.header
    held_out = _held_out_loss(header)
    return Chosen(opened.name, header.kind, header.backend, parameters, held_out, read, notice)


COMMANDS = (
    Command(
        "models",
        "the models at hand: list, show, add, export, remove, prune",
        models,
        ModelsArguments,
        (
            "models",
            "models show dinosaurs",
            "models add friend.safetensors --name friend",
            "models export mine ./mine.safetensors",
            "models remove mine",
            "models prune",
        ),
    ),
    Command(
        "model",
        "choose the model to talk to",
        model,
        ModelArguments,
        ("model dinosaurs", "model ./friend.safetensors"),
    ),
)
