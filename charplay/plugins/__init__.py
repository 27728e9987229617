"""Plugins: the hooks, the search for plugins, and a registry of what they offer."""
