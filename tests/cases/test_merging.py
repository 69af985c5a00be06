"""Two cases are merged into one, and something is taken out of one: nothing is lost or later."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client

from cases import access, actions, parts
from cases.access.gate import get_case
from cases.actions.merging import ALONG, NUMBERED
from cases.lifecycle import (
    CLOCKS_OF_CASES,
    Bearing,
    CaseStatus,
    Document,
    ExhibitKind,
    Finding,
    Ground,
    Kind,
    Level,
    PartyRole,
    Phase,
    Purpose,
    TaskKind,
    WhyReopened,
    WhyUntold,
)
from cases.lifecycle.links import LinkKind
from cases.models import (
    Allegation,
    Attachment,
    Bundle,
    Case,
    CaseUserObjectPermission,
    Closing,
    Compartment,
    Concern,
    EntryDraft,
    Exhibit,
    Link,
    Member,
    Merge,
    Note,
    Party,
    PhaseChange,
    Plan,
    Question,
    Redaction,
    RedFlag,
    Reopening,
    Task,
    Telling,
    TrackChange,
    Triage,
    Wall,
)
from cases.models.cases import CaseGroupObjectPermission, CaseQuerySet
from cases.reports.records import Material
from cases.rules.redaction import Removal
from common import days
from common.asking import at_the_gate
from common.errors import RuleError
from escalation.lifecycle import COUNTING
from escalation.models import Clock
from files.access import open_file
from files.actions import Upload
from files.models import Which
from ledger.models import Detail, Entry
from ledger.verbs import Verb
from people.middleware import act_as
from people.models import Person
from policies.models import Script
from retention import actions as retention
from retention.access import Kept
from retention.lifecycle import HoldGround
from retention.models import Hold
from safes import access as opening
from safes import actions as safes
from safes.models import Erasure, Grant, Sealed
from tests.cases.test_bundles import OFFICE_ONLY
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-9")]
DAY = timedelta(days=1)


def a_case(world: World, *, about: tuple[Person, ...] = (), **filed: object) -> Case:
    """Return a case that Olga leads, with everything on it that goes along."""
    concern, _ = world.file(excluded=about, **filed)  # type: ignore[arg-type] # what a test names
    act_as(world["olga"])
    return Case.objects.get(pk=world.triage(concern).pk)


def written(world: World, case: Case) -> None:
    """Write something of everything down on a case."""
    olga, opener, now = world["olga"], world.openers["olga"], world.now
    party = actions.add_party(
        case, by=olga, role=PartyRole.WITNESS, name="Wendy", now=now, opener=opener
    )
    allegation = actions.add_allegation(
        case, by=olga, category=world.category, text="It was dated before.", now=now, opener=opener
    )
    piece = actions.Piece(
        kind=ExhibitKind.DATA, title="The log", source="Wendy", received_on=days.day_of(now)
    )
    exhibit = actions.add_exhibit(case, by=olga, piece=piece, now=now, opener=opener)
    actions.weigh(exhibit, allegation=allegation, by=olga, how=Bearing.SUPPORTS, now=now)
    actions.sign_finding(
        allegation, by=olga, finding=Finding.SUBSTANTIATED, reason="The log says so.",
        relied_on=[exhibit.pk], now=now, opener=opener,
    )  # fmt: skip
    note = actions.sign_note(
        case, by=olga, kind=Note.Kind.NOTE, text="She came in.", now=now, opener=opener
    )
    assert note.case == case
    actions.add_task(
        case, by=olga, kind=TaskKind.TASK, words="Call her.", assignee=olga, now=now, opener=opener
    )
    upload = Upload.of("log.txt", b"words of the log")
    file = actions.add_to_case(case, upload=upload, by=olga, now=now)
    world.clean(file)
    assert party.case == file.case == case


def copied(world: World, case: Case) -> Redaction:
    """Return a redacted copy of a note."""
    olga, opener, now = world["olga"], world.openers["olga"], world.now
    text = "She came in."
    note = actions.sign_note(case, by=olga, kind=Note.Kind.NOTE, text=text, now=now, opener=opener)
    return actions.redact_text(
        case,
        by=olga,
        wanted=actions.Wanted(Document.NOTE, note.pk, Purpose.COURT, "The court"),
        text=text,
        taken=[Removal(0, 3, Ground.PERSONAL)],
        now=now,
        opener=opener,
    )


def merged(
    world: World, case: Case, into: Case, *bring: str, by: str = "olga", reason: str = "One matter."
) -> Merge:
    act_as(world[by])
    return actions.merge(
        case,
        into=into,
        by=world[by],
        opener=world.openers[by],
        bring=[world[name] for name in bring],
        reason=reason,
        now=world.now,
    )


def joins(world: World, case: Case, name: str) -> None:
    act_as(world["olga"])
    actions.add_member(
        case, by=world["olga"], opener=world.openers["olga"], person=world[name], now=world.now
    )


def opens(world: World, name: str, row: UUID, field: str) -> str | None:
    return opening.open_texts(world.openers[name], [(row, field)]).get((row, field))


def test_a_pair_is_merged_through_the_doors_and_goes_on_as_one(
    client: Client, world: World, process: BecomeProcess
) -> None:
    case = a_case(world, narrative="I was there too.")
    into = a_case(world)
    for one in (case, into):
        written(world, one)
    joins(world, into, "omar")
    joins(world, case, "otto")
    [concern] = case.concerns.all()
    note, file = Note.objects.get(case=case), case.attachments.get()
    # the merged one was promised a week before
    earlier = Clock.objects.get(subject_id=into.pk, kind="investigation").due_at - 7 * DAY
    with process("worker"):
        Clock.objects.filter(subject_id=case.pk, kind="investigation").update(due_at=earlier)
    for one in (case, into):
        retention.place_hold(
            Kept(one), ground=HoldGround.LITIGATION, reason="Sued.", by=world["olga"], now=world.now
        )
    sign_in(client, world, "olga")
    page = client.get(f"/desk/related/{case.ref}/merge/?into={into.ref}").content.decode()
    assert "What it will do" in page
    assert "Omar Example" in page
    assert f"as promised in {case.ref}" in page
    form = {"into": into.ref, "bring": str(world["otto"].pk), "reason": "One matter."}
    address = f"/desk/related/{case.ref}/merge/"
    refused = client.post(address, form).content.decode()
    assert "Ask them first whether they are impartial" in refused
    assert "One matter.</textarea>" in refused
    page = client.post(address, {**form, "asked": "on"}, follow=True).content.decode()
    assert f"What was {case.ref} goes on here" in page
    assert "I was there too." in page
    assert page.count(concern.ref) > 1
    # the old reference leads to the survivor, from every section
    for section in ("", "evidence/", "tasks/"):
        found = client.get(f"/desk/cases/{case.ref}/{section}")
        assert (found.status_code, found["Location"]) == (302, f"/desk/cases/{into.ref}/")
    related = client.get(f"/desk/related/{into.ref}/").content.decode()
    assert "numbered here" in " ".join(related.split())
    assert "One matter." in related
    listed = client.get("/desk/cases/").content.decode()
    assert case.ref not in listed

    everything_went_along(world, case, into, concern, note, file)
    runs = Clock.objects.filter(
        subject_id__in=[case.pk, into.pk], subject_kind=CLOCKS_OF_CASES, state__in=COUNTING
    )
    assert runs.get(kind="investigation").due_at == earlier
    assert {one.subject_id for one in runs} == {into.pk}
    # the reporter goes on with their receipt, and the team answers
    sent = actions.answer(
        Concern.objects.get(pk=concern.pk), by=world["omar"], text="We read it.", now=world.now,
        opener=world.openers["omar"],
    )  # fmt: skip
    assert sent.concern == concern
    act_as(world["hana"])
    with pytest.raises(RuleError, match="was merged into"):
        actions.reopen(
            case, by=world["hana"], why=WhyReopened.NEW, words="So.", message="So.", now=world.now
        )


def everything_went_along(
    world: World, case: Case, into: Case, concern: Concern, note: Note, file: Attachment
) -> None:
    act_as(world["omar"])
    case, into = Case.objects.get(pk=case.pk), Case.objects.get(pk=into.pk)
    assert (case.status, case.part_of, case.finding) == (CaseStatus.CLOSED, into, "")
    assert {one.person.username for one in Member.objects.current().filter(case=into)} == {
        "olga", "omar", "otto",
    }  # fmt: skip
    for name in ("olga", "omar", "otto"):
        assert opens(world, name, concern.pk, "narrative") == "I was there too."
        assert opens(world, name, note.pk, "body") == "She came in."
        assert open_file(world.openers[name], file.pk, Which.ORIGINAL) is not None
    assert not Sealed.objects.filter(safe=case.safe).exists()
    assert not Grant.objects.filter(safe=case.safe).exists()
    assert [one.n for one in Exhibit.objects.filter(case=into).order_by("n")] == [1, 2]
    assert [one.n for one in Allegation.objects.filter(case=into).order_by("n")] == [1, 2]
    assert into.findings.count() == into.notes.count() == into.attachments.count() == 2
    assert Task.objects.open().of(into, []).count() == 2
    # two lawsuits: each is lifted for itself
    assert [one.case for one in Hold.objects.all()] == [into, into]
    told = Material(OFFICE_ONLY, into, [], [], {}, [], [], 0)
    assert told.subjects == [f"case:{into.pk}", f"case:{case.pk}"]
    # a merged pair closes as one
    assert parts.unfound(into) == []
    assert Entry.objects.filter(verb=Verb.CASE_MERGED, subject=f"case:{case.pk}").exists()


@pytest.mark.req("TRI-6")
def test_whoever_is_walled_off_from_the_one_has_nothing_of_the_other(
    client: Client, world: World, process: BecomeProcess
) -> None:
    case = a_case(world, about=(world["otto"],))
    into = Case.objects.get(pk=world.triage(world.file()[0], lead="otto").pk)
    joins(world, case, "omar")
    act_as(world["olga"])
    told = access.foreseen(case, into)
    assert (told.come, told.read_on, told.leave) == ([world["omar"]], [], 1)
    sign_in(client, world, "olga")
    preview = client.get(f"/desk/related/{case.ref}/merge/?into={into.ref}").content.decode()
    will = " ".join(preview.partition("Lose both")[2].split())
    assert "1 person, before whom a wall around either stands" in will
    assert "Otto" not in will
    act_as(world["olga"])
    note = actions.sign_note(
        case, by=world["olga"], kind=Note.Kind.NOTE, text="He knew.", now=world.now,
        opener=world.openers["olga"],
    )  # fmt: skip
    before = into.safe.epoch
    # nobody is brought: Omar has nothing of either afterwards
    merged(world, case, into)
    into = Case.objects.get(pk=into.pk)
    assert into.safe.epoch > before
    assert into.lead == world["olga"]
    subjects = [f"case:{case.pk}", f"case:{into.pk}"]
    with process("owner"):
        found = Detail.objects.filter(entry__subject__in=subjects).select_related("entry")
        facts = {one.entry.verb: one.facts for one in found}
    assert facts[Verb.CASE_MERGED] == {"into": str(into.pk), "walled": 0, "left": 1}
    assert facts[Verb.CASE_TAKEN_IN] == {"case": str(case.pk), "walled": 1}
    assert facts[Verb.CASE_PASSED] == {"how": "merged"}
    for name in ("otto", "omar"):
        act_as(world[name])
        assert not Case.objects.visible_to(world[name]).exists()
        assert opens(world, name, note.pk, "body") is None
        assert not Concern.objects.visible_to(world[name]).filter(case=into).exists()
    act_as(world["olga"])
    # what was merged is seen with the case that goes on, and with nothing else
    assert get_case(world["olga"], case.ref).part_of == into
    assert access.is_walled(world["otto"], list(into.walls.all()))
    for concern in into.concerns.all():
        assert access.is_walled(world["otto"], list(concern.walls.all()))


def test_what_cannot_be_merged_is_refused_and_stays_as_it_is(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, into = a_case(world), a_case(world)
    with pytest.raises(PermissionDenied):
        merged(world, case, into, by="omar")
    # on both, and leading neither: of what it would do nothing is told
    for one in (case, into):
        joins(world, one, "omar")
    with pytest.raises(PermissionDenied):
        merged(world, case, into, by="omar")
    sign_in(client, world, "omar")
    preview = client.get(f"/desk/related/{case.ref}/merge/?into={into.ref}").content.decode()
    assert "Whoever leads one of both" in preview
    assert "Lose both" not in preview
    act_as(world["olga"])
    # somebody else leads them both since, as whoever held them before decided
    locked = CaseQuerySet.locked

    def passed_on(found: CaseQuerySet, pk: UUID) -> Case:
        held = locked(found, pk)
        with at_the_gate():
            led = Member.objects.filter(person=world["olga"])
            led.update(function=Member.Function.INVESTIGATOR)
        return held

    monkeypatch.setattr(CaseQuerySet, "locked", passed_on)
    with pytest.raises(PermissionDenied):
        merged(world, case, into)
    monkeypatch.undo()
    with pytest.raises(PermissionDenied):
        merged(world, case, case)
    with pytest.raises(RuleError, match="Say why they are one matter"):
        merged(world, case, into, reason=" ")
    advice = a_case(world, kind=Kind.GUIDANCE)
    with pytest.raises(RuleError, match="is investigated and"):
        merged(world, case, advice)
    closing = actions.ask_to_close(
        into, by=world["olga"], opener=world.openers["olga"], approver=world["hana"],
        finding=Finding.UNSUBSTANTIATED, reason="The log.", message="Nothing.", lessons="",
        now=world.now,
    )  # fmt: skip
    with pytest.raises(RuleError, match="Somebody asked to close"):
        merged(world, case, into)
    actions.take_back_closing(closing, by=world["olga"], now=world.now)
    merged(world, case, into)
    third = a_case(world)
    with pytest.raises(PermissionDenied):
        merged(world, case, third)
    # a second merge takes what was merged before along
    merged(world, into, third)
    act_as(world["olga"])
    assert {one.part_of_id for one in Case.objects.filter(pk__in=[case.pk, into.pk])} == {third.pk}
    assert third.concerns.count() == 3
    closed = a_case(world)
    world.close(closed)
    act_as(world["olga"])
    with pytest.raises(RuleError, match="is closed"):
        merged(world, closed, third)


def test_what_is_signed_follows_its_case_and_nothing_else_of_it_changes(world: World) -> None:
    case, other = a_case(world), a_case(world)
    note = actions.sign_note(
        case, by=world["olga"], kind=Note.Kind.NOTE, text="Seen.", now=world.now,
        opener=world.openers["olga"],
    )  # fmt: skip
    notes = Note.objects.filter(pk=note.pk)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        notes.update(case=other)
    merged(world, case, other)
    assert notes.get().case == other
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        notes.update(case=case)


def test_a_concern_is_taken_out_into_a_case_of_its_own(client: Client, world: World) -> None:
    case = a_case(world)
    concern, receipt = world.file(narrative="It is about the car park.")
    act_as(world["olga"])
    actions.join(
        concern, into=case, by=world["olga"], opener=world.openers["olga"], urgency=Level.NORMAL,
        severity=Level.NORMAL, in_danger=False, reason="The same, it seemed.", now=world.now,
    )  # fmt: skip
    joins(world, case, "otto")
    due = Clock.objects.get(subject_id=case.pk, kind="investigation").due_at
    assert opens(world, "otto", concern.pk, "narrative")
    telling = actions.tell(
        Concern.objects.get(pk=concern.pk), by=world["olga"], opener=world.openers["olga"],
        script=Script.objects.offered().get(code="reporter-delay-en"), text="It takes longer.",
        approver=access.may_read_before(case, world["olga"])[0], now=world.now,
    )  # fmt: skip
    sign_in(client, world, "olga")
    address = f"/desk/related/{case.ref}/split/"
    assert concern.ref in client.get(address).content.decode()
    form = {"concern": concern.ref, "lead": str(world["omar"].pk), "reason": "Another matter."}
    page = client.post(address, {**form, "reason": ""}).content.decode()
    assert "Say why it is a matter of its own." in page
    assert "waits for another person" in client.post(address, form).content.decode()
    act_as(world["olga"])
    actions.take_back_telling(telling, by=world["olga"], now=world.now)
    page = client.post(address, form, follow=True).content.decode()
    assert "Omar Example leads it" in page
    act_as(world["olga"])
    fresh = Concern.objects.get(pk=concern.pk).case
    assert fresh is not None
    assert fresh != case
    assert (fresh.lead, fresh.phase) == (world["omar"], Phase.PLANNING)
    assert Clock.objects.get(subject_id=fresh.pk, kind="investigation").due_at == due
    record = Triage.objects.get(concern=concern)
    assert record.case == fresh
    assert opens(world, "omar", concern.pk, "narrative") == "It is about the car park."
    assert opens(world, "omar", record.pk, "reason") == "The same, it seemed."
    assert opens(world, "omar", telling.pk, "telling") == "It takes longer."
    sent = actions.answer(
        Concern.objects.get(pk=concern.pk), by=world["olga"], text="Thank you.", now=world.now,
        opener=world.openers["olga"],
    )  # fmt: skip
    assert opening.open_texts(receipt.opener, [(sent.pk, "body")])
    assert opens(world, "otto", sent.pk, "body") is None
    act_as(world["otto"])
    assert not Concern.objects.visible_to(world["otto"]).filter(pk=concern.pk).exists()
    assert not Link.objects.exists()
    act_as(world["olga"])
    [link] = Link.objects.standing()
    assert (link.kind, link.case, link.other_case) == (LinkKind.SPLIT_FROM, fresh, case)
    with pytest.raises(RuleError, match="stays split"):
        actions.unlink(link, by=world["olga"], now=world.now)
    with pytest.raises(RuleError, match="the only concern"):
        actions.take_out(
            case.concerns.get(), by=world["olga"], opener=world.openers["olga"],
            lead=world["olga"], reason="So.", now=world.now,
        )  # fmt: skip


def test_what_is_alleged_is_split_and_its_reporter_stays_with_the_first(
    client: Client, world: World
) -> None:
    case = a_case(world)
    olga, opener, now = world["olga"], world.openers["olga"], world.now
    party = actions.add_party(
        case, by=olga, role=PartyRole.SUBJECT, name="The driver", now=now, opener=opener
    )
    for text, against in (("It was dated before.", None), ("He drove too fast.", party)):
        actions.add_allegation(
            case, by=olga, category=world.category, text=text, against=against, now=now,
            opener=opener,
        )  # fmt: skip
    first, second = case.allegations.order_by("n")
    slip = actions.add_allegation(
        case, by=olga, category=world.category, text="A slip.", now=now, opener=opener
    )
    actions.strike(slip, by=olga, reason="Twice.", now=now, opener=opener)
    sign_in(client, world, "olga")
    address = f"/desk/related/{case.ref}/split/"
    form = {
        "allegations-way": "1",
        "allegations": [str(first.pk), str(second.pk)],
        "summary": "How he drives",
        "lead": str(olga.pk),
        "reason": "A matter of the fleet.",
    }
    assert "A slip." not in client.get(address).content.decode()
    page = client.post(address, form).content.decode()
    assert "Leave at least one allegation" in page
    assert "How he drives" in page
    done = client.post(address, {**form, "allegations": [str(second.pk)]}, follow=True)
    assert "How he drives" in done.content.decode()
    act_as(olga)
    fresh = Case.objects.get(links__kind=LinkKind.SPLIT_FROM)
    [copy] = fresh.allegations.all()
    assert opens(world, "olga", copy.pk, "allegation") == "He drove too fast."
    assert copy.against is not None
    assert opens(world, "olga", copy.against.pk, "name") == "The driver"
    assert second.findings.get().finding == Finding.OUT_OF_SCOPE
    assert parts.unfound(case) == [
        "Nothing is found of allegation 1 yet. Sign a finding, under “Allegations”."
    ]
    assert (case.concerns.count(), fresh.concerns.count()) == (1, 0)
    # both pages stand, also the one without a concern
    for ref in (case.ref, fresh.ref):
        assert client.get(f"/desk/cases/{ref}/").status_code == 200
        assert client.get(f"/desk/related/{ref}/").status_code == 200


def test_what_was_struck_or_told_goes_along_and_stays_as_it_is(
    world: World, process: BecomeProcess
) -> None:
    case, into = a_case(world), a_case(world)
    olga, opener, now = world["olga"], world.openers["olga"], world.now
    written(world, into)
    act_as(olga)
    slip = actions.add_allegation(
        case, by=olga, category=world.category, text="The wrong year.", now=now, opener=opener
    )
    actions.strike(slip, by=olga, reason="A slip.", now=now, opener=opener)
    party = actions.add_party(
        case, by=olga, role=PartyRole.AFFECTED, name="Wendy", now=now, opener=opener
    )
    untold = actions.leave_untold(
        party, by=olga, why=WhyUntold.HARM, words="It would harm her.", now=now, opener=opener
    )
    copies = [copied(world, one) for one in (into, case)]
    merged(world, case, into)
    moved: tuple[Allegation | Party | Telling | Redaction, ...] = (slip, party, untold, *copies)
    for row in moved:
        row.refresh_from_db()
        assert row.case == into
    assert (slip.n, slip.struck_at) == (2, now)
    assert [one.n for one in copies] == [1, 2]
    opened = actions.read_redacted(copies[1], by=olga, opener=opener, now=now)
    assert b"".join(opened.read())
    rows = (Allegation.objects.filter(pk=slip.pk), {"struck_at": None, "struck_by": None})
    told = (Telling.objects.filter(pk=untold.pk), {"why": WhyUntold.DECLINED})
    elsewhere = (Telling.objects.filter(pk=untold.pk), {"case": a_case(world)})
    for found, change in (rows, told, elsewhere):
        with pytest.raises(DatabaseError), transaction.atomic(), process("owner"):
            found.update(**change)


def test_every_table_that_hangs_on_a_case_says_whether_it_goes_along() -> None:
    """A table that is forgotten here would stay with the merged case, where nobody works on it."""
    along = {*ALONG, *NUMBERED.values(), Concern, EntryDraft, Link, RedFlag, Redaction}
    # how the merged case itself was worked, who was on it, and what stands around it
    stays = {
        Bundle, CaseUserObjectPermission, CaseGroupObjectPermission, Closing, Compartment, Member,
        Merge, PhaseChange, Plan, Question, Reopening, TrackChange, Wall,
    }  # fmt: skip
    hangs = {
        model
        for model in apps.get_app_config("cases").get_models()
        if any(field.related_model is Case for field in model._meta.fields) and model is not Case
    }
    assert hangs == along | stays


def test_links_go_along_whoever_sees_them_and_stand_once(
    world: World, process: BecomeProcess
) -> None:
    case, into = a_case(world), a_case(world)
    joins(world, case, "omar")

    def tied(one: Case, other: Case, kind: LinkKind, by: str = "olga") -> Link:
        act_as(world[by])
        return actions.link(
            one, other, kind=kind, by=world[by], reason="So.", now=world.now,
            opener=world.openers[by],
        )  # fmt: skip

    hidden = Case.objects.get(pk=world.triage(world.file()[0], by="omar").pk)
    twice, contradicted = a_case(world), a_case(world)
    unseen = tied(hidden, case, LinkKind.RELATED, by="omar")
    tied(into, twice, LinkKind.DUPLICATE)
    again = tied(twice, case, LinkKind.DUPLICATE)
    tied(into, contradicted, LinkKind.UNRELATED)
    against = tied(contradicted, case, LinkKind.RELATED)
    act_as(world["olga"])
    assert not Link.objects.filter(pk=unseen.pk).exists()
    merged(world, case, into)
    with process("worker"):
        unseen, again, against = (Link.objects.get(pk=one.pk) for one in (unseen, again, against))
        assert set(unseen.ends) == {hidden.pk, into.pk}
        # what the case that goes on says of the two already stays, and no second one beside it
        assert case.pk in again.ends
        assert case.pk in against.ends


@pytest.mark.req("SEC-5")
def test_what_was_merged_is_erased_with_the_case_that_goes_on(
    world: World, process: BecomeProcess
) -> None:
    case, into = a_case(world), a_case(world)
    written(world, case)
    merged(world, case, into)
    act_as(world["olga"])
    concerns = list(into.concerns.all())
    things: list[Case | Concern] = [case, into, *concerns]
    with process("worker"):
        safes.reopen_erasures(
            [
                Erasure(
                    id=uuid4(),
                    on=days.day_of(world.now),
                    ground="court_order",
                    subjects=[
                        f"{'case' if isinstance(one, Case) else 'concern'}:{one.pk}"
                        for one in things
                    ],
                    safes=[one.safe_id for one in things],
                )
            ]
        )
        retention.erase(now=world.now)
        assert not Case.objects.filter(pk__in=[case.pk, into.pk]).exists()
        assert not Merge.objects.exists()
