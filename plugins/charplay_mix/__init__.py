"""Models made of several, of any backends: each gives its view, and the views are weighed."""

from charplay import RegisterBackend, hookimpl
from charplay_mix.backend import MixBackend


@hookimpl
def register_backends(register: RegisterBackend) -> None:
    """Offer the backend `mix`."""
    register(MixBackend(register.find))
