"""`models` and `model`: the library, and the model of the conversation."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from charplay.ancestry import Ancestor, parse_ancestry
from charplay.commands.arguments import (
    AddModelArguments,
    ExportModelArguments,
    ModelArguments,
    PruneModelsArguments,
    RemoveModelArguments,
    RenameModelArguments,
    ShowModelArguments,
)
from charplay.commands.context import Context
from charplay.commands.piped_input import piped_file
from charplay.commands.remaking import command_again, command_to_resume
from charplay.commands.request import Request
from charplay.commands.results import Column, Table
from charplay.download import download_url
from charplay.errors import BackendMissingError, ModelFileError, UsageError, list_first
from charplay.files import name_of_file, new_file, path_text, replace_file, storage_errors
from charplay.generation.question import own_options
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.header import Header, read_header
from charplay.models.library import LibraryEntry, OpenModel
from charplay.plural import count_in_words
from charplay.text.reading.text_reading import choice_in_words

DIGITS = 12

MODEL_COLUMNS = (
    Column("current", mark=True),
    Column("model", shrink="fold", least=16),
    Column("kind", shrink="drop"),
    Column("recipe", shrink="drop"),
    Column("held_out_loss", "nats/char", ".3f"),
    Column("size", "bytes", ",", shrink="drop"),
    Column("state"),
    Column("digest", format=f".{DIGITS}"),
)
VERSION_COLUMNS = (
    Column("digest", format=f".{DIGITS}"),
    Column("recipe", shrink="fold"),
    Column("made", format=".16"),
    Column("size", "bytes", ","),
)


@dataclass(frozen=True)
class ModelRow:
    """A model of the library; state: shipped, own, or broken, and then `fault` says why."""

    current: bool
    model: str
    kind: str
    backend: str
    recipe: str | None
    loss: float | None
    held_out_loss: float | None
    size: int
    made: str
    state: str
    digest: str
    fault: str = ""


@dataclass(frozen=True)
class CurrentModel:
    """The model of the conversation; read: characters of the session that it has read.

    model_size: in the model's own words; goes_on: the session that goes on with it, if one that is
    kept does.
    """

    model: str
    kind: str
    backend: str
    parameters: int
    model_size: str
    held_out_loss: float | None
    read: int = 0
    notices: tuple[str, ...] = ()
    goes_on: str = ""


@dataclass(frozen=True)
class ModelPage:
    """What a model's file says of it; losses in nats per character, size in bytes.

    model_size: how large the model is, in its own words.
    stage_texts: the texts of stages that had another than `corpus`, each with its sha256.
    read_as: how that text was read, where that is not as every other.
    held_out_decided: the held-out part also decided when to stop, so that its loss flatters.
    counting_order and counting_loss: the best Kneser-Ney n-gram of that text, on the same tenth,
    where the model was compared with one. goes_on: the command that takes up its run, where that
    was stopped. facts: what else the model tells of itself. ancestry: the models that it was
    trained on from, the nearest first.
    """

    is_row: ClassVar[bool] = True

    model: str
    kind: str
    backend: str
    network: Mapping[str, Any]
    parameters: int | None
    model_size: str
    vocabulary: str
    recipe: str | None
    corpus: str
    corpus_sha256: str
    read_as: str
    stage_texts: Mapping[str, str]
    held_out_loss: float | None
    held_out_decided: bool
    counting_order: int | None
    counting_loss: float | None
    made: str
    versions: Mapping[str, str]
    again: str
    goes_on: str
    size: int
    digest: str
    path: str
    facts: Mapping[str, str]
    ancestry: tuple[Ancestor, ...] = ()


@dataclass(frozen=True)
class ModelChange:
    """A model was added, renamed, exported, removed or kept; detail: digest, new name, or file."""

    done: str
    model: str
    detail: str


@dataclass(frozen=True)
class VersionRow:
    """A version of a model that nothing needs; made: when, as far as its file says."""

    digest: str
    recipe: str | None
    made: str
    size: int


def list_models(context: Context, request: Request) -> Table:
    """Every model, its own header read."""
    session = context.session.record if context.session and context.session.reference else None
    current = session.model if session else context.library.current
    rows = tuple(_model_row(entry, current) for entry in context.library.entries())
    return Table(rows, MODEL_COLUMNS, "there is no model yet; `train dinosaurs` makes one")


def _model_row(entry: LibraryEntry, current: str | None) -> ModelRow:
    header = entry.header
    state = "broken" if entry.fault else "shipped" if entry.shipped else "own"
    return ModelRow(
        current=entry.name == current,
        model=entry.name,
        kind=header.kind if header else "",
        backend=header.backend if header else "",
        recipe=header.provenance.get("recipe") or None if header else None,
        loss=header.history[-1][1] if header and header.history else None,
        held_out_loss=header.held_out_loss if header else None,
        size=entry.size,
        made=header.provenance.get("made", "") if header else "",
        state=state,
        digest=entry.digest,
        fault=entry.fault,
    )


def _held_out_decided(header: Header) -> bool:
    """Whether the part held out also decided: when to stop, or how to weigh the parts of a mix."""
    looks = sum(held_out is not None for _, _, held_out in header.history)
    return not header.plan.get("inner") and (looks > 1 or "mixed" in header.provenance)


def show_model(context: Context, request: Request) -> ModelPage:
    """The page of one model."""
    known = _known_model(context, request.fill(ShowModelArguments).model)
    header, path = known.header, known.path
    provenance = header.provenance
    text, counting = provenance.get("text", {}), provenance.get("counting", {})
    return ModelPage(
        model=known.name,
        kind=header.kind,
        backend=header.backend,
        network=header.config,
        parameters=known.parameters,
        model_size=known.size,
        vocabulary=header.vocabulary,
        recipe=provenance.get("recipe") or None,
        corpus=text.get("corpus", ""),
        corpus_sha256=text.get("sha256", ""),
        read_as=choice_in_words(text),
        stage_texts=provenance.get("stage_texts", {}),
        held_out_loss=header.held_out_loss,
        held_out_decided=_held_out_decided(header),
        counting_order=counting.get("order"),
        counting_loss=counting.get("held_out_loss"),
        made=provenance.get("made", ""),
        versions=provenance.get("versions", {}),
        again=command_again(context, header),
        goes_on=command_to_resume(context, header.digest, path),
        size=path.stat().st_size,
        digest=header.digest,
        path=path_text(path),
        facts=known.facts,
        ancestry=parse_ancestry(provenance.get("ancestry")),
    )


@dataclass(frozen=True)
class _KnownModel:
    """What can be shown of a model, also where its backend is not here to load it."""

    name: str
    header: Header
    path: Path
    parameters: int | None
    size: str
    facts: Mapping[str, str]


def _known_model(context: Context, reference: str | None) -> _KnownModel:
    try:
        opened = context.model(reference)
    except BackendMissingError as error:
        name, header, path = context.library.describe(reference or context.library.usual)
        missing = {"not loaded": f"{error.message}; {error.hint}"}
        return _KnownModel(name, header, path, None, "", missing)
    model, count = opened.model, opened.model.parameter_count
    return _KnownModel(opened.name, opened.header, opened.path, count, model.size, model.facts)


def add_model(context: Context, request: Request) -> ModelChange:
    """Take a model's file, from here or from an address, into the library."""
    arguments = request.fill(AddModelArguments)
    source = arguments.source
    checkpoint = _read_source(context, source)
    name = name_of_file(source, "model") if arguments.name is None else arguments.name
    backend = context.registry.backends.find(checkpoint.header.backend)
    own_options(name, checkpoint.model(backend).kind, checkpoint.header)
    if name in context.library.names():
        raise UsageError(f"there is a model {name} already", "give another name: --name NAME")
    digest = context.library.add(checkpoint, name)
    return ModelChange("added", name, digest[:DIGITS])


