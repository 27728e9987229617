"""The texts that come with charplay; where each is from stands in SOURCES.md."""

from importlib.resources import files

from charplay import CorpusEntry, RegisterCorpus, hookimpl

_TEXTS = files(__name__) / "texts"


@hookimpl
def register_corpora(register: RegisterCorpus) -> None:
    """Offer the texts of this package."""
    register(
        CorpusEntry(
            name="dinosaurs",
            kind="names",
            summary="names of dinosaurs",
            licence="WTFPL",
            source="npm dinosaurs 1.2.1",
            path=_TEXTS / "dinosaurs.txt",
        )
    )
