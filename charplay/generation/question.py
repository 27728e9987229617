"""What a model is asked: one value that decides every character of its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from charplay.errors import ModelFileError, UsageError
from charplay.generation.options import LONGEST_ANSWER, MOST_ANSWERS, AnswerOptions, Seed
from charplay.kind import Kind
from charplay.models.header import Header
from charplay.models.library import OpenModel
from charplay.options import change, option_values
from charplay.plural import count_in_words
from charplay.text.typed.admission import Admitted
from charplay.text.typed.signs import list_characters
from charplay.text.vocabulary import NEWLINE, Vocabulary

if TYPE_CHECKING:
    from charplay.sessions.tree import Turn

_MOST_NAMED, _MOST_KNOWN = 8, 60
# A seed is part of every label, and verse is seen.
_SAID_ELSEWHERE = ("seed", "verse")


@dataclass(frozen=True)
class Question:
    """An open model, its options, the prompt as typed and as admitted, seed and answer numbers.

    words: the command that asked, without sampling options; empty for plain text. after: the turn
    of the session that it is asked after. goes_on: the answer begins where the session is then,
    not at the model's beginning. moves: the session goes on from the answer. usual: what is usual
    for such a question, where the model's kind does not say it. remarks: what to say beside.
    """

    opened: OpenModel
    options: AnswerOptions
    prompt: str
    admitted: Admitted
    seed: int
    numbers: range
    words: tuple[str, ...] = ()
    after: Turn | None = None
    goes_on: bool = False
    moves: bool = False
    usual: AnswerOptions | None = None
    remarks: tuple[str, ...] = ()

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person should know: the remarks, and what became of the prompt."""
        return tuple(filter(None, (*self.remarks, self.admitted.notice)))

    @property
    def changed(self) -> dict[str, object]:
        """The options that differ from the model's own, as they are typed; without the seed."""
        own = option_values(choose_options(self.opened, usual=self.usual))
        return {
            name.replace("_", "-"): value
            for name, value in option_values(self.options).items()
            if value != own[name] and name not in _SAID_ELSEWHERE
        }


def ask_question(
    opened: OpenModel,
    options: AnswerOptions,
    prompt: str,
    count: int,
    fresh_seed: Callable[[], int],
) -> Question:
    """A question for `count` answers, its prompt admitted to the vocabulary and its seed chosen.

    Raises UsageError for a prompt that the model cannot begin an answer with, and for a count that
    is none.
    """
    if type(count) is not int or not 1 <= count <= MOST_ANSWERS:
        raise UsageError(f"n is a whole number from 1 to {MOST_ANSWERS:,}, and not {count!r}")
    names = opened.model.kind == "names"
    admitted = admit_prompt(opened, first_line(prompt) if names else prompt)
    seed = options.seed or Seed(fresh_seed())
    numbers = range(1, count + 1) if seed.number is None else range(seed.number, seed.number + 1)
    return Question(opened, options, prompt, admitted, seed.value, numbers)


def check_room(question: Question) -> Question:
    """The question; UsageError where a name has no room beyond its beginning."""
    beginning, longest = len(question.admitted.text), question.options.max_chars
    if question.opened.model.kind == "names" and beginning >= longest:
        raise UsageError(
            f"the beginning has {count_in_words(beginning, 'character')}, and a name may have "
            f"{room_in_words(longest, beginning)}",
            hint_of_room(beginning),
        )
    return question


def room_in_words(longest: int, needed: int) -> str:
    """How many characters a name may have, of which `needed` would leave none for its line end."""
    return f"{longest} with its line end" if longest == needed else f"{longest}"


def hint_of_room(characters: int) -> str:
    """What to type for names of more than so many characters."""
    if characters >= LONGEST_ANSWER:
        return f"ask for a shorter name: none has more than {LONGEST_ANSWER - 1:,} characters"
    return f"allow longer names: --max-chars {min(2 * characters, LONGEST_ANSWER)}"


def choose_options(
    opened: OpenModel, *given: Mapping[str, Any], usual: AnswerOptions | None = None
) -> AnswerOptions:
    """The options of the model's file, then those given, the last mapping first.

    `usual` replaces what is usual for the model's kind.
    """
    options = own_options(opened.name, opened.model.kind, opened.header, usual)
    for values in given:
        options = change(options, values)
    return options


def own_options(
    name: str, kind: Kind, header: Header, usual: AnswerOptions | None = None
) -> AnswerOptions:
    """The options that a model's file asks for; ModelFileError where they cannot be."""
    try:
        return change(usual or AnswerOptions.usual(kind), header.sampling)
    except UsageError as error:
        raise ModelFileError(
            f"the file of {name} asks for options that cannot be: {error.message}",
            "get the file again, or make the model again",
        ) from error


def admit_prompt(opened: OpenModel, text: str) -> Admitted:
    """Text in the model's characters; UsageError where it knows none of them."""
    vocabulary = opened.model.vocabulary
    admitted = vocabulary.admit(text)
    if text and not admitted.text:
        dropped = list_characters(admitted.dropped, _MOST_NAMED)
        raise UsageError(
            f"{opened.name} knows none of these characters: {dropped}", list_known(vocabulary)
        )
    return admitted


def list_known(vocabulary: Vocabulary) -> str:
    """What a model can be asked for, as a hint: its characters, or the first of many."""
    known = vocabulary.characters.replace(NEWLINE, "")
    return f"it knows {list_characters(known, _MOST_KNOWN)}"


def first_line(text: str) -> str:
    """A part of a name, as typed; UsageError where it has several lines."""
    line = text.removesuffix("\n")
    if "\n" in line:
        raise UsageError("a name is one line, and this text has more", "give one line")
    return line
