"""Train by a recipe to its end, as `train` does, and print its figures.

    python -m tools.reproduce RECIPE            on the recipe's own text
    python -m tools.reproduce RECIPE CORPUS     on another, by name or file

Losses are nats a character, noted where the plan validates: after each epoch unless it says
otherwise. A recipe that reports in the words of its exercise is told in those alone.
"""

import sys

from charplay.commands.training import TrainArguments, train
from charplay.environment import Environment
from charplay.errors import CharplayError
from charplay.models.checkpoint import Header
from charplay.terminal.shell import Shell
from charplay.training.events import Event, Finished, Kept, Reported, Started


def main() -> None:
    if not 2 <= len(sys.argv) <= 3:
        sys.exit("which recipe? make reproduce RECIPE=dinosaurs, or RECIPE=… CORPUS=…")
    recipe, *corpus = sys.argv[1:]
    shell = Shell(Environment.of_process())
    try:
        run = train(shell.context, TrainArguments(recipe=recipe, corpus=(corpus or [None])[0]))
        for event in run.events:
            print_event(event)
            if isinstance(event, Kept) and run.run.plan.report is None:
                print_history(shell.context.library.open(event.name).header)
    except CharplayError as error:
        sys.exit(f"error: {error.message}\n  → {error.hint}")
    finally:
        shell.close()


def print_event(event: Event) -> None:
    """What of a run's events belongs to its figures."""
    if isinstance(event, Started):
        print(
            f"{event.name} on {', '.join(event.texts or (event.corpus,))}: "
            f"{event.characters:,} characters, {event.vocabulary} distinct, "
            f"{event.parameters:,} weights, {event.updates:,} updates"
        )
    elif isinstance(event, Reported):
        print(event.line, *event.names, sep="\n")
    elif isinstance(event, Finished):
        print(f"{event.update:,} updates in {event.elapsed:,.1f} s ({event.reason})")


def print_history(header: Header) -> None:
    """The losses of a run, from its model's file."""
    print("  update  training  held out")
    for update, loss, held_out in header.history:
        print(
            f"{update:8,}  {loss:8.4f}  " + ("       –" if held_out is None else f"{held_out:8.4f}")
        )


if __name__ == "__main__":
    main()