def _read_source(context: Context, source: str) -> Checkpoint:
    """The checkpoint in a file, or at an address."""
    if not source.lower().startswith(("https://", "http://")):
        with piped_file(context, source) as file:
            return read_checkpoint(context.library.file(file))
    with download_url(source) as path:
        try:
            return read_checkpoint(path)
        except ModelFileError as error:
            message = error.message.replace(str(path), source)
            raise ModelFileError(message, error.hint) from error


def export_model(context: Context, request: Request) -> ModelChange:
    """Write a model's file where the person wants it; never over another file."""
    arguments = request.fill(ExportModelArguments)
    known = _known_model(context, arguments.model)
    path = new_file(arguments.file or f"{known.name}.safetensors")
    replace_file(path, known.path.read_bytes(), shared=True)
    return ModelChange("exported", arguments.model, path_text(path))


def rename_model(context: Context, request: Request) -> ModelChange:
    """Give a model of one's own another name; sessions and the current model follow."""
    arguments = request.fill(RenameModelArguments)
    name, to = arguments.model, arguments.to

    def note() -> None:
        context.store.turns.rename_model(name, to)
        if context.session:
            context.session.rename_model(name, to)

    context.library.rename(name, to, note)
    return ModelChange("renamed", name, to)


def remove_model(context: Context, request: Request) -> ModelChange:
    """Remove a name, and the file where nothing else needs it, once the person has agreed."""
    arguments = request.fill(RemoveModelArguments)
    name = arguments.model
    context.library.check_removable(name)
    if not (arguments.yes or context.ask(f"Remove the model {name}?", "--yes")):
        return ModelChange("kept", name, "")
    digest = context.library.remove(name, context.store.digests())
    return ModelChange("removed", name, digest[:DIGITS])


