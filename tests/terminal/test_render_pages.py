"""Pages of models and of texts as they are seen: every word, style and break."""

from dataclasses import replace
from functools import partial

import pytest

from charplay.ancestry import Ancestor
from charplay.commands.corpora import CorpusChange
from charplay.commands.corpus_texts import CorpusPage
from charplay.commands.models import CurrentModel, ModelChange, ModelPage
from charplay.terminal.render.corpora import visible_characters
from charplay.text.description import TextDescription
from charplay.text.reading.oddities import CharacterCount
from tests.terminal.transcript import transcript

SHA = "0123456789abcdef" * 3
DIGEST = "58ee265a0d91" + "0" * 52


@pytest.fixture
def seen(home):
    return partial(transcript, home)


PAGE = ModelPage(
    model="birds",
    kind="names",
    backend="numpy",
    network={"cell": "lstm", "units": 64, "layers": [64, 64], "stages": (1, 2)},
    parameters=7643,
    model_size="7,643 weights",
    vocabulary="\nabc",
    recipe="birds",
    corpus="wings",
    corpus_sha256=SHA,
    read_as="a list of names",
    stage_texts={"plays": "1" * 8, "sonnets": "2" * 8},
    held_out_loss=1.7051,
    held_out_decided=True,
    counting_order=5,
    counting_loss=2.0,
    made="2026-01-02",
    versions={"charplay": "1.0", "numpy": "2.1"},
    again="train birds --updates 9",
    goes_on="train --resume birds",
    size=31_650,
    digest=DIGEST,
    path="/home/a/models/birds",
    facts={"shape": "two layers"},
    ancestry=(
        Ancestor("eggs", "3" * 8, "nests", "4" * 8),
        Ancestor("shells", "5" * 8, "", ""),
        Ancestor("stones", "6" * 8, "", ""),
    ),
)
BARE_PAGE = replace(
    PAGE,
    network={},
    model_size="",
    recipe=None,
    read_as="",
    stage_texts={},
    held_out_loss=None,
    counting_order=None,
    counting_loss=None,
    again="",
    goes_on="",
    facts={},
    ancestry=(),
)


def test_the_page_of_a_model_has_all_that_its_file_says(seen):
    shown = """\
⟨bold⟩birds⟨⟩
⟨dim⟩kind           ⟨⟩  names
⟨dim⟩network        ⟨⟩  numpy: cell lstm, units 64
⟨dim⟩size           ⟨⟩  7,643 weights
⟨dim⟩shape          ⟨⟩  two layers
⟨dim⟩characters     ⟨⟩  4: ⏎abc
⟨dim⟩recipe         ⟨⟩  birds
⟨dim⟩trained on     ⟨⟩  wings, sha256 0123456789abcdef0123456789abcdef0123456789abcdef
⟨dim⟩read as        ⟨⟩  a list of names
⟨dim⟩and on         ⟨⟩  plays, sha256 11111111
⟨dim⟩and on         ⟨⟩  sonnets, sha256 22222222
⟨dim⟩trained on from⟨⟩  eggs, digest 33333333, which learned nests, sha256 44444444
⟨dim⟩and that from  ⟨⟩  shells, digest 55555555
⟨dim⟩and that from  ⟨⟩  stones, digest 66666666
⟨dim⟩held-out loss  ⟨⟩  1.705 nats per character, 15 % better than counting, which also decided
⟨dim⟩best n-gram    ⟨⟩  2.000 nats per character, an n-gram of order 5
⟨dim⟩made           ⟨⟩  2026-01-02 with charplay 1.0, numpy 2.1
⟨dim⟩file           ⟨⟩  /home/a/models/birds, 31,650 bytes
⟨dim⟩digest         ⟨⟩  58ee265a0d910000000000000000000000000000000000000000000000000000
make it again: :train birds --updates 9
its run was stopped; go on: :train --resume birds
"""
    assert seen(PAGE, 160) == shown


