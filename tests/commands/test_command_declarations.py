"""A command as data: what it is checked for, how it is found, what its help is made of."""

import pytest

from charplay.commands.builtin import all_commands
from charplay.commands.command import Command, Commands, find_by_beginning, flag_and_value
from charplay.commands.help import (
    CommandRow,
    OptionHelp,
    describe_command,
    list_commands,
    list_family,
)
from charplay.commands.program import command_clashes
from charplay.errors import UsageError
from charplay.options import Option
from charplay.plugins.registry import Registry

COMMANDS = all_commands(Registry())
SIZE = Option("size", "int", False, False, 3, "how large", minimum=1, short="-s")
LOUD = Option("loud", "bool", False, False, False, "say it loudly")
TEXT = Option("text", "str", False, False, "", "the text", positional=True, verbatim=True)
BIRD = Option("bird", "str", False, False, "", "a bird", positional=True, required=True)
TREE = Option("tree", "str", True, False, None, "its tree", positional=True, short="-t")


def made(**changes):
    return Command(
        **{"name": "abacus", "summary": "count", "handler": "json:dumps", "arguments": (SIZE,)}
        | changes
    )


def told(check):
    """The message and the hint of an error."""
    with pytest.raises(UsageError) as caught:
        check()
    return caught.value.message, caught.value.hint


def changed(option, **changes):
    return (Option.from_data(option.to_data() | changes),)


def test_a_command_has_no_arguments_examples_or_marks_unless_it_says_so():
    command = Command("abacus", "count")
    assert command.to_data() == {
        "name": "abacus",
        "summary": "count",
        "handler": "",
        "arguments": [],
        "examples": [],
        "actions": [],
        "family": "",
        "destroys": False,
        "draws": False,
        "views": {},
    }


def test_the_data_of_a_command_is_all_of_it_and_makes_it_again():
    action = made(name="add", examples=("abacus add",), destroys=True)
    command = made(handler="", actions=(action,), family="toys", draws=True, views={"a:B": "c:d"})
    data = command.to_data()
    assert data["arguments"] == [SIZE.to_data()]
    assert data["actions"] == [action.to_data()]
    assert (data["family"], data["draws"], data["views"]) == ("toys", True, {"a:B": "c:d"})
    assert data["actions"][0]["destroys"] is True
    assert Command.from_data(data) == command


def test_a_declaration_of_before_there_were_pictures_draws_none():
    data = made().to_data()
    del data["draws"]
    assert Command.from_data(data) == made()


def test_a_sound_command_passes_its_checks():
    command = made(
        arguments=(SIZE, LOUD, TEXT),
        examples=("abacus 1", "abacus -s 5"),
        views={"json:JSONDecoder": "json:dumps"},
    )
    command.check()
    command.check_code()
    made(handler="", actions=(made(name="add"), made(name="sub-1"))).check()
    made(handler="", actions=(made(name="add"),)).check_code()
    made(examples=["a list of them"]).check()


@pytest.mark.parametrize(
    ("changes", "message", "hint"),
    [
        ({"summary": ""}, "it has no summary", 'give it one: summary="what it does"'),
        ({"summary": "two\nlines"}, "it has no summary", 'give it one: summary="what it does"'),
        ({"summary": "  "}, "it has no summary", 'give it one: summary="what it does"'),
        ({"summary": 5}, "it has no summary", 'give it one: summary="what it does"'),
        ({"handler": ""}, "its handler is ''", 'name it as "module:function"'),
        ({"handler": "count"}, "its handler is 'count'", 'name it as "module:function"'),
        ({"handler": "a:b\n"}, "its handler is 'a:b\\n'", 'name it as "module:function"'),
        ({"examples": "abacus 1"}, "its examples are no lines", 'write examples=("line",)'),
        ({"examples": ("a\nb",)}, "its examples are no lines", 'write examples=("line",)'),
        ({"examples": ("a", "")}, "its examples are no lines", 'write examples=("line",)'),
        ({"arguments": changed(SIZE, help="")}, "its option size has no help", ""),
        (
            {"arguments": changed(SIZE, short="-size")},
            "its option size has the short flag '-size'",
            'write one as "-n"',
        ),
        (
            {"arguments": changed(SIZE, short="n")},
            "its option size has the short flag 'n'",
            'write one as "-n"',
        ),
        ({"arguments": (SIZE, LOUD, SIZE)}, "it has the flag -s twice", ""),
        ({"arguments": (LOUD, LOUD)}, "it has the flag --loud twice", ""),
    ],
)
def test_a_declaration_that_does_not_fit_is_told_with_what_would(changes, message, hint):
    assert told(made(**changes).check) == (message, hint)
    inside = made(handler="", actions=(made(name="add"), made(name="sub"), made(**changes)))
    assert told(inside.check) == (message, hint)


