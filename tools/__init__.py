"""Scripts for those who make charplay."""
