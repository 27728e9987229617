"""The token that is none, apart from what needs NumPy."""

# As an input: a zero vector, which still advances the state. As a target: not scored.
# Never an index: NumPy and Keras would both silently take the last row.
NO_TOKEN = -1
