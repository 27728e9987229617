"""`charplay`, and `python -m charplay`."""

import sys


def main() -> None:
    """The console script; Ctrl-C ends it without a traceback, also while it is being loaded."""
    try:
        from charplay.terminal.cli import main as run_process

        run_process()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
