"""The command `mix`: one model of several that are at hand."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import charplay
from charplay import (
    CharplayError,
    Checkpoint,
    ColumnsError,
    Context,
    Corpus,
    Model,
    OpenModel,
    Request,
    TextChoice,
    UsageError,
    Vocabulary,
    list_characters,
    load_corpus,
    loss_of,
    piped_file,
    text_digest_of,
    texts_of_model,
)
from charplay_mix.arguments import MixArguments
from charplay_mix.mixer import LogLinearMixer, in_characters

_STDIN = "-"
_FEWEST_WEIGHED, _MOST_NAMED = 20, 5
_OF_FIRST = ("text", "stage_texts")


@dataclass(frozen=True)
class PartRow:
    """A part of a mix: loss in nats per character on the text that weighed it, if there was one."""

    part: str
    backend: str
    weight: float
    loss: float | None


@dataclass(frozen=True)
class Mixed:
    """A mix that was made. weights: how they were found; replaced: what had its name before."""

    model: str
    digest: str
    weights: str
    replaced: str | None
    parts: tuple[PartRow, ...]


def mix_models(context: Context, request: Request) -> Mixed:
    """Make one model of several, keep it in the library, and tell the weight of each."""
    arguments = request.fill(MixArguments)
    opened = [context.model(reference) for reference in arguments.models]
    name = _check_choice(arguments, opened)
    models = _in_same_characters(opened, arguments.characters)
    text, how = _weighing_text(context, opened, models[0].vocabulary, arguments.text)
    mixer, find = LogLinearMixer(text), context.registry.backends.find
    weights = mixer.weigh(models).weights
    backends = [find(each.header.backend) for each in opened]
    mixed = mixer.mix(list(zip(backends, models, strict=True)), weights)
    replaced = context.library.own_digest(name)
    checkpoint = _describe_mix(context, mixed, opened, request)
    digest = context.library.add(checkpoint, name, _local_text(context, opened[0]) or "")
    rows = _rows(opened, models, weights, text)
    return Mixed(name, digest, how, replaced if replaced != digest else None, rows)


def _describe_mix(
    context: Context, mixed: Model, opened: Sequence[OpenModel], request: Request
) -> Checkpoint:
    """The mix as its file tells of it: like its first part, which has the same kind of text."""
    first = opened[0].header
    told = {key: first.provenance[key] for key in _OF_FIRST if key in first.provenance}
    provenance = {
        **told,
        "mixed": {each.name: each.digest for each in opened},
        "again": shlex.join(request.words),
        "made": context.environment.now().isoformat(timespec="seconds"),
        "versions": {"charplay": charplay.__version__},
    }
    plan = {"held_out": first.plan["held_out"]} if "held_out" in first.plan else {}
    backend = context.registry.backends.find("mix")
    checkpoint = Checkpoint.of(
        mixed, backend, plan=plan, sampling=first.sampling, provenance=provenance
    )
    shared = _shared_part(context, opened)
    return checkpoint.with_measures(loss_of(mixed, shared), None, None) if shared else checkpoint


def _check_choice(arguments: MixArguments, opened: Sequence[OpenModel]) -> str:
    """The name for the mix; UsageError where the models cannot be mixed as they are."""
    if len(opened) < 2:
        raise UsageError("a mix needs two models or more", "`mix drugs firstnames --name pills`")
    if not arguments.name:
        raise UsageError("a mix needs a name", "give one: --name NAME")
    first, *others = opened
    for other in others:
        if other.model.kind != first.model.kind:
            raise UsageError(
                f"{first.name} makes {first.model.kind} and {other.name} {other.model.kind}",
                "mix models of one kind; `models` shows which is which",
            )
        difference = _difference(first, other)
        if difference and arguments.characters == "same":
            raise UsageError(
                f"{first.name} and {other.name} know different characters: {difference}",
                "add --characters union",
            )
    return arguments.name


def _difference(first: OpenModel, other: OpenModel) -> str:
    """Characters that only one of two models knows, a handful of them."""
    ours, theirs = set(first.model.vocabulary.characters), set(other.model.vocabulary.characters)
    return _handful(ours ^ theirs)


def _handful(characters: set[str]) -> str:
    """A few of some characters, to be seen; empty where there are none."""
    return list_characters("".join(sorted(characters)), _MOST_NAMED)


def _in_same_characters(opened: Sequence[OpenModel], characters: str) -> list[Model]:
    """The models, each in the characters of all where they may differ."""
    first, *others = (each.model.vocabulary for each in opened)
    vocabulary = first.joined(*others) if characters == "union" else first
    return [in_characters(vocabulary, each.model) for each in opened]


def _weighing_text(
    context: Context, opened: Sequence[OpenModel], vocabulary: Vocabulary, named: str | None
) -> tuple[Corpus | None, str]:
    """(the text that weighs the models or None, what to say of it)."""
    if named is not None:
        shown = "standard input" if named == _STDIN else named
        text = _named_text(context, opened[0], vocabulary, named, shown)
        return text, f"found by {shown}"
    shared = _shared_part(context, opened)
    if shared is not None:
        return shared, f"found by the part held out of {shared.source}"
    return None, "equal; --text FILE finds better ones"


def _named_text(
    context: Context, first: OpenModel, vocabulary: Vocabulary, named: str, shown: str
) -> Corpus:
    """The text that a person names; UsageError where the models cannot read it."""
    try:
        with piped_file(context, named) as file:
            choice = TextChoice(file, kind=first.model.kind)
            text = load_corpus(choice, context.corpora, context.environment.home)
    except ColumnsError as error:
        hint = f"`corpora add {named} --column NAME --name T`, then --text T"
        raise UsageError(error.message, hint) from error
    unknown = set(text.vocabulary.characters) - set(vocabulary.characters)
    if unknown:
        raise UsageError(
            f"{shown} has characters that the models do not know: {_handful(unknown)}",
            "weigh by a text like theirs",
        )
    if text.characters < _FEWEST_WEIGHED:
        raise UsageError(f"{shown} is too short to weigh by", "weigh by a longer text")
    return text


def _shared_part(context: Context, opened: Sequence[OpenModel]) -> Corpus | None:
    """The part that all the models held out; None where they held out different ones."""
    first, *others = (_held_out(context, each) for each in opened)
    if first is None or any(other is None for other in others):
        return None
    same = [list(other.pieces()) == list(first.pieces()) for other in others if other]
    return first if all(same) else None


def _held_out(context: Context, opened: OpenModel) -> Corpus | None:
    """The part that a model's training held out; None where its text is gone or has changed."""
    try:
        texts = texts_of_model(
            opened.header,
            _local_text(context, opened),
            context.corpora,
            context.environment.home,
        )
    except CharplayError:
        return None
    known = texts.own.sha256 == text_digest_of(opened.header)
    return texts.held_out if known and texts.held_out.characters else None


def _local_text(context: Context, opened: OpenModel) -> str | None:
    """The text that the library notes for a model."""
    return context.library.text(opened.name, opened.path)


def _rows(
    opened: Sequence[OpenModel],
    models: Sequence[Model],
    weights: Sequence[float],
    text: Corpus | None,
) -> tuple[PartRow, ...]:
    losses = [loss_of(model, text) if text else None for model in models]
    return tuple(
        PartRow(each.name, each.header.backend, weight, loss)
        for each, weight, loss in zip(opened, weights, losses, strict=True)
    )
