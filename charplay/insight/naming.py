"""Asking a model for names of a form: what the form needs of the model, and the search."""

from collections.abc import Iterator
from dataclasses import replace

from charplay.errors import UsageError
from charplay.generation.constraints import Shape, joins_letters
from charplay.generation.options import LONGEST_ANSWER, AnswerOptions
from charplay.generation.question import Question, hint_of_room, room_in_words
from charplay.generation.sampling import draws_of
from charplay.insight.admitted_shape import admit_shape, spell_starts
from charplay.insight.described_name import DescribedName
from charplay.insight.description import describe_names
from charplay.insight.known_names import KnownNames
from charplay.insight.search import NameSearch, SearchFilters
from charplay.interrupts import Interrupted
from charplay.options import change
from charplay.plural import count_in_words


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
        longest = min(shape.max_length * _most_parts(characters) + 1, LONGEST_ANSWER)
        limit = min(longest, options.max_chars) if limited else longest
        options = change(options, {"max_chars": limit})
    if shape.least >= options.max_chars:
        raise UsageError(
            f"such a name has {count_in_words(shape.least, 'character')} or more, and one "
            f"may have {room_in_words(options.max_chars, shape.least)}",
            hint_of_room(shape.least),
        )
    return options


def _most_parts(characters: str) -> int:
    """Of how many characters a letter may be made: it may have two marks, or be Hangul."""
    return 3 if any(map(joins_letters, characters)) else 1


class NameDraw:
    """Names that a question asks for, drawn, filtered and described as they are wanted.

    A question for the one answer of a label gets that answer, whether it passes or not. With
    `sounds` they are SoundingNames.
    """

    def __init__(
        self, question: Question, filters: SearchFilters, known: KnownNames, sounds: bool = False
    ) -> None:
        self._question, self._known, self._sounds = question, known, sounds
        options, model = question.options, question.opened.model
        draws = draws_of(options, question.seed)
        self._search = NameSearch(model, options, draws, filters, known)
        self._exact = options.seed is not None and options.seed.number is not None
        known.prepare(sounds)

    @property
    def tried(self) -> int:
        """How many names were looked at so far."""
        return self._search.tried

    @property
    def largest_number(self) -> int:
        """No answer has a larger number."""
        numbers = self._question.numbers
        return numbers[-1] if self._exact else self._search.most_tries(len(numbers))

    def bursts(self, interrupted: Interrupted = lambda: False) -> Iterator[list[DescribedName]]:
        """The names as the reader sees them, after each block of tries those that passed.

        They end with as many names as were asked for, or when the search gives up.
        """
        asked = self._question
        options, opened = asked.options, asked.opened
        quantiles = opened.header.held_out_quantiles
        for block in self._search.blocks(asked.numbers, self._exact, interrupted):
            shown = [replace(answer, text=options.present(answer.text)) for answer in block]
            yield describe_names(opened.model, shown, self._known, quantiles, self._sounds)
