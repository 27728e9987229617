"""Texts from the network: fetched, checked, and read."""

from dataclasses import replace

from charplay.download import WantedFile, download_file
from charplay.errors import CorpusError
from charplay.plan import TextChoice
from charplay.text.corpus import Corpus, load_corpus, pieces_of
from charplay.text.entry import CorpusEntry, Download


def fetch_corpus(entry: CorpusEntry, download: Download) -> Corpus:
    """The text of an entry, from the network, checked; nothing stays on the disk.

    Raises CharplayError in plain words where it cannot be had, or is not the one expected.
    """
    wanted = WantedFile(
        entry.name,
        download.url,
        download.sha256,
        f"corpora fetch {entry.name} again",
        "get it from elsewhere and keep it: corpora add FILE --name NAME",
    )
    with download_file(wanted) as path:
        located = {entry.name: replace(entry, path=path)}
        try:
            corpus = load_corpus(TextChoice(entry.name), located)
        except CorpusError as error:
            raise wanted.refused(error.message) from error
    _check_counts(wanted, corpus, download)
    return corpus


def _check_counts(wanted: WantedFile, corpus: Corpus, download: Download) -> None:
    """Compare what is known of a text that has no checksum."""
    lowered = set[str]().union(*(piece.lower() for piece in pieces_of(corpus)))
    counts = (
        (download.characters, corpus.characters, "characters"),
        (download.distinct_lower, len(lowered), "distinct characters when lower-cased"),
    )
    for expected, found, what in counts:
        if expected is not None and expected != found:
            difference = f"it has {found:,} {what}, not {expected:,}"
            raise wanted.unexpected(difference)
