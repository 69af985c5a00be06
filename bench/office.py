"""A mail server of ours: it counts what comes, refuses poison, and may shoot whoever brings it."""

import contextlib
import math
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# whoever is addressed so is never reached
POISON = b"poison"


class Post(socketserver.StreamRequestHandler):
    """One connection of somebody who brings mail."""

    server: "Office"

    def handle(self) -> None:
        """Take every letter, and say so, until whoever brings them goes or is shot."""
        self.server.lines += 1
        with contextlib.suppress(ConnectionError):
            self._serve()

    def _serve(self) -> None:
        self._say(b"220 ready")
        taken = 0
        while taken < self.server.patience and (line := self.rfile.readline()):
            word = line[:4].upper().strip()
            if word == b"DATA":
                self._say(b"354 go on")
                self._take()
                taken += 1
            elif word == b"RCPT" and POISON in line:
                self._say(b"451 not now")
            elif word == b"QUIT":
                self._say(b"221 bye")
                return
            else:
                self._say(b"250 ok")

    def _take(self) -> None:
        name = b""
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            if line.lower().startswith(b"message-id:"):
                name = line.partition(b":")[2].strip()
        self.server.take(name.decode())
        self._say(b"250 taken")
        self.server.after_taking()

    def _say(self, words: bytes) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(words + b"\r\n")
            self.wfile.flush()


class Office(socketserver.ThreadingTCPServer):
    """A mail server that counts letters by their Message-ID, and may shoot after its 250."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        """Listen on any free port of this machine."""
        super().__init__(("127.0.0.1", 0), Post)
        self.taken: Counter[str] = Counter()
        # when each came first, by the clock of this machine
        self.came: dict[str, float] = {}
        # after so many letters each, whoever brought them is shot, so often at most
        self.shoot_each = 0
        self.shoot_most = 0
        self.shots = 0
        self.shoot: Callable[[], None] = lambda: None
        # how often somebody opened a line to it, and after how many letters on one it hangs up
        self.lines = 0
        self.patience = math.inf
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Return where it is, as the settings name it."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def take(self, name: str) -> None:
        """Count a letter."""
        with self._lock:
            self.taken[name] += 1
            self.came.setdefault(name, time.time())

    def after_taking(self) -> None:
        """Shoot, where it is time to."""
        with self._lock:
            is_time = self.shots < self.shoot_most and self.taken.total() % self.shoot_each == 0
            self.shots += is_time
        if is_time:
            self.shoot()


@contextmanager
def office() -> Iterator[Office]:
    """Give a mail server for as long as is needed."""
    with Office() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