def test_arguments_without_flags_may_have_names_that_are_alike():
    made(arguments=(TEXT, TEXT)).check()


def test_actions_have_names_of_their_own_that_can_be_typed():
    twice = made(handler="", actions=(made(name="add"), made(name="sub"), made(name="add")))
    assert told(twice.check) == ("it has the action add twice", "")
    for name in ("a b", "-a", "", "_a"):
        untypable = made(handler="", actions=(made(name="add"), made(name=name)))
        assert told(untypable.check) == (f"its action {name!r} cannot be typed", "")


def test_code_that_is_named_must_be_there():
    for name in ("json:nothing", "no_such_module:function", "json:dumps:"):
        message, hint = told(made(handler=name).check_code)
        assert message.startswith(f"it names {name!r}, which is not there: ")
        assert hint == ""
    assert told(made(handler="json:__name__").check_code) == (
        "its handler json:__name__ is no function",
        "",
    )
    for views in ({"json:nothing": "json:dumps"}, {"json:JSONDecoder": "json:nothing"}):
        message, _ = told(made(views=views).check_code)
        assert message.startswith("it names 'json:nothing', which is not there")
    inside = made(handler="", actions=(made(name="add"), made(name="sub", handler="json:nothing")))
    assert told(inside.check_code)[0].startswith("it names 'json:nothing'")


@pytest.mark.parametrize(
    ("changes", "usage"),
    [
        ({"arguments": ()}, "abacus"),
        ({"arguments": (SIZE,)}, "abacus [OPTIONS]"),
        ({"arguments": (BIRD,)}, "abacus BIRD"),
        ({"arguments": (BIRD, TREE)}, "abacus BIRD [TREE]"),
        ({"arguments": (TEXT, SIZE, BIRD)}, "abacus BIRD [OPTIONS] TEXT"),
        ({"arguments": (TEXT,)}, "abacus TEXT"),
        ({"actions": (made(name="add"), made(name="sub"))}, "abacus [add|sub] …"),
    ],
)
def test_the_usage_has_arguments_in_brackets_where_they_may_be_left_out(changes, usage):
    assert made(**changes).usage == usage


def test_what_is_typed_with_a_name_and_what_without():
    command = made(arguments=(TEXT, SIZE, BIRD, TREE))
    assert command.flags == {"-s": SIZE, "--size": SIZE, "-t": TREE, "--tree": TREE}
    assert command.positional == (TEXT, BIRD, TREE)
    assert command.takes_text
    assert not made(arguments=(SIZE, BIRD)).takes_text
    assert [flag_and_value(option) for option in (SIZE, LOUD, TREE)] == [
        "-s, --size N",
        "--loud",
        "-t, --tree TREE",
    ]


SOME = (made(name="mend"), made(name="melt", destroys=True), made(name="show"))


@pytest.mark.parametrize(
    ("typed", "found"), [("mend", "mend"), ("MEND", "mend"), ("s", "show"), ("Sh", "show")]
)
def test_an_action_is_found_by_its_name_or_a_beginning_in_any_case(typed, found):
    assert made(actions=SOME).action(typed).name == found


@pytest.mark.parametrize(
    ("typed", "message", "hint"),
    [
        ("me", "'me' begins several commands", "did you mean `abacus mend` or `abacus melt`?"),
        ("shwo", "there is no action of abacus 'shwo'", "did you mean `abacus show`?"),
        ("mlet", "there is no action of abacus 'mlet'", "`help abacus` lists what there is"),
        ("", "there is no action of abacus ''", "`help abacus` lists what there is"),
    ],
)
def test_an_action_that_is_not_meant_for_sure_is_refused(typed, message, hint):
    assert told(lambda: made(actions=SOME).action(typed)) == (message, hint)


def test_a_beginning_of_three_names_all_of_them():
    three = [made(name=name) for name in ("aa", "ab", "ac")]
    assert told(lambda: find_by_beginning("a", three, "toy", "<{}>")) == (
        "'a' begins several commands",
        "did you mean <aa>, <ab> or <ac>?",
    )
    assert told(lambda: find_by_beginning("x", three, "toy", "<{}>")) == (
        "there is no toy 'x'",
        "`help` lists what there is",
    )
    assert told(lambda: find_by_beginning("zoo", three, "toy", "<{}>", "all", ["zoos"]))[1] == (
        "did you mean <zoos>?"
    )


