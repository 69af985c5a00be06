"""A redacted copy of what stands in a case: made, reviewed by a second person, handed out."""

import hashlib
import io
import json
from datetime import timedelta
from uuid import uuid4

import pikepdf
import pypdf
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases import access, actions
from cases.actions.redacting import DIGEST, REPORT
from cases.lifecycle import Document, Ground, PartyRole, RedactionState
from cases.management.commands.cleaner import Cleaner
from cases.models import Attachment, Case, Note, Redaction
from cases.rules.redaction import BAR, pieces, removals, suggested, written
from common import clock, days
from common.errors import RuleError
from files.access import open_file
from files.actions import Upload
from files.models import Loan, Which
from files.rules.finding import Pattern
from files.rules.kinds import TEXT, Why
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from retention import actions as retention
from safes import actions as safes
from safes.access import open_texts
from safes.models import Erasure
from safes.rules import Opener
from tests.architecture.acts.redaction import of_text, wanted
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.files.test_redacting import letter
from tests.world import World, as_cleaner

pytestmark = [pytest.mark.django_db, pytest.mark.req("CAS-9")]

STORY = (
    "Marlow Quist signed it. Ask Marlow on +44 20 7946 0958.\n\n"
    "The lawyer, Mrs Vane, advised against it. Olga Example was there."
)


@pytest.fixture
def case(world: World) -> Case:
    """Return a case on which Olga and Omar work, with a party, as Olga sees it."""
    act_as(world["olga"])
    case = world.triage(world.file(excluded=(world["otto"],))[0])
    olga, opener = world["olga"], world.openers["olga"]
    actions.add_member(case, by=olga, opener=opener, person=world["omar"], now=world.now)
    actions.add_party(
        case, by=olga, role=PartyRole.WITNESS, name="Marlow Quist", now=world.now, opener=opener
    )
    return case


@pytest.fixture
def note(world: World, case: Case) -> Note:
    return actions.sign_note(
        case,
        by=world["olga"],
        kind=Note.Kind.NOTE,
        text=STORY,
        now=world.now,
        opener=world.openers["olga"],
    )


def content_of(world: World, copy: Redaction, by: str = "olga") -> bytes:
    found = open_file(world.openers[by], copy.pk, Which.CLEAN)
    assert found
    return b"".join(found.read())


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


# -- which words go -----------------------------------------------------------------------------


def test_a_text_of_more_choices_than_a_form_holds_is_not_offered_for_marking(
    world: World, case: Case, client: Client
) -> None:
    lines = "".join(f"Write to a{n}@example.org. He did. So it was.\n" for n in range(250))
    long = actions.sign_note(
        case, by=world["olga"], kind=Note.Kind.NOTE, text=lines, now=world.now,
        opener=world.openers["olga"],
    )  # fmt: skip
    sign_in(client, world, "olga")
    page = client.get(reverse("desk:redact", args=[case.ref]), {"of": f"note:{long.pk}"})
    assert page.context["is_long"]
    assert "redact" in page.context
    assert page.context["redact"] is None


def test_what_touches_is_one_box_of_one_width_and_the_reporter_has_no_code_of_their_own() -> None:
    taken = removals(
        STORY,
        parts={3: Ground.IRRELEVANT},
        words=[
            ("Marlow Quist", Ground.REPORTER),
            ("Quist", Ground.PERSONAL),
            ("Marlow", Ground.WITNESS),
            ("Vane", Ground.PRIVILEGE),
        ],
        patterns=[(Pattern.PHONE, Ground.PERSONAL)],
        born_before=2010,
    )
    assert written(pieces(STORY, taken)) == (
        f"[{BAR} P] signed it. Ask [{BAR} P] on [{BAR} P].\n\n"
        f"The lawyer, Mrs [{BAR} L], advised against it. [{BAR} N]"
    )
    [first, *_] = taken
    assert (first.ground, STORY[first.start : first.end]) == (Ground.REPORTER, "Marlow Quist")
    found = suggested(STORY, [("Marlow Quist", Ground.WITNESS, "A party")], born_before=2010)
    assert [(one.words, one.times) for one in found] == [
        ("Marlow Quist", 1), ("Marlow", 2), ("Quist", 1), ("+44 20 7946 0958", 1),
    ]  # fmt: skip


# -- a text -------------------------------------------------------------------------------------


