"""Make the lists of names: one name per line, in lower case, without duplicates."""

import bz2
import io
import pickle
import re
from collections.abc import Iterable
from typing import Any, Never

from building.archives import from_tar, from_zip

_ONE_WORD = re.compile(r"[a-z]{4,20}")


def make_dinosaurs(archive: bytes) -> str:
    """The names of dinosaurs: the first column of the table, in the order of the file."""
    (table,) = from_tar(archive, "package/dinosaurs.csv")
    return _join_names(line.strip() for line in table.splitlines())


def make_drugs(archive: bytes) -> str:
    """The names of drugs: entries with a DrugBank id and a one-word name, in the file's order."""
    compressed = from_zip(archive, "drug_named_entity_recognition/drug_ner_dictionary.pkl.bz2")
    entries = unpickle_plain(bz2.decompress(compressed))["drug_canonical_to_data"]
    known = (name for name, facts in entries.items() if facts.get("drugbank_id"))
    return _join_names(name for name in known if _ONE_WORD.fullmatch(name))


def make_surnames(archive: bytes) -> str:
    """The surnames of the census, the most frequent first."""
    (table,) = from_tar(archive, "names-0.3.0/names/dist.all.last")
    return _join_names(name for name, _ in _census_rows(table))


def make_firstnames(archive: bytes) -> str:
    """The first names of women and men in one list, the most frequent first.

    A name of both women and men is placed by the larger of its two shares.
    """
    women, men = from_tar(
        archive, "names-0.3.0/names/dist.female.first", "names-0.3.0/names/dist.male.first"
    )
    rows = sorted(_census_rows(women) + _census_rows(men), key=lambda row: row[1], reverse=True)
    return _join_names(name for name, _ in rows)


def _census_rows(table: str) -> list[tuple[str, float]]:
    """(name, percent of the people) of each row.

    The columns of the table are name, percent, cumulative percent and rank.
    """
    rows = (line.split() for line in table.splitlines())
    # The census writes MCDONALD, OBRIEN and DELACRUZ: capitals only, without spaces or apostrophes.
    # The usual spelling cannot be recovered, so the names are in lower case, as in the other lists.
    return [(row[0].lower(), float(row[1])) for row in rows]


def _join_names(names: Iterable[str]) -> str:
    return "\n".join(name for name in dict.fromkeys(names) if name) + "\n"


class _PlainUnpickler(pickle.Unpickler):
    """Reads strings, numbers, lists and dictionaries, and refuses every class and function."""

    def find_class(self, module_name: str, global_name: str, /) -> Never:
        raise SystemExit(
            f"the pickle asks for {module_name}.{global_name}; only plain data is read"
        )


def unpickle_plain(data: bytes) -> Any:
    """The value of a pickle of plain data; SystemExit if the pickle could run code."""
    return _PlainUnpickler(io.BytesIO(data)).load()
