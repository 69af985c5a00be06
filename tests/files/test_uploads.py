"""Uploads at the door: sealed while they are read, refused early, nothing of them on a disk."""

import io
import tracemalloc

import pytest
from django.db import transaction
from django.test import Client, override_settings

from cases import actions
from cases.management.commands.cleaner import Cleaner
from cases.models import Attachment
from common.errors import RuleError
from files.access import open_file
from files.actions import Upload
from files.models import Chunk, Stream, Which
from files.rules.kinds import Why
from safes.rules import Receipt
from tests.cases.intake.reporter import Reporter, a_file
from tests.conftest import BecomeProcess
from tests.files import made
from tests.world import World, as_cleaner

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-8", "SEC-1")]
BOUNDARY = "----made-up-for-the-tests"
TEN_GB = 10 * 2**30


class Endless(io.RawIOBase):
    """The body of a form whose file is far too large; counts what is read of it."""

    def __init__(self, fields: dict[str, str], start: bytes) -> None:
        self.read_bytes = 0
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        )
        self._ready = ("".join(parts) + head).encode() + start

    def read(self, size: int = -1) -> bytes:
        size = 65_536 if size < 0 else size
        given, self._ready = self._ready[:size], self._ready[size:]
        given += b"x" * (size - len(given))
        self.read_bytes += len(given)
        return given


@pytest.fixture
def reporter(client: Client, world: World) -> Reporter:
    """Give a reporter on the page where files are added, who has told a story."""
    reporter = Reporter(client)
    reporter.answer_all()
    reporter.answer("change:files")
    return reporter


def send(reporter: Reporter, body: Endless, length: int) -> None:
    environ = {
        "wsgi.input": body,
        "CONTENT_LENGTH": str(length),
        "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
    }
    answer = reporter.client.generic("POST", "/speak/file/", **environ)  # type: ignore[arg-type] # WSGI's
    reporter.answers.append(answer)


@pytest.mark.parametrize(
    ("length", "most"),
    [(TEN_GB, 200_000), (26 * 2**20, 28 * 2**20)],
    ids=["announced", "found while it is read"],
)
def test_what_is_far_too_large_is_refused_early_and_the_form_is_kept(
    reporter: Reporter, length: int, most: int, process: BecomeProcess
) -> None:
    body = Endless({**reporter.hidden, "go": "add"}, b"%PDF-1.7 ")
    tracemalloc.start()
    send(reporter, body, length)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reporter.page.status_code == 422
    assert "This file is larger than 25 MB, so it was not taken." in reporter.text
    assert body.read_bytes < most
    assert peak < 12 * 2**20
    with process("owner"):
        assert not Attachment.objects.exists()
        assert not Stream.objects.exists()
        assert not Chunk.objects.exists()
    reporter.answer("change:review")
    reporter.answer("next")
    assert "Her nephew answers every question for her." in reporter.text


def test_a_large_file_is_taken_in_little_memory(reporter: Reporter, world: World) -> None:
    size = 20 * 2**20
    fields = {**reporter.hidden, "go": "add"}
    body = Endless(fields, b"%PDF-1.7 ")
    head = len(body._ready)
    body._ready += b"x" * (size - 9) + f"\r\n--{BOUNDARY}--\r\n".encode()
    length = len(body._ready)
    assert length > head
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    send(reporter, body, length)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reporter.page.status_code == 200
    # the body itself is in memory here, as it comes from a list of bytes, and is cut as it is read
    assert peak - before < 2 * size + 12 * 2**20
    file = Attachment.objects.get()
    reporter.answer("next")
    reporter.answer("send")
    found = open_file(Receipt.parse(reporter.receipt).opener, file.pk, Which.ORIGINAL)  # type: ignore[union-attr] # it is one
    assert found
    assert found.verified().size == size


