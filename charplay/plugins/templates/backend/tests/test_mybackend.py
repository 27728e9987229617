"""What charplay asks of every backend."""

from charplay_mybackend import MyBackend

from charplay.testing import BackendContract


class TestMyBackend(BackendContract):
    backend = MyBackend()
