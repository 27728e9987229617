"""The kit for the tests of plugins, which need pytest: `pip install 'charplay[test]'`.

A backend, command, corpus or recipe is held to what charplay expects of it by a test class of two
lines; see `docs/plugins/testing.md`.
"""

from charplay.testing.backend_contract import BackendContract as BackendContract
from charplay.testing.command_contract import CommandContract as CommandContract
from charplay.testing.corpus_contract import CorpusContract as CorpusContract
from charplay.testing.fake_backend import FakeBackend as FakeBackend
from charplay.testing.model_contract import ModelContract as ModelContract
from charplay.testing.recipe_contract import RecipeContract as RecipeContract
from charplay.testing.terminal import Terminal as Terminal
from charplay.testing.world import Said as Said
