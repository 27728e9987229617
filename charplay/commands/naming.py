"""`names`: new names, each with what a name inventor wants to know of it."""

from charplay.commands.arguments import NamesArguments
from charplay.commands.asking import answer_options, in_session
from charplay.commands.context import Context
from charplay.commands.name_stream import DRAWN_ORDER, NameEvents, NameStream
from charplay.commands.piped_input import piped_file
from charplay.commands.request import Request
from charplay.errors import UsageError
from charplay.generation.constraints import Shape
from charplay.generation.question import ask_question
from charplay.insight.known_names import KnownNames, load_known_names
from charplay.insight.naming import NameDraw, fit_question
from charplay.insight.search import SearchFilters
from charplay.models.library import OpenModel
from charplay.options import build
from charplay.plan import TextChoice
from charplay.text.corpus import NameList, load_corpus


def find_names(context: Context, request: Request) -> NameStream:
    """New names from a model that was trained on names."""
    arguments = request.fill(NamesArguments)
    opened = _name_model(context, arguments.model)
    options = answer_options(context, opened, arguments.sampling)
    question = ask_question(opened, options, "", arguments.count, context.environment.fresh_seed)
    changed, shape = question.changed, build(Shape, arguments.shape)
    question, shape = fit_question(question, shape, "max_chars" in arguments.sampling)
    question = in_session(context, request, question)
    known, missing = _known_names(context, opened, arguments)
    filters = SearchFilters(shape, arguments.new, arguments.unique, arguments.min_distance)
    draw = NameDraw(question, filters, known, arguments.sounds)
    notices = tuple(filter(None, (*question.notices, missing)))
    given = _filters_given(request)
    events = NameEvents(context, question, draw, notices, arguments, given, changed)
    return NameStream(
        events=iter(events),
        model=opened.name,
        seed=question.seed,
        prompt=question.prompt,
        wanted=len(question.numbers),
        largest=draw.largest_number,
        ordered=arguments.sort != DRAWN_ORDER,
    )


def _filters_given(request: Request) -> tuple[str, ...]:
    """The options given that names have to pass; a beginning is simply read by the model."""
    filters = ("ends", "contains", "pattern", "min_length", "new", "unique", "min_distance")
    flags = {option.name: option.flags[-1] for option in request.command.options}
    return tuple(flags[name] for name in filters if request.values.get(name))


def _name_model(context: Context, reference: str | None) -> OpenModel:
    opened = context.model(reference)
    if opened.model.kind != "names":
        raise UsageError(
            f"{opened.name} was trained on prose and makes no names",
            f"`sample {opened.name}` gives text; if you trained it on a list of names: "
            "`train FILE --kind names`",
        )
    return opened


def _known_names(
    context: Context, opened: OpenModel, arguments: NamesArguments
) -> tuple[KnownNames, str]:
    """The names to compare with, and a notice if the model's own list is not as it was."""
    other = _other_list(context, arguments.against) if arguments.against else None
    local = context.library.text(opened.name, opened.path)
    home = context.cache_home
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


def _other_list(context: Context, against: str) -> NameList:
    with piped_file(context, against) as file:
        choice = TextChoice(file)
        corpus = load_corpus(choice, context.corpora, context.cache_home)
    if not isinstance(corpus, NameList):
        raise UsageError(f"{against} is prose", "--against takes a list of names")
    return corpus
