"""Models that are chosen from, trained for classes, or copy, as they are seen."""

# ruff: noqa: E501  # what is seen stands here as it is seen

from dataclasses import replace
from functools import partial

import pytest

from charplay.commands.class_training import ClassTrained, ClassTraining
from charplay.insight.classify import Classified, ClassShare, ClassTest, ConfusionCell
from charplay.insight.memorised import CopiedShare, Memorised
from charplay.terminal.render.studies import verdict_lines
from tests.terminal.transcript import transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


CLASSES = (ClassShare("birds", 0.75, 0.5, 1.25), ClassShare("fish", 0.25, 0.5, 2.5))
CLASSIFIED = Classified("Tyr \n", CLASSES, ("one",))


def test_each_class_has_its_probability_and_a_bar(seen):
    shown = """\
⟨dim⟩note: one⟨⟩
Tyr ⏎
⟨bold⟩        probability              prior        loss⟨⟩
⟨bold⟩model   %                            %   nats/char⟨⟩
──────────────────────────────────────────────────
birds    75.00 ███████████████    50.0       1.250
fish     25.00 █████              50.0       2.500
"""
    assert seen(CLASSIFIED) == shown


@pytest.mark.parametrize(("columns", "bars"), [(61, True), (60, False)])
def test_there_are_bars_where_they_have_room(seen, columns, bars):
    assert ("█" in seen(CLASSIFIED, columns)) is bars


def test_classes_on_a_narrow_screen(seen):
    wide = replace(CLASSIFIED, classes=(replace(CLASSES[0], model="a model of a long name"),))
    shown = """\
note: one
Tyr ⏎
         probability prior      loss
model    %               % nats/char
────────────────────────────────────
a model   75.00       50.0     1.250
of a
long
name
"""
    assert seen(wide, 36, NO_COLOR="1") == shown


def test_classes_on_a_very_narrow_screen_lose_their_share_of_the_texts(seen):
    wide = replace(CLASSIFIED, classes=(replace(CLASSES[0], model="a model of a long name"),))
    shown = """\
note: one
Tyr ⏎
         probability      loss
model    %           nats/char
──────────────────────────────
a model   75.00          1.250
of a
long
name
"""
    assert seen(wide, 30, NO_COLOR="1") == shown


def test_the_end_of_a_long_text_that_is_classified_fits_in_a_line(seen):
    long = replace(CLASSIFIED, text="x" * 100, notices=())
    assert seen(long, 40).splitlines()[0] == "…" + "x" * 38
    assert seen(long, None).splitlines()[0] == "…" + "x" * 78


def test_bars_are_ascii_where_there_is_nothing_else(seen):
    assert seen(CLASSIFIED, 80, TERM="linux").splitlines()[-2:] == [
        "birds    75.00 ###############    50.0       1.250",
        "fish     25.00 #####              50.0       2.500",
    ]


# Trained for classes.


def confused(*rows, notices=()):
    """A test of classes, by what the texts of each were taken for."""
    names = [f"class {n}" for n in range(len(rows))]
    cells = [ConfusionCell(a, b, n) for a, row in zip(names, rows) for b, n in zip(names, row)]
    return ClassTest(tuple(names), 1234, 0.7, 0.5, tuple(cells), notices)


def test_a_confusion_table_has_a_row_and_a_column_for_each_class(seen):
    shown = """\
⟨dim⟩note: one⟨⟩
⟨bold⟩                    right⟨⟩
⟨bold⟩class       texts       %       A   B   C⟨⟩
─────────────────────────────────────────
A class 0   1,505     100   1,500   5   –
B class 1       3      33       2   1   –
C class 2       0       –       –   –   –
70.0 % of 1,234 held-out texts were taken for their own class; always the most
common class: 50.0 %
⟨dim⟩a row tells what the texts of a class were taken for, by the letters of the ⟨⟩
⟨dim⟩classes⟨⟩
"""
    assert seen(confused((1500, 5, 0), (2, 1, 0), (0, 0, 0), notices=("one",))) == shown


def test_the_name_of_a_class_folds_to_ten_columns(seen):
    value = confused((1500, 5), (2, 1))
    value = replace(
        value,
        classes=("a class of many words", "class 1"),
        cells=tuple(
            replace(cell, actual="a class of many words") if cell.actual == "class 0" else cell
            for cell in value.cells
        ),
    )
    shown = """\
                 right
class      texts     % A B
──────────────────────────
A a class  1,505     0 – 5
of many
words
B class 1      3    33 – 1
70.0 % of 1,234 held-out
texts were taken for their
own class; always the most
common class: 50.0 %
a row tells what the texts
of a class were taken for,
by the letters of the
classes
"""
    assert seen(value, 26, NO_COLOR="1") == shown
    assert seen(value, 25, NO_COLOR="1").splitlines()[:6] == [
        "A a class of many words",
        "  texts: 1,505",
        "  right: 0",
        "  A: –",
        "  B: 5",
        "B class 1",
    ]


def test_what_no_text_was_taken_for_is_a_dash_on_the_right(seen):
    lines = seen(confused(*([1] * 26 + [0] for _ in range(27))), 200, NO_COLOR="1").splitlines()
    assert {len(line) for line in lines[1:30]} == {len(lines[2])}


TRAINED = ClassTrained("birds", 1, 2, "names", 15_151, 1.7051)


