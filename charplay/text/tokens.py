"""The token that is none, and how many others there may be, apart from what needs NumPy."""

# As an input: a zero vector, which still advances the state. As a target: not scored.
# Never an index: NumPy and Keras would both silently take the last row.
NO_TOKEN = -1
# Each character that a model knows costs every step a probability; no text has so many.
MOST_CHARACTERS = 65_536
