"""What the database gives to whoever asks without any filter is what the gate would give."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import Model, Q
from pytest_django import DjangoDbBlocker

from cases import access, actions
from cases.lifecycle import (
    OUTLIVES_THE_CASE,
    Bearing,
    Document,
    ExhibitKind,
    Finding,
    Function,
    Given,
    Kind,
    Mode,
    PartyRole,
    Phase,
    Shown,
    TaskKind,
    WhyReopened,
    WhyUntold,
)
from cases.lifecycle.links import LinkKind
from cases.lifecycle.protection import Asking, Point, RemedyKind, RiskLevel
from cases.lifecycle.purposes import Purpose
from cases.lifecycle.redactions import Ground as WhyOut
from cases.lifecycle.risks import Answer, SafeguardKind
from cases.lifecycle.tracks import Power, Present, Track, WhyTrack
from cases.models import (
    Agreement,
    Allegation,
    Assessment,
    Attachment,
    Authorisation,
    Bears,
    Bundle,
    Case,
    CaseUserObjectPermission,
    CheckIn,
    ClientLink,
    Closing,
    Compartment,
    Concern,
    Custody,
    Exhibit,
    Found,
    IdentityRequest,
    Interview,
    Link,
    Mark,
    Meeting,
    Member,
    Merge,
    Message,
    Minutes,
    Note,
    OriginalRequest,
    Outcome,
    Party,
    PhaseChange,
    Plan,
    Question,
    Redaction,
    RedFlag,
    Remedy,
    Reopening,
    Reply,
    RetaliationRisk,
    Safeguard,
    Statement,
    Task,
    Telling,
    TrackChange,
    Triage,
    Wall,
)
from cases.rules.redaction import Removal
from common import clock, days
from escalation import actions as escalation
from escalation import duties
from escalation.models import Clock, ClockMove, Pause, StepTaken
from escalation.rules import Limit
from ethicsdesk import grants
from files.actions import Upload
from files.models import Chunk, Loan, Stream
from ledger.actions import record
from ledger.models import Entry, Outbox
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people import access as asking
from people import actions as people
from people.middleware import act_as
from people.models import ApiClient, Person
from people.rules import Role, Scope, blind_index
from policies import actions as policies
from policies.models import Indicator, Policy, Script
from retention import actions as retention
from retention.access import Kept
from retention.lifecycle import Ground, HoldGround
from retention.models import Disposal, Hold, Tombstone
from safes.access import open_texts
from safes.actions import add, decide_change, part_with, reopen_erasures, replace_key
from safes.models import Erasure, Grant, MissingGrant, Safe, Sealed, State
from safes.rules import Receipt
from tests.conftest import BecomeProcess, as_process
from tests.world import World

PERSONS = [
    *("chief", "hana", "olga", "omar", "otto", "ines", "carl", "adam", "anna", "stan", "gone"),
    # let in with a part of a case: for its people, to advise on it, to look at it until yesterday
    *("hugo", "lena", "egon"),
]
# what waits for a decision of somebody else
WAITING = {"request", "original"}
PDF = b"%PDF-1.4 of the visit"
# what hangs on a case, and is seen with it
RECORD: list[type[Model]] = [
    Allegation,
    Bears,
    Bundle,
    Closing,
    Custody,
    Exhibit,
    Found,
    Party,
    Interview,
    Merge,
    Minutes,
    Outcome,
    Plan,
    Question,
    Redaction,
    Reopening,
    Reply,
    Statement,
]
OF_EVIDENCE = {Exhibit, Custody, Bears, Interview, Minutes, Reply, Statement}
MODELS: list[type[Model]] = [
    *RECORD,
    Agreement,
    Assessment,
    Attachment,
    Authorisation,
    Case,
    CaseUserObjectPermission,
    CheckIn,
    Chunk,
    ClientLink,
    Clock,
    ClockMove,
    Compartment,
    Concern,
    Disposal,
    Entry,
    Erasure,
    Grant,
    Hold,
    IdentityRequest,
    Link,
    Loan,
    Mark,
    Meeting,
    Member,
    Message,
    MissingGrant,
    Note,
    OriginalRequest,
    Outbox,
    Pause,
    PhaseChange,
    RedFlag,
    Remedy,
    RetaliationRisk,
    Safe,
    Safeguard,
    Sealed,
    StepTaken,
    Stream,
    Task,
    Telling,
    Tombstone,
    TrackChange,
    Triage,
    Wall,
]
# which the office may not even ask, and to which nothing is ever written
UNREAD = {"ledger_detail", "audits_fact"}
NEVER = {"cases_casegroupobjectpermission"}
# of nobody but whoever asks: tests/desk/test_today.py, tests/desk/test_notes.py, tests/policies
OWN = {"cases_visit", "cases_savedview", "cases_entrydraft", "policies_acknowledgement"}


@dataclass
class Scene:
    """A world in which everybody stands in some relation to something."""

    world: World
    receipt: Receipt
    programs: dict[str, ApiClient]


@pytest.fixture(scope="module")
def filled(settled: World | None, django_db_blocker: DjangoDbBlocker) -> Scene:
    """Make the scene once for the file, in the settled world."""
    assert settled
    with django_db_blocker.unblock():
        return _filled(settled.copy())


@pytest.fixture
def scene(filled: Scene, world: World) -> Scene:
    """Return the scene with people of its own for each test."""
    return replace(filled, world=filled.world.copy())


def _filled(world: World) -> Scene:
    """Fill the world: waiting, worked on, walled, given, drafted, withdrawn, handed over."""
    world.hire("gone", Role.OFFICER, Role.HEAD)
    _, receipt = world.file()
    actions.start_draft(receipt=Receipt.new(), kind=Kind.REPORT, answers={}, now=world.now)
    withdrawn, _ = world.file()
    actions.withdraw(withdrawn, now=world.now)
    world.file(excluded=(world["hana"],))
    world.file(excluded=(world["adam"],))
    given, _ = world.file(
        mode=Mode.CONFIDENTIAL, identity=actions.Identity("Rita Reporter", "rita@example.org")
    )
    file = actions.add_file(given, name="visit.pdf", content=PDF, now=world.now)
    case = worked(world, given, by="olga")
    actions.grant_view(case, by=world["olga"], person=world["anna"], now=world.now)
    opened(world, given, case, file)
    let_in(world, case)
    act_as(world["olga"])
    actions.assign(
        world.file()[0], by=world["olga"], to=world["otto"], now=world.now, why=Given.ASKED
    )
    for by, subject in (("omar", "olga"), ("olga", "adam"), ("omar", "anna"), ("olga", "ines")):
        case = worked(world, world.file()[0], by=by)
        act_as(world[by])
        concern = case.concerns.get()
        link = actions.name_client(concern, by=world[by], name="Bellwether", now=world.now)
        actions.keep_flag(case, link, by=world[by], words="He threatens.", now=world.now)
        actions.name_party(case, by=world[by], person=world[subject], now=world.now)
    proposed(world)
    proposed(world, world["ines"])
    linked_and_merged(world)
    act_as(None)
    everybody_is_asked_to_read(world)
    with as_process("worker"):
        policies.see_to_campaigns(now=world.now)
        erased(world, is_walled=False)
        erased(world, is_walled=True)
        escalation.sweep(now=world.now + timedelta(days=5))
    with as_process("owner"):
        rested = {"since": world.now, "until": world.now + timedelta(days=1), "by": world["olga"]}
        Pause.objects.bulk_create(
            Pause(clock=clock, reason="legal", ended_at=world.now, **rested)
            for clock in Clock.objects.all()
        )
        ClockMove.objects.bulk_create(
            ClockMove(clock=clock, at=world.now, was=world.now, now=world.now)
            for clock in Clock.objects.all()
        )
    Person.objects.filter(username="gone").update(is_active=False)
    programs = {
        owner: people.add_client(
            name=f"of {owner}",
            owner=world[owner],
            scopes=[Scope.CASES_READ],
            by=SYSTEM,
            now=world.now,
        )
        for owner in ("adam", "stan")
    }
    return Scene(world, receipt, programs)


def let_in(world: World, case: Case) -> None:
    """Let experts in who see a part of a case, and one whose time is over."""
    functions = {"hugo": Function.HR, "lena": Function.LEGAL, "egon": Function.INVESTIGATOR}
    for name in functions:
        world.hire(name, Role.EXPERT)
    act_as(world["olga"])
    now = clock.now()
    for name, function in functions.items():
        member = actions.add_member(
            case, by=world["olga"], opener=world.openers["olga"], person=world[name],
            function=function, until=now + timedelta(days=10), now=now,
        )  # fmt: skip
    Member.objects.filter(pk=member.pk).update(until=now - timedelta(days=1))
    act_as(world["lena"])
    actions.sign_note(
        case, by=world["lena"], kind=Note.Kind.ADVICE, text="Sue.", now=now,
        opener=world.openers["lena"],
    )  # fmt: skip


def everybody_is_asked_to_read(world: World) -> None:
    policies.start_campaign(
        Policy.objects.get(),
        by=world["hana"],
        audience=policies.Audience(),
        limit=Limit(days=14),
        is_material=False,
        now=world.now,
    )


def opened(world: World, concern: Concern, case: Case, file: Attachment) -> None:
    """Ask for an original and for a name, which is opened; hold the case."""
    olga, now = world["olga"], world.now
    actions.ask_for_original(file, by=olga, reason="It was changed.", now=now)
    request = actions.ask_identity(concern, by=olga, reason="She is in danger.", now=now)
    kept = Kept(case)
    retention.place_hold(kept, ground=HoldGround.LITIGATION, reason="Sued.", by=olga, now=now)
    act_as(world["carl"])
    opener = world.openers["carl"]
    actions.grant_identity(request, by=world["carl"], opener=opener, for_days=7, now=now)


def proposed(world: World, *excluded: Person) -> None:
    """Withdraw a concern, and propose to erase it."""
    concern, _ = world.file(excluded=excluded)
    actions.withdraw(concern, now=world.now)
    act_as(world["hana"])
    kept = Kept(Concern.objects.select_related("safe", "category").get(pk=concern.pk))
    retention.propose(
        [kept], ground=Ground.COURT_ORDER, by=world["hana"], reason="A court.", now=world.now
    )


def erased(world: World, *, is_walled: bool) -> None:
    """Leave what is left of an erased concern, as a worker."""
    stone = Tombstone(
        id=uuid4(),
        kind=Tombstone.Kind.CONCERN,
        ref=f"GONE-{is_walled}",
        erased_on=world.now.date(),
        ground=Ground.COURT_ORDER,
        is_walled=is_walled,
        proposed_by=world["hana"],
        approved_by=world["ines"],
    )
    stone.save(force_insert=True)
    subjects = [f"concern:{stone.pk}"]
    record(Verb.ERASED, by=SYSTEM, at=world.now, subject=subjects[0], ground=stone.ground)
    done = Erasure(id=uuid4(), on=stone.erased_on, ground=stone.ground, is_walled=is_walled)
    done.subjects, done.safes = subjects, []
    reopen_erasures([done])


def linked_and_merged(world: World) -> None:
    """Link what waits with what some may not see, and merge two cases."""
    one, two, *others = (
        world.file(excluded=excluded)[0]
        for excluded in ((), (), (world["otto"],), (world["anna"],))
    )
    into, case = (world.triage(concern) for concern in (one, two))
    olga, opener = world["olga"], world.openers["olga"]
    act_as(olga)
    for other in others:
        actions.link(
            into, other, kind=LinkKind.RELATED, by=olga, reason="So.", now=world.now, opener=opener
        )
    actions.sign_note(case, by=olga, kind=Note.Kind.NOTE, text="Seen.", now=world.now)
    actions.merge(
        case, into=into, by=olga, opener=opener, bring=[], reason="One matter.", now=world.now
    )


def in_sessions(world: World, case: Case, *, by: Person) -> None:
    """Coach for once, agree on something, and investigate after all."""
    now, there = world.now, [Present.AFFECTED]

    def work(track: Track) -> None:
        actions.change_track(
            case,
            by=by,
            track=track,
            power=Power.NOT_ASKED,
            why=WhyTrack.WISHED,
            words="So.",
            now=now,
        )

    work(Track.COACHING)
    actions.hold_meeting(case, by=by, held_on=days.day_of(now), present=there, words="So.", now=now)
    actions.sign_agreement(case, by=by, agreed=there, words="So.", assignee=by, now=now)
    work(Track.INVESTIGATION)


def watched(case: Case, concern: Concern, *, by: Person, now: datetime) -> None:
    """Weigh the risk for a reporter, ask them in time, and promise what makes it good."""
    actions.assess_risk(
        concern, by=by, point=Point.REPORT, signs=[], level=RiskLevel.LOW, asking=Asking.HERE,
        agreed="So.", now=now,
    )  # fmt: skip
    actions.promise_remedy(
        case, by=by, kind=RemedyKind.PAY, owner=by, words="To her.", now=now,
        due_on=days.day_of(now) + timedelta(days=9),
    )  # fmt: skip


def worked(world: World, concern: Concern, *, by: str) -> Case:
    """Triage a concern, and leave something of everything on it."""
    signs = Indicator.objects.offered().filter(code="gifts")
    actions.mark_signs(concern, by=world[by], signs=signs, now=world.now)
    case = world.triage(concern, by=by)
    actions.place_safeguard(
        case,
        by=world[by],
        kind=SafeguardKind.LEAVE,
        owner=world[by],
        words="From today.",
        now=world.now,
    )
    asked = actions.ask_authorisation(case, by=world[by], words="May we go on?", now=world.now)
    actions.answer_authorisation(
        asked, by=world[by], answer=Answer.GRANTED, words="Go on.", now=world.now
    )
    Bundle(
        case=case,
        n=1,
        purpose=Purpose.COURT,
        has_reporters=True,
        has_files=True,
        areas=["core", "concerns", "evidence"],
        size=1,
        made_by=world[by],
        made_at=world.now,
        until=world.now + timedelta(days=1),
    ).save(force_insert=True)
    actions.say(concern, text="One more thing.", now=world.now)
    actions.sign_note(case, by=world[by], kind=Note.Kind.NOTE, text="Seen.", now=world.now)
    act_as(world[by])
    upload = Upload.of("log.txt", b"words")
    file = actions.add_to_case(case, upload=upload, by=world[by], now=world.now)
    actions.ask_for_original(file, by=world[by], reason="It was changed.", now=world.now)
    actions.add_task(
        case,
        by=world[by],
        kind=TaskKind.TASK,
        assignee=world[by],
        words="Ask the site.",
        now=world.now,
    )
    in_sessions(world, case, by=world[by])
    actions.go_on(case, by=world[by], at=Phase.PLANNING, now=world.now)
    on_record(world, case, by=by)
    return case


def on_record(world: World, case: Case, *, by: str) -> None:
    """Close it by two, reopen it, and leave a row of everything on its record."""
    person, opener, now = world[by], world.openers[by], world.now
    for task in Task.objects.open().filter(case=case).exclude(kind__in=OUTLIVES_THE_CASE):
        actions.cancel_task(task, by=person, reason="Not needed.", now=now)
    world.close(case, by=by)
    actions.reopen(
        case, by=person, why=WhyReopened.NEW, words="A witness came.", message="We look again.",
        opener=opener, now=now,
    )  # fmt: skip
    party = actions.add_party(case, by=person, role=PartyRole.WITNESS, name="Rae", now=now)
    subject = actions.add_party(case, by=person, role=PartyRole.SUBJECT, name="Quinn", now=now)
    actions.ask_response(subject, by=person, words="The date.", now=now)
    interview = actions.plan_interview(
        subject, by=person, assignee=person, words="The date.", now=now
    )
    on = days.day_of(now)
    signed = actions.hold_interview(interview, by=person, held_on=on, minutes="So.", now=now)
    actions.redact_text(
        case,
        by=person,
        wanted=actions.Wanted(Document.MINUTES, signed.pk, Purpose.COURT, "A court"),
        text="So.",
        taken=[Removal(0, 2, WhyOut.PERSONAL)],
        opener=opener,
        now=now,
    )
    actions.record_reply(
        interview, by=person, agrees=True, how=Shown.SIGNED, on=on, objections="", now=now
    )
    note = actions.sign_note(case, by=person, kind=Note.Kind.NOTE, text="I rang.", now=now)
    actions.redact_text(
        case,
        by=person,
        wanted=actions.Wanted(Document.NOTE, note.pk, Purpose.COURT, "The court"),
        text="I rang.",
        taken=[Removal(2, 6, WhyOut.PERSONAL)],
        opener=opener,
        now=now,
    )
    actions.leave_untold(subject, by=person, why=WhyUntold.HARM, words="So.", now=now)
    script = Script.objects.offered().get(code="reporter-begun-en")
    reporter = Concern.objects.get(case=case)
    watched(case, reporter, by=person, now=now)
    actions.tell(
        reporter,
        by=person,
        script=script,
        text="We have begun.",
        opener=opener,
        now=now,
        until=on + timedelta(days=9),
        approver=None,
    )
    allegation = actions.add_allegation(
        case, by=person, category=world.category, text="The date.", against=party, now=now
    )
    piece = actions.Piece(ExhibitKind.DOCUMENT, "Log", days.day_of(now), came_from=party)
    bears = (allegation, Bearing.SUPPORTS)
    exhibit = actions.add_exhibit(case, by=person, piece=piece, bears=bears, now=now)
    actions.sign_terms(
        case, by=person, over=0, purpose="The date.", scope="It.", outside="", limits="",
        questions={allegation.pk: "When?"}, change="", now=now,
        approver=access.may_decide(case, person)[0],
    )  # fmt: skip
    actions.sign_finding(
        allegation, by=person, finding=Finding.PARTLY, reason="So.", relied_on=[exhibit.pk], now=now
    )
    world.say_what_follows(case, by=by)


# -- what the gate gives, and what hangs on it ---------------------------------------------


@dataclass
class Reach:
    """Which concerns and cases somebody may see, and who they are."""

    concerns: set[UUID]
    cases: set[UUID]
    person: Person | None = None
    of_program: set[UUID] | None = None

    def holds(self, role: Role) -> bool:
        return self.person is not None and self.person.holds(role)

    @property
    def walled(self) -> set[UUID]:
        if self.person is None:
            return set()
        walls = Wall.objects.before(self.person.conflicts)
        things = {pk for wall in walls for pk in (wall.concern_id, wall.case_id) if pk}
        tasks = Task.objects.filter(Q(case__in=things) | Q(concern__in=things))
        ends = [f"{one}__in" for one in ("case", "concern", "other_case", "other_concern")]
        links = Link.objects.filter(reduce(or_, (Q(**{end: things}) for end in ends)))
        return things | keys(tasks) | keys(links)

    def within(self, area: str) -> set[UUID]:
        """Return the cases of which somebody sees an area; outside of the team, but advice."""
        mine = Member.objects.current().filter(person=self.person)
        if area == "legal":
            return set(mine.filter(areas__contains=[area]).values_list("case", flat=True))
        kept = mine.exclude(areas__contains=[area]).exclude(function="approver")
        return self.cases - set(kept.values_list("case", flat=True))

    def apart(self) -> list[Compartment]:
        """Return the compartments that somebody sees: as theirs, or because they are not on it."""
        on = set(
            Member.objects.filter(person=self.person, left_at=None).values_list("case", flat=True)
        )
        return [
            one
            for one in Compartment.objects.filter(case__in=self.cases)
            if one.case_id not in on or one.case_id in self.within(one.area)
        ]

    def sees(self, *things: UUID | None) -> bool:
        return not (self.concerns | self.cases).isdisjoint(things)


def reach_of(person: Person) -> Reach:
    """Return what the application's gate lets a person see."""
    concerns = Concern.objects.visible_to(person)
    return Reach(keys(concerns), keys(Case.objects.visible_to(person)), person)


