"""What the office does: read, assign, triage, note, add a member, close."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid4

from django.db import connection, transaction

from cases import access, lifecycle, notices, parts, rules
from cases.actions import identities, phases, talk
from cases.actions.times import met, office_wrote
from cases.actions.walls import name_party_of_concern
from cases.duties import note_owner
from cases.lifecycle import (
    CaseMove,
    ConcernMove,
    ConcernStatus,
    Finding,
    Kind,
    Level,
    Mode,
    Phase,
)
from cases.models import Case, Category, Concern, Member, Message, Note, Triage, Wall
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.actions import Act
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from policies.models import Kind as Promised
from safes import access as opening
from safes import actions as safes
from safes.actions import Holder
from safes.models import Safe, State
from safes.rules import Opener


@transaction.atomic
def read_concern(concern: Concern, *, by: Person, opener: Opener | None, now: datetime) -> None:
    """Record that somebody read a concern, or without a key saw that it is there."""
    could_read = opener is not None and bool(opening.secrets_of(opener, [concern.safe_id]))
    if could_read and opener is not None:
        safes.seal_missing(opener, [concern.safe])
        _mark_read([concern])
    names = _names_read([concern] if could_read else [], by=by, now=now)
    verb = Verb.CONCERN_READ if could_read else Verb.CONCERN_SEEN
    read = Act(verb, by=by.actor, at=now, subject=concern.subject)
    ledger.record_all([read, *names])


@transaction.atomic
def read_case(case: Case, *, by: Person, opener: Opener | None, now: datetime) -> None:
    """Record that somebody read a case and what its reporters wrote, or saw that it is there."""
    concerns = list(case.concerns.select_related("safe"))
    could_read = opener is not None and bool(opening.secrets_of(opener, [case.safe_id]))
    if could_read and opener is not None:
        safes.seal_missing(opener, [case.safe, *(concern.safe for concern in concerns)])
        _mark_read(concerns)
    names = _names_read(concerns if could_read else [], by=by, now=now)
    verb = Verb.CASE_READ if could_read else Verb.CASE_SEEN
    read = Act(verb, by=by.actor, at=now, subject=f"case:{case.pk}")
    ledger.record_all([read, *names])


def _names_read(concerns: Iterable[Concern], *, by: Person, now: datetime) -> list[Act]:
    """Return what is recorded of reading the names of reporters who gave them."""
    return [
        Act(Verb.IDENTITY_READ, by=by.actor, at=now, subject=concern.subject)
        for concern in concerns
        if concern.mode == Mode.NAMED
    ]


@transaction.atomic
def note_search(found: access.Search, *, by: Person, now: datetime) -> None:
    """Record that somebody searched among so many, and what they were shown words of.

    The words that were looked for are kept nowhere.
    """
    ids = list(found.texts)
    cases = set(Case.objects.filter(pk__in=ids).values_list("pk", flat=True))
    whole = Act(
        Verb.WORDS_SEARCHED,
        by.actor,
        now,
        f"person:{by.pk}",
        facts={"count": found.looked_through},
    )
    shown = [
        Act(Verb.WORDS_FOUND, by.actor, now, f"{'case' if pk in cases else 'concern'}:{pk}")
        for pk in ids
    ]
    ledger.record_all([whole, *shown])


def _mark_read(concerns: Sequence[Concern]) -> None:
    """Mark what the reporters wrote as read."""
    Message.objects.filter(concern__in=concerns, author=None, is_seen=False).update(is_seen=True)
    Concern.objects.filter(pk__in=[c.pk for c in concerns], is_unread=True).update(is_unread=False)


@transaction.atomic
def assign(concern: Concern, *, by: Person, to: Person, now: datetime) -> Concern:
    """Make somebody look after a concern until it is triaged."""
    access.require_officer(by)
    concern = Concern.objects.locked(concern.pk)
    if concern.status != ConcernStatus.RECEIVED:
        msg = "This is triaged already: its case has a lead. Nothing was changed."
        raise RuleError(msg)
    _require_free(to, concern)
    _require_here(to, by=by, now=now)
    concern.owner = to
    concern.save(update_fields=["owner"])
    note_owner(concern)
    _let_open(concern.safe, to, now=now)
    identities.keep_apart([concern], [to])
    ledger.record(
        Verb.CONCERN_ASSIGNED,
        by=by.actor,
        at=now,
        subject=concern.subject,
        how="taken" if to == by else "given",
    )
    if to != by:
        ledger.post(notices.assigned(concern, to, now=now))
    return concern


@transaction.atomic
def assign_all(
    concerns: Sequence[Concern], *, by: Person, to: Person, now: datetime
) -> list[Concern]:
    """Make somebody look after several concerns: all of them, or none."""
    if not concerns:
        msg = "Nothing is picked, so nothing was changed. Pick at least one concern that waits."
        raise RuleError(msg)
    return [assign(concern, by=by, to=to, now=now) for concern in concerns]


def _require_free(person: Person, concern: Concern) -> None:
    """Refuse whoever may not lead; a wall is not named: it gives the same answer as no role."""
    if person not in access.may_lead(concern):
        msg = "This person cannot take it. Choose somebody from the list. Nothing was changed."
        raise RuleError(msg)


def _require_here(person: Person, *, by: Person, now: datetime) -> None:
    """Refuse to give something to whoever is away; whoever takes it themselves knows best."""
    if person != by and not access.here([person], days.day_of(now)):
        msg = f"{person.name} is away. Choose somebody who is here. Nothing was changed."
        raise RuleError(msg)


def _let_open(safe: Safe, person: Person, *, now: datetime) -> None:
    """Make sure that somebody can open a safe, now or after a member's next visit."""
    if not safes.activate(safe, person):
        safes.miss(safe, [person], now=now)


