"""Admitting a text of any length, a piece at a time."""

from collections.abc import Iterable, Iterator

from charplay.text.typed.admission import Admitted
from charplay.text.vocabulary import Vocabulary

# A piece without a blank is cut after so many characters.
_LONGEST_HELD = 4096


class StreamAdmission:
    """Admits pieces of one text; `admitted` has all that was folded or dropped so far, no text.

    Pieces are cut after blanks, so that no letter is parted from its accent, and no quotation mark
    from the word before it.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.admitted = Admitted("")

    def admit(self, pieces: Iterable[str]) -> Iterator[str]:
        """The text in known characters; no piece is empty."""
        held = ""
        for piece in pieces:
            held += piece
            end = max(held.rfind(" "), held.rfind("\n")) + 1
            if not end and len(held) > _LONGEST_HELD:
                end = len(held)
            yield from self._admitted(held[:end])
            held = held[end:]
        yield from self._admitted(held)

    def _admitted(self, text: str) -> Iterator[str]:
        admitted = self._vocabulary.admit(text)
        seen = self.admitted
        self.admitted = Admitted(
            "",
            folded="".join(dict.fromkeys(seen.folded + admitted.folded)),
            dropped="".join(dict.fromkeys(seen.dropped + admitted.dropped)),
        )
        if admitted.text:
            yield admitted.text
