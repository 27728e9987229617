"""`compare`: models, checkpoints and temperatures side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from charplay.commands.asking import answer_options
from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.streamed_text import first_characters, text_pieces
from charplay.commands.study_arguments import CompareArguments
from charplay.errors import UsageError
from charplay.files import named_file
from charplay.generation.options import Seed
from charplay.generation.question import ask_question, check_room
from charplay.insight.compare import Comparison, Contestant, compare_models
from charplay.models.library import OpenModel
from charplay.training.texts import text_digest_of

_USUAL_COUNT = {"names": 100, "prose": 3}
_MOST_MODELS = 20
_STOPPED = "stopped: the last samples are not whole, and their figures are of what there is"
_LONGEST_PROMPT = 100_000


@dataclass(frozen=True)
class ModelAt:
    """A model as typed, and the temperature after its colon, if there is one."""

    reference: str
    temperature: float | None = None

    @classmethod
    def parse(cls, typed: str) -> "ModelAt":
        """`mine` or `mine:0.5`; a file whose name looks so is that file."""
        reference, colon, number = typed.rpartition(":")
        if not colon or not reference or named_file(typed):
            return cls(typed)
        try:
            temperature = float(number)
        except ValueError:
            return cls(typed)
        if not 0 <= temperature <= 100:
            raise UsageError(
                f"the temperature of {typed} is not from 0 to 100", f"`compare {reference}:0.5 …`"
            )
        return cls(reference, temperature)


def compare(context: Context, request: Request) -> Comparison:
    """Models side by side that are asked the same, by the same draws."""
    arguments = request.fill(CompareArguments)
    typed = list(dict.fromkeys(arguments.models))
    if not 2 <= len(typed) <= _MOST_MODELS:
        raise UsageError(
            f"compare takes from 2 to {_MOST_MODELS} different models, and this is {len(typed)}",
            f"`compare {typed[0]}:0.5 {typed[0]}:1` compares one at two temperatures",
        )
    models = [ModelAt.parse(each) for each in typed]
    opened = [context.model(each.reference) for each in models]
    _check_kinds(opened)
    seed = arguments.sampling.get("seed") or Seed(context.environment.fresh_seed())
    arguments = replace(arguments, sampling={**arguments.sampling, "seed": seed})
    prompt, more = "", False
    if arguments.prompt:
        prompt, more = first_characters(text_pieces(context, request, "prompt"), _LONGEST_PROMPT)
    contestants, told = [], list[str]()
    if more:
        told.append(f"the prompt is longer: its first {_LONGEST_PROMPT:,} characters are read")
    for name, at, one in zip(typed, models, opened, strict=True):
        contestant, notices = _contestant(context, arguments, name, at, one, prompt)
        contestants.append(contestant)
        told += notices
    notices = tuple(dict.fromkeys((*told, *_text_notices(opened))))
    with context.environment.interrupts() as interrupts:
        compared = compare_models(
            contestants, context.environment.clock, notices, lambda: interrupts.count > 0
        )
        context.interrupted = interrupts.count > 0
    if context.interrupted:
        compared = replace(compared, notices=(*compared.notices, _STOPPED))
    return compared


def _contestant(
    context: Context,
    arguments: CompareArguments,
    name: str,
    at: ModelAt,
    opened: OpenModel,
    prompt: str,
) -> tuple[Contestant, tuple[str, ...]]:
    heat = {} if at.temperature is None else {"temperature": at.temperature, "greedy": False}
    options = answer_options(context, opened, {**arguments.sampling, **heat})
    count = arguments.count or _USUAL_COUNT[opened.model.kind]
    question = ask_question(opened, options, prompt, count, context.environment.fresh_seed)
    question = check_room(question)
    text, notices = context.texts.try_to_find(opened, "which samples are new")
    size = opened.path.stat().st_size
    contestant = (
        Contestant(name, question, size, text.known, text.held_out)
        if text
        else Contestant(name, question, size)
    )
    return contestant, (*notices, *question.notices)


def _check_kinds(opened: Sequence[OpenModel]) -> None:
    first = opened[0]
    for other in opened[1:]:
        if other.model.kind != first.model.kind:
            raise UsageError(
                f"{first.name} makes {first.model.kind} and {other.name} {other.model.kind}",
                "compare models of one kind; `models` tells the kind of each",
            )


def _text_notices(opened: Sequence[OpenModel]) -> tuple[str, ...]:
    """That losses on different texts say little, where they are."""
    if len({text_digest_of(each.header) for each in opened}) == 1:
        return ()
    return ("the models learned different texts, so their held-out losses do not compare",)
