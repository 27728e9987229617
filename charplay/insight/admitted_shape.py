"""The form of names in the characters of a model."""

from dataclasses import replace

from charplay.errors import UsageError
from charplay.generation.constraints import Shape
from charplay.generation.question import first_line, list_known
from charplay.insight.admitted_pattern import admit_pattern, find_impossible
from charplay.insight.spelling import likeliest_spelling
from charplay.models.contract import Model
from charplay.models.library import OpenModel
from charplay.text.typed.admission import Admitted
from charplay.text.typed.signs import list_characters, show_text

_MOST_NAMED, _LONGEST_SHOWN = 8, 40


def admit_shape(opened: OpenModel, shape: Shape) -> tuple[Shape, Admitted]:
    """The form in the model's characters, and its starts with all that became plainer letters.

    Raises UsageError for a form that needs a character unknown to the model.
    """
    starts = [_admit_part(opened, text, "start with") for text in shape.starts if text]
    ends = _admit_part(opened, shape.ends, "end with")
    contains = _admit_part(opened, shape.contains, "contain")
    pattern, plainer = _admit_pattern(opened, shape.pattern)
    texts = tuple(start.text for start in starts)
    admitted = replace(shape, starts=texts, ends=ends.text, contains=contains.text, pattern=pattern)
    folded = "".join(part.folded for part in (*starts, ends, contains)) + plainer
    return admitted, Admitted(", ".join(texts), "".join(dict.fromkeys(folded)))


def spell_starts(model: Model, shape: Shape) -> Shape:
    """The form with each start in the case and typography that the model finds likeliest, once."""
    spelled = dict.fromkeys(likeliest_spelling(model, start) for start in shape.starts)
    return replace(shape, starts=tuple(spelled))


def _admit_part(opened: OpenModel, text: str, verb: str) -> Admitted:
    line = first_line(text)
    admitted = opened.model.vocabulary.admit(line)
    if admitted.dropped:
        missing = list_characters(admitted.dropped, _MOST_NAMED)
        raise _cannot(opened, missing, f"{verb} {show_text(line, _LONGEST_SHOWN)}")
    return admitted


def _admit_pattern(opened: OpenModel, pattern: str | None) -> tuple[str | None, str]:
    if pattern is None:
        return None, ""
    vocabulary = opened.model.vocabulary
    admitted, plainer = admit_pattern(pattern, vocabulary)
    missing = find_impossible(admitted, vocabulary)
    if missing:
        missing = show_text(missing, _LONGEST_SHOWN)
        raise _cannot(opened, missing, f"match {show_text(pattern, _LONGEST_SHOWN)}")
    return admitted, plainer


def _cannot(opened: OpenModel, missing: str, what: str) -> UsageError:
    return UsageError(
        f"{opened.name} has no {missing}: no name can {what}", list_known(opened.model.vocabulary)
    )
