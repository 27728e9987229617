"""The kit for the tests of plugins, which need pytest: `pip install 'charplay[test]'`.

A backend, command, corpus or recipe is held to what charplay expects of it by a test class of two
lines; see `docs/plugins/testing.md`.
"""

from charplay.testing.backend_contract import BackendContract as BackendContract
from charplay.testing.fake_backend import FakeBackend as FakeBackend
from charplay.testing.learner_contract import LearnerContract as LearnerContract
from charplay.testing.model_contract import ModelContract as ModelContract
