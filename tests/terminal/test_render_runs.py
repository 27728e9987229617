"""Training as it is seen: the live view, and lines where nothing is drawn again."""

# ruff: noqa: E501  # what is seen stands here as it is seen

from dataclasses import replace
from functools import partial
from threading import Event, Thread

import pytest
from rich.text import Text

from charplay.commands.settings import Interface
from charplay.commands.training import Training
from charplay.plan import TextChoice, TrainingRun
from charplay.terminal.render import live
from charplay.terminal.render.console import make_console
from charplay.terminal.render.live import LiveView
from charplay.terminal.render.training import RunView
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
)
from tests.terminal.transcript import HeldBack, readable, terminal, transcript

DIGEST, OLDER = "58ee265a0d91" + "0" * 52, "aaaabbbbcccc" + "1" * 52


@pytest.fixture
def seen(home):
    return partial(transcript, home)


@pytest.fixture(autouse=True)
def drawn_when_told(monkeypatch):
    """A live view that is drawn at its end and around what lasts, not ten times a second."""
    monkeypatch.setattr(live, "_SECONDS", 3600)


RUN = TrainingRun("birds", TextChoice("wings"), "numpy")
STARTED = Started("birds", "wings", "names", 15_151, 1_714, 27, 7_643, 1200)
PROGRESS = Progress(300, 1200, 1004, 1.8123, 1.9234, 563_091.4, 2.5, 75.0)
EVALUATED = Evaluated(75, 1.9042, True)
SAMPLED = Sampled(75, ("Tyr", "Od\nin", "c", "d", "e", "f", "g"))
FINISHED = Finished(1200, "done", 1.5694, 1.7051, "best", 7.5)
KEPT = Kept("a bird", DIGEST)


def training(*events, notes=(), waits=False):
    run = replace(RUN, notes=notes) if notes else RUN
    return Training(iter(events), 3, run, waits)


def view(*events, decides="held out"):
    """What is known of a run after some events."""
    found = RunView(CurveReader.of_run(RUN), decides=decides)
    for event in events:
        found.take(event)
    return found


# The live view.


def test_before_the_first_update_a_live_view_says_that_it_starts(seen):
    assert seen(lambda console: console.print(view())) == "⟨dim⟩starting …⟨⟩\n"


def test_the_live_view_has_a_bar_its_place_its_losses_and_samples(seen):
    now = view(STARTED, PROGRESS, EVALUATED, SAMPLED)
    shown = """\
⟨#f92672⟩━━━━━━━━━━━━━━⟨⟩⟨237⟩╺⟨⟩⟨237⟩━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━⟨⟩ 1 min 15 s left
update 300 of 1,200, epoch 1,004, 563,091 characters a second
loss 1.812, smoothed 1.923, held out 1.904 (best 1.904) nats per
character
⟨dim⟩samples  Tyr  Od ⏎ in  c  d  e  f⟨⟩
⟨dim⟩Ctrl-C stops with a checkpoint⟨⟩
"""
    assert seen(lambda console: console.print(now), 72) == shown


def test_a_live_view_of_few_columns_and_of_parts(seen):
    now = view(replace(PROGRESS, part=2, parts=3, update=1200))
    shown = """\
━━━━━━━━━━━━━━━━━━━━━━━━ 1 min 15 s left
part 2 of 3, update 1,200 of 1,200,
epoch 1,004, 563,091 characters a second
loss 1.812, smoothed 1.923 nats per
character
Ctrl-C stops with a checkpoint
"""
    assert seen(lambda console: console.print(now), 40, NO_COLOR="1") == shown


def test_the_bar_gives_way_to_the_time_that_is_left(seen):
    shown = """\
━    1 min 15 s left
update 300 of 1,200,
epoch 1,004, 563,091
characters a second
loss 1.812, smoothed
1.923 nats per
character
Ctrl-C stops with a
checkpoint
"""
    assert seen(lambda console: console.print(view(PROGRESS)), 20, NO_COLOR="1") == shown


def test_a_part_is_told_where_there_are_several():
    assert view(replace(PROGRESS, part=1, parts=1)).position().startswith("update 300 of")
    assert view(replace(PROGRESS, part=1, parts=2)).position().startswith("part 1 of 2, update 300")


