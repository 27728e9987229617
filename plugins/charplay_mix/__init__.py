"""Models made of several, of any backends: each gives its view, and the views are weighed."""

from charplay import Command, RegisterBackend, RegisterCommand, hookimpl
from charplay_mix.backend import MixBackend


@hookimpl
def register_backends(register: RegisterBackend) -> None:
    """Offer the backend `mix`."""
    register(MixBackend(register.find))


@hookimpl
def register_commands(register: RegisterCommand) -> None:
    """Offer the command `mix`."""
    register(
        Command(
            "mix",
            "make one model of several",
            "charplay_mix.command:mix_models",
            "charplay_mix.arguments:MixArguments",
            (
                "mix drugs firstnames --characters union --name pills",
                "mix mine yours --text list.txt --name ours",
            ),
        )
    )
