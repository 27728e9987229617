"""The tour: steps that are typed, checked and praised."""

import pytest

from charplay.commands.builtin import BUILTIN
from charplay.commands.command import Commands
from charplay.commands.tour import STEPS, Tour

COMMANDS = Commands(BUILTIN)


def test_typing_every_step_as_it_is_shown_goes_through_the_tour():
    tour = Tour()
    for step in STEPS:
        assert tour.step is step
        assert tour.take(step.line, COMMANDS) is step
    assert tour.step is None


@pytest.mark.parametrize("line", ["", ":", ":models", ":names --nonsense", "hello", ":nothing"])
def test_anything_else_is_allowed_and_leaves_the_tour_where_it_is(line):
    tour = Tour()
    assert tour.take(line, COMMANDS) is None
    assert tour.step is STEPS[0]


def test_a_step_done_in_the_persons_own_way_is_praised_too():
    tour = Tour()
    assert tour.take(":names drugs -n 3", COMMANDS) is STEPS[0]
    assert tour.take(":names drugs", COMMANDS) is None
    assert tour.take(":names drugs --temperature=1.5", COMMANDS) is STEPS[1]
    assert tour.take(":model drugs", COMMANDS) is STEPS[2]
    assert tour.take("Nova", COMMANDS) is STEPS[3]
