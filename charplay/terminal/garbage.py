"""When Python searches its memory for garbage: not before all that a start needs is loaded."""

import gc


def put_off_search() -> None:
    """Search for nothing while modules are loaded: none of it is garbage."""
    gc.disable()


def begin_search() -> None:
    """Search from now on, where that was put off; what is loaded by now is never looked at."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
