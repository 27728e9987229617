"""`names`: new names, each with what a name inventor wants to know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from charplay.commands.context import Context
from charplay.commands.generating import MOST_ANSWERS, admitted, answers_wanted, one_line, record
from charplay.commands.table import Command, words_of
from charplay.errors import CharplayError, UsageError
from charplay.generation.constraints import Shape, steering
from charplay.generation.options import Sampling
from charplay.options import build, change, group, option
from charplay.plan import Plan, TextChoice

if TYPE_CHECKING:
    from charplay.generation.generator import Answer
    from charplay.insight.nearest import NameIndex
    from charplay.models.library import OpenModel
    from charplay.text.corpus import NameList

CAUTION = "This is no regulatory check: a name that passes is not a name cleared."
SORTS = ("draw", "score", "length", "alphabet")
# So many names are tried for each that is wanted, but no fewer and no more than these.
_TRIES_A_NAME, _LEAST_TRIES, _MOST_TRIES = 50, 2000, 100_000
# Tried names are compared with the list so many at a time.
_BLOCK = 64


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
class Name:
    """A name, what brings it back, and what is known of it.

    score: loss under the model, nats a character; percentile: how many of a hundred held-out names
    are less plausible; listed: where it stands, `training`, `held out`, or `new`, or None where
    the list is not at hand; nearest: the nearest name of the list by edit distance.
    """

    text: str
    seed: int
    number: int
    stopped: str
    score: float
    percentile: int | None
    listed: str | None
    nearest: str | None
    distance: int | None

    @property
    def label(self) -> str:
        """What to type after --seed for this one."""
        return f"{self.seed}/{self.number}"


@dataclass(frozen=True)
class Claim:
    """An INN stem that stands in a name, and what it says of a drug."""

    stem: str
    meaning: str


@dataclass(frozen=True)
class SoundingName(Name):
    """A name with its nearest by sound, and the INN stems that it would claim."""

    sounds_like: str | None = None
    sound_distance: int | None = None
    stems: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Names:
    """Names found, and how many were tried for them."""

    model: str
    seed: int
    prompt: str
    answers: tuple[Name, ...]
    wanted: int
    fitting: int
    tried: int
    notices: tuple[str, ...] = ()
    caution: str = ""
    interrupted: bool = False


@dataclass(frozen=True)
class Lists:
    """What a model was trained on and what was held out, where that is known; names to compare."""

    training: frozenset[str] | None
    held_out: frozenset[str] | None
    names: tuple[str, ...]

    def listed(self, name: str) -> str | None:
        """Where a name stands, or None where the model's list is not at hand."""
        if self.training is None or self.held_out is None:
            return None
        folded = name.casefold()
        if folded in self.training:
            return "training"
        return "held out" if folded in self.held_out else "new"


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
    shape, notices = _shape(opened, arguments)
    sampling = _sampling(context, opened, arguments, shape)
    lists, missing = _lists(context, opened, arguments)
    _check_lists(opened, arguments, lists)
    search = _Search(opened, shape, sampling, arguments, lists)
    seed, numbers = answers_wanted(context, sampling, arguments.count)
    with context.environment.interrupts() as interrupts:
        found = search.run(seed, numbers, lambda: interrupts.count > 0)
    stopped = context.interrupted = interrupts.count > 0
    described = search.described(found)
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