def test_a_loss_that_is_not_the_best_is_shown_beside_the_best():
    now = view(PROGRESS, EVALUATED, Evaluated(150, 2.5, False), decides="validation")
    assert now.losses() == (
        "loss 1.812, smoothed 1.923, validation 2.500 (best 1.904) nats per character"
    )
    assert view(PROGRESS).losses() == "loss 1.812, smoothed 1.923 nats per character"


def test_what_a_run_told_first_is_nothing_before_there_is_progress():
    assert (view().position(), view().losses(), view().line_is_due()) == ("", "", False)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.9, "stopping with a checkpoint; Ctrl-C again ends at once"),
        (1.0, "stopping with a checkpoint, which may take 1.0 s; Ctrl-C again ends at once"),
    ],
)
def test_a_stop_that_takes_long_says_how_long(seconds, words):
    assert view().ctrl_c() == "Ctrl-C stops with a checkpoint"
    assert view(StopAsked(seconds)).ctrl_c() == words


def test_a_run_was_stopped_if_it_kept_a_model_and_can_go_on():
    stopped = replace(FINISHED, reason="stopped")
    assert [view(*events).was_stopped for events in (
        (KEPT,), (stopped, KEPT), (FINISHED, KEPT), (stopped,), (),
    )] == [True, True, False, False, False]  # fmt: skip


def test_a_line_is_due_once_a_second():
    now = view()
    due = []
    for elapsed in (0.0, 0.5, 0.99, 1.0, 1.5, 2.0):
        now.take(replace(PROGRESS, elapsed=elapsed))
        due.append(now.line_is_due())
    assert due == [True, False, False, True, False, True]


def test_a_view_is_drawn_over_itself_and_wiped_at_the_end(home):
    console = make_console(terminal(home, 12))
    with LiveView(console, Text("one two three")):
        console.file.write("|")
    shown = """\
⟨?25l⟩|⟨?7l⟩one two ⟨K⟩
three⟨J⟩⟨return⟩⟨1A⟩⟨?7h⟩⟨J⟩⟨?25h⟩"""
    assert readable(console.file.getvalue()) == shown


def test_a_view_of_one_line_does_not_go_up(home):
    console = make_console(terminal(home, 12))
    LiveView(console, Text("one")).draw()
    assert readable(console.file.getvalue()) == "⟨?7l⟩one⟨J⟩⟨return⟩⟨?7h⟩"


def test_a_view_has_at_most_the_lines_and_the_columns_of_the_terminal(home):
    console = make_console(terminal(home, 1, rows=2))
    LiveView(console, Text("abc")).draw()
    shown = """\
⟨?7l⟩a⟨K⟩
b⟨J⟩⟨return⟩⟨1A⟩⟨?7h⟩"""
    assert readable(console.file.getvalue()) == shown


def test_a_view_leaves_the_last_column_free(home):
    console = make_console(terminal(home, 2))
    LiveView(console, Text("ab")).draw()
    shown = """\
⟨?7l⟩a⟨K⟩
b⟨J⟩⟨return⟩⟨1A⟩⟨?7h⟩"""
    assert readable(console.file.getvalue()) == shown


def test_a_drawing_is_seen_at_once(home):
    stream = HeldBack()
    console = make_console(replace(terminal(home), stdout=stream))
    LiveView(console, Text("view")).draw()
    assert readable(stream.shown) == "⟨?7l⟩view⟨J⟩⟨return⟩⟨?7h⟩"


def test_lines_that_stay_are_printed_above_a_view(home):
    console = make_console(terminal(home, 12))
    with LiveView(console, Text("view")) as drawn, drawn.aside():
        console.print("stays")
    shown = """\
⟨?25l⟩⟨J⟩stays
⟨?7l⟩view⟨J⟩⟨return⟩⟨?7h⟩⟨?7l⟩view⟨J⟩⟨return⟩⟨?7h⟩⟨J⟩⟨?25h⟩"""
    assert readable(console.file.getvalue()) == shown


def test_a_view_is_drawn_again_by_itself(home, monkeypatch):
    monkeypatch.setattr(live, "_SECONDS", 0.001)
    drawn, often = [], Event()

    class Counted:
        def __rich__(self):
            drawn.append(1)
            if len(drawn) >= 3:
                often.set()
            return "view"

    with LiveView(make_console(terminal(home)), Counted()):
        assert often.wait(20)


