"""`python -m charplay`."""

from charplay.terminal.cli import main

if __name__ == "__main__":
    main()
