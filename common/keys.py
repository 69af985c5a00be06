"""The server's own keys: one master key, from which a key is derived for each purpose.

The master key lies in a file outside the database, so that a stolen database opens nothing
(design: key scheme C). Derivation is HKDF-SHA256 (RFC 5869) with the purpose as its info.
"""

from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from common.sealing import hkdf

MASTER = "master.key"
SIGNING = "signing.key"
SIGNING_PUBLIC = "signing.pub"
MAILER = "mailer.key"
MAILER_PUBLIC = "mailer.pub"
CLEANER = "cleaner.key"
CLEANER_PUBLIC = "cleaner.pub"
# The id that is stored beside whatever a derived key made, so that a later key can be told apart.
CURRENT = 1


class KeyMissingError(RuntimeError):
    """This process was not given that key, on purpose or by mistake."""


@lru_cache
def _read(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        msg = f"{path.name} is not in the folder of keys of this process"
        raise KeyMissingError(msg) from None


@lru_cache
def _derived(folder: Path, purpose: str) -> bytes:
    return hkdf(_read(folder / MASTER), f"ethicsdesk/{CURRENT}/{purpose}".encode())


def derived(purpose: str) -> bytes:
    """Return the 32-byte key of a purpose."""
    return _derived(settings.KEYS, purpose)


def signing_key() -> Ed25519PrivateKey:
    """Return the key that signs checkpoints; only workers have it."""
    return Ed25519PrivateKey.from_private_bytes(_read(settings.KEYS / SIGNING))


def verifying_key() -> Ed25519PublicKey:
    """Return the public half of the signing key."""
    return Ed25519PublicKey.from_public_bytes(_read(settings.KEYS / SIGNING_PUBLIC))


def mailer_secret() -> bytes:
    """Return the X25519 key that opens notification addresses; only workers have it."""
    return _read(settings.KEYS / MAILER)


def mailer_public() -> bytes:
    """Return the public half of the mailer's key, to which addresses are sealed."""
    return _read(settings.KEYS / MAILER_PUBLIC)


def cleaner_secret() -> bytes:
    """Return the X25519 key that opens files on loan; only the cleaner has it."""
    return _read(settings.KEYS / CLEANER)


def cleaner_public() -> bytes:
    """Return the public half of the cleaner's key, to which files are lent."""
    return _read(settings.KEYS / CLEANER_PUBLIC)
