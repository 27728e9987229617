"""A run of parts, move by move: learners and a mixer that do what a script says."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from charplay.generation.options import AnswerOptions
from charplay.models.contract import Backend, Learner, Mixer, Model, Weighing
from charplay.plan import Part, Plan, Stage
from charplay.testing.texts import make_names
from charplay.training.events import Checkpointed, Evaluated, Finished, Progress, Sampled
from charplay.training.growing import GrownModel
from charplay.training.learners import LearnerMaker
from charplay.training.minutes import Pace
from charplay.training.part_run import PartsSoFar
from charplay.training.parts import PartsTrainer
from charplay.training.texts import RunTexts


class Clock:
    """Time that goes by where work is done."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


class Piece(Model):
    """A model that is known by its backend and by how many characters it has learned."""

    def step(self, state, tokens):
        return np.zeros((len(tokens), len(self.vocabulary)), np.float32), {}

    @property
    def told(self):
        return int(self.arrays()["made"][0])


class PieceLearner(Learner):
    def __init__(self, world, backend, model, plan):
        self.world, self.backend, self.start, self.plan = world, backend, model, plan
        self.made, self.state = model.told, 0

    def update(self, batch, learning_rate):
        self.made += batch.characters
        self.state += 10
        self.world.clock.seconds += self.backend.seconds
        self.world.updates.append((self.backend.name, self.plan.seed, batch.characters))
        return 2.0

    def model(self):
        return piece_of(self.start, self.made)

    def arrays(self):
        return {"state": np.array([self.state])}

    def restore(self, arrays):
        self.state = int(arrays["state"][0])


def piece_of(model, made):
    return Piece(model.vocabulary, model.kind, model.config, {"made": np.array([made])})


@dataclass
class PieceConfig:
    pass


class PieceBackend(Backend):
    summary, version, Config = "", "1", PieceConfig

    def __init__(self, world, name, seconds):
        self.world, self.name, self.seconds = world, name, seconds

    def create(self, vocabulary, kind, config, rng):
        return Piece(vocabulary, kind, config, {"made": np.array([0])})

    def load(self, vocabulary, kind, config, arrays):
        return Piece(vocabulary, kind, config, arrays)

    def learner(self, model, plan):
        return PieceLearner(self.world, self, model, plan)


class Mixed(Piece):
    def __init__(self, parts, weights):
        super().__init__(parts[0][1].vocabulary, "names", None, {})
        self.parts, self.weights = [model for _, model in parts], tuple(weights)
        self.names = [backend.name for backend, _ in parts]

    @property
    def told(self):
        pairs = zip(self.names, self.parts, strict=True)
        return " ".join(f"{name}:{part.told}" for name, part in pairs) + f" by {self.weights}"


class ScriptedMixer(Mixer):
    """Weighs each part by what it has learned; the losses are those given, then 9."""

    def __init__(self, losses):
        self.losses, self.weighed = iter(losses), []

    def weigh(self, parts):
        weights = tuple(part.told for part in parts)
        self.weighed.append(weights)
        return Weighing(weights, next(self.losses, 9.0))

    def mix(self, parts, weights):
        return Mixed(parts, weights)


class World:
    """The parts of a run and all that it did."""

    def __init__(
        self, plan, losses=(), sampling=None, so_far=None, bases=(), asked=None, begun=100
    ):
        self.clock, self.updates, self.saved = Clock(), [], []
        self.clock.seconds = begun
        self.backends = {
            "counts": PieceBackend(self, "counts", 1.0), "net": PieceBackend(self, "net", 2.0),
        }  # fmt: skip
        self.mixer = ScriptedMixer(losses)
        self.texts = RunTexts.split(make_names(), 0.25, {}, plan.inner)
        nothing = Piece(self.texts.vocabulary, "names", None, {"made": np.array([0])})
        grown = tuple(
            GrownModel(self.backends[name], piece_of(nothing, made), {}) for name, made in bases
        )
        self.maker = LearnerMaker(self.backends.__getitem__, self.texts, grown)
        self.asked = asked or (lambda: False)
        self.trainer = PartsTrainer(
            self.mixer, self.maker, plan, save=self.save, clock=self.clock, sampling=sampling,
            so_far=so_far, checkpoint_asked=lambda: self.asked(),
        )  # fmt: skip

    def save(self, which, model, arrays, counters):
        kept = {name: array.tolist() for name, array in (arrays or {}).items()}
        self.saved.append((which, model.told, kept, counters))
        if which == "last":
            copies = {name: array.copy() for name, array in arrays.items()}
            self.so_far = PartsSoFar(model.parts, copies, counters)

    def run(self, stop=lambda: False):
        return [told(event) for event in self.trainer.train(stop)]


