"""Measurements, one file a question; `python -m benchmarks` asks them all."""
