"""Commands that were pasted or typed together: they are run one after another, after a look."""

from collections.abc import Callable, Sequence

from charplay.commands.plain_words import COMMAND_MARK, agrees, is_comment
from charplay.errors import ExitStatus
from charplay.plural import count_in_words
from charplay.terminal.shell import EditorWanted, Shell


def script_commands(text: str) -> list[str]:
    """The commands of a text of several lines, where all are commands, comments or blank."""
    lines = [line for line in text.split("\n") if line.strip()]
    commands = [line for line in lines if not is_comment(line)]
    every_line = all(line.startswith(COMMAND_MARK) for line in commands)
    return commands if every_line and len(lines) > 1 else []


def perform_typed(shell: Shell, text: str, ask: Callable[[str], str]) -> ExitStatus:
    """Do what was typed before Enter: a line, a text of several, or several commands."""
    commands = script_commands(text)
    if not commands:
        return shell.perform_line(text)
    return _run_commands(shell, commands) if _may_run(commands, ask) else ExitStatus.DONE


def _may_run(commands: Sequence[str], ask: Callable[[str], str]) -> bool:
    """Whether the person, who sees the commands, wants them; Enter is yes, Ctrl-D no."""
    count = count_in_words(len(commands), "command")
    try:
        answer = ask(f"run {count}? Y/n ")
    except EOFError:
        return False
    return not answer.strip() or agrees(answer)


def _run_commands(shell: Shell, commands: Sequence[str]) -> ExitStatus:
    """Run commands until Ctrl-C; an editor opens after the last one. The first status not DONE."""
    wanted: EditorWanted | None = None
    status = ExitStatus.DONE
    for command in commands:
        try:
            done = shell.perform_line(command)
            status = status or done
            if done is ExitStatus.INTERRUPTED:
                return status
        except EditorWanted as last:
            wanted = last
    if wanted:
        raise wanted
    return status