def test_the_training_of_classes_is_told_model_by_model(seen):
    events = (TRAINED, replace(TRAINED, number=2, held_out_loss=None), confused((3,)))
    value = ClassTraining(iter(events), "birds,fish", 1234, 2.5, ("one",))
    shown = """\
⟨dim⟩note: one⟨⟩
training 1,234 models, each in about 2.5 minutes
1 of 2: birds, 15,151 characters of names, held-out loss 1.705
2 of 2: birds, 15,151 characters of names, held-out loss –
⟨bold⟩                    right⟨⟩
⟨bold⟩class       texts       %   A⟨⟩
─────────────────────────────
A class 0       3     100   3
70.0 % of 1,234 held-out texts were taken for their own class; always the most
common class: 50.0 %
⟨dim⟩a row tells what the texts of a class were taken for, by the letters of the ⟨⟩
⟨dim⟩classes⟨⟩
:classify --models birds,fish TEXT chooses one of them
"""
    assert seen(value) == shown


def test_the_training_of_classes_without_a_limit_names_none(seen):
    value = ClassTraining(iter(()), "birds,fish", 2)
    shown = """\
training 2 models
charplay classify --models birds,fish TEXT chooses one of them
"""
    assert seen(value, None, prefix="charplay ") == shown


# Copies.


LEARNED = CopiedShare("temperature 1", 12_345, 0.5, 1234, 0.25, 0.125, 0.0625, ("a\nrun",))
HELD = CopiedShare("held out", 500, 0.125, 9, None, None, None, ("not told",))
COPIES = Memorised("birds", "names", 6, 7, (LEARNED, HELD), ("one",))


def test_what_samples_share_with_the_learned_text_is_told_with_a_verdict(seen):
    shown = """\
⟨dim⟩note: one⟨⟩
birds: characters of its samples in runs of 6 or more that its text has too
⟨bold⟩                             share   longest       listed     held out      at most⟨⟩
⟨bold⟩source          characters       %     chars   % of names   % of names   % of names⟨⟩
───────────────────────────────────────────────────────────────────────────────────
temperature 1       12,345    50.0     1,234         25.0         12.5          6.2
held out               500    12.5         9            –            –            –
longest at temperature 1: a⏎run
it copies at temperature 1: names that it learned come more often than those held out let expect
"""
    assert seen(COPIES, 100) == shown


def test_of_prose_there_are_no_shares_of_names(seen):
    prose = replace(LEARNED, listed=None, held_out=None, at_most=None, runs=("x" * 61,))
    shown = """\
note: one
birds: characters of its samples in runs of 6 or more that its text has
too
                             share   longest
source          characters       %     chars
────────────────────────────────────────────
temperature 1       12,345    50.0     1,234
held out               500    12.5         9
longest at temperature 1:
…xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
it copies at temperature 1: far more of it is in runs of its text than
of held-out text
"""
    assert seen(replace(COPIES, kind="prose", sources=(prose, HELD)), 72, NO_COLOR="1") == shown


def test_copies_on_a_narrow_screen_lose_what_matters_least(seen):
    shown = """\
note: one
birds: characters of its samples in runs
of 6 or more that its text has too
                         share longest
source        characters     %   chars
──────────────────────────────────────
temperature 1     12,345  50.0   1,234
longest at temperature 1: a⏎run
nothing was held out, so there is no new
text to compare with
"""
    assert seen(replace(COPIES, sources=(LEARNED,)), 40, NO_COLOR="1") == shown


def test_copies_on_a_very_narrow_screen(seen):
    value = replace(COPIES, sources=(LEARNED,), notices=())
    assert seen(value, 30, NO_COLOR="1").splitlines()[3:7] == [
        "               share  longest",
        "source             %    chars",
        "─────────────────────────────",
        "temperature 1   50.0    1,234",
    ]
    assert seen(value, 22, NO_COLOR="1").splitlines()[4:9] == [
        "         share longest",
        "source       %   chars",
        "──────────────────────",
        "temperat  50.0   1,234",
        "ure 1",
    ]


def test_a_source_without_runs_has_no_longest_one(seen):
    bare = replace(LEARNED, runs=())
    assert "longest at" not in seen(replace(COPIES, sources=(bare, HELD)))


def test_the_verdict_names_the_temperatures_at_which_a_model_copies():
    names = replace(COPIES, sources=(LEARNED, replace(LEARNED, source="temperature 2"), HELD))
    assert verdict_lines(names) == [
        "it copies at temperature 1, temperature 2: names that it learned come more often than those held out let expect"
    ]
    honest = replace(LEARNED, listed=0.0)
    assert verdict_lines(replace(COPIES, sources=(honest, HELD))) == [
        "it does not copy: names that it learned come no more often than those held out let expect"
    ]
    prose = replace(LEARNED, listed=None)
    assert verdict_lines(replace(COPIES, kind="prose", sources=(prose, HELD))) == [
        "it copies at temperature 1: far more of it is in runs of its text than of held-out text"
    ]
    shared = replace(prose, share=0.125, longest=9)
    assert verdict_lines(replace(COPIES, kind="prose", sources=(shared, HELD))) == [
        "it does not copy: its samples share little more with its text than held-out text does"
    ]
    assert verdict_lines(replace(COPIES, sources=(LEARNED,))) == [
        "nothing was held out, so there is no new text to compare with"
    ]