def told(event):
    """An event in a line."""
    match event:
        case Progress():
            return (
                f"{event.update}/{event.updates} part {event.part}/{event.parts} epoch "
                f"{event.epoch} after {event.elapsed:g} s, {event.remaining:g} s left, "
                f"{event.characters} characters"
            )
        case Evaluated():
            return f"loss {event.loss:g} at {event.update}{' best' if event.best else ''}"
        case Checkpointed():
            return f"saved {event.which} at {event.update}"
        case Finished():
            return (
                f"{event.reason} at {event.update} after {event.elapsed:g} s: {event.loss:g}, "
                f"{event.held_out_loss}, {event.kept}"
            )
        case Sampled():
            return f"{len(event.texts)} samples at {event.update}"
    raise AssertionError(event)


def stage(updates):
    return (Stage(updates=updates),)


COUNTING = Part("counts", plan=Plan(batch_size=9, stages=(Stage(epochs=1),)), counted=True)
NETWORK = Part("net", plan=Plan(batch_size=9, inner=0.25, validate_every=2, stages=stage(4)))
PLAN = Plan(inner=0.25, seed=5, parts=(COUNTING, NETWORK))

COUNTED_EVENTS = """\
saved last at 1
1/6 part 1/2 epoch 1 after 1 s, 5 s left, 47 characters
loss 3 at 2 best
saved best at 2
saved last at 2
2/6 part 1/2 epoch 1 after 2 s, 4 s left, 77 characters
2/6 part 1/2 epoch 1 after 2 s, 4 s left, 77 characters
saved best at 2
"""
WHOLE = (
    COUNTED_EVENTS
    + """\
saved last at 3
3/6 part 2/2 epoch 1 after 4 s, 6 s left, 107 characters
loss 2.75 at 4 best
saved best at 4
saved last at 4
4/6 part 2/2 epoch 1 after 6 s, 4 s left, 154 characters
saved last at 5
5/6 part 2/2 epoch 2 after 8 s, 2 s left, 184 characters
loss 2.6 at 6 best
saved best at 6
saved last at 6
6/6 part 2/2 epoch 2 after 10 s, 0 s left, 231 characters
6/6 part 2/2 epoch 2 after 10 s, 0 s left, 231 characters
saved best at 6
saved best at 6
done at 6 after 12 s: 2, 2.6, best
"""
)


def kept_by(world):
    """Each checkpoint in a line: its models and weights, and the arrays beside them."""
    return [
        f"{which} {model}" + "".join(f", {name} {value[0]}" for name, value in arrays.items())
        for which, model, arrays, _ in world.saved
    ]


# The losses of the whole run: the part that counts twice, as it learns and when it is done.
LOSSES = (3.0, 2.9, 2.75, 2.6, 2.5)


def test_a_run_of_parts_is_told_as_one_run():
    world = World(PLAN, LOSSES)
    assert world.run() == WHOLE.splitlines()
    assert world.trainer.counters.history == ((2, 2.0, 3.0), (4, 2.0, 2.75), (6, 2.0, 2.6))
    assert (world.trainer.updates, world.trainer.parameter_count) == (6, 2)
    assert world.trainer.model_size == "1 weights and 1 weights"


def test_each_part_has_a_seed_of_its_own_and_counts_learn_the_inner_text_at_the_end():
    world = World(PLAN, LOSSES)
    world.run()
    assert world.updates == [
        ("counts", 5, 47), ("counts", 5, 30),
        ("net", 6, 30), ("net", 6, 47), ("net", 6, 30), ("net", 6, 47),
        ("counts", 5, 46), ("counts", 5, 54),
    ]  # fmt: skip
    last = World(replace(PLAN, seed=2**63 - 1), LOSSES)
    last.run()
    assert {seed for name, seed, _ in last.updates if name == "net"} == {0}


