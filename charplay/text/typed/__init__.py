"""Typed text that meets a model's characters, and how characters are compared and shown."""