def test_a_wrong_file_is_refused_with_its_first_bytes(
    reporter: Reporter, process: BecomeProcess
) -> None:
    body = Endless({**reporter.hidden, "go": "add"}, b"\x7fELF\x00\x00\x00\x00")
    send(reporter, body, TEN_GB // 1000)
    assert reporter.page.status_code == 422
    assert "so it was not taken" in reporter.text
    with process("owner"):
        assert not Chunk.objects.exists()


@pytest.mark.parametrize("content", made.MARKUP.values(), ids=made.MARKUP.keys())
def test_what_only_looks_like_text_is_refused_and_the_reporter_reads_what_to_do(
    reporter: Reporter, content: bytes, process: BecomeProcess
) -> None:
    reporter.answer("add", file=a_file("words.txt", content))
    assert reporter.page.status_code == 422
    assert "a web page, a drawing (SVG) or rich text" in reporter.text
    assert "Print it to a PDF" in reporter.text
    with process("owner"):
        assert not Attachment.objects.exists()
        assert not Stream.objects.exists()


def test_what_outlook_keeps_is_refused_with_what_to_do_instead(
    reporter: Reporter, process: BecomeProcess
) -> None:
    outlook = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    reporter.answer("add", file=a_file("message.msg", outlook))
    assert reporter.page.status_code == 422
    assert "Save the e-mail as EML or PDF" in reporter.text
    with process("owner"):
        assert not Stream.objects.exists()


def test_a_saved_e_mail_is_taken_and_the_reporter_reads_what_was_removed_and_what_stays(
    reporter: Reporter,
) -> None:
    assert "saved e-mails (eml)" in reporter.text
    reporter.answer("add", file=a_file("message.eml", made.e_mail()))
    assert reporter.page.status_code == 200
    assert Attachment.objects.get().media_type == "message/rfc822"
    with as_cleaner():
        Cleaner().look()
    reporter.answer("change:files")
    assert "how the e-mail travelled" in reporter.text
    assert "1 attached file" in reporter.text
    assert "Who wrote to whom, when, and every word stay readable" in reporter.text


@pytest.mark.parametrize("content", made.WORDS.values(), ids=made.WORDS.keys())
def test_what_only_begins_like_a_page_is_taken_as_text(reporter: Reporter, content: bytes) -> None:
    reporter.answer("add", file=a_file("words.txt", content))
    assert reporter.page.status_code == 200
    assert Attachment.objects.get().media_type == "text/plain"


def test_what_an_action_refuses_is_gone_at_once(world: World, process: BecomeProcess) -> None:
    concern, _ = world.file()
    for content in (b"\x7fELF\0", made.MARKUP["drawing"]):
        # the action's own transaction is rolled back, as it is inside a request's
        with pytest.raises(RuleError), transaction.atomic():
            actions.add_file(concern, name="a.txt", content=content, now=world.now)
        with process("owner"):
            assert not Stream.objects.exists()
    with override_settings(UPLOAD_MAX_FILES=0):
        upload = Upload.of("a.txt", b"words")
        with pytest.raises(RuleError, match="so this one was not taken"):
            actions.take_upload(concern, upload=upload, now=world.now)
    with process("owner"):
        assert not Stream.objects.exists()
        assert not Chunk.objects.exists()


def test_a_path_in_a_name_is_shown_as_a_name(reporter: Reporter) -> None:
    name = "..\\..\\<b>secret\u202etxt.exe</b>"
    reporter.answer("add", file=a_file(name, b"words"))
    assert "b&gt;" in reporter.html
    assert "\u202e" not in reporter.html
    assert "..\\" not in reporter.html


def test_a_file_sent_where_none_is_asked_for_is_kept_nowhere(
    reporter: Reporter, process: BecomeProcess
) -> None:
    reporter.answer("change:story")
    reporter.answer(file=a_file("a.txt", b"words"), happened="Something else.")
    assert reporter.page.status_code == 200
    with process("owner"):
        assert not Attachment.objects.exists()
        assert not Stream.objects.exists()


def test_the_reporter_reads_what_was_removed_before_and_after_sending(
    reporter: Reporter, world: World
) -> None:
    reporter.answer("add", file=a_file("photo.jpg", made.photo()))
    assert "It is being cleaned." in reporter.text
    with as_cleaner(), override_settings(MAT2=False):
        Cleaner().look()
    reporter.answer()
    told = "We removed: data after the end, dates and times, the author, the camera or phone"
    assert told in reporter.text
    reporter.answer("send")
    reporter.come_back(reporter.receipt)
    assert told in reporter.text


@pytest.mark.parametrize("why", [Why.LOCKED, Why.BROKEN, Why.NO_SCANNER])
def test_the_reporter_reads_why_there_is_no_copy(reporter: Reporter, why: Why) -> None:
    reporter.answer("add", file=a_file())
    state = "rejected" if why == Why.BROKEN else "quarantined"
    Attachment.objects.update(state=state, why=why)
    reporter.answer()
    assert "The original is kept sealed." in reporter.text
