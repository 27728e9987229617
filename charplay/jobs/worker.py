"""The process of a job: `python -m charplay.jobs.worker FOLDER`."""

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePath
from typing import Any

import charplay
from charplay.blas import one_blas_thread
from charplay.environment import Environment
from charplay.errors import CharplayError, ExitStatus, TrainingError
from charplay.files import open_private, storage_errors
from charplay.generation.options import AnswerOptions
from charplay.insight.score import loss_quantiles, name_losses
from charplay.interrupts import giving_up
from charplay.jobs.job import STOP, Job
from charplay.jobs.keeping import keep_model
from charplay.models.arrays import Arrays
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.contract import Backend, Model
from charplay.models.library import Library
from charplay.options import change
from charplay.plan import Plan
from charplay.plugins.finder import find_plugins
from charplay.plugins.registry import Registry
from charplay.pretrained import shipped_models
from charplay.text.catalogue import available_corpora
from charplay.text.corpus import NameList
from charplay.training.beginning import begin_training, resume_training
from charplay.training.counters import RunCounters
from charplay.training.evaluation import draw_samples
from charplay.training.events import (
    Failed,
    Finished,
    Sampled,
    Started,
    TrainingEvent,
    event_to_json,
)
from charplay.training.learners import LearnerMaker
from charplay.training.measuring import measure_model
from charplay.training.parts import PartsTrainer
from charplay.training.texts import RunTexts, text_digest_of
from charplay.training.trainer import Trainer

Emit = Callable[[TrainingEvent], None]

# How long after a stop a model is still measured, and then how long anything else that it can do
# without may take.
_PATIENCE_SECONDS, _AFTER_SECONDS = 0.15, 0.02

_log = logging.getLogger(__name__)


def do_job(folder: Path) -> ExitStatus:
    """Do the job of a folder; its events tell everything that happens, errors too."""
    job = Job(folder)
    stop = _listen_for_stop()

    def emit(event: TrainingEvent) -> None:
        with (
            storage_errors(f"cannot write {job.events}"),
            open_private(job.events) as file,
        ):
            file.write(event_to_json(event) + "\n")

    worker = None
    try:
        with giving_up():
            worker = Worker(job, find_plugins(), emit, Environment.of_process())
        if worker is None:
            raise TrainingError("training was stopped before its first update", "train again")
        worker.work(stop.is_set)
    except CharplayError as error:
        _log.exception("training ended")
        emit(Failed(error.message, error.hint))
        return ExitStatus.FAILED
    except Exception as error:
        _log.exception("training broke")
        problem = str(error) or type(error).__name__
        emit(Failed(f"training broke: {problem}", f"see the details in {job.log}"))
        return ExitStatus.FAILED
    return ExitStatus.DONE


