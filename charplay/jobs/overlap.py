"""Whether a text holds out what the model trained on from has learned already."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from charplay.errors import CharplayError
from charplay.jobs.base import FoundBase
from charplay.text.corpus import Corpus, lines_of, split_corpus
from charplay.text.entry import CorpusEntry
from charplay.training.texts import text_digest_of, texts_of_model

# Shorter lines of prose come back by chance.
_SHORTEST_LINE = 20
# A longer text of the model's takes too long to look through.
_MOST_READ = 20_000_000


def overlap_note(
    found: FoundBase, corpus: Corpus, share: float, entries: Mapping[str, CorpusEntry], home: Path
) -> str:
    """A sentence about held-out names or lines that the model has learned; empty without any.

    share: how much of the corpus is held out. Nothing is said where the model's own text is gone,
    has changed, or is very long.
    """
    learned = _learned_text(found, entries, home)
    if learned is None:
        return ""
    held_out = _distinct_lines(split_corpus(corpus, share)[1])
    known = held_out & _distinct_lines(learned)
    if not known:
        return ""
    what = "names" if corpus.kind == "names" else "lines"
    return (
        f"{found.name} has learned {len(known):,} of the {len(held_out):,} held-out {what} "
        "already, so the held-out loss looks better than it is"
    )


def _learned_text(
    found: FoundBase, entries: Mapping[str, CorpusEntry], home: Path
) -> Corpus | None:
    with suppress(CharplayError):
        texts = texts_of_model(found.header, found.local_text, entries, home)
        whole = texts.own.sha256 == text_digest_of(found.header)
        if whole and texts.own.characters <= _MOST_READ:
            return texts.known
    return None


def _distinct_lines(corpus: Corpus) -> set[str]:
    least = 1 if corpus.kind == "names" else _SHORTEST_LINE
    return {line for line in lines_of(corpus) if len(line) >= least}
