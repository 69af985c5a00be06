"""Ask ClamAV about a file, over its socket (clamd's INSTREAM; man clamd)."""

import socket
import struct
from collections.abc import Iterable
from contextlib import closing, suppress
from urllib.parse import unquote, urlsplit

SECONDS = 60.0
_ANSWER_BYTES = 4096
_TOO_LONG = "INSTREAM size limit exceeded. ERROR"


class ScannerAwayError(Exception):
    """The scanner does not answer, or could not look at the file: nothing is known about it."""


class TooLongToScanError(ScannerAwayError):
    """The file is longer than the scanner takes (clamd.conf's StreamMaxLength)."""


def is_clean(address: str, pieces: Iterable[bytes]) -> bool:
    """Return whether a file is free of what the scanner knows.

    `address` is `unix:///path` or `tcp://host:port`. Whatever is no plain answer is none.
    """
    try:
        with closing(_line(address)) as line:
            # a scanner that has enough says so, and reads no further
            with suppress(BrokenPipeError, ConnectionResetError):
                line.sendall(b"zINSTREAM\0")
                for piece in pieces:
                    line.sendall(struct.pack("!L", len(piece)) + piece)
                line.sendall(struct.pack("!L", 0))
            answer = _answer(line)
    except (OSError, ValueError) as error:
        raise ScannerAwayError(type(error).__name__) from error
    if answer == _TOO_LONG:
        raise TooLongToScanError(answer)
    if answer.endswith(" FOUND"):
        return False
    if answer != "stream: OK":
        raise ScannerAwayError(answer)
    return True


def answers(address: str) -> bool:
    """Return whether the scanner is there."""
    try:
        with closing(_line(address)) as line:
            line.sendall(b"zPING\0")
            return _answer(line) == "PONG"
    except (OSError, ValueError):
        return False


def _line(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(SECONDS)
        try:
            line.connect(unquote(parts.path))
        except OSError:
            line.close()
            raise
        return line
    if parts.scheme != "tcp" or not parts.hostname or not parts.port:
        msg = "the scanner's address begins with unix:/// or tcp://"
        raise ValueError(msg)
    return socket.create_connection((parts.hostname, parts.port), timeout=SECONDS)


def _answer(line: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _ANSWER_BYTES:
        more = line.recv(_ANSWER_BYTES)
        if not more:
            break
        answer += more
    return answer.rstrip(b"\0").decode(errors="replace").strip()
