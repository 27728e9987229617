"""Models side by side: what each makes of one prompt, how good it is, and how new its text is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from charplay.blas import one_blas_thread
from charplay.generation.generator import Answer, Continuation, draw_names
from charplay.generation.place import initial_place, read_tokens
from charplay.generation.question import Question
from charplay.generation.sampling import draws_of
from charplay.interrupts import Interrupted
from charplay.text.corpus import Corpus, lines_of
from charplay.text.typed.typography import comparing_form
from charplay.text.vocabulary import NEWLINE


@dataclass(frozen=True)
class ComparedModel:
    """A model at a temperature, in figures and samples.

    held_out_loss: as its file says, in nats per character; size: of its file, in bytes; weights:
    how many numbers it has; speed: characters a second that were drawn, on this machine.
    new, listed, held_out: the shares of its names, or of its whole lines of prose, that its text
    does not have, that it learned, and that were held out; None where its text is not available.
    repeated: the share that was drawn before; counted: of how many names or lines.
    """

    model: str
    temperature: float
    held_out_loss: float | None
    size: int
    weights: int
    speed: float
    new: float | None
    listed: float | None
    held_out: float | None
    repeated: float | None
    counted: int
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Models."""

    prompt: str
    seed: int
    kind: str
    models: tuple[ComparedModel, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contestant:
    """A question to a model of a name, and the text that it learned, where that is available."""

    name: str
    question: Question
    size: int
    learned: Corpus | None = None
    held_out: Corpus | None = None


def compare_models(
    contestants: Sequence[Contestant],
    clock: Callable[[], float],
    notices: tuple[str, ...] = (),
    interrupted: Interrupted = lambda: False,
) -> Comparison:
    """What each model makes of the same question; `clock` gives seconds."""
    rows = tuple(_compared(each, clock, interrupted) for each in contestants)
    asked = contestants[0].question
    return Comparison(asked.prompt, asked.seed, asked.opened.model.kind, rows, notices)


def _compared(
    contestant: Contestant, clock: Callable[[], float], interrupted: Interrupted
) -> ComparedModel:
    asked = contestant.question
    begun = clock()
    answers = draw_answers(asked, interrupted)
    seconds = clock() - begun
    opened, texts = asked.opened, tuple(asked.options.present(each.text) for each in answers)
    lines = compared_lines(opened.model.kind, asked.prompt, answers)
    shares: tuple[float | None, float | None, float | None] = (None, None, None)
    if contestant.learned is not None and contestant.held_out is not None and lines:
        shares = line_shares(lines, contestant.learned, contestant.held_out)
    return ComparedModel(
        model=contestant.name,
        temperature=0.0 if asked.options.is_greedy else asked.options.temperature,
        held_out_loss=opened.header.held_out_loss,
        size=contestant.size,
        weights=opened.model.parameter_count,
        speed=sum(map(len, texts)) / max(seconds, 1e-9),
        new=shares[0],
        listed=shares[1],
        held_out=shares[2],
        repeated=1 - len(set(lines)) / len(lines) if lines else None,
        counted=len(lines),
        samples=texts,
    )


def draw_answers(question: Question, interrupted: Interrupted = lambda: False) -> list[Answer]:
    """The answers to a question, from the model's beginning; fewer where it is interrupted."""
    model, options = question.opened.model, question.options
    prefix = model.vocabulary.encode(question.admitted.text)
    if model.kind == "names":
        draws = draws_of(options, question.seed)
        return list(draw_names(model, prefix, options, draws, question.numbers, interrupted))
    start = read_tokens(model, initial_place(model), prefix)
    answers = []
    with one_blas_thread():
        for number in question.numbers:
            continuation = Continuation(model, start, options, question.seed, number)
            for _ in continuation:
                if interrupted():
                    break
            answers.append(continuation.answer)
            if interrupted():
                break
    return answers


def compared_lines(kind: str, prompt: str, answers: Iterable[Answer]) -> list[str]:
    """Names, or lines of prose from their beginning to their end, in their comparing form."""
    if kind == "names":
        return [comparing_form(answer.text) for answer in answers]
    lines: list[str] = []
    for answer in answers:
        first, *rest = answer.text.split(NEWLINE)
        begun = not prompt or prompt.endswith(NEWLINE)
        whole = [first, *rest] if begun else rest
        lines += map(comparing_form, whole[:-1])  # the last one may not be at its end
    return [line for line in lines if line.strip()]


def line_shares(
    lines: Sequence[str], learned: Corpus, held_out: Corpus
) -> tuple[float, float, float]:
    """The shares of lines that are new, learned, and held out; the text is read line by line."""
    unseen = set(lines)
    found = {"learned": set[str](), "held out": set[str]()}
    for name, corpus in (("learned", learned), ("held out", held_out)):
        for line in lines_of(corpus):
            form = comparing_form(line)
            if form in unseen:
                found[name].add(form)
    in_list = sum(line in found["learned"] for line in lines)
    held = sum(line in found["held out"] and line not in found["learned"] for line in lines)
    return (len(lines) - in_list - held) / len(lines), in_list / len(lines), held / len(lines)
