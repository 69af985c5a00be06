"""The state folder: everything of one house that is not code, under one lock."""

import errno
import fcntl
import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import IO, Any

from ethicsdesk.machine import accounts
from ethicsdesk.machine.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
# Two empty clusters, their logs of the first minutes and the demo data.
BYTES_NEEDED = 400_000_000


def default_folder() -> Path:
    """Return the state folder of this clone; a root's lies where the service account can enter."""
    clone = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    if accounts.IS_ROOT:
        return accounts.SHARED / clone
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "ethicsdesk" / clone


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read, whole or not at all."""
    half = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


class State:
    """A state folder. It is used by one `up`, or one command that needs servers, at a time."""

    def __init__(self, folder: str | None = None) -> None:
        """Name the folder: the one given, else ETHICSDESK_STATE's, else this clone's own."""
        named = folder or os.environ.get("ETHICSDESK_STATE")
        self.folder = Path(named).expanduser().resolve() if named else default_folder()
        self._held: IO[str] | None = None

    def __truediv__(self, name: str) -> Path:
        """Return a path in the folder."""
        return self.folder / name

    def make(self) -> None:
        """Make the folder and what it is divided into, or say why that cannot be."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o711)
            if accounts.IS_ROOT:
                # The servers' account passes through; what lies inside is closed.
                self.folder.chmod(0o711)
            for name in ("log", "keys", "mail", "static", "tmp"):
                (self / name).mkdir(exist_ok=True, mode=0o700)
            free = shutil.disk_usage(self.folder).free
        except OSError as error:
            msg = (
                f"cannot write in the state folder {self.folder}: {error.strerror}. "
                "Give another with --state or ETHICSDESK_STATE."
            )
            raise Trouble(msg) from None
        if free < BYTES_NEEDED and not self.read("made"):
            msg = (
                f"{self.folder} has {free // 1_000_000} MB left, and a start needs "
                f"{BYTES_NEEDED // 1_000_000} MB. Free some, or give another folder with --state."
            )
            raise Trouble(msg)

    def take(self) -> bool:
        """Make the folder and take its lock; return whether it was free. Freed by our end."""
        self.make()
        held = (self / "lock").open("a")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            held.close()
            if error.errno not in {errno.EAGAIN, errno.EACCES}:
                raise
            return False
        self._held = held
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._held:
            self._held.close()
            self._held = None

    def sweep_out(self) -> None:
        """Empty the folder of temporary files: processes that were killed left some."""
        shutil.rmtree(self / "tmp")
        (self / "tmp").mkdir(mode=0o700)

    def read(self, name: str) -> Any:
        """Return what a JSON file of the folder holds, or None."""
        try:
            return json.loads((self / f"{name}.json").read_text())
        except FileNotFoundError:
            return None

    def write(self, name: str, value: object) -> None:
        """Keep something as a JSON file of the folder that only we can read."""
        write_private(self / f"{name}.json", json.dumps(value, indent=2) + "\n")

    def forget(self, name: str) -> None:
        """Remove what was kept."""
        (self / f"{name}.json").unlink(missing_ok=True)

    def servers(self, account: accounts.Account) -> Path:
        """Return the folder of the servers' data, which their account can enter.

        A root's state folder may lie where that account cannot come; the data then lies in a
        folder beside the default ones, and the state folder holds a link to it.
        """
        place = self / "servers"
        if not place.exists():
            home = place
            if not accounts.can_enter(account, self.folder):
                accounts.SHARED.mkdir(parents=True, exist_ok=True, mode=0o711)
                home = accounts.SHARED / f"servers-{secrets.token_hex(8)}"
                place.symlink_to(home)
            home.mkdir(mode=0o711)
            if accounts.IS_ROOT:
                home.chmod(0o711)
        return place.resolve()
