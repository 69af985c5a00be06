"""A private Valkey on a unix socket: the broker, which carries hints and may be lost."""

import os
import signal
import socket
from pathlib import Path

from ethicsdesk.machine.accounts import Account, private_folder, socket_folder
from ethicsdesk.machine.processes import Process, await_ready, turn_over

SOCKET = "valkey.sock"


class Valkey:
    """One server in a folder."""

    name = "Valkey"
    ending = signal.SIGTERM

    def __init__(
        self, folder: Path, *, log: Path, program: Path, account: Account, throwaway: bool
    ) -> None:
        """Name the folder of the data and of the socket; nothing is started yet."""
        self.folder = private_folder(folder, account)
        self.log = log
        self.process: Process | None = None
        self._program = program
        self._account = account
        self._keep = "no" if throwaway else "yes"
        self.socket = socket_folder(folder / "run", account) / SOCKET

    @property
    def url(self) -> str:
        """Return the address as Celery reads it."""
        return f"redis+socket://{self.socket}?virtual_host=0"

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
            "maxmemory-policy": "noeviction",
            "appendonly": self._keep,
            "appendfsync": "everysec",
            "aof-load-truncated": "yes",
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
