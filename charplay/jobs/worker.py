"""Doing a job: texts, trainer, checkpoints, and the model that is kept."""

import logging
import shlex
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from typing import Any

import charplay
from charplay.blas import one_blas_thread
from charplay.environment import Environment
from charplay.errors import (
    CharplayError,
    ExitStatus,
    MisfitError,
    PluginError,
    StorageError,
    TrainingError,
)
from charplay.generation.options import AnswerOptions
from charplay.insight.score import loss_quantiles, name_losses
from charplay.interrupts import giving_up
from charplay.jobs.base import keep_base
from charplay.jobs.ending import Ending
from charplay.jobs.event_log import EventLog
from charplay.jobs.job import Job
from charplay.jobs.keeping import keep_model
from charplay.models.arrays import Arrays
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.contract import Backend, Model
from charplay.models.header import Header
from charplay.models.library import Library
from charplay.models.probe import probe_model
from charplay.options import change
from charplay.plan import Plan
from charplay.plugins.finder import find_plugins
from charplay.plugins.loading import find_culprit
from charplay.plugins.registry import Registry
from charplay.pretrained import shipped_models
from charplay.text.catalogue import available_corpora
from charplay.text.corpus import NameList
from charplay.text.vocabulary import Vocabulary
from charplay.training.beginning import RunTools, begin_training, resume_training
from charplay.training.counters import RunCounters
from charplay.training.evaluation import draw_samples
from charplay.training.events import (
    Checkpointed,
    Failed,
    Finished,
    Progress,
    Sampled,
    Started,
    TrainingEvent,
)
from charplay.training.growing import GrownModel, grow_checkpoint
from charplay.training.learners import LearnerMaker
from charplay.training.measuring import measure_model
from charplay.training.parts import PartsTrainer
from charplay.training.texts import RunTexts, text_digest_of
from charplay.training.trainer import Trainer, Which

Emit = Callable[[TrainingEvent], None]

_log = logging.getLogger(__name__)


def do_job(job: Job, log: EventLog, ending: Ending) -> ExitStatus:
    """Do a job; its events tell everything that happens, errors too."""

    def emit(event: TrainingEvent) -> None:
        log.status.pause = ending.pause
        log.write(event)
        if isinstance(event, Started | Progress | Checkpointed) and event.update:
            ending.begin_learning()
        if isinstance(event, Checkpointed) and event.which == "last":
            ending.checkpoint_saved()

    environment, asked = Environment.of_process(), ending.checkpoint_asked
    registry = find_plugins(environment)
    try:
        Worker(job, registry, emit, environment, asked).work(ending.stop_asked)
    except CharplayError as error:
        _log.exception("training ended")
        _tell_failure(log, error.message, error.hint)
        return ExitStatus.FAILED
    except MemoryError:
        _log.exception("training ended")
        _tell_failure(log, "training ran out of memory", "take a smaller network or batch")
        return ExitStatus.FAILED
    except BaseException as error:  # a plugin may raise anything
        _log.exception("training broke")
        problem, details = str(error) or type(error).__name__, f"see the details in {job.log}"
        culprit = find_culprit(error, registry)
        if culprit:
            _tell_failure(log, culprit.message, f"{culprit.hint}; {details}")
        else:
            _tell_failure(log, f"training broke: {problem}", details)
        return ExitStatus.FAILED
    return ExitStatus.DONE


def _tell_failure(log: EventLog, message: str, hint: str) -> None:
    """Tell why training ended, if there is still room on the disk."""
    try:
        log.write(Failed(message, hint))
    except StorageError:
        _log.exception("%s; it cannot be told", message)


