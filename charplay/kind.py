"""The two kinds of text: a list of names, and prose."""

from typing import Literal

Kind = Literal["names", "prose"]
KINDS = ("names", "prose")