def reach_of_program(client: ApiClient) -> Reach:
    """Return what the gates of the API let a program see."""
    cases = keys(Case.objects.open_to(client))
    walls = Wall.objects.before(client.conflicts).filter(case=None).values("concern")
    concerns = Concern.objects.filter(case__in=cases).exclude(pk__in=walls)
    return Reach(keys(concerns), cases, of_program=keys(duties.open_to_program(client.conflicts)))


def keys(rows: Iterable[Model]) -> set[Any]:
    return {row.pk for row in rows}


Rows = dict[type[Model], set[Any]]


def expected(reach: Reach) -> Rows:
    """Return the rows of every table that hang on what somebody may see, from all there are."""
    concerns, cases = reach.concerns, reach.cases
    triages = {one for one in Triage.objects.all() if one.case_id in cases}
    found: Rows = {Concern: concerns, Case: cases}
    tasks = {one for one in Task.objects.all() if reach.sees(one.case_id, one.concern_id)}
    waiting = keys(IdentityRequest.objects.all()) | keys(OriginalRequest.objects.all())
    clocks = {
        one
        for one in Clock.objects.all()
        if one.subject_id in concerns | cases | {one.concern_id for one in triages} | keys(tasks)
        or one.subject_kind == "policy"
        or (one.subject_id in waiting and reach.person is not None and may_wait(one, reach))
        or (
            reach.holds(Role.ADMINISTRATOR)
            and one.subject_id not in reach.walled
            and one.subject_kind not in WAITING | {"acknowledgement"}
        )
        or (one.subject_kind == "acknowledgement" and one.owner == reach.person)
    }
    found[Clock] = keys(clocks) | (reach.of_program or set())
    if reach.of_program is not None:
        # a program sees clocks, and nothing else that hangs on a case
        return {model: found.get(model, set()) for model in MODELS}
    evidence, support = reach.within("evidence"), reach.within("support")
    files = Attachment.objects.filter(Q(concern__in=concerns) | Q(case__in=evidence))
    record: Rows = {
        one: keys(one._default_manager.filter(case__in=evidence if one in OF_EVIDENCE else cases))
        for one in RECORD
    }
    return (
        found
        | record
        | {
            Bundle: keys(Bundle.objects.filter(case__in=evidence & reach.within("concerns"))),
            Redaction: keys(Redaction.objects.filter(case__in=cases, document="note"))
            | keys(Redaction.objects.filter(case__in=evidence, document="minutes")),
            Member: keys(Member.objects.filter(case__in=cases)),
            Wall: keys(Wall.objects.filter(concern__in=concerns))
            | keys(Wall.objects.filter(case__in=cases)),
            CaseUserObjectPermission: keys(
                CaseUserObjectPermission.objects.filter(content_object__in=cases)
            ),
            Message: keys(Message.objects.filter(concern__in=concerns)),
            Attachment: keys(files),
            OriginalRequest: keys(OriginalRequest.objects.filter(attachment__in=files)),
            Note: keys(Note.objects.filter(case__in=cases).exclude(kind="advice"))
            | keys(Note.objects.filter(case__in=reach.within("legal"), kind="advice")),
            Compartment: keys(reach.apart()),
            PhaseChange: keys(PhaseChange.objects.filter(case__in=cases)),
            TrackChange: keys(TrackChange.objects.filter(case__in=cases)),
            Meeting: keys(Meeting.objects.filter(case__in=cases)),
            Agreement: keys(Agreement.objects.filter(case__in=cases)),
            ClientLink: keys(ClientLink.objects.filter(concern__in=concerns)),
            RedFlag: keys(RedFlag.objects.filter(case__in=cases)),
            Triage: keys(triages),
            Assessment: keys(Assessment.objects.filter(case__in=cases)),
            Authorisation: keys(Authorisation.objects.filter(case__in=support)),
            Safeguard: keys(Safeguard.objects.filter(case__in=support)),
            Link: {one.pk for one in Link.objects.all() if sees_both(one, reach)},
            Mark: keys(Mark.objects.filter(concern__in=concerns)),
            Task: keys(tasks),
            RetaliationRisk: keys(
                RetaliationRisk.objects.filter(Q(case__in=support) | Q(concern__in=concerns))
            ),
            CheckIn: keys(CheckIn.objects.filter(Q(case__in=support) | Q(concern__in=concerns))),
            Remedy: keys(Remedy.objects.filter(case__in=support)),
            Telling: keys(Telling.objects.filter(Q(case__in=cases) | Q(concern__in=concerns))),
            ClockMove: keys(ClockMove.objects.filter(clock__in=clocks)),
            Pause: keys(Pause.objects.filter(clock__in=clocks)),
            StepTaken: keys(StepTaken.objects.filter(clock__in=clocks)),
            Entry: {one.pk for one in Entry.objects.all() if may_read(one.subject, reach)},
            Outbox: keys(Outbox.objects.all()) if reach.holds(Role.ADMINISTRATOR) else set(),
            Erasure: keys(Erasure.objects.all()) if reach.holds(Role.AUDITOR) else set(),
            Hold: {one.pk for one in Hold.objects.all() if reach.sees(one.case_id, one.concern_id)},
            Tombstone: {one.pk for one in Tombstone.objects.all() if may_know(one, reach)},
        }
        | sealed(reach)
    )