@transaction.atomic
def triage(  # noqa: PLR0913 - the record is what it is
    concern: Concern,
    *,
    by: Person,
    opener: Opener,
    category: Category,
    urgency: Level,
    severity: Level,
    in_danger: bool,
    reason: str,
    lead: Person,
    now: datetime,
    is_investigated: bool | None = None,
    parties: Iterable[Person] = (),
) -> Case:
    """Decide what a concern is, and open the case in which it is worked.

    Where nothing else is decided a report is investigated, and whoever asks gets advice. Whoever it
    is about by then is walled off first, so that they never come near the case.
    """
    access.require_officer(by)
    concern = Concern.objects.locked(concern.pk)
    if not reason.strip():
        msg = "Say why you decided so. Nothing was changed; what you entered is kept."
        raise RuleError(msg)
    _require_free(by, concern)
    _require_free(lead, concern)
    _require_here(lead, by=by, now=now)
    concern = _about(concern, parties, lead=lead, by=by, opener=opener, now=now)
    concern.status = lifecycle.concern_after(concern.status, ConcernMove.TRIAGE)
    if is_investigated is None:
        is_investigated = concern.kind == Kind.REPORT
    facts = Case(category=category, urgency=urgency, severity=severity)
    if is_investigated:
        facts.phase, facts.phase_since = Phase.PLANNING, now
    case = _open_case(concern, by=by, opener=opener, lead=lead, facts=facts, now=now)
    concern.case = case
    concern.save(update_fields=["status", "case"])
    record = Triage(
        id=uuid4(),
        concern=concern,
        case=case,
        by=by,
        at=now,
        category=category,
        urgency=urgency,
        severity=severity,
        in_danger=in_danger,
        is_investigated=is_investigated,
    )
    record.save(force_insert=True)
    key = opening.key_of(opener, case.safe)
    safes.add(case.safe, row=record.pk, items={"reason": reason.encode()}, key=key)
    phases.start_clocks(case, now=now)
    met(concern, Promised.TRIAGE, now=now)
    note_owner(concern)
    _record_triage(record, concern, now=now)
    return case


def _about(
    concern: Concern,
    parties: Iterable[Person],
    *,
    lead: Person,
    by: Person,
    opener: Opener,
    now: datetime,
) -> Concern:
    """Name whom a concern is about; return it as it is after walls took keys from it."""
    named = list(parties)
    for person in named:
        name_party_of_concern(concern, by=by, opener=opener, person=person, now=now)
    if not named:
        return concern
    concern = Concern.objects.locked(concern.pk)
    if access.is_walled(lead, list(concern.walls.all())):
        msg = (
            "Whoever you chose to lead it stands too close to somebody you ticked. Choose another "
            "lead. Nobody was named, and what you entered is kept."
        )
        raise RuleError(msg)
    return concern