def test_what_a_plugin_adds_takes_no_beginning_away_from_ours_and_is_found_by_its_own():
    commands = Commands((*SOME, made(name="shout"), made(name="tide")), foreign=["shout", "tide"])
    assert commands.find("s").name == "show"
    assert commands.find("SH").name == "show"
    assert commands.find("shou").name == "shout"
    assert commands.find("shout").name == "shout"
    assert commands.find("t").name == "tide"
    assert (len(commands), list(commands)) == (5, ["mend", "melt", "show", "shout", "tide"])
    assert told(lambda: commands.find("m")) == (
        "'m' begins several commands",
        "did you mean `mend` or `melt`?",
    )
    assert Commands(SOME).macros == ()


def test_a_command_of_another_program_is_told_by_the_name_that_it_has_here():
    assert told(lambda: COMMANDS.find("save")) == (
        "there is no command 'save'",
        "did you mean `export`?",
    )


def test_an_unknown_command_may_be_a_macro_that_was_mistyped():
    commands = Commands(SOME)
    commands.macros = ["zebra"]
    assert told(lambda: commands.find("zebar")) == (
        "there is no command 'zebar'",
        "did you mean `zebra`?",
    )


def test_views_of_all_commands_are_put_together():
    commands = Commands((made(views={"a:A": "b:a"}), made(name="b", views={"c:C": "b:c"})))
    assert commands.views == {"a:A": "b:a", "c:C": "b:c"}


def test_an_option_that_charplay_has_already_clashes_also_in_an_action():
    threads = changed(SIZE, name="threads", short="")[0]
    in_action = made(handler="", actions=(made(name="add", arguments=(threads,)),))
    assert [str(clash) for clash in command_clashes(in_action)] == [
        str(clash) for clash in command_clashes(made(arguments=(threads,)))
    ]
    assert len(command_clashes(in_action)) == 1
    shared = changed(SIZE, name="model", short="-m")
    assert command_clashes(made(arguments=shared)) == ()
    assert command_clashes(made(arguments=(SIZE, LOUD))) == ()
    assert len(command_clashes(made(arguments=changed(SIZE, name="save", short="")))) == 1


def test_the_help_of_a_command_has_each_argument_with_the_ways_to_type_it():
    steer = Option("to", "str", True, False, "up", "where to", choices=("up", "down"))
    grouped = Option("heat", "float", False, False, 0.5, "how hot", group="sampling")
    command = made(
        arguments=(TREE, TEXT, SIZE, LOUD, steer, grouped), examples=("abacus", "abacus up")
    )
    page = describe_command(command, ("toys", "abacus"))
    assert (page.name, page.usage, page.summary) == (
        "toys abacus",
        "toys abacus [TREE] [OPTIONS] [TEXT]".replace("[TEXT]", "TEXT"),
        "count",
    )
    assert page.options == (
        OptionHelp("TREE, -t, --tree TREE", "its tree", "text", None),
        OptionHelp("TEXT", "the text", "text", None),
        OptionHelp("-s, --size N", "how large", "a whole number, 1 or more", 3),
        OptionHelp("--loud", "say it loudly", "on or off", None),
        OptionHelp("--to up|down", "where to", "one of up, down", "up"),
        OptionHelp("--heat N", "how hot", "a number", 0.5, "sampling options"),
    )
    assert (page.actions, page.examples) == ((), ("abacus", "abacus up"))
    above = describe_command(made(handler="", actions=SOME[:1]), ("abacus",))
    assert above.usage == "abacus [mend] …"
    assert above.actions == (CommandRow("mend", "count"),)


def test_the_list_of_commands_puts_those_of_a_family_together_and_plugins_last():
    some = [
        made(name="a", family="toys"),
        made(name="b", family="tools"),
        made(name="c", family="toys"),
        made(name="d"),
    ]
    listed = list_commands(some, "a note")
    assert [(row.command, row.summary, row.family) for row in listed.rows] == [
        ("a", "count", "toys"),
        ("c", "count", "toys"),
        ("b", "count", "tools"),
        ("d", "count", "plugins"),
    ]
    assert listed.note == "a note"
    assert [column.name for column in listed.columns] == ["command", "summary", "family"]
    assert listed.columns[1].shrink == "fold"
    assert listed.families == {"toys": ["a", "c"], "tools": ["b"], "plugins": ["d"]}
    family = list_family(some, "toys")
    assert [row.command for row in family.rows] == ["a", "c"]
    assert [column.name for column in family.columns] == ["command", "summary"]
    assert list_family(some, "games") is None
