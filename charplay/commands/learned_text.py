"""The text that a model learned, where it is still there."""

from dataclasses import dataclass

from charplay.commands.context import Context
from charplay.errors import CharplayError, UsageError
from charplay.models.library import OpenModel
from charplay.text.corpus import Corpus
from charplay.training.texts import text_choice_of, text_digest_of, texts_of_model


@dataclass(frozen=True)
class LearnedText:
    """A model's text in two parts, and a notice where it is not as it was.

    held_out: without a character where nothing was held out.
    """

    known: Corpus
    held_out: Corpus
    notices: tuple[str, ...] = ()

    @property
    def unseen(self) -> Corpus | None:
        """The part held out; None where there is none."""
        return self.held_out if self.held_out.size else None


def learned_text(context: Context, opened: OpenModel, why: str) -> LearnedText:
    """The text of an open model; UsageError that says why it is needed, where it is gone."""
    source = text_choice_of(opened.header, context.library.text(opened.name)).corpus
    try:
        local = context.library.text(opened.name)
        texts = texts_of_model(opened.header, local, context.corpora, context.cache_home)
    except CharplayError as error:
        raise UsageError(
            f"{why} the text that {opened.name} was trained on, and {error.message}", error.hint
        ) from error
    changed = texts.own.sha256 != text_digest_of(opened.header)
    notice = f"{source} has changed since {opened.name} was trained on it"
    return LearnedText(texts.known, texts.held_out, (notice,) if changed else ())


def text_or_notice(
    context: Context, opened: OpenModel, without: str
) -> tuple[LearnedText | None, tuple[str, ...]]:
    """The text of an open model, or None and a notice that says what is left out without it."""
    try:
        text = learned_text(context, opened, f"{without} needs")
    except CharplayError as error:
        return None, (error.message,)
    return text, text.notices