class _Search:
    """Draws names until enough of them are as wanted, or enough were tried."""

    def __init__(
        self,
        opened: OpenModel,
        shape: Shape,
        sampling: Sampling,
        arguments: NamesArguments,
        lists: Lists,
    ) -> None:
        self._opened, self._shape, self._sampling = opened, shape, sampling
        self._arguments, self._lists = arguments, lists
        self.tried = 0

    def run(self, seed: int, numbers: range, interrupted: Callable[[], bool]) -> list[Answer]:
        """The first names that fit; one that is asked for by its number is given as it is."""
        seed_asked = self._sampling.seed
        if seed_asked is not None and seed_asked.number is not None:
            self.tried = 1
            return list(self._drawn(seed, numbers, interrupted))
        wanted = len(numbers)
        most = max(_LEAST_TRIES, min(_TRIES_A_NAME * wanted, wanted + _MOST_TRIES))
        found: list[Answer] = []
        seen: set[str] = set()
        drawn = self._drawn(seed, range(1, most + 1), interrupted)
        while len(found) < len(numbers) and (block := list(islice(drawn, _BLOCK))):
            for answer, far in zip(block, self._far_enough(block), strict=True):
                self.tried += 1
                if far and self._wanted(answer, seen):
                    found.append(answer)
                    seen.add(answer.text.casefold())
                if len(found) == len(numbers):
                    break
        return found

    def _drawn(
        self, seed: int, numbers: range, interrupted: Callable[[], bool]
    ) -> Iterator[Answer]:
        from charplay.generation.generator import names as drawn_names
        from charplay.generation.sampling import draws_of

        vocabulary = self._opened.model.vocabulary
        drawn = drawn_names(
            self._opened.model,
            vocabulary.encode(self._shape.starts),
            self._sampling,
            draws_of(self._sampling, seed),
            numbers,
            interrupted,
            steering(self._shape) if self._shape.steers else None,
        )
        # What Ctrl-C cut short is no name, and its number would bring back another.
        return (answer for answer in drawn if answer.stopped != "interrupted")

    def _wanted(self, answer: Answer, seen: set[str]) -> bool:
        arguments = self._arguments
        if self._shape.constrains and not self._shape.fits(answer.text):
            return False
        if arguments.unique and answer.text.casefold() in seen:
            return False
        return not (arguments.new and self._lists.listed(answer.text) != "new")

    def _far_enough(self, answers: Sequence[Answer]) -> list[bool]:
        """Which answers are no look-alikes of a name in the list."""
        least = self._arguments.min_distance
        if least is None:
            return [True] * len(answers)
        near = self.index.nearest([answer.text for answer in answers])
        return [nearest is None or nearest.distance >= least for nearest in near]

    @cached_property
    def index(self) -> NameIndex:
        """The list's names by spelling."""
        from charplay.insight.nearest import NameIndex

        return NameIndex(self._lists.names)

    def described(self, answers: Sequence[Answer]) -> list[Name]:
        """The answers, with what is known of each."""
        from charplay.insight.score import percentile, plausibility

        model = self._opened.model
        texts = [answer.text for answer in answers]
        scores = plausibility(model, [model.vocabulary.admit(text).text for text in texts])
        near = self.index.nearest(texts)
        held_out = self._opened.header.held_out_quantiles
        plain = [
            Name(
                answer.text,
                answer.seed,
                answer.number,
                answer.stopped,
                round(score, 4),
                percentile(score, held_out),
                self._lists.listed(answer.text),
                nearest.name if nearest else None,
                nearest.distance if nearest else None,
            )
            for answer, score, nearest in zip(answers, scores, near, strict=True)
        ]
        return self._sounded(plain) if self._arguments.sounds else plain

    def _sounded(self, plain: list[Name]) -> list[Name]:
        from charplay.insight.sounds import SoundIndex
        from charplay.insight.stems import stems_claimed

        near = SoundIndex(self._lists.names).nearest([name.text for name in plain])
        return [
            SoundingName(
                **vars(name),
                sounds_like=sound.name if sound else None,
                sound_distance=sound.distance if sound else None,
                stems=tuple(Claim(str(stem), stem.meaning) for stem in stems_claimed(name.text)),
            )
            for name, sound in zip(plain, near, strict=True)
        ]


def _shape(opened: OpenModel, arguments: NamesArguments) -> tuple[Shape, str]:
    """The form asked for, its beginning in the model's characters; and what became of that."""
    shape = build(Shape, arguments.shape)
    brought_in = admitted(opened, one_line(shape.starts))
    for text in (shape.ends, shape.contains):
        strange = admitted(opened, one_line(text)).dropped
        if strange:
            raise UsageError(
                f"{opened.name} knows no {strange!r}, so no name of its has one",
                "ask for letters of the list",
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


def _lists(context: Context, opened: OpenModel, arguments: NamesArguments) -> tuple[Lists, str]:
    """The lists to compare with, or a notice where the model's own is not at hand."""
    from charplay.text.corpus import NameList, load_corpus, split

    reference = arguments.model or opened.name
    choice, sha256 = _known_text(opened, context.library.text(reference))
    other = _other(context, arguments.against) if arguments.against else None
    others = other.names if other else ()
    try:
        found = load_corpus(choice, context.corpora, context.environment.home)
        share = Plan.from_dict(opened.header.plan).held_out
        training, held_out = split(found, share)
    except CharplayError:
        notice = f"the list that {opened.name} was trained on is not at hand: {choice.corpus}"
        return Lists(None, None, others), notice
    if not (isinstance(training, NameList) and isinstance(held_out, NameList)):
        return Lists(None, None, others), f"{choice.corpus} is no longer a list of names"
    notice = (
        ""
        if found.sha256 == sha256
        else f"{choice.corpus} has changed since {opened.name} was trained on it"
    )
    names = others or (*training.names, *held_out.names)
    return Lists(_folded(training), _folded(held_out), names), notice


def _check_lists(opened: OpenModel, arguments: NamesArguments, lists: Lists) -> None:
    """UsageError where names are to be left out by a list that nobody has here."""
    bring = f"bring the list that {opened.name} was trained on back, or leave the option out"
    if arguments.new and lists.training is None:
        raise UsageError("--new needs the list that the model was trained on", bring)
    if arguments.min_distance is not None and not lists.names:
        raise UsageError("--min-distance needs a list to compare with", "name one with --against")


def _known_text(opened: OpenModel, local: str | None) -> tuple[TextChoice, str]:
    """The text that a model was trained on, and its sha256; `local` is where it lies here."""
    text = opened.header.provenance.get("text")
    values = dict(text) if isinstance(text, dict) else {}
    sha256 = str(values.pop("sha256", ""))
    try:
        return build(TextChoice, values | ({"corpus": local} if local else {})), sha256
    except CharplayError:
        return TextChoice(local or ""), sha256


def _other(context: Context, against: str) -> NameList:
    from charplay.text.corpus import NameList, load_corpus

    corpus = load_corpus(TextChoice(against, kind=None), context.corpora, context.environment.home)
    if not isinstance(corpus, NameList):
        raise UsageError(f"{against} is prose", "--against takes a list of names")
    return corpus


def _folded(corpus: NameList) -> frozenset[str]:
    return frozenset(name.casefold() for name in corpus.names)


def _sorted(names: list[Name], sort: str) -> tuple[Name, ...]:
    keys: dict[str, Callable[[Name], Any]] = {
        "draw": lambda name: 0,
        "score": lambda name: name.score,
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
