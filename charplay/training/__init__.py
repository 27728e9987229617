"""Training: the trainer that serves every backend, what it tells, and recipes."""