def sealed(reach: Reach) -> Rows:
    """Return whose safes somebody sees, their keys, and what lies in them."""
    requests = {one for one in IdentityRequest.objects.all() if may_ask(one, reach)}
    disposals = {one for one in Disposal.objects.all() if may_decide(one, reach)}
    things = [
        *Concern.objects.filter(pk__in=reach.concerns),
        *Case.objects.filter(pk__in=reach.cases),
    ]
    near = {one.safe_id for one in things} | {one.opening_id for one in requests}
    near |= {getattr(one, "identity_safe_id", None) for one in things}
    near |= {one.safe_id for one in reach.apart()}
    mine = Grant.objects.filter(person=reach.person)
    own = {one.safe_id for one in mine} | {
        one.safe_id for one in MissingGrant.objects.filter(person=reach.person)
    }
    keeps: set[UUID] = set()
    if reach.holds(Role.CUSTODIAN):
        near |= {one.safe_id for one in mine.filter(safe__kind="identity")}
        keeps = own
    decided = {one.safe_id for one in disposals} if reach.holds(Role.INDEPENDENT) else set()
    decides = Q(safe__in=decided) & (Q(person=reach.person) | Q(holder_safe__in=own))
    asked = {pk for one in requests for pk in (one.safe_id, one.vault_id)}
    streams = Stream.objects.filter(Q(safe__in=near - {None}) | Q(safe=None))
    near = near - {None}
    return {
        IdentityRequest: keys(requests),
        Disposal: keys(disposals),
        Safe: keys(Safe.objects.filter(pk__in=near | keeps | asked | decided)),
        Grant: keys(
            Grant.objects.filter(Q(safe__in=near | keeps) | Q(holder_safe__in=keeps) | decides)
        ),
        MissingGrant: keys(MissingGrant.objects.filter(safe__in=near | keeps)),
        Sealed: keys(
            Sealed.objects.filter(
                Q(safe__in=near) | Q(row__in=keys(disposals) if decided else set())
            )
        ),
        Stream: keys(streams),
        Chunk: keys(Chunk.objects.filter(stream__in=streams)),
        Loan: keys(Loan.objects.filter(stream__in=streams)),
    }


