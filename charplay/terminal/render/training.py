"""Training as a person sees it: a live view in a terminal, now and then a line elsewhere."""

import shlex
from dataclasses import dataclass, field
from itertools import groupby

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from charplay.commands.training import Training
from charplay.plural import count_in_words
from charplay.terminal.render.console import CharplayConsole, foreign, show_notices, visible
from charplay.terminal.render.live import LiveView
from charplay.terminal.render.plots import show_small_plot
from charplay.terminal.render.tables import counting_text, loss_text
from charplay.training.curves import CurveReader
from charplay.training.events import (
    Evaluated,
    Finished,
    Kept,
    Measured,
    Progress,
    Reported,
    Sampled,
    Started,
    StopAsked,
    TrainingEvent,
)

_LINE_SECONDS = 1.0
_SHOWN_SAMPLES = 6
_DIGITS = 12
_VALIDATION = "validation"
_REASONS = {
    "done": "{updates} in {time}",
    "patience": "stopped early after {updates} in {time}, no longer improving",
    "stopped": "stopped as you asked after {updates} in {time}",
}


@dataclass
class RunView:
    """What is known of a run so far."""

    curves: CurveReader
    progress: Progress | None = None
    held_out: float | None = None
    best: float | None = None
    decides: str = "held out"
    texts: tuple[str, ...] = ()
    finished: Finished | None = None
    measured: Measured | None = None
    kept: Kept | None = None
    stop_asked: StopAsked | None = None
    _told: float = field(default=-_LINE_SECONDS)

    def take(self, event: TrainingEvent) -> None:
        """Note an event."""
        self.curves.take(event)
        if isinstance(event, Progress):
            self.progress = event
        elif isinstance(event, Evaluated):
            self.held_out = event.loss
            self.best = event.loss if event.best else self.best
        elif isinstance(event, Sampled):
            self.texts = event.texts
        elif isinstance(event, Finished):
            self.finished = event
        elif isinstance(event, Measured):
            self.measured = event
        elif isinstance(event, Kept):
            self.kept = event
        elif isinstance(event, StopAsked):
            self.stop_asked = event

    @property
    def was_stopped(self) -> bool:
        """Whether it kept a model and can go on: ended with a checkpoint, or at once."""
        ended = self.finished is None or self.finished.reason == "stopped"
        return self.kept is not None and ended

    def line_is_due(self) -> bool:
        """Whether, where lines are printed, it is time for one more."""
        if self.progress is None or self.progress.elapsed - self._told < _LINE_SECONDS:
            return False
        self._told = self.progress.elapsed
        return True

    def __rich__(self) -> RenderableType:
        """The live view."""
        if self.progress is None:
            return Text("starting …", style="dim")
        now = self.progress
        bar = Table.grid(padding=(0, 1))
        bar.add_column()
        bar.add_column(no_wrap=True)
        left = f"{duration_text(now.remaining)} left"
        bar.add_row(ProgressBar(total=now.updates, completed=now.update), left)
        parts: list[RenderableType] = [bar, Text(self.position()), Text(self.losses())]
        if self.texts:
            parts.append(Text.assemble("samples  ", foreign(join_samples(self.texts)), style="dim"))
        parts.append(Text(self.ctrl_c(), style="dim"))
        return Group(*parts)

    def ctrl_c(self) -> str:
        """What Ctrl-C does now, or did."""
        if self.stop_asked is None:
            return "Ctrl-C stops with a checkpoint"
        seconds = self.stop_asked.seconds
        time = f", which may take {duration_text(seconds)}" if seconds >= 1 else ""
        return f"stopping with a checkpoint{time}; Ctrl-C again ends at once"

    def position(self) -> str:
        """How far the run is, and how fast."""
        now = self.progress
        if now is None:
            return ""
        part = f"part {now.part} of {now.parts}, " if now.parts > 1 else ""
        return (
            f"{part}update {now.update:,} of {now.updates:,}, epoch {now.epoch:,}, "
            f"{now.rate:,.0f} characters a second"
        )

    def losses(self) -> str:
        """The losses, in nats per character."""
        now = self.progress
        if now is None:
            return ""
        held = (
            f", {self.decides} {loss_text(self.held_out)} (best {loss_text(self.best)})"
            if self.held_out
            else ""
        )
        losses = f"loss {loss_text(now.loss)}, smoothed {loss_text(now.smoothed)}{held}"
        return f"{losses} nats per character"


