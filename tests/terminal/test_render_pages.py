"""Pages of models, texts, plugins and commands as they are seen: every word, style and break."""

from dataclasses import replace
from functools import partial

import pytest

from charplay.ancestry import Ancestor
from charplay.commands.corpora import CorpusChange
from charplay.commands.corpus_texts import CorpusPage
from charplay.commands.help import CommandHelp, CommandList, CommandRow, ListedCommand, OptionHelp
from charplay.commands.models import CurrentModel, ModelChange, ModelPage
from charplay.commands.new_plugin import NewPlugin
from charplay.commands.plugins import PluginPage
from charplay.commands.results import Column
from charplay.commands.saving import SavedFile
from charplay.commands.setting import SettingRow
from charplay.commands.settings import Interface
from charplay.terminal.render.console import make_console
from charplay.terminal.render.corpora import visible_characters
from charplay.terminal.render.facts import show_facts
from charplay.text.description import TextDescription
from charplay.text.reading.oddities import CharacterCount
from tests.terminal.transcript import terminal, transcript

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


# Facts.


def test_facts_stand_in_two_columns_where_a_sentence_has_room(seen):
    facts = [("size", "a sentence that is longer than the room is"), ("colour", "red")]
    beside = seen(lambda console: show_facts(console, facts, indent=2, style="dim"), 34)
    shown = """\
⟨dim⟩  size  ⟨⟩  a sentence that is
          longer than the room is
⟨dim⟩  colour⟨⟩  red
"""
    assert beside == shown
    below = seen(lambda console: show_facts(console, facts, indent=2, style="dim"), 33)
    shown = """\
⟨dim⟩  size⟨⟩
    a sentence that is longer
    than the room is
⟨dim⟩  colour⟨⟩
    red
"""
    assert below == shown


def test_facts_without_a_style_or_an_indent_begin_at_the_edge(seen):
    assert (
        seen(lambda console: show_facts(console, [("a", "b"), ("cde", "f")])) == "a    b\ncde  f\n"
    )
    assert seen(lambda console: show_facts(console, [("a", "b")]), 20) == "a\n  b\n"


@pytest.mark.parametrize("columns", [20, 80, None])
def test_long_words_of_facts_fold_on_a_screen_and_are_whole_in_a_pipe(seen, columns):
    facts = [("a long name" * 3, "x" * 100)]
    said = seen(lambda console: show_facts(console, facts), columns)
    assert said.count("x") == 100
    assert "".join(said.split()).startswith("alongname" * 3)
    assert max(map(len, said.splitlines())) <= (columns or 135)
    assert "…" not in said


def test_facts_are_not_filled_up_with_blanks(home):
    environment = terminal(home, 20)
    show_facts(make_console(environment), [("name", "fact")])
    assert environment.stdout.getvalue() == "name\n  fact\n"


def test_a_name_of_a_fact_is_in_one_piece_beside_a_long_fact(seen):
    name = "a name of as many as forty cells, or more"
    shown = """\
a name of as many as forty cells, or more  a fact of many words a
                                           fact of many words a
                                           fact of many words a
                                           fact of many words
"""
    assert (
        seen(lambda console: show_facts(console, [(name, "a fact of many words " * 4)]), 67)
        == shown
    )


# Plugins, settings, help.


PLUGIN = PluginPage(
    plugin="birds",
    distribution="charplay-birds",
    version="1.2",
    status="ready",
    module="charplay_birds",
    place="/lib/charplay_birds",
    interface="1",
    milliseconds=1234.6,
    backends=("a", "b"),
    corpora=("c", "d"),
    recipes=("e", "f"),
    commands=("g", "h"),
    problems=("one thing", "another"),
)


def test_the_page_of_a_plugin_has_what_it_adds_and_its_problems(seen):
    shown = """\
plugin        birds
distribution  charplay-birds 1.2
status        ready
module        charplay_birds
place         /lib/charplay_birds
interface     1
to import     1,235 ms
backends      a, b
corpora       c, d
recipes       e, f
commands      g, h
problem       one thing
problem       another
"""
    assert seen(PLUGIN) == shown


