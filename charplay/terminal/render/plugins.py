"""A plugin's page."""

from charplay.commands.plugins import PluginPage
from charplay.terminal.render.console import CharplayConsole
from charplay.terminal.render.facts import show_facts


def show_plugin_page(page: PluginPage, console: CharplayConsole) -> None:
    """Print what is known of a plugin; what it does not have is left out."""
    milliseconds = "" if page.milliseconds is None else f"{page.milliseconds:,.0f} ms"
    facts = [
        ("plugin", page.plugin),
        ("distribution", f"{page.distribution} {page.version}".rstrip()),
        ("status", page.status),
        ("module", page.module),
        ("place", page.place),
        ("interface", page.interface),
        ("to import", milliseconds),
        ("backends", ", ".join(page.backends)),
        ("corpora", ", ".join(page.corpora)),
        ("recipes", ", ".join(page.recipes)),
        ("commands", ", ".join(page.commands)),
        *(("problem", problem) for problem in page.problems),
    ]
    show_facts(console, [(name, fact) for name, fact in facts if fact])
