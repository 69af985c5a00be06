"""Write files sealed, claim them for a safe, lend their keys to the cleaner and take them back."""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import transaction

from common import keys, sealing, streams
from files import access
from files.models import Chunk, Loan, Stream, Which
from files.rules.kinds import Kind, Sniffer
from safes.access import NoGrantError, proven, secrets_of
from safes.models import Safe
from safes.rules import Opener, seal_to

# rows written at once: half a megabyte
BATCH = 8
LOAN = timedelta(hours=1)
# what the end of a loan is rounded to, so that it does not tell the minute of an upload
COARSE = timedelta(minutes=15)


class Place(NamedTuple):
    """Where a file belongs: the safe that it is sealed to, its row, and which copy it is."""

    safe: Safe
    row: UUID
    which: Which


class Upload:
    """A file that is being read and lies sealed already, belonging to nothing yet.

    Its key and its digest are here alone. Whoever asked for it claims it in the same transaction;
    what nobody claims is removed, and without its key it opens to nobody.
    """

    def __init__(self, name: str = "", place: Place | None = None) -> None:
        self.name = name
        self.size = 0
        self._sniffer = Sniffer()
        self._digest = hashlib.sha256()
        self.stream = Stream(id=uuid4())
        self._sealer = streams.Sealer(self.stream.pk)
        self._waiting: list[bytes] = []
        self._n = 0
        if place is not None:
            _bind(self, place)
        self.stream.save(force_insert=True)

    @classmethod
    def of(cls, name: str, content: bytes, place: Place | None = None) -> "Upload":
        """Return bytes that are in memory anyway as an upload that has ended."""
        upload = cls(name, place)
        upload.write(content)
        upload.end()
        return upload

    def write(self, data: bytes) -> None:
        """Seal the next bytes."""
        self.size += len(data)
        self._digest.update(data)
        self._sniffer.feed(data)
        self._waiting += self._sealer.feed(data)
        if len(self._waiting) >= BATCH:
            self._store()

    def end(self) -> None:
        """Seal the last bytes."""
        self._sniffer.feed(b"", final=True)
        self._waiting.append(self._sealer.end())
        self._store()

    def discard(self) -> None:
        """Remove what was written."""
        self._waiting.clear()
        Stream.objects.filter(pk=self.stream.pk).delete()

    @property
    def kind(self) -> Kind | None:
        """Return what it is, as far as a first look tells."""
        return self._sniffer.kind

    @property
    def is_refused(self) -> bool:
        """Return whether it is known already to be of no kind that we take."""
        return self._sniffer.is_refused

    @property
    def is_markup(self) -> bool:
        """Return whether it is a page, a drawing or the like that could be taken for text."""
        return self._sniffer.is_markup

    @property
    def is_compound(self) -> bool:
        """Return whether it is an e-mail as Outlook keeps it, or an office file of old."""
        return self._sniffer.is_compound

    @property
    def digest(self) -> bytes:
        """Return the SHA-256 of the content."""
        return self._digest.digest()

    @property
    def bundle(self) -> bytes:
        """Return what opens the file."""
        return self._sealer.bundle

    def _store(self) -> None:
        Chunk.objects.bulk_create(
            Chunk(stream=self.stream, n=self._n + i, ciphertext=piece)
            for i, piece in enumerate(self._waiting)
        )
        self._n += len(self._waiting)
        self._waiting.clear()


def claim(upload: Upload, place: Place) -> Stream:
    """Give an upload to a row: its key is sealed to the row's safe."""
    _bind(upload, place)
    upload.stream.save(update_fields=["safe", "epoch", "row", "which", "key"])
    return upload.stream


def _bind(upload: Upload, place: Place) -> None:
    stream, safe = upload.stream, place.safe
    stream.safe, stream.epoch, stream.row, stream.which = safe, safe.epoch, place.row, place.which
    stream.key = seal_to(proven(safe), upload.bundle, access.key_binding(stream))


@transaction.atomic
def pour(safe: Safe, *, into: Safe, opener: Opener, rows: Collection[UUID] | None = None) -> int:
    """Seal the keys of a safe's files, or of those of some rows, to another; return of how many.

    Refuses whoever does not open all of them.
    """
    wanted = Stream.objects.filter(safe=safe)
    if rows is not None:
        wanted = wanted.filter(row__in=rows)
    found = list(wanted.select_for_update(of=("self",)))
    held = secrets_of(opener, [safe.pk]) if found else {}
    for stream in found:
        key = held.get((safe.pk, stream.epoch or 0))
        if key is None:
            raise NoGrantError
        bundle = key.unseal(bytes(stream.key), access.key_binding(stream))
        stream.safe, stream.epoch = into, into.epoch
        stream.key = seal_to(proven(into), bundle, access.key_binding(stream))
    Stream.objects.bulk_update(found, ["safe", "epoch", "key"], batch_size=500)
    return len(found)


def lend(stream_id: UUID, bundle: bytes, *, now: datetime, order: bytes = b"") -> None:
    """Seal a file's key to the cleaner for an hour at the most.

    `order` says what the cleaner is to take out of a clean copy; it is sealed to it as well.
    """
    public = keys.cleaner_public()
    sealed = sealing.seal(public, bundle, access.loan_binding(stream_id))
    told = sealing.seal(public, order, access.order_binding(stream_id)) if order else b""
    Loan.objects.create(stream_id=stream_id, key=sealed, until=_coarse(now + LOAN), order=told)


def is_lent(stream_id: UUID) -> bool:
    """Return whether the cleaner has this file now."""
    return Loan.objects.filter(stream=stream_id).exists()


def _coarse(moment: datetime) -> datetime:
    """Return a moment rounded down to a quarter of an hour."""
    return moment - timedelta(
        minutes=moment.minute % (COARSE.seconds // 60),
        seconds=moment.second,
        microseconds=moment.microsecond,
    )


def take_back(stream_id: UUID) -> bool:
    """Remove the key that was lent; return whether it was still there."""
    deleted, _ = Loan.objects.filter(stream=stream_id).delete()
    return deleted > 0


def remove(row: UUID) -> None:
    """Remove both copies of a row's file."""
    Stream.objects.filter(row=row).delete()


def remove_unclaimed() -> int:
    """Remove what a request left behind; return how many."""
    gone = list(Stream.objects.unclaimed().values_list("pk", flat=True))
    # a worker may not read the keys of files, so the rows are not fetched whole
    Stream.objects.filter(pk__in=gone).only("pk").delete()
    return len(gone)
