"""A text of any length, a piece at a time: as typed, of a file, or from standard input."""

import io
from collections.abc import Iterable, Iterator
from itertools import chain, takewhile

from charplay.commands.context import Context
from charplay.commands.piped_input import FILE_MARK, PIPE, input_bytes, is_piped, nothing_came
from charplay.commands.request import Request
from charplay.errors import CharplayError, UsageError
from charplay.files import named_file
from charplay.generation.question import list_known
from charplay.interrupts import Interrupts
from charplay.models.library import OpenModel
from charplay.readable import open_readable
from charplay.text.typed.signs import list_characters
from charplay.text.typed.streaming import StreamAdmission

_PIECE = 1 << 14
_MOST_NAMED = 8
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
    if typed is None and is_piped(context):
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


def until_interrupted(pieces: Iterable[str], interrupts: Interrupts) -> Iterator[str]:
    """The pieces up to the first Ctrl-C, also where a model knows nothing of them."""
    return takewhile(lambda piece: not interrupts.count, pieces)


def check_known(
    opened: OpenModel, characters: int, admission: StreamAdmission, interrupted: bool = False
) -> None:
    """Raise UsageError where a model knew no character of a text that was read to its end."""
    if characters or interrupted:
        return
    dropped = list_characters(admission.admitted.dropped, _MOST_NAMED)
    if not dropped:
        raise UsageError("there is no text", "type one, or name a file that has one: @FILE")
    raise UsageError(
        f"{opened.name} knows none of these characters: {dropped}",
        list_known(opened.model.vocabulary),
    )


def _begun(pieces: Iterator[str]) -> Iterator[str] | None:
    """The pieces, the first of which has come; None where there is none."""
    first = next(pieces, None)
    return None if first is None else chain((first,), pieces)


def first_characters(pieces: Iterable[str], most: int) -> tuple[str, bool]:
    """The beginning of a text in pieces, at most so many characters, and whether there is more."""
    text = ""
    for piece in pieces:
        text += piece
        if len(text) > most:
            return text[:most], True
    return text, False


def _file_pieces(typed: str) -> Iterator[str]:
    path = named_file(typed)
    if path is None:
        raise CharplayError(f"{typed} cannot be read: there is no such file", _HINT)
    try:
        with io.TextIOWrapper(open_readable(path, pipes=True), encoding="utf-8-sig") as stream:
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