def test_a_copy_of_a_note_goes_from_marking_to_handing_out(
    world: World, case: Case, note: Note, client: Client
) -> None:
    sign_in(client, world, "olga")
    page, make = (
        reverse("desk:redact", args=[case.ref]),
        reverse("desk:redact-make", args=[case.ref]),
    )
    assert f"note:{note.pk}" in client.get(page).content.decode().replace("%3A", ":")
    asked = {"of": f"note:{note.pk}"}
    form = client.get(page, asked).context["redact"]
    # the party, half of her name, a colleague by her full name, and a number are proposed
    proposed = {one.words: bound for one, bound in form.suggested()}
    assert {"Marlow Quist", "Marlow", "Olga Example", "+44 20 7946 0958"} <= proposed.keys()
    entered = {
        **asked,
        **{bound.html_name: bound.initial for bound in proposed.values()},
        **{proposed[words].html_name: "" for words in proposed if words in "Olga Example"},
        "words_0": "mrs vane",
        "ground_0": "privilege",
        "purpose": "party",
    }
    # nothing that was marked is lost when something is missing
    refused = client.post(make, entered)
    assert refused.status_code == 200
    assert "Write who gets it" in refused.content.decode()
    assert refused.context["redact"]["words_0"].value() == "mrs vane"
    assert not Redaction.objects.exists()
    # what it becomes is shown, and who is still named in it
    seen = client.post(page, {**entered, "recipient": "Counsel of Mr Roe"})
    assert seen.context["taken"] == 4
    assert "Olga Example" in {one.words for one in seen.context["still"]}
    assert not Redaction.objects.exists()
    made = client.post(make, {**entered, "recipient": "Counsel of Mr Roe"})
    copy = Redaction.objects.get()
    assert made.headers["Location"] == reverse("desk:redacted", args=[case.ref, copy.n])
    assert (copy.state, copy.purpose, copy.made_by) == ("made", "party", world["olga"])
    content = content_of(world, copy)
    told = text_of(content)
    assert "advised against it" in told
    assert "Olga Example" in told
    with pikepdf.open(io.BytesIO(content)) as document:
        everything = b"".join(
            one.read_bytes() for one in document.objects if isinstance(one, pikepdf.Stream)
        )
        assert "Counsel" not in str(document.docinfo)
    for word in ("Marlow", "Quist", "7946", "Vane", "Counsel", case.ref):
        assert word not in told
        assert word.encode() not in everything
        assert word.encode() not in content
    places = [(copy.pk, name) for name in ("copy_of", "recipient", DIGEST)]
    texts = open_texts(world.openers["omar"], places)
    assert texts[places[1]] == "Counsel of Mr Roe"
    assert texts[places[2]] == hashlib.sha256(content).hexdigest()
    # what it is a copy of stays
    assert open_texts(world.openers["olga"], [(note.pk, "body")])[note.pk, "body"] == STORY


def test_a_copy_goes_once_a_second_person_has_looked_it_over(
    world: World, case: Case, note: Note, client: Client
) -> None:
    sign_in(client, world, "olga")
    make = reverse("desk:redact-make", args=[case.ref])
    entered = {"of": f"note:{note.pk}", "words_0": "mrs vane", "ground_0": "privilege"}
    client.post(make, {**entered, "purpose": "party", "recipient": "Counsel of Mr Roe"})
    copy = Redaction.objects.get()
    content = content_of(world, copy)
    review, hand, download = (
        reverse(f"desk:redacted-{name}", args=[case.ref, 1]) for name in ("review", "hand", "copy")
    )
    answer = client.get(download)
    assert answer.headers["Content-Disposition"].endswith('"redacted-1-not-reviewed.pdf"')
    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined] # it streams
    today = days.day_of(clock.now()).isoformat()
    handed = {"hand-on": today, "hand-how": "On paper, against a receipt."}
    assert "cannot be handed out" in client.post(hand, handed).content.decode()
    refused = client.post(review, {"review-agrees": "yes"}).content.decode()
    assert "You made it, so another person decides." in refused
    # whoever may look it over is asked to, under Today, as long as it waits
    today_page, here = reverse("desk:today"), reverse("desk:redacted", args=[case.ref, 1])
    assert here not in client.get(today_page).content.decode()
    sign_in(client, world, "omar")
    assert here in client.get(today_page).content.decode()
    shown = client.get(reverse("desk:redacted", args=[case.ref, 1])).content.decode()
    assert "mrs vane" not in shown
    assert '<mark class="ed-taken">Mrs Vane' in shown
    kept = client.post(review, {"review-agrees": "no", "review-words": " "})
    assert "Say what is wrong" in kept.content.decode()
    client.post(review, {"review-agrees": "yes"})
    assert here not in client.get(today_page).content.decode()
    client.post(hand, handed)
    copy.refresh_from_db()
    assert (copy.state, copy.reviewed_by, copy.handed_by) == (
        "handed",
        world["omar"],
        world["omar"],
    )
    files = client.get(reverse("desk:files", args=[case.ref])).content.decode()
    assert "Counsel of Mr Roe" in files
    assert "Handed out" in files
    verbs = [
        Verb.REDACTION_MADE, Verb.REDACTION_READ, Verb.REDACTION_REVIEWED,
        Verb.REDACTION_HANDED_OUT,
    ]  # fmt: skip
    acts = Entry.objects.filter(subject=f"case:{case.pk}", verb__in=verbs).order_by("at", "pk")
    assert set(acts.values_list("verb", flat=True)) == set(verbs)


