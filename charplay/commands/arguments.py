"""The arguments of every command, as options classes: declared once, typed for the handlers."""

from dataclasses import dataclass
from typing import Any

from charplay.commands.insight_arguments import past_turn
from charplay.generation.constraints import Shape
from charplay.generation.options import MOST_ANSWERS, POEM_OPTIONS, AnswerOptions
from charplay.options import group, option
from charplay.plan import ReadingOptions

NAME_SORTS = ("draw", "loss", "length", "alphabet")


def model_argument(
    help: str = "a model by name, digest or path; the current one unless given",
) -> Any:
    """The argument MODEL or `-m MODEL`, the conversation's model where it is left out."""
    return option(None, help, metavar="MODEL", short="-m", positional=True, completes="model")


def required_model(help: str = "a model by name, digest or path") -> Any:
    """The argument MODEL or `-m MODEL`, which must be given."""
    return option(
        "",
        help,
        metavar="MODEL",
        short="-m",
        positional=True,
        required=True,
        completes="model",
    )


@dataclass(frozen=True)
class NoArguments:
    """The arguments of a command that takes none."""


@dataclass(frozen=True)
class TalkArguments:
    """What plain text is: the text, and sampling options where the turn is asked again."""

    text: str = option("", "the text")
    sampling: dict[str, Any] = group(AnswerOptions, "how characters are chosen")


@dataclass(frozen=True)
class NamesArguments:
    """What `names` takes."""

    model: str | None = model_argument()
    count: int = option(10, "how many names", minimum=1, maximum=MOST_ANSWERS, short="-n")
    shape: dict[str, Any] = group(Shape, "the form of the names")
    new: bool = option(False, "only names that are not in the model's list")
    unique: bool = option(False, "no name twice")
    min_distance: int | None = option(
        None, "only names at least N edits away from every name in the list", minimum=1
    )
    against: str | None = option(
        None,
        "compare with this list instead of the model's own",
        metavar="CORPUS|FILE",
        completes="corpus|file",
    )
    sounds: bool = option(
        False, "also show the listed name that sounds most alike, and known drug stems"
    )
    sort: str = option(
        "draw", "the order of the names; all but draw need every name first", choices=NAME_SORTS
    )
    sampling: dict[str, Any] = group(
        AnswerOptions, "how characters are chosen", AnswerOptions.usual("names")
    )


@dataclass(frozen=True)
class SampleArguments:
    """What `sample` takes."""

    model: str | None = model_argument()
    prompt: str = option(
        "",
        "the text to go on from, @FILE, or @- for standard input; what is piped in unless given",
        metavar="TEXT|@FILE",
        completes="@file",
    )
    count: int = option(1, "how many answers", minimum=1, maximum=MOST_ANSWERS, short="-n")
    sampling: dict[str, Any] = group(AnswerOptions, "how characters are chosen")


@dataclass(frozen=True)
class PoemArguments:
    """What `poem` takes."""

    line: str = option(
        "",
        "the opening line, @FILE, or @- for standard input; what is piped in unless given",
        metavar="LINE …",
        positional=True,
        verbatim=True,
        completes="@file",
    )
    model: str | None = option(
        None, "a model of prose by name, digest or path", short="-m", completes="model"
    )
    sampling: dict[str, Any] = group(AnswerOptions, "how characters are chosen", POEM_OPTIONS)


@dataclass(frozen=True)
class RetryArguments:
    """What `retry` takes."""

    sampling: dict[str, Any] = group(AnswerOptions, "how characters are chosen")


@dataclass(frozen=True)
class BranchArguments:
    """What `branch` takes."""

    name: str | None = option(
        None, "the branch's name; omit to name it after its first turn", positional=True
    )


@dataclass(frozen=True)
class GotoArguments:
    """What `goto` takes."""

    turn: str = option(
        "",
        "a turn's number, a branch for its last turn, or 0 for the beginning",
        positional=True,
        required=True,
        completes="turn",
    )


@dataclass(frozen=True)
class KeepArguments:
    """What `keep` and `unkeep` take."""

    answers: tuple[str, ...] = option(
        (),
        "numbers (1 3), a range (2-4), a label (7/3) or a text; optional if there is one answer",
        metavar="ANSWER …",
        positional=True,
    )
    turn: int | None = past_turn("of this turn; the last one with answers unless given")


@dataclass(frozen=True)
class KeptArguments:
    """What `kept` takes."""

    all: bool = option(False, "favourites of every session")


@dataclass(frozen=True)
class SearchSessionsArguments:
    """What `sessions search` takes."""

    text: str = option("", "text to look for", positional=True, verbatim=True, required=True)


@dataclass(frozen=True)
class RenameSessionArguments:
    """What `sessions rename` takes."""

    name: str = option(
        "", "a session", metavar="SESSION", positional=True, required=True, completes="session"
    )
    to: str = option("", "its new name", metavar="NAME", positional=True, required=True)


