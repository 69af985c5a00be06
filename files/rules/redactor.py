"""Make one redacted copy in a process of its own: `python -m files.rules.redactor redact KIND`.

On standard input comes a line of JSON, the order, and after it the file. A line of JSON goes to
standard output, and after it the copy. It is confined as whoever cleans files is.
"""

import json
import sys
from dataclasses import asdict
from typing import BinaryIO

from files.rules.child import confine
from files.rules.kinds import KINDS, NotCleanableError
from files.rules.orders import Order
from files.rules.redacting import redact


def make(media_type: str, given: bytes, out: BinaryIO) -> None:
    """Make the copy and write what came of it."""
    line, _, content = given.partition(b"\n")
    copy = b""
    try:
        copy, report = redact(content, KINDS[media_type], Order.read(json.loads(line)))
        told: dict[str, object] = asdict(report)
    except NotCleanableError as error:
        told = {"why": error.why}
    out.write(json.dumps(told).encode() + b"\n" + copy)
    out.flush()


if __name__ == "__main__":
    confine()
    make(sys.argv[2], sys.stdin.buffer.read(), sys.stdout.buffer)
