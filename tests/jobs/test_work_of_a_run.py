"""What the process of a run does and tells: on a tiny backend, in this process."""

import json
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from types import SimpleNamespace

import pytest

import charplay
from charplay.ancestry import Ancestor, Base
from charplay.errors import CharplayError, MisfitError, PluginError, StorageError, TrainingError
from charplay.insight.score import name_losses
from charplay.jobs import worker
from charplay.jobs.job import Job
from charplay.jobs.worker import Worker, do_job
from charplay.models.checkpoint import read_checkpoint
from charplay.models.library import Library
from charplay.plan import Part, Plan, Stage, TextChoice, TrainingRun
from charplay.report import Report
from charplay.testing.fake_backend import FakeBackend
from charplay.text.corpus import load_corpus
from charplay.training.events import (
    Checkpointed,
    Evaluated,
    Failed,
    Finished,
    Kept,
    Measured,
    Progress,
    Sampled,
    Started,
)
from charplay.training.texts import RunTexts
from tests.jobs.bases import NAMES, OLDER, checkpoint_of
from tests.jobs.planned import make_registry

PLAN = Plan(
    batch_size=4, held_out=0.2, validate_every=2, checkpoint_seconds=0, seed=3,
    stages=(Stage(updates=4, learning_rate=0.1),),
)  # fmt: skip


def offered(**changes):
    backend = FakeBackend()
    backend.offered_by = "tiny-plugin 1.2"
    for name, value in changes.items():
        setattr(backend, name, value)
    return backend


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "texts" / "list.txt"
    path.parent.mkdir()
    path.write_text("".join(f"{name}\n" for name in NAMES))
    return TextChoice(str(path), kind="names", header="no", separator="line")


@pytest.fixture
def environment(world):
    ticks = iter(range(10**9))
    now = datetime(2026, 5, 1, 12, 30, 15, 999, tzinfo=UTC)
    return replace(world(), clock=lambda: float(next(ticks)), now=lambda: now)


@pytest.fixture
def work(home, text, environment):
    """Does a run; what it told."""

    def work(run=None, backend=None, stop_asked=lambda: False, job=None, asked=None, **more):
        run = run or TrainingRun("birds", text, "fake", {"units": 3}, **{"plan": PLAN, **more})
        told = []
        work.job = job or Job.create(home, run)
        registry = make_registry(backend or offered(), recipes=())
        given = () if asked is None else (asked,)
        Worker(work.job, registry, told.append, environment, *given).work(stop_asked)
        return told

    return work


def header_of(home, told):
    return read_checkpoint(home / "models" / f"{told[-1].digest}.safetensors").header


def kinds(told):
    return [type(event) for event in told if not isinstance(event, Progress)]


def test_a_run_tells_what_it_begins_and_ends_with(work, home, text):
    told = work()
    assert told[0] == Started(
        "birds", text.corpus, "names", 16 * 5, 4 * 5, 12, 12 * 3 * 2 + 12, 4,
        model_size=f"{12 * 3 * 2 + 12} weights",
    )  # fmt: skip
    assert kinds(told)[-4:] == [Finished, Sampled, Measured, Kept]
    finished, sampled, measured, kept = (
        next(event for event in reversed(told) if isinstance(event, kind))
        for kind in (Finished, Sampled, Measured, Kept)
    )
    assert (finished.update, finished.reason) == (4, "done")
    assert len(sampled.texts) > 0
    assert kept == Kept("birds", kept.digest)
    header = header_of(home, told)
    assert header.held_out_loss == pytest.approx(measured.held_out_loss, abs=1e-4)
    assert [update for update, *_ in header.history] == [2, 4]
    which = finished.kept
    assert sampled.update == read_checkpoint(work.job.checkpoint(which)).header.progress["update"]


