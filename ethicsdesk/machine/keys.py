"""The server's keys: made once, readable by nobody else, and handed out by need."""

import secrets
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ethicsdesk.machine.state import State, write_private

# name of the secret -> what gives its public half from the seed
PAIRS: dict[str, type[Ed25519PrivateKey | X25519PrivateKey]] = {
    "signing": Ed25519PrivateKey,
    "mailer": X25519PrivateKey,
    "cleaner": X25519PrivateKey,
}


class Ring(NamedTuple):
    """The keys of a kind of process: the folder that holds them, and their names."""

    folder: str
    names: tuple[str, ...]


_EVERYBODY = ("secret.key", "master.key", "signing.pub", "mailer.pub", "cleaner.pub")
COMMON = Ring("keys-common", _EVERYBODY)
WORKER = Ring("keys-worker", (*_EVERYBODY, "signing.key", "mailer.key"))
CLEANER = Ring("keys-cleaner", (*_EVERYBODY, "cleaner.key"))
ALL = Ring("keys", (*WORKER.names, "cleaner.key"))


def ensure(state: State) -> None:
    """Make what is missing of STATE/keys, and for each kind of process a folder with its few."""
    folder = state / "keys"
    fill(folder)
    for ring in (COMMON, WORKER, CLEANER):
        few = state / ring.folder
        few.mkdir(exist_ok=True, mode=0o700)
        for name in ring.names:
            write_private(few / name, (folder / name).read_text())


def fill(folder: Path) -> None:
    """Make the keys that a folder lacks: each 32 random bytes in hexadecimal digits."""
    for name in ("secret", "master", *PAIRS):
        path = folder / f"{name}.key"
        if not path.exists():
            write_private(path, secrets.token_hex(32) + "\n")
    for name, private in PAIRS.items():
        seed = bytes.fromhex((folder / f"{name}.key").read_text())
        public = private.from_private_bytes(seed).public_key().public_bytes_raw()
        write_private(folder / f"{name}.pub", public.hex() + "\n")
