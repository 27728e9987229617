"""Lists of names: one a line, lower case, each once."""

import bz2
import io
import pickle
import re
from collections.abc import Iterable
from typing import Any, Never

from building.archives import from_tar, from_zip

_ONE_WORD = re.compile(r"[a-z]{4,20}")


def dinosaurs(archive: bytes) -> str:
    """The first column of the list: distinct lower-case names in the file's order."""
    (table,) = from_tar(archive, "package/dinosaurs.csv")
    return _listed(line.strip() for line in table.splitlines())


def drugs(archive: bytes) -> str:
    """Keys of the entries with a DrugBank id that are one word, in the file's order."""
    packed = from_zip(archive, "drug_named_entity_recognition/drug_ner_dictionary.pkl.bz2")
    entries = plain_unpickled(bz2.decompress(packed))["drug_canonical_to_data"]
    known = (name for name, facts in entries.items() if facts.get("drugbank_id"))
    return _listed(name for name in known if _ONE_WORD.fullmatch(name))


def surnames(archive: bytes) -> str:
    """Surnames of the census, the most frequent first."""
    (table,) = from_tar(archive, "names-0.3.0/names/dist.all.last")
    return _listed(name for name, _ in _census(table))


def firstnames(archive: bytes) -> str:
    """First names of women and men in one list, by the larger of their two shares."""
    women, men = from_tar(
        archive, "names-0.3.0/names/dist.female.first", "names-0.3.0/names/dist.male.first"
    )
    rows = sorted(_census(women) + _census(men), key=lambda row: row[1], reverse=True)
    return _listed(name for name, _ in rows)


def _census(table: str) -> list[tuple[str, float]]:
    """(name, share of the people in per cent) of each row: name, share, cumulated share, rank."""
    rows = (line.split() for line in table.splitlines())
    # The census has capitals alone, without blanks or apostrophes: which of MCDONALD, OBRIEN and
    # DELACRUZ are written how is lost. Lower case claims nothing, and is how the other lists are.
    return [(row[0].lower(), float(row[1])) for row in rows]


def _listed(names: Iterable[str]) -> str:
    return "\n".join(name for name in dict.fromkeys(names) if name) + "\n"


class _PlainUnpickler(pickle.Unpickler):
    """Reads strings, numbers, lists and dictionaries; whatever names a class or function is out."""

    def find_class(self, module_name: str, global_name: str, /) -> Never:
        raise SystemExit(f"the pickle asks for {module_name}.{global_name}: not read")


def plain_unpickled(data: bytes) -> Any:
    """The value of a pickle made of plain data; SystemExit where it would run any code."""
    return _PlainUnpickler(io.BytesIO(data)).load()
