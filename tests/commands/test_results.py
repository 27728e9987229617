"""What a command may return, and what becomes of it as text, as JSON and as CSV."""

import csv
import dataclasses
import io
import json
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from pkgutil import resolve_name

import numpy as np
import pytest

from charplay.commands.builtin import all_commands
from charplay.commands.command import Command
from charplay.commands.dispatch import plain_text
from charplay.commands.results import Column, Draft, EventStream, Quit, Table
from charplay.plugins.registry import Origin, Registry
from charplay.terminal.render.views import find_view
from charplay.terminal.shell import Shell
from tests.conftest import Said

NAN = float("nan")


@dataclass(frozen=True)
class Bird:
    """A row as a plugin may have one."""

    bird: str
    weight: float | None


@dataclass(frozen=True)
class Nest:
    """A result with rows in it, and something beside them."""

    tree: str
    birds: tuple[Bird, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feeder:
    """A result with rows of two kinds."""

    birds: tuple[Bird, ...]
    nests: tuple[Nest, ...]


@dataclass(frozen=True)
class Count(EventStream):
    """A stream that sums its events up at its end, in a table."""

    ends_in_table: typing.ClassVar[bool] = True

    def results(self):
        yield Nest("sum", tuple(self.events))


@dataclass(frozen=True)
class Song:
    """A result that is sung by a view of its command's own."""

    verse: str


BIRDS = (Bird("wren", 8.9), Bird("Zaunkönig", NAN), Bird("\x1b[2J", None))
TABLE = Table(BIRDS, (Column("bird"), Column("weight", "g", ".2f")), "no bird", "`names` has more")


def returns(context, request):
    """What the test put there."""
    return RETURNED["value"]()


def sing(value, console):
    """The view of a song."""
    console.print(f"la la {value.verse}")


RETURNED = {}
HERE = __name__


@pytest.fixture
def shown(world):
    """What a plugin's command that returns a value is shown as, in a format."""

    def show(make, format="text", status=None, **more):
        RETURNED["value"] = make
        views = {f"{HERE}:Song": f"{HERE}:sing"}
        registry = Registry()
        command = Command("birds", "birds", f"{HERE}:returns", views=views)
        registry.commands.add("birds", command.to_data, Origin("aviary", "aviary", "1"))
        environment = world(COLUMNS="60", **more)
        shell = Shell(environment, registry)
        done = shell.perform_words(["birds", "--format", format])
        shell.close()
        said = Said.of(done, environment)
        assert done == status or (status is None and done == (2 if said.err else 0))
        return said.told if format == "text" else said.out + said.err

    return show


NO_TABLE = "error: this is not a table\n  → use --format json\n"
NULLS = [["wren", "8.9"], ["Zaunkönig", ""], ["\x1b[2J", ""]]
AS_TABLE = ["bird,weight", *(",".join(row) for row in NULLS)]
AS_OBJECTS = [
    {"bird": "wren", "weight": 8.9},
    {"bird": "Zaunkönig", "weight": None},
    {"bird": "\x1b[2J", "weight": None},
]
RESULTS = {
    "nothing": (lambda: None, "", [], ""),
    "a number": (lambda: 7, "7\n", [7], NO_TABLE),
    "a number of numpy": (lambda: np.float32(0.5), "0.5\n", [0.5], NO_TABLE),
    "no number": (lambda: np.float64("nan"), "nan\n", [None], NO_TABLE),
    "an array": (lambda: np.array([[1, 2], [3, 4]]), "1, 2\n3, 4\n", [[[1, 2], [3, 4]]], NO_TABLE),
    "no rows": (list, "", [[]], ""),
    "a mapping": (
        lambda: {"wren": np.float32(8.5), "tit\x1b": (1, NAN)}, ["wren 8.5", "tit␛ 1, nan"],
        [{"wren": 8.5, "tit\x1b": [1, None]}], ["name,value", "wren,8.5", "tit\x1b,1; "],
    ),
    "an empty mapping": (dict, "nothing to show\n", [{}], ""),
    "a line": (lambda: "wren\x07", "wren␇\n", ["wren\x07"], NO_TABLE),
    "lines": (lambda: ["wren", "tit"], "wren\ntit\n", [["wren", "tit"]], NO_TABLE),
    "an iterator of lines": (
        lambda: iter(["wren", "tit"]), "wren\ntit\n", ["wren", "tit"], NO_TABLE,
    ),
    "a table": (
        lambda: TABLE, ["bird", "wren 8.90", "Zaunkönig –", "␛[2J –", "charplay names"],
        [AS_OBJECTS], AS_TABLE,
    ),
    "an empty table": (lambda: Table((), (), "no bird"), "no bird\n", [[]], ""),
    "rows of mappings": (
        lambda: Table([vars(bird) for bird in BIRDS], TABLE.columns),
        ["wren 8.90", "Zaunkönig –"], [AS_OBJECTS], AS_TABLE,
    ),
    "a dataclass": (
        lambda: BIRDS[2], "bird: ␛[2J\nweight: –\n", [AS_OBJECTS[2]], NO_TABLE,
    ),
    "a sequence of dataclasses": (
        lambda: list(BIRDS), ["wren 8.9", "Zaunkönig –", "␛[2J –"], [AS_OBJECTS], AS_TABLE,
    ),
    "a dataclass with rows": (
        lambda: Nest("oak", BIRDS), ["tree: oak", "birds:", "wren 8.9", "notices: –"],
        [{"tree": "oak", "birds": AS_OBJECTS, "notices": []}], AS_TABLE,
    ),
    "a dataclass whose rows are none": (
        lambda: Nest("oak", ()), "tree: oak\nbirds: –\nnotices: –\n",
        [{"tree": "oak", "birds": [], "notices": []}], "",
    ),
    "a dataclass with rows of two kinds": (
        lambda: Feeder(BIRDS, ()), ["birds:", "wren 8.9", "nests: –"],
        [{"birds": AS_OBJECTS, "nests": []}], NO_TABLE,
    ),
    "a stream": (
        lambda: EventStream(iter(["wren", BIRDS[1]])), "wren\nbird: Zaunkönig\nweight: –\n",
        ["wren", AS_OBJECTS[1]], NO_TABLE,
    ),
    "a stream that sums up": (
        lambda: Count(iter(BIRDS)), ["bird: wren"],
        [{"tree": "sum", "birds": AS_OBJECTS, "notices": []}], AS_TABLE,
    ),
    "a type with a view of its own": (
        lambda: Song("wren"), "la la wren\n", [{"verse": "wren"}], NO_TABLE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS.keys())
def test_what_a_command_returns_is_shown_to_a_person(shown, result):
    make, text, _, _ = result
    said = shown(make)
    if isinstance(text, str):
        assert said == text
        return
    lines = iter([" ".join(line.split()) for line in said.splitlines()])
    for words in text:
        assert any(words in line for line in lines), words


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS.keys())
def test_what_a_command_returns_is_written_as_json(shown, result):
    make, _, values, _ = result
    assert [json.loads(line) for line in shown(make, "json").splitlines()] == values


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS.keys())
def test_what_a_command_returns_is_written_as_csv_where_it_is_a_table(shown, result):
    make, _, _, lines = result
    expected = lines if isinstance(lines, str) else "".join(f"{line}\n" for line in lines)
    assert shown(make, "csv") == expected