class Worker:
    """Does the run of a job: reads its texts, trains its model, keeps the model in the library."""

    def __init__(
        self,
        job: Job,
        registry: Registry,
        emit: Emit,
        environment: Environment,
        checkpoint_asked: Callable[[], bool] = lambda: False,
    ) -> None:
        self._job, self._emit, self._environment = job, emit, environment
        self._checkpoint_asked = checkpoint_asked
        self._run = job.training_run()
        self._registry = registry
        self._backend: Backend = registry.backends.find(self._run.backend)
        self._library = Library(job.home / "models", registry.backends.find, shipped_models())
        entries = available_corpora(registry.corpora, job.home)
        self._base = keep_base(job, self._run)
        known = Vocabulary(self._base.header.vocabulary if self._base else "")
        texts = RunTexts.load(self._run.text, self._run.plan, entries, job.home)
        self._texts = replace(texts, before=known)
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
        run = self._run
        new_learner = LearnerMaker(self._registry.backends.find, self._texts, self._bases())
        tools = RunTools(
            save=self._save,
            clock=self._environment.clock,
            checkpoint_asked=self._checkpoint_asked,
            sampling=self._sampling,
        )
        last = self._job.checkpoint("last")
        if not last.exists():
            return begin_training(new_learner, run.backend, run.config, run.plan, **tools)
        checkpoint = read_checkpoint(last)
        self._check_texts(checkpoint.header)
        return resume_training(new_learner, checkpoint, run.plan, **tools)

    def _check_texts(self, header: Header) -> None:
        """TrainingError where a text is not the one that a checkpoint learned from."""
        own = self._run.text.corpus
        changed = [] if text_digest_of(header) == self._texts.own.sha256 else [own]
        learned, there = header.provenance.get("stage_texts", {}), self._stage_digests()
        changed += [name for name in there if learned.get(name, there[name]) != there[name]]
        if changed:
            train = shlex.join(["train", own, "--from", str(self._job.number)])
            raise TrainingError(
                f"{changed[0]} is not as it was when the run was stopped",
                f"bring it back as it was, or `{train}` trains on",
            )

    def _stage_digests(self) -> dict[str, str]:
        """The sha256 of each text that only stages name, by its file."""
        return {_file_name(name): text.sha256 for name, text in self._texts.others.items()}

    def _bases(self) -> tuple[GrownModel, ...]:
        """The models that are trained on, with the characters of the texts."""
        run = self._run
        if self._base is None or run.base is None:
            return ()
        return grow_checkpoint(
            self._base,
            self._registry.backends.find,
            self._texts.vocabulary,
            run.plan.seed,
            run.base.optimiser,
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
            model_size=trainer.model_size,
        )

    def _save(
        self, which: Which, model: Model, arrays: Arrays | None, counters: RunCounters
    ) -> None:
        checkpoint = Checkpoint.of(
            model,
            self._backend,
            arrays,
            plan=self._run.plan.with_texts(_file_name).to_dict(),
            sampling=self._run.sampling,
            provenance=self._provenance(),
            history=counters.history,
            progress=counters.to_dict(),
        )
        if which == "along":
            name = f"{self._run.name}@{counters.update}"
            self._library.add(checkpoint, name, self._run.text.corpus)
        else:
            checkpoint.save(self._job.checkpoint(which))

    def _provenance(self) -> dict[str, Any]:
        own = self._texts.own
        corpus = {"corpus": _file_name(self._run.text.corpus), "sha256": own.sha256}
        base = self._run.base
        ancestry = {"ancestry": [asdict(each) for each in base.ancestry]} if base else {}
        return ancestry | {
            "text": asdict(self._run.text) | corpus,
            "stage_texts": self._stage_digests(),
            "recipe": self._run.recipe,
            "again": self._run.again,
            "offered_by": self._offered_by(),
            "made": self._environment.now().isoformat(timespec="seconds"),
            "versions": {
                "charplay": charplay.__version__,
                "numpy": version("numpy"),
                "python": sys.version.split()[0],
                **_package_versions(self._backend.requires),
            },
        }

    def _offered_by(self) -> list[str]:
        """The distributions of the backend and of those of its parts, each with its version."""
        parts = [self._registry.backends.find(part.backend) for part in self._run.plan.parts]
        return list(dict.fromkeys(each.offered_by for each in (self._backend, *parts)))

    def _keep_model(self, which: str) -> None:
        """Put the model of a checkpoint in the library."""
        checkpoint = read_checkpoint(self._job.checkpoint(which))
        model = checkpoint.model(self._backend)
        self._probe(model)
        if self._run.plan.report is None:  # an exercise's own lines take the place of samples
            self._show_samples(model, int(checkpoint.header.progress["update"]))
        self._emit(keep_model(self._library, self._measured(checkpoint, model), self._run))

    def _probe(self, model: Model) -> None:
        """PluginError where a trained model does not keep the contract."""
        try:
            probe_model(model)
        except MisfitError as error:
            made_by = f"the backend {self._backend.name} of {self._backend.offered_by}"
            raise PluginError(
                f"{made_by} does not keep the contract: {error.message}",
                "update it, or train with another one: `backends` lists them",
            ) from error

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
