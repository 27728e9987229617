"""Files written before arrays had today's names, and what they wrote then.

tests/fixtures holds models and checkpoints of charplay 0.1 at its release of the shipped models:
`-stopped` after 20 of 60 updates, with all that a resume needs, and `-finished` at the end of the
same run; and a store of sessions with two of these models.
"""

from pathlib import Path

from charplay.models.checkpoint import read_checkpoint
from charplay.plan import Plan
from charplay.text.batching import cut_batches
from charplay.text.corpus import Prose

FIXTURES = Path(__file__).parent.parent / "fixtures"
TEXT = Prose.of(
    "the sun is up, and the sea is calm.\nthe sea is up, and the sun is low.\n" * 12, "sea", ""
)
STOPPED, FINISHED, RATE = 20, 60, 0.02


def former_file(name):
    return FIXTURES / f"{name}.safetensors"


def resumed(name, backend):
    """The model of a run stopped then, taken up again now and run to its end."""
    checkpoint = read_checkpoint(former_file(f"{name}-stopped"))
    plan, model = Plan.from_dict(checkpoint.header.plan), checkpoint.model(backend)
    assert checkpoint.header.progress["update"] == STOPPED
    learner = backend.learner(model, plan)
    learner.restore(checkpoint.learner)
    batches = cut_batches(TEXT, TEXT.vocabulary, plan)
    numbers = range(STOPPED, FINISHED)
    learner.update_many([batches.batch(k) for k in numbers], [RATE] * len(numbers))
    return learner.model()


def finished(name, backend):
    """The model that the same run came to then."""
    return read_checkpoint(former_file(f"{name}-finished")).model(backend)