def show_training(value: Training, console: CharplayConsole) -> None:
    """Show a run to its end."""
    show_notices(console, value.run.notes)
    decides = _VALIDATION if value.run.plan.inner else "held out"
    view = RunView(CurveReader.of_run(value.run), decides=decides)
    if console.is_terminal:
        with LiveView(console, view) as live:
            for event in value.events:
                view.take(event)
                if isinstance(event, Started | Reported):
                    with live.aside():
                        _print_lasting(console, event)
    else:
        for event in value.events:
            view.take(event)
            _print_lasting(console, event)
            if isinstance(event, StopAsked):
                console.aside.print(view.ctrl_c(), soft_wrap=True)
            if isinstance(event, Progress) and view.line_is_due():
                console.print(f"{view.position()}, {view.losses()}", soft_wrap=True)
                if view.texts:
                    samples = Text.assemble("  ", foreign(join_samples(view.texts)))
                    console.print(samples, soft_wrap=True)
    _print_end(console, view)
    if view.was_stopped:
        console.aside.print_hint(f"`jobs resume {value.number}` goes on")
    if value.model_waits and view.kept:
        console.print_hint(f"`model {shlex.quote(view.kept.name)}` talks to it")


def _print_lasting(console: Console, event: TrainingEvent) -> None:
    """Print what stays on the screen while the run goes on."""
    if isinstance(event, Started):
        held = f", {event.held_out:,} held out" if event.held_out else ""
        size = event.model_size or (f"{event.parameters:,} weights" if event.parameters else "")
        console.print(
            Text.assemble(
                "training ", foreign(event.name, "bold"), " on ", foreign(_text_names(event)),
                f" ({event.kind}): {event.characters:,} characters{held}, "
                f"{event.vocabulary} distinct",
                foreign(f", {size}" if size else ""),
            )
        )  # fmt: skip
    elif isinstance(event, Reported):
        console.print(foreign(event.line))
        if event.names:
            console.print()
            for name in event.names:
                console.print(foreign(name))
            console.print()


def _text_names(event: Started) -> str:
    """What is trained on, text after text."""
    return ", then ".join(text for text, _ in groupby(event.texts or (event.corpus,)))


def _print_end(console: CharplayConsole, view: RunView) -> None:
    done, kept = view.finished, view.kept
    if done:
        updates, time = count_in_words(done.update, "update"), duration_text(done.elapsed)
        reason = _REASONS[done.reason].format(updates=updates, time=time)
        console.print(f"{reason}. {_end_losses(done, view.measured, view.decides)}")
        show_small_plot(view.curves.points(), console)
    if done and view.texts:
        console.print(Text.assemble("samples: ", foreign(join_samples(view.texts))))
    if kept:
        digest = kept.digest[:_DIGITS]
        console.print(Text.assemble(foreign(kept.name, "bold"), f" is in the library ({digest})"))
        print_former_model(kept, console)


def print_former_model(kept: Kept, console: CharplayConsole) -> None:
    """Print what became of the model that had the name before, and how it is had again."""
    if kept.hides_shipped:
        before = f"it hides the shipped {visible(kept.name)}; "
        console.aside.print_hint(f"`models remove {kept.name}` brings that back", before=before)
    if kept.replaced:
        replaced = kept.replaced[:_DIGITS]
        before = f"it replaces {_replaced_text(kept)}; "
        console.aside.print_hint(f"`model {replaced}` still opens that one", before=before)


def _replaced_text(kept: Kept) -> str:
    """What the model that had the name was."""
    loss = "" if kept.replaced_loss is None else f", held-out loss {loss_text(kept.replaced_loss)}"
    corpus = f"one trained on {visible(kept.replaced_corpus)}" if kept.replaced_corpus else "one"
    return corpus + loss


def _end_losses(done: Finished, measured: Measured | None, decides: str) -> str:
    """The losses in which a run ended."""
    if measured:
        held_out = f"Held-out loss {loss_text(measured.held_out_loss)} nats per character"
        if measured.counting_loss is None:
            return held_out
        return f"{held_out}, {counting_text(measured.held_out_loss, measured.counting_loss)}"
    if done.held_out_loss is None:
        return f"Training loss {loss_text(done.loss)} nats per character"
    which = "Validation" if decides == _VALIDATION else "Held-out"
    held_out = f"{which} loss {loss_text(done.held_out_loss)} nats per character"
    best = ""
    if done.best_update not in (None, done.update):
        best = f"; best after update {done.best_update:,}"
    return f"{held_out} (training {loss_text(done.loss)}{best})"


def duration_text(seconds: float) -> str:
    """A time to read: 0.8 s, 14 s, 3 min 20 s, 2 h 05 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


def join_samples(texts: tuple[str, ...]) -> str:
    """Samples in one line."""
    return "  ".join(text.replace("\n", " ⏎ ") for text in texts[:_SHOWN_SAMPLES])