def test_a_second_person_sends_back_and_it_is_made_anew_from_what_was_entered(
    world: World, case: Case, note: Note, client: Client
) -> None:
    sign_in(client, world, "olga")
    make = reverse("desk:redact-make", args=[case.ref])
    asked = {"of": f"note:{note.pk}", "purpose": "court", "recipient": "The court"}
    entered = {**asked, "sentence_0": "witness", "words_1": "Vane", "ground_1": "privilege"}
    client.post(make, entered)
    [copy] = Redaction.objects.all()

    def review(opener: Opener | None, words: str = "", *, agrees: bool = True) -> Redaction:
        return actions.review_redacted(
            copy, by=world["omar"], agrees=agrees, words=words, now=world.now, opener=opener
        )

    key = world.openers["omar"]
    with pytest.raises(RuleError, match="Unlock"):
        review(None)
    review(key, "Marlow stands in it.", agrees=False)
    with pytest.raises(RuleError, match="cannot be approved"):
        review(key)
    page = client.get(reverse("desk:redacted", args=[case.ref, copy.n]))
    assert "Marlow stands in it." in page.content.decode()
    form = client.get(page.context["again_url"]).context["redact"]
    assert (form["sentence_0"].value(), form["words_1"].value()) == ("witness", "Vane")
    with pytest.raises(IntegrityError), transaction.atomic():
        Redaction.objects.filter(pk=copy.pk).update(reviewed_by=world["olga"])


def test_who_may_not_read_it_gets_no_copy_and_nothing_taken_out_is_none(
    world: World, case: Case, note: Note, process: BecomeProcess
) -> None:
    with pytest.raises(RuleError, match="Nothing is taken out"):
        actions.redact_text(
            case,
            by=world["olga"],
            wanted=wanted(Document.NOTE, note.pk),
            text=STORY,
            taken=[],
            now=world.now,
            opener=None,
        )
    copy = of_text(world, case, note)
    for name in ("otto", "hana", "anna"):
        with pytest.raises(PermissionDenied):
            access.require_paper(world[name], case, Document.NOTE, note.pk)
        with pytest.raises(PermissionDenied):
            actions.read_redacted(copy, by=world[name], opener=world.openers[name], now=world.now)
    concern = case.concerns.get()
    told = access.require_paper(world["olga"], case, Document.CONCERN, concern.pk)
    assert told.concern == concern
    other = world.triage(world.file()[0])
    with pytest.raises(RuleError, match="no such document"):
        access.require_paper(world["olga"], other, Document.NOTE, note.pk)
    # behind the wall there is none, by the database alone
    act_as(world["otto"])
    assert not Redaction.objects.exists()
    act_as(world["omar"])
    assert Redaction.objects.count() == 1
    # a court may ask after the case is closed, and what is erased takes its copies along
    act_as(world["olga"])
    closed = world.close(case)
    assert of_text(world, closed, note).n == 2


def test_what_is_in_a_script_that_no_font_of_ours_has_becomes_text(
    world: World, case: Case
) -> None:
    said = "قالت أمل إنها كانت هناك."
    note = actions.sign_note(case, by=world["olga"], kind=Note.Kind.NOTE, text=said, now=world.now)
    taken = removals(
        said, parts={}, words=[("أمل", Ground.PERSONAL)], patterns=(), born_before=2010
    )
    copy = actions.redact_text(
        case,
        by=world["olga"],
        wanted=wanted(Document.NOTE, note.pk),
        text=said,
        taken=taken,
        now=world.now,
        opener=world.openers["olga"],
    )
    assert copy.media_type == TEXT.media_type
    content = content_of(world, copy).decode()
    assert f"قالت [{BAR} P] إنها" in content
    assert "أمل" not in content


# -- a file -------------------------------------------------------------------------------------


@pytest.fixture
def file(world: World, case: Case) -> Attachment:
    """Return a PDF that the office added, and that is clean."""
    upload = Upload.of("letter.pdf", letter())
    file = actions.add_to_case(case, upload=upload, by=world["olga"], now=clock.now())
    with as_cleaner():
        Cleaner().look()
    return file


def ordered(world: World, case: Case, file: Attachment, client: Client, **more: str) -> Redaction:
    """Order a copy of a file without Marlow Quist, at the door."""
    entered = {
        "of": f"file:{file.pk}",
        "purpose": "referral",
        "recipient": "The clinic",
        "words_0": "Marlow Quist",
        "ground_0": "witness",
        **more,
    }
    client.post(reverse("desk:redact-make", args=[case.ref]), entered)
    return Redaction.objects.latest("n")


