"""Models: the contract of a backend, inference in NumPy, files, and the library of names."""