def _record_triage(record: Triage, concern: Concern, *, now: datetime) -> None:
    unit = concern.unit.code if concern.unit else None
    elapsed = (days.day_of(now) - concern.filed_on).days if concern.filed_on else 0
    ledger.record(
        Verb.CONCERN_TRIAGED,
        by=record.by.actor,
        at=now,
        subject=concern.subject,
        category=record.category_id,
        urgency=int(record.urgency),
        severity=int(record.severity),
        danger=record.in_danger,
        investigated=record.is_investigated,
        days=elapsed,
    )
    ledger.record(
        Verb.CASE_OPENED,
        by=record.by.actor,
        at=now,
        subject=f"case:{record.case_id}",
        concern=str(concern.pk),
        category=record.category_id,
        unit=unit,
    )


def _open_case(
    concern: Concern, *, by: Person, opener: Opener, lead: Person, facts: Case, now: datetime
) -> Case:
    """Open a case: a safe for its team, walls as around the concern, and the way into it."""
    walls = list(concern.walls.all())
    team = list(dict.fromkeys([lead, by]))
    if concern.handed_to is not None and concern.handed_to not in team:
        team.append(concern.handed_to)
    waiting = [
        person
        for person in access.without_walled(
            Person.objects.holding(Role.HEAD, Role.INDEPENDENT), walls
        )
        if person not in team
    ]
    active, keyless = safes.holders_of(team)
    dormant, _ = safes.holders_of(waiting, State.DORMANT)
    fresh = safes.make_safe("case", holders=[*active, *dormant])
    pass_on(concern.safe, opener=opener, holders=[Holder.of_safe(fresh.safe)])
    facts.id, facts.ref, facts.safe = uuid4(), _next_reference(now), fresh.safe
    facts.unit, facts.lead, facts.opened_at = concern.unit, lead, now
    facts.save(force_insert=True)
    Member.objects.bulk_create(
        Member(case=facts, person=person, function=_function(person, lead), since=now)
        for person in team
    )
    Wall.objects.bulk_create(
        Wall(case=facts, blind=wall.blind, why=wall.why, since=wall.since) for wall in walls
    )
    safes.miss(fresh.safe, keyless, now=now)
    identities.keep_apart([concern], [*team, *waiting])
    where = (concern.pk, "summary")
    summary = opening.open_items(opener, [where]).get(where, b"")
    safes.add(fresh.safe, row=facts.pk, items={"summary": summary}, key=fresh.key)
    return facts


def pass_on(safe: Safe, *, opener: Opener, holders: Sequence[Holder]) -> None:
    """Pass keys on, or refuse whoever holds none."""
    try:
        safes.share(safe, opener=opener, holders=holders)
    except opening.NoGrantError:
        msg = (
            "You hold no key to this yet, so you cannot pass one on. Somebody of the team who "
            "opens it gives you one. Nothing was changed."
        )
        raise RuleError(msg) from None


def _function(person: Person, lead: Person) -> Member.Function:
    if person == lead:
        return Member.Function.LEAD
    if person.holds(Role.INDEPENDENT):
        return Member.Function.INDEPENDENT
    return Member.Function.INVESTIGATOR