def test_a_model_is_measured_on_what_was_held_out(work, home, text, tmp_path):
    many = [
        f"{name}-{name}-{more}" for name in NAMES for more in ("ella", "bert", "lia", "tonio", "ra")
    ]
    tmp_path.joinpath("texts", "list.txt").write_text("".join(f"{name}\n" for name in many))
    told = work()
    [measured] = [event for event in told if isinstance(event, Measured)]
    library = Library(home / "models", lambda name: FakeBackend(), {})
    opened = library.open("birds")
    held_out = RunTexts.split(load_corpus(text, {}), 0.2).held_out
    losses = name_losses(opened.model, held_out.names)
    quantiles = opened.header.held_out_quantiles
    assert len(quantiles) == 101
    assert (quantiles[0], quantiles[-1]) == pytest.approx((min(losses), max(losses)), rel=1e-4)
    provenance = opened.header.provenance
    assert provenance["held_out_loss"] == round(measured.held_out_loss, 4)
    assert provenance["counting"] == {
        "order": measured.counting_order, "held_out_loss": round(measured.counting_loss, 4),
    }  # fmt: skip
    assert library.text("birds", opened.path) == text.corpus


def test_a_model_tells_where_it_comes_from_but_for_folders(work, home, text, environment):
    told = work(recipe="fine", again="train list.txt", sampling={"capital": True})
    header = header_of(home, told)
    provenance = dict(header.provenance)
    for measure in ("held_out_loss", "counting"):
        provenance.pop(measure, None)
    sha256 = load_corpus(text, {}).sha256
    assert provenance == {
        "text": {**asdict(text), "corpus": "list.txt", "sha256": sha256},
        "stage_texts": {},
        "recipe": "fine",
        "again": "train list.txt",
        "offered_by": ["tiny-plugin 1.2"],
        "made": "2026-05-01T12:30:15+00:00",
        "versions": {
            "charplay": charplay.__version__, "numpy": version("numpy"),
            "python": sys.version.split()[0],
        },
    }  # fmt: skip
    assert header.plan == PLAN.to_dict()
    assert (header.sampling, header.config) == ({"capital": True}, {"units": 3})
    assert str(text.corpus) not in json.dumps([header.provenance, header.plan])


def test_the_packages_that_a_backend_needs_are_told_by_their_versions(work, home):
    told = work(backend=offered(requires=("rich", "json")))
    versions = header_of(home, told).provenance["versions"]
    assert versions["rich"] == version("rich")
    assert "json" not in versions


def test_texts_of_stages_are_told_by_their_names_and_checksums(work, home, tmp_path):
    other = tmp_path / "texts" / "more.txt"
    other.write_text("anne\nbera\ncino\n" * 3)
    stages = (Stage(updates=2, corpus=str(other)), Stage(updates=2))
    told = work(plan=replace(PLAN, stages=stages))
    header = header_of(home, told)
    sha256 = load_corpus(TextChoice(str(other), kind="names"), {}).sha256
    assert header.provenance["stage_texts"] == {"more.txt": sha256}
    assert [stage["corpus"] for stage in header.plan["stages"]] == ["more.txt", ""]
    assert told[0].texts == (str(other), work.job.training_run().text.corpus)
    assert told[0].characters == 16 * 5 + 9 * 5


def test_a_model_that_was_trained_on_tells_its_ancestors(work, home, text, tmp_path):
    source, checkpoint = tmp_path / "old.safetensors", checkpoint_of()
    checkpoint.save(source)
    own = Ancestor("old", checkpoint.digest, "old.txt", "5a" * 32)
    told = work(config={"units": 6}, run=TrainingRun(
        "birds", text, "fake", {"units": 6}, PLAN, base=Base(str(source), (own, OLDER))
    ))  # fmt: skip
    header = header_of(home, told)
    assert header.provenance["ancestry"] == [asdict(own), asdict(OLDER)]
    assert set(header.vocabulary) == set("\nabcdelnort") | set("".join(NAMES))
    assert told[0].vocabulary == len(header.vocabulary)
    assert work.job.checkpoint("base").exists()


def test_a_run_of_an_exercise_shows_its_own_lines_in_the_place_of_samples(work):
    report = Report(line="{loss:f}", every=2, names=1)
    told = work(plan=replace(PLAN, report=report))
    assert Sampled not in kinds(told)
    assert Kept in kinds(told)


