"""A corpus by name, read as its entry says: nothing of it is guessed."""

from dataclasses import replace

from charplay.errors import CorpusError, UsageError
from charplay.plan import TextChoice
from charplay.text.entry import CorpusEntry
from charplay.text.reading.document import Document, read_document, read_known_kind
from charplay.text.reading.name_lines import LOWER_NOTE
from charplay.text.reading.text_reading import TextReading

_FOR_FILES = ("column", "header", "encoding", "separator")
_TABLE_ENDING = ".csv"


def read_entry(entry: CorpusEntry, choice: TextChoice) -> Document:
    """The text of an entry.

    Raises UsageError for a choice that is for files, CorpusError for a text that is not fetched.
    """
    if choice.kind not in (None, entry.kind):
        raise UsageError(
            f"the corpus {entry.name} is {entry.kind}, not {choice.kind}", "leave out --kind"
        )
    for name in _FOR_FILES:
        if getattr(choice, name) is not None:
            raise UsageError(
                f"the corpus {entry.name} is read as it is, without --{name}",
                f"leave out --{name}",
            )
    if entry.path is None:
        raise CorpusError(f"{entry.name} is not fetched yet", f"`corpora fetch {entry.name}`")
    known = replace(choice, kind=entry.kind)
    is_table = entry.path.name.lower().endswith(_TABLE_ENDING)
    read = read_document if is_table else read_known_kind
    document = read(entry.name, entry.path, known)
    notes = entry.reading.notes if entry.reading else ()
    lowered = tuple(note for note in document.reading.notes if note == LOWER_NOTE)
    return replace(document, reading=TextReading(known, (*notes, *lowered)))
