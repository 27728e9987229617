"""How values look: 80 columns, black and white, and nothing foreign acts on the terminal."""

import json
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from charplay.commands.corpora import CORPUS_COLUMNS, CorpusRow
from charplay.commands.generating import StreamedAnswer, StreamedNames
from charplay.commands.models import MODEL_COLUMNS, CurrentModel, ModelRow
from charplay.commands.results import Table
from charplay.commands.training import Training
from charplay.generation.answers import Answers, AnswerStarted, AnswerText, NamesAnswered
from charplay.generation.generator import Answer
from charplay.plan import TextChoice, TrainingRun
from charplay.terminal.cli import run
from charplay.terminal.render.console import VisiblePieces, make_console, visible
from charplay.terminal.render.position import shorten_line
from charplay.terminal.render.views import show
from charplay.training.events import (
    Checkpointed,
    Evaluated,
    Finished,
    Kept,
    Measured,
    Progress,
    Reported,
    Sampled,
    Started,
)
from tests.terminal.screen import Screen

ESCAPES = "\x1b[31mRed\x1b[0m\x07\b\x7f\x00"
C1 = "\x9b31m\x90\x85"
BIDI = "\u202e\u2066\u200f"
NASTY = ESCAPES + C1 + BIDI
LISTINGS = [("models",), ("corpora",), ("backends",), ("recipes",), ("set",), ("help", "making")]

MODEL = ModelRow(
    current=True,
    model="dinosaurs",
    kind="names",
    backend="numpy",
    recipe="dinosaurs",
    loss=1.5694,
    held_out_loss=1.7051,
    size=31_650,
    made="2026-01-02T00:00:00+00:00",
    state="own",
    digest="58ee265a0d91" + "0" * 52,
)


@pytest.fixture
def shown(world):
    """What a value looks like."""

    def show_value(value, **more):
        environment = world(**more)
        show(value, make_console(environment))
        return environment.stdout.getvalue()

    return show_value


def models(*rows):
    return Table(rows, MODEL_COLUMNS)


def current_model(model="dinosaurs", backend="numpy", held_out_loss=None):
    return CurrentModel(model, "names", backend, 7643, "7,643 weights", held_out_loss)


def answers(*texts, model="dinosaurs", prompt="", notices=(), interrupted=False):
    events = [
        AnswerStarted(model, "names", 7, prompt, notices),
        *(Answer(text, 7, n, "end") for n, text in enumerate(texts, start=1)),
        NamesAnswered(notices, interrupted),
    ]
    return StreamedNames(iter(events), model, 7, prompt, len(texts), len(texts))


def spoken(prompt, text):
    events = [
        AnswerStarted("shakespeare", "prose", 7, prompt),
        *(AnswerText(1, character) for character in text),
        Answers("shakespeare", 7, prompt, (Answer(text, 7, 1, "length"),)),
    ]
    return StreamedAnswer(iter(events))


def stripped(text):
    """Lines without the blanks that fill a table's last column."""
    return [line.rstrip() for line in text.splitlines()]


def assert_acts_on_nothing(text):
    """Whether a terminal would print it, and do nothing else."""
    for character in text:
        assert character == "\n" or visible(character) == character, repr(text)


def test_names_stand_in_a_column_beside_what_brings_each_back(shown):
    assert stripped(shown(answers("Triinas", "Digoatmon", "Heubreisaurus"))) == [
        "Triinas         7/1",
        "Digoatmon       7/2",
        "Heubreisaurus   7/3",
    ]


def test_names_that_were_stopped_say_so(shown):
    lines = stripped(shown(answers("Triinas", interrupted=True)))
    assert lines == ["Triinas   7/1", "stopped after 1"]


def test_a_notice_comes_before_the_names(shown):
    lines = stripped(shown(answers("Tyr", notices=("left out, unknown to this model: 7",))))
    assert lines == ["note: left out, unknown to this model: 7", "Tyr   7/1"]


def test_prose_follows_its_prompt_and_what_brings_it_back_stands_below(shown):
    assert stripped(shown(spoken("Shall I ", "compare\nthee"))) == [
        "Shall I compare",
        "thee",
        "shakespeare · 7/1",
    ]


def test_prose_that_ends_its_line_gets_no_empty_one(shown):
    lines = stripped(shown(spoken("", "compare\n")))
    assert lines == ["compare", "shakespeare · 7/1"]


