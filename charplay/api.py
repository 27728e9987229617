"""charplay from Python: what `import charplay` gives to a program.

    import charplay

    charplay.train("mynames.txt", name="mine")
    names = charplay.names("mine", n=5, starts="Ze")
    losses = {name.text: name.loss for name in names}

A model is a name, a digest, a path, or what `train` gave. Options have their names in Python:
temperature, top_p, max_chars, seed (7, or "7/3") and so on. Errors are CharplayErrors. `home` is
the data home, the usual one unless given.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypeAlias, overload

from charplay.environment import Environment
from charplay.errors import CharplayError, TrainingError, UsageError
from charplay.generation.answers import Answers, NamesAnswered
from charplay.generation.constraints import Shape
from charplay.generation.generator import Answer
from charplay.generation.options import POEM_OPTIONS, AnswerOptions
from charplay.generation.question import Question, ask_question, check_room, choose_options
from charplay.insight.described_name import DescribedName
from charplay.insight.known_names import load_known_names
from charplay.insight.naming import NameDraw, fit_question
from charplay.insight.search import SearchFilters
from charplay.jobs.background import TrainingJob
from charplay.jobs.base import create_job
from charplay.jobs.choice import TrainingChoice
from charplay.jobs.planning import Planner
from charplay.jobs.running import run_to_library
from charplay.models.library import LibraryEntry, OpenModel
from charplay.options import build, options_of, parse_values
from charplay.plan import ReadingOptions, TextChoice
from charplay.plugins.finder import find_plugins
from charplay.pretrained import POET
from charplay.sessions.answering import answer_with_names, answer_with_prose, in_conversation
from charplay.sessions.choice import NAMES_A_TURN, SessionChoice
from charplay.sessions.session import Session, retry_options
from charplay.sessions.tree import Turn
from charplay.text.corpus import NameList, load_corpus
from charplay.text.entry import CorpusEntry
from charplay.training.events import Kept, TrainingEvent
from charplay.workspace import Workspace

Home: TypeAlias = str | os.PathLike[str] | None
ModelReference: TypeAlias = str | OpenModel


@overload
def train(
    corpus: str | os.PathLike[str] | None = None, *, wait: Literal[True] = True, **options: Any
) -> OpenModel: ...


@overload
def train(
    corpus: str | os.PathLike[str] | None = None, *, wait: Literal[False], **options: Any
) -> TrainingJob: ...


def train(
    corpus: str | os.PathLike[str] | None = None,
    *,
    recipe: str | None = None,
    backend: str | None = None,
    base: ModelReference | os.PathLike[str] | None = None,
    name: str | None = None,
    updates: int | None = None,
    epochs: int | None = None,
    minutes: float | None = None,
    quick: bool = False,
    column: str | None = None,
    kind: str | None = None,
    header: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    on_event: Callable[[TrainingEvent], object] | None = None,
    wait: bool = True,
    home: Home = None,
    **options: object,
) -> OpenModel | TrainingJob:
    """The model trained on a corpus by name or a file; it is kept in the library.

    Training runs in a process of its own; this waits for it and gives each event to `on_event`.
    With wait=False it gives the run instead, which ends with this program: `.events()`, `.stop()`,
    `.model()`.
    `options` are those of the network or the plan: hidden=64, learning_rate=0.003. column, kind,
    header ("yes" or "no"), encoding and separator say how the file is read, where that is not as
    you mean it. base: a model that is trained on instead of a new one, or a run by its number.

    Raises UsageError for a choice that cannot be, CorpusError for a text that cannot be read, and
    TrainingError where training fails.
    """
    workspace = open_workspace(home)
    choice = {
        "corpus": _typed_reference(corpus, "corpus"),
        "recipe": recipe,
        "backend": backend,
        "from": _typed_reference(base, "model"),
        "name": name,
        "updates": updates,
        "epochs": epochs,
        "minutes": minutes,
        "quick": quick,
        "set": [f"{key}={value}" for key, value in options.items()],
    }
    reading = {
        "column": column,
        "kind": kind,
        "header": header,
        "encoding": encoding,
        "separator": separator,
    }
    given = {name: value for name, value in reading.items() if value is not None}
    planner = Planner(workspace.registry, workspace.environment.home)
    chosen = build(TrainingChoice, choice)
    run = planner.plan_run(replace(chosen, reading=parse_values(ReadingOptions, given)))
    job = create_job(workspace.environment.home, run)
    if not wait:
        job.start(workspace.environment.variables)
        return TrainingJob(job, workspace.library)
    last: TrainingEvent | None = None
    for last in run_to_library(job, workspace.library, workspace.environment):
        if on_event:
            on_event(last)
    if not isinstance(last, Kept):
        raise TrainingError("training gave no model", "train again")
    return workspace.library.open(last.name)


def names(
    model: ModelReference | None = None,
    n: int = 10,
    *,
    new: bool = False,
    unique: bool = False,
    min_distance: int | None = None,
    sounds: bool = False,
    against: str | None = None,
    home: Home = None,
    **options: Any,
) -> list[DescribedName]:
    """New names from a model of names, at most `n`, each with its loss, rank and nearest name.

    `options` are those of the form (starts, ends, contains, pattern, min_length, max_length) and
    of sampling. new: only names that are not in the model's list; min_distance: only names at
    least so many edits away from every name in it; against: another list to compare with, by name
    or a file. starts: one text, or several of which each name has one.
    """
    workspace = open_workspace(home)
    opened = open_reference(workspace, model)
    _check_kind(opened, "names")
    form = {option.name for option in options_of(Shape)}
    given = {key: value for key, value in options.items() if key not in form}
    wanted = {key: value for key, value in options.items() if key in form}
    question = _ask(workspace, opened, "", options_given(opened, given), n)
    question, shape = fit_question(question, build(Shape, wanted), "max_chars" in given)
    local = workspace.library.text(opened.name, opened.path)
    known, _ = load_known_names(opened.header, local, workspace.corpora, workspace.environment.home)
    if against is not None:
        known = known.compared_with(_read_list(workspace, against).names)
    filters = SearchFilters(shape, new, unique, min_distance)
    draw = NameDraw(question, filters, known, sounds)
    return [name for burst in draw.bursts() for name in burst]


def sample(
    prompt: str = "",
    model: ModelReference | None = None,
    n: int = 1,
    *,
    home: Home = None,
    **options: Any,
) -> list[Answer]:
    """`n` answers of a model: names that begin with the prompt, or prose that goes on from it."""
    workspace = open_workspace(home)
    opened = open_reference(workspace, model)
    question = _ask(workspace, opened, prompt, options_given(opened, options), n)
    answers, _ = _answer(question, None, workspace.environment)
    return answers


def poem(line: str, model: ModelReference = POET, *, home: Home = None, **options: Any) -> Answer:
    """The verse that a model of prose makes of an opening line; the line itself is left out."""
    workspace = open_workspace(home)
    opened = open_reference(workspace, model)
    _check_kind(opened, "prose")
    question = _ask(workspace, opened, line, options_given(opened, options, POEM_OPTIONS), 1)
    [answer], _ = _answer(question, None, workspace.environment)
    return answer


def models(*, home: Home = None) -> list[LibraryEntry]:
    """The models of the library, the shipped ones too."""
    return open_workspace(home).library.entries()


def corpora(*, home: Home = None) -> list[CorpusEntry]:
    """The texts that can be trained on by name."""
    return list(open_workspace(home).corpora.values())


def open_session(
    name: str | None = None, model: ModelReference | None = None, home: Home = None
) -> OpenSession:
    """The session of a name as it was left, or a new one; without a name nothing is kept.

    Without `model` it goes on with its own, or with the one chosen last.
    """
    workspace = open_workspace(home)
    session = workspace.open_session(SessionChoice(name))
    if model is not None:
        session.move_to_model(open_reference(workspace, model))
    return OpenSession(workspace, session)


class OpenSession:
    """A conversation with a model, the same that the REPL has; close it, or use it in a `with`."""

    def __init__(self, workspace: Workspace, session: Session) -> None:
        self._workspace = workspace
        self._open: Session | None = session

    def __repr__(self) -> str:
        if self._open is None:
            return "<OpenSession, closed>"
        record, turns = self._open.record, self._open.store.turns
        name = record.name or "not kept"
        count = turns.count(record.key) if record.key else 0
        return f"<OpenSession {name}: {count} turns with {record.model or 'no model yet'}>"

    @property
    def _session(self) -> Session:
        if self._open is None:
            raise CharplayError("this session is closed", "open it again: open_session(NAME)")
        return self._open

    @property
    def turn(self) -> Turn | None:
        """The turn after which the conversation goes on."""
        return self._session.turn

    @property
    def text(self) -> str:
        """The conversation up to here: what was written and answered."""
        return self._session.text

    def turns(self) -> list[Turn]:
        """Every turn of every branch, in the order in which they came."""
        return self._session.store.turns.all(self._session.record.key)

    def say(self, text: str = "", n: int | None = None, **options: Any) -> Turn:
        """Write something and have it answered: prose goes on from it, `n` names begin with it."""
        return self._say(text, parse_values(AnswerOptions, options), count=n)

    def retry(self, **options: Any) -> Turn:
        """The last turn's text said again beside it, with the next seed unless one is given."""
        turn = self._session.turn_to_retry()
        if turn.said.words:
            raise UsageError(
                f"turn {turn.number} was asked by a command: {' '.join(turn.said.words)}",
                "retry it in the REPL, or go to another turn: goto(NUMBER)",
            )
        given = parse_values(AnswerOptions, options)
        count = len(turn.said.replies)
        return self._say(turn.said.prompt, {**retry_options(turn), **given}, turn, count)

    def _say(
        self,
        text: str,
        given: dict[str, Any],
        beside: Turn | None = None,
        count: int | None = None,
    ) -> Turn:
        """The turn that a text becomes; KeyboardInterrupt where Ctrl-C stopped its answer."""
        session, environment = self._session, self._workspace.environment
        opened = session.open_model()
        options = choose_options(opened, given)
        usual = NAMES_A_TURN if opened.model.kind == "names" else 1
        count = usual if count is None else count
        if opened.model.kind == "prose" and count != 1:
            raise UsageError(f"{opened.name} goes on with one answer", "`sample` gives several")
        question = _ask(self._workspace, opened, text, options, count)
        question = in_conversation(question, session)
        if beside:
            question = replace(question, after=session.turn_before(beside))
        _, interrupted = _answer(question, session, environment)
        if interrupted:
            raise KeyboardInterrupt
        assert session.turn is not None
        return session.turn

    def undo(self) -> Turn:
        """Go back before the last turn, which is given; it stays in the tree."""
        return self._session.undo()

    def redo(self) -> Turn:
        """Go forward to the turn last undone, or to the only one that follows; that turn."""
        return self._session.redo()

    def goto(self, where: int | str) -> None:
        """Go on after a turn, or after the last one of a branch; 0 is the beginning."""
        self._session.goto(str(where))

    def branch(self, name: str | None = None) -> str:
        """Have the next turn begin a branch; the branch's name."""
        return self._session.begin_branch(name)

    def use(self, model: ModelReference) -> None:
        """Go on with another model, which reads the conversation; it becomes the one in use."""
        opened = open_reference(self._workspace, model)
        self._workspace.library.choose(model if isinstance(model, str) else str(opened.path))
        self._session.move_to_model(opened)

    def close(self) -> None:
        """Close the store."""
        if self._open:
            self._open.close()
        self._open = None
        self._workspace.close()

    def __enter__(self) -> OpenSession:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def open_workspace(home: Home) -> Workspace:
    """A data home with the plugins that are installed."""
    environment = Environment.of_process()
    if home is not None:
        environment = replace(environment, home=Path(home))
    return Workspace(environment, find_plugins(environment))