def test_checkpoints_have_the_parts_so_far_and_all_that_a_resume_needs():
    world = World(PLAN, LOSSES)
    world.run()
    assert kept_by(world) == [
        "last counts:47 by (1.0,), learner/state 10",
        "best counts:77 by (77,)",
        "last counts:77 by (77,), learner/state 20, honest-0/made 77, best/made 77",
        "best counts:77 by (77,)",
        "last counts:77 net:30 by (77, 0.0), learner/state 10, honest-0/made 77",
        "best counts:77 net:77 by (77, 77)",
        "last counts:77 net:77 by (77, 77), learner/state 20, honest-0/made 77, "
        "honest-1/made 77, best/made 77",
        "last counts:77 net:107 by (77, 77), learner/state 30, honest-0/made 77, "
        "honest-1/made 77, best/made 77",
        "best counts:77 net:154 by (77, 154)",
        "last counts:77 net:154 by (77, 154), learner/state 40, honest-0/made 77, "
        "honest-1/made 154, best/made 154",
        "best counts:77 net:154 by (77, 154)",
        "best counts:100 net:154 by (77, 154)",
    ]
    assert world.mixer.weighed == [(77,), (77,), (77, 77), (77, 154), (77, 154)]


def test_the_counters_of_a_checkpoint_are_those_of_the_run_and_of_the_part_that_learns():
    world = World(PLAN, LOSSES)
    world.run()
    lasts = [counters for which, _, _, counters in world.saved if which == "last"]
    assert [(each.update, each.characters, each.seconds, each.best) for each in lasts] == [
        (1, 47, 1.0, None), (2, 77, 2.0, 3.0), (3, 107, 4.0, 3.0), (4, 154, 6.0, 2.75),
        (5, 184, 8.0, 2.75), (6, 231, 10.0, 2.6),
    ]  # fmt: skip
    assert [(each.offset, each.characters_offset, each.weights) for each in lasts] == [
        (0, 0, (1.0,)), (0, 0, (77,)), (2, 77, (77, 0.0)), (2, 77, (77, 77)), (2, 77, (77, 77)),
        (2, 77, (77, 154)),
    ]  # fmt: skip
    of_part = [(each.of_part["update"], each.of_part["history"]) for each in lasts]
    assert of_part == [
        (1, ()), (2, ((2, 2.0, 3.0),)), (1, ()), (2, ((2, 2.0, 2.75),)), (3, ((2, 2.0, 2.75),)),
        (4, ((2, 2.0, 2.75), (4, 2.0, 2.6))),
    ]  # fmt: skip


def test_a_part_that_makes_the_mix_no_better_is_kept_as_it_was_at_its_best():
    world = World(PLAN, (3.0, 3.0, 4.0, 5.0, 4.0))
    events = world.run()
    assert [event for event in events if event.startswith("loss")] == [
        "loss 3 at 2 best", "loss 4 at 4", "loss 5 at 6",
    ]  # fmt: skip
    assert events[-1] == "done at 6 after 12 s: 2, 3.0, best"
    assert kept_by(world)[-2:] == [
        "best counts:77 net:77 by (77, 77)", "best counts:100 net:77 by (77, 77)",
    ]  # fmt: skip
    assert world.trainer.counters.best == 3.0


def test_a_loss_as_good_as_the_best_is_not_better():
    world = World(PLAN, (3.0, 3.0, 3.0, 3.0))
    assert "loss 3 at 4" in world.run()


@pytest.mark.parametrize(
    ("losses", "ending", "kept"),
    [
        ((3.0, 3.0, 4.0, 5.0), ["loss 5 at 5"], "last counts:77 net:107"),
        ((3.0, 3.0, 4.0, 5.0, 2.0), ["loss 5 at 5", "saved best at 5"], "best counts:77 net:77"),
        ((3.0, 3.0, 2.0, 1.5), ["loss 1.5 at 5 best", "saved best at 5"], "best counts:77 net:107"),
    ],
)
def test_a_run_that_is_stopped_ends_where_it_is(losses, ending, kept):
    """Its part is weighed once more; the mix with it is kept where that is the best so far."""
    world = World(PLAN, losses)
    events = world.run(lambda: world.trainer.counters.update >= 5)
    progress = "5/6 part 2/2 epoch 2 after 8 s, 1 s left, 184 characters"
    rest = events[events.index("saved last at 5") + 2 : -1]
    assert sorted(rest) == sorted([*ending, progress])
    assert events[-1] == f"stopped at 5 after 8 s: 2, {min(losses[:4])}, best"
    assert kept_by(world)[-1].startswith(kept)
    assert all(name != "counts" for name, _, _ in world.updates[2:]), "nothing is counted again"


