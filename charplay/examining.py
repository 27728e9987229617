"""Taking a model apart from Python: what `import charplay` gives besides `charplay.api`.

    import charplay

    charplay.probs("Shall I compare thee to a winter's nigh", "shakespeare").characters[0]
    charplay.score("Shall I compare thee", "shakespeare").bits

Models, options, errors and `home` are as in `charplay.api`.
"""

from __future__ import annotations

from typing import Any

from charplay.api import Home, ModelReference, open_reference, open_workspace, options_given
from charplay.generation.generator import Answer
from charplay.generation.options import choosing_options
from charplay.generation.place import initial_place, read_tokens
from charplay.generation.question import admit_prompt
from charplay.generation.sampling import draws_of
from charplay.insight.adapting import AdaptiveScorer
from charplay.insight.choices import AnswerTrace, Choice
from charplay.insight.probabilities import NextCharacters, next_characters
from charplay.insight.surprise import ScoredLine, read_surprise
from charplay.insight.text_score import TextScore, TextScorer
from charplay.models.library import OpenModel
from charplay.text.vocabulary import NEWLINE


def probs(
    text: str = "",
    model: ModelReference | None = None,
    n: int = 10,
    *,
    home: Home = None,
    **options: Any,
) -> NextCharacters:
    """What a model expects after a text: its `n` likeliest characters, before and after the cuts.

    `options` are those of sampling: temperature, top_k, top_p, min_p.
    """
    opened = open_reference(open_workspace(home), model)
    admitted = admit_prompt(opened, text)
    start = initial_place(opened.model)
    place = read_tokens(opened.model, start, opened.model.vocabulary.encode(admitted.text))
    sampling = options_given(opened, options)
    return next_characters(
        opened.model,
        place,
        sampling,
        n,
        fresh=opened.model.kind == "names" and not admitted.text,
        model=opened.name,
        text=admitted.text,
        options=choosing_options(sampling),
        notices=(admitted.notice,) if admitted.notice else (),
    )


def why(
    answer: Answer,
    prompt: str = "",
    model: ModelReference | None = None,
    *,
    home: Home = None,
    **options: Any,
) -> list[Choice]:
    """How each character of an answer came, that `sample` or `poem` gave to a prompt.

    `options` are those that it was drawn with.
    """
    opened = open_reference(open_workspace(home), model)
    sampling = options_given(opened, options)
    admitted, start = admit_prompt(opened, prompt).text, initial_place(opened.model)
    given, drawn = "", answer.text
    if opened.model.kind == "names":
        given, drawn = drawn[: len(admitted)], drawn[len(admitted) :]
        drawn += NEWLINE if answer.stopped == "end" else ""
    else:
        start = read_tokens(opened.model, start, opened.model.vocabulary.encode(admitted))
    trace = AnswerTrace(
        opened.model,
        start,
        given,
        drawn,
        sampling,
        draws_of(sampling, answer.seed),
        answer.number,
        capital=sampling.capital,
    )
    return [choice for choice, _ in trace]


def surprise(
    text: str, model: ModelReference | None = None, *, home: Home = None
) -> list[ScoredLine]:
    """The lines of a text, each with the bits of its characters and words under a model."""
    opened = open_reference(open_workspace(home), model)
    events = read_surprise(opened.model, [_admitted(opened, text)])
    return [event for event in events if isinstance(event, ScoredLine)]


def score(
    text: str,
    model: ModelReference | None = None,
    *,
    adaptive: bool = False,
    home: Home = None,
) -> TextScore:
    """The loss of a model on a text; with `adaptive`, also while the text is learned.

    The best n-gram of the model's own text is left out: the command `score` has it.
    """
    workspace = open_workspace(home)
    opened = open_reference(workspace, model)
    scorer = TextScorer(opened.model)
    backend = workspace.registry.backends.find(opened.header.backend)
    learning = AdaptiveScorer(opened.model, backend) if adaptive else None
    for piece in scorer.read([_admitted(opened, text)], lambda: False):
        if learning:
            learning.read(piece)
    found = scorer.score(opened.name, opened.header.held_out_loss)
    return found.with_adapted(learning.total, learning.by) if learning else found


def _admitted(opened: OpenModel, text: str) -> str:
    return admit_prompt(opened, text).text
