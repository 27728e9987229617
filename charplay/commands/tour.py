"""A tour of five minutes: steps that a person types, one after another."""

from collections.abc import Callable
from dataclasses import dataclass, field

from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.errors import UsageError

Check = Callable[[Request], bool]


@dataclass(frozen=True)
class Step:
    """One thing to try: what it is about, what to type, whether it was typed, and what came of it.

    `line` is a line as it is typed.
    """

    about: str
    line: str
    fits: Check
    praise: str


def _does(*path: str) -> Check:
    """Whether a request is for that command."""
    return lambda request: request.path == path


def _speaks(request: Request) -> bool:
    """Whether a request is plain text."""
    return not request.path and bool(request.values["text"].strip())


def _changes(*path: str, option: str) -> Check:
    """Whether a request is for that command, with an option given."""
    return lambda request: request.path == path and option in request.values


STEPS = (
    Step(
        "A model that read the names of 1,500 dinosaurs makes new ones, letter by letter.",
        ":names dinosaurs",
        _does("names"),
        'What is "new" stands on no list. The label at the end of a row brings its name back.',
    ),
    Step(
        "How bold it is can be set: a temperature below 1 keeps to what is likely.",
        ":names dinosaurs --temperature 0.3",
        _changes("names", option="temperature"),
        "Tamer, weren't they? Try 1.5 some day.",
    ),
    Step(
        "Choose a model to talk to.",
        ":model dinosaurs",
        _does("model"),
        "What you type without a colon goes to this model now.",
    ),
    Step(
        "Plain text talks: the model goes on from your letters.",
        "Ty",
        _speaks,
        "Names that begin as you began.",
    ),
    Step(
        "Mark what you like.",
        ":keep 1",
        _does("keep"),
        "It is among your favourites: `kept` lists them, `export names.csv` writes them to a file.",
    ),
    Step(
        "Another model read Shakespeare. Give it the first line of a poem, any line you like.",
        ":poem Shall I compare thee to a winter's night",
        _does("poem"),
        "A poem that nobody wrote. `retry` asks for another.",
    ),
    Step(
        "Everything is kept, and can be taken back.",
        ":undo",
        _does("undo"),
        "`redo` goes forward again, `tree` shows all turns, and nothing is ever lost.",
    ),
    Step(
        "Now train a model of your own, on first names. A file of yours would do as well.",
        ":train firstnames --quick --name mine",
        _does("train"),
        "It learns beside the conversation; the line below the prompt tells how far it is.",
    ),
    Step(
        "Draw names from it, while it learns or when it is done.",
        ":names mine",
        lambda request: request.path == ("names",) and bool(request.values.get("model")),
        "Your own model. `train FILE` makes one of any list or book.",
    ),
)
GOODBYE = "That was the tour. `help` lists all commands, `help keys` the keys; Tab offers words."


@dataclass
class Tour:
    """Where a person is on the tour."""

    place: int = field(default=0)

    @property
    def step(self) -> Step | None:
        """The next thing to try; None at the end."""
        return STEPS[self.place] if self.place < len(STEPS) else None

    def take(self, request: Request | None) -> Step | None:
        """Go on if a request does what was to be tried: the step that it was, else None."""
        step = self.step
        if step is None or request is None or not step.fits(request):
            return None
        self.place += 1
        return step


def begin_tour(context: Context) -> None:
    """Go on the tour, whose steps are told at the prompt."""
    if not context.prompted:
        raise UsageError(
            "the tour needs a person at the prompt", "start charplay without a command"
        )
    context.tour = Tour()
