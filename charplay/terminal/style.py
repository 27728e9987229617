"""How what is typed at the prompt looks, by what it is."""

from prompt_toolkit.styles import Style


def prompt_style() -> Style:
    """The looks of the prompt's parts; without colours their bold, dim and underlined remain."""
    return Style.from_dict(
        {
            "auto-suggestion": "dim",
            "prompt-continuation": "dim",
            "long-text": "italic ansicyan",
            "command": "bold ansicyan",
            "unknown-command": "underline ansired",
            "action": "ansicyan",
            "option": "ansiyellow",
            "string": "ansigreen",
            "file": "ansimagenta",
            "number": "ansiblue",
            "comment": "dim",
        }
    )