def test_a_part_that_has_begun_makes_one_update_before_a_run_can_stop():
    world = World(PLAN, LOSSES)
    events = world.run(lambda: True)
    assert events[-1] == "stopped at 1 after 1 s: 2, 3.0, best"
    assert [name for name, _, _ in world.updates] == ["counts"]
    assert world.trainer.counters.history == ((1, 2.0, 3.0),)


def test_between_two_parts_a_run_stops_at_once():
    world = World(PLAN, LOSSES)
    events = world.run(lambda: bool(world.trainer._done))
    assert events[-1] == "stopped at 2 after 2 s: 2, 3.0, best"
    assert len(world.updates) == 2


def test_models_along_the_way_are_those_of_the_mix():
    world = World(replace(PLAN, keep_checkpoints=1), (3.0, 3.0, 2.0, 8.0, 2.0))
    events = world.run()
    assert events[events.index("saved along at 4") - 1] == "saved best at 4"
    assert "along counts:77 net:77 by (77, 77)" in kept_by(world)
    assert world.mixer.weighed == [(77,), (77,), (77, 77), (77, 77), (77, 154), (77, 77)]


def test_where_nothing_decides_between_parts_the_history_has_their_training_losses():
    tapered = replace(NETWORK, plan=replace(NETWORK.plan, inner_until=0.5))
    world = World(replace(PLAN, parts=(COUNTING, tapered)), (3.0, 3.0, 2.0))
    world.run()
    assert world.trainer.counters.history == ((2, 2.0, 3.0), (4, 2.0, 2.0), (6, 2.0, None))
    # The network is weighed as it was before it learned the inner text.
    assert kept_by(world)[-3:] == [
        "last counts:77 net:177 by (77, 77), learner/state 40, honest-0/made 77, "
        "honest-1/made 77, best/made 77",
        "best counts:77 net:177 by (77, 77)",
        "best counts:100 net:177 by (77, 77)",
    ]


def test_without_an_inner_text_nothing_is_counted_again():
    network = replace(NETWORK, plan=replace(NETWORK.plan, inner=0))
    world = World(replace(PLAN, inner=0, parts=(COUNTING, network)), LOSSES)
    events = world.run()
    assert events[-1] == "done at 6 after 10 s: 2, 2.6, best"
    assert [name for name, _, _ in world.updates] == ["counts"] * 2 + ["net"] * 4


def test_counting_again_ends_where_the_person_is_done_waiting():
    world, asked = World(PLAN, LOSSES), []

    def stop():
        asked.append(world.trainer.counters.update)
        return len(world.updates) == 7

    events = world.run(stop)
    assert events[-1] == "done at 6 after 11 s: 2, 2.6, best"
    assert kept_by(world)[-1] == "best counts:77 net:154 by (77, 154)"


def test_a_checkpoint_is_saved_when_it_is_asked_for():
    slow = replace(PLAN, parts=tuple(
        replace(part, plan=replace(part.plan, checkpoint_seconds=1e9)) for part in PLAN.parts
    ))  # fmt: skip
    for asked, updates in ((lambda: False, 3), (lambda: True, 6)):
        world = World(slow, LOSSES, asked=asked)
        world.run()
        assert sum(which == "last" for which, *_ in world.saved) >= updates - 1


def test_samples_are_the_mixes_own_after_each_best_loss():
    world = World(PLAN, (3.0, 3.0, 2.0, 8.0), sampling=AnswerOptions(max_chars=3))
    events = world.run()
    samples = [event for event in events if "samples" in event]
    assert samples == ["6 samples at 2", "6 samples at 4"]


# Going on.


def went_on(so_far, losses, plan=PLAN):
    world = World(plan, losses, so_far=so_far, begun=1000)
    return world, world.run()


