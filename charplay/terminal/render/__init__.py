"""How values look: for a person, or as JSON and CSV for a program."""
