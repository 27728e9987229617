"""Training: the trainer for every backend, its parts, its events, and recipes."""