def test_checkpoints_along_the_way_are_models_of_their_own(work, home, text):
    told = work(plan=replace(PLAN, keep_checkpoints=2, stages=(Stage(updates=8),)))
    along = [event.update for event in told
             if isinstance(event, Checkpointed) and event.which == "along"]  # fmt: skip
    assert along == [2, 4]
    library = Library(home / "models", lambda name: FakeBackend(), {})
    assert library.own_names() == ["birds", "birds@2", "birds@4"]
    opened = library.open("birds@2")
    assert [update for update, *_ in opened.header.history] == [2]
    assert library.text("birds@2", opened.path) == text.corpus


def test_a_stop_is_heard_and_a_checkpoint_is_saved_when_it_is_asked_for(work):
    looks = iter(range(100))
    told = work(plan=replace(PLAN, stages=(Stage(updates=1000),)),
                stop_asked=lambda: next(looks) >= 3)  # fmt: skip
    [finished] = [event for event in told if isinstance(event, Finished)]
    assert finished.reason == "stopped"
    assert read_checkpoint(work.job.checkpoint("last")).header.progress["update"] < 1000
    quiet = replace(PLAN, checkpoint_seconds=10**9)
    saved = [
        sum(event.which == "last" for event in work(plan=quiet, asked=lambda asked=asked: asked)
            if isinstance(event, Checkpointed))
        for asked in (False, True)
    ]  # fmt: skip
    assert saved[0] < saved[1]


def test_samples_are_drawn_as_the_run_says_while_it_learns_and_at_its_end(work):
    told = work(sampling={"max_chars": 2}, plan=replace(PLAN, sample_every=1))
    sampled = [event for event in told if isinstance(event, Sampled)]
    assert len(sampled) > 1
    assert all(len(text) <= 2 for event in sampled for text in event.texts)


def test_minutes_become_updates_and_are_written_down(work, home):
    work(plan=replace(PLAN, minutes=0.5, stages=(Stage(epochs=1),)))
    plan = work.job.training_run().plan
    assert plan.minutes is None
    assert plan.stages[0].updates


def test_a_run_that_goes_on_begins_where_it_was(work):
    looks = iter(range(100))
    work(stop_asked=lambda: next(looks) >= 2)
    job = work.job
    saved = read_checkpoint(job.checkpoint("last")).header.progress["update"]
    assert 0 < saved < 4
    told = work(job=Job(job.folder))
    assert (told[0].update, told[0].updates) == (saved, 4)


def test_a_text_that_changed_is_told_with_what_to_do(work, text, tmp_path):
    looks = iter(range(100))
    work(stop_asked=lambda: next(looks) >= 2)
    path = tmp_path / "texts" / "list.txt"
    path.write_text(path.read_text() + "anne\n")
    with pytest.raises(TrainingError) as caught:
        work(job=Job(work.job.folder))
    assert caught.value.message == f"{text.corpus} is not as it was when the run was stopped"
    assert caught.value.hint == (
        f"bring it back as it was, or `train {text.corpus} --from 1` trains on"
    )


def test_a_backend_that_does_not_keep_the_contract_is_named(work, monkeypatch):
    def misfit(model):
        raise MisfitError("step", "logits", "nothing")

    monkeypatch.setattr(worker, "probe_model", misfit)
    with pytest.raises(PluginError) as caught:
        work()
    assert caught.value.message == (
        "the backend fake of tiny-plugin 1.2 does not keep the contract: "
        "step should give logits; it gave nothing"
    )
    assert caught.value.hint == "update it, or train with another one: `backends` lists them"


def test_the_distributions_of_parts_are_told_once(home, text, environment):
    run = TrainingRun("birds", text, "fake", {}, replace(
        PLAN, parts=(Part("other", {}), Part("fake", {}))))  # fmt: skip
    registry = make_registry(
        offered(), offered(name="other", offered_by="other-plugin 2"), recipes=()
    )
    made = Worker(Job.create(home, run), registry, lambda event: None, environment)
    assert made._offered_by() == ["tiny-plugin 1.2", "other-plugin 2"]


# How the end of a run is told.


class Log:
    """What is told, and how long the run took to hear."""

    def __init__(self, error=None):
        self.status, self.told, self._error = SimpleNamespace(pause=None), [], error

    def write(self, event):
        self.told.append(event)
        if self._error:
            raise self._error


