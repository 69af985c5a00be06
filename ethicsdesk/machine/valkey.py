"""Private Valkeys on unix sockets: the broker, which may be lost, and limits, which never last."""

import os
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

from ethicsdesk.machine.accounts import Account, private_folder, socket_folder
from ethicsdesk.machine.processes import Process, await_ready, turn_over

SOCKET = "valkey.sock"


# What a broker does: it keeps what it was given, and refuses more when it is full.
BROKER = {"maxmemory-policy": "noeviction", "appendonly": "yes"}
# Counters of attempts: in memory alone, and the oldest go first.
LIMITS = {"maxmemory-policy": "volatile-ttl", "appendonly": "no", "maxmemory": "64mb"}


class Valkey:
    """One server in a folder."""

    ending = signal.SIGTERM

    def __init__(
        self,
        folder: Path,
        *,
        log: Path,
        program: Path,
        account: Account,
        manner: Mapping[str, str],
    ) -> None:
        """Name the folder of the data and of the socket; nothing is started yet."""
        self.name = folder.name
        self.folder = private_folder(folder, account)
        self.log = log
        self.process: Process | None = None
        self._program = program
        self._account = account
        self._manner = manner
        self.socket = socket_folder(folder / "run", account) / SOCKET

    @property
    def url(self) -> str:
        """Return the address as Celery reads it."""
        return f"redis+socket://{self.socket}?virtual_host=0"

    @property
    def cache_url(self) -> str:
        """Return the address as Django's cache reads it."""
        return f"unix://{self.socket}?db=0"

    def initialise(self) -> None:
        """Nothing has to be made before the first start."""

    def launch(self) -> None:
        """Start the server."""
        self.socket.unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "daemonize": "no",
            "databases": "4",
            "save": "",
            "appendfsync": "everysec",
            "aof-load-truncated": "yes",
            **self._manner,
        }
        flags = [part for key, value in options.items() for part in (f"--{key}", value)]
        self.process = Process(
            [self._program, *flags],
            log=turn_over(self.log),
            env={**os.environ, "LC_ALL": "C"},
            cwd=Path("/"),
            account=self._account,
            on_our_death=self.ending,
        )

    def await_ready(self) -> None:
        """Wait until the server answers."""
        if self.process:
            await_ready(self.name, self.process, self._answers, 60)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            try:
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def give_up(self) -> None:
        """There is no making to end."""
