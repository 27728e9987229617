"""What charplay asks of every corpus."""

from charplay_mycorpus import ENTRY

from charplay.testing import CorpusContract


class TestMyCorpus(CorpusContract):
    entry = ENTRY
