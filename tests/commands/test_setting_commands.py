"""`set`, `macro`, `help` and what is asked of a person: each answer, and what is written for it."""

from dataclasses import replace

import pytest

from charplay.commands.dispatch import plain_text
from charplay.commands.help import CommandHelp, CommandList
from charplay.commands.keys import KEYS, KeyRow
from charplay.commands.macros import MacroRow
from charplay.commands.reader import read_line
from charplay.commands.request import Request
from charplay.commands.results import Draft, Quit
from charplay.commands.setting import SettingRow
from charplay.commands.settings import FLEETING, Interface, Settings
from charplay.commands.tour import STEPS
from charplay.errors import StorageError
from charplay.generation.options import Seed


@pytest.fixture
def at(hand):
    """Performs lines as a shell gives them, one alone."""
    return hand(single=True)


@pytest.fixture
def file(home):
    return home / "config.toml"


def row(name, value, default, help):
    return SettingRow(name, value, default, help)


ANSWERS = "how many names answer a line of plain text"
WATCH = "on: show samples of runs beside the conversation"
MODEL = "default (the model decides)"


def test_options_are_shown_with_what_holds_and_what_would_without(at):
    table = at(":set")
    rows = {shown.option: shown for shown in table.rows}
    assert list(rows)[:3] == ["temperature", "greedy", "top-k"]
    assert list(rows)[-2:] == ["pager", "quiet"]
    assert rows["answers"] == row("answers", "5", "5", ANSWERS)
    assert rows["watch"] == row("watch", "off", "off", WATCH)
    assert (rows["status"].value, rows["theme"].value) == ("on", "dark")
    assert (rows["temperature"].value, rows["temperature"].default) == (MODEL, MODEL)
    assert (rows["seed"].value, rows["seed"].default) == ("default (new each time)",) * 2
    assert table.note == ""
    assert [(c.name, c.shrink) for c in table.columns] == [
        ("option", "never"),
        ("value", "fold"),
        ("help", "fold"),
    ]
    at(":set temperature 0.50")
    at(":set top-k none")
    rows = {shown.option: shown for shown in at(":set").rows}
    assert (rows["temperature"].value, rows["temperature"].default) == ("0.5", MODEL)
    assert rows["top-k"].value == "none"


@pytest.mark.parametrize(
    ("typed", "name", "value", "written"),
    [
        ("temperature 0.5", "temperature", "0.5", "temperature = 0.5"),
        ("temperature=0.5", "temperature", "0.5", "temperature = 0.5"),
        ("temperature= 0.5", None, None, None),
        ("top_k 5", "top-k", "5", "top-k = 5"),
        ("top-k none", "top-k", "none", 'top-k = "none"'),
        ("greedy on", "greedy", "on", "greedy = true"),
        ("watch yes", "watch", "on", "watch = true"),
        ("answers 7", "answers", "7", "answers = 7"),
        ("theme light", "theme", "light", 'theme = "light"'),
        ("stop ''", None, None, None),
        ("stop=", None, None, None),
    ],
)
def test_an_option_that_is_set_is_returned_and_written(at, file, typed, name, value, written):
    if name is None:
        at.refused(f":set {typed}")
        assert not file.exists()
        return
    shown = at(f":set {typed}")
    assert (shown.option, shown.value) == (name, value)
    assert f"\n{written}\n" in file.read_text()
    assert at.notes == (f"what you set stays, in {file}",)
    assert at(f":set {name}") == shown
    default = at(f":set {name} default")
    assert default.value == default.default
    assert at.notes == ()
    assert f"\n{written}\n" not in file.read_text()
    assert at.context.settings.sampling == {}
    assert at.context.settings.interface == Interface()


def test_what_is_set_holds_for_answers(at):
    at(":set temperature 0.5")
    at(":set seed 7/3")
    at(":set lines none")
    assert at.context.settings.sampling == {
        "temperature": 0.5,
        "seed": Seed(7, 3),
        "lines": None,
    }
    assert at(":set seed").value == "7/3"


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        (":set tempreature 1", "there is no option 'tempreature'", "did you mean temperature?"),
        (":set rset", "there is no option 'rset'", "did you mean reset or verse?"),
        (":set xyzzy", "there is no option 'xyzzy'", "`set` lists what there is"),
        (":set xyzzy=1", "there is no option 'xyzzy'", "`set` lists what there is"),
        (":set answers 0", "answers cannot be 0", "answers is a whole number from 1 to 100,000"),
        (":set answers none", "answers cannot be 'none'", None),
        (
            ":set reset theme",
            "reset brings back every option",
            "`set theme default` brings back one",
        ),
        (
            ":set reset",
            "cannot ask for confirmation here: Bring every option back to its default?",
            "add --yes to do it",
        ),
    ],
)
def test_what_cannot_be_set_is_refused_and_nothing_is_written(at, file, line, message, hint):
    told = at.refused(line)
    assert told[0] == message
    assert hint is None or told[1] == hint
    assert not file.exists()