def test_the_table_of_models_has_units_and_its_numbers_stand_right(shown):
    friend = replace(MODEL, model="mine", current=False, recipe=None, held_out_loss=None)
    friend = replace(friend, size=1_234_567, digest="0" * 64)
    assert stripped(shown(models(replace(MODEL, recipe="birds"), friend))) == [
        "                                 held out loss        size",
        "    model       kind    recipe       nats/char       bytes   state   digest",
        "─" * 81,
        "*   dinosaurs   names   birds            1.705      31,650   own     58ee265a0d91",
        "    mine        names   –                    –   1,234,567   own     000000000000",
    ]


def test_the_names_of_shipped_recipes_stand_whole_in_the_table_of_models(shown):
    """A name that is broken over two lines cannot be typed again."""
    rows = (MODEL, replace(MODEL, model="course-dinosaurs", recipe="course-dinosaurs"))
    assert shown(models(*rows)).count("course-dinosaurs") == 2


def test_a_broken_model_does_not_hide_the_others(shown):
    broken = ModelRow(
        False, "broken", "", "", None, None, None, 0, "", "broken", "0" * 64,
        fault="/home/somebody/.local/share/charplay/models/" + "0" * 64
        + ".safetensors is not a whole model file (MetadataIncompleteBuffer)",
    )  # fmt: skip
    said = shown(models(MODEL, broken))
    assert "dinosaurs" in said
    assert "broken" in said
    assert "58ee265a" in said
    assert "not a whole model file" in " ".join(said.split())


def test_the_model_chosen_is_told_in_a_line(shown):
    assert shown(current_model(held_out_loss=1.7051)) == (
        "dinosaurs (names, numpy, 7,643 weights, held-out loss 1.705 nats per character)\n"
    )


def test_a_new_library_shows_the_shipped_models(charplay):
    said = charplay("models")
    assert (said.status, said.err) == (0, "")
    shipped = [line.split()[0] for line in said.lines if "   shipped   " in line]
    assert shipped == ["dinosaurs", "drugs", "firstnames", "shakespeare", "surnames"]


def test_an_empty_table_shows_what_it_was_told_to(shown):
    assert shown(Table((), (), "there is no [corpus]")) == "there is no [corpus]\n"


def test_a_command_in_the_note_of_a_table_is_shown_as_it_is_typed(shown):
    assert shown(Table((), (), "`train FILE` makes one")) == ":train FILE makes one\n"
    said = shown(Table((MODEL,), MODEL_COLUMNS, note="`models show NAME` tells more"))
    assert said.endswith("\n:models show NAME tells more\n")


FOLDED = ("names dinosaurs --ends zzq -n 2", "kept", "models rename x y", "names -n 2 --seed oops")


@pytest.mark.parametrize("line", FOLDED)
@pytest.mark.parametrize("columns", [40, 20])
def test_what_is_told_folds_between_words_and_stays_one_line_in_a_pipe(world, line, columns):
    piped, screen = world(), Screen(columns)
    status = run(line.split(), piped)
    narrow = replace(
        world(tty=True, TERM="xterm", NO_COLOR="1"),
        stdout=screen, stderr=screen, terminal_size=screen.size,
    )  # fmt: skip
    assert run(line.split(), narrow) == status
    told = piped.stderr.getvalue()
    assert told.count("\n") <= 2
    assert " ".join(screen.lines).split() == told.split()


def test_control_characters_are_made_visible():
    assert visible(ESCAPES) == "␛[31mRed␛[0m␇␈␡␀"
    assert visible(C1) == "<U+009B>31m<U+0090><U+0085>"
    assert visible(BIDI) == "<U+202E><U+2066><U+200F>"
    assert visible("a\ud800b") == "a<U+D800>b"
    assert visible("Shall I\n\tcompare – thee? 恐竜 é") == "Shall I\n\tcompare – thee? 恐竜 é"


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_a_joiner_is_printed_as_it_is_inside_a_word_and_made_visible_elsewhere(shown, joiner):
    word, sign = f"می{joiner}نا", f"<U+{ord(joiner):04X}>"
    assert shown(answers(word)).split()[0] == word
    edges = f"{joiner}می {joiner}"
    assert visible(edges) == f"{sign}می {sign}"
    assert shown(spoken(word, f"{word}{joiner}")).startswith(f"{word}{word}{sign}\n")


def test_text_that_comes_in_pieces_is_made_visible_as_when_it_comes_at_once():
    text = f"{ESCAPES}a\u200cb\u200c\u200dc \u200c{BIDI}d\u200d"
    for size in (1, 2, 3, 50):
        pieces = VisiblePieces()
        parts = [pieces.add(text[i : i + size]) for i in range(0, len(text), size)]
        assert "".join(parts) + pieces.end() == visible(text)


