"""A text of any length, a piece at a time: as typed, of a file, or from standard input."""

import io
from collections.abc import Iterator
from itertools import chain

from charplay.commands.context import Context
from charplay.commands.piped_input import FILE_MARK, PIPE, input_bytes, is_waiting, nothing_came
from charplay.commands.request import Request
from charplay.errors import CharplayError, UsageError
from charplay.files import named_file

_PIECE = 1 << 14
_HINT = "name a text file after the @"


def text_pieces(context: Context, request: Request, name: str) -> Iterator[str]:
    """As `given_pieces`; UsageError where there is no text."""
    pieces = given_pieces(context, request, name)
    if pieces is None:
        command = " ".join(request.path)
        raise UsageError(
            f"{command} needs a text", f"`{command} Shall I compare thee`, or `{command} @FILE`"
        )
    return pieces


def given_pieces(context: Context, request: Request, name: str) -> Iterator[str] | None:
    """The pieces of an argument's text: as typed, of `@FILE`, or of standard input for `@-`.

    Where the argument is not given, what is piped in is the text; None where there is none. Raises
    CharplayError for a file that cannot be read, at once or where it goes wrong later.
    """
    typed = request.values.get(name)
    if typed is None and context.takes_input and is_waiting(context.environment.stdin):
        return _begun(_piped_pieces(context))
    if not typed:
        return None
    if not typed.startswith(FILE_MARK):
        return iter((typed,))
    if typed != FILE_MARK + PIPE:
        return _begun(_file_pieces(typed.removeprefix(FILE_MARK))) or iter(())
    pieces = _begun(_piped_pieces(context))
    if pieces is None:
        raise nothing_came()
    return pieces


def _begun(pieces: Iterator[str]) -> Iterator[str] | None:
    """The pieces, the first of which has come; None where there is none."""
    first = next(pieces, None)
    return None if first is None else chain((first,), pieces)


def _file_pieces(typed: str) -> Iterator[str]:
    path = named_file(typed)
    if path is None:
        raise CharplayError(f"{typed} cannot be read: there is no such file", _HINT)
    try:
        with path.open(encoding="utf-8-sig") as stream:
            while piece := stream.read(_PIECE):
                yield piece
    except UnicodeDecodeError as error:
        raise CharplayError(f"{typed} cannot be read: it is not UTF-8", _HINT) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CharplayError(f"{typed} cannot be read: {reason}", _HINT) from error


def _piped_pieces(context: Context) -> Iterator[str]:
    """What standard input gives, without the line end that `echo` adds."""
    stream = io.TextIOWrapper(input_bytes(context), encoding="utf-8-sig")
    held = ""
    try:
        while piece := stream.read(_PIECE):
            if held:
                yield held
            held = piece
    except UnicodeDecodeError as error:
        raise CharplayError(
            "standard input cannot be read: it is not UTF-8", "save it as UTF-8"
        ) from error
    finally:
        stream.detach()  # or it would be closed
    if last := held.removesuffix("\n"):
        yield last