def test_a_view_whose_terminal_is_gone_is_drawn_no_more(home, monkeypatch):
    monkeypatch.setattr(live, "_SECONDS", 0.001)
    asked = []

    class Gone:
        def __rich__(self):
            asked.append(1)
            raise OSError("gone")

    view = LiveView(make_console(terminal(home)), Gone())
    view.__enter__()
    view._thread.join(20)
    assert not view._thread.is_alive()
    with pytest.raises(OSError, match="gone"):
        view.__exit__(None, None, None)
    assert len(asked) == 2
    assert readable(view._console.file.getvalue()) == "⟨?25l⟩⟨J⟩⟨?25h⟩"


def test_the_thread_that_draws_a_view_keeps_no_process_alive_and_is_over_after_it(
    home, monkeypatch
):
    waited_for = []

    class Watched(Thread):
        def join(self, timeout=None):
            super().join(timeout)
            waited_for.append((self.daemon, self.is_alive()))

    monkeypatch.setattr(live, "Thread", Watched)
    with LiveView(make_console(terminal(home)), Text("view")):
        pass
    assert waited_for == [(True, False)]


# To its end.


def test_a_training_on_a_terminal_as_it_is_seen(seen):
    events = (STARTED, PROGRESS, Reported(9, "line 9", ("Tyr", "Odin")), SAMPLED, FINISHED, KEPT)
    shown = """\
⟨dim⟩note: first⟨⟩
⟨dim⟩note: second⟨⟩
⟨?25l⟩⟨J⟩training ⟨bold⟩birds⟨⟩ on wings (names): 15,151 characters, 1,714
held out, 27 distinct, 7,643 weights
⟨?7l⟩⟨dim⟩starting …⟨⟩⟨J⟩⟨return⟩⟨?7h⟩⟨J⟩line 9

Tyr
Odin

⟨?7l⟩⟨#f92672⟩━━━━━━━━━━⟨⟩⟨#f92672⟩╸⟨⟩⟨237⟩━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━⟨⟩ 1 min 15 s left⟨K⟩
update 300 of 1,200, epoch 1,004, 563,091 characters a ⟨K⟩
second⟨K⟩
loss 1.812, smoothed 1.923 nats per character⟨K⟩
⟨dim⟩Ctrl-C stops with a checkpoint⟨⟩⟨J⟩⟨return⟩⟨4A⟩⟨?7h⟩⟨?7l⟩⟨#f92672⟩━━━━━━━━━━⟨⟩⟨#f92672⟩╸⟨⟩⟨237⟩━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━⟨⟩ 1 min 15 s left⟨K⟩
update 300 of 1,200, epoch 1,004, 563,091 characters a ⟨K⟩
second⟨K⟩
loss 1.812, smoothed 1.923 nats per character⟨K⟩
⟨dim⟩samples  Tyr  Od ⏎ in  c  d  e  f⟨⟩⟨K⟩
⟨dim⟩Ctrl-C stops with a checkpoint⟨⟩⟨J⟩⟨return⟩⟨5A⟩⟨?7h⟩⟨J⟩⟨?25h⟩1,200 updates in 7.5 s. Held-out loss 1.705 nats per
character (training 1.569)
samples: Tyr  Od ⏎ in  c  d  e  f
⟨bold⟩a bird⟨⟩ is in the library (58ee265a0d91)
"""
    assert seen(training(*events, notes=("first", "second")), 60) == shown


def test_a_training_without_a_terminal_as_it_is_seen(seen):
    events = (
        replace(STARTED, held_out=0, model_size="2 layers", texts=("a", "a", "b")),
        replace(PROGRESS, update=1, elapsed=0.2, remaining=3.0),
        SAMPLED,
        replace(PROGRESS, update=2, elapsed=0.9),
        replace(PROGRESS, update=3, elapsed=1.3),
        Reported(9, "line 9"),
        StopAsked(12),
        replace(FINISHED, reason="stopped", update=1),
        KEPT,
    )
    shown = """\
training birds on a, then b (names): 15,151 characters, 27 distinct, 2 layers
update 1 of 1,200, epoch 1,004, 563,091 characters a second, loss 1.812, smoothed 1.923 nats per character
update 3 of 1,200, epoch 1,004, 563,091 characters a second, loss 1.812, smoothed 1.923 nats per character
  Tyr  Od ⏎ in  c  d  e  f
line 9
stopped as you asked after 1 update in 7.5 s. Held-out loss 1.705 nats per character (training 1.569)
samples: Tyr  Od ⏎ in  c  d  e  f
a bird is in the library (58ee265a0d91)
:model 'a bird' talks to it
beside:
stopping with a checkpoint, which may take 12 s; Ctrl-C again ends at once
:jobs resume 3 goes on
"""
    assert seen(training(*events, waits=True), None) == shown


