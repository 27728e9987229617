"""`sample`, and plain text: what a model answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from charplay.commands.context import Context
from charplay.commands.table import Command, words_of
from charplay.errors import UsageError
from charplay.files import read_text_file
from charplay.generation.options import Sampling, Seed
from charplay.options import group, option, written
from charplay.sessions.tree import Reply, Utterance

if TYPE_CHECKING:
    from charplay.commands.naming import Names
    from charplay.generation.generator import Answer
    from charplay.generation.place import Place
    from charplay.models.library import OpenModel
    from charplay.text.vocabulary import Admitted

MOST_ANSWERS = 1_000_000


@dataclass(frozen=True)
class SampleArguments:
    """What `sample` takes."""

    model: str | None = option(None, "a model by name, digest or path", positional=True)
    prompt: str = option("", "the text to go on from, or @FILE", metavar="TEXT")
    count: int = option(1, "how many answers", minimum=1, maximum=MOST_ANSWERS, short="-n")
    sampling: dict[str, Any] = group(Sampling, "how characters are chosen")


@dataclass(frozen=True)
class AnswerStarted:
    """What an answer is about to be drawn from."""

    model: str
    kind: str
    seed: int
    prompt: str
    notice: str = ""
    verse: bool = False


@dataclass(frozen=True)
class Piece:
    """A character of the answer of that number, as it is drawn."""

    number: int
    text: str


@dataclass(frozen=True)
class Answers:
    """Finished answers, and what brings them back."""

    model: str
    seed: int
    prompt: str
    answers: "tuple[Answer, ...]"
    notice: str = ""
    interrupted: bool = False


Event: TypeAlias = AnswerStarted | Piece | Answers


@dataclass(frozen=True)
class StreamedAnswer:
    """An answer under way: an AnswerStarted, then Pieces, then Answers."""

    events: Iterator[Event]


def sample(context: Context, arguments: SampleArguments) -> Answers | StreamedAnswer:
    """Text from a model: names, or prose that goes on from a prompt."""
    opened = context.model(arguments.model)
    sampling = context.sampling(opened, arguments.sampling)
    prompt = text_typed(arguments.prompt)
    asked = ("sample", *words_of(replace(arguments, sampling={})))
    if opened.model.kind == "names":
        return _names(context, opened, prompt, arguments.count, sampling, asked)
    return StreamedAnswer(spoken(context, opened, prompt, arguments.count, sampling, asked))


def talk(
    context: Context, text: str, given: Mapping[str, Any] | None = None
) -> Answers | StreamedAnswer:
    """Plain text: prose goes on from it where the session stands, names begin with it.

    `given` are sampling options, before those that were set.
    """
    opened = context.model()
    sampling = context.sampling(opened, given or {})
    if opened.model.kind == "names":
        return _names(context, opened, text, context.settings.interface.answers, sampling)
    return StreamedAnswer(spoken(context, opened, text, 1, sampling, moves=True))


def record(
    context: Context,
    opened: "OpenModel",
    sampling: Sampling,
    asked: tuple[str, ...],
    said: "Answers | Names",
    place: "Place | None" = None,
) -> None:
    """Make what was said a turn of the session.

    `asked` are the words of the command that asked, but for its sampling, and none for plain text;
    `place` is where the session goes on from.
    """
    if context.session is None:
        return
    brought_in = opened.model.vocabulary.admit(said.prompt)
    saying = Utterance(
        prompt=said.prompt,
        replies=tuple(Reply(each.text, each.number, each.stopped) for each in said.answers),
        seed=said.seed,
        model=opened.name,
        digest=opened.digest,
        options=written(sampling),
        folded=brought_in.folded,
        dropped=brought_in.dropped,
        words=asked,
        moves=place is not None,
    )
    context.record(saying, opened, place)


def text_typed(prompt: str) -> str:
    """A prompt, or what stands in the file that it names after `@`."""
    if not prompt.startswith("@"):
        return prompt
    return read_text_file(prompt[1:], "name a text file after the @")


def answers_wanted(context: Context, sampling: Sampling, count: int) -> tuple[int, range]:
    """The seed, and the numbers of the answers wanted."""
    seed = sampling.seed or Seed(context.environment.fresh_seed())
    numbers = range(1, count + 1) if seed.number is None else range(seed.number, seed.number + 1)
    return seed.value, numbers


def one_line(text: str) -> str:
    """The beginning of a name, as typed; UsageError where it has more lines than one."""
    line = text.removesuffix("\n")
    if "\n" in line:
        raise UsageError("a name is one line, and this beginning has more", "give its first line")
    return line


def admitted(opened: "OpenModel", text: str) -> "Admitted":
    """Text in the model's characters; UsageError where it knows none of them."""
    admitted = opened.model.vocabulary.admit(text)
    if text and not admitted.text:
        raise UsageError(
            f"{opened.name} knows none of these characters: {text.strip()[:20]!r}",
            f"it knows {''.join(c for c in opened.model.vocabulary.characters if c.isprintable())}",
        )
    return admitted


