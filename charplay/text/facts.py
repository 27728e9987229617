"""What backends are told of a text before they learn it."""

from charplay.proposal import TextFacts
from charplay.text.corpus import Corpus, NameList


def facts_of(corpus: Corpus, *others: Corpus) -> TextFacts:
    """What backends are told of a text, or of all texts that a run reads."""
    texts = (corpus, *others)
    return TextFacts(
        kind=corpus.kind,
        size=sum(text.size for text in texts),
        characters=sum(text.characters for text in texts),
        vocabulary=len(corpus.vocabulary.joined(*(text.vocabulary for text in others))),
        longest=max(map(_longest_name, texts)),
    )


def _longest_name(text: Corpus) -> int:
    """The characters of a text's longest name with its line end; 0 for prose."""
    return 1 + max(map(len, text.names), default=0) if isinstance(text, NameList) else 0
