"""The tour: steps that are typed, checked and praised."""

import pytest

from charplay.commands.builtin import BUILTIN
from charplay.commands.command import Commands
from charplay.commands.dispatch import plain_text
from charplay.commands.reader import read_line
from charplay.commands.tour import STEPS, Tour
from charplay.errors import UsageError

COMMANDS = Commands(BUILTIN)


def request_of(line):
    """What a line asks for; None where it cannot be done."""
    if not line.startswith(":"):
        return plain_text(line)
    try:
        return read_line(COMMANDS, line[1:])
    except UsageError:
        return None


def test_typing_every_step_as_it_is_shown_goes_through_the_tour():
    tour = Tour()
    for step in STEPS:
        assert tour.step is step
        assert tour.take(request_of(step.line)) is step
    assert tour.step is None


@pytest.mark.parametrize("line", ["", ":", ":models", ":names --nonsense", "hello", ":nothing"])
def test_anything_else_is_allowed_and_leaves_the_tour_where_it_is(line):
    tour = Tour()
    assert tour.take(request_of(line)) is None
    assert tour.step is STEPS[0]


def test_a_step_done_in_the_persons_own_way_is_praised_too():
    tour = Tour()
    assert tour.take(request_of(":names drugs -n 3")) is STEPS[0]
    assert tour.take(request_of(":names drugs")) is None
    assert tour.take(request_of(":names drugs --temperature=1.5")) is STEPS[1]
    assert tour.take(request_of(":model drugs")) is STEPS[2]
    assert tour.take(request_of("Nova")) is STEPS[3]
