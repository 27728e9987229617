"""Scripts for developers of charplay."""
