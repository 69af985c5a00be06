"""Where the server's keys are kept, behind one interface: a folder of files, or the environment.

Each key is named like a file (`master.key`, `signing.pub`) and holds 32 bytes in hexadecimal
digits. A vault of another kind (PKCS#11, a cloud's key service) would be one more class here.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ENVIRONMENT = "environment"
PREFIX = "ETHICSDESK_KEY_"


class Custody(Protocol):
    """Whoever keeps the keys of a process."""

    def __hash__(self) -> int:
        """Return a hash, since what was read is remembered."""

    def text(self, name: str) -> str | None:
        """Return what is kept under a name, or None."""

    def names(self) -> set[str]:
        """Return the names of all that is kept."""


@dataclass(frozen=True)
class Folder:
    """Keys in the files of a folder, asked anew each time: a key put there is known at once."""

    path: Path

    def text(self, name: str) -> str | None:
        """Return what a file holds."""
        try:
            return (self.path / name).read_text().strip()
        except FileNotFoundError:
            return None

    def names(self) -> set[str]:
        """Return the names of the files."""
        return set(os.listdir(self.path)) if self.path.is_dir() else set()  # noqa: PTH208 - each request asks

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class Environment:
    """Keys in variables: `master.key` is ETHICSDESK_KEY_MASTER, `signing-2.pub` …SIGNING_2_PUB."""

    def text(self, name: str) -> str | None:
        """Return what a variable holds."""
        return os.environ.get(PREFIX + _variable(name))

    def names(self) -> set[str]:
        """Return the names for which there is a variable."""
        given = (name.removeprefix(PREFIX) for name in os.environ if name.startswith(PREFIX))
        return {_name(variable) for variable in given}

    def __str__(self) -> str:
        return f"{PREFIX}…"


def named(where: str) -> Custody:
    """Return the keys of a folder, or with the word `environment` those of the variables."""
    return Environment() if where == ENVIRONMENT else Folder(Path(where))


def _variable(name: str) -> str:
    return name.removesuffix(".key").replace("-", "_").replace(".", "_").upper()


def _name(variable: str) -> str:
    """Undo `_variable`: MASTER_2 is `master-2.key`, SIGNING_PUB is `signing.pub`."""
    base, _, ending = variable.lower().rpartition("_")
    if base and ending in {"pub", "now"}:
        return f"{base.replace('_', '-')}.{ending}"
    return f"{variable.lower().replace('_', '-')}.key"
