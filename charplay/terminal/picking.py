"""Writing by hand at a terminal: key by key, or a line at a time."""

from collections.abc import Callable

from prompt_toolkit.input import Input, create_input
from prompt_toolkit.output import Output, create_output

from charplay.environment import Environment
from charplay.insight.handwriting import Handwriting
from charplay.terminal.line_picker import pick_by_lines
from charplay.terminal.picker import pick_by_keys
from charplay.terminal.render.console import CharplayConsole, foreign


def pick_text(
    writing: Handwriting,
    ask: Callable[[str], str],
    console: CharplayConsole,
    environment: Environment,
    by_lines: bool,
    input: Input | None = None,
    output: Output | None = None,
) -> bool:
    """Have a person write by hand; whether they keep it.

    `input` and `output` are the terminal's unless given.
    """
    if by_lines:
        return pick_by_lines(writing, ask, lambda line: console.print(foreign(line)))
    return pick_by_keys(
        writing,
        input or create_input(environment.stdin),
        output or create_output(environment.stdout),
        console.draws_ascii,
    )
