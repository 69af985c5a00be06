"""The primitives of sealing: padding, authenticated encryption, boxes, passphrases.

XChaCha20-Poly1305 for data, X25519 sealed boxes for keys, Argon2id for passphrases, HKDF-SHA256
between them. Every envelope names its version and is bound to where it lies by its associated data.
"""

import hmac
import os
import threading

import nacl.bindings as sodium
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

KEY_BYTES = 32
VERSION = b"\x01"
# The forms of what is sealed into a safe, by their first byte (docs/adr/0019).
SHARED = b"\x02"
BOXED = b"\x03"
NONCE_BYTES = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
SEALED_KEY_BYTES = KEY_BYTES + sodium.crypto_box_SEALBYTES
# Lengths are rounded up to these, then to multiples of the last: a length tells little.
BUCKETS = (256, 1024, 4096, 16_384, 65_536)
# Each form adds another number of bytes to a bucket, so that none is mistaken for another.
_FORMS = {42: SHARED, 122: BOXED}
# Argon2id with 64 MiB and 3 passes, above the OWASP minimum; p=1 so that one unlock takes one core.
ARGON2 = {"time_cost": 3, "memory_cost": 65_536, "parallelism": 1, "hash_len": KEY_BYTES}
_passphrases = threading.BoundedSemaphore(2)


class SealBrokenError(Exception):
    """A ciphertext was changed, moved, or is for another key."""


def hkdf(key: bytes, info: bytes) -> bytes:
    """Derive 32 bytes from a strong key for one purpose (RFC 5869)."""
    return HKDF(SHA256(), KEY_BYTES, None, info).derive(key)


def pad(plaintext: bytes) -> bytes:
    """Pad to the next bucket with 0x80 and zeros (ISO/IEC 7816-4)."""
    wanted = len(plaintext) + 1
    size = next(
        (bucket for bucket in BUCKETS if bucket >= wanted), -(-wanted // BUCKETS[-1]) * BUCKETS[-1]
    )
    return plaintext + b"\x80" + bytes(size - wanted)


def unpad(padded: bytes) -> bytes:
    """Undo `pad`."""
    return padded.rstrip(b"\x00")[:-1]


def encrypt(key: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    """Encrypt under a 32-byte key; `bound_to` must be given again to decrypt."""
    nonce = os.urandom(NONCE_BYTES)
    return (
        VERSION
        + nonce
        + sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, bound_to, nonce, key)
    )


def decrypt(key: bytes, envelope: bytes, bound_to: bytes) -> bytes:
    """Return the plaintext, or raise `SealBrokenError`: never something else."""
    if envelope[:1] != VERSION:
        msg = "unknown version"
        raise SealBrokenError(msg)
    nonce, ciphertext = envelope[1 : 1 + NONCE_BYTES], envelope[1 + NONCE_BYTES :]
    try:
        return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(ciphertext, bound_to, nonce, key)
    except (CryptoError, ValueError) as error:
        raise SealBrokenError from error


def new_secret() -> bytes:
    """Return a fresh X25519 secret key."""
    return bytes(PrivateKey.generate())


def public_of(secret: bytes) -> bytes:
    """Return the X25519 public key of a secret key."""
    return sodium.crypto_scalarmult_base(secret)


def box(public: bytes, plaintext: bytes) -> bytes:
    """Seal a few bytes (a key) so that only the holder of the secret half can open them."""
    return SealedBox(PublicKey(public)).encrypt(plaintext)


def unbox(secret: bytes, sealed: bytes, public: bytes | None = None) -> bytes:
    """Open what `box` sealed, or raise `SealBrokenError`.

    Whoever opens many with one secret gives its public half, which is not computed again then.
    """
    try:
        return sodium.crypto_box_seal_open(sealed, public or public_of(secret), secret)
    except (CryptoError, ValueError) as error:
        raise SealBrokenError from error


def seal(public: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    """Seal a text or file to a public key: whoever has it can add, only the secret half reads."""
    key = os.urandom(KEY_BYTES)
    return box(public, key) + encrypt(key, pad(plaintext), bound_to)


def unseal(secret: bytes, sealed: bytes, bound_to: bytes, public: bytes | None = None) -> bytes:
    """Open what `seal` sealed, or raise `SealBrokenError`; `public` is as in `unbox`."""
    key = unbox(secret, sealed[:SEALED_KEY_BYTES], public)
    return unpad(decrypt(key, sealed[SEALED_KEY_BYTES:], bound_to))


# -- what lies in a safe ------------------------------------------------------------------------


def form_of(sealed: bytes) -> bytes:
    """Return the form of what was sealed into a safe, or raise `SealBrokenError`."""
    form = _FORMS.get(len(sealed) % BUCKETS[0])
    if form is None or not sealed.startswith(form):
        msg = "unknown form"
        raise SealBrokenError(msg)
    return form


def seal_shared(key: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    """Seal under a key that everybody has who reads: for a writer who reads as well."""
    return SHARED + encrypt(key, pad(plaintext), SHARED + bound_to)


def unseal_shared(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """Open what `seal_shared` sealed, or raise `SealBrokenError`."""
    return unpad(decrypt(key, sealed[1:], SHARED + bound_to))


def seal_boxed(public: bytes, house: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    """Seal to a public key, with a key of the house: for a writer who does not read.

    Without `house` nobody makes one that opens, although the public key lies in the database.
    """
    key = os.urandom(KEY_BYTES)
    both = hmac.digest(house, key, "sha256")
    return BOXED + box(public, key) + encrypt(both, pad(plaintext), BOXED + bound_to)


def unseal_boxed(
    secret: bytes, house: bytes, sealed: bytes, bound_to: bytes, public: bytes | None = None
) -> bytes:
    """Open what `seal_boxed` sealed, or raise `SealBrokenError`; `public` is as in `unbox`."""
    boxed, envelope = sealed[1 : 1 + SEALED_KEY_BYTES], sealed[1 + SEALED_KEY_BYTES :]
    both = hmac.digest(house, unbox(secret, boxed, public), "sha256")
    return unpad(decrypt(both, envelope, BOXED + bound_to))


# -- passphrases --------------------------------------------------------------------------------


def passphrase_key(passphrase: str, salt: bytes) -> bytes:
    """Return the key of a passphrase: Argon2id, then HKDF.

    At most two run at once: each takes 64 MiB and a core for about 0.3 s.
    """
    with _passphrases:
        stretched = hash_secret_raw(passphrase.encode(), salt, type=Type.ID, **ARGON2)
    return hkdf(stretched, b"user-kek")
