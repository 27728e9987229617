"""Asking a model for names of a form: what the form needs of the model, and the search."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from charplay.errors import UsageError
from charplay.generation.constraints import Shape, joins_letters
from charplay.generation.generator import Answer
from charplay.generation.options import AnswerOptions
from charplay.generation.question import Question
from charplay.generation.sampling import draws_of
from charplay.insight.admitted_shape import admit_shape, spell_starts
from charplay.insight.known_names import KnownNames
from charplay.insight.search import NameSearch, SearchFilters
from charplay.options import change


@dataclass(frozen=True)
class FoundNames:
    """Names that passed every filter, as the reader sees them, and how many were tried."""

    answers: list[Answer]
    tried: int


def fit_question(question: Question, shape: Shape, limited: bool) -> tuple[Question, Shape]:
    """The question with the form's starts and room for a name of it, and the form as admitted.

    `limited` says that `max_chars` was asked for. Raises UsageError for a form that the model
    cannot give a name.
    """
    typed = ", ".join(shape.starts)
    model = question.opened.model
    shape, admitted = admit_shape(question.opened, shape)
    options = _make_room(question.options, shape, limited, model.vocabulary.characters)
    question = replace(question, prompt=typed, admitted=admitted, options=options)
    return question, spell_starts(model, shape)


def _make_room(
    options: AnswerOptions, shape: Shape, limited: bool, characters: str
) -> AnswerOptions:
    """The options with room for a name of the form, and no more.

    `limited` says that `max_chars` was asked for; UsageError where no name of the form fits.
    """
    if shape.max_length is not None:
        # One more for the newline that must come after the last letter.
        longest = shape.max_length * _most_parts(characters) + 1
        limit = min(longest, options.max_chars) if limited else longest
        options = change(options, {"max_chars": limit})
    if shape.least >= options.max_chars:
        raise UsageError(
            f"such a name has {shape.least} characters or more, and one may have "
            f"{options.max_chars}",
            f"allow longer names: --max-chars {2 * shape.least}",
        )
    return options


def _most_parts(characters: str) -> int:
    """Of how many characters a letter may be made: it may have two marks, or be Hangul."""
    return 3 if any(map(joins_letters, characters)) else 1


def search_names(
    question: Question,
    filters: SearchFilters,
    known: KnownNames,
    interrupted: Callable[[], bool] = lambda: False,
) -> FoundNames:
    """As many names as the question asks for, or those that were found before it gave up.

    A question for the one answer of a label gets that answer, whether it passes or not.
    """
    options, model = question.options, question.opened.model
    search = NameSearch(model, options, draws_of(options, question.seed), filters, known)
    exact = options.seed is not None and options.seed.number is not None
    found = search.run(question.numbers, exact, interrupted)
    presented = [replace(answer, text=options.present(answer.text)) for answer in found]
    return FoundNames(presented, search.tried)