@pytest.fixture
def done(made, monkeypatch):
    """Does a job whose work is this; its status, what was told, and what its ending was told."""
    ending = SimpleNamespace(pause=1.5, asked=[], checkpoint_asked="asked", stop_asked="stop")
    ending.begin_learning = lambda: ending.asked.append("learning")
    ending.checkpoint_saved = lambda: ending.asked.append("saved")

    def done(does, log=None):
        class Working:
            def __init__(self, job, registry, emit, environment, asked):
                assert asked == "asked"
                self._emit = emit

            def work(self, stop_asked):
                assert stop_asked == "stop"
                does(self._emit)

        monkeypatch.setattr(worker, "Worker", Working)
        monkeypatch.setattr(worker, "find_plugins", lambda environment: make_registry(recipes=()))
        log = log or Log()
        ending.asked.clear()
        return do_job(made(), log, ending), log, list(ending.asked)

    return done


def failing(error):
    def does(emit):
        raise error

    return does


def test_a_run_that_comes_to_its_end_tells_all_that_it_does(done):
    started = Started("birds", "x", "names", 1, 1, 1, 1, 9)
    last, best = Checkpointed(3, "last"), Checkpointed(3, "best")
    steps = (
        (started, []),
        (replace(started, update=3), ["learning"]),
        (Progress(0, 9, 1, 1.0, 1.0, 1.0, 1.0, 1.0), []),
        (Progress(3, 9, 1, 1.0, 1.0, 1.0, 1.0, 1.0), ["learning"]),
        (replace(last, update=0), ["saved"]),
        (last, ["learning", "saved"]),
        (best, ["learning"]),
        (Evaluated(3, 1.0, True), []),
    )
    for event, asked in steps:
        status, log, heard = done(lambda emit, event=event: emit(event))
        assert (status, log.told, heard) == (0, [event], asked)
        assert log.status.pause == 1.5


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (CharplayError("its text is gone", "bring it back"), "its text is gone", "bring it back"),
        (MemoryError(), "training ran out of memory", "take a smaller network or batch"),
        (ZeroDivisionError("by nought"), "training broke: by nought", "see the details in {log}"),
        (ZeroDivisionError(), "training broke: ZeroDivisionError", "see the details in {log}"),
        (SystemExit(3), "training broke: 3", "see the details in {log}"),
    ],
)
def test_what_ends_a_run_is_told_in_one_line_and_logged(done, home, caplog, error, message, hint):
    status, log, _ = done(failing(error))
    path = home / "jobs" / "1" / "log.txt"
    assert (status, log.told) == (1, [Failed(message, hint.format(log=path))])
    [record] = caplog.records
    expected = "training broke" if "broke" in message else "training ended"
    assert record.getMessage() == expected
    assert record.exc_info[1] is error


def test_a_plugin_that_breaks_a_run_is_named(done, home, monkeypatch):
    culprit = PluginError("the plugin x broke", "leave it out")
    monkeypatch.setattr(worker, "find_culprit", lambda error, registry: culprit)
    _, log, _ = done(failing(ValueError("x")))
    path = home / "jobs" / "1" / "log.txt"
    assert log.told == [Failed("the plugin x broke", f"leave it out; see the details in {path}")]


def test_where_the_disk_is_full_an_end_that_cannot_be_told_is_logged(done, caplog):
    full = Log(StorageError("no room", ""))
    status, _, _ = done(failing(MemoryError()), full)
    assert status == 1
    told = [record.getMessage() for record in caplog.records]
    assert told == ["training ended", "training ran out of memory; it cannot be told"]


def test_a_plan_that_changes_while_it_is_learned_is_written_down(work, monkeypatch):
    changed = replace(PLAN, stages=(Stage(updates=77),))

    class Trainer:
        plan, parameter_count, updates, model_size = PLAN, 1, 4, "small"
        counters = SimpleNamespace(update=0)

        def train(self, stop_asked):
            yield Evaluated(1, 1.0, True)
            self.plan = changed
            yield Evaluated(2, 1.0, True)

    monkeypatch.setattr(Worker, "_trainer", lambda self: Trainer())
    assert kinds(work()) == [Started, Evaluated, Evaluated]
    assert work.job.training_run().plan == changed
