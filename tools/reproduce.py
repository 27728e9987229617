"""Train a recipe to completion, as `train` does, and print its losses.

    python -m tools.reproduce RECIPE            on the text of the recipe
    python -m tools.reproduce RECIPE CORPUS     on another text, by name or file

Losses are in nats per character, recorded at each validation: after each epoch unless the plan says
otherwise. For a recipe with a report of its own, only that report is printed.
"""

import sys

from charplay.commands.dispatch import perform_words
from charplay.commands.training import Training
from charplay.commands.words import Word
from charplay.environment import Environment
from charplay.errors import CharplayError, show_commands
from charplay.models.header import Header
from charplay.terminal.shell import Shell
from charplay.training.events import Finished, Kept, Reported, Started, TrainingEvent


def main() -> None:
    if not 2 <= len(sys.argv) <= 3:
        sys.exit("no recipe given; try make reproduce RECIPE=dinosaurs, or RECIPE=… CORPUS=…")
    recipe, *corpus = sys.argv[1:]
    words = [Word(word) for word in ("train", "--recipe", recipe, *corpus)]
    shell = Shell(Environment.of_process())
    try:
        training = perform_words(shell.context, words).value
        assert isinstance(training, Training)
        for event in training.events:
            print_event(event)
            if isinstance(event, Kept) and training.run.plan.report is None:
                print_history(shell.context.library.open(event.name).header)
    except CharplayError as error:
        sys.exit(f"error: {error.message}\n  → {show_commands(error.hint, 'charplay ')}")
    finally:
        shell.close()


def print_event(event: TrainingEvent) -> None:
    """Print an event if it tells about the size, the losses or the time of a run."""
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
    """Print the losses of a run from the header of its model file."""
    print("  update  training  held out")
    for update, loss, held_out in header.history:
        print(
            f"{update:8,}  {loss:8.4f}  " + ("       –" if held_out is None else f"{held_out:8.4f}")
        )


if __name__ == "__main__":
    main()
