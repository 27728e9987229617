"""The arguments of the command `mix`."""

from dataclasses import dataclass

from charplay import option

CHARACTERS = ("same", "union")


@dataclass(frozen=True)
class MixArguments:
    """What `mix` takes."""

    models: tuple[str, ...] = option(
        (),
        "the models, two or more, by name, digest or path",
        metavar="MODEL …",
        positional=True,
        required=True,
        completes="model",
    )
    name: str | None = option(None, "keep the mix under this name")
    text: str | None = option(
        None,
        "weigh the models by this text, which none of them should know; - is standard input",
        metavar="CORPUS|FILE",
        completes="corpus|file",
    )
    characters: str = option(
        "same",
        "same: all models know the same characters; union: the mix knows those of all, and a model "
        "gives what it lacks a thousandth, shared alike",
        choices=CHARACTERS,
    )
