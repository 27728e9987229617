"""`train --each` and `train --by`: a model for each class, and how well they tell texts apart."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from charplay.commands.classifying import run_class_test
from charplay.commands.context import Context
from charplay.commands.piped_input import PIPE, store_piped
from charplay.commands.reading import with_answers
from charplay.commands.results import EventStream
from charplay.errors import CharplayError, TrainingError, UsageError, list_first
from charplay.files import name_of_file, named_file, path_text, replace_file
from charplay.insight.classify import Classifier, ClassTest
from charplay.jobs.base import create_job
from charplay.jobs.choice import TrainingChoice
from charplay.jobs.planning import Planner
from charplay.jobs.running import run_to_library
from charplay.models.library import check_model_name
from charplay.options import change
from charplay.plan import TextChoice, TrainingRun
from charplay.text.tables.classes import CellClasses, read_classes
from charplay.text.vocabulary import NEWLINE
from charplay.training.events import Kept, Started, TrainingEvent

_FOLDER = "classes"
_MOST_CLASSES = 200
# Fewer names are no list.
_FEWEST_CELLS = 2
_LENGTHS = ("updates", "epochs", "minutes", "recipe", "backend", "from_")


@dataclass(frozen=True)
class ClassTrained:
    """The model of a class is in the library; characters: those that it learned.

    number: which of them it is, `of` how many.
    """

    model: str
    number: int
    of: int
    kind: str
    characters: int
    held_out_loss: float | None


@dataclass(frozen=True)
class ClassTraining(EventStream):
    """Models while they are trained, and last the test of them.

    models: what `classify` takes; count: how many there will be; minutes: what each may take, if
    that was said.
    """

    ends_in_table: ClassVar[bool] = True

    events: Iterator[ClassTrained | ClassTest]
    models: str
    count: int
    minutes: float | None = None
    notes: tuple[str, ...] = ()


def train_classes(context: Context, choice: TrainingChoice, planner: Planner) -> ClassTraining:
    """A model for each file of a folder, or for each class of a table's rows."""
    choice = _checked(context, choice)
    assert choice.corpus is not None
    base = name_of_file(choice.corpus, "classes") if choice.name is None else choice.name
    check_model_name(f"{base}.a")
    notes: tuple[str, ...] = ()
    if choice.each:
        texts, reading = _files_of(choice.corpus), choice.reading
    else:
        found = with_answers(
            context, choice.reading, lambda reading: _read_table(replace(choice, reading=reading))
        )
        texts, notes = _write_classes(context, base, found)
        kind = choice.reading.get("kind") or "names"
        reading = {"kind": kind, "separator": "line", "header": "no"}
    plain = replace(choice, each=False, by=None, reading=reading, quick=_is_quick(choice))
    choices = {
        f"{base}.{name}": replace(plain, corpus=path_text(path), name=f"{base}.{name}")
        for name, path in texts.items()
    }
    events = _events(context, planner, choices)
    return ClassTraining(events, f"'{base}.*'", len(choices), choice.minutes, notes)


def _is_quick(choice: TrainingChoice) -> bool:
    """Whether a model is to be ready at once: unless the person says how to train."""
    return choice.quick or all(getattr(choice, name) is None for name in _LENGTHS)


def _checked(context: Context, choice: TrainingChoice) -> TrainingChoice:
    """The choice with a file for what is piped in; UsageError where it cannot be."""
    if choice.each and choice.by is not None:
        raise UsageError("--each and --by do different things", "give one of them")
    if choice.corpus == PIPE and choice.by is not None:
        choice = replace(choice, corpus=store_piped(context), name=choice.name or "classes")
    path = named_file(choice.corpus or "")
    flag, wanted = ("--each", "a folder of texts") if choice.each else ("--by", "a table")
    each, by = "`train FOLDER --each`", "`train FILE --by COLUMN`"
    if path is None:
        typed = f", and there is no {choice.corpus}" if choice.corpus else ""
        raise UsageError(f"{flag} needs {wanted}{typed}", each if choice.each else by)
    if path.is_dir() != choice.each:
        what, hint = ("a folder", each) if path.is_dir() else ("a file", by)
        raise UsageError(f"{choice.corpus} is {what}, and {flag} needs {wanted}", hint)
    return choice


