"""The small faults put into the code by `tools.mutants`, and how it sees whether tests notice."""

import subprocess
from pathlib import Path

import pytest

from tools.mutants.__main__ import draw_mutants, try_mutants
from tools.mutants.faults import find_faults
from tools.mutants.rooms import find_rooms, pick_rooms
from tools.mutants.trial import Reached

CHECKOUT = Path(__file__).parents[1]


def faulty(source):
    """The source with each of its faults."""
    return [fault.put_into(source) for fault in find_faults(source)]


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("f(a < b)", ["f((a <= b))", "pass"]),
        ("x = a is not b", ["x = (a is b)"]),
        ("x = a + b * c", ["x = (a - b * c)", "x = a + (b + c)"]),
        ("x = a and b", ["x = (a or b)"]),
        ("x = not a", ["x = (a)"]),
        ("def f(size=7):\n    return", ["def f(size=(8)):\n    return"]),
        ("x = {True}", ["x = {(False)}"]),
        ("if a:\n    b", ["if (not a):\n    b", "if a:\n    pass"]),
        ("while a:\n    break", ["while (not a):\n    break", "while a:\n    continue"]),
        ("del a[b]", ["pass"]),
        ("a.b = c", ["pass"]),
        ("a.b += c", ["a.b -= c", "pass"]),
        ("x = f(a, b=c)", ["x = (f(a))"]),
        ("def f():\n    return a", ["def f():\n    return None"]),
        ("for a in b:\n    continue", ["for a in b:\n    break"]),
    ],
)
def test_each_fault_is_one_that_a_tired_engineer_makes(source, changed):
    assert sorted(faulty(source)) == sorted(changed)


@pytest.mark.parametrize(
    "source",
    [
        '"""A text."""',
        "_SIZE = 64",
        "_SIZES = (1 << 14, -0.5)",
        "x: Literal[1, 2]",
        "def f(a: int | None) -> int | str: ...",
        "if TYPE_CHECKING:\n    a = b < c",
        "@f(a=1)\nclass A(B[1]): ...",
        'x = a + "text"',
        "raise E(a + b)",
        'x = f"{a + b}"',
        "x = f(a, strict=True)",
    ],
)
def test_words_types_and_sizes_are_left_alone(source):
    assert faulty(source) == []


def test_a_fault_is_told_on_one_line_where_its_code_has_several():
    told = [str(fault) for fault in find_faults("x = (\n    a < b\n    or c\n)")]
    assert told == ["a < b  →  a <= b", "a < b or c  →  a < b and c"]


def test_the_rest_of_a_file_is_as_it_was_whatever_signs_stand_before():
    source = 'a = "恐竜"; b.c = f(d < e)  # “why”\nx = 1\n'
    assert 'a = "恐竜"; b.c = f((d <= e))  # “why”\nx = 1\n' in faulty(source)


def test_every_fault_of_every_module_can_be_read_by_python():
    for room in find_rooms(CHECKOUT):
        for module in room.modules[:3]:
            source = (CHECKOUT / module).read_text(encoding="utf-8")
            for fault in find_faults(source):
                compile(fault.put_into(source), module, "exec")


def test_a_seed_draws_the_same_faults_again_and_only_in_the_rooms_asked_for():
    rooms = pick_rooms(find_rooms(CHECKOUT), ["sessions", "charplay_ngram"])
    drawn = draw_mutants(CHECKOUT, rooms, 40, seed=3)
    assert drawn == draw_mutants(CHECKOUT, rooms, 40, seed=3)
    assert drawn != draw_mutants(CHECKOUT, rooms, 40, seed=4)
    assert {room.name for room, _, _ in drawn} == {"sessions", "charplay_ngram"}
    with pytest.raises(ValueError, match="no room cellar; rooms: sessions, charplay_ngram"):
        pick_rooms(rooms, ["cellar"])


# What some lines of the module become, and whether its tests notice.
NEW = {"(a < b)": True, "(a - 1)": False, "(a + 2)": True, "(3 + 4)": True, "(5 - 2)": True}
MODULE = """def of_a_size():
    return 5 + 2

SIZE = {3 * 4: of_a_size()}

def larger(a, b):
    return a if not a < b else b

def unseen(a):
    return a + 1

def in_a_process(a):
    return a * 2
"""
TESTS = """import subprocess, sys
import pytest
from charplay.sums.larger import SIZE, larger, unseen

@pytest.fixture(scope="module")
def shared():
    return larger(3, 1)

def test_first(shared):
    assert True

def test_larger(shared):
    assert shared == 3

def test_what_is_done_when_the_module_is_loaded():
    assert SIZE == {12: 7} and larger(2, 1) == 2

def test_that_fails_without_a_fault():
    assert unseen(1) == 7

def test_process():
    code = "from charplay.sums.larger import in_a_process as f; assert f(3) == 6"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
"""


def test_a_fault_is_caught_by_the_tests_that_reach_it_also_by_what_they_share_and_start(
    tmp_path, capsys
):
    files = {
        "charplay/__init__.py": "",
        "charplay/sums/__init__.py": "",
        "charplay/sums/larger.py": MODULE,
        "tests/sums/test_larger.py": TESTS,
        "tools/__init__.py": "",
    }
    tools = (CHECKOUT / "tools" / "mutants").glob("*.py")
    files |= {f"tools/mutants/{path.name}": path.read_text() for path in tools}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "plugins").mkdir()
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    [_, room] = find_rooms(tmp_path)
    mutants = [
        mutant for mutant in draw_mutants(tmp_path, [room], 100, seed=1) if mutant[2].new in NEW
    ]
    caught = {fault.new: caught for (_, _, fault), caught in try_mutants(tmp_path, mutants)}
    assert caught == NEW
    assert "left out, since it fails without a fault: tests/sums" in capsys.readouterr().out


def test_a_test_that_hangs_is_stopped_after_five_times_the_slowest_and_half_a_minute():
    reached = Reached({"quick": 1.0, "slow": 8.0}, {}, [])
    assert reached.limits(["quick", "slow"]) == (70.0, 75.0)
    assert reached.limits([]) == (30.0, 30.0)
