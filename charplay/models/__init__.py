"""Models: the contract of a backend, recurrent inference, model files and the library."""