CORPUS = CorpusRow(NASTY, "names", 2, 27, NASTY, NASTY, NASTY, "own", NASTY)
FOREIGN = {
    "answers": lambda: answers(NASTY, notices=(NASTY,)),
    "a prompt": lambda: answers("x", model=NASTY, prompt=NASTY),
    "prose": lambda: spoken(NASTY, NASTY),
    "a model": lambda: models(replace(MODEL, model=NASTY, recipe=NASTY)),
    "a model's fault": lambda: models(replace(MODEL, fault=NASTY)),
    "a corpus": lambda: Table((CORPUS,), CORPUS_COLUMNS),
    "the note of a table": lambda: Table((CORPUS,), CORPUS_COLUMNS, note=NASTY),
    "an empty table": lambda: Table((), (), NASTY),
    "the model chosen": lambda: current_model(NASTY),
    "its backend": lambda: current_model(backend=NASTY),
    "samples": lambda: training(PROGRESS, Sampled(1, (NASTY, NASTY)), FINISHED),
    "an exercise's lines": lambda: training(Reported(1, NASTY, (NASTY,))),
    "what training begins on": lambda: training(replace(STARTED, name=NASTY, corpus=NASTY)),
    "a text of a stage": lambda: training(replace(STARTED, texts=(NASTY,))),
    "what training keeps": lambda: training(Kept(NASTY, "0" * 64)),
}


@pytest.mark.parametrize("value", FOREIGN.values(), ids=FOREIGN.keys())
def test_nothing_foreign_acts_on_the_terminal(shown, value):
    assert_acts_on_nothing(shown(value()))


MARKUP = "[bold]x[/bold] [/] :smile: [link=http://x]y[/link] \\[red]"


MARKED = {
    "an answer": lambda: answers(MARKUP),
    "a notice": lambda: answers("x", notices=(MARKUP,)),
    "a prompt": lambda: spoken(MARKUP, "x"),
    "prose": lambda: spoken("x", MARKUP),
    "the model chosen": lambda: current_model(MARKUP),
    "samples": lambda: training(PROGRESS, Sampled(1, (MARKUP,)), FINISHED),
    "an exercise's line": lambda: training(Reported(1, MARKUP)),
    "what training keeps": lambda: training(Kept(MARKUP, "0" * 64)),
}


@pytest.mark.parametrize("value", MARKED.values(), ids=MARKED.keys())
def test_markup_in_data_is_only_text(shown, value):
    assert MARKUP in shown(value())


def test_markup_in_a_cell_of_a_table_is_only_text(shown):
    said = shown(models(replace(MODEL, model="[bold]x[/]", recipe=":smile:")))
    assert "[bold]x[/]" in said
    assert ":smile:" in said


def test_an_error_shows_what_was_typed_without_letting_it_act(charplay, with_model):
    for word in (NASTY, f"/{NASTY}/x", f"@{NASTY}", MARKUP):
        for words in (("names", word), ("sample", "--prompt", word), ("train", word), (word,)):
            said = charplay(*words)
            assert_acts_on_nothing(said.out + said.err)


def test_a_corpus_full_of_control_characters_trains_and_shows_them_made_visible(charplay, tmp_path):
    path = tmp_path / "nasty.txt"
    path.write_text("".join(f"n{i}\x1b[2J\x9b\u202e\x07[bold]\n" for i in range(40)), "utf-8")
    said = charplay("train", path, "--kind", "prose", "--updates", "3")
    assert (said.status, said.err) == (0, "")
    assert_acts_on_nothing(said.out)
    said = charplay("sample", "nasty", "--max-chars", "300", "--seed", "1")
    assert_acts_on_nothing(said.out)
    assert "␛" in said.out


def has_escapes(text):
    return "\x1b" in text


@pytest.mark.parametrize("words", [("models",), ("names",), ("help",), ("nonsense",)])
@pytest.mark.parametrize(
    ("why", "more"),
    [
        ("not a terminal", {}),
        ("NO_COLOR", {"tty": True, "TERM": "xterm-256color", "NO_COLOR": "1"}),
        ("a dumb terminal", {"tty": True, "TERM": "dumb"}),
    ],
)
def test_there_are_no_escape_codes_where_none_are_wanted(charplay, with_model, words, why, more):
    said = charplay(*words, **more)
    assert said.out + said.err
    assert not has_escapes(said.out + said.err), why