def test_a_stream_that_ends_in_no_table_is_refused_in_csv_before_it_begins(shown):
    """As with `train`, which would take an hour to say so."""
    begun = []
    assert shown(lambda: EventStream(begun.append(n) for n in range(3)), "csv") == NO_TABLE
    assert begun == []


PLAIN = {
    "NaN": (NAN, None),
    "infinity": (float("inf"), None),
    "NaN of numpy": (np.float32("nan"), None),
    "minus infinity of numpy": (np.float64("-inf"), None),
    "a whole number of numpy": (np.int64(7), 7),
    "a number of numpy": (np.float32(0.5), 0.5),
    "a truth of numpy": (np.bool_(True), True),
    "text of numpy": (np.str_("wren"), "wren"),
    "an array": (np.array([[1.0, NAN], [2.5, np.inf]]), [[1.0, None], [2.5, None]]),
    "an empty array": (np.array([]), []),
    "an array without an axis": (np.array(NAN), None),
    "a mapping": ({"a": np.int32(1), 2: NAN}, {"a": 1, "2": None}),
    "a tuple": ((1, NAN), [1, None]),
    "a set": ({3}, [3]),
    "a truth": (True, True),
    "a path": (Path("a") / "b", str(Path("a") / "b")),
    "a time": (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
    "a dataclass in a list": ([Bird("wren", NAN)], [{"bird": "wren", "weight": None}]),
}


@pytest.mark.parametrize(("value", "plain"), PLAIN.values(), ids=PLAIN.keys())
def test_in_json_what_is_no_number_is_null_and_numbers_of_numpy_are_numbers(shown, value, plain):
    [line] = shown(lambda: Bird("x", value), "json").splitlines()
    read = json.loads(line)["weight"]
    assert (read, type(read)) == (plain, type(plain))


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (NAN, ""),
        (np.float64("nan"), ""),
        (None, ""),
        (np.int64(7), "7"),
        (True, "True"),
        (("a, b", "c"), "a, b; c"),
        ([Bird("wren", 9)], "wren 9"),
        ('quoted "wren"\nand a line', 'quoted "wren"\nand a line'),
    ],
)
def test_in_csv_every_value_has_one_cell(shown, value, cell):
    said = shown(lambda: [Bird("x", value)], "csv")
    assert list(csv.reader(io.StringIO(said))) == [["bird", "weight"], ["x", cell]]


