"""Start programs so that they never outlive us, watch them, end them with all their children."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ethicsdesk.machine.accounts import Account
from ethicsdesk.machine.trouble import Trouble

PR_SET_PDEATHSIG = 1
LOG_BYTES_KEPT = 10_000_000

_libc = ctypes.CDLL(None)


def die_with_parent(number: int, parent: int) -> None:
    """Ask Linux to send this process a signal when the given parent ends, however it ends."""
    if not hasattr(_libc, "prctl"):
        return
    _libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        # The parent died before it could be watched.
        os._exit(1)


class Process:
    """A program of its own session, with its output in a log file, that dies with us."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str],
        cwd: Path,
        account: Account | None = None,
        on_our_death: int = signal.SIGKILL,
        pass_fds: Iterable[int] = (),
    ) -> None:
        """Start the program; `on_our_death` is the signal it gets when we are killed."""
        us = os.getpid()
        self.log = log
        self.born = time.monotonic()
        switch: dict[str, Any] = account.switch if account else {}
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=cwd,
                umask=0o077,
                # A Ctrl-C at the terminal reaches us alone, and we end the others in order.
                start_new_session=True,
                pass_fds=tuple(pass_fds),
                # We have one thread, so nothing can hold a lock between fork and exec.
                preexec_fn=lambda: die_with_parent(on_our_death, us),  # noqa: PLW1509
                **switch,
            )

    @property
    def pid(self) -> int:
        """Return the process's number, which is also its session's."""
        return self._popen.pid

    @property
    def alive(self) -> bool:
        """Return whether the program still runs."""
        return self._popen.poll() is None

    @property
    def code(self) -> int | None:
        """Return how the program ended: its exit code, or minus the signal; None while it runs."""
        return self._popen.poll()

    def send(self, number: int) -> None:
        """Send the program a signal."""
        self._popen.send_signal(number)

    def wait(self, seconds: float | None = None) -> bool:
        """Return whether the program ended within some seconds."""
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End whatever is left of the program and its children, at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()

    def tail(self, lines: int = 15) -> str:
        """Return how the log ends, for an operator."""
        text = self.log.read_text(errors="replace")
        return "\n".join([f"{self.log} ends with:", *text.splitlines()[-lines:]])


def end_all(processes: Sequence[tuple[Process, int]], seconds: float) -> None:
    """Send each process its signal, in this order, and kill what has not ended in time."""
    for process, number in processes:
        process.send(number)
    deadline = time.monotonic() + seconds
    for process, _ in processes:
        process.wait(max(0.0, deadline - time.monotonic()))
        process.kill()


def turn_over(log: Path) -> Path:
    """Put a log that has grown large aside before a new start writes on."""
    if log.exists() and log.stat().st_size > LOG_BYTES_KEPT:
        log.replace(log.with_suffix(".log.1"))
    return log


def await_ready(name: str, process: Process, ready: Callable[[], bool], seconds: float) -> None:
    """Wait until a program answers, or say how its log ends."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not process.alive:
            msg = f"{name} ended (code {process.code}). {process.tail()}"
            raise Trouble(msg)
        if time.monotonic() > deadline:
            msg = f"{name} is not ready after {seconds:.0f} s. {process.tail()}"
            raise Trouble(msg)
        time.sleep(0.05)


def survivors(folder: Path) -> list[int]:
    """Return the processes, ourselves excepted, that run in a folder or were told of it.

    Read from /proc, so empty where there is none. Zombies are left out: they do nothing.
    """
    found = []
    mark = os.fsencode(folder)
    for entry in Path("/proc").glob("[0-9]*"):
        if int(entry.name) == os.getpid():
            continue
        try:
            if b") Z " in (entry / "stat").read_bytes():
                continue
            here = os.fsencode((entry / "cwd").readlink())
            told = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if here == mark or here.startswith(mark + b"/") or mark in told:
            found.append(int(entry.name))
    return found