@pytest.mark.parametrize("words", [("models",), ("corpora",), ("recipes",), ("names", "--seed=7")])
def test_a_terminal_gets_some_decoration_and_the_same_words(charplay, with_model, words):
    decorated = charplay(*words, tty=True, TERM="xterm-256color", COLUMNS="300").out
    assert has_escapes(decorated)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", decorated)
    assert stripped(plain) == stripped(charplay(*words).told)


def test_training_on_a_dumb_terminal_or_no_terminal_writes_plain_lines(charplay):
    for more in ({}, {"tty": True, "TERM": "dumb"}):
        said = charplay("train", "dinosaurs", "--epochs", "1", **more)
        assert said.status == 0
        assert not has_escapes(said.out + said.err)
        assert "\r" not in said.out


@pytest.mark.parametrize("term", ["dumb", "xterm-256color"])
@pytest.mark.parametrize("words", LISTINGS)
def test_no_table_is_wider_than_80_columns_and_none_is_cut_at_them(
    charplay, with_model, words, term
):
    said = charplay(*words, tty=True, TERM=term, NO_COLOR="1")
    assert said.status == 0
    assert max(map(cell_len, said.lines)) <= 80
    assert last_column(said) == last_column(charplay(*words))


def last_column(said):
    """The text of a table's last column, its header included, without the blanks in it."""
    rule = next(n for n, line in enumerate(said.lines) if set(line.strip()) == {"─"})
    start = said.lines[rule - 1].rstrip().rindex("  ") + 2
    shown = [line[start:] for line in said.lines[rule - 1 :] if "─" not in line]
    return "".join("".join(shown).split())


def test_a_pipe_gets_every_column_however_wide_the_table_is(shown):
    said = shown(models(MODEL))
    for header in ("model", "kind", "recipe", "held out loss", "size", "state", "digest"):
        assert header in said


def test_a_narrow_terminal_loses_the_columns_that_matter_least(shown):
    lines = shown(models(MODEL), tty=True, TERM="dumb", COLUMNS="60").splitlines()
    assert max(map(cell_len, lines)) <= 60
    said = "\n".join(lines)
    assert all(word in said for word in ("dinosaurs", "1.705", "own", "58ee265a0d91"))
    assert "31,650" not in said


def test_help_is_not_wider_than_80_columns(charplay):
    commands = [row["command"] for row in json.loads(charplay("help", "--format", "json").out)]
    for words in [("--help",), *(("help", command) for command in commands)]:
        said = charplay(*words, tty=True, TERM="dumb")
        assert max(map(cell_len, said.lines)) <= 80, words


@pytest.mark.parametrize("tty", [False, True])
def test_wide_and_combining_characters_align_and_do_not_break_a_table(shown, tty):
    texts = ("恐竜", "e\u0301" * 10, "Tyr", "恐" * 60, "x" * 200, "🦖")
    lines = shown(answers(*texts), tty=tty, TERM="dumb").splitlines()
    assert max(map(cell_len, lines)) == (80 if tty else 206)
    labels = [line for line in lines if re.search(r" 7/\d$", line.rstrip())]
    assert len(labels) == len(texts)
    # What stands left of each label takes the same number of columns.
    assert len({cell_len(line[: line.index("7/")]) for line in labels}) == 1
    assert "".join(lines).count("恐") == 61
    assert "".join(lines).count("x") == 200


def test_long_names_of_models_and_recipes_leave_every_column_readable(shown):
    row = replace(MODEL, model="恐竜" * 15, recipe="a-recipe-with-a-name-that-goes-on-and-on")
    lines = shown(models(row), tty=True, TERM="dumb").splitlines()
    assert max(map(cell_len, lines)) <= 80
    said = "\n".join(lines)
    assert "58ee265a" in said
    assert "1.705" in said
    assert said.count("恐") == 15


RUN = TrainingRun("dinosaurs", TextChoice("dinosaurs"), "numpy")
STARTED = Started("dinosaurs", "dinosaurs", "names", 15_151, 1_714, 27, 7_643, 900)
PROGRESS = Progress(300, 900, 4, 1.8123, 1.9234, 563_091.4, 2.5, 5.0)
FINISHED = Finished(900, "done", 1.5694, 1.7051, "best", 7.5)


def training(*events):
    return Training(iter([STARTED, *events]), 3, RUN)


def test_training_in_stages_names_every_text_in_its_turn(shown):
    staged = replace(STARTED, corpus="sonnets", texts=("plays", "plays", "sonnets"))
    said = shown(Training(iter([staged]), 3, RUN))
    assert said.startswith("training dinosaurs on plays, then sonnets (names): 15,151 characters")