def test_reset_brings_all_but_private_back_once_the_person_agrees(at, file):
    at(":set temperature 0.5")
    at(":set theme light")
    file.write_text(file.read_text() + 'private = "later"\n[interface2]\n')
    asked = at.answering(False)
    assert at(":set reset") is None
    assert asked == ["Bring every option back to its default?"]
    assert (at(":set theme").value, at(":set temperature").value) == ("light", "0.5")
    at.answering(True)
    table = at(":set reset")
    assert {shown.option: shown.value for shown in table.rows}["theme"] == "dark"
    assert at.context.settings.sampling == {}
    assert "\ntheme" not in file.read_text()
    assert 'private = "later"' in file.read_text()
    at(":set private on")
    at(":set theme light")
    at(":set reset --yes")
    assert (at(":set private").value, at(":set theme").value) == ("on", "dark")
    assert len(asked) == 1


def test_what_holds_until_the_end_is_not_written_and_a_shell_is_told(at, hand, file):
    assert FLEETING == ("private", "seed")
    for name, value in (("seed", "7"), ("private", "on")):
        at(f":set {name} {value}")
        told = f"{name} does not stay, unless you write it into {file} yourself"
        assert at.notes == (told,)
    prompt = hand(prompted=True)
    prompt(":set seed 7")
    assert prompt.notes == ()
    assert not file.exists()


def test_a_script_or_private_writes_nothing_and_a_prompt_does(hand, file):
    script = hand()
    script(":set theme light")
    script(":macro zo = hello")
    private = hand(prompted=True)
    private(":set private on")
    private(":set theme light")
    assert private(":set theme").value == "light"
    assert private.notes == ()
    assert not file.exists()
    assert not script.context.settings_stay
    assert not private.context.settings_stay
    prompt = hand(prompted=True)
    assert prompt.context.settings_stay
    prompt(":set theme light")
    assert prompt.notes == (f"what you set stays, in {file}",)


def test_what_cannot_be_written_holds_at_a_prompt_and_is_an_error_in_a_shell(at, hand, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("[interface\n")
    with pytest.raises(StorageError):
        at(":set theme light")
    prompt = hand(prompted=True)
    assert prompt(":set theme light").value == "light"
    (note,) = prompt.notes
    assert note.startswith(f"this holds until you leave: {file} is not TOML")
    assert file.read_text() == "[interface\n"


def macros(table):
    return [(shown.macro, shown.line) for shown in table.rows]


def test_macros_are_defined_shown_listed_and_removed(at, file):
    assert at(":macro").rows == ()
    assert at(":macro").empty == "there are no macros yet; `macro NAME = LINE` makes one"
    assert [(c.name, c.shrink) for c in at(":macro").columns] == [
        ("macro", "never"),
        ("line", "fold"),
    ]
    assert at(":macro zo = :names drugs -n 20 $*").rows == (
        MacroRow("zo", ":names drugs -n 20 $*"),
    )
    assert at.notes == (f"what you set stays, in {file}",)
    assert 'zo = ":names drugs -n 20 $*"' in file.read_text()
    assert at.refused(":macro 'zo' x")[0] == "there is no macro \"'zo' x\""
    at(":macro 'an = x = y'")
    assert macros(at(":macro")) == [("an", "x = y"), ("zo", ":names drugs -n 20 $*")]
    assert macros(at(":macro an")) == [("an", "x = y")]
    assert macros(at(":macro zo =")) == [("an", "x = y")]
    assert "zo" not in at.context.macros
    assert "\nzo" not in file.read_text()
    assert macros(at(":macro an = ")) == []
    for line in (":macro an", ":macro an ="):
        assert at.refused(line)[0] == "there is no macro 'an'"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (":macro names = x", "names is a command already"),
        (":macro exit = x", "exit is a command already"),
        (":macro 1a = x", "a macro cannot be called '1a'"),
        (":macro a b = x", "a macro cannot be called 'a b'"),
        (":macro = x", "a macro cannot be called ''"),
        (":macro gone", "there is no macro 'gone'"),
        (":macro gone =", "there is no macro 'gone'"),
    ],
)
def test_what_is_no_macro_is_refused_and_nothing_is_written(at, file, line, message):
    told, _ = at.refused(line)
    assert told == message
    assert at.context.macros == {}
    assert not file.exists()


def test_a_mistyped_macro_gets_the_nearest(at):
    at(":macro zebra = hello")
    assert at.refused(":macro zebar") == ("there is no macro 'zebar'", "did you mean zebra?")


def test_help_lists_commands_by_family_with_macros_and_manners(at):
    at(":macro zo = hello")
    listed = at(":help")
    assert isinstance(listed, CommandList)
    assert list(listed.families)[:5] == [
        "making", "conversation", "insight", "library", "general",
    ]  # fmt: skip
    assert listed.families["making"][:4] == ["train", "names", "poem", "sample"]
    assert listed.families["insight"][:3] == ["probs", "why", "pick"]
    assert listed.families["insight"][-1] == "memorised"
    assert listed.families["macros"] == ["zo"]
    assert listed.note.strip().splitlines()[0] == "`help FAMILY` tells what its commands do."


