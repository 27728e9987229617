"""The log: tracebacks, in the data home."""

import logging
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import cast

from charplay.environment import Environment
from charplay.files import make_private_folder, open_private

_LOG_BYTES = 1_000_000


class HomeLog(RotatingFileHandler):
    """A log that only its owner can read, never through a link; where it cannot be written, it is
    not."""

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        make_private_folder(path.parent)
        return cast(TextIOWrapper, open_private(path))

    def close(self) -> None:
        """Close the file; what a full disk has no room for is lost."""
        with suppress(OSError):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Leave it: a full disk is told where it hinders a person."""


def start_log(environment: Environment, private: Callable[[], bool]) -> logging.Handler:
    """Have tracebacks written to the log, except while `private` says that nothing is kept."""
    handler = HomeLog(environment.log, maxBytes=_LOG_BYTES, backupCount=1, delay=True)
    handler.addFilter(lambda record: not private())
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    return handler
