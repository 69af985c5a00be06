"""What seals what: bindings, codes, openers and statements. Knows the server's keys, no database.

A receipt is 130 random bits; its finder and its key are derived from it and stored nowhere.
"""

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Self
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

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

    @cached_property
    def signing_key(self) -> Ed25519PrivateKey:
        """Return the key with which its owner vouches for the keys of others."""
        return Ed25519PrivateKey.from_private_bytes(sealing.hkdf(self.secret, b"ethicsdesk/vouch"))

    @cached_property
    def signer(self) -> bytes:
        """Return the public half of the signing key."""
        return self.signing_key.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        return "Opener(…)"


@dataclass(frozen=True, repr=False)
class SafeKey:
    """A safe's secret half at one epoch: it opens what is sealed there, and seals as readers do."""

    secret: bytes

    @classmethod
    def new(cls) -> Self:
        """Return the secret of a new safe or epoch."""
        return cls(sealing.new_secret())

    @cached_property
    def _public(self) -> bytes:
        return sealing.public_of(self.secret)

    @cached_property
    def _shared(self) -> bytes:
        return sealing.hkdf(self.secret, b"ethicsdesk/items")

    def seal(self, plaintext: bytes, bound_to: bytes) -> bytes:
        """Seal an item as its readers can: quick to open."""
        return sealing.seal_shared(self._shared, plaintext, bound_to)

    def unseal(self, sealed: bytes, bound_to: bytes) -> bytes:
        """Open an item of either form, or raise `SealBrokenError`."""
        if sealing.form_of(sealed) == sealing.SHARED:
            return sealing.unseal_shared(self._shared, sealed, bound_to)
        return sealing.unseal_boxed(self.secret, _house(), sealed, bound_to, self._public)


def seal_to(public: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    """Seal an item to a safe's public half, for whoever writes and cannot read."""
    return sealing.seal_boxed(public, _house(), plaintext, bound_to)


def _house() -> bytes:
    return keys.derived("sealed-item")


@dataclass(frozen=True)
class Code:
    """130 random bits as a code that is shown once, in groups, with two check symbols."""

    symbols: str

    @classmethod
    def new(cls) -> Self:
        """Return a fresh code."""
        secret = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_SYMBOLS))
        return cls(secret + _check(secret))

    @classmethod
    def parse(cls, typed: str) -> Self | None:
        """Return the code that was typed, however it was grouped or cased, or None."""
        symbols = re.sub(r"[\s\-\u2013\u2014.]", "", typed).upper().translate(_ALIKE)
        if len(symbols) != SECRET_SYMBOLS + CHECK_SYMBOLS or set(symbols) - set(ALPHABET):
            return None
        return (
            cls(symbols) if _check(symbols[:SECRET_SYMBOLS]) == symbols[SECRET_SYMBOLS:] else None
        )

    @classmethod
    def read(cls, typed: str) -> Self:
        """Return the code that was typed, or a fresh one, which opens nothing, at equal cost."""
        spare = cls.new()
        return cls.parse(typed) or spare

    def __str__(self) -> str:
        """Return the code in groups of four."""
        return "-".join(self.groups)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    @property
    def groups(self) -> list[str]:
        """Return the groups of four."""
        return [self.symbols[i : i + GROUP] for i in range(0, len(self.symbols), GROUP)]

    @property
    def secret(self) -> bytes:
        """Return the symbols without those that check them."""
        return self.symbols[:SECRET_SYMBOLS].encode()


@dataclass(frozen=True, repr=False)
class RecoveryCode(Code):
    """The code that opens a person's key when its passphrase is forgotten."""

    @property
    def key(self) -> bytes:
        """Return the key that it is: of 130 random bits no stretching is needed."""
        return sealing.hkdf(self.secret, b"ethicsdesk/recovery")


