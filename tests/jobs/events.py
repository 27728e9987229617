"""A run, and what may be told of it."""

from dataclasses import replace

from charplay.plan import TextChoice, TrainingRun
from charplay.training.events import Failed, Finished, Kept, Progress, Started

RUN = TrainingRun("birds", TextChoice("birds.txt"), "numpy")
STARTED = Started("birds", "birds.txt", "names", 100, 10, 27, 7_643, 50)
PROGRESS = Progress(20, 50, 1, 2.0, 2.0, 9.0, 4.0, 6.0)
DONE = Finished(50, "done", 1.5, None, "last", 9.0)
STOPPED = replace(DONE, update=30, reason="stopped")
PATIENT = replace(DONE, reason="patience")
KEPT = Kept("birds", "0" * 64)
FAILED = Failed("its text is gone", "bring it back")
