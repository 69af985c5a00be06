"""Open sealed files: piece by piece, never more of one in memory than a few pieces."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from common import keys, sealing, streams
from files.models import Chunk, Loan, Stream, Which
from safes import access as opening
from safes.rules import Opener, item_binding

# rows fetched at once: half a megabyte
BATCH = 8


def key_binding(stream: Stream) -> bytes:
    """Return what a file's key is bound to: its safe, its row, and which of the two copies."""
    if stream.safe_id is None or stream.row is None or stream.epoch is None:
        msg = "an unclaimed file has no key"
        raise sealing.SealBrokenError(msg)
    place = item_binding(stream.safe_id, stream.epoch, stream.row, stream.which)
    return place + f"|{stream.pk}".encode()


def loan_binding(stream_id: UUID) -> bytes:
    """Return what a key on loan is bound to."""
    return f"loan|v1|{stream_id}".encode()


def order_binding(stream_id: UUID) -> bytes:
    """Return what an order to the cleaner is bound to."""
    return f"order|v1|{stream_id}".encode()


def pieces(stream_id: UUID) -> Iterator[bytes]:
    """Yield the sealed pieces of a file in their order, a few at a time."""
    n = 0
    while True:
        batch = Chunk.objects.filter(stream=stream_id, n__gte=n).order_by("n")[:BATCH]
        rows = list(batch.values_list("n", "ciphertext"))
        for _, ciphertext in rows:
            yield bytes(ciphertext)
        if len(rows) < BATCH:
            return
        n = rows[-1][0] + 1


@dataclass(frozen=True)
class Opened:
    """A file whose key is at hand."""

    stream_id: UUID
    bundle: bytes = field(repr=False)
    # in bytes, once every piece was verified
    size: int = 0

    def read(self) -> Iterator[bytes]:
        """Yield the content, or raise `SealBrokenError`."""
        return streams.opened(self.bundle, self.stream_id, pieces(self.stream_id))

    def verified(self) -> "Opened":
        """Return it with its size, every piece opened once and none kept."""
        return replace(self, size=sum(len(piece) for piece in self.read()))


def sizes(rows: Collection[UUID]) -> int:
    """Return how many bytes the clean copies of these rows take, to a piece."""
    pieces = Chunk.objects.filter(stream__row__in=rows, stream__which=Which.CLEAN)
    return pieces.count() * streams.PIECE_BYTES if rows else 0


def open_file(opener: Opener, row: UUID, which: Which) -> Opened | None:
    """Return a file that this opener can read; None where it is not there or no key is held."""
    stream = Stream.objects.filter(row=row, which=which).first()
    if stream is None or stream.safe_id is None or stream.epoch is None:
        return None
    key = opening.secrets_of(opener, [stream.safe_id]).get((stream.safe_id, stream.epoch))
    if key is None:
        return None
    return Opened(stream.pk, key.unseal(bytes(stream.key), key_binding(stream)))


def open_loan(loan: Loan) -> Opened:
    """Return a file on loan; the cleaner alone has the key for it."""
    bound_to = loan_binding(loan.stream_id)
    bundle = sealing.unseal(keys.cleaner_secret(), bytes(loan.key), bound_to)
    return Opened(loan.stream_id, bundle)


def order_of(loan: Loan) -> bytes:
    """Return what the cleaner is to take out of a file on loan; it alone has the key for it."""
    bound_to = order_binding(loan.stream_id)
    return sealing.unseal(keys.cleaner_secret(), bytes(loan.order), bound_to)