def test_the_cleaner_makes_the_copy_of_a_file_and_knows_nothing_else(
    world: World, case: Case, file: Attachment, client: Client
) -> None:
    sign_in(client, world, "olga")
    page = client.get(reverse("desk:redact", args=[case.ref]), {"of": f"file:{file.pk}"})
    assert "Marlow Quist" in {one.words for one, _ in page.context["redact"].suggested()}
    wrong = client.post(
        reverse("desk:redact-make", args=[case.ref]),
        {"of": f"file:{file.pk}", "areas": "1: 60 0 20 9", "recipient": "The clinic"},
    ).context["redact"]
    assert "Line 1 lies on no page" in str(wrong.errors["areas"])
    assert wrong["recipient"].value() == "The clinic"
    # more digits than Python counts, and more lines than anybody enters
    for areas in (f"{'9' * 5_000}: 1 1 2 2", "1: 1 1 2 2\n" * 1_000):
        wrong = client.post(
            reverse("desk:redact-make", args=[case.ref]),
            {"of": f"file:{file.pk}", "areas": areas, "recipient": "The clinic"},
        ).context["redact"]
        assert wrong.errors["areas"]
    copy = ordered(
        world,
        case,
        file,
        client,
        form_email="personal",
        areas="2: 0 90 50 100",
        areas_ground="irrelevant",
    )
    assert copy.state == RedactionState.WAITING
    with pytest.raises(RuleError, match="being made just now"):
        actions.order_redaction(
            case,
            by=world["olga"],
            wanted=wanted(Document.FILE, file.pk),
            order={"words": [("x", "P")]},
            now=clock.now(),
            opener=world.openers["olga"],
        )
    with as_cleaner():
        assert Cleaner().look() == 1
        assert Redaction.objects.only("id").count() == 0
    copy.refresh_from_db()
    assert (copy.state, copy.why) == (RedactionState.MADE, "")
    assert not Loan.objects.only("id").exists()
    content = content_of(world, copy, by="omar")
    assert content.startswith(b"%PDF-")
    assert b"Quist" not in content
    assert not text_of(content)
    told = json.loads(open_texts(world.openers["omar"], [(copy.pk, REPORT)])[copy.pk, REPORT])
    assert (told["words"][0], told["patterns"], told["pages"]) == (4, [1], 2)
    shown = client.get(reverse("desk:redacted", args=[case.ref, copy.n])).content.decode()
    assert "4 times" in shown
    original = open_file(world.openers["olga"], file.pk, Which.ORIGINAL)
    assert original
    assert b"".join(original.read()) == letter()


def test_a_copy_that_cannot_be_made_says_why_and_can_be_asked_for_again(
    world: World, case: Case, file: Attachment, client: Client, process: BecomeProcess
) -> None:
    sign_in(client, world, "olga")
    first = ordered(world, case, file, client)
    with process("worker"):
        actions.expire_loans(now=clock.now() + timedelta(hours=2))
    first.refresh_from_db()
    assert (first.state, first.why) == (RedactionState.FAILED, Why.TOO_LATE)
    page = client.get(reverse("desk:redacted", args=[case.ref, first.n])).content.decode()
    assert "Nobody made it in time" in page
    assert client.get(reverse("desk:redacted-copy", args=[case.ref, first.n])).status_code == 409
    second = ordered(world, case, file, client)
    with as_cleaner():
        loan = Loan.objects.select_related("stream").get()
        assert actions.begin_redaction(loan, now=clock.now())
        actions.fail_redaction(loan, why=Why.TOO_MUCH, now=clock.now())
    second.refresh_from_db()
    assert (second.state, second.why) == (RedactionState.FAILED, Why.TOO_MUCH)
    assert file.state == "received"
    file.refresh_from_db()
    assert file.state == "cleaned"


def test_copies_are_erased_with_their_case(
    world: World, case: Case, note: Note, process: BecomeProcess
) -> None:
    copy = of_text(world, case, note)
    concern = case.concerns.get()
    with process("owner"):
        decided = Erasure(
            id=uuid4(),
            on=days.day_of(world.now),
            ground="court_order",
            subjects=[f"case:{case.pk}", concern.subject],
            safes=[case.safe_id, concern.safe_id],
        )
        safes.reopen_erasures([decided])
    with process("worker"):
        retention.erase(now=world.now)
    with process("owner"):
        assert not Redaction.objects.filter(pk=copy.pk).exists()
    assert open_file(world.openers["olga"], copy.pk, Which.CLEAN) is None


def test_the_list_asks_the_same_for_few_and_many(
    world: World,
    case: Case,
    note: Note,
    client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    sign_in(client, world, "olga")
    of_text(world, case, note)
    page = reverse("desk:files", args=[case.ref])
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for _ in range(4):
        of_text(world, case, note)
    with django_assert_num_queries(len(few)):
        client.get(page)