UNSHOWN = {
    "a set": (lambda: {"wren"}, "a value of the type set"),
    "bytes": (lambda: b"wren", "a value of the type bytes"),
    "an object": (object, "a value of the type object"),
    "a class": (lambda: Bird, "a value of the type type"),
    "lines among objects": (lambda: ["wren", object()], "a value of the type list"),
    "rows of two types": (lambda: [BIRDS[0], Song("la")], "rows of several types: Bird, Song"),
    "rows among lines": (lambda: [BIRDS[0], "la"], "rows of several types: Bird, str"),
    "a table of lines": (
        lambda: Table(["wren"], TABLE.columns), "a table with a row of the type str",
    ),
    "a table that lacks a column": (
        lambda: Table(BIRDS, (Column("beak"),)), "a table whose rows have no 'beak'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("format", ["text", "json", "csv", "lines"])
@pytest.mark.parametrize("made", UNSHOWN.values(), ids=UNSHOWN.keys())
def test_what_cannot_be_shown_is_told_in_one_line_with_what_may_be_returned(shown, made, format):
    make, what = made
    assert shown(make, format, status=1) == (
        f"error: the command birds returned {what}\n"
        "  → a command returns nothing, text, numbers, lines, a mapping, a dataclass, dataclasses "
        "of one type, a Table or an EventStream\n"
    )


def test_a_value_that_does_not_fit_its_columns_format_is_shown_as_it_is(shown):
    table = Table([Bird("wren", "heavy")], TABLE.columns)
    assert "heavy" in shown(lambda: table)


ACTING = "\x1b[2J\x9b2J\x7f\u202e"
ACTS = {
    "a line": lambda: ACTING,
    "lines": lambda: ["a", ACTING],
    "rows": lambda: [Bird(ACTING, 1)],
    "a mapping": lambda: {ACTING: ACTING},
    "a header": lambda: Table([{ACTING: 1}], (Column(ACTING, unit=ACTING),), note=ACTING),
    "no rows": lambda: Table((), (), empty=ACTING),
    "a dataclass": lambda: Nest(ACTING, (Bird(ACTING, 2),)),
    "a stream": lambda: EventStream(iter([ACTING, Bird(ACTING, 3)])),
}


@pytest.mark.parametrize("format", ["text", "json", "csv", "lines", "excel"])
@pytest.mark.parametrize("made", ACTS.values(), ids=ACTS.keys())
def test_on_a_terminal_nothing_that_a_command_returns_acts(shown, made, format):
    said = shown(made, format, tty=True, TERM="dumb", status=None)
    assert not set(ACTING) & set(said) - set("[2J")


def test_in_a_pipe_csv_is_as_it_was_returned(shown):
    assert ACTING in shown(lambda: [Bird(ACTING, 1)], "csv")


def test_csv_leaves_out_what_fits_into_no_cell_and_json_has_it(shown):
    table = Table(BIRDS, TABLE.columns, json_only=("weight",))
    assert shown(lambda: table, "csv").splitlines()[0] == "bird"
    assert json.loads(shown(lambda: table, "json")) == AS_OBJECTS


def handlers():
    """Every handler of charplay's own commands, by the words that are typed; plain text too."""
    for command in all_commands(Registry()).values():
        for action in command.actions or (command,):
            words = command.name if action is command else f"{command.name} {action.name}"
            yield words, resolve_name(action.handler)
    yield "plain text", resolve_name(plain_text("").command.handler)


def members(hint):
    """The types that a union is made of, or the one type that is none."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return [member for part in typing.get_args(hint) for member in members(part)]
    return [hint]


def returned_types():
    """(what is typed, a type that its handler returns)."""
    for words, handler in handlers():
        for member in members(typing.get_type_hints(handler)["return"]):
            yield words, member


def is_result(kind):
    """Whether a command may return a value of that type, and it is clear how it is shown."""
    if kind in (type(None), str, Table, Quit, Draft):
        return True
    if typing.get_origin(kind) in (list, tuple, Iterator):
        return typing.get_args(kind)[0] is str
    return isinstance(kind, type) and dataclasses.is_dataclass(kind) and bool(find_view(kind))


# `retry` returns what the command that it repeats returns.
REPEATS = {"retry"}


@pytest.mark.parametrize(("words", "kind"), list(returned_types()))
def test_every_type_that_a_command_returns_has_a_view(words, kind):
    assert is_result(kind) or (words in REPEATS and kind is object)


def test_a_type_without_a_view_would_be_noticed():
    assert not any(map(is_result, (Bird, object, int, dict, EventStream, tuple[Bird, ...])))
