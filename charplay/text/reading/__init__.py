"""A person's own file, read as it was meant: encoding, cleaning, names or prose."""