def test_training_without_a_terminal_is_lines_with_units(shown):
    said = shown(
        training(
            replace(PROGRESS, update=1, epoch=1, elapsed=0.1),
            Evaluated(75, 1.9042, True),
            Checkpointed(75, "best"),
            Sampled(75, ("Atrosaurus", "Erin\noseurus")),
            PROGRESS,
            FINISHED,
            Kept("dinosaurs", "58ee265a0d91" + "0" * 52),
        )
    )
    assert said.splitlines() == [
        "training dinosaurs on dinosaurs (names): 15,151 characters, 1,714 held out, "
        "27 distinct, 7,643 weights",
        "update 1 of 900, epoch 1, 563,091 characters a second, "
        "loss 1.812, smoothed 1.923 nats per character",
        "update 300 of 900, epoch 4, 563,091 characters a second, "
        "loss 1.812, smoothed 1.923, held out 1.904 (best 1.904) nats per character",
        "  Atrosaurus  Erin ⏎ oseurus",
        "900 updates in 7.5 s. Held-out loss 1.705 nats per character (training 1.569)",
        "samples: Atrosaurus  Erin ⏎ oseurus",
        "dinosaurs is in the library (58ee265a0d91)",
    ]


def test_lines_of_an_exercise_are_shown_as_they_are(shown):
    said = shown(training(Reported(1, "Iteration: 0, Loss: 23.087336", ("Nkzxw", "Kneb"))))
    assert said.splitlines()[1:] == ["Iteration: 0, Loss: 23.087336", "", "Nkzxw", "Kneb", ""]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("done", "\n900 updates in 7.5 s. Held-out loss"),
        (
            "patience",
            "stopped early after 900 updates in 7.5 s, no longer improving. Held-out loss",
        ),
        ("stopped", "stopped as you asked after 900 updates in 7.5 s. Held-out loss"),
    ],
)
def test_the_end_of_training_says_why_it_ended(shown, reason, words):
    assert words in shown(training(replace(FINISHED, reason=reason)))


KEPT = Kept("dinosaurs", "58ee265a0d91")


@pytest.mark.parametrize(
    ("events", "goes_on"),
    [
        ((replace(FINISHED, reason="stopped"), KEPT), True),
        ((KEPT,), True),  # ended at once, its last checkpoint kept
        ((FINISHED, KEPT), False),
        ((replace(FINISHED, reason="patience"), KEPT), False),
        ((), False),
    ],
)
def test_the_end_of_a_run_that_was_stopped_says_how_it_goes_on(shown, events, goes_on):
    assert ("jobs resume 3 goes on" in shown(training(*events))) is goes_on


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (1.5, "25 % better than counting"),
        (2.0, "about as good as counting"),
        (2.2, "10 % worse than counting"),
        (60.0, "far worse than counting"),
    ],
)
def test_the_end_of_training_says_how_it_compares_with_counting(shown, loss, words):
    assert f", {words}\n" in shown(training(FINISHED, Measured(loss, 2.0, 5)))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.84, "0.8 s"), (14.2, "14 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")],
)
def test_times_are_in_units_that_a_person_reads(shown, seconds, words):
    assert f"updates in {words}. Held-out loss" in shown(
        training(replace(FINISHED, elapsed=seconds))
    )


def test_the_live_view_of_a_terminal_ends_with_the_same_lines(shown):
    said = shown(
        training(PROGRESS, FINISHED, Kept("dinosaurs", "58ee265a0d91")),
        tty=True,
        TERM="xterm-256color",
    )
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said)
    assert (
        "900 updates in 7.5 s. Held-out loss 1.705 nats per character (training 1.569)\n" in plain
    )
    assert plain.endswith("dinosaurs is in the library (58ee265a0d91)\n")
    # The cursor that a live view hides is there again.
    assert said.rfind("\x1b[?25h") > said.rfind("\x1b[?25l")


def test_the_live_view_tells_how_far_it_is_and_how_to_stop(shown):
    said = shown(training(Evaluated(75, 1.9042, True), PROGRESS), tty=True, TERM="xterm-256color")
    assert "5.0 s left" in said
    assert "update 300 of 900, epoch 4, 563,091 characters a second" in said
    assert "loss 1.812, smoothed 1.923, held out 1.904 (best 1.904) nats per character" in said
    assert "Ctrl-C stops with a checkpoint" in said


@pytest.mark.parametrize("end", [True, False])
def test_a_line_of_a_megabyte_is_shortened_at_once(end):
    shown = shorten_line("ab" * 500_000 + "e\u0301" * 5, 20, end)
    assert shown == ("…" + "ab" * 7 + "e\u0301" * 5 if end else "ab" * 9 + "a…")
