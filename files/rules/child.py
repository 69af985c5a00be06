"""Look into one file in a process of its own: `python -m files.rules.child check|clean KIND`.

The file comes on standard input. A line of JSON goes to standard output, and after it the clean
copy. The process has little memory and time, can write no file, and where the system lets it has
no network; whoever starts it ends it when it hangs.
"""

import ctypes
import json
import resource
import signal
import sys
from typing import BinaryIO

from files.rules import cleaning
from files.rules.kinds import KINDS, NotCleanableError

SECONDS = 60
MEMORY = 2 * 2**30
OPEN_FILES = 64
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


def confine() -> None:
    """Take from this process what looking into a file does not need."""
    library = ctypes.CDLL(None)
    if hasattr(library, "prctl"):
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if hasattr(library, "unshare"):
        # refused on some systems; bubblewrap, where it is, has done it already
        library.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    for limit, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (most, most))


def look(task: str, media_type: str, content: bytes, out: BinaryIO) -> None:
    """Do one of the two tasks and write what came of it."""
    copy = b""
    try:
        if task == "check":
            told: dict[str, object] = {"kind": cleaning.check(content).media_type}
        else:
            copy, found = cleaning.clean(content, KINDS[media_type])
            told = {"found": sorted(found)}
    except NotCleanableError as error:
        told = {"why": error.why}
    out.write(json.dumps(told).encode() + b"\n" + copy)
    out.flush()


if __name__ == "__main__":
    confine()
    look(sys.argv[1], sys.argv[2], sys.stdin.buffer.read(), sys.stdout.buffer)
