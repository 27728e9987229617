"""Answers to a question: names one by one, prose character by character."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from charplay.blas import one_blas_thread
from charplay.generation.generator import Answer, Continuation, Stopped, draw_names
from charplay.generation.place import Place, read_pieces
from charplay.generation.question import Question
from charplay.generation.sampling import draws_of
from charplay.interrupts import Interrupted
from charplay.text.tokens import NO_TOKEN


@dataclass(frozen=True)
class PromptRead:
    """So many characters of a long prompt are read, of so many."""

    characters: int
    of: int


@dataclass(frozen=True)
class AnswerStarted:
    """The first character of prose is about to be drawn."""

    model: str
    kind: str
    seed: int
    prompt: str
    notices: tuple[str, ...] = ()
    verse: bool = False
    changed: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class AnswerEnded:
    """No more comes of the answer of that number; stopped: why."""

    number: int
    stopped: Stopped


@dataclass(frozen=True)
class AnswerText:
    """A character of the answer of that number, as it is drawn."""

    number: int
    text: str


@dataclass(frozen=True)
class Answers:
    """Finished answers, and the seed that repeats them.

    changed: the options that differ from the model's own.
    """

    model: str
    seed: int
    prompt: str
    answers: tuple[Answer, ...]
    notices: tuple[str, ...] = ()
    interrupted: bool = False
    changed: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class NamesAnswered:
    """No more names come. changed: the options that differ from the model's own."""

    notices: tuple[str, ...] = ()
    interrupted: bool = False
    changed: Mapping[str, object] = field(default_factory=dict)


AnswerEvent: TypeAlias = PromptRead | AnswerStarted | AnswerText | AnswerEnded | Answers
NameAnswerEvent: TypeAlias = AnswerStarted | Answer | NamesAnswered


class NameAnswers:
    """Names that a model of names answers: their start, each as it is drawn, their end.

    An interruption ends them; a name that it cuts short is none, for its label gives another.
    """

    def __init__(
        self, question: Question, notices: tuple[str, ...], interrupted: Interrupted
    ) -> None:
        self._question, self._interrupted = question, interrupted
        self._notices = (*notices, *question.notices)

    @property
    def started(self) -> AnswerStarted:
        """What they are drawn from."""
        return _started(self._question, self._notices)

    def names(self) -> Iterator[Answer]:
        """Every name, as it is drawn."""
        asked, options = self._question, self._question.options
        model = asked.opened.model
        prefix = model.vocabulary.encode(asked.admitted.text)
        draws = draws_of(options, asked.seed)
        for answer in draw_names(model, prefix, options, draws, asked.numbers, self._interrupted):
            if answer.stopped != "interrupted":
                yield replace(answer, text=options.present(answer.text))

    def finished(self, notices: tuple[str, ...] = ()) -> NamesAnswered:
        """Their end, and what there is to know besides."""
        changed = self._question.changed
        return NamesAnswered((*self._notices, *notices), self._interrupted(), changed)


class ProseAnswer:
    """Prose that goes on from a place: its start, its characters while drawn, its end.

    `reading` goes before all else: it leads from the place to the end of the prompt. An
    interruption ends the answer where it is; `place` is then the one after what was drawn.
    """

    def __init__(
        self,
        question: Question,
        start: Place,
        notices: tuple[str, ...],
        interrupted: Interrupted,
    ) -> None:
        self._question, self._interrupted = question, interrupted
        self._prompt = question.opened.model.vocabulary.encode(question.admitted.text)
        self._notices = (*notices, *question.notices)
        self._answers: list[Answer] = []
        self.place = self._start = start

    def reading(self) -> Iterator[PromptRead]:
        """The prompt is read, piece by piece where it is long."""
        for read, place in read_pieces(self._question.opened.model, self._start, self._prompt):
            self.place = self._start = place
            if read < len(self._prompt):
                yield PromptRead(read, len(self._prompt))

    @property
    def started(self) -> AnswerStarted:
        """What it is drawn from."""
        return _started(self._question, self._notices)

    def events(self) -> Iterator[AnswerText | AnswerEnded]:
        """Every character of every answer, as it is drawn, and the end of each."""
        asked, model = self._question, self._question.opened.model
        within_line = self._start.pending not in (NO_TOKEN, model.vocabulary.newline)
        sampling = asked.options.within_line(within_line)
        with one_blas_thread():
            for number in asked.numbers:
                if self._interrupted():
                    break
                continuation = Continuation(model, self._start, sampling, asked.seed, number)
                for character in continuation:
                    yield AnswerText(number, character)
                    if self._interrupted():
                        break
                self._answers.append(continuation.answer)
                self.place = continuation.place
                yield AnswerEnded(number, continuation.stopped)

    @property
    def finished(self) -> Answers:
        """What was drawn."""
        return _finished(self._question, tuple(self._answers), self._notices, self._interrupted())


def _started(question: Question, notices: tuple[str, ...]) -> AnswerStarted:
    opened = question.opened
    return AnswerStarted(
        model=opened.name,
        kind=opened.model.kind,
        seed=question.seed,
        prompt=question.prompt,
        notices=notices,
        verse=question.options.verse,
        changed=question.changed,
    )


def _finished(
    question: Question, answers: tuple[Answer, ...], notices: tuple[str, ...], interrupted: bool
) -> Answers:
    return Answers(
        model=question.opened.name,
        seed=question.seed,
        prompt=question.prompt,
        answers=answers,
        notices=notices,
        interrupted=interrupted,
        changed=question.changed,
    )