@dataclass(frozen=True)
class DeleteSessionArguments:
    """What `sessions delete` takes."""

    name: str = option(
        "", "a session", metavar="SESSION", positional=True, required=True, completes="session"
    )
    yes: bool = option(False, "do not ask")


@dataclass(frozen=True)
class ImportSessionArguments:
    """What `sessions import` takes."""

    file: str = option(
        "",
        "a .json file that `export FILE` wrote",
        positional=True,
        required=True,
        completes="file",
    )
    name: str | None = option(None, "keep the session under this name")


@dataclass(frozen=True)
class SessionArguments:
    """What `session` takes."""

    name: str | None = option(
        None,
        "session to use, created if missing; omit to show the current one",
        positional=True,
        completes="session",
    )


@dataclass(frozen=True)
class ExportArguments:
    """What `export` takes."""

    file: str = option(
        "",
        "the file to write: .md, .txt, .html or .json, or the answers alone as .csv or .jsonl",
        positional=True,
        required=True,
        completes="file",
    )


@dataclass(frozen=True)
class ModelArguments:
    """What `model` takes."""

    model: str | None = model_argument(
        "a model by name, digest or path; omit to show the current one"
    )


@dataclass(frozen=True)
class ShowModelArguments:
    """What `models show` takes."""

    model: str = required_model()


@dataclass(frozen=True)
class RemoveModelArguments:
    """What `models remove` takes."""

    model: str = required_model()
    yes: bool = option(False, "do not ask")


@dataclass(frozen=True)
class AddModelArguments:
    """What `models add` takes."""

    source: str = option(
        "",
        "a model file, or its address",
        metavar="FILE|URL",
        positional=True,
        required=True,
        completes="file",
    )
    name: str | None = option(None, "keep the model under this name")


@dataclass(frozen=True)
class RenameModelArguments:
    """What `models rename` takes."""

    model: str = required_model("a model of your own")
    to: str = option("", "its new name", metavar="NAME", positional=True, required=True)


@dataclass(frozen=True)
class ExportModelArguments:
    """What `models export` takes."""

    model: str = required_model()
    file: str | None = option(
        None, "the file to write; NAME.safetensors unless given", positional=True, completes="file"
    )


@dataclass(frozen=True)
class PruneModelsArguments:
    """What `models prune` takes."""

    yes: bool = option(False, "do not ask")


@dataclass(frozen=True)
class CorpusArguments:
    """What the actions on one corpus take."""

    name: str = option(
        "", "a corpus", metavar="CORPUS", positional=True, required=True, completes="corpus"
    )


@dataclass(frozen=True)
class RemoveCorpusArguments:
    """What `corpora remove` takes."""

    name: str = option(
        "", "a corpus", metavar="CORPUS", positional=True, required=True, completes="corpus"
    )
    yes: bool = option(False, "do not ask")


@dataclass(frozen=True)
class ShowCorpusArguments:
    """What `corpora show` takes."""

    name: str = option(
        "",
        "a corpus, or a file to see how it would be read; - for standard input",
        metavar="CORPUS|FILE",
        positional=True,
        required=True,
        completes="corpus|file",
    )
    reading: dict[str, Any] = group(ReadingOptions, "how the file is read")


@dataclass(frozen=True)
class AddCorpusArguments:
    """What `corpora add` takes."""

    file: str = option(
        "",
        "a list, a text or a table; - for standard input",
        positional=True,
        required=True,
        completes="file",
    )
    name: str | None = option(None, "a name for the text; the file's unless given")
    reading: dict[str, Any] = group(ReadingOptions, "how the file is read")


@dataclass(frozen=True)
class SetArguments:
    """What `set` takes."""

    name: str | None = option(
        None,
        "an option; omit to show all; reset brings all but private to their defaults",
        metavar="OPTION",
        positional=True,
        completes="setting",
    )
    value: str | None = option(
        None,
        "its new value, or default; omit to show the option",
        positional=True,
        completes="setting-value",
    )
    yes: bool = option(False, "reset without asking")


@dataclass(frozen=True)
class MacroArguments:
    """What `macro` takes."""

    definition: str = option(
        "",
        "a name; after = the line that it stands for, or nothing to remove it; omit to list all",
        metavar="NAME = LINE",
        positional=True,
        verbatim=True,
        completes="macro",
    )


@dataclass(frozen=True)
class HelpArguments:
    """What `help` takes."""

    command: str | None = option(
        None,
        "a command, a family of them, or keys; omit to list all",
        positional=True,
        completes="command",
    )
    action: str | None = option(
        None, "an action of that command", positional=True, completes="action"
    )


@dataclass(frozen=True)
class EditArguments:
    """What `edit` takes."""

    text: str | None = option(
        None,
        "what to begin with; omit to take the last text you typed",
        metavar="TEXT",
        positional=True,
        verbatim=True,
    )
