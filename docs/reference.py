"""Write docs/commands.md and the keys in docs/prompt.md from charplay's own tables.

With --check, only see that they are current.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from charplay.commands.builtin import all_commands
from charplay.commands.help import CommandHelp, describe_command
from charplay.commands.keys import KEYS
from charplay.plugins.registry import Registry

PAGE = Path(__file__).parent / "commands.md"
PROMPT_PAGE = Path(__file__).parent / "prompt.md"
KEYS_BEGIN, KEYS_END = "<!-- keys: made by `make docs` -->\n", "<!-- end of keys -->\n"
HEAD = """# Commands

Type a command after a colon in the REPL (`:names -n 5`), or after `charplay` in a shell
(`charplay names -n 5`). The beginning of a name is enough where no other command begins so. Every
command takes `--format text|lines|csv|excel|json`, `--excel`, `--save FILE` and `--help`: see
[scripts.md](scripts.md). This page is made from the table of commands by `make docs`.
"""


def command_section(help: CommandHelp, level: str = "##") -> str:
    """One command or action."""
    lines = [f"{level} {help.name}", "", f"{help.summary[0].upper()}{help.summary[1:]}.", ""]
    lines += ["```", help.usage, "```", ""]
    lines += option_table(help)
    if help.examples and not help.actions:
        lines += ["```", *(f":{example}" for example in help.examples), "```", ""]
    return "\n".join(lines)


def option_table(help: CommandHelp) -> Iterator[str]:
    """The arguments of a command."""
    if not help.options:
        return
    yield from ("| argument | what it is | values |", "| --- | --- | --- |")
    for option in help.options:
        values = "" if option.domain == "text" else option.domain
        cells = (f"`{option.name}`", option.help, values + option.told_default)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def whole_page() -> str:
    """The page: every command, each followed by its actions."""
    sections = [HEAD]
    for command in all_commands(Registry()).values():
        sections.append(command_section(describe_command(command, (command.name,))))
        for action in command.actions:
            path = (command.name, action.name)
            sections.append(command_section(describe_command(action, path), "###"))
    return "\n".join(sections)


def prompt_page(page: str) -> str:
    """The page about the prompt with the keys as they are now."""
    before, _, rest = page.partition(KEYS_BEGIN)
    _, _, after = rest.partition(KEYS_END)
    return f"{before}{KEYS_BEGIN}{key_table()}{KEYS_END}{after}"


def key_table() -> str:
    """The keys of both editors."""
    lines = ["| keys | what they do | with `set keys` |", "| --- | --- | --- |"]
    lines += [f"| {key.keys} | {key.does} | {', '.join(key.editors)} |" for key in KEYS]
    return "\n".join(lines) + "\n"


def main() -> int:
    pages = {
        PAGE: whole_page(),
        PROMPT_PAGE: prompt_page(PROMPT_PAGE.read_text(encoding="utf-8")),
    }
    for page, text in pages.items():
        if "--check" not in sys.argv[1:]:
            page.write_text(text, encoding="utf-8")
        elif not page.exists() or page.read_text(encoding="utf-8") != text:
            sys.stderr.write(f"docs/{page.name} is not what charplay says: run make docs\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
