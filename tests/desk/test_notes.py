"""Notes of a case: typed, signed, amended by version, begun as drafts, on pages of a hundred."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import actions, rules
from cases.desk.views import timeline
from cases.models import Case, EntryDraft, Note
from common import clock
from common.errors import RuleError
from ledger.models import Detail, Entry
from ledger.verbs import Verb
from people.middleware import act_as
from safes.models import Sealed
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import NARRATIVE, World

pytestmark = [pytest.mark.django_db, pytest.mark.req("CAS-2")]
QUOTE = {
    "kind": "quote",
    "text": "“It is only a date.”",
    "said_by": "witness",
    "speaker": "Jo Park",
    "to_whom": "the engineer",
    "day": "2026-01-05",
    "time": "14:05",
}
SAID = "Said by Jo Park, a witness, to the engineer, on 5 January 2026 at 14:05."


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


def at(name: str, case: Case, **more: object) -> str:
    return reverse(f"desk:{name}", kwargs={"ref": case.ref, **more})


def send(client: Client, address: str, data: dict[str, str]) -> str:
    answer = client.post(address, data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def shown(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def noted(world: World, case: Case, text: str = "I rang.", now: datetime | None = None) -> Note:
    kind = Note.Kind.NOTE
    return actions.sign_note(case, by=world["olga"], kind=kind, text=text, now=now or world.now)


def amended(world: World, note: Note, text: str, over: int = 1, by: str = "olga") -> Note:
    return actions.amend_note(
        note, by=world[by], over=over, why="A slip.", text=text, now=clock.now(),
        opener=world.openers[by],
    )  # fmt: skip


def test_a_quote_says_who_said_it_to_whom_and_when_and_all_of_it_is_sealed(
    olga: Client, case: Case, process: BecomeProcess
) -> None:
    page = send(olga, at("add", case), QUOTE)
    assert "Signed and added." in page
    assert "<blockquote>" in page
    assert SAID in page
    note = Note.objects.get()
    assert (note.kind, note.said_by) == ("quote", "witness")
    with process("owner"):
        fields = Sealed.objects.filter(row=note.pk).values_list("field", flat=True)
        assert set(fields) == {"body", "happened", "speaker", "to_whom"}
    assert case.ref in send(olga, reverse("desk:search"), {"words": "park"})


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("said_by", "Say who said it. Nothing was added yet."),
        ("day", "Say on which day it was said. Nothing was added yet."),
        ("text", "Write what you want to keep. Nothing was added."),
    ],
)
def test_a_quote_without_what_it_needs_is_refused_and_everything_typed_is_kept(
    olga: Client, case: Case, missing: str, said: str, process: BecomeProcess
) -> None:
    page = send(olga, at("add", case), {**QUOTE, missing: ""})
    assert said in page
    for name, typed in QUOTE.items():
        if name not in {missing, "kind", "said_by"}:
            assert typed in page
    with process("owner"):
        assert not Note.objects.exists()
    with pytest.raises(RuleError, match="say who said it and when"):
        actions.sign_note(
            case, by=case.lead, kind=Note.Kind.QUOTE, text="“No.”", now=case.opened_at
        )


def test_what_lies_ahead_is_not_noted_and_what_was_written_at_once_is_told(
    world: World, olga: Client, case: Case, process: BecomeProcess
) -> None:
    for day in ("2999-01-01", "0001-01-01"):
        wrong = {"kind": "note", "text": "I shall ring.", "day": day, "time": "00:01"}
        assert "What you note lies ahead" in send(olga, at("add", case), wrong)
    with process("owner"):
        assert not Note.objects.exists()
    for told, is_fresh in ((timedelta(hours=23), True), (timedelta(hours=25), False)):
        actions.sign_note(
            case,
            by=world["olga"],
            kind=Note.Kind.NOTE,
            text="I rang.",
            told=actions.Told(happened=world.now - told),
            now=world.now,
        )
        page = shown(olga, f"{at('case', case)}?only=contemporaneous")
        assert page.count("Written within a day") == 1, is_fresh


def test_a_note_is_amended_by_a_version_and_both_stay(
    world: World, olga: Client, case: Case, process: BecomeProcess
) -> None:
    note = noted(world, case, "I rang on Monday.")
    page = shown(olga, at("note", case, note=note.pk))
    assert "I rang on Monday." in page
    again = {"text": "I rang on Tuesday.", "why": "I mistook the day.", "over": "1"}
    refused = send(olga, at("amend", case, note=note.pk), {**again, "why": ""})
    assert "Say why you amend it. Nothing was changed." in refused
    assert "I rang on Tuesday." in refused
    page = send(olga, at("amend", case, note=note.pk), again)
    for words in ("Signed as version 2.", "I rang on Monday.", "I mistook the day."):
        assert words in page
    page = shown(olga, at("case", case))
    assert "I rang on Tuesday." in page
    assert "I rang on Monday." not in page
    assert "Version 2, earlier versions" in page
    assert "amended a note" in page
    entry = Entry.objects.get(verb=Verb.NOTE_AMENDED, subject=f"case:{case.pk}")
    with process("worker"):
        assert Detail.objects.get(entry=entry).facts == {"kind": "note", "version": 2}
    # the page that was open before does not overwrite what came meanwhile
    late = send(olga, at("amend", case, note=note.pk), again)
    assert "This was amended meanwhile: version 2 is the newest." in late
    assert Note.objects.count() == 2
    # once it was shown what came, what was written can be signed over that
    over = re.search(r'name="over" value="(\d+)"', late)
    assert over
    assert "Signed as version 3." in send(
        olga, at("amend", case, note=note.pk), {**again, "over": over[1]}
    )


def test_nobody_amends_what_another_signed_and_the_database_changes_nothing(
    world: World, case: Case, process: BecomeProcess
) -> None:
    note = noted(world, case)
    omar = Client()
    sign_in(omar, world, "omar")
    page = shown(omar, at("note", case, note=note.pk))
    assert "Whoever signed it amends it." in page
    assert "Sign a new version" not in page
    with pytest.raises(RuleError, match="Olga Example signed this"):
        amended(world, note, "No.", by="omar")
    act_as(world["olga"])
    other = world.triage(world.file()[0])
    assert omar.get(at("note", other, note=note.pk)).status_code == 404
    assert shown(omar, at("note", case, note=note.pk))
    with process("owner"):
        with pytest.raises(Error, match="Cannot update"), transaction.atomic():
            Note.objects.update(version=2)
        wrong = Note(case=other, author=world["olga"], kind="note", at=world.now, version=2)
        wrong.first = note
        with pytest.raises(IntegrityError, match="its own note"), transaction.atomic():
            wrong.save(force_insert=True)


def test_a_draft_is_its_authors_alone_and_ends_with_the_signature(
    world: World, olga: Client, case: Case, process: BecomeProcess
) -> None:
    begun = {"kind": "quote", "text": "“It is on", "speaker": "Jo Park", "day": "2026-01-05"}
    assert "Nothing is written yet" in send(olga, at("draft", case), {"kind": "quote", "text": ""})
    assert "Kept as a draft." in send(olga, at("draft", case), begun)
    page = shown(olga, at("case", case))
    for typed in ("“It is on", "Jo Park", "2026-01-05", "Only you see it."):
        assert typed in page
    omar = Client()
    sign_in(omar, world, "omar")
    assert "Jo Park" not in shown(omar, at("case", case))
    assert case.ref not in send(omar, reverse("desk:search"), {"words": "park"})
    act_as(world["omar"])
    assert not EntryDraft.objects.exists()
    with process("owner"):
        row = EntryDraft.objects.get().pk
        assert Sealed.objects.get(row=row).field == "draft"
    send(olga, at("draft", case), {**begun, "text": "“It is only"})
    send(olga, at("add", case), {**QUOTE, "draft": stands(olga, case)})
    with process("owner"):
        assert not EntryDraft.objects.exists()
        assert not Sealed.objects.filter(row=row).exists()
    send(olga, at("draft", case), begun)
    assert "The draft is discarded." in send(olga, at("draft-drop", case), begun)
    assert "“It is on<" not in shown(olga, at("case", case))


def stands(client: Client, case: Case) -> str:
    """Return which draft stands in the composer, as the page marks it."""
    found = re.search(r'name="draft" value="([^"]+)"', shown(client, at("case", case)))
    return found[1] if found else ""


def test_a_draft_that_did_not_stand_in_the_composer_outlives_what_is_signed_there(
    world: World, olga: Client, case: Case
) -> None:
    send(olga, at("draft", case), {"kind": "note", "text": "They rang."})
    before = stands(olga, case)
    send(olga, at("draft", case), {"kind": "note", "text": "They rang twice."})
    locked = Client()
    sign_in(locked, world, "olga", vault=False)
    page = shown(locked, at("case", case))
    assert "It does not stand here, and stays kept." in page
    assert stands(locked, case) == ""
    for client, mark in ((locked, ""), (olga, before)):
        said = {"kind": "analysis", "text": "It does not fit.", "draft": mark}
        assert "Signed and added." in send(client, at("add", case), said)
        assert "They rang twice." in shown(olga, at("case", case))
    message = {"kind": "message", "text": "Thank you."}
    send(olga, at("add", case), message)
    assert "They rang twice." in shown(olga, at("case", case))
    send(olga, at("add", case), {**message, "draft": stands(olga, case)})
    assert "They rang twice." not in shown(olga, at("case", case))


def test_on_a_closed_case_nothing_is_signed_and_the_words_are_given_back(
    world: World, olga: Client, case: Case, process: BecomeProcess
) -> None:
    note = noted(world, case)
    wide = {"kind": "note", "text": "a" * (rules.NARRATIVE_MAX + 1)}
    assert "This is longer than" in send(olga, at("add", case), wide)
    world.close(case)
    for name, more in (("add", {"kind": "note"}), ("amend", {"why": "A slip.", "over": "1"})):
        where = at(name, case, **({"note": note.pk} if name == "amend" else {}))
        page = send(olga, where, {"text": "I rang them again.", **more})
        assert "This case is closed. Reopen it first" in page
        assert "I rang them again." in page
    assert "Sign and add" not in shown(olga, at("case", case))
    with process("owner"):
        assert Note.objects.count() == 1


def test_words_that_only_one_kind_is_narrowed_to(world: World, olga: Client, case: Case) -> None:
    noted(world, case, "I rang.")
    send(olga, at("add", case), QUOTE)
    send(olga, at("add", case), {"kind": "analysis", "text": "It does not fit."})
    words = {
        # a decision is a note, wherever it was signed
        "notes": {"I rang.", "only a date", "does not fit", "Nothing has been signed yet."},
        "contemporaneous": {"I rang."},
        "quotes": {"only a date"},
        "analyses": {"does not fit"},
        "observations": set(),
        "messages": {NARRATIVE},
        "decisions": {"Nothing has been signed yet."},
    }
    every = {one for there in words.values() for one in there}
    for kind, there in words.items():
        page = shown(olga, f"{at('case', case)}?only={kind}")
        assert {one for one in every if one in page} == there, kind


def fill(world: World, case: Case, number: int) -> None:
    """Sign so many notes, three at each moment, and amend one."""
    for n in range(number):
        moment = world.now + timedelta(hours=1 + n // 3)
        actions.sign_note(
            case, by=world["olga"], kind=Note.Kind.NOTE, text=f"Note {n}.", now=moment,
            opener=world.openers["olga"],
        )  # fmt: skip


@pytest.mark.req("CAS-1")
def test_a_long_timeline_is_read_by_the_hundred_with_as_many_queries_as_a_short_one(
    world: World, olga: Client, case: Case
) -> None:
    fill(world, case, 30)
    olga.get(at("case", case))
    with CaptureQueriesContext(connection) as few:
        olga.get(at("case", case))
    fill(world, case, 270)
    address, keys, pages = at("case", case), [], 0
    while address:
        with CaptureQueriesContext(connection) as queries:
            context = olga.get(address).context
        assert len(queries) == len(few)
        assert len(context["items"]) <= timeline.PAGE
        keys += [item.key for item in context["items"]]
        address, pages = context["older_url"], pages + 1
    # each once, in one order: 300 notes, what was filed and triaged, and what the ledger tells
    assert pages == 4
    assert len(keys) == len(set(keys)) > 300
    assert olga.get(f"{at('case', case)}?before=nonsense").context["items"]
