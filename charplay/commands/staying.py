"""What is set at the prompt or by a shell's command holds for the next starts too."""

from collections.abc import Mapping

from charplay.commands.context import Context
from charplay.errors import StorageError
from charplay.files import path_text


def keep_changes(context: Context, changes: Mapping[tuple[str, str], object]) -> None:
    """Write values by section and name into the configuration, None for what is taken out.

    Nothing is written in private or by a script. At the prompt a value that cannot be written
    holds until the end, which is noted; a shell's command would do nothing then: StorageError.
    """
    if not context.settings_stay or not changes:
        return
    from charplay.commands.config_file import change_configuration  # tomlkit is slow to load

    file = context.environment.config
    try:
        if change_configuration(file, changes):
            context.add_note(f"what you set stays, in {path_text(file)}")
    except StorageError as error:
        if context.single:
            raise
        context.add_note(f"this holds until you leave: {error.message}")
