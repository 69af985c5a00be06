"""The account that the servers run as, and what that account can reach.

PostgreSQL refuses to run as root, so a root's servers run as a system account without a login.
Nothing of the machine is opened for that account: programs in a folder it cannot enter are
copied, and a state folder it cannot enter keeps its clusters elsewhere.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from ethicsdesk.machine.trouble import Trouble

IS_ROOT = os.geteuid() == 0
NAME = "ethicsdesk"
# Where a root keeps what the account must reach.
SHARED = Path("/var/lib/ethicsdesk")
# A unix socket's path holds 107 bytes at most, the name of PostgreSQL's socket included.
LONGEST_FOLDER = 85


class Account(NamedTuple):
    """Who the servers run as; `switch` is what subprocess needs to become that account."""

    uid: int
    gid: int

    @property
    def switch(self) -> dict[str, object]:
        """Return the arguments of subprocess.Popen that start a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if IS_ROOT else {}


def service() -> Account:
    """Return the account of the servers: our own, or for root a system account, made if absent."""
    if not IS_ROOT:
        return Account(os.geteuid(), os.getegid())
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        _make()
        entry = pwd.getpwnam(NAME)
    return Account(entry.pw_uid, entry.pw_gid)


def _make() -> None:
    home = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    command = ["useradd", "--system", "--user-group", *home, NAME]
    taken = 9  # another run made it meanwhile
    try:
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        made = subprocess.CompletedProcess(command, 1, "", "there is no useradd")
    if made.returncode not in {0, taken}:
        msg = (
            f"PostgreSQL does not run as root, and the account {NAME!r} could not be made for it: "
            f"{made.stderr.strip()}. Make that account, or run ./desk as another user."
        )
        raise Trouble(msg)


def private_folder(folder: Path, account: Account) -> Path:
    """Make a folder that the account alone may enter."""
    folder.mkdir(mode=0o700, exist_ok=True)
    entry = folder.lstat()
    if not stat.S_ISDIR(entry.st_mode):
        msg = f"{folder} should be a folder. Move it out of the way and try again."
        raise Trouble(msg)
    if IS_ROOT:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)
    return folder


def can_enter(account: Account, folder: Path) -> bool:
    """Return whether the account can enter a folder."""
    return _succeeds(account, ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)])


def _succeeds(account: Account, command: list[str]) -> bool:
    try:
        done = subprocess.run(  # type: ignore[call-overload]  # the switch is a plain dictionary
            command, cwd="/", capture_output=True, check=False, **account.switch
        )
    except PermissionError:
        return False
    return bool(done.returncode == 0)


def socket_folder(wanted: Path, account: Account) -> Path:
    """Return a folder private to the account whose path leaves room for a socket's name."""
    if len(str(wanted).encode()) <= LONGEST_FOLDER:
        return private_folder(wanted, account)
    base = Path(tempfile.gettempdir()) / f"ethicsdesk-{account.uid}"
    try:
        base.mkdir(mode=0o700)
        if IS_ROOT:
            os.chown(base, account.uid, account.gid)
    except FileExistsError:
        entry = base.lstat()
        if not stat.S_ISDIR(entry.st_mode) or entry.st_uid != account.uid or entry.st_mode & 0o077:
            msg = f"{base} belongs to somebody else. Give --state a folder with a shorter path."
            raise Trouble(msg) from None
    return private_folder(base / hashlib.sha256(str(wanted).encode()).hexdigest()[:16], account)


def runnable(program: Path, packages: list[Path], account: Account) -> Path:
    """Return where the account can run a program: in place, else in a copy of its packages.

    The packages lie side by side, since a program may find its libraries in the one beside it.
    """
    if not os.access(program, os.X_OK) and os.access(program.parent, os.W_OK):
        # Installers keep no execute bits on package data.
        program.chmod(program.stat().st_mode | 0o111)
    if _succeeds(account, [str(program), "--version"]):
        return program
    changed = program.stat()
    tag = f"{packages}:{changed.st_mtime_ns}:{changed.st_size}"
    base = SHARED if IS_ROOT else Path.home() / ".cache" / "ethicsdesk"
    copy = base / "programs" / hashlib.sha256(tag.encode()).hexdigest()[:16]
    if not copy.exists():
        _copy(packages, copy)
    return copy / program.relative_to(packages[0].parent)


def _copy(packages: list[Path], target: Path) -> None:
    """Copy packages for everyone to read and run; whoever is second finds them already there."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    half = Path(tempfile.mkdtemp(dir=target.parent))
    for package in packages:
        shutil.copytree(package, half / package.name, symlinks=True)
    for path in [half, *half.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755)
    try:
        half.rename(target)
    except OSError:
        shutil.rmtree(half)
        if not target.exists():
            raise
