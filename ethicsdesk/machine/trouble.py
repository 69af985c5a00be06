"""What an operator can put right: said in a sentence, without a traceback."""

import contextlib
import sys


class Trouble(Exception):  # noqa: N818 - it is what the operator has, not a fault of the program
    """Something on this machine stands in the way; the message says what, and what to do."""


def say(*words: object) -> None:
    """Tell the operator what happens; standard output belongs to the command's own answer."""
    # Whoever listened may have gone, which is no reason to stop.
    with contextlib.suppress(BrokenPipeError):
        print("desk:", *words, file=sys.stderr, flush=True)