def sees_both(link: Link, reach: Reach) -> bool:
    return all(reach.sees(end) for end in link.ends)


def may_ask(request: IdentityRequest, reach: Reach) -> bool:
    if reach.sees(request.concern_id):
        return True
    return reach.holds(Role.CUSTODIAN) and request.concern_id not in reach.walled


def may_wait(clock: Clock, reach: Reach) -> bool:
    request = IdentityRequest.objects.filter(pk=clock.subject_id).first()
    if request is not None:
        return may_ask(request, reach)
    original = OriginalRequest.objects.get(pk=clock.subject_id)
    file = original.attachment
    return file.concern_id in reach.concerns or file.case_id in reach.within("evidence")


def may_decide(disposal: Disposal, reach: Reach) -> bool:
    if reach.sees(disposal.case_id, disposal.concern_id):
        return True
    return reach.holds(Role.INDEPENDENT) and disposal.thing_id not in reach.walled


def may_know(stone: Tombstone, reach: Reach) -> bool:
    if reach.person is None or not reach.person.is_office:
        return False
    return not stone.is_walled or reach.person.pk in {stone.proposed_by_id, stone.approved_by_id}


def may_read(subject: str, reach: Reach) -> bool:
    kind, _, code = subject.partition(":")
    if kind in WAITING:
        return False
    if kind not in {"concern", "case", "task", "link"}:
        return True
    one = UUID(code)
    link = Link.objects.filter(pk=one).first()
    if link is not None and sees_both(link, reach):
        return True
    task = Task.objects.filter(pk=one).first()
    if reach.sees(one, *((task.case_id, task.concern_id) if task else ())):
        return True
    erased = Erasure.objects.filter(is_walled=True, subjects__contains=[subject])
    return reach.holds(Role.AUDITOR) and one not in reach.walled and not erased.exists()


