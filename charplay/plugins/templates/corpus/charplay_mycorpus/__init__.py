"""The corpus `mycorpus` for charplay."""

from importlib.resources import files

from charplay import CorpusEntry, RegisterCorpus, hookimpl

charplay_api = "1.1"

ENTRY = CorpusEntry(
    name="mycorpus",
    kind="names",
    summary="names of trees",
    licence="CC0 1.0",
    source="written for this plugin",
    path=files(__name__) / "mycorpus.txt",
)


@hookimpl
def register_corpora(register: RegisterCorpus) -> None:
    """Offer the corpus."""
    register(ENTRY)
