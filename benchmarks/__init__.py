"""Measurements, one file for each question; `python -m benchmarks` runs all of them."""