def test_the_page_of_a_plugin_leaves_out_what_it_does_not_have(seen):
    bare = PluginPage("birds", "local", "", "ready", "", "", "", None, (), (), (), (), ())
    assert seen(bare) == "plugin        birds\ndistribution  local\nstatus        ready\n"


def test_a_plugin_that_was_made_is_told_by_its_files_and_what_to_type(seen):
    made = NewPlugin(
        "birds", "backend", "/x/birds", ("a.py", "b.py"), ("cd /x", "pip install " + "y" * 30)
    )
    shown = """\
made the backend birds in /x/birds:
  a.py
  b.py
then type in a shell:
  cd /x
  pip install yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy
"""
    assert seen(made, 40) == shown


def test_an_option_is_told_as_it_is_set(seen):
    said = seen(SettingRow("theme", "dark", "dark", "which colours"))
    assert said == "⟨bold⟩theme⟨⟩ is dark\n"


def test_a_saved_file_is_told_with_its_rows_beside_the_results(seen):
    assert (
        seen(SavedFile("a.csv", 1, ("cut",)), None) == "beside:\nnote: cut\nwrote a.csv (1 row)\n"
    )
    assert seen(SavedFile("a.csv", 1234), None) == "beside:\nwrote a.csv (1,234 rows)\n"
    assert seen(SavedFile("a.svg", None), 80) == "wrote a.svg\n"


def test_all_commands_are_told_by_their_families(seen):
    rows = tuple(
        ListedCommand(name, "does something", family)
        for name, family in (("train", "making"), ("jobs", "making"), ("names", "using"))
    )
    commands = CommandList(rows, (Column("command"),), note="`help NAME` tells more")
    shown = """\
⟨bold⟩making⟨⟩  train, jobs
⟨bold⟩using ⟨⟩  names
:help NAME tells more
"""
    assert seen(commands) == shown


HELP = CommandHelp(
    name="train",
    usage="train TEXT [options]",
    summary="train a model on a text, which takes a while, and keep it under a name",
    options=(
        OptionHelp("--units N", "how many units", "a number", 64, "network"),
        OptionHelp("TEXT", "what to learn", "a text", None),
        OptionHelp("--layers N", "how many layers; see `help network`", "a number", 1, "network"),
    ),
    actions=(CommandRow("train again", "once more"),),
    examples=("train birds", "train birds --units 9"),
)


def test_help_has_the_usage_the_actions_the_options_by_group_and_examples(seen):
    shown = """\
⟨bold⟩:train TEXT [options]⟨⟩
  train a model on a text, which takes a while,
  and keep it under a name

⟨bold⟩actions⟨⟩
  train again  once more

  TEXT  what to learn

⟨bold⟩network⟨⟩
  --units N   how many units (default 64)
  --layers N  how many layers; see :help
              network (default 1)

⟨bold⟩examples⟨⟩
  :train birds
  :train birds --units 9
"""
    assert seen(HELP, 47) == shown


def test_help_in_a_shell_has_its_words_and_none_of_what_is_not_there(seen):
    bare = replace(HELP, actions=(), examples=(), options=HELP.options[:1])
    shown = """\
charplay train TEXT [options]
  train a model on a text, which takes a while, and keep it under a name

network
  --units N  how many units (default 64)
"""
    assert seen(bare, None, prefix="charplay ") == shown


def test_help_on_a_narrow_screen_folds(seen):
    shown = """\
:train TEXT [options]
  train a model on a text,
  which takes a while, and
  keep it under a name

actions
  train again
    once more

  TEXT
    what to learn

network
  --units N
    how many units (default
    64)
  --layers N
    how many layers; see :help
    network (default 1)
"""
    assert seen(replace(HELP, examples=()), 30, NO_COLOR="1") == shown


def test_where_no_captions_are_wanted_none_stand_beside_results(seen):
    quiet = Interface(quiet=True)
    assert seen(SavedFile("a.csv", 1, ("cut",)), 80, interface=quiet) == ""
    assert "note:" not in seen(CURRENT, 80, interface=quiet)
