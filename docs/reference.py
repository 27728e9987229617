"""Write docs/commands.md from the table of commands; with --check, only see that it is current."""

import sys
from pathlib import Path

from charplay.commands.builtin import all_commands
from charplay.commands.general import CommandHelp, command_help
from charplay.plugins.registry import Registry

PAGE = Path(__file__).parent / "commands.md"
HEAD = """# Commands

Typed after a colon in the REPL (`:names -n 5`) and after `charplay` in the shell
(`charplay names -n 5`). A unique beginning of a name is enough. Every command takes
`--format text|json|csv` and `--help`. This page is made from the table of commands by `make docs`.
"""


def section(help: CommandHelp) -> str:
    """One command."""
    lines = [f"## {help.name}", "", f"{help.summary[0].upper()}{help.summary[1:]}.", ""]
    lines += ["```", help.usage, "```", ""]
    if help.options:
        lines += ["| argument | what it is | values |", "| --- | --- | --- |"]
        for each in help.options:
            plain = each.default is None or each.default in ("", False, ())
            default = "" if plain else f" (default {each.default})"
            values = "" if each.domain == "a text" else each.domain
            cells = (f"`{each.name}`", each.help, values + default)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    if help.examples:
        lines += ["```", *(f":{example}" for example in help.examples), "```", ""]
    return "\n".join(lines)


def page() -> str:
    """The whole page."""
    commands = all_commands(Registry()).values()
    return "\n".join([HEAD, *(section(command_help(command)) for command in commands)])


def main() -> int:
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        sys.stderr.write("docs/commands.md is not what the commands say: run make docs\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