def test_the_page_of_a_model_leaves_out_what_is_not_known(seen):
    shown = """\
birds
kind           names
network        numpy
characters     4: ⏎abc
recipe         –
trained on     wings, sha256 0123456789abcdef0123456789abcdef0123456789abcdef
held-out loss  –
made           2026-01-02 with charplay 1.0, numpy 2.1
file           /home/a/models/birds, 31,650 bytes
digest         58ee265a0d910000000000000000000000000000000000000000000000000000
"""
    assert seen(BARE_PAGE, None) == shown


def test_on_a_narrow_screen_what_is_said_of_a_model_stands_below_its_name(seen):
    page = replace(BARE_PAGE, held_out_loss=1.5, held_out_decided=False, digest="abc")
    shown = """\
⟨bold⟩birds⟨⟩
⟨dim⟩kind⟨⟩
  names
⟨dim⟩network⟨⟩
  numpy
⟨dim⟩characters⟨⟩
  4: ⏎abc
⟨dim⟩recipe⟨⟩
  –
⟨dim⟩trained on⟨⟩
  wings, sha256
  0123456789abcdef0123456789abcdef0123
  456789abcdef
⟨dim⟩held-out loss⟨⟩
  1.500 nats per character
⟨dim⟩made⟨⟩
  2026-01-02 with charplay 1.0, numpy
  2.1
⟨dim⟩file⟨⟩
  /home/a/models/birds, 31,650 bytes
⟨dim⟩digest⟨⟩
  abc
"""
    assert seen(page, 38) == shown


def test_a_page_of_a_measured_model_compares_it_with_counting_only_where_both_are_known(seen):
    known = replace(BARE_PAGE, held_out_loss=2.2, held_out_decided=False, counting_loss=2.0)
    said = seen(replace(known, counting_order=4), None)
    assert "held-out loss  2.200 nats per character, 10 % worse than counting\n" in said
    assert "best n-gram    2.000 nats per character, an n-gram of order 4\n" in said
    said = seen(replace(BARE_PAGE, held_out_loss=2.2), None)
    assert "held-out loss  2.200 nats per character, which also decided\n" in said
    assert "n-gram" not in said


CURRENT = CurrentModel("birds", "names", "numpy", 7643, "7,643 weights", 1.7051, 1234, ("m",), "s1")


def test_the_model_in_use_is_told_with_what_it_has_read_and_who_goes_on(seen):
    shown = """\
⟨bold⟩birds⟨⟩ (names, numpy, 7,643 weights, held-out loss 1.705 nats per character)
session s1 goes on with it; :session NAME begins another
it has read the 1,234 characters of the session
⟨dim⟩note: m⟨⟩
"""
    assert seen(CURRENT) == shown
    bare = replace(CURRENT, model_size="", held_out_loss=None, read=0, notices=(), goes_on="")
    said = seen(bare, None)
    assert said == "birds (names, numpy)\n"


def test_what_was_done_with_a_model_is_told_in_a_line(seen):
    said = seen(ModelChange("renamed", "birds", "from x"))
    assert said == "renamed ⟨bold⟩birds⟨⟩ (from x)\n"


TEXT = TextDescription(
    size=3,
    characters=1234,
    distinct=4,
    sha256=SHA,
    vocabulary="\n a\u00a0",
    lines=1200,
    shortest=2,
    median=1234.5,
    longest=2000,
    first=("Tyr\tanno", "wing" * 9),
    random=("Odin",),
    repeats=1500,
    by_kind=(CharacterCount("letters", 2000), CharacterCount("blanks", 1)),
    oddities=("3 lines end in blanks", "a byte order mark"),
)
CORPUS = CorpusPage(
    corpus="wings",
    kind="names",
    summary="names of birds",
    licence="CC0-1.0",
    source="a book",
    state="own",
    offered_by="charplay-birds",
    size=5000,
    distinct=1004,
    url="https://example.org/wings",
    text=TEXT,
    notes=("read as UTF-8",),
    again="train wings",
)


