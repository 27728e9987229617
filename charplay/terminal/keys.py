"""The keys of the prompt that prompt_toolkit has not; `charplay.commands.keys` tells of all."""

from prompt_toolkit import PromptSession
from prompt_toolkit.cursor_shapes import ModalCursorShapeConfig
from prompt_toolkit.enums import DEFAULT_BUFFER, SEARCH_BUFFER, EditingMode
from prompt_toolkit.filters import (
    completion_is_selected,
    emacs_insert_mode,
    has_completions,
    has_focus,
    has_selection,
    vi_insert_mode,
)
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.key_binding.key_bindings import KeyBindingsBase
from prompt_toolkit.keys import Keys

from charplay.commands.settings import Interface
from charplay.terminal.completer import complete_word
from charplay.terminal.long_texts import LongTexts
from charplay.terminal.shell import EditorWanted

# A person who pressed Escape in vi waits for it; a terminal sends Alt-Enter in one piece.
_VI_PATIENCE_SECONDS = 0.1
_PATIENCE_SECONDS, _ESCAPE_SECONDS = 1.0, 0.5
_LONGEST_SEARCHED = 1_000


def prompt_keys(long_texts: LongTexts) -> KeyBindingsBase:
    """A second line, the editor, and what is pasted."""
    keys = KeyBindings()
    at_line = has_focus(DEFAULT_BUFFER)
    inserting = at_line & (emacs_insert_mode | vi_insert_mode)

    # Ctrl-J is Enter as a terminal gives it that was pressed while a command ran.
    @keys.add(Keys.Escape, Keys.ControlJ, filter=inserting)
    @keys.add(Keys.Escape, Keys.ControlM, filter=inserting)
    def begin_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    keys.add(Keys.ControlI, filter=inserting)(complete_word)

    @keys.add(Keys.ControlM, filter=completion_is_selected)
    @keys.add(Keys.Escape, filter=has_completions, eager=True)
    def leave_menu(event: KeyPressEvent) -> None:
        event.current_buffer.complete_state = None

    @keys.add(Keys.ControlG, filter=at_line & ~has_selection)
    def open_editor(event: KeyPressEvent) -> None:
        text = long_texts.unfold(event.current_buffer.text)
        event.app.erase_when_done = True  # the next prompt shows the text again
        event.app.exit(exception=EditorWanted(text))

    return merge_key_bindings([keys, paste_keys(long_texts)])


def paste_keys(long_texts: LongTexts) -> KeyBindings:
    """What is pasted is text, however many lines it has; a long one is not drawn."""
    keys = KeyBindings()

    @keys.add(Keys.BracketedPaste, filter=has_focus(DEFAULT_BUFFER))
    def paste(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text(long_texts.fold(pasted_text(event.data)))

    @keys.add(Keys.BracketedPaste, filter=has_focus(SEARCH_BUFFER))
    def search(event: KeyPressEvent) -> None:
        line = pasted_text(event.data).partition("\n")[0]
        event.current_buffer.insert_text(line[:_LONGEST_SEARCHED])

    return keys


def pasted_text(data: str) -> str:
    """What a paste is, to the letter, with line ends as they are everywhere.

    One line is pasted without its end: that comes along where a line is marked in a terminal, and
    would go to the model. The last end of several lines stays: a stanza may end with it.
    """
    text = data.replace("\r\n", "\n").replace("\r", "\n")
    return text[:-1] if text.find("\n") == len(text) - 1 else text


def use_keys(prompt: PromptSession[str], interface: Interface) -> None:
    """Have the prompt know the keys of the editor that is set."""
    vi, app = interface.keys == "vi", prompt.app
    prompt.editing_mode = EditingMode.VI if vi else EditingMode.EMACS
    prompt.cursor = ModalCursorShapeConfig() if vi else None
    app.timeoutlen = _VI_PATIENCE_SECONDS if vi else _PATIENCE_SECONDS
    app.ttimeoutlen = _VI_PATIENCE_SECONDS if vi else _ESCAPE_SECONDS
    app.erase_when_done = False
