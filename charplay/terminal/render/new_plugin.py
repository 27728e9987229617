"""What a plugin that was just made looks like."""

from charplay.commands.new_plugin import NewPlugin
from charplay.terminal.render.console import CharplayConsole, foreign


def show_new_plugin(value: NewPlugin, console: CharplayConsole) -> None:
    """Its folder and files, and what to type, a line each."""
    console.print(foreign(f"made the {value.kind} {value.plugin} in {value.folder}:"))
    for file in value.files:
        console.print(foreign(f"  {file}"))
    console.print("then type in a shell:")
    for line in value.next:
        console.print(foreign(f"  {line}"), soft_wrap=True)