@dataclass(frozen=True, repr=False)
class Receipt(Code):
    """The code with which a reporter comes back."""

    @cached_property
    def _root(self) -> bytes:
        return sealing.hkdf(self.secret, b"ethicsdesk/receipt")

    @property
    def locator(self) -> bytes:
        """Return what finds the concern: nobody without the server's key can compute it."""
        found = sealing.hkdf(self._root, b"locate")
        return hmac.digest(keys.derived("receipt-locator"), found, "sha256")

    @property
    def counter(self) -> bytes:
        """Return under what its use is counted for an hour; it is stored nowhere."""
        return sealing.hkdf(self._root, b"count")

    def of_sign(self, n: int) -> Self:
        """Return the receipt of the `n`th report of what happened since: whoever has this has it.

        Nothing that is stored tells that one follows from the other.
        """
        found = sealing.hkdf(self._root, f"sign|{n}".encode())
        number = int.from_bytes(found)
        secret = "".join(ALPHABET[(number >> 5 * i) % 32] for i in range(SECRET_SYMBOLS))
        return type(self)(secret + _check(secret))

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


def item_binding(safe_id: UUID | str, epoch: int, row: UUID | str, field: str) -> bytes:
    """Return what a sealed item is bound to: moved anywhere else it does not open."""
    return f"v1|{safe_id}|{epoch}|{row}|{field}".encode()


def grant_binding(safe_id: UUID, epoch: int, holder: bytes, state: str, behind: object) -> bytes:
    """Return what a grant is bound to; `behind` is the id of the person or safe that holds it."""
    return f"grant|v2|{safe_id}|{epoch}|{holder.hex()}|{state}|{behind or ''}".encode()


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
    return join(near, far)


def release_key(outer: bytes) -> bytes:
    """Return the key around dormant grants: the server's policy, not mathematics."""
    return sealing.hkdf(outer, b"release")


def safe_proof(safe_id: UUID, kind: str, epoch: int, public: bytes) -> bytes:
    """Return the code (HMAC-SHA256) under a safe's public half, so that nobody swaps it."""
    message = f"safe|v1|{safe_id}|{kind}|{epoch}|".encode() + public
    return hmac.digest(keys.derived("safe-public"), message, "sha256")


# -- people's keys ---------------------------------------------------------------------------

# wrong passphrases of one person, whoever types them
TRIES, TRIES_WITHIN = 10, timedelta(minutes=15)
PASSPHRASE_MIN = 15  # NIST SP 800-63B-4: of a passphrase that stands alone
APPROVALS_NEEDED = 2


def key_binding(person_id: UUID, epoch: int, use: str) -> bytes:
    """Return what a wrapped secret is bound to; `use` is its mode, or `recovery`."""
    return f"user-key|v2|{person_id}|{epoch}|{use}".encode()


def server_layer(person_id: UUID, version: int) -> bytes:
    """Return the server's key around a person's secret, under a version of the master key.

    It lies outside what the passphrase made, so that a new master key needs no passphrase, and a
    stolen database alone gives no passphrase to guess at.
    """
    return sealing.hkdf(keys.wrapping("user-key", version), person_id.bytes)


def statement(person_id: UUID, epoch: int, public: bytes, signer: bytes) -> bytes:
    """Return what is vouched for: that these public keys are this person's, in this epoch."""
    return f"v1|{person_id}|{epoch}|{public.hex()}|{signer.hex()}".encode()


def approval(stated: bytes) -> bytes:
    """Return what a colleague signs."""
    return b"ethicsdesk/key-approval\n" + stated


def attestation(stated: bytes) -> bytes:
    """Return what the house signs once two colleagues did."""
    return b"ethicsdesk/key-attestation\n" + stated


def fingerprint(public: bytes, signer: bytes) -> str:
    """Return what two people compare: 120 bits of a hash in six groups of four."""
    number = int.from_bytes(hashlib.sha256(public + signer).digest()[:15], "big")
    symbols = "".join(ALPHABET[number >> shift & 31] for shift in range(115, -1, -5))
    return " ".join(symbols[i : i + GROUP] for i in range(0, len(symbols), GROUP))


# -- escrow ------------------------------------------------------------------------------------


def escrow_statement(escrow_id: UUID, public: bytes) -> bytes:
    """Return what the house signs of an escrow key."""
    return f"ethicsdesk/escrow\nv1|{escrow_id}|{public.hex()}".encode()


def halve(secret: bytes) -> tuple[bytes, bytes]:
    """Return two halves of which each alone is random: together they are the secret again."""
    one = secrets.token_bytes(len(secret))
    return one, join(one, secret)


def join(one: bytes, other: bytes) -> bytes:
    """Return the secret of two halves, in any order."""
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
