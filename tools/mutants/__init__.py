"""Mutants: the code with one small fault in it, to see whether the tests notice."""
