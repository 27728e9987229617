"""What a class of options declares, in a form that a test can spell out whole."""

import dataclasses
import runpy
import sys

# What is not told where it is so.
_PLAIN = ("None", "()", "''", "False")


def declared(cls):
    """For each field its default, and all that is declared of it but for its help.

    `{"updates": (None, {"minimum": 1})}`; a field without a default has `...` in its place. The
    class's file is read anew for it, as each start of charplay does.
    """
    again = runpy.run_path(sys.modules[cls.__module__].__file__)[cls.__name__]
    return {field.name: (_default(field), _said(field)) for field in dataclasses.fields(again)}


def _default(field):
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return ... if field.default is dataclasses.MISSING else field.default


def _said(field):
    metadata = field.metadata.items()
    return {name: value for name, value in metadata if name != "help" and repr(value) not in _PLAIN}