def _listen_for_stop() -> threading.Event:
    """An event that is set when standard input says stop or ends, or on SIGTERM.

    Soon afterwards what the model can do without is given up.
    """
    stop, main = threading.Event(), threading.main_thread().ident

    def listen() -> None:
        with suppress(ValueError, OSError):
            while sys.stdin.readline() not in (STOP, ""):
                pass
        stop.set()

    def press() -> None:
        stop.wait()
        time.sleep(_PATIENCE_SECONDS)
        while True:
            _send_to_thread(main, signal.SIGTERM)
            time.sleep(_AFTER_SECONDS)

    for wait in (listen, press):
        threading.Thread(target=wait, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    return stop


def _send_to_thread(thread: int | None, number: signal.Signals) -> None:
    """Have a thread handle a signal, also while it waits; Windows has no such call."""
    if thread is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(thread, number)
    else:
        signal.raise_signal(number)


class Worker:
    """Does the run of a job: reads its texts, trains its model, keeps the model in the library."""

    def __init__(self, job: Job, registry: Registry, emit: Emit, environment: Environment) -> None:
        self._job, self._emit, self._environment = job, emit, environment
        self._run = job.training_run()
        self._registry = registry
        self._backend: Backend = registry.backends.find(self._run.backend)
        self._library = Library(job.home / "models", registry.backends.find, shipped_models())
        entries = available_corpora(registry.corpora, job.home)
        self._texts = RunTexts.load(self._run.text, self._run.plan, entries, job.home)
        self._sampling = change(AnswerOptions.usual(self._texts.own.kind), self._run.sampling)

    def work(self, stop_asked: Callable[[], bool]) -> None:
        """Train, and put the model in the library."""
        with one_blas_thread():
            trainer = self._trainer()
            self._follow_plan(trainer.plan)
            self._emit(self._started(trainer))
            for event in trainer.train(stop_asked):
                self._follow_plan(trainer.plan)
                self._emit(event)
                if isinstance(event, Finished):
                    self._keep_model(event.kept)

    def _trainer(self) -> Trainer | PartsTrainer:
        """The trainer of a new run, or of one that goes on from its last checkpoint."""
        run, clock = self._run, self._environment.clock
        new_learner = LearnerMaker(self._registry.backends.find, self._texts)
        last = self._job.checkpoint("last")
        if not last.exists():
            return begin_training(
                new_learner,
                run.backend,
                run.config,
                run.plan,
                save=self._save,
                clock=clock,
                sampling=self._sampling,
            )
        checkpoint = read_checkpoint(last)
        if text_digest_of(checkpoint.header) != self._texts.own.sha256:
            raise TrainingError(
                f"{run.text.corpus} is not as it was when the run was stopped",
                "bring the text back as it was, or train on from the model",
            )
        return resume_training(
            new_learner,
            checkpoint,
            run.plan,
            save=self._save,
            clock=clock,
            sampling=self._sampling,
        )

    def _follow_plan(self, plan: Plan) -> None:
        """Write down a plan that has updates now in the place of minutes."""
        if plan != self._run.plan:
            self._run = replace(self._run, plan=plan)
            self._job.rewrite_plan(self._run)

    def _started(self, trainer: Trainer | PartsTrainer) -> Started:
        texts = self._texts
        return Started(
            name=self._run.name,
            corpus=texts.own.source,
            kind=texts.own.kind,
            characters=texts.characters,
            held_out=texts.held_out.characters,
            vocabulary=len(texts.vocabulary),
            parameters=trainer.parameter_count,
            updates=trainer.updates,
            update=trainer.counters.update,
            texts=texts.stage_sources(self._run.plan),
        )

    def _save(self, which: str, model: Model, arrays: Arrays | None, counters: RunCounters) -> None:
        Checkpoint.of(
            model,
            self._backend,
            arrays,
            plan=self._run.plan.with_texts(_file_name).to_dict(),
            sampling=self._run.sampling,
            provenance=self._provenance(),
            history=counters.history,
            progress=counters.to_dict(),
        ).save(self._job.checkpoint(which))

    def _provenance(self) -> dict[str, Any]:
        own, others = self._texts.own, self._texts.others
        corpus = {"corpus": _file_name(self._run.text.corpus), "sha256": own.sha256}
        return {
            "text": asdict(self._run.text) | corpus,
            "stage_texts": {_file_name(name): other.sha256 for name, other in others.items()},
            "recipe": self._run.recipe,
            "again": self._run.again,
            "made": self._environment.now().isoformat(timespec="seconds"),
            "versions": {
                "charplay": charplay.__version__,
                "numpy": version("numpy"),
                "python": sys.version.split()[0],
                **_package_versions(self._backend.requires),
            },
        }

    def _keep_model(self, which: str) -> None:
        """Put the model of a checkpoint in the library."""
        checkpoint = read_checkpoint(self._job.checkpoint(which))
        model = checkpoint.model(self._backend)
        if self._run.plan.report is None:  # an exercise's own lines take the place of samples
            self._show_samples(model, int(checkpoint.header.progress["update"]))
        self._emit(keep_model(self._library, self._measured(checkpoint, model), self._run))

    def _show_samples(self, model: Model, update: int) -> None:
        samples = None
        with giving_up():
            samples = draw_samples(model, self._sampling, self._run.plan.seed)
        if samples is not None:
            self._emit(Sampled(update, samples))

    def _measured(self, checkpoint: Checkpoint, model: Model) -> Checkpoint:
        """The checkpoint with its measures, as far as they are known when the person is done."""
        held_out, losses, measured = self._texts.held_out, None, None
        with giving_up():
            if isinstance(held_out, NameList):
                losses = name_losses(model, held_out.names)
        with giving_up():
            measured = measure_model(model, self._texts)
        if losses is not None:
            checkpoint = checkpoint.with_header(held_out_quantiles=loss_quantiles(losses))
        if measured:
            self._emit(measured)
            checkpoint = checkpoint.with_measures(
                measured.held_out_loss, measured.counting_loss, measured.counting_order
            )
        return checkpoint


def _package_versions(packages: Iterable[str]) -> dict[str, str]:
    """The version of each package that is installed under that name."""
    found = {}
    for package in packages:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def _file_name(corpus: str) -> str:
    """A corpus without its folder, which is private: a model file may be given away."""
    return PurePath(corpus).name


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s")
    sys.exit(do_job(Path(sys.argv[1])))
