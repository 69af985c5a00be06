"""The server's own keys: rings of versions, and from them a key for each purpose.

They lie outside the database, so that a stolen database opens nothing (design: key scheme C).
Derivation is HKDF-SHA256 (RFC 5869) with version and purpose as its info. A master key wraps; when
there is a newer one, the older still open. What has to be found again by an index is derived from
the index key, which stays: docs/adr/0017.
"""

import re
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from common.custody import Custody
from common.sealing import hkdf

SECRET = "secret.key"  # noqa: S105 - the name of a file
INDEX = "index.key"
MASTER = "master.key"
MASTER_NOW = "master.now"
SIGNING = "signing.key"
SIGNING_PUBLIC = "signing.pub"
MAILER = "mailer.key"
MAILER_PUBLIC = "mailer.pub"
CLEANER = "cleaner.key"
CLEANER_PUBLIC = "cleaner.pub"
FIRST = 1
_VERSIONED = re.compile(r"(?P<base>[a-z]+)(?:-(?P<version>\d+))?\.(?P<kind>key|pub)")


class KeyMissingError(RuntimeError):
    """This process was not given that key, on purpose or by mistake."""


def name_of(base: str, version: int, kind: str = "key") -> str:
    """Return the name under which a version of a key is kept: the first bears no number."""
    return f"{base}.{kind}" if version == FIRST else f"{base}-{version}.{kind}"


def versions(base: str, kind: str = "key") -> list[int]:
    """Return the versions of a key that this process has, the newest first."""
    found = (_VERSIONED.fullmatch(name) for name in settings.KEYS.names())
    return sorted(
        (
            int(match["version"] or FIRST)
            for match in found
            if match and match["base"] == base and match["kind"] == kind
        ),
        reverse=True,
    )


@lru_cache
def _read(custody: Custody, name: str) -> bytes:
    """Return a key; one that is missing is looked for again the next time."""
    text = custody.text(name)
    if text is None:
        msg = f"{name} is not among the keys of this process ({custody})"
        raise KeyMissingError(msg)
    return bytes.fromhex(text)


@lru_cache
def _derived(custody: Custody, name: str, version: int, purpose: str) -> bytes:
    return hkdf(_read(custody, name), f"ethicsdesk/{version}/{purpose}".encode())


# -- keys by purpose ---------------------------------------------------------------------


def current() -> int:
    """Return the version of the master key that wraps: the one that `master.now` names, or 1."""
    return int(settings.KEYS.text(MASTER_NOW) or FIRST)


def wrapping(purpose: str, version: int) -> bytes:
    """Return the 32-byte key of a purpose under a version of the master key."""
    return _derived(settings.KEYS, name_of("master", version), version, purpose)


def derived(purpose: str) -> bytes:
    """Return the 32-byte key of a purpose that is never rotated: of an index, or a short life."""
    return _derived(settings.KEYS, INDEX, FIRST, purpose)


# -- signatures ---------------------------------------------------------------------------


def signing_key() -> Ed25519PrivateKey:
    """Return the newest key that signs checkpoints and people's keys; only workers have it."""
    newest = next(iter(versions("signing")), FIRST)
    return Ed25519PrivateKey.from_private_bytes(_read(settings.KEYS, name_of("signing", newest)))


def verifying_keys() -> list[Ed25519PublicKey]:
    """Return the public halves of all signing keys that there were, the newest first."""
    found = versions("signing", "pub") or [FIRST]
    return [
        Ed25519PublicKey.from_public_bytes(_read(settings.KEYS, name_of("signing", version, "pub")))
        for version in found
    ]


def is_signed_by_us(message: bytes, signature: bytes) -> bool:
    """Return whether any of our signing keys, old or new, signed this."""
    publics = tuple(public.public_bytes_raw() for public in verifying_keys())
    return _is_signed(publics, message, signature)


@lru_cache(maxsize=4096)
def _is_signed(publics: tuple[bytes, ...], message: bytes, signature: bytes) -> bool:
    return any(is_signed_by(public, message, signature) for public in publics)


def is_signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether the holder of an Ed25519 public key signed this."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


# -- notification addresses ----------------------------------------------------------------


def mailer_secrets() -> list[bytes]:
    """Return the X25519 keys that open notification addresses, the newest first; for workers."""
    found = versions("mailer") or [FIRST]
    return [_read(settings.KEYS, name_of("mailer", version)) for version in found]


def mailer_public() -> bytes:
    """Return the public half of the newest mailer's key, to which addresses are sealed."""
    newest = next(iter(versions("mailer", "pub")), FIRST)
    return _read(settings.KEYS, name_of("mailer", newest, "pub"))


# -- files on loan --------------------------------------------------------------------------


def cleaner_secret() -> bytes:
    """Return the X25519 key that opens files on loan; only the cleaner has it."""
    return _read(settings.KEYS, CLEANER)


def cleaner_public() -> bytes:
    """Return the public half of the cleaner's key, to which files are lent."""
    return _read(settings.KEYS, CLEANER_PUBLIC)