def test_the_page_of_a_text_has_its_figures_and_some_of_its_lines(seen):
    shown = """\
⟨bold⟩wings⟨⟩  names of birds

  kind        names
  size        5,000 names, 1,234 characters with their newlines
  distinct    1,004 characters
  characters  ⏎␣a U+00A0
  of them     2,000 letters, 1 blanks
  lengths     2 to 2,000 characters per name, median 1,234.5
  repeats     1,500 names
  odd         3 lines end in blanks
  odd         a byte order mark
  licence     CC0-1.0
  source      a book (offered by charplay-birds)
  address     https://example.org/wings
  sha256      0123456789abcdef0123456789abcdef0123456789abcdef
  state       own
⟨dim⟩note: read as UTF-8⟨⟩

⟨bold⟩first names⟨⟩
  Tyr⇥anno
  wingwingwingwingwingwingwingwingwing

⟨bold⟩random names⟨⟩
  Odin

  next  :train wings
"""
    assert seen(CORPUS, 100) == shown


def test_the_page_of_prose_counts_characters_and_lines(seen):
    text = replace(
        TEXT, shortest=7, longest=7, lines=1, repeats=0, oddities=(), first=(), by_kind=()
    )
    page = replace(
        CORPUS, kind="prose", text=text, offered_by="", url=None, distinct=None, notes=()
    )
    shown = """\
wings  names of birds

  kind        prose
  size        5,000 characters in 1 line (without blank ones)
  characters  ⏎␣a U+00A0
  lengths     7 characters per line
  licence     CC0-1.0
  source      a book
  sha256      0123456789abcdef0123456789abcdef0123456789abcdef
  state       own

random lines
  Odin

  next  :train wings
"""
    assert seen(page, None) == shown
    many = replace(page, text=replace(text, lines=2, longest=8))
    assert "size        5,000 characters in 2 lines (without blank ones)" in seen(many, None)
    assert "lengths     7 to 8 characters per line, median 1,234.5" in seen(many, None)


def test_the_page_of_a_text_that_is_not_fetched_says_how_it_is_had(seen):
    page = replace(CORPUS, text=None, notes=(), again="train wings", state="not fetched")
    shown = """\
wings  names of birds

  kind      names
  size      5,000 names
  distinct  1,004 characters
  licence   CC0-1.0
  source    a book (offered by charplay-birds)
  address   https://example.org/wings
  state     not fetched

  next  :corpora fetch wings
"""
    assert seen(page, 60, NO_COLOR="1") == shown


def test_the_page_of_a_text_that_nobody_counted_has_no_size(seen):
    assert "size" not in seen(replace(CORPUS, text=None, size=None))


def test_a_line_of_a_text_is_cut_at_the_edge_of_the_screen(seen):
    said = seen(replace(CORPUS, text=replace(TEXT, first=("x" * 39, "y" * 38))), 40)
    assert f"\n  {'x' * 37}…\n  {'y' * 38}\n" in said


def test_what_was_done_with_a_text_is_told_with_what_comes_next(seen):
    added = CorpusChange("wings", "added", "names", 1234, 27, ("read as UTF-8",))
    shown = """\
⟨bold⟩wings⟨⟩ added: 1,234 names, 27 distinct characters
⟨dim⟩note: read as UTF-8⟨⟩
  :train wings trains on it
"""
    assert seen(added) == shown
    shown = """\
wings added: 1,234 characters, – distinct characters
  charplay train wings trains on it
"""
    assert (
        seen(replace(added, kind="prose", distinct=None, notes=()), None, prefix="charplay ")
        == shown
    )
    assert seen(CorpusChange("wings", "removed")) == "⟨bold⟩wings⟨⟩ removed\n"


def test_many_distinct_characters_are_shown_up_to_three_hundred():
    letters = "".join(map(chr, range(0x4E00, 0x4E00 + 301)))
    assert visible_characters(letters[:300]) == letters[:300]
    assert visible_characters(letters) == f"{letters[:300]} … and 1 more"
    assert visible_characters(letters * 5) == f"{letters[:300]} … and 1,205 more"
