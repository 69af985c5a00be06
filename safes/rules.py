"""What seals what: bindings, receipts and openers. Knows the server's keys, and no database.

A receipt is 130 random bits; its finder and its key are derived from it and stored nowhere.
"""

import hmac
import os
import re
import secrets
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from common import keys, sealing

# Crockford's base 32: no I, L, O, U, so that a code read aloud or by hand stays the same.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_SYMBOLS = 26  # 130 bits
CHECK_SYMBOLS = 2
GROUP = 4
_ALIKE = str.maketrans("ILO", "110")


@dataclass(frozen=True)
class Opener:
    """Somebody who can open: an X25519 key pair, held in memory for the time of a request."""

    secret: bytes

    @cached_property
    def public(self) -> bytes:
        """Return the public half, by which grants are found."""
        return sealing.public_of(self.secret)

    def __repr__(self) -> str:
        return "Opener(…)"


@dataclass(frozen=True)
class Receipt:
    """The code with which a reporter comes back."""

    symbols: str

    @classmethod
    def new(cls) -> "Receipt":
        """Return a fresh receipt."""
        secret = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_SYMBOLS))
        return cls(secret + _check(secret))

    @classmethod
    def parse(cls, typed: str) -> "Receipt | None":
        """Return the receipt that was typed, however it was grouped or cased, or None."""
        symbols = re.sub(r"[\s\-\u2013\u2014.]", "", typed).upper().translate(_ALIKE)
        if len(symbols) != SECRET_SYMBOLS + CHECK_SYMBOLS or set(symbols) - set(ALPHABET):
            return None
        return (
            cls(symbols) if _check(symbols[:SECRET_SYMBOLS]) == symbols[SECRET_SYMBOLS:] else None
        )

    @classmethod
    def read(cls, typed: str) -> "Receipt":
        """Return the receipt that was typed, or a fresh one, which opens nothing, at equal cost."""
        spare = cls.new()
        return cls.parse(typed) or spare

    def __str__(self) -> str:
        """Return the code in groups of four."""
        return "-".join(self.groups)

    def __repr__(self) -> str:
        return "Receipt(…)"

    @property
    def groups(self) -> list[str]:
        """Return the groups of four."""
        return [self.symbols[i : i + GROUP] for i in range(0, len(self.symbols), GROUP)]

    @cached_property
    def _root(self) -> bytes:
        return sealing.hkdf(self.symbols[:SECRET_SYMBOLS].encode(), b"ethicsdesk/receipt")

    @property
    def locator(self) -> bytes:
        """Return what finds the concern: nobody without the server's key can compute it."""
        found = sealing.hkdf(self._root, b"locate")
        return hmac.digest(keys.derived("receipt-locator"), found, "sha256")

    @cached_property
    def opener(self) -> Opener:
        """Return the reporter's key."""
        return Opener(sealing.hkdf(self._root, b"x25519"))


def _check(secret: str) -> str:
    """Return two symbols that catch every single slip and all but 1 in 1,024 of the others."""
    number = 0
    for symbol in secret:
        number = (number * 32 + ALPHABET.index(symbol)) % 1021
    return ALPHABET[number // 32] + ALPHABET[number % 32]


def item_binding(safe_id: UUID, epoch: int, row: UUID, field: str) -> bytes:
    """Return what a sealed item is bound to: moved anywhere else it does not open."""
    return f"v1|{safe_id}|{epoch}|{row}|{field}".encode()


def grant_binding(safe_id: UUID, epoch: int, holder: bytes, state: str) -> bytes:
    """Return what a grant is bound to."""
    return f"grant|v1|{safe_id}|{epoch}|{holder.hex()}|{state}".encode()


def outer_binding(safe_id: UUID) -> bytes:
    """Return what an outer key is bound to."""
    return f"outer|v1|{safe_id}".encode()


def split(secret: bytes, bound_to: bytes) -> tuple[bytes, bytes]:
    """Divide a secret so that neither half tells anything of it; both together open it.

    It is encrypted under a fresh key that is the exclusive or of two random shares: the near half
    is one share with the ciphertext, the far half the other share.
    """
    near, far = os.urandom(sealing.KEY_BYTES), os.urandom(sealing.KEY_BYTES)
    return near + sealing.encrypt(_together(near, far), secret, bound_to), far


def combine(near: bytes, far: bytes, bound_to: bytes) -> bytes:
    """Undo `split`, or raise `SealBrokenError` where the halves do not belong together."""
    share, ciphertext = near[: sealing.KEY_BYTES], near[sealing.KEY_BYTES :]
    return sealing.decrypt(_together(share, far), ciphertext, bound_to)


def _together(near: bytes, far: bytes) -> bytes:
    if len(near) != sealing.KEY_BYTES or len(far) != sealing.KEY_BYTES:
        raise sealing.SealBrokenError
    return bytes(a ^ b for a, b in zip(near, far, strict=True))


def release_key(outer: bytes) -> bytes:
    """Return the key around dormant grants: the server's policy, not mathematics."""
    return sealing.hkdf(outer, b"release")
