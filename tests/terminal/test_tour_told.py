"""What the guide of the tour writes, to the letter and in its styles."""

import pytest

from charplay.commands.request import Request
from charplay.commands.tour import GOODBYE, STEPS, Tour
from charplay.errors import ExitStatus
from charplay.terminal.render.console import make_console
from charplay.terminal.tour_guide import TourGuide
from tests.terminal.line_prompt import LinePrompt

DONE, FAILED = ExitStatus.DONE, ExitStatus.FAILED
FIRST = """
1 of 9: A model that read the names of 1,500 dinosaurs makes new ones, letter by letter.
Type the line in bold, colon and all, and Enter. Ctrl-D leaves the tour.
  → \x1b[1m:names dinosaurs\x1b[0m
"""
SECOND = """
2 of 9: How bold it is can be set: a temperature below 1 keeps to what is likely.
  → \x1b[1m:names dinosaurs --temperature 0.3\x1b[0m
"""
PRAISE = 'What is "new" stands on no list. The label at the end of a row brings its name back.'


class Guided:
    """A guide, and what it writes of each line that was done."""

    def __init__(self, home):
        prompt = LinePrompt(home, COLUMNS="100")
        self.context, environment = prompt.context, prompt.context.environment
        self.out = environment.stdout
        self.guide = TourGuide(self.context, make_console(environment))

    def told(self, line, status=DONE, path=(), **values):
        """What is written once a line was done, which performed this."""
        before = len(self.out.getvalue())
        command = self.context.commands["names"]
        self.context.performing = Request(path, command, values)
        self.guide.follow(line, status)
        return self.out.getvalue()[before:]


@pytest.fixture
def guided(home):
    guided = Guided(home)
    guided.context.tour = Tour()
    return guided


def test_who_is_on_no_tour_is_told_nothing(home):
    guided = Guided(home)
    assert guided.told(":names", path=("names",)) == ""
    assert not guided.guide.leave_tour()
    assert guided.out.getvalue() == ""


def test_the_first_step_tells_how_and_the_next_only_what(guided):
    assert guided.told(":help tour") == FIRST
    assert guided.context.performing is None
    praised = guided.told(":names dinosaurs", path=("names",))
    assert praised == f"\x1b[1m{PRAISE}\x1b[0m\n{SECOND}"


def test_a_line_that_failed_is_no_step_and_one_that_is_another_reminds(guided):
    guided.told(":help tour")
    told = "\x1b[2m{}still 1 of 9, Enter alone tells it again:\x1b[0m\n"
    told += "  → \x1b[1m:names dinosaurs\x1b[0m\n"
    assert guided.told(":names dinosaurs", FAILED, path=("names",)) == told.format("")
    assert guided.told(":backends", path=("backends",)) == told.format("")
    lacking = told.format("a command begins with a colon; ")
    assert guided.told(" names dinosaurs ") == lacking
    assert guided.told(" ") == FIRST


def test_a_tour_that_is_begun_again_is_told_from_its_beginning(guided):
    assert guided.told(":help tour") == FIRST
    assert guided.guide.leave_tour()
    assert guided.out.getvalue().endswith("you left the tour; :help tour begins it again\n")
    assert guided.context.tour is None
    assert guided.told("ab") == ""
    guided.context.tour = Tour()
    assert guided.told(":help tour") == FIRST


def test_after_the_last_step_the_tour_is_over(guided):
    guided.context.tour = Tour(len(STEPS) - 1)
    assert "9 of 9: " in guided.told(":help tour")
    end = guided.told(":names mine", path=("names",), model="mine")
    said = " ".join(end.split())
    assert said.endswith(GOODBYE.replace("`help`", ":help").replace("`help keys`", ":help keys"))
    assert guided.context.tour is None
