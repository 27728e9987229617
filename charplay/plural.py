"""How many things there are, in words."""


def count_in_words(number: int, one: str, several: str = "") -> str:
    """A number of things: 1 name, 2,000 names."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"
