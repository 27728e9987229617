"""What a conversation looks like: where an answer begins, how it ends, and what stands below it."""

import re

import pytest

from charplay.commands.generating import StreamedAnswer, StreamedNames
from charplay.generation.answers import (
    AnswerEnded,
    Answers,
    AnswerStarted,
    AnswerText,
    NamesAnswered,
)
from charplay.generation.generator import Answer
from charplay.terminal.render.console import make_console
from charplay.terminal.render.views import show
from tests.conftest import make_environment


@pytest.fixture
def written(home):
    """What is written of answers, each a text and why it stopped; `typed` is in the row above."""

    def write(*answers, prompt="Shall I", typed="", tty=True, **more):
        variables = {"TERM": "xterm" if tty else "dumb", "NO_COLOR": "1", "COLUMNS": "40"}
        environment = make_environment(home, tty=tty, **variables)
        console = make_console(environment)
        console.typed = typed
        events = [AnswerStarted("poet", "prose", 7, prompt, **more)]
        for number, (text, stopped) in enumerate(answers, start=1):
            events += [AnswerText(number, character) for character in text]
            events.append(AnswerEnded(number, stopped))
        done = (Answer(text, 7, n, stopped) for n, (text, stopped) in enumerate(answers, start=1))
        events.append(Answers("poet", 7, prompt, tuple(done)))
        show(StreamedAnswer(iter(events)), console)
        return re.sub(r"\x1b\[[012]?m", "", environment.stdout.getvalue())

    return write


def test_the_answer_goes_on_after_what_was_typed_in_the_row_above(written):
    up = "\x1b[10G\x1b[1A"
    assert written((" compare\n", "lines"), typed="Shall I") == f"{up} compare\npoet · 7/1\n"
    assert written((" compare", "stop"), typed="\\Shall I", prompt="Shall I").startswith("\x1b[11G")


def test_of_a_line_that_takes_several_rows_the_end_is_in_the_last(written):
    line = "x" * 50
    assert written(("y\n", "lines"), typed=line, prompt=line).startswith("\x1b[13G\x1b[1A")
    wide = "a" + "漢" * 19  # the last one has no room in the first row
    assert written(("y\n", "lines"), typed=wide, prompt=wide).startswith("\x1b[3G\x1b[1A")


@pytest.mark.parametrize(
    ("why", "more"),
    [
        ("nothing was typed", {"typed": ""}),
        ("a command was typed", {"typed": ":poem Shall I"}),
        ("a note stands between", {"typed": "Shall I", "notices": ("left out: 7",)}),
        ("the row is full", {"typed": "x" * 38, "prompt": "x" * 38}),
        ("it is not one line", {"typed": "a\nb", "prompt": "a\nb"}),
        ("it is no terminal", {"typed": "Shall I", "tty": False}),
    ],
)
def test_elsewhere_the_prompt_stands_before_the_answer(written, why, more):
    said = written((" compare\n", "lines"), **more)
    assert more.get("prompt", "Shall I") + " compare\n" in said, why
    assert "\x1b[1A" not in said


def test_verse_stands_in_its_frame_with_its_opening_line(written):
    said = written((" compare\n", "lines"), typed="Shall I", verse=True)
    assert "│ Shall I compare " in said
    assert "\x1b[1A" not in said


@pytest.mark.parametrize("stopped", ["length", "interrupted"])
@pytest.mark.parametrize("verse", [False, True])
def test_text_that_is_cut_short_ends_with_a_mark_on_a_screen(written, stopped, verse):
    assert "comp… " in written((" comp", stopped), verse=verse).replace("\n", " ")
    assert "…" not in written((" comp", stopped), verse=verse, tty=False)
    for whole in ("end", "lines", "stop"):
        assert "…" not in written((" comp", whole), verse=verse)


def test_several_answers_of_prose_have_a_gap_between_them(written):
    said = written((" be\n", "lines"), (" see", "stop"), (" me", "length"), tty=False)
    assert said == ("Shall I be\npoet · 7/1\n\nShall I see\npoet · 7/2\n\nShall I me\npoet · 7/3\n")


def test_a_caption_shows_what_differs_from_the_models_own(written):
    changed = {"temperature": 2.0, "top-p": 0.9, "lines": None, "capital": True}
    caption = "poet · 7/1 · temperature 2, top-p 0.9, no lines, capital"
    assert written(("x\n", "end"), changed=changed, tty=False).endswith(f"\n{caption}\n")
    framed = written(("x\n", "end"), changed={"temperature": 0.5}, verse=True)
    assert "╰─ poet · 7/1 · temperature 0.5 ───────╯" in framed


def named(*answers, **changed):
    """Names as they are drawn, with the options that differ from the model's own."""
    events = [AnswerStarted("dinosaurs", "names", 7, ""), *answers, NamesAnswered(changed=changed)]
    return StreamedNames(iter(events), "dinosaurs", 7, "", len(answers), len(answers))


def test_below_names_the_caption_stands_on_a_terminal_only(home):
    for tty in (True, False):
        environment = make_environment(home, tty=tty, TERM="dumb")
        show(named(Answer("Tyr", 7, 1, "end"), temperature=0.5), make_console(environment))
        said = environment.stdout.getvalue()
        assert said.endswith("\ndinosaurs · temperature 0.5\n" if tty else "Tyr   7/1\n")


def test_names_that_are_cut_at_their_longest_have_the_mark_too(home):
    environment = make_environment(home)
    answers = (Answer("Tyrannosau", 7, 1, "length"), Answer("Tyr", 7, 2, "end"))
    show(named(*answers), make_console(environment))
    assert environment.stdout.getvalue().split() == ["Tyrannosau…", "7/1", "Tyr", "7/2"]
