"""A file lies sealed piece by piece: what was changed, moved, cut or taken away does not open."""

import os
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection

from cases import actions
from common import sealing, streams
from common.sealing import SealBrokenError
from files import access
from files import actions as files
from files.actions import Place, Upload
from files.models import Chunk, Stream, Which
from safes import actions as safes
from safes.actions import Holder
from safes.models import Erasure, Safe
from safes.rules import Opener
from tests.conftest import BecomeProcess
from tests.world import World, as_cleaner

pytestmark = [pytest.mark.req("SEC-1", "INT-8"), pytest.mark.usefixtures("beyond_rows")]
CONTENT = os.urandom(streams.PIECE_BYTES * 3 + 100)
FILE = uuid4()


def sealed(content: bytes = CONTENT, file_id: UUID = FILE) -> tuple[bytes, list[bytes]]:
    sealer = streams.Sealer(file_id)
    return sealer.bundle, [*sealer.feed(content), sealer.end()]


def opened(bundle: bytes, pieces: list[bytes], file_id: UUID = FILE) -> bytes:
    return b"".join(streams.opened(bundle, file_id, pieces))


@pytest.mark.parametrize("size", [0, 1, 255, 65_535, 65_536, 65_537, 200_000])
@pytest.mark.parametrize("portion", [1_000, 65_536, 1_000_000])
def test_what_is_sealed_in_any_portions_opens_again(size: int, portion: int) -> None:
    content = CONTENT[:size]
    sealer = streams.Sealer(FILE)
    pieces = [
        piece for at in range(0, size, portion) for piece in sealer.feed(content[at : at + portion])
    ]
    assert opened(sealer.bundle, [*pieces, sealer.end()]) == content


def test_a_length_tells_no_more_than_a_bucket() -> None:
    lengths = {len(sealed(CONTENT[:size])[1][0]) for size in (0, 1, 100, 255)}
    assert len(lengths) == 1


WRONG = {
    "the end is cut off": lambda pieces: pieces[:-1],
    "a piece is missing": lambda pieces: [pieces[0], *pieces[2:]],
    "two pieces are exchanged": lambda pieces: [pieces[1], pieces[0], *pieces[2:]],
    "a piece comes twice": lambda pieces: [pieces[0], *pieces],
    "more follows the end": lambda pieces: [*pieces, pieces[-1]],
    "one bit is changed": lambda pieces: [bytes([pieces[0][0] ^ 1]) + pieces[0][1:], *pieces[1:]],
    "nothing is left": lambda pieces: pieces[:0],
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_stream_that_is_not_as_it_was_does_not_open(change: object) -> None:
    bundle, pieces = sealed()
    with pytest.raises(SealBrokenError):
        opened(bundle, change(pieces))  # type: ignore[operator] # a function of a list


def test_a_piece_of_another_file_or_under_another_key_does_not_open() -> None:
    bundle, pieces = sealed()
    _, others = sealed(file_id=uuid4())
    with pytest.raises(SealBrokenError):
        opened(bundle, [others[0], *pieces[1:]])
    with pytest.raises(SealBrokenError):
        opened(bundle, pieces, file_id=uuid4())


# -- in the database ----------------------------------------------------------------------------


@pytest.fixture
def opener(db: None) -> Opener:
    return Opener(sealing.new_secret())


@pytest.fixture
def safe(opener: Opener) -> Safe:
    return safes.make_safe("concern", holders=[Holder(opener.public)]).safe


def kept(safe: Safe, content: bytes = CONTENT) -> UUID:
    row = uuid4()
    files.claim(Upload.of("a.txt", content), Place(safe, row, Which.ORIGINAL))
    return row


def test_only_who_holds_a_grant_opens_a_file(safe: Safe, opener: Opener) -> None:
    row = kept(safe)
    found = access.open_file(opener, row, Which.ORIGINAL)
    assert found
    assert b"".join(found.read()) == CONTENT
    assert found.verified().size == len(CONTENT)
    assert access.open_file(Opener(sealing.new_secret()), row, Which.ORIGINAL) is None
    assert access.open_file(opener, row, Which.CLEAN) is None


def test_a_files_key_moved_to_another_file_does_not_open(safe: Safe, opener: Opener) -> None:
    first, second = kept(safe), kept(safe, b"other words")
    one, other = Stream.objects.get(row=first), Stream.objects.get(row=second)
    Stream.objects.filter(pk=other.pk).update(key=one.key)
    with pytest.raises(SealBrokenError):
        access.open_file(opener, second, Which.ORIGINAL)
    Chunk.objects.filter(stream=one, n=0).update(
        ciphertext=Chunk.objects.get(stream=other).ciphertext
    )
    found = access.open_file(opener, first, Which.ORIGINAL)
    assert found
    with pytest.raises(SealBrokenError):
        found.verified()


def test_erasing_a_safe_erases_its_files(safe: Safe, process: BecomeProcess) -> None:
    kept(safe)
    decided = Erasure(
        id=uuid4(), on=date(2026, 3, 16), ground="court_order", subjects=[], safes=[safe.pk]
    )
    with process("worker"):
        safes.reopen_erasures([decided])
        safes.finish_erasure(decided)
    with process("owner"):
        assert not Stream.objects.exists()
        assert not Chunk.objects.exists()


def test_reading_takes_a_few_pieces_at_a_time(
    safe: Safe, opener: Opener, django_assert_num_queries: object
) -> None:
    row = kept(safe, bytes(65_536 * 20))
    found = access.open_file(opener, row, Which.ORIGINAL)
    assert found
    with django_assert_num_queries(3):  # type: ignore[operator] # pytest-django's
        assert sum(len(piece) for piece in found.read()) == 65_536 * 20


@pytest.mark.parametrize("name", ["worker", "watchdog"])
def test_processes_that_keep_time_cannot_read_a_file(
    safe: Safe, name: str, process: BecomeProcess
) -> None:
    kept(safe)
    for table in ("files_chunk", "files_stream", "files_loan"):
        with process(name), pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute(f"TABLE {table}")


@pytest.mark.req("SEC-2")
def test_the_cleaner_sees_what_is_lent_to_it_and_no_other_file(world: World) -> None:
    concern, _ = world.file()
    lent = actions.add_file(concern, name="a.txt", content=b"words", now=world.now)
    other, _ = world.file()
    cleaned = actions.add_file(other, name="b.txt", content=b"words", now=world.now)
    world.clean(cleaned)
    with as_cleaner(), connection.cursor() as cursor:
        cursor.execute("SELECT row FROM files_stream")
        assert cursor.fetchall() == [(lent.pk,)]
        cursor.execute("SELECT count(*) FROM files_chunk")
        assert cursor.fetchone() == (1,)
        cursor.execute("SELECT id FROM cases_attachment")
        assert cursor.fetchall() == [(lent.pk,)]
        cursor.execute("SELECT id FROM cases_concern")
        assert cursor.fetchall() == [(concern.pk,)]


@pytest.mark.req("SEC-2")
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT ciphertext FROM safes_sealed",
        "SELECT ref FROM cases_concern",
        "SELECT wrapped FROM safes_grant",
        "SELECT name FROM people_person",
        "SELECT subject FROM ledger_entry",
        "DELETE FROM files_chunk",
        "UPDATE files_stream SET key = ''",
        "UPDATE cases_attachment SET n = 1",
    ],
)
def test_the_cleaner_may_nothing_else(statement: str, world: World, process: BecomeProcess) -> None:
    with process("cleaner"), pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(statement)
