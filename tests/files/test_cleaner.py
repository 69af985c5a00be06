"""The cleaner: what waits is cleaned, refused or kept apart, whatever ends in between."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import override_settings

from cases import actions
from cases.lifecycle import FileState, Kind
from cases.management.commands import cleaner
from cases.management.commands.cleaner import Cleaner
from cases.models import Attachment, Concern
from common import clamd, clock, mat2, sandbox
from common.custody import Folder
from common.errors import RuleError
from ethicsdesk import doctor
from files.access import open_file
from files.actions import Upload
from files.models import Chunk, Loan, Stream, Which
from files.rules.kinds import Trace, Why
from ledger.models import Entry
from ledger.verbs import Verb
from retention import actions as retention
from safes import access as opening
from safes.rules import Receipt
from tests.conftest import BecomeProcess
from tests.files import made
from tests.world import World, as_cleaner

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-8")]
PLANTED = made.PLANTED.encode()


@pytest.fixture(autouse=True)
def without_mat2() -> Iterator[None]:
    """Leave mat2 out: it is not everywhere, and has a test of its own."""
    with override_settings(MAT2=False):
        yield


@pytest.fixture
def concern(world: World) -> Concern:
    return world.file()[0]


def added(concern: Concern, content: bytes, name: str = "a.jpg") -> Attachment:
    # the cleaner reads the clock, so the file comes now
    return actions.add_file(concern, name=name, content=content, now=clock.now())


def look() -> int:
    """Let a cleaner look once, with the rights of its process."""
    with as_cleaner():
        return Cleaner().look()


def content_of(world: World, file: Attachment, which: Which) -> bytes:
    found = open_file(world.openers["olga"], file.pk, which)
    assert found
    return b"".join(found.read())


def test_a_file_becomes_a_clean_copy_and_the_original_stays_as_it_was(
    world: World, concern: Concern
) -> None:
    photo = made.photo()
    file = added(concern, photo)
    assert (file.state, Loan.objects.values("id").count()) == (FileState.RECEIVED, 1)
    assert look() == 1
    file.refresh_from_db()
    assert (file.state, file.why, file.is_scanned) == (FileState.CLEANED, "", False)
    assert PLANTED not in content_of(world, file, Which.CLEAN)
    assert content_of(world, file, Which.ORIGINAL) == photo
    assert Loan.objects.values("id").count() == 0
    where = (file.pk, "removed")
    removed = opening.open_texts(world.openers["olga"], [where])[where]
    assert set(json.loads(removed)) >= {Trace.PLACE, Trace.CAMERA}
    assert look() == 0


def test_a_text_as_windows_writes_unicode_is_taken_and_read(world: World, concern: Concern) -> None:
    file = added(concern, "Le café — déjà vu.".encode("utf-16"), "note.txt")
    assert look() == 1
    file.refresh_from_db()
    assert file.state == FileState.CLEANED
    assert content_of(world, file, Which.CLEAN).decode() == "Le café — déjà vu."


@pytest.mark.req("INT-3")
def test_the_reporter_is_told_by_the_receipt_alone(world: World) -> None:
    concern, receipt = world.file()
    file = added(concern, made.photo())
    look()
    where = (file.pk, "removed")
    assert "the place" in opening.open_texts(receipt.opener, [where])[where]
    assert opening.open_texts(Receipt.new().opener, [where]) == {}


@pytest.mark.parametrize(
    ("content", "state", "why"),
    [
        (b"%PDF-1.7 no more", FileState.REJECTED, Why.BROKEN),
        (made.photo() + made.report(), FileState.REJECTED, Why.TWO_IN_ONE),
        (made.letter(password="1234"), FileState.QUARANTINED, Why.LOCKED),
    ],
    ids=["broken", "two in one", "locked"],
)
def test_what_cannot_be_cleaned_is_kept_apart_and_the_concern_is_untouched(
    world: World,
    concern: Concern,
    content: bytes,
    state: FileState,
    why: Why,
    process: BecomeProcess,
) -> None:
    file = added(concern, content)
    look()
    file.refresh_from_db()
    assert (file.state, file.why) == (state, why)
    with process("owner"):
        assert not Stream.objects.filter(which=Which.CLEAN).exists()
    assert content_of(world, file, Which.ORIGINAL) == content
    concern.refresh_from_db()
    assert concern.status == "received"
    with pytest.raises(RuleError, match="no clean copy"):
        actions.read_file(file, by=world["olga"], opener=world.openers["olga"], now=world.now)


def test_what_the_ledger_keeps_of_it_tells_no_time(world: World, concern: Concern) -> None:
    added(concern, made.screenshot())
    look()
    verbs = (Verb.FILE_ADDED, Verb.FILE_CHECKED, Verb.FILE_CLEANED)
    entries = Entry.objects.filter(verb__in=verbs, subject=concern.subject)
    assert entries.count() == 3
    assert set(entries.values_list("at", flat=True)) == {None}


def test_a_file_that_was_tampered_with_gets_no_copy(concern: Concern) -> None:
    file = added(concern, made.photo())
    chunk = Chunk.objects.get(stream__row=file.pk)
    changed = bytearray(chunk.ciphertext)
    changed[100] ^= 1
    Chunk.objects.filter(pk=chunk.pk).update(ciphertext=bytes(changed))
    look()
    file.refresh_from_db()
    assert (file.state, file.why) == (FileState.REJECTED, Why.BROKEN)


# -- ends in between ------------------------------------------------------------------------------


def crashed(concern: Concern) -> Attachment:
    """Return a file whose cleaner was killed after the check."""
    file = added(concern, made.photo())
    with as_cleaner():
        loan = Loan.objects.get()
        actions.begin_cleaning(loan, now=clock.now())
        kind = cleaner.check(made.photo())
        actions.check_file(loan, kind=kind, is_scanned=False, now=clock.now())
    return file


def test_a_cleaner_that_was_killed_is_followed_by_the_next(concern: Concern) -> None:
    file = crashed(concern)
    look()
    file.refresh_from_db()
    assert file.state == FileState.CLEANED


def test_a_second_cleaner_that_comes_late_does_no_harm(world: World, concern: Concern) -> None:
    file = crashed(concern)
    with as_cleaner():
        loan = Loan.objects.get()
        for copy in (b"first", b"second"):
            actions.keep_clean_copy(loan, content=copy, found=(), now=clock.now())
        actions.hold_file(loan, why=Why.CRASHED, now=clock.now())
    file.refresh_from_db()
    assert file.state == FileState.CLEANED
    assert content_of(world, file, Which.CLEAN) == b"first"


def test_what_ends_its_cleaner_again_and_again_is_kept_apart(concern: Concern) -> None:
    file = added(concern, made.photo())
    with as_cleaner():
        loan = Loan.objects.get()
        tries = [actions.begin_cleaning(loan, now=clock.now()) for _ in range(4)]
    assert [bool(one) for one in tries] == [True, True, True, False]
    file.refresh_from_db()
    assert (file.state, file.why) == (FileState.QUARANTINED, Why.CRASHED)


def test_a_file_that_is_removed_meanwhile_stays_removed(
    world: World, process: BecomeProcess
) -> None:
    receipt = Receipt.new()
    draft = actions.start_draft(receipt=receipt, kind=Kind.REPORT, answers={}, now=world.now)
    file = added(draft, made.photo())
    with as_cleaner():
        loan = Loan.objects.get()
    actions.remove_file(draft, n=file.n, now=world.now)
    with as_cleaner():
        assert actions.begin_cleaning(loan, now=clock.now()) is None
        actions.keep_clean_copy(loan, content=b"late", found=(), now=clock.now())
    with process("owner"):
        assert not Stream.objects.exists()
        assert not Chunk.objects.exists()


def test_the_cleaner_has_a_key_for_an_hour_at_the_most(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    file = actions.add_file(concern, name="a.txt", content=b"words", now=world.now)
    with as_cleaner():
        until = Loan.objects.get().until
    assert timedelta(minutes=45) <= until - world.now <= timedelta(hours=1)
    # the minute of the upload does not show
    assert (until.minute % 15, until.second, until.microsecond) == (0, 0, 0)
    with process("worker"):
        assert actions.expire_loans(now=until - timedelta(minutes=1)) == 0
        assert actions.expire_loans(now=until) == 1
    file.refresh_from_db()
    assert (file.state, file.why) == (FileState.QUARANTINED, Why.TOO_LATE)
    assert Loan.objects.values("id").count() == 0
    assert look() == 0


@pytest.mark.req("SEC-5")
def test_a_draft_that_expires_takes_its_files_with_it(world: World, process: BecomeProcess) -> None:
    for content in (made.photo(), b"words"):
        draft = actions.start_draft(
            receipt=Receipt.new(), kind=Kind.REPORT, answers={}, now=world.now
        )
        world.clean(added(draft, content), b"copy")
        added(draft, b"more words", "b.txt")
    with process("worker"):
        assert actions.expire_drafts(now=world.now + timedelta(days=30)) == 2
        retention.erase(now=world.now + timedelta(days=30))
    with process("owner"):
        assert not Attachment.objects.exists()
        assert not Stream.objects.exists()
        assert not Chunk.objects.exists()
    assert Loan.objects.values("id").count() == 0


def test_what_nobody_claimed_is_removed(process: BecomeProcess, world: World) -> None:
    Upload.of("left.txt", b"words")
    with process("worker"):
        actions.expire_loans(now=world.now)
    with process("owner"):
        assert not Stream.objects.exists()


def test_a_member_sends_a_file_to_the_cleaner_again(world: World, concern: Concern) -> None:
    file = crashed(concern)
    with as_cleaner():
        actions.hold_file(Loan.objects.get(), why=Why.TOO_SLOW, now=clock.now())
    assert look() == 0
    actions.send_again(file, by=world["olga"], opener=world.openers["olga"], now=clock.now())
    assert look() == 1
    file.refresh_from_db()
    assert file.state == FileState.CLEANED
    with pytest.raises(RuleError, match="cannot be sent to the cleaner again"):
        actions.send_again(file, by=world["olga"], opener=world.openers["olga"], now=world.now)


# -- the child process ----------------------------------------------------------------------------

HANGS = "import time; time.sleep(60)"
GROWS = "import files.rules.child as c; c.confine(); x = bytearray(3 * 2**30)"
WRITES = (
    "import files.rules.child as c, os; c.confine();"
    "os.write(os.open('/dev/shm/x', os.O_CREAT | os.O_WRONLY), b'x')"
)
CALLS = (
    "import files.rules.child as c, socket; c.confine();"
    "socket.create_connection(('127.0.0.1', {port}), 3)"
)
TELLS = "import os, sys; sys.stdout.write(repr(sorted(os.environ)))"


def child(code: str, seconds: float = 20) -> bytes:
    command = [*sandbox.python("x")[:1], "-c", code]
    return sandbox.run(command, b"", packages=("files",), seconds=seconds)


def test_a_program_that_hangs_is_ended() -> None:
    with pytest.raises(sandbox.ProgramTooSlowError):
        child(HANGS, seconds=0.5)


@pytest.mark.parametrize("code", [GROWS, WRITES], ids=["grows", "writes a file"])
def test_a_program_gets_no_more_than_it_needs(code: str) -> None:
    with pytest.raises(sandbox.ProgramFailedError):
        child(code)


def test_a_program_is_told_nothing_of_ours() -> None:
    told = child(TELLS).decode()
    assert "PATH" in told
    assert "DATABASE_URL" not in told
    assert "ETHICSDESK" not in told


def test_in_bubblewrap_there_are_no_keys_and_there_is_no_network(settings: LazySettings) -> None:
    assert isinstance(settings.KEYS, Folder)
    keys = settings.KEYS.path
    if not sandbox.can_close_in():
        # the next test proves what is done then; here, that whoever runs it is told
        assert "no bubblewrap here" in next(iter(doctor.cleaning())).what
        return
    with pytest.raises(sandbox.ProgramFailedError):
        child(f"open({str(keys / 'master.key')!r})")
    with pytest.raises(sandbox.ProgramFailedError):
        child("import os; os.listdir('/proc')")
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as server,
        pytest.raises(sandbox.ProgramFailedError),
    ):
        child(CALLS.format(port=server.getsockname()[1]))


def test_without_bubblewrap_files_are_cleaned_as_well(
    world: World, concern: Concern, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    sandbox.can_close_in.cache_clear()
    try:
        assert not sandbox.can_close_in()
        file = added(concern, made.letter(), "a.pdf")
        look()
    finally:
        sandbox.can_close_in.cache_clear()
    assert PLANTED not in made.laid_open(content_of(world, file, Which.CLEAN))


def test_mat2_goes_over_a_copy_where_it_is_installed(world: World, concern: Concern) -> None:
    ours = cleaner.clean(made.letter(), cleaner.check(made.letter()))[0]
    with override_settings(MAT2=True):
        file = added(concern, made.letter(), "a.pdf")
        look()
    file.refresh_from_db()
    assert file.state == FileState.CLEANED
    copy = content_of(world, file, Which.CLEAN)
    assert copy != ours or not mat2.is_here()
    assert PLANTED not in made.laid_open(copy)


# -- the scanner --------------------------------------------------------------------------------


@contextmanager
def scanner(verdict: Callable[[bytes], str]) -> Iterator[str]:
    """Give the address of something that speaks as clamd does."""

    def serve(line: socket.socket) -> None:
        with line, line.makefile("rb") as read:
            command = b""
            while not command.endswith(b"\0"):
                command += read.read(1)
            if command == b"zPING\0":
                line.sendall(b"PONG\0")
                return
            content = b""
            while (size := struct.unpack("!L", read.read(4))[0]) > 0:
                content += read.read(size)
            line.sendall(verdict(content).encode() + b"\0")

    def accept() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            serve(line)

    server = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def by_word(content: bytes) -> str:
    return "stream: Eicar FOUND" if b"EICAR" in content else "stream: OK"


def test_a_scanned_file_is_shown_as_scanned_and_an_infected_one_is_kept_apart(
    concern: Concern,
) -> None:
    good, bad = added(concern, b"words", "a.txt"), added(concern, b"EICAR", "b.txt")
    with scanner(by_word) as address, override_settings(CLAMAV=address):
        look()
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, good.is_scanned) == (FileState.CLEANED, True)
    assert (bad.state, bad.why, bad.is_scanned) == (FileState.QUARANTINED, Why.INFECTED, False)


NOWHERE = "unix:///nonexistent/clamd.ctl"


def test_a_scanner_that_is_away_keeps_files_apart_until_it_is_back(concern: Concern) -> None:
    file = added(concern, b"words", "a.txt")
    with override_settings(CLAMAV=NOWHERE):
        for _ in range(5):
            look()
    file.refresh_from_db()
    assert (file.state, file.why) == (FileState.QUARANTINED, Why.NO_SCANNER)
    assert Entry.objects.filter(verb=Verb.FILE_HELD).count() == 1
    with scanner(by_word) as address, override_settings(CLAMAV=address):
        look()
    file.refresh_from_db()
    assert (file.state, file.why, file.is_scanned) == (FileState.CLEANED, "", True)


TOO_LONG = "INSTREAM size limit exceeded. ERROR"


def test_what_is_too_long_for_the_scanner_is_kept_apart_and_says_so(concern: Concern) -> None:
    file = added(concern, b"words", "a.txt")
    with scanner(lambda _: TOO_LONG) as address, override_settings(CLAMAV=address):
        look()
        assert look() == 0
    file.refresh_from_db()
    assert (file.state, file.why) == (FileState.QUARANTINED, Why.TOO_LONG_TO_SCAN)


def test_the_doctor_asks_the_scanner_about_a_file_as_large_as_any() -> None:
    sizes: list[int] = []

    def verdict(content: bytes) -> str:
        sizes.append(len(content))
        return "stream: OK" if len(sizes) == 1 else TOO_LONG

    with scanner(verdict) as address, override_settings(CLAMAV=address, UPLOAD_MAX_BYTES=3 * 2**20):
        good, short = (list(doctor.cleaning())[-1] for _ in range(2))
    assert sizes == [3 * 2**20] * 2
    assert (good.state, short.state) == (doctor.State.OK, doctor.State.BAD)
    assert "StreamMaxLength" in short.remedy
    with override_settings(CLAMAV=NOWHERE):
        assert list(doctor.cleaning())[-1].state == doctor.State.BAD


@pytest.mark.parametrize("answer", ["INSTREAM size limit exceeded. ERROR", "", "stream: nothing"])
def test_an_answer_that_is_no_verdict_is_none(answer: str) -> None:
    with scanner(lambda _: answer) as address, pytest.raises(clamd.ScannerAwayError):
        clamd.is_clean(address, [b"words"])


def test_a_scanner_is_asked_whether_it_is_there() -> None:
    with scanner(by_word) as address:
        assert clamd.answers(address)
    assert not clamd.answers(NOWHERE)
    assert not clamd.answers("http://example.org")
