"""Tables: separators, rows, cells and columns, in text files and spreadsheets."""