def test_help_explains_a_command_an_action_a_family_keys_or_a_macro(at):
    assert at(":help names").name == "names"
    assert at(":help :names").name == "names"
    assert at(":help nam").name == "names"
    page = at(":help models")
    assert isinstance(page, CommandHelp)
    assert (page.name, len(page.actions)) == ("models", 7)
    assert at(":help models show").name == "models show"
    assert at(":help models sh").usage == "models show MODEL"
    family = at(":help making")
    assert [shown.command for shown in family.rows][:4] == ["train", "names", "poem", "sample"]
    at(":macro zo = hello")
    assert macros(at(":help zo")) == [("zo", "hello")]
    assert [shown.command for shown in at(":help macros").rows] == ["zo"]
    assert at.refused(":help xyzzy")[0] == "there is no command 'xyzzy'"
    assert at.refused(":help models xyzzy")[0] == "there is no action of models 'xyzzy'"
    for line in (":help making show", ":help keys show", ":help zo show"):
        at.context.macros.pop("zo", None)
        assert at.refused(line)[0].startswith("there is no command")


def test_help_of_keys_is_for_the_editor_that_is_set(at):
    keys = at(":help keys")
    emacs = [KeyRow(key.keys, key.does) for key in KEYS if "emacs" in key.editors]
    assert list(keys.rows) == emacs
    assert keys.note == "`set keys vi` changes to the keys of vi"
    assert [(c.name, c.shrink) for c in keys.columns] == [("keys", "never"), ("does", "fold")]
    at(":set keys vi")
    keys = at(":help keys")
    assert keys.note == "`set keys emacs` changes to the keys of emacs"
    assert KeyRow("Esc", "go to vi's commands") in keys.rows
    assert KeyRow("Ctrl-_", "undo") not in keys.rows
    assert len(emacs) + len(keys.rows) == len(KEYS) + sum(len(k.editors) == 2 for k in KEYS)


def test_leaving_editing_and_the_tour(hand):
    prompt, script = hand(prompted=True), hand()
    assert prompt(":quit") == Quit()
    assert prompt(":edit  two words") == Draft(" two words")
    assert prompt(":edit") == Draft(None)
    assert script.refused(":edit x") == (
        "an edited text stands at the prompt, and there is none here",
        "start charplay without a command and type :edit",
    )
    assert script.refused(":help tour") == (
        "the tour needs a person at the prompt",
        "start charplay without a command",
    )
    assert prompt.context.tour is None
    assert prompt(":help tour") is None
    assert prompt.context.tour.step is STEPS[0]


def test_the_tour_goes_on_by_what_is_done_and_ends(hand):
    prompt = hand(prompted=True)
    prompt(":help tour")
    tour = prompt.context.tour
    assert tour.take(None) is None
    assert tour.take(prompt.context.performing) is None
    assert tour.place == 0
    for step in STEPS:
        wrong = replace(prompt.context.performing, path=("tree",))
        assert tour.take(wrong) is None
        commands = prompt.context.commands
        request = read_line(commands, step.line[1:]) if step.line[0] == ":" else plain_text("Ty")
        assert tour.take(plain_text("  ")) is None
        assert tour.take(request) is step
    assert (tour.place, tour.step) == (len(STEPS), None)
    assert tour.take(request) is None


def test_each_step_of_the_tour_takes_what_it_is_about_and_no_more():
    def asks(path, **values):
        return Request(path, None, values)

    fitting = [step.fits for step in STEPS]
    assert [fits(asks(("names",))) for fits in fitting] == [True] + [False] * 8
    hot = asks(("names",), temperature=0.3, model="mine")
    assert [fits(hot) for fits in fitting] == [True, True] + [False] * 6 + [True]
    assert [fits(plain_text("Ty")) for fits in fitting] == [False] * 3 + [True] + [False] * 5
    assert not fitting[3](plain_text("  "))
    done = [("model",), ("keep",), ("poem",), ("undo",), ("train",)]
    assert [sum(fits(asks(path)) for fits in fitting) for path in done] == [1] * 5
    assert not fitting[8](asks(("names",), model=None))


def test_settings_begin_at_their_defaults_and_none_shares_them():
    first, second = Settings(), Settings()
    first.sampling["seed"] = 7
    first.macros["a"] = "b"
    assert (second.interface, second.sampling, second.macros) == (Interface(), {}, {})
    assert Interface() == Interface(
        format="text", private=False, watch=False, answers=5, complete="tab", keys="emacs",
        status=True, theme="dark", plain=False, pager=True, quiet=False,
    )  # fmt: skip


def test_the_options_of_the_interface_have_the_values_that_they_should(at):
    allowed = {
        "format": ["text", "lines", "csv", "excel", "json"],
        "complete": ["tab", "typed"],
        "keys": ["emacs", "vi"],
        "theme": ["dark", "light", "none"],
        "answers": ["1", "100,000"],
    }
    for name, values in allowed.items():
        assert [at(f":set {name} {value}").value for value in values] == [
            value.replace(",", "") for value in values
        ]
        at(f":set {name} default")
        wrong = {"answers": "100,001"}.get(name, "other")
        at.refused(f":set {name} {wrong}")
    assert at.refused(":set format other")[1] == "there are csv, excel, json, lines, text"
