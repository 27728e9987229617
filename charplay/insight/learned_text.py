"""The text that a model learned, where it is still there."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from charplay.errors import CharplayError, UsageError
from charplay.models.library import Library, OpenModel
from charplay.text.corpus import Corpus
from charplay.text.entry import CorpusEntry
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


@dataclass(frozen=True)
class TextFinder:
    """Finds the texts that models learned.

    corpora: the texts by name; home: where tokens of large texts are cached, if anywhere.
    """

    library: Library
    corpora: Mapping[str, CorpusEntry]
    home: Path | None = None

    def find(self, opened: OpenModel, why: str) -> LearnedText:
        """The text of an open model; UsageError that says why it is needed, where it is gone."""
        local = self.library.text(opened.name, opened.path)
        source = text_choice_of(opened.header, local).corpus
        try:
            texts = texts_of_model(opened.header, local, self.corpora, self.home)
        except CharplayError as error:
            raise UsageError(
                f"{why} the text that {opened.name} was trained on, and {error.message}",
                error.hint,
            ) from error
        changed = texts.own.sha256 != text_digest_of(opened.header)
        notice = f"{source} has changed since {opened.name} was trained on it"
        return LearnedText(texts.known, texts.held_out, (notice,) if changed else ())

    def try_to_find(
        self, opened: OpenModel, without: str
    ) -> tuple[LearnedText | None, tuple[str, ...]]:
        """The text of an open model, or None and a notice that says what is left out without it."""
        try:
            text = self.find(opened, f"{without} needs")
        except CharplayError as error:
            return None, (error.message,)
        return text, text.notices