def _next_reference(now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_case_number')")
        number = cursor.fetchone()[0]
    return rules.case_reference(days.day_of(now).year, number)


@transaction.atomic
def sign_note(
    case: Case,
    *,
    by: Person,
    kind: Note.Kind,
    text: str,
    now: datetime,
    opener: Opener | None = None,
) -> Note:
    """Add a signed note to a case."""
    case = Case.objects.locked(case.pk)
    access.require_member(by, case)
    if not text.strip():
        msg = "The note is empty, so nothing was added. Write what you want to keep."
        raise RuleError(msg)
    note = Note(id=uuid4(), case=case, author=by, kind=kind, at=now)
    note.save(force_insert=True)
    key = opening.key_of(opener, case.safe)
    safes.add(case.safe, row=note.pk, items={"body": text.encode()}, key=key)
    ledger.record(Verb.NOTE_SIGNED, by=by.actor, at=now, subject=f"case:{case.pk}", kind=kind)
    return note


@transaction.atomic
def add_member(case: Case, *, by: Person, opener: Opener, person: Person, now: datetime) -> Member:
    """Bring an officer onto a case's team and pass the keys on."""
    case = Case.objects.locked(case.pk)
    access.require_member(by, case)
    # held before its walls are read: a reporter's door raises one on the case by its concern alone
    concerns = Concern.objects.held_of(case)
    walls = list(case.walls.all())
    officers = Person.objects.holding(Role.OFFICER, Role.INDEPENDENT)
    if person not in access.without_walled(officers, walls):
        msg = "This person cannot join. Choose somebody from the list. Nothing was changed."
        raise RuleError(msg)
    member, is_new = Member.objects.get_or_create(
        case=case,
        person=person,
        left_at=None,
        defaults={"function": _function(person, case.lead), "since": now},
    )
    if not is_new:
        return member
    holders, keyless = safes.holders_of([person])
    pass_on(case.safe, opener=opener, holders=holders)
    safes.miss(case.safe, keyless, now=now)
    identities.keep_apart(concerns, [person])
    ledger.record(Verb.CASE_ASSIGNED, by=by.actor, at=now, subject=f"case:{case.pk}", how="added")
    return member


@transaction.atomic
def grant_view(case: Case, *, by: Person, person: Person, now: datetime) -> None:
    """Let an auditor see the metadata of one case."""
    access.require_member(by, case)
    if not person.holds(Role.AUDITOR) or access.is_walled(person, list(case.walls.all())):
        msg = "Only an auditor can be given a case to sample. Nothing was changed."
        raise RuleError(msg)
    access.grant_view(case, person)
    ledger.record(Verb.CASE_VIEW_GRANTED, by=by.actor, at=now, subject=f"case:{case.pk}")


@transaction.atomic
def close(
    case: Case,
    *,
    by: Person,
    finding: Finding,
    reason: str,
    message: str,
    now: datetime,
    opener: Opener | None = None,
) -> Case:
    """Close a case with a finding and its reason, and tell its reporters the outcome."""
    case = Case.objects.locked(case.pk)
    access.require_member(by, case)
    if not reason.strip():
        msg = "Say what the finding rests on. Nothing was changed; what you entered is kept."
        raise RuleError(msg)
    if blocking := parts.blocks_closing(case):
        raise RuleError(" ".join(blocking))
    case.status = lifecycle.case_after(case.status, CaseMove.CLOSE)
    case.closed_at, case.finding = now, finding
    case.save(update_fields=["status", "closed_at", "finding"])
    phases.meet_clocks(case, now=now)
    key = opening.key_of(opener, case.safe)
    safes.add(case.safe, row=case.pk, items={"outcome": reason.encode()}, key=key)
    for concern in Concern.objects.held_of(case):
        _close_concern(concern, by=by, message=message, now=now, opener=opener)
    opened = days.day_of(case.opened_at)
    ledger.record(
        Verb.CASE_CLOSED,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        finding=finding,
        days=(days.day_of(now) - opened).days,
    )
    return case


def _close_concern(
    concern: Concern, *, by: Person, message: str, now: datetime, opener: Opener | None
) -> None:
    sent = talk.write(concern, author=by, text=message, now=now, opener=opener)
    talk.acknowledge(concern, by=by, now=now)
    concern.status = lifecycle.concern_after(concern.status, ConcernMove.CLOSE)
    concern.closed_on = days.day_of(now)
    concern.save(update_fields=["status", "closed_on"])
    office_wrote(concern, now=now)
    met(concern, Promised.FEEDBACK, now=now)
    ledger.record(
        Verb.MESSAGE_SENT, by=by.actor, at=now, subject=concern.subject, by_reporter=False
    )
    ledger.post(notices.team_wrote(sent, now=now))
