"""Run a program on untrusted bytes: nothing of ours in its environment, an end in time.

With bubblewrap it sees the programs, no file of ours, no network and no other process; without it
the program has to confine itself.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 60
MEMORY = 2 * 2**30
# what a program is started with where /usr is not one folder
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
_ROOM = "/tmp"  # noqa: S108 - inside the bubble, in memory, and empty each time
# what programs look up: libraries, fonts, types of files; nothing that names this machine
_LOOKED_UP = ("/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/mime.types")


class ProgramFailedError(Exception):
    """The program crashed, or said that it failed."""


class ProgramTooSlowError(Exception):
    """The program did not end in time and was killed."""


def python(module: str, *arguments: str) -> list[str]:
    """Return the command that runs one of our modules."""
    return [sys.executable, "-m", module, *arguments]


def run(
    command: Sequence[str],
    content: bytes,
    *,
    packages: Sequence[str] = (),
    seconds: float = SECONDS,
) -> bytes:
    """Give a program bytes and return what it answers; `packages` are those of ours it may see."""
    process = subprocess.Popen(  # noqa: S603 - our own commands, no shell
        [*bubble(packages), *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        cwd="/",
        start_new_session=True,
    )
    try:
        answer, _ = process.communicate(content, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise ProgramTooSlowError from error
    finally:
        _end(process)
    if process.returncode:
        raise ProgramFailedError
    return answer


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill what is left of a program and its children, and close its pipes."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _environment() -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": "/nonexistent",
        "PYTHONPATH": str(ROOT),
        "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def bubble(packages: Sequence[str] = ()) -> list[str]:
    """Return the beginning of a command that closes a program in, or nothing where that fails."""
    return _bubble(tuple(packages)) if can_close_in() else []


@lru_cache
def can_close_in() -> bool:
    """Return whether bubblewrap is here and may do its work: not in every container it may."""
    if shutil.which("bwrap") is None:
        return False
    tried = subprocess.run(  # noqa: S603 - our own command
        [*_bubble(()), "/bin/true"], capture_output=True, check=False, env=_environment()
    )
    return tried.returncode == 0


def _bubble(packages: tuple[str, ...]) -> list[str]:
    # No /proc: nothing in there needs it, it tells of this machine, and within a container, where
    # a part of /proc is masked, the kernel lets nobody mount another.
    seen = ["--ro-bind", "/usr", "/usr"]
    for folder in _SYSTEM:
        path = Path(folder)
        if path.is_symlink():
            seen += ["--symlink", str(path.readlink()), folder]
        elif path.exists():
            seen += ["--ro-bind", folder, folder]
    for folder in _LOOKED_UP:
        seen += ["--ro-bind-try", folder, folder]
    for folder in dict.fromkeys((sys.base_prefix, sys.prefix)):
        seen += ["--ro-bind", folder, folder]
    for package in packages:
        seen += ["--ro-bind", str(ROOT / package), str(ROOT / package)]
    return [
        "bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
        "--dev", "/dev", "--tmpfs", _ROOM, *seen, "--chdir", _ROOM, "--",
    ]  # fmt: skip
