"""`classify`: which of several models finds a text least surprising."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.streamed_text import first_characters, text_pieces
from charplay.commands.study_arguments import ClassifyArguments, PriorChoice
from charplay.errors import UsageError, unknown
from charplay.insight.classify import Classified, Classifier, ClassTest, texts_to_test
from charplay.models.library import OpenModel

_ANY = "*"
_MOST_MODELS = 200
_LONGEST_TEXT = 100_000
# Held-out texts of each class that are tried.
MOST_TESTED = 2000


def classify(context: Context, request: Request) -> Classified | ClassTest:
    """The classes of a text, or how well the models tell held-out texts apart."""
    arguments = request.fill(ClassifyArguments)
    if arguments.models is None:
        raise UsageError(
            "classify needs models to choose from", "`classify --models dinosaurs,drugs TEXT`"
        )
    references = _expanded(context, arguments.models.names)
    opened = {name: context.model(name) for name in references}
    _check_kinds(list(opened.values()))
    priors = _priors(context, opened, arguments.prior or PriorChoice())
    classifier = Classifier({name: each.model for name, each in opened.items()}, priors)
    if arguments.test:
        if arguments.text:
            raise UsageError("--test reads what was held out, and no other text", "leave it out")
        return run_class_test(context, opened, classifier)
    text, more = first_characters(text_pieces(context, request, "text"), _LONGEST_TEXT)
    told = f"the text is longer: its first {_LONGEST_TEXT:,} characters decide"
    return _classified(classifier, text, (told,) if more else ())


def run_class_test(
    context: Context, opened: Mapping[str, OpenModel], classifier: Classifier
) -> ClassTest:
    """The test of models on what was held out of the text of each."""
    texts = {name: context.texts.find(each, "a test needs") for name, each in opened.items()}
    held_out = {name: texts_to_test(text.held_out, MOST_TESTED) for name, text in texts.items()}
    empty = tuple(
        f"nothing was held out from {name}" for name, some in held_out.items() if not some
    )
    if not any(held_out.values()):
        raise UsageError("nothing was held out from any of these models", "classify a TEXT")
    notices = (*(notice for text in texts.values() for notice in text.notices), *empty)
    return classifier.test(held_out, notices)


def _classified(classifier: Classifier, text: str, notices: tuple[str, ...]) -> Classified:
    if classifier.kind == "names":
        text = text.removesuffix("\n")
        if "\n" in text:
            raise UsageError("a name is one line, and this text has more", "give one line")
    admitted = classifier.admit(text)
    if not admitted.text:
        raise UsageError("no model knows a character of this text", "give another text")
    told = admitted.notice.replace("this model", "all of the models")
    return classifier.classify(admitted.text, (*notices, *((told,) if told else ())))


def _expanded(context: Context, typed: Sequence[str]) -> list[str]:
    """The models of names, in which a * stands for any letters; UsageError for fewer than two."""
    known = context.library.names()
    found: dict[str, None] = {}
    for name in typed:
        matches = [each for each in known if fnmatchcase(each, name)] if _ANY in name else [name]
        if not matches:
            raise unknown("model", name, known, "models")
        found.update(dict.fromkeys(matches))
    if not 2 <= len(found) <= _MOST_MODELS:
        raise UsageError(
            f"classify chooses from 2 to {_MOST_MODELS} models, and this is {len(found)}",
            "name them with commas between: --models dinosaurs,drugs",
        )
    return list(found)


def _check_kinds(opened: Sequence[OpenModel]) -> None:
    kinds = {each.model.kind: each.name for each in opened}
    if len(kinds) > 1:
        (one, first), (other, second) = kinds.items()
        raise UsageError(
            f"{first} makes {one} and {second} {other}: no text is both", "name models of one kind"
        )


def _priors(
    context: Context, opened: Mapping[str, OpenModel], choice: PriorChoice
) -> dict[str, float] | None:
    if choice.by_size:
        why = "--prior size needs"
        return {n: float(context.texts.find(o, why).known.size) for n, o in opened.items()}
    if not choice.given:
        return None
    given = dict(choice.given)
    for name in given:
        if name not in opened:
            raise unknown("model among these", name, opened)
    if missing := [name for name in opened if name not in given]:
        raise UsageError(
            f"the prior says nothing of {missing[0]}", f"add a share: {missing[0]}=0.5"
        )
    return given
