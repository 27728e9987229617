"""Facts, plugins, settings and help as they are seen: every word, style and break."""

# what is seen stands here as it is seen

from dataclasses import replace
from functools import partial

import pytest

from charplay.commands.help import CommandHelp, CommandList, CommandRow, ListedCommand, OptionHelp
from charplay.commands.new_plugin import NewPlugin
from charplay.commands.plugins import PluginPage
from charplay.commands.results import Column
from charplay.commands.saving import SavedFile
from charplay.commands.setting import SettingRow
from charplay.commands.settings import Interface
from charplay.terminal.render.console import make_console
from charplay.terminal.render.facts import show_facts
from tests.terminal.test_render_pages import CURRENT
from tests.terminal.transcript import terminal, transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


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


def test_a_default_is_told_as_it_is_typed(seen):
    for default, told in (((0.2, 0.5, 1.0), "0.2 0.5 1"), (1.0, "1"), ("adam", "adam"), (0, "0")):
        option = OptionHelp("--rates N …", "the rates", "a number", default)
        assert f"  --rates N …  the rates (default {told})\n" in seen(
            replace(HELP, options=(option,))
        )


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
