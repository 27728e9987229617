"""`charplay`, and `python -m charplay`."""

import sys

from charplay import __version__


def main() -> None:
    """The console script; Ctrl-C ends it without a traceback, also while it is being loaded."""
    try:
        if sys.argv[1:] in (["--version"], ["-V"]) and _tell_version():
            return
        from charplay.terminal.cli import main as run_process

        run_process()
    except KeyboardInterrupt:
        sys.exit(130)


def _tell_version() -> bool:
    """Write the version, for which nothing need be loaded; whether it could be written."""
    try:
        sys.stdout.write(f"charplay {__version__}\n")
        sys.stdout.flush()
    except (AttributeError, OSError, ValueError):  # the output is closed: that is told elsewhere
        return False
    return True


if __name__ == "__main__":
    main()