def prune_models(context: Context, request: Request) -> Table:
    """Remove the versions that no name and no session needs."""
    yes = request.fill(PruneModelsArguments).yes
    files = context.library.unneeded(context.store.digests())
    rows = tuple(map(_version_row, files))
    return Table(
        rows,
        VERSION_COLUMNS,
        "nothing to remove: every version has a name or a session",
        _prune(context, files, rows, yes) if rows else "",
    )


def _prune(context: Context, files: list[Path], rows: tuple[VersionRow, ...], yes: bool) -> str:
    """Remove the files, once the person has agreed; what was done, in words."""
    versions = count_in_words(len(rows), "version")
    what = f"{versions}, {sum(row.size for row in rows):,} bytes"
    if not yes and context.asker is None:
        return f"{what}; `models prune --yes` removes them"
    digests = list_first(row.digest[:DIGITS] for row in rows)
    if not (yes or context.ask(f"Remove {what} ({digests})?", "--yes")):
        return f"{what}; all of them stay"
    with storage_errors("cannot remove a model"):
        for path in files:
            path.unlink(missing_ok=True)
    return f"{what}: removed"


def _version_row(path: Path) -> VersionRow:
    try:
        provenance: Mapping[str, Any] = read_header(path).provenance
    except ModelFileError:
        provenance = {}
    recipe, made = provenance.get("recipe") or None, provenance.get("made", "")
    return VersionRow(path.stem, recipe, made, path.stat().st_size)


def choose_model(context: Context, request: Request) -> CurrentModel:
    """Choose the model to talk to; the session goes on with it, and it stays chosen."""
    reference = request.fill(ModelArguments).model
    if reference is None:
        return _current_model(context.model())
    session, job = context.session, context.run_of(reference)
    if job is None:
        opened = context.model(reference)
        notices = context.remember(reference)
        admitted = context.talk_with(opened)
    else:
        opened = context.model(reference)
        admitted, notices = context.talk_with(opened, path_text(opened.path)), ()
    shown = _current_model(opened)
    return replace(
        shown,
        read=len(admitted.text),
        notices=(*notices, *((admitted.notice,) if admitted.notice else ())),
        goes_on=session.record.name if session and session.begun and session.store.file else "",
    )


def _current_model(opened: OpenModel) -> CurrentModel:
    header = opened.header
    return CurrentModel(
        opened.name,
        header.kind,
        header.backend,
        opened.model.parameter_count,
        opened.model.size,
        header.held_out_loss,
    )