def _names(
    context: Context,
    opened: "OpenModel",
    prompt: str,
    count: int,
    sampling: Sampling,
    asked: tuple[str, ...] = (),
) -> Answers:
    from charplay.generation.generator import names as drawn_names
    from charplay.generation.sampling import draws_of

    model = opened.model
    brought_in = admitted(opened, one_line(prompt))
    seed, numbers = answers_wanted(context, sampling, count)
    prefix = model.vocabulary.encode(brought_in.text)
    if len(prefix) >= sampling.max_chars:
        raise UsageError(
            f"the beginning has {len(prefix)} characters, and a name may have {sampling.max_chars}",
            f"allow longer ones: --max-chars {2 * len(prefix)}",
        )
    with context.environment.interrupts() as interrupts:
        answers = tuple(
            drawn_names(
                model,
                prefix,
                sampling,
                draws_of(sampling, seed),
                numbers,
                lambda: interrupts.count > 0,
            )
        )
    stopped = context.interrupted = interrupts.count > 0
    said = Answers(opened.name, seed, prompt, answers, brought_in.notice, stopped)
    record(context, opened, sampling, asked, said)
    return said


def spoken(
    context: Context,
    opened: "OpenModel",
    prompt: str,
    count: int,
    sampling: Sampling,
    asked: tuple[str, ...] = (),
    moves: bool = False,
) -> Iterator[Event]:
    """Prose, a character at a time; Ctrl-C keeps the text so far and the place after it.

    `asked` as `record`; `moves`: the session goes on from there.
    """
    from charplay.blas import one_blas_thread
    from charplay.generation.generator import Continuation
    from charplay.generation.place import read_tokens

    brought_in = admitted(opened, prompt)
    seed, numbers = answers_wanted(context, sampling, count)
    start, notice = _start(context, opened, going_on=not asked)
    start = read_tokens(opened.model, start, opened.model.vocabulary.encode(brought_in.text))
    notice = "; ".join(filter(None, (notice, brought_in.notice)))
    yield AnswerStarted(opened.name, opened.model.kind, seed, prompt, notice, sampling.verse)
    answers, place = [], start
    with context.environment.interrupts() as interrupts, one_blas_thread():
        for number in numbers:
            if interrupts.count:
                break
            continuation = Continuation(opened.model, start, sampling, seed, number)
            for character in continuation:
                yield Piece(number, character)
                if interrupts.count:
                    break
            answers.append(continuation.answer)
            place = continuation.place
    stopped = context.interrupted = interrupts.count > 0
    said = Answers(opened.name, seed, prompt, tuple(answers), notice, stopped)
    record(context, opened, sampling, asked, said, place if moves else None)
    yield said


def _start(context: Context, opened: "OpenModel", going_on: bool) -> "tuple[Place, str]":
    """Where to go on from: the session's place for plain text, else the model's opening.

    And what the person should know of it.
    """
    from charplay.generation.place import initial_place

    if not going_on or context.session is None:
        return initial_place(opened.model), ""
    place = context.session.place(opened)
    return place, context.session.told()


COMMANDS = (
    Command(
        "sample",
        "text from a model, going on from a prompt",
        sample,
        SampleArguments,
        (
            'sample --prompt "Shall I compare" --lines 4',
            "sample --prompt @opening.txt --max-chars 1000",
            "sample -n 3 --top-p 0.9 --seed 42",
            "sample --greedy",
        ),
    ),
)
