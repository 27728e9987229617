"""The process that trains: `python -m charplay.jobs.worker FOLDER`."""

import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePath
from typing import Any

import numpy as np

import charplay
from charplay.blas import one_blas_thread
from charplay.environment import Environment
from charplay.errors import CharplayError, ExitStatus
from charplay.files import storage_errors
from charplay.generation.options import Sampling
from charplay.insight.score import plausibility, quantiles
from charplay.jobs.job import STOP, Job
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.contract import Backend, Learner, Model
from charplay.models.library import Library
from charplay.options import build, change
from charplay.plan import Run
from charplay.plugins.finder import find_plugins
from charplay.plugins.registry import Registry
from charplay.text.catalogue import corpora_at_hand
from charplay.text.corpus import Corpus, NameList, load_corpus, load_others, split
from charplay.training.counters import RunCounters
from charplay.training.evaluation import draw_samples
from charplay.training.events import Event, Failed, Finished, Kept, Sampled, Started, to_json
from charplay.training.trainer import Trainer

Tell = Callable[[Event], None]

_log = logging.getLogger(__name__)


def main(folder: Path) -> ExitStatus:
    """Do the job of a folder; whatever happens is told in its events."""
    job = Job(folder)
    stop = _stop_request()

    def tell(event: Event) -> None:
        with (
            storage_errors(f"cannot write {job.events}"),
            job.events.open("a", encoding="utf-8") as f,
        ):
            f.write(to_json(event) + "\n")

    try:
        Worker(job, find_plugins(), tell, Environment.of_process()).work(stop.is_set)
    except CharplayError as error:
        _log.exception("training ended")
        tell(Failed(error.message, error.hint))
        return ExitStatus.FAILED
    except Exception as error:
        _log.exception("training broke")
        problem = str(error) or type(error).__name__
        tell(Failed(f"training broke: {problem}", f"the details are in {job.log}"))
        return ExitStatus.FAILED
    return ExitStatus.DONE


def _stop_request() -> threading.Event:
    """Set when standard input says stop or ends, or the system asks the process to end."""
    stop = threading.Event()

    def listen() -> None:
        with suppress(ValueError, OSError):
            while sys.stdin.readline() not in (STOP, ""):
                pass
        stop.set()

    threading.Thread(target=listen, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    return stop


class Worker:
    """One run: its text, its network, and where its checkpoints go."""

    def __init__(self, job: Job, registry: Registry, tell: Tell, environment: Environment) -> None:
        self._job, self._tell, self._environment = job, tell, environment
        self._run: Run = job.run()
        self._backend: Backend = registry.backends.find(self._run.backend)
        self._library = Library(job.home / "models", registry.backends.find)
        entries = corpora_at_hand(registry.corpora, job.home)
        self._corpus: Corpus = load_corpus(self._run.text, entries, job.home)
        self._others = load_others(self._run.text, self._run.plan, entries, job.home)
        others = (other.vocabulary for other in self._others.values())
        self._vocabulary = self._corpus.vocabulary.joined(*others)
        self._sampling = change(Sampling.usual(self._corpus.kind), self._run.sampling)

    def work(self, stop_asked: Callable[[], bool]) -> None:
        """Train, and put the model in the library."""
        model = self._new_model()
        trainer = Trainer(
            self._backend.learner(model, self._run.plan),
            self._corpus,
            self._vocabulary,
            self._run.plan,
            others=self._others,
            save=self._save,
            clock=self._environment.clock,
            sampling=self._sampling,
        )
        self._tell(self._started(model, trainer))
        with one_blas_thread():
            for event in trainer.run(stop_asked):
                self._tell(event)
                if isinstance(event, Finished):
                    self._keep(event.kept)

    def _new_model(self) -> Model:
        run = self._run
        self._backend.check_trainable()
        config: Any = build(self._backend.Config, run.config, f"option of {run.backend}")
        rng = np.random.Generator(np.random.Philox(run.plan.seed))
        return self._backend.create(self._vocabulary, self._corpus.kind, config, rng)

    def _started(self, model: Model, trainer: Trainer) -> Started:
        training, held_out = split(self._corpus, self._run.plan.held_out)
        return Started(
            name=self._run.name,
            corpus=self._corpus.source,
            kind=self._corpus.kind,
            characters=sum(text.characters for text in (training, *self._others.values())),
            held_out=held_out.characters,
            vocabulary=len(self._vocabulary),
            parameters=model.parameter_count,
            updates=trainer.updates,
            texts=self._stage_texts(),
        )

    def _stage_texts(self) -> tuple[str, ...]:
        """Each stage's text, where there are several texts."""
        if not self._others:
            return ()
        texts = {"": self._corpus, **self._others}
        return tuple(texts[stage.corpus].source for stage in self._run.plan.stages)

    def _save(self, which: str, learner: Learner, model: Model, standing: RunCounters) -> None:
        Checkpoint.of(
            model,
            self._backend,
            learner.arrays() if which == "last" else None,
            plan=self._run.plan.with_texts(_file_name).to_dict(),
            sampling=self._run.sampling,
            provenance=self._provenance(),
            history=standing.history,
            progress=standing.to_dict(),
        ).save(self._job.checkpoint(which))

    def _provenance(self) -> dict[str, Any]:
        corpus = {"corpus": _file_name(self._run.text.corpus), "sha256": self._corpus.sha256}
        return {
            "text": asdict(self._run.text) | corpus,
            "stage_texts": {_file_name(name): other.sha256 for name, other in self._others.items()},
            "recipe": self._run.recipe,
            "again": self._run.again,
            "made": self._environment.now().isoformat(timespec="seconds"),
            "versions": {
                "charplay": charplay.__version__,
                "numpy": version("numpy"),
                "python": sys.version.split()[0],
                **_versions(self._backend.requires),
            },
        }

    def _keep(self, which: str) -> None:
        checkpoint = read_checkpoint(self._job.checkpoint(which))
        model = checkpoint.model(self._backend)
        if self._run.plan.report is None:
            texts = draw_samples(model, self._sampling, self._run.plan.seed)
            self._tell(Sampled(int(checkpoint.header.progress["update"]), texts))
        _, held_out = split(self._corpus, self._run.plan.held_out)
        if isinstance(held_out, NameList):
            losses = plausibility(model, held_out.names)
            checkpoint = checkpoint.with_header(held_out_quantiles=quantiles(losses))
        name = self._run.name
        before = self._library.standing_for(name)
        digest = self._library.add(checkpoint, name, self._run.text.corpus)
        self._tell(Kept(name, digest, before if before != digest else None))


def _versions(packages: Iterable[str]) -> dict[str, str]:
    """Of each package the version, where it is installed under that name."""
    found = {}
    for package in packages:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def _file_name(corpus: str) -> str:
    """A corpus as a model's file names it: models travel, and where a file lay is private."""
    return PurePath(corpus).name


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s")
    sys.exit(main(Path(sys.argv[1])))