def test_a_training_on_a_narrow_screen_that_draws_nothing_again_is_lines_that_go_on(seen):
    samples = replace(SAMPLED, texts=("a name of many words", "another name of many words"))
    events = (STARTED, samples, PROGRESS, StopAsked(0.5), KEPT)
    shown = """\
training ⟨bold⟩birds⟨⟩ on wings (names): 15,151
characters, 1,714 held out, 27 distinct,
7,643 weights
update 300 of 1,200, epoch 1,004, 563,091 characters a second, loss 1.812, smoothed 1.923 nats per character
  a name of many words  another name of many words
stopping with a checkpoint; Ctrl-C again ends at once
⟨bold⟩a bird⟨⟩ is in the library (58ee265a0d91)
:jobs resume 3 goes on
"""
    assert seen(training(*events), 40, interface=Interface(plain=True)) == shown


def test_a_model_of_no_known_size_has_none(seen):
    said = seen(training(replace(STARTED, parameters=0, model_size="")), None)
    assert (
        said == "training birds on wings (names): 15,151 characters, 1,714 held out, 27 distinct\n"
    )


def test_a_run_whose_text_decides_on_validation_says_so(seen):
    run = replace(RUN, plan=replace(RUN.plan, inner=0.1))
    events = (STARTED, EVALUATED, PROGRESS, replace(FINISHED, best_update=75))
    assert seen(Training(iter(events), 3, run), None).splitlines()[1:] == [
        "update 300 of 1,200, epoch 1,004, 563,091 characters a second, loss 1.812, smoothed 1.923, validation 1.904 (best 1.904) nats per character",
        "1,200 updates in 7.5 s. Validation loss 1.705 nats per character (training 1.569; best after update 75)",
    ]


@pytest.mark.parametrize(
    ("finished", "words"),
    [
        ({"held_out_loss": None}, "Training loss 1.569 nats per character"),
        ({}, "Held-out loss 1.705 nats per character (training 1.569)"),
        ({"best_update": 1200}, "Held-out loss 1.705 nats per character (training 1.569)"),
        (
            {"best_update": 1100},
            "Held-out loss 1.705 nats per character (training 1.569; best after update 1,100)",
        ),
    ],
)
def test_the_losses_in_which_a_run_ended(seen, finished, words):
    said = seen(training(replace(FINISHED, **finished)), None)
    assert said == f"1,200 updates in 7.5 s. {words}\n"


def test_a_measured_loss_stands_alone_where_nothing_was_counted(seen):
    said = seen(training(FINISHED, Measured(1.5)), None)
    assert said == "1,200 updates in 7.5 s. Held-out loss 1.500 nats per character\n"


def test_a_model_that_takes_a_name_says_what_had_it(seen):
    hides = replace(KEPT, name="birds", hides_shipped=True)
    shown = """\
birds is in the library (58ee265a0d91)
beside:
it hides the shipped birds; :models remove birds brings that back
:jobs resume 3 goes on
"""
    assert seen(training(hides), None) == shown
    replaces = replace(KEPT, replaced=OLDER)
    shown = """\
⟨?25l⟩⟨?7l⟩⟨dim⟩starting …⟨⟩⟨J⟩⟨return⟩⟨?7h⟩⟨J⟩⟨?25h⟩1,200 updates in 7.5 s. Held-out loss 1.705 nats per character (training 1.569)
⟨bold⟩a bird⟨⟩ is in the library (58ee265a0d91)
it replaces one; :model aaaabbbbcccc still opens that one
"""
    assert seen(training(FINISHED, replaces), 80) == shown
    known = replace(replaces, replaced_corpus="wings", replaced_loss=1.25)
    assert "it replaces one trained on wings, held-out loss 1.250; :model aaaabbbbcccc" in seen(
        training(known), 120
    )
