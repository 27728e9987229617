"""Commands: one table that serves the REPL, the shell, help and completion."""
