"""Small models in a home of the test's own, and ways to talk with them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np
import pytest
import safetensors.numpy

import charplay
from charplay.models.checkpoint import Checkpoint
from charplay.models.library import Library
from charplay.options import build
from charplay.proposal import TextFacts
from charplay.sessions.choice import SessionChoice
from charplay.sessions.state_table import Snapshot
from charplay.sessions.store import Store
from charplay.sessions.tree import Reply, SessionRecord, Utterance
from charplay.terminal.shell import Shell
from charplay.text.batching import Batch
from charplay.text.vocabulary import Vocabulary
from tests.conftest import Said, make_environment

LETTERS = "\n abcdefgh"
STATE = Snapshot("00" * 32, 3, safetensors.numpy.save({}))


def put_model(home, backend, name="poet", kind="prose", seed=0, letters=LETTERS, **config):
    """Put a model with a taste of its own into a home's library; its digest."""
    rng = np.random.default_rng(seed)
    model = backend.create(Vocabulary(letters), kind, build(backend.Config, config), rng)
    if not model.parameter_count:
        model = taught(model, backend, rng)
    checkpoint = Checkpoint.of(model, backend, sampling={"max_chars": 12})
    library = Library(home / "models", lambda name: backend)
    digest = library.add(checkpoint, name)
    library.choose(name)
    return digest


def taught(model, backend, rng):
    """A model after some noise: one without weights has no taste before it has read anything."""
    tokens = rng.integers(0, len(model.vocabulary), (1, 401)).astype(np.int32)
    facts = TextFacts(model.kind, 400, 400, len(model.vocabulary))
    learner = backend.learner(model, backend.propose(facts, None).plan)
    learner.update(Batch(tokens[:, :-1], tokens[:, 1:], True, 400), 0.01)
    return learner.model()


@pytest.fixture
def numpy_backend(registry):
    return registry.backends.find("numpy")


@pytest.fixture(params=["numpy", "ngram", "keras"])
def backend(request, registry):
    """Each backend whose models are talked to, where it is installed with what it needs."""
    found = registry.backends.get(request.param)
    if found is None or found.missing():
        pytest.skip(f"the backend {request.param} is not installed")
    return found


@pytest.fixture
def poet(home, numpy_backend):
    """A home with a model of prose, `poet`, chosen."""
    put_model(home, numpy_backend)
    return home


@dataclass(frozen=True)
class Start:
    """One start of the REPL: lines typed, what came of them, and then it is left."""

    home: object
    registry: object

    def __call__(self, *lines, keeping=SessionChoice(), last=True, answer=None, seed=7):
        environment = make_environment(self.home, seed=seed, COLUMNS="200")
        shell = Shell(environment, self.registry)
        try:
            shell.begin_session(keeping, last=last)
            if answer is not None:
                shell.context.asker = lambda question: answer
            status = shell.perform_lines(lines)
        finally:
            shell.close()
        return Said.of(status, environment)


@pytest.fixture
def start(home, registry):
    return Start(home, registry)


@pytest.fixture
def talk(home):
    """Opens sessions in the test's home."""
    opened = []

    def open_session(name="talk", **more):
        opened.append(charplay.open_session(name, home=home, **more))
        return opened[-1]

    yield open_session
    for session in opened:
        session.close()


@pytest.fixture
def clock():
    """A time that is a second later whenever it is asked for."""
    seconds = count()
    return lambda: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=next(seconds))


@pytest.fixture
def store(tmp_path, clock):
    store = Store(tmp_path / "sessions.db", clock)
    yield store
    store.close()


def saying(text="ab", *answers, **more):
    """What was said, as a store is given it."""
    replies = tuple(Reply(answer, n, "length") for n, answer in enumerate(answers or ("cd",), 1))
    return replace(Utterance(text, replies, 7, "poet", "00" * 32, moves=True), **more)


def add_talk(store):
    """Put a session `talk` into a store, of turns 1 - 2 - 3, each with a state; its record."""
    record, turn = SessionRecord(name="talk", model="poet", digest="00" * 32), None
    for number in range(1, 4):
        record, turn = store.turns.add(record, saying(f"turn {number}"), turn, STATE)
    return record


def arrays_of(session):
    """Where a session's model stands, as bytes."""
    inner = session._session
    place = inner.place(inner.open_model())
    return place.pending, {name: array.tobytes() for name, array in place.state.items()}