@pytest.mark.parametrize(
    ("stop", "losses"),
    [(1, LOSSES), (3, LOSSES[2:]), (4, LOSSES[3:]), (5, LOSSES[3:])],
)
def test_a_run_goes_on_from_each_checkpoint_as_if_it_had_never_stopped(stop, losses):
    first = World(PLAN, LOSSES)
    for event in first.trainer.train():
        if told(event) == f"saved last at {stop}":
            break
    second, events = went_on(first.so_far, losses)
    whole = WHOLE.splitlines()
    rest = whole[whole.index(f"saved last at {stop}") + 2 :]
    assert events == rest
    assert second.trainer.counters.history == ((2, 2.0, 3.0), (4, 2.0, 2.75), (6, 2.0, 2.6))
    whole_run = World(PLAN, LOSSES)
    whole_run.run()
    assert kept_by(second) == kept_by(whole_run)[len(first.saved) :]


def test_the_time_of_a_run_that_goes_on_is_counted_on():
    first = World(PLAN, LOSSES)
    first.run(lambda: first.trainer.counters.update >= 5)
    second = World(PLAN, LOSSES[3:], so_far=first.so_far)
    *_, ended = second.run()
    assert ended == "done at 6 after 12 s: 2, 2.6, best"


def test_a_checkpoint_of_an_older_version_without_weights_is_weighed_anew():
    first = World(PLAN, LOSSES)
    first.run(lambda: first.trainer.counters.update >= 3)
    older = replace(first.so_far, counters=replace(first.so_far.counters, weights=()))
    second = World(PLAN, (3.0, *LOSSES[2:]), so_far=older)
    assert second.mixer.weighed == [(77,)]
    second.run()
    assert kept_by(second)[-1] == "best counts:100 net:154 by (77, 154)"
    assert first.so_far.counters.weights == (77, 0.0)
    assert World(PLAN, so_far=first.so_far).mixer.weighed == []


def test_what_goes_on_leaves_the_checkpoint_alone():
    first = World(PLAN, LOSSES)
    first.run(lambda: first.trainer.counters.update >= 3)
    before = replace(first.so_far.counters)
    World(PLAN, LOSSES[2:], so_far=first.so_far).run()
    assert first.so_far.counters == before


# Minutes.

TWICE = replace(PLAN, minutes=0.4, parts=(COUNTING, NETWORK, NETWORK))


@pytest.fixture
def paced(monkeypatch):
    """The pace of each part, as if its whole plan took so long; what was measured."""
    measured = []

    def measure(learner, plan, texts, clock):
        measured.append((learner.backend.name, plan.seed))
        clock.seconds += 1
        return Pace(update=2.0, validation=0.0, updates=4)

    monkeypatch.setattr("charplay.training.parts.measure_pace", measure)
    return measured


def test_minutes_are_updates_once_the_counts_are_there(paced):
    world = World(replace(TWICE, minutes=0.2), (3.0,))
    events = world.run()
    # Of twelve seconds eight are left after counting and measuring: one network's.
    assert paced == [("net", 0), ("net", 0)]
    assert world.trainer.plan.minutes is None
    assert [part.counted for part in world.trainer.plan.parts] == [True, False]
    assert "2/6 part 1/3 epoch 1 after 2 s, 8 s left, 77 characters" in events
    assert "6/6 part 2/2 epoch 2 after 12 s, 0 s left, 231 characters" in events
    assert world.trainer.updates == 6


def test_until_then_what_is_left_is_what_is_left_of_the_minutes(paced):
    events = World(TWICE, (3.0,)).run()
    assert events[1] == "1/10 part 1/3 epoch 1 after 1 s, 23 s left, 47 characters"
    assert "3/10 part 2/3 epoch 1 after 6 s, 14 s left, 107 characters" in events


def test_parts_that_are_trained_on_share_the_minutes(paced):
    based = World(
        replace(TWICE, minutes=0.1), bases=(("counts", 1000), ("net", 2000), ("net", 3000))
    )
    based.run()
    # Two seconds are left after counting and measuring: an update for each network.
    lengths = [part.plan.stages[0].updates for part in based.trainer.plan.parts]
    assert lengths == [None, 1, 1]
    assert kept_by(based)[-1].startswith("best counts:1100 net:2030 net:3047")