def _files_of(folder: str) -> dict[str, Path]:
    """The files of a folder by the names of their classes, in order."""
    path = named_file(folder)
    assert path is not None
    files = sorted(file for file in path.iterdir() if file.is_file() and file.name[0] != ".")
    found: dict[str, Path] = {}
    for file in files:
        name = name_of_file(path_text(file), "text")
        if name in found:
            raise UsageError(
                f"{found[name].name} and {file.name} would both be the class {name}",
                "give them different names",
            )
        found[name] = file.absolute()
    return _enough(found, folder, "files")


def _enough(found: dict[str, Path], source: str, what: str) -> dict[str, Path]:
    """The classes; UsageError for fewer than two, or so many that they can be none."""
    if not 2 <= len(found) <= _MOST_CLASSES:
        raise UsageError(
            f"{source} has {len(found):,} {what}, and classes are from 2 to {_MOST_CLASSES}",
            "choose another column or folder",
        )
    return found


def _read_table(choice: TrainingChoice) -> CellClasses:
    path = named_file(choice.corpus or "")
    assert path is not None
    text = change(TextChoice(choice.corpus or ""), choice.reading)
    return read_classes(choice.corpus or "", path, text, choice.by or "")


def _write_classes(
    context: Context, base: str, found: CellClasses
) -> tuple[dict[str, Path], tuple[str, ...]]:
    """A file for each class in the data home, by the names of the classes; and notes."""
    folder = context.environment.home / _FOLDER / base
    kept = {name: cells for name, cells in found.classes.items() if _is_enough(cells)}
    files: dict[str, Path] = {}
    for name in sorted(kept):
        plain = name_of_file(f"{name}.txt", "class")
        if plain.casefold() in map(str.casefold, files):
            raise UsageError(
                f"two classes would have the name {plain}", "give them names of other letters"
            )
        files[plain] = folder / f"{plain}.txt"
    _enough(files, base, "classes with two texts or more")
    for name, path in zip(sorted(kept), files.values(), strict=True):
        lines = (" ".join(cell.split()) for cell in kept[name])
        text = "".join(f"{line}{NEWLINE}" for line in lines)
        replace_file(path, text.encode("utf-8", "backslashreplace"))
    few = [name for name in found.classes if name not in kept]
    told = (f"left out, with one text each: {list_first(few)}",) if few else ()
    return files, (*found.notes, *told)


def _is_enough(cells: list[str]) -> bool:
    return len(set(cells)) >= _FEWEST_CELLS


def _events(
    context: Context, planner: Planner, choices: Mapping[str, TrainingChoice]
) -> Iterator[ClassTrained | ClassTest]:
    """Each model as it is kept, then the test; after Ctrl-C, of those that there are."""
    runs = {name: _plan_one(planner, choice) for name, choice in choices.items()}
    _check_kinds(runs)
    kept: list[str] = []
    for number, (name, run) in enumerate(runs.items(), start=1):
        started, last = _train_one(context, run)
        if last is None:
            raise TrainingError(f"training {name} gave no model", "train again")
        opened = context.library.open(last.name)
        size = started.characters if started else 0
        loss = opened.header.held_out_loss
        kept.append(last.name)
        yield ClassTrained(last.name, number, len(choices), opened.model.kind, size, loss)
        if context.interrupted:
            break
    if len(kept) > 1:
        yield _test(context, kept)


def _plan_one(planner: Planner, choice: TrainingChoice) -> TrainingRun:
    try:
        return planner.plan_run(choice)
    except CharplayError as error:
        error.message = f"{choice.name}: {error.message}"
        raise


def _check_kinds(runs: Mapping[str, TrainingRun]) -> None:
    """UsageError where some texts are lists and others are prose."""
    kinds = {run.text.kind: name for name, run in runs.items()}
    if len(kinds) > 1:
        (one, first), (other, second) = kinds.items()
        raise UsageError(
            f"{first} is read as {one} and {second} as {other}: no text is both",
            "read them all alike: --kind names or --kind prose",
        )


def _train_one(context: Context, run: TrainingRun) -> tuple[Started | None, Kept | None]:
    started: Started | None = None
    last: TrainingEvent | None = None
    job = create_job(context.environment.home, run)
    for last in run_to_library(job, context.library, context.environment, context.interrupt):
        started = last if isinstance(last, Started) else started
    if not context.private:
        job.mark_told()
    return started, last if isinstance(last, Kept) else None


def _test(context: Context, names: list[str]) -> ClassTest:
    opened = {name: context.library.open(name) for name in names}
    return run_class_test(context, opened, Classifier({n: o.model for n, o in opened.items()}))
