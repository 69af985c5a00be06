"""The server's keys: made once, readable by nobody else, handed out by need, and rotated."""

import re
import secrets
from collections.abc import Mapping
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
# what has newer versions; the cleaner's key opens what is an hour old at most
LAYERS = ("master", "signing", "mailer")
_NAMED = re.compile(r"(?P<base>[a-z]+)(?:-(?P<version>\d+))?\.(?P<kind>key|pub|now)")


class Ring(NamedTuple):
    """The keys of a kind of process: the folder that holds them, and whose secret halves."""

    folder: str
    secrets: tuple[str, ...] = ()

    def holds(self, name: str) -> bool:
        """Return whether a key is for this kind of process: of a pair, the public half is."""
        match = _NAMED.fullmatch(name)
        if match is None or match["base"] not in PAIRS:
            return match is not None
        return match["kind"] == "pub" or match["base"] in self.secrets

    @property
    def names(self) -> set[str]:
        """Return the names of the first keys."""
        firsts = [f"{name}.key" for name in ("secret", "index", "master", *PAIRS)]
        return {name for name in (*firsts, *(f"{one}.pub" for one in PAIRS)) if self.holds(name)}


COMMON = Ring("keys-common")
WORKER = Ring("keys-worker", ("signing", "mailer"))
CLEANER = Ring("keys-cleaner", ("cleaner",))
ALL = Ring("keys", tuple(PAIRS))
RINGS = (COMMON, WORKER, CLEANER)


def ensure(state: State) -> None:
    """Make what is missing of STATE/keys, and for each kind of process a folder with its few."""
    folder = state / "keys"
    fill(folder)
    for ring in RINGS:
        few = state / ring.folder
        few.mkdir(exist_ok=True, mode=0o700)
        for path in sorted(folder.iterdir()):
            if ring.holds(path.name):
                write_private(few / path.name, path.read_text())


def fill(folder: Path) -> None:
    """Make the keys that a folder lacks: each 32 random bytes in hexadecimal digits."""
    for name in ("secret", "index", "master", *PAIRS):
        path = folder / f"{name}.key"
        if not path.exists():
            write_private(path, secrets.token_hex(32) + "\n")
    for name in PAIRS:
        for path in folder.glob(f"{name}*.key"):
            _publish(path, folder, name)


def _publish(secret: Path, folder: Path, base: str) -> None:
    """Write the public half of a secret key into a folder."""
    seed = bytes.fromhex(secret.read_text())
    public = PAIRS[base].from_private_bytes(seed).public_key().public_bytes_raw()
    write_private(folder / f"{secret.stem}.pub", public.hex() + "\n")


def rotate(layer: str, whole: Path, others: Mapping[Path, Ring] | None = None) -> str:
    """Make a newer key of a layer and let it be used; return its name.

    It is put before whoever has to open with it before anybody seals with it, so that nobody meets
    what they cannot open: readers first, then writers.
    """
    rings = {whole: ALL, **(others or {})}
    version = _newest(whole, layer) + 1
    name, text = f"{layer}-{version}", secrets.token_hex(32) + "\n"
    made = {f"{name}.key": text}
    if layer == "master":
        made["master.now"] = f"{version}\n"
    else:
        private = PAIRS[layer].from_private_bytes(bytes.fromhex(text))
        public = private.public_key().public_bytes_raw().hex() + "\n"
        # whoever signs comes after those who verify; whoever opens, before those who seal
        halves = {f"{name}.pub": public, **made}
        made = halves if layer == "signing" else dict(reversed(halves.items()))
    for part, held in made.items():
        for folder, ring in rings.items():
            if ring.holds(part):
                write_private(folder / part, held)
    return f"{name}.key"


def _newest(folder: Path, layer: str) -> int:
    found = (_NAMED.fullmatch(path.name) for path in folder.glob(f"{layer}*.key"))
    return max((int(match["version"] or 1) for match in found if match), default=1)
