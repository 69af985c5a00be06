"""What the office adds to a case goes the way of what reporters add."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.urls import reverse

from cases import access, actions
from cases.lifecycle import FileState
from cases.management.commands.cleaner import Cleaner
from cases.models import Attachment, Case, OriginalRequest
from common import clock
from common.errors import RuleError
from escalation.models import Clock
from files.actions import Upload
from files.models import Stream
from ledger.models import Entry
from people.middleware import act_as
from tests.cases.intake.reporter import Reporter
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.files import made
from tests.world import World, as_cleaner

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-8", "SEC-2")]


@pytest.fixture
def case(world: World) -> Case:
    """Return a case of olga's and omar's."""
    act_as(world["olga"])
    case = world.triage(world.file(excluded=(world["otto"],))[0])
    opener = world.openers["olga"]
    actions.add_member(case, by=world["olga"], opener=opener, person=world["omar"], now=world.now)
    return case


@pytest.fixture
def olga(world: World, case: Case) -> Client:
    client = Client()
    sign_in(client, world, "olga")
    return client


def added(world: World, case: Case, name: str = "log.txt", content: bytes = b"x") -> Attachment:
    act_as(world["olga"])
    upload = Upload.of(name, content)
    return actions.add_to_case(case, upload=upload, by=world["olga"], now=clock.now())


def send(client: Client, case: Case, name: str, content: bytes) -> str:
    """Send a file to a case; return what the page says."""
    file = SimpleUploadedFile(name, content)
    url = reverse("desk:files-add", args=[case.ref])
    return client.post(url, {"file": file}, follow=True).content.decode()


def at(route: str, case: Case, n: int = 1) -> str:
    return reverse(f"desk:case-{route}", args=[case.ref, n])


@pytest.mark.req("CAS-1")
def test_a_file_of_the_office_is_cleaned_and_its_original_is_released_by_another(
    world: World, case: Case, olga: Client
) -> None:
    assert "Added. The cleaner makes a clean copy" in send(olga, case, "site.jpg", made.photo())
    with override_settings(MAT2=False), as_cleaner():
        Cleaner().look()
    shown = olga.get(reverse("desk:files", args=[case.ref])).content.decode()
    assert "site.jpg" in shown
    assert at("download", case) in shown
    copy = olga.get(at("download", case))
    assert copy["Content-Disposition"] == f'attachment; filename="{case.ref}-1.jpg"'
    assert made.PLANTED.encode() not in copy.getvalue()
    olga.post(at("ask", case), {"reason": "The place decides it."})
    omar = Client()
    sign_in(omar, world, "omar")
    assert f"Original in {case.ref}" in omar.get("/desk/due/").content.decode()
    assert at("file", case) in omar.get("/desk/today/").content.decode()
    assert "The place decides it." in omar.get(at("file", case)).content.decode()
    omar.post(at("release", case), {"request": str(OriginalRequest.objects.get().pk)})
    assert olga.get(at("original", case)).getvalue() == made.photo()
    assert omar.get(at("original", case)).status_code == 409
    act_as(world["olga"])
    told = Entry.objects.filter(subject=f"case:{case.pk}").values_list("verb", flat=True)
    assert {
        "file_added", "file_checked", "file_cleaned", "file_read", "original_asked",
        "original_released", "original_read",
    } <= set(told)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.exe", b"\x7fELF\x00\x00", "This file is none of these"),
        ("a.txt", b"", "This file is empty, so it was not taken."),
        ("a.pdf", b"%PDF-1.7 " + b"x" * 2**20, "This file is larger than 1 MB"),
    ],
    ids=["of no kind", "empty", "too large"],
)
def test_what_is_not_taken_leaves_nothing_and_the_page_says_why(
    case: Case, olga: Client, name: str, content: bytes, said: str, process: BecomeProcess
) -> None:
    with override_settings(UPLOAD_MAX_BYTES=2**20):
        assert said in send(olga, case, name, content)
    with process("owner"):
        assert not Stream.objects.exists()
        assert not Attachment.objects.exists()


def test_without_a_file_or_on_a_closed_case_nothing_is_added(
    world: World, case: Case, olga: Client, process: BecomeProcess
) -> None:
    url = reverse("desk:files-add", args=[case.ref])
    assert "Choose a file first. Nothing was added." in olga.post(url).content.decode()
    with process("owner"):
        Case.objects.update(status="closed", closed_at=world.now, finding="out_of_scope")
    assert "This case is closed, so no file can be added." in send(olga, case, "a.txt", b"x")
    assert "Add this file" not in olga.get(reverse("desk:files", args=[case.ref])).content.decode()
    with process("owner"):
        assert not Stream.objects.exists()


def test_who_is_not_on_the_team_adds_nothing_and_a_forged_form_neither(
    world: World, case: Case, process: BecomeProcess
) -> None:
    url = reverse("desk:files-add", args=[case.ref])
    for name, answer in (("hana", 403), ("ines", 404), ("otto", 404)):
        client = Client()
        sign_in(client, world, name)
        sent = client.post(url, {"file": SimpleUploadedFile("a.txt", b"x")})
        assert sent.status_code == answer, name
    forged = Client(enforce_csrf_checks=True)
    sign_in(forged, world, "olga")
    sent = forged.post(url, {"file": SimpleUploadedFile("a.txt", b"x")})
    assert sent.status_code == 403
    assert Client().post(url, {"file": SimpleUploadedFile("a.txt", b"x")}).status_code == 302
    with process("owner"):
        assert not Stream.objects.exists()
        assert not Attachment.objects.exists()


def test_files_are_counted_for_each_case_and_belong_to_one_thing(
    world: World, case: Case, process: BecomeProcess
) -> None:
    concern = case.concerns.get()
    told = actions.add_file(concern, name="a.txt", content=b"x", now=world.now)
    ours = [added(world, case), added(world, case)]
    assert [told.n, *(one.n for one in ours)] == [1, 1, 2]
    with process("owner"):
        for rows, both in (
            (Attachment.objects.filter(pk=told.pk), {"case": case}),
            (Attachment.objects.filter(pk=told.pk), {"concern": None}),
        ):
            with pytest.raises(IntegrityError, match="of_one_thing"), transaction.atomic():
                rows.update(**both)


def test_reporters_see_nothing_of_what_the_office_added(
    client: Client, world: World, process: BecomeProcess
) -> None:
    concern, receipt = world.file()
    act_as(world["olga"])
    case = world.triage(concern)
    added(world, case, "our-own-log.txt")
    act_as(None)
    reporter = Reporter(client)
    reporter.come_back(str(receipt))
    assert "our-own-log.txt" not in reporter.html
    access.present(receipt)
    for name in ("speak", "web"):
        with process(name):
            assert not Attachment.objects.filter(case__isnull=False).exists(), name


def test_a_request_that_nobody_released_waits_for_the_others_of_the_team(
    world: World, case: Case
) -> None:
    file = added(world, case)
    asked = actions.ask_for_original(file, by=world["olga"], reason="The log.", now=clock.now())
    assert Clock.objects.get(subject_id=asked.pk).unit == case.unit
    for name, may in (("omar", True), ("olga", False), ("hana", False), ("otto", False)):
        act_as(world[name])
        found = OriginalRequest.objects.releasable_by(world[name], clock.now())
        assert found.exists() is may, name
    act_as(world["olga"])
    with pytest.raises(RuleError, match="somebody else has to release it"):
        actions.release_original(
            asked, by=world["olga"], opener=world.openers["olga"], now=clock.now()
        )
    assert file.state == FileState.RECEIVED
