"""The arithmetic of the ledger: canonical bytes, Merkle tree, signed checkpoints. Pure.

Tree hashes follow RFC 6962 section 2.1; checkpoints are C2SP tlog-checkpoint signed notes.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ORIGIN = "ethicsdesk/ledger"
SIGNER = "ethicsdesk"
CANONICAL_VERSION = 1
_ED25519 = b"\x01"
# made once: json.dumps makes an encoder each time
_AS_WRITTEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SORTED = json.JSONEncoder(sort_keys=True, separators=(",", ":"))

Fact = str | int | bool | None


def canonical(  # noqa: PLR0913 - these are the fields that an entry is
    *,
    entry_id: str,
    stream: str,
    stream_n: int,
    at: datetime | None,
    on: date,
    verb: str,
    actor: str,
    subject: str,
    commitment: bytes,
) -> bytes:
    """Return the bytes that are authenticated: a JSON array in this order, UTF-8, no spaces."""
    moment = at.astimezone(UTC).isoformat() if at else ""
    fields = [
        CANONICAL_VERSION,
        entry_id,
        stream,
        stream_n,
        moment,
        on.isoformat(),
        verb,
        actor,
        subject,
        commitment.hex(),
    ]
    return _AS_WRITTEN.encode(fields).encode()


def commitment(salt: bytes, facts: dict[str, Fact]) -> bytes:
    """Return what an entry holds of its facts: once facts and salt are erased, it tells nothing."""
    return hashlib.sha256(salt + _SORTED.encode(facts).encode()).digest()


def mac(key: bytes, message: bytes) -> bytes:
    """Return HMAC-SHA256."""
    return hmac.digest(key, message, "sha256")


def leaf(message: bytes, code: bytes) -> bytes:
    """Return the Merkle leaf of an entry: its canonical bytes and its MAC."""
    return hashlib.sha256(b"\x00" + message + code).digest()


@dataclass
class Tree:
    """A Merkle tree that only grows, held as its perfect subtrees from left to right."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def add(self, leaf_hash: bytes) -> None:
        """Append one leaf."""
        node, index = leaf_hash, self.size
        while index & 1:
            node = hashlib.sha256(b"\x01" + self.peaks.pop() + node).digest()
            index >>= 1
        self.peaks.append(node)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaves in order."""
        for leaf_hash in leaves:
            self.add(leaf_hash)

    def root(self) -> bytes:
        """Return the tree's hash."""
        if not self.peaks:
            return hashlib.sha256().digest()
        *left, node = self.peaks
        for peak in reversed(left):
            node = hashlib.sha256(b"\x01" + peak + node).digest()
        return node


# so many hashes are kept as one, so that a proof reads a few of them and not the log
WIDTH = 256


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(width: int) -> int:
    """Return where a part of the tree divides: the largest power of two below its width."""
    return 1 << ((width - 1).bit_length() - 1)


def root_from(leaf_hash: bytes, *, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root to which a leaf leads by its path (RFC 9162, 2.1.3.2).

    `index` counts from 0. Raise ValueError where the path is not as long as its place needs.
    """
    at, last, found = index, size - 1, leaf_hash
    for beside in path:
        if last == 0:
            msg = "this path is too long"
            raise ValueError(msg)
        if at & 1 or at == last:
            found = node(beside, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, beside)
        at, last = at >> 1, last >> 1
    if last:
        msg = "this path is too short"
        raise ValueError(msg)
    return found


def key_id(public: Ed25519PublicKey) -> bytes:
    """Return the signed note's 4-byte key id."""
    return hashlib.sha256(SIGNER.encode() + b"\n" + _ED25519 + public.public_bytes_raw()).digest()[
        :4
    ]


def checkpoint_body(size: int, root: bytes) -> str:
    """Return the text that is signed: origin, size and root, a line each."""
    return f"{ORIGIN}\n{size}\n{base64.b64encode(root).decode()}\n"


def sign(key: Ed25519PrivateKey, body: str) -> str:
    """Return the signed note of a checkpoint."""
    signature = key_id(key.public_key()) + key.sign(body.encode())
    return f"{body}\n— {SIGNER} {base64.b64encode(signature).decode()}\n"


def body_of(note: str) -> str:
    """Return what a signed note says, without its signatures."""
    return note.partition("\n\n")[0] + "\n"


def is_signed(public: Ed25519PublicKey, note: str) -> bool:
    """Return whether our key signed this note."""
    body, _, lines = note.partition("\n\n")
    for line in lines.splitlines():
        _, _, encoded = line.rpartition(" ")
        try:
            raw = base64.b64decode(encoded, validate=True)
            public.verify(raw[4:], (body + "\n").encode())
        except (ValueError, InvalidSignature):
            continue
        return raw[:4] == key_id(public)
    return False


def parse_checkpoint(note: str) -> tuple[int, bytes]:
    """Return size and root of a checkpoint; raise ValueError where it is none of ours."""
    lines = note.splitlines()
    if len(lines) < 3 or lines[0] != ORIGIN:  # noqa: PLR2004 - origin, size, root
        msg = "not a checkpoint of this ledger"
        raise ValueError(msg)
    return int(lines[1]), base64.b64decode(lines[2], validate=True)


@dataclass(frozen=True)
class Actor:
    """Who did it: a person by id, an API client by id, or a name for the rest."""

    ref: str

    @classmethod
    def person(cls, person_id: UUID) -> "Actor":
        """Return a person as actor."""
        return cls(f"person:{person_id}")


SYSTEM = Actor("system")
REPORTER = Actor("reporter")
ANYBODY = Actor("anybody")
# whoever runs the machine, by its commands
OPERATOR = Actor("operator")
