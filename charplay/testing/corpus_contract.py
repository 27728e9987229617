"""What every corpus is held to: subclass `CorpusContract`, and pytest does the rest."""

import re
import shlex

import pytest

from charplay.kind import KINDS
from charplay.plan import TextChoice
from charplay.proposal import usual_plan
from charplay.testing.explaining import asking, check
from charplay.text.batching import cut_batches
from charplay.text.corpus import Corpus, load_corpus
from charplay.text.entry import CorpusEntry
from charplay.text.facts import facts_of

_SHA256 = re.compile("[0-9a-f]{64}")


class CorpusContract:
    """All that a corpus is held to, as tests; two lines make them those of yours:

    class TestMine(CorpusContract):
        entry = CorpusEntry(…)
    """

    entry: CorpusEntry

    def read(self) -> Corpus:
        """The text, where it is at hand."""
        entry = self.entry
        if entry.path is None:
            pytest.skip(f"{entry.name} has to be fetched")
        with asking("the text of a corpus is read without a question", path=entry.path):
            return load_corpus(TextChoice(entry.name), {entry.name: entry})

    def test_it_says_what_it_is_and_whose(self) -> None:
        entry = self.entry
        name = entry.name
        asks = "a corpus has a name of one word"
        check(name and shlex.quote(name) == name and name[0] != "-", asks, name=name)
        check(entry.kind in KINDS, f"`kind` is {' or '.join(KINDS)}", came=entry.kind)
        for field in ("summary", "licence", "source"):
            text = getattr(entry, field)
            check(text and isinstance(text, str) and "\n" not in text,
                  f"`{field}` is one line of text", came=text)  # fmt: skip

    def test_it_has_a_text_or_says_where_to_fetch_it(self) -> None:
        path, download = self.entry.path, self.entry.download
        asks = "a corpus has the `path` of a file, or a `download`"
        check(download or (path is not None and path.is_file()), asks, path=path)
        if download:
            check(download.url.startswith("https://"), "a text is fetched by https",
                  url=download.url)  # fmt: skip
            check(download.sha256 is None or _SHA256.fullmatch(download.sha256),
                  "`sha256` has 64 signs from 0 to f", came=download.sha256)  # fmt: skip

    def test_its_text_is_of_its_kind_and_size(self) -> None:
        entry, corpus = self.entry, self.read()
        check(corpus.kind == entry.kind, "the text is read as `kind` says", came=corpus.kind)
        for field, found in (("size", corpus.size), ("distinct", len(corpus.vocabulary))):
            told = getattr(entry, field)
            check(told in (None, found), f"`{field}` is that of the text", came=told,
                  asked_for=found)  # fmt: skip

    def test_it_can_be_learned(self) -> None:
        corpus = self.read()
        plan = usual_plan(facts_of(corpus))
        with asking("a text is long enough for the usual plan", characters=corpus.characters):
            cut_batches(corpus, corpus.vocabulary, plan).batch(0)
