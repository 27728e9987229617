"""`neurons`: what units do while the network reads, what they follow, and drawing without one."""

from collections.abc import Iterable

from charplay.commands.asking import answer_options
from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.streamed_text import first_characters, text_pieces
from charplay.commands.study_arguments import NeuronsArguments
from charplay.errors import UsageError
from charplay.generation.question import admit_prompt, ask_question
from charplay.insight.ablation import Ablation, ablate_unit
from charplay.insight.finding import Findings, find_units, networks_of
from charplay.insight.units import UnitNames, UnitReading, follow_most_varied, follow_units
from charplay.models.library import OpenModel

# A longer text is read no further: it is to be looked at.
MOST_CHARACTERS = 20_000


def show_neurons(context: Context, request: Request) -> UnitReading | Findings | Ablation:
    """Units over a text; or what units follow; or answers without one."""
    arguments = request.fill(NeuronsArguments)
    opened = context.model(arguments.model)
    UnitNames(opened.model).check()
    if arguments.find:
        if arguments.text:
            raise UsageError(
                "--find reads the model's held-out text, and no other", "leave out the text"
            )
        return _find(context, opened)
    if arguments.ablate is not None:
        return _ablate(context, request, opened, arguments)
    pieces = text_pieces(context, request, "text")
    return _read(opened, pieces, arguments)


def _read(opened: OpenModel, pieces: Iterable[str], arguments: NeuronsArguments) -> UnitReading:
    model, names = opened.model, UnitNames(opened.model)
    units = [names.find(typed) for typed in dict.fromkeys(arguments.unit)]
    text, notices = _beginning(pieces)
    admitted = admit_prompt(opened, text.removesuffix("\n") if model.kind == "names" else text)
    if model.kind == "names" and "\n" in admitted.text:
        raise UsageError("a name is one line, and this text has more", "give one line")
    tokens = model.vocabulary.encode(admitted.text)
    if units:
        followed = follow_units(model, tokens, units)
    else:
        followed = follow_most_varied(model, tokens, arguments.count)
        notices += (f"these units change most; --unit shows any of {names.summary}",)
    notices += (admitted.notice,) if admitted.notice else ()
    return UnitReading(opened.name, admitted.text, tuple(followed), notices)


def _beginning(pieces: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """The beginning of a text in pieces, and a notice where there is more."""
    text, more = first_characters(pieces, MOST_CHARACTERS)
    told = f"the text is longer: these are its first {MOST_CHARACTERS:,} characters"
    return text, (told,) if more else ()


def _find(context: Context, opened: OpenModel) -> Findings:
    text = context.texts.find(opened, "--find needs")
    if text.unseen is None:
        raise UsageError(
            f"nothing was held out when {opened.name} was trained, so there is no text to look in",
            "train a model that holds some out: --set held-out=0.1",
        )
    backend = context.registry.backends.find(opened.header.backend)
    networks = networks_of(backend, opened.model)
    names = UnitNames(opened.model)
    return find_units(opened.name, networks, names, text.unseen, text.notices)


def _ablate(
    context: Context, request: Request, opened: OpenModel, arguments: NeuronsArguments
) -> Ablation:
    pieces = text_pieces(context, request, "text") if arguments.text else ()
    prompt, notices = _beginning(pieces)
    options = answer_options(context, opened, arguments.sampling)
    question = ask_question(
        opened, options, prompt, arguments.count, context.environment.fresh_seed
    )
    text, told = context.texts.try_to_find(opened, "the loss")
    unseen = text.unseen if text else None
    with context.environment.interrupts() as interrupts:
        ablated = ablate_unit(
            question,
            arguments.ablate or "",
            unseen,
            (*notices, *told),
            lambda: interrupts.count > 0,
        )
        context.interrupted = interrupts.count > 0
    return ablated
