"""Texts and models beside each other as they are seen."""

# what is seen stands here as it is seen

from dataclasses import replace
from functools import partial

import pytest

from charplay.commands.settings import Interface
from charplay.insight.compare import ComparedModel, Comparison
from charplay.terminal.render.side_by_side import show_side_by_side
from tests.terminal.transcript import transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


# Side by side.


def beside(seen, titles, rows, columns, **more):
    return seen(lambda console: show_side_by_side(titles, rows, console), columns, **more)


def test_texts_stand_beside_each_other_below_their_titles(seen):
    rows = [("one", "two"), ("three", "a line\nand another")]
    shown = """\
⟨bold⟩left                 right⟨⟩
one                  two

three                a line
                     and another
"""
    assert beside(seen, ("left", "right"), rows, 40) == shown
    shown = """\
left                                     right
one                                      two
three                                    four
"""
    assert beside(seen, ("left", "right"), [("one", "two"), ("three", "four")], None) == shown


def test_rows_of_prose_are_parted_and_rows_of_names_are_not(seen):
    for text, parted in (("x" * 19, False), ("x" * 20, True), ("x\ny", True)):
        said = beside(seen, ("a", "b"), [(text, ""), ("", "z"), ("", "w")], 40)
        assert (said.count("\n\n") == 2) is parted
        assert said.startswith("⟨bold⟩a                    b⟨⟩\nx")


@pytest.mark.parametrize(("columns", "side"), [(26, True), (25, False)])
def test_columns_that_would_be_too_narrow_stand_below_each_other(seen, columns, side):
    said = beside(seen, ("a", "b"), [("x\x07", "y")], columns)
    assert said == (
        "⟨bold⟩a             b⟨⟩\nx␇            y\n" if side else "⟨bold⟩a⟨⟩\nx␇\n⟨bold⟩b⟨⟩\ny\n"
    )


def test_a_screen_reader_reads_one_text_after_the_other(seen):
    said = beside(seen, ("a", "b"), [("x", "y"), ("z", "w")], 80, interface=Interface(plain=True))
    assert said == "⟨bold⟩a⟨⟩\nx\nz\n⟨bold⟩b⟨⟩\ny\nw\n"


def test_three_columns_share_the_width_and_the_wide_ones_fold(seen):
    shown = """\
⟨bold⟩a              b              c⟨⟩
words that     漢字漢字漢字   z
fold here      漢字
"""
    assert (
        beside(seen, ("a", "b", "c"), [("words that fold here", "漢字漢字漢字漢字", "z")], 44)
        == shown
    )


# Compared.


def compared(model, texts, **more):
    known = ComparedModel(
        model, 1.0, 1.7051, 31_650, 7643, 12_345.6, 0.5, 0.25, 0.125, 0.0625, 1234, tuple(texts)
    )
    return replace(known, **more)


NAMES = [f"{letter}name" for letter in "abcdefghijkl"]
UNKNOWN = {"held_out_loss": None, "new": None, "listed": None, "held_out": None, "repeated": None}
COMPARISON = Comparison(
    "", 7, "names", (compared("birds", NAMES), compared("fish", NAMES[1:], **UNKNOWN)), ("one",)
)


def test_compared_models_show_ten_names_each_and_their_figures(seen):
    shown = """\
⟨dim⟩note: one⟨⟩
⟨bold⟩birds                                                   fish⟨⟩
aname                                                   bname
bname                                                   cname
cname                                                   dname
dname                                                   ename
ename                                                   fname
fname                                                   gname
gname                                                   hname
hname                                                   iname
iname                                                   jname
jname                                                   kname

⟨bold⟩        held out loss     size     speed   new   listed   held out   repeated⟨⟩
⟨bold⟩model       nats/char    bytes   chars/s     %        %          %          %   counted⟨⟩
───────────────────────────────────────────────────────────────────────────────────────
birds           1.705   31,650    12,346    50       25         12          6     1,234
fish                –   31,650    12,346     –        –          –          –     1,234
⟨dim⟩new, listed (learned), held out, repeated: shares of the names counted; seed 7⟨⟩
"""
    assert seen(COMPARISON, 110) == shown


def test_compared_models_in_few_columns_lose_what_matters_least(seen):
    short = replace(COMPARISON, models=tuple(replace(m, samples=()) for m in COMPARISON.models))
    shown = """\
note: one
birds                                    fish

       held out loss    size    speed  new  listed  held out  repeated
model      nats/char   bytes  chars/s    %       %         %         %  counted
───────────────────────────────────────────────────────────────────────────────
birds          1.705  31,650   12,346   50      25        12         6    1,234
fish               –  31,650   12,346    –       –         –         –    1,234
new, listed (learned), held out, repeated: shares of the names counted; seed 7
"""
    assert seen(short, 80, NO_COLOR="1") == shown
    shown = """\
note: one
birds                          fish

        held out loss   new   listed   held out   repeated
model       nats/char     %        %          %          %
──────────────────────────────────────────────────────────
birds           1.705    50       25         12          6
fish                –     –        –          –          –
new, listed (learned), held out, repeated: shares of the
names counted; seed 7
"""
    assert seen(short, 60, NO_COLOR="1") == shown
    headers = seen(short, 75, NO_COLOR="1").splitlines()[3:5]
    assert headers == [
        "       held out loss    size  new  listed  held out  repeated",
        "model      nats/char   bytes    %       %         %         %  counted",
    ]


def test_compared_models_of_prose_show_one_text_each(seen):
    value = replace(COMPARISON, kind="prose", notices=())
    said = seen(value, None)
    assert said.splitlines()[:3] == [
        "birds                                    fish",
        "aname                                    bname",
        "",
    ]
    assert (
        said.splitlines()[-1]
        == "new, listed (learned), held out, repeated: shares of the whole lines counted; seed 7"
    )


def test_the_name_of_a_compared_model_folds_to_twelve_columns(seen):
    model = compared("a-model-of-a-long-name", ())
    lines = seen(replace(COMPARISON, models=(model,)), 72, NO_COLOR="1").splitlines()
    assert lines == [
        "note: one",
        "a-model-of-a-long-name",
        "",
        "                 held out loss  new  listed  held out  repeated",
        "model                nats/char    %       %         %         %  counted",
        "────────────────────────────────────────────────────────────────────────",
        "a-model-of-a-lo          1.705   50      25        12         6    1,234",
        "ng-name",
        "new, listed (learned), held out, repeated: shares of the names counted;",
        "seed 7",
    ]


def test_the_count_gives_way_before_a_name_is_narrower_than_twelve_columns(seen):
    model = compared("a-model-of-a-long-name", ())
    value = replace(COMPARISON, models=(model,), notices=())
    lines = [seen(value, columns, NO_COLOR="1").splitlines()[3:6] for columns in (69, 68)]
    assert lines == [
        [
            "model             nats/char    %       %         %         %  counted",
            "─────────────────────────────────────────────────────────────────────",
            "a-model-of-a          1.705   50      25        12         6    1,234",
        ],
        [
            "model                     nats/char    %       %         %         %",
            "────────────────────────────────────────────────────────────────────",
            "a-model-of-a-long-na          1.705   50      25        12         6",
        ],
    ]


def test_as_many_samples_are_shown_as_each_model_has(seen):
    models = (compared("birds", NAMES[:2]), compared("fish", NAMES[:1]))
    said = seen(replace(COMPARISON, models=models, notices=()), 40, NO_COLOR="1")
    assert said.splitlines()[:3] == ["birds                fish", "aname                aname", ""]
