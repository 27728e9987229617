"""The terminal: shell, REPL, and how values look."""
