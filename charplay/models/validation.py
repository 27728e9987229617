"""What the header of a model file may hold, whatever its digest says.

A file from anywhere is data: every field has a type, bounds and a length, so that nothing that is
read from it later needs a check of its own. Fields that another version of charplay added are
bounded, and otherwise left alone.
"""

from typing import Annotated, Any, Literal, Required, TypedDict

from charplay.kind import Kind
from charplay.text.tokens import MOST_CHARACTERS
from charplay.typed_values import LARGEST_WHOLE, Matching, Within, check_value, misfit

# What a model's own file may ask for unasked; a person can ask for more.
MOST_OWN_CHARS, MOST_OWN_LINES = 10_000, 1_000
# Words that stand in one cell of a listing.
_Line = Annotated[str, Within(0, 200), Matching(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*")]
_Sha256 = Annotated[str, Matching(r"[0-9a-f]{64}|")]
# A path, or the name of a corpus.
_Text = Annotated[str, Within(0, 5_000)]
_Words = Annotated[str, Within(0, 50_000)]
_Count = Annotated[int, Within(0, LARGEST_WHOLE)]
# Nats a character: no run goes on with a loss that is anywhere near these bounds.
_Loss = Annotated[float, Within(-1e9, 1e9)]
_Note = tuple[_Count, _Loss, _Loss | None]
_Seconds = Annotated[float, Within(0, 1e12)]


class _TextRead(TypedDict, total=False):
    """The text that a model was trained on, and how it was read."""

    corpus: _Text
    sha256: _Sha256
    column: _Text | None
    kind: Literal["names", "prose"] | None
    header: Literal["yes", "no"] | None
    encoding: _Line | None
    separator: _Line | None
    lower: bool


class _Counting(TypedDict, total=False):
    order: Annotated[int, Within(1, 100)] | None
    held_out_loss: _Loss


class _Provenance(TypedDict, total=False):
    text: _TextRead
    stage_texts: dict[str, _Sha256]
    recipe: _Line | None
    again: _Words
    offered_by: Annotated[list[_Line], Within(0, 100)]
    made: _Line
    versions: Annotated[dict[str, _Line], Within(0, 100)]
    held_out_loss: _Loss
    counting: _Counting
    ancestry: Annotated[list[dict[str, _Text]], Within(0, 1_000)]
    mixed: Annotated[dict[str, _Line], Within(0, 100)]


class _Sampling(TypedDict, total=False):
    """What is written unasked must end soon; a person may ask for more."""

    max_chars: Annotated[int, Within(1, MOST_OWN_CHARS)]
    lines: Annotated[int, Within(1, MOST_OWN_LINES)] | None
    stop: Annotated[str, Within(1, 1_000)] | None


class _Progress(TypedDict, total=False):
    update: _Count
    loss: _Loss | None
    smoothed: float
    weight: Annotated[float, Within(0, 1)]
    summed: float
    scored: _Count
    reported: float | None
    best: _Loss | None
    waited: _Count
    characters: _Count
    seconds: _Seconds


class _PartProgress(_Progress, total=False):
    history: list[_Note]


class _RunProgress(_Progress, total=False):
    """Of a mix, with the counters of the part that learns."""

    weights: Annotated[list[float], Within(0, 100)]
    offset: _Count
    characters_offset: _Count
    of_part: _PartProgress | None


class _HeaderValues(TypedDict, total=False):
    backend: Required[Annotated[_Line, Within(1, 60)]]
    backend_version: Required[_Line]
    kind: Required[Kind]
    vocabulary: Required[Annotated[str, Within(1, MOST_CHARACTERS)]]
    config: Required[Annotated[dict[str, Any], Within(0, 200)]]
    plan: Annotated[dict[str, Any], Within(0, 200)]
    sampling: Annotated[_Sampling, Within(0, 50)]
    provenance: Annotated[_Provenance, Within(0, 100)]
    history: list[_Note]
    progress: Annotated[_RunProgress, Within(0, 50)]
    held_out_quantiles: Annotated[list[_Loss], Within(0, 1_001)]
    format: Required[int]
    digest: Required[_Sha256]


def check_header(values: object) -> None:
    """ValueError that names the field where the values of a header do not fit."""
    check_value(values, _HeaderValues, "")
    assert isinstance(values, dict)
    if unknown := values.keys() - _HeaderValues.__annotations__.keys():
        raise misfit("a field", min(unknown))
    characters = values["vocabulary"]
    if list(characters) != sorted(set(characters)):
        raise ValueError("vocabulary has characters twice, or out of order")
    if values["kind"] == "names" and "\n" not in characters:
        raise ValueError("vocabulary lacks the line end that ends a name")
