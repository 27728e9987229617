"""Corpora from the network: downloaded, checked and read."""

from dataclasses import replace

from charplay.download import WantedFile, download_file
from charplay.errors import CorpusError
from charplay.plan import TextChoice
from charplay.text.corpus import Corpus, load_corpus
from charplay.text.entry import CorpusEntry, Download


def fetch_corpus(entry: CorpusEntry, download: Download) -> Corpus:
    """The text of an entry, downloaded and checked; no file is left on the disk.

    Raises CharplayError if it cannot be downloaded, or is not the one expected.
    """
    wanted = WantedFile(
        entry.name,
        download.url,
        download.sha256,
        f"type `corpora fetch {entry.name}` again",
        "download it in another way and add it: `corpora add FILE --name NAME`",
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
    """Compare the counts that are known of a text without a checksum."""
    lowered = set[str]().union(*(piece.lower() for piece in corpus.pieces()))
    counts = (
        (download.characters, corpus.characters, "characters"),
        (download.distinct_lower, len(lowered), "distinct characters when lower-cased"),
    )
    for expected, found, what in counts:
        if expected is not None and expected != found:
            difference = f"it has {found:,} {what}, not {expected:,}"
            raise wanted.unexpected(difference)