def open_reference(workspace: Workspace, model: ModelReference | None) -> OpenModel:
    """The model that is meant; the one chosen last where none is."""
    if isinstance(model, OpenModel):
        return model
    return workspace.library.open(model or workspace.library.usual)


def _read_list(workspace: Workspace, corpus: str) -> NameList:
    text = load_corpus(TextChoice(corpus), workspace.corpora, workspace.environment.home)
    if not isinstance(text, NameList):
        raise UsageError(f"{corpus} is prose", "name a list of names")
    return text


def _check_kind(opened: OpenModel, kind: str) -> None:
    if opened.model.kind != kind:
        raise UsageError(
            f"{opened.name} is a model of {opened.model.kind}", f"name a model of {kind}"
        )


def options_given(
    opened: OpenModel, given: dict[str, Any], usual: AnswerOptions | None = None
) -> AnswerOptions:
    """The options of the model's file, then those given as a program types them."""
    return choose_options(opened, parse_values(AnswerOptions, given), usual=usual)


def _typed_reference(given: object, what: str) -> str | None:
    """How a command is told of a corpus or a model, by its name or its file."""
    if isinstance(given, OpenModel):
        return str(given.path)
    if given is None or isinstance(given, str | os.PathLike):
        return None if given is None else os.fspath(given)
    raise UsageError(f"{given!r} is no {what}", f"give a {what} by name, or the path of a file")


def _ask(
    workspace: Workspace, opened: OpenModel, prompt: str, options: AnswerOptions, n: int
) -> Question:
    if not isinstance(prompt, str):
        raise UsageError(f"{prompt!r} is no text", "give a str")
    return ask_question(opened, options, prompt, n, workspace.environment.fresh_seed)


def _answer(
    question: Question, session: Session | None, environment: Environment
) -> tuple[list[Answer], bool]:
    """The finished answers, and whether Ctrl-C ended them with what there is."""
    if question.opened.model.kind == "names":
        *names, end = answer_with_names(check_room(question), session, environment.interrupts)
        assert isinstance(end, NamesAnswered)
        return [event for event in names if isinstance(event, Answer)], end.interrupted
    *_, last = answer_with_prose(question, session, environment.interrupts)
    assert isinstance(last, Answers)
    return list(last.answers), last.interrupted
