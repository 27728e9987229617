"""`names`: new names, each with what a name inventor wants to know of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from charplay.commands.context import Context
from charplay.commands.generating import MOST_ANSWERS, admitted, answers_wanted, one_line, record
from charplay.commands.table import Command, words_of
from charplay.errors import UsageError
from charplay.generation.constraints import Shape
from charplay.generation.options import Sampling
from charplay.options import build, change, group, option
from charplay.plan import TextChoice

if TYPE_CHECKING:
    from charplay.insight.described_name import DescribedName
    from charplay.insight.known_names import KnownNames
    from charplay.models.library import OpenModel
    from charplay.text.corpus import NameList

CAUTION = "This is no regulatory check: a name that passes is not a name cleared."
SORTS = ("draw", "score", "length", "alphabet")


@dataclass(frozen=True)
class NamesArguments:
    """What `names` takes."""

    model: str | None = option(None, "a model by name, digest or path", positional=True)
    count: int = option(10, "how many", minimum=1, maximum=MOST_ANSWERS, short="-n")
    shape: dict[str, Any] = group(Shape, "what they look like")
    new: bool = option(False, "leave out names that stand in the list")
    unique: bool = option(False, "leave out repetitions")
    min_distance: int | None = option(
        None, "leave out names nearer than this to one in the list", minimum=1
    )
    against: str | None = option(None, "another list to compare with", metavar="CORPUS|FILE")
    sounds: bool = option(False, "add the nearest by sound, and the drug stems claimed")
    sort: str = option("draw", "by what they are sorted", choices=SORTS)
    sampling: dict[str, Any] = group(Sampling, "how characters are chosen")


@dataclass(frozen=True)
class Names:
    """Names found, and how many were tried for them."""

    model: str
    seed: int
    prompt: str
    answers: tuple[DescribedName, ...]
    wanted: int
    fitting: int
    tried: int
    notices: tuple[str, ...] = ()
    caution: str = ""
    interrupted: bool = False


def names(context: Context, arguments: NamesArguments) -> Names:
    """New names from a model that was trained on names."""
    opened = context.model(arguments.model)
    if opened.model.kind != "names":
        raise UsageError(
            f"{opened.name} was trained on prose and gives no names", f"sample {opened.name}"
        )
    return invented(context, opened, arguments)


def invented(context: Context, opened: OpenModel, arguments: NamesArguments) -> Names:
    """Names of a model that is open."""
    from charplay.generation.sampling import draws_of
    from charplay.insight.description import describe_names
    from charplay.insight.search import NameSearch, SearchFilters

    shape, notices = _shape(opened, arguments)
    sampling = _sampling(context, opened, arguments, shape)
    known, missing = _known_names(context, opened, arguments)
    seed, numbers = answers_wanted(context, sampling, arguments.count)
    filters = SearchFilters(shape, arguments.new, arguments.unique, arguments.min_distance)
    search = NameSearch(opened.model, sampling, draws_of(sampling, seed), filters, known)
    exact = sampling.seed is not None and sampling.seed.number is not None
    with context.environment.interrupts() as interrupts:
        found = search.run(numbers, exact, lambda: interrupts.count > 0)
    stopped = context.interrupted = interrupts.count > 0
    quantiles = opened.header.held_out_quantiles
    described = describe_names(opened.model, found, known, quantiles, arguments.sounds)
    said = Names(
        model=opened.name,
        seed=seed,
        prompt=str(arguments.shape.get("starts", "")),
        answers=_sorted(described, arguments.sort),
        wanted=len(numbers),
        fitting=len(found),
        tried=search.tried,
        notices=tuple(notice for notice in (notices, missing) if notice),
        caution=CAUTION if arguments.sounds else "",
        interrupted=stopped,
    )
    asked = ("names", *words_of(replace(arguments, sampling={})))
    record(context, opened, sampling, asked, said)
    return said


def _shape(opened: OpenModel, arguments: NamesArguments) -> tuple[Shape, str]:
    """The form asked for, its beginning in the model's characters; and what became of that."""
    shape = build(Shape, arguments.shape)
    brought_in = admitted(opened, one_line(shape.starts))
    for text in (shape.ends, shape.contains):
        strange = admitted(opened, one_line(text)).dropped
        if strange:
            raise UsageError(
                f"{opened.name} never writes {strange!r}",
                "ask for letters that are in its list",
            )
    return replace(shape, starts=brought_in.text), brought_in.notice


def _sampling(
    context: Context, opened: OpenModel, arguments: NamesArguments, shape: Shape
) -> Sampling:
    sampling = context.sampling(opened, arguments.sampling)
    if shape.max_length is not None:
        # One more for the newline that must come after the last letter.
        asked = arguments.sampling.get("max_chars", shape.max_length + 1)
        sampling = change(sampling, {"max_chars": min(shape.max_length + 1, asked)})
    if shape.least >= sampling.max_chars:
        raise UsageError(
            f"such a name has {shape.least} characters or more, and one may have "
            f"{sampling.max_chars}",
            f"allow longer ones: --max-chars {2 * shape.least}",
        )
    return sampling


def _known_names(
    context: Context, opened: OpenModel, arguments: NamesArguments
) -> tuple[KnownNames, str]:
    """The names to compare with, and a notice if the model's own list is not as it was."""
    from charplay.insight.known_names import load_known_names

    other = _other(context, arguments.against) if arguments.against else None
    local = context.library.text(arguments.model or opened.name)
    home = context.environment.home
    known, notice = load_known_names(opened.header, local, context.corpora, home)
    known = known.compared_with(other.names) if other else known
    if arguments.new and known.training is None:
        raise UsageError(
            "--new needs the list that the model was trained on",
            f"restore the list that {opened.name} was trained on, or leave out --new",
        )
    if arguments.min_distance is not None and not known.names:
        raise UsageError(
            "--min-distance needs a list to compare with", "name a list with --against"
        )
    return known, notice


def _other(context: Context, against: str) -> NameList:
    from charplay.text.corpus import NameList, load_corpus

    corpus = load_corpus(TextChoice(against, kind=None), context.corpora, context.environment.home)
    if not isinstance(corpus, NameList):
        raise UsageError(f"{against} is prose", "--against takes a list of names")
    return corpus


def _sorted(names: list[DescribedName], sort: str) -> tuple[DescribedName, ...]:
    keys: dict[str, Callable[[DescribedName], Any]] = {
        "draw": lambda name: 0,
        "score": lambda name: name.loss,
        "length": lambda name: (len(name.text), name.text),
        "alphabet": lambda name: name.text.casefold(),
    }
    return tuple(sorted(names, key=keys[sort]))


COMMANDS = (
    Command(
        "names",
        "new names from a model trained on names",
        names,
        NamesArguments,
        (
            "names",
            "names dinosaurs -n 20 --starts Ty --ends saurus --new",
            "names drugs --pattern '.*[aeiou]x' --max-length 9 --min-distance 2",
            "names --seed 7",
            "names --seed 7/3",
        ),
    ),
)