# -- keys are moved by those who do not see them; before the scene is made ----------------------


def test_a_new_key_of_somebody_who_sees_nothing_takes_nobody_elses(world: World) -> None:
    """A new epoch is sealed to all who hold the old one, whoever may see their grants."""
    concern, _ = world.file()
    act_as(world["ines"])
    assert not Grant.objects.exists()
    fresh = replace_key(
        world["ines"], opener=world.openers["ines"], passphrase="four words in a row", now=world.now
    )
    assert not Grant.objects.exists()
    act_as(world["hana"])
    safe = Safe.objects.get(pk=concern.safe_id)
    assert safe.epoch == 2
    held = Grant.objects.filter(safe=safe, epoch=2)
    assert set(held.values_list("person__username", flat=True)) == {
        None, "olga", "omar", "hana", "ines",
    }  # fmt: skip
    assert bytes(held.get(person=world["ines"]).holder) == fresh.public
    add(safe, row=concern.pk, items={"later": b"Since then."})
    assert (concern.pk, "later") in open_texts(world.openers["olga"], [(concern.pk, "later")])


def test_whoever_lets_somebody_leave_puts_keys_to_sleep_that_they_do_not_see(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    world.hire("alan", Role.ADMINISTRATOR)
    act_as(world["adam"])
    assert not Grant.objects.exists()
    asked = part_with(world["olga"], by=world["adam"], now=world.now)
    assert asked is not None
    with process("worker"):
        held = Grant.objects.filter(safe=concern.safe, person=world["olga"])
        assert held.get().state == State.ACTIVE
    # a second administrator sees as little as the first
    act_as(world["alan"])
    decide_change(asked, approve=True, by=world["alan"], now=world.now)
    assert not Grant.objects.exists()
    with process("worker"):
        assert held.get().state == State.DORMANT


def test_a_custodian_who_holds_another_key_is_refused_though_nobody_shows_it(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(mode=Mode.CONFIDENTIAL, identity=actions.Identity("Rita Reporter"))
    world.triage(concern)
    act_as(world["olga"])
    request = actions.ask_identity(concern, by=world["olga"], reason="Danger.", now=world.now)
    act_as(world["carl"])
    assert IdentityRequest.objects.decidable_by(world["carl"]).exists()
    with process("worker"):
        held = Grant.objects.filter(safe=concern.safe, person=world["olga"])
        held.update(person=world["carl"])
    assert not IdentityRequest.objects.decidable_by(world["carl"]).exists()
    with pytest.raises(IntegrityError, match="holds a key"), transaction.atomic():
        IdentityRequest.objects.filter(pk=request.pk).update(
            decided_by=world["carl"], decided_at=world.now, state="refused"
        )


# -- the comparison ----------------------------------------------------------------------------


def given() -> dict[type[Model], set[Any]]:
    """Return the rows of every table that the database gives now, without any filter."""
    return {model: set(model._default_manager.values_list("pk", flat=True)) for model in MODELS}


def compare(who: str, reach: Reach, process: BecomeProcess) -> None:
    """Assert that the database gives what the gate gives, no more and no less."""
    with process("owner"):
        wanted = expected(reach)
    found = given()
    for model in MODELS:
        assert found[model] == wanted[model], f"{who} and {model._meta.db_table}"


def test_every_table_with_row_security_is_compared() -> None:
    compared = {model._meta.db_table for model in MODELS}
    assert compared | UNREAD | NEVER | OWN == grants.MAIN.keys() - grants.OPEN


@pytest.mark.req("SEC-2", "TRI-6")
def test_the_database_gives_each_person_what_the_gate_gives(
    scene: Scene, process: BecomeProcess
) -> None:
    seen = {}
    for name in PERSONS:
        person = Person.objects.get(username=name)
        # as the owner, before whom no row security stands, the gate has to hold alone
        with process("owner"):
            reach = reach_of(person)
        act_as(person)
        compare(name, reach, process)
        seen[name] = len(reach.concerns), len(reach.cases)
    # the scene is one in which the gates differ
    assert seen["hana"] > seen["olga"] > seen["anna"] > seen["adam"] == seen["gone"] == (0, 0)


@pytest.mark.req("SEC-2")
def test_the_database_gives_a_program_what_the_gate_gives(
    scene: Scene, process: BecomeProcess
) -> None:
    for owner, client in scene.programs.items():
        with process("owner"):
            reach = reach_of_program(client)
        asking.ask_as(client)
        compare(f"the program of {owner}", reach, process)
        assert reach.cases
        assert reach.of_program


@pytest.mark.req("SEC-2")
@pytest.mark.parametrize("name", ["web", "speak"])
def test_a_receipt_gives_its_concern_and_what_hangs_on_it(
    name: str, scene: Scene, process: BecomeProcess
) -> None:
    act_as(None)
    access.present(scene.receipt)
    concern = Concern.objects.get()
    with process("owner"):
        wanted = expected(Reach({concern.pk}, set()))
    with process(name):
        for model in (
            Concern,
            Case,
            Message,
            Safe,
            Grant,
            Sealed,
            Clock,
            Member,
            Wall,
            Telling,
            CheckIn,
        ):
            found = set(model._default_manager.values_list("pk", flat=True))
            assert found == wanted[model], model._meta.db_table


@pytest.mark.req("SEC-2")
def test_nobody_is_given_nothing(scene: Scene, process: BecomeProcess) -> None:
    act_as(None)
    compare("nobody", Reach(set(), set()), process)


@pytest.mark.req("TRI-6")
def test_the_walled_do_not_see_their_wall_and_the_others_do(
    scene: Scene, process: BecomeProcess
) -> None:
    olga = scene.world["olga"]
    mine = Wall.objects.filter(blind=blind_index(olga.pk))
    with process("owner"):
        assert mine.count() > 1
    act_as(olga)
    assert not mine.exists()
    act_as(scene.world["hana"])
    assert mine.exists()


@pytest.mark.req("SEC-2")
def test_what_keeps_time_sees_every_row_and_no_word(scene: Scene, process: BecomeProcess) -> None:
    act_as(None)
    kept = Concern, Clock, Wall, Safe
    with process("owner"):
        every = [model.objects.count() for model in kept]
        assert all(every)
        assert Sealed.objects.exists()
    for name in ("worker", "watchdog"):
        with process(name):
            assert [model.objects.count() for model in kept] == every, name
        with process(name), pytest.raises(ProgrammingError, match="permission denied"):
            Sealed.objects.values_list("ciphertext").first()
