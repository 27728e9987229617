"""The commands of charplay, declared as data, a module for each family of them."""


def handler_name(name: str) -> str:
    """A handler of charplay's own, from its "module:function"."""
    return f"charplay.commands.{name}"


def arguments_name(name: str) -> str:
    """An options class of charplay's own arguments."""
    return f"charplay.commands.arguments:{name}"
