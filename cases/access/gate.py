"""Who may come near a concern or a case: the wall first, then the role, then the assignment."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.http import Http404
from guardian.shortcuts import assign_perm

from cases import rules
from cases.lifecycle import ConcernStatus, RequestState
from cases.models import Case, Concern, IdentityRequest, Member, Wall
from common import asking, days
from common.errors import RuleError
from escalation.models import Clock
from people.models import Absence, Attendance, Person
from people.rules import Conflicts, Role, blind_index
from safes import access as opening
from safes.models import Grant, MissingGrant, Safe, State
from safes.rules import Opener, Receipt


def get_concern(person: Person, ref: str) -> Concern:
    """Return a concern this person may see; hidden and absent give the same answer."""
    concern = (
        Concern.objects.visible_to(person)
        .select_related("safe", "category", "unit", "owner", "case")
        .filter(ref=ref)
        .first()
    )
    if concern is None:
        raise Http404
    return concern


def get_case(person: Person, ref: str) -> Case:
    """Return a case this person may see; hidden and absent give the same answer."""
    case = (
        Case.objects.visible_to(person)
        .select_related("safe", "category", "unit", "lead")
        .filter(ref=ref)
        .first()
    )
    if case is None:
        raise Http404
    return case


def get_clock(subjects: Collection[UUID], pk: UUID) -> Clock:
    """Return a clock of one of these concerns or cases; foreign and absent give the same answer."""
    found = Clock.objects.filter(pk=pk, subject_id__in=subjects).first()
    if found is None:
        raise Http404
    return found


def require_visible(person: Person, concern: Concern) -> None:
    """Refuse whoever may not see a concern."""
    if not Concern.objects.visible_to(person).filter(pk=concern.pk).exists():
        raise PermissionDenied


def present(receipt: Receipt) -> None:
    """Tell row security that this receipt is at hand, until the end of the transaction."""
    _at_hand(receipt.locator)


def keep_at_hand(concern: Concern) -> None:
    """Let an act that began with a concern finish with it, though it takes away who sees it."""
    _at_hand(bytes(concern.locator))


def _at_hand(locator: bytes) -> None:
    asking.put({"ed.receipt": locator.hex()})


def present_next(receipt: Receipt) -> None:
    """Tell row security, until the end of the transaction, which receipt comes in its place."""
    asking.put({"ed.receipt_next": receipt.locator.hex()})


def concern_of(receipt: Receipt) -> Concern | None:
    """Return the concern that a receipt opens, or None."""
    present(receipt)
    return (
        Concern.objects.select_related("safe", "category", "owner", "case__lead")
        .filter(locator=receipt.locator)
        .first()
    )


def draft_answers(draft: Concern, receipt: Receipt) -> dict[str, object]:
    """Return what somebody has written so far."""
    where = (draft.pk, "answers")
    answers: dict[str, object] = json.loads(
        opening.open_texts(receipt.opener, [where]).get(where, "{}")
    )
    return answers


@dataclass(frozen=True)
class Trace:
    """Who asked for a reporter's identity, as the reporter may know it: a function, and days."""

    state: RequestState
    function: IdentityRequest.Function
    asked_on: date
    decided_on: date | None
    open_until: date | None
    opened_on: list[date]
    reason: str | None
    refusal: str | None


def traces(concern: Concern, receipt: Receipt) -> list[Trace]:
    """Return what was asked about a reporter's identity and became of it, the earliest first."""
    if concern.identity_safe_id is None:
        return []
    asked = list(concern.identity_requests.order_by("requested_at"))
    words = opening.open_texts(
        receipt.opener, [(one.pk, field) for one in asked for field in ("reason", "refusal")]
    )
    return [
        Trace(
            state=RequestState(one.state),
            function=IdentityRequest.Function(one.function),
            asked_on=days.day_of(one.requested_at),
            decided_on=days.day_of(one.decided_at) if one.decided_at else None,
            open_until=days.day_of(one.expires_at) if one.expires_at else None,
            opened_on=one.opened_on,
            reason=words.get((one.pk, "reason")),
            refusal=words.get((one.pk, "refusal")),
        )
        for one in asked
    ]


# -- the wall --------------------------------------------------------------------------


def walls_around(subjects: Iterable[Person], *, since: date) -> list[Wall]:
    """Return the walls, unsaved, before what is about these persons and was filed on a day."""
    return [
        Wall(blind=blind_index(person.pk), why=Wall.Why.SUBJECT, since=since)
        for person in {person.pk: person for person in subjects}.values()
    ]


def walled(persons: Iterable[Person], walls: Collection[Wall]) -> set[UUID]:
    """Return who of these persons stands behind any of these walls: the only place to ask.

    Their conflicts are read afresh, in one query for all of them.
    """
    asked = {person.pk for person in persons} if walls else set()
    if not asked:
        return set()
    conflicts = Person.objects.conflicts(asked)
    return {pk for pk in asked if is_met(conflicts[pk], walls)}


def is_met(conflicts: Conflicts, walls: Iterable[Wall]) -> bool:
    """Return whether any of these walls stands before whoever has these conflicts."""
    return any(conflicts.meet(bytes(wall.blind), wall.since) for wall in walls)


def without_walled(persons: Iterable[Person], walls: Collection[Wall]) -> list[Person]:
    """Return those before whom no wall stands, in their order."""
    people = list(persons)
    behind = walled(people, walls)
    return [person for person in people if person.pk not in behind]


def is_walled(person: Person, walls: Collection[Wall]) -> bool:
    """Return whether any of these walls stands before a person."""
    return bool(walled([person], walls))


def told(
    persons: Iterable[Person], concern: Concern, walls: Collection[Wall], *, day: date
) -> list[Person]:
    """Return who is told instead of these: themselves, or who stands in and can see it.

    On a case only its team stands in: whoever is let in later is on it. Where nobody is here, all.
    """
    meant = list(persons)
    attendance = Attendance.on(day)
    line = {one for person in meant for one in attendance.line(person)}
    if concern.case_id is None:
        line = {one for one in line if one in meant or one.holds(Role.OFFICER, Role.HEAD)}
    else:
        line &= set(meant)
    free = without_walled({*line, *meant}, walls)
    reached = attendance.instead_of(meant, {one.pk for one in free})
    return reached or [person for person in meant if person in free]


def may_be_told(person: Person, reference: str) -> bool:
    """Return whether no wall stands between a person and what a notice refers to."""
    about = Q(concern__ref=reference) | Q(case__ref=reference)
    about |= Q(concern__identity_requests__ref=reference)
    return not is_walled(person, list(Wall.objects.filter(about)))


NOBODY_LEFT = (
    "Nobody would be left to read this. Let at least one person read it. What you wrote is kept."
)


@dataclass(frozen=True)
class Readers:
    """Who can open a new concern at once, and who only if it is escalated to them."""

    active: list[Person]
    dormant: list[Person]
    # nobody of the duty set was left: the next in line stands in, and has to see it at once
    is_stand_in: bool = False


def readers(barred: Collection[UUID] = ()) -> Readers:
    """Return who reads a new concern: the duty triage set less the walled, then the next in line.

    Heads and independent persons wait with dormant grants. Where nobody of the duty set is left,
    the independent persons read it, then the heads; where nobody at all is left, it is refused.
    """

    def free(persons: Iterable[Person]) -> list[Person]:
        return [person for person in persons if person.pk not in barred]

    duty = free(Person.objects.on_duty())
    independents = free(Person.objects.holding(Role.INDEPENDENT))
    heads = free(Person.objects.holding(Role.HEAD))
    for active in (duty, independents, heads):
        if active:
            waiting = [p for p in [*heads, *independents] if p not in active]
            return Readers(active, list(dict.fromkeys(waiting)), is_stand_in=active is not duty)
    raise RuleError(NOBODY_LEFT)


def readers_of(concern: Concern, walls: Collection[Wall] = ()) -> Readers:
    """Return who reads a concern that was sent, today, were these walls around it as well.

    Whoever holds a key, or is to get one, and finds it. Where nobody is left who does, the next
    with a dormant key stands in, as a wall that goes up late wakes them; where nobody at all is
    left, it is refused.
    """
    places = safes_of(concern)
    held = Grant.objects.filter(safe__in=places, epoch=F("safe__epoch"), person__is_active=True)
    waits = MissingGrant.objects.filter(safe__in=places, person__is_active=True)
    keys = [(one.state, one.person) for one in held.select_related("person") if one.person]
    keys += [(State.ACTIVE, one.person) for one in waits.select_related("person")]
    free = without_walled(
        sorted({person for _, person in keys}, key=lambda one: (one.name, one.pk)),
        [*concern.walls.all(), *walls],
    )
    near, open_to = _near(concern), {person.pk for state, person in keys if state == State.ACTIVE}
    active = [one for one in free if one.pk in open_to and _finds(one, concern, near)]
    waiting = [one for one in free if one not in active and one.holds(Role.HEAD, Role.INDEPENDENT)]
    if active:
        return Readers(active, sorted(waiting, key=lambda one: not one.holds(Role.HEAD)))
    if not waiting:
        raise RuleError(NOBODY_LEFT)
    first, *others = sorted(waiting, key=lambda one: not one.holds(Role.INDEPENDENT))
    return Readers([first], others, is_stand_in=True)


def safes_of(concern: Concern) -> list[Safe]:
    """Return where the words about a concern lie: its case's safe first, if it has one."""
    return [concern.safe] if concern.case is None else [concern.case.safe, concern.safe]


def _near(concern: Concern) -> set[UUID | None]:
    """Return who finds a concern whatever their role."""
    team = Member.objects.current().filter(case=concern.case_id) if concern.case_id else ()
    return {concern.owner_id, concern.handed_to_id, *(member.person_id for member in team)}


def _finds(person: Person, concern: Concern, near: Collection[UUID | None]) -> bool:
    waits = concern.status == ConcernStatus.RECEIVED
    return person.pk in near or person.holds(Role.HEAD, *([Role.OFFICER] if waits else []))


def readers_beyond(walls: Collection[Wall]) -> Readers:
    """Return who reads a new concern around which these walls go up."""
    return readers(walled(Person.objects.trusted(), walls))


def subjects_in(about: str, chosen: Iterable[Person], narrative: str = "") -> list[Person]:
    """Return whom a concern is about: whoever was chosen, and whoever is named.

    Of the trusted half a name is enough in the answer. A full name is enough of everybody who
    works here, since one of the trusted may report to them.
    """
    names = Person.objects.active().names()
    full = rules.named_in_full(about, names) | rules.named_in_full(narrative, names)
    others = [names[pk] for pk in full]
    found = [*chosen, *rules.named_in(about, narrative, Person.objects.trusted(), others)]
    if missing := full - {person.pk for person in found}:
        found += Person.objects.filter(pk__in=missing).order_by("name", "pk")
    return list({person.pk: person for person in found}.values())


# more than these are no hint any more
HINTS = 6


def may_mean(concern: Concern, texts: Iterable[str | None], *, but: Person) -> list[Person]:
    """Return who of those who work here the words about a concern may mean, unless walled off.

    Half a name is a hint for an officer who has the words open. It builds no wall.
    """
    told = [text for text in texts if text]
    words = rules.like_names(told)
    if not words:
        return []
    hinted = rules.hinted_in(told, Person.objects.active().bearing(words).names())
    standing = {bytes(blind) for blind in concern.walls.values_list("blind", flat=True)}
    meant = {pk for some in hinted.values() for pk in some if blind_index(pk) not in standing}
    if not meant - {but.pk}:
        return []
    found = Person.objects.filter(pk__in=meant - {but.pk}).select_related("unit")
    return list(found.order_by("name", "pk")[:HINTS])


def unsure_in(narrative: str, subjects: Collection[Person]) -> list[Person]:
    """Return who of the trusted may be meant by half a name that is nobody else's of them.

    The trusted alone, whose names and functions the page of people shows to everybody: a public
    form does not confirm who else works here.
    """
    trusted = {person.pk: person for person in Person.objects.trusted()}
    hinted = rules.hinted_in([narrative], {pk: one.name for pk, one in trusted.items()})
    told = {person.pk for person in subjects}
    sure = {some[0]: trusted[some[0]] for some in hinted.values() if len(some) == 1}
    return [person for pk, person in sure.items() if pk not in told]


# -- search --------------------------------------------------------------------------------

# the newest concerns and cases that are looked through: more would keep somebody waiting
SEARCHED = 5_000
# what people wrote, in concerns and in cases
WRITTEN = ("narrative", "about", "body", "reason", "outcome")


class Search(NamedTuple):
    """What a search found: a text of each case or concern, by its key; and among how many."""

    looked_through: int
    texts: dict[UUID, str]


def search(person: Person, opener: Opener, terms: Collection[str], limit: int = SEARCHED) -> Search:
    """Return everything visible to a person in which all terms stand, as far as they can open it.

    Nothing is indexed: what is sealed is opened, read and forgotten. A concern that became a case
    is found as the case.
    """
    works = works_of(person, limit)
    left = {work: set(terms) for work in works.values()}
    texts: dict[UUID, str] = {}
    for safe, text in opening.open_all(opener, list(works), WRITTEN):
        here = rules.terms_in(terms, text)
        if here:
            texts.setdefault(works[safe], text)
            left[works[safe]] -= here
    return Search(len(left), {work: text for work, text in texts.items() if not left[work]})


def works_of(person: Person, limit: int) -> dict[UUID, UUID]:
    """Return, by their safes, the newest cases and concerns that a person can open."""
    own = Grant.objects.filter(person=person, state=State.ACTIVE)
    cases = Case.objects.visible_to(person).filter(Exists(own.filter(safe=OuterRef("safe"))))
    newest = cases.order_by("-opened_at", "ref").values_list("safe_id", "pk")[:limit]
    works = dict(newest)
    held = Q(Exists(own.filter(safe=OuterRef("safe")))) | Q(case__in=opening.among(works.values()))
    concerns = Concern.objects.visible_to(person).filter(held)
    listed = concerns.annotate(work=Coalesce("case_id", "id")).order_by("-filed_on", "ref")
    return works | dict(listed.values_list("safe_id", "work")[:limit])


# -- the office ------------------------------------------------------------------------


def require_officer(person: Person) -> None:
    """Refuse whoever does not triage."""
    if not person.holds(Role.OFFICER, Role.HEAD, Role.INDEPENDENT):
        msg = "This is for ethics officers."
        raise PermissionDenied(msg)


def require_member(person: Person, case: Case) -> None:
    """Refuse whoever is not on the case's team."""
    if not Member.objects.current().filter(case=case, person=person).exists():
        msg = "This is for the team of the case."
        raise PermissionDenied(msg)


def require_can_answer(person: Person, concern: Concern) -> None:
    """Refuse whoever may not write to the reporter: before triage an officer, then the team."""
    if not can_answer(person, concern):
        msg = "This is for ethics officers, and after triage for the team of the case."
        raise PermissionDenied(msg)


def can_answer(person: Person, concern: Concern) -> bool:
    """Return whether somebody works on a concern: before triage an officer, then the team."""
    if concern.case is None:
        return person.holds(Role.OFFICER, Role.HEAD, Role.INDEPENDENT)
    return Member.objects.current().filter(case=concern.case, person=person).exists()


def works_on(person: Person, concern: Concern) -> bool:
    """Return whether somebody works on a concern: on its case's team, or as whose it is."""
    if concern.case_id is None:
        return person.pk in {concern.owner_id, concern.handed_to_id}
    return Member.objects.current().filter(case=concern.case_id, person=person).exists()


def is_let_in(person: Person, concern: Concern) -> bool:
    """Return whether somebody sees a concern, or its case, and can open it or is to."""
    places = safes_of(concern)
    held = Grant.objects.filter(safe__in=places, person=person, state=State.ACTIVE)
    waits = MissingGrant.objects.filter(safe__in=places, person=person)
    opened = set(held.values_list("safe", flat=True)) | set(waits.values_list("safe", flat=True))
    return len(opened) == len(places) and _finds(person, concern, _near(concern))


def require_working_on(person: Person, concern: Concern) -> None:
    """Refuse whoever does not work on a concern, or stands behind a wall."""
    found = Concern.objects.visible_to(person).filter(pk=concern.pk).first()
    if found is None or not works_on(person, found):
        msg = "This is for those who work on it."
        raise PermissionDenied(msg)


def get_request(person: Person, ref: str) -> IdentityRequest:
    """Return a request that this custodian may decide; hidden and absent give the same answer."""
    found = (
        IdentityRequest.objects.decidable_by(person)
        .select_related("safe", "vault", "category", "requested_by")
        .filter(ref=ref)
        .first()
    )
    if found is None:
        raise Http404
    return found


def require_own(person: Person, request: IdentityRequest) -> None:
    """Refuse whoever did not make this request."""
    if request.requested_by_id != person.pk:
        msg = "This is for whoever asked."
        raise PermissionDenied(msg)


def require_decider(person: Person, request: IdentityRequest) -> None:
    """Refuse whoever may not decide a request to open an identity."""
    if not IdentityRequest.objects.decidable_by(person).filter(pk=request.pk).exists():
        msg = "This is for custodians who have no part in it."
        raise PermissionDenied(msg)


def custodians() -> list[Person]:
    """Return the custodians."""
    return list(Person.objects.holding(Role.CUSTODIAN))


def keepers(request: IdentityRequest) -> list[Person]:
    """Return the custodians who may decide a request."""
    return keepers_of([request])[request.pk]


def keepers_of(requests: Collection[IdentityRequest]) -> dict[UUID, list[Person]]:
    """Return, by request, the custodians who may decide it: as many queries for one as for all."""
    found: dict[UUID, list[Person]] = {request.pk: [] for request in requests}
    persons = custodians()
    conflicts = Person.objects.conflicts(person.pk for person in persons)
    for person in persons:
        person.conflicts = conflicts[person.pk]
        decidable = IdentityRequest.objects.decidable_by(person).filter(pk__in=found)
        for pk in decidable.values_list("pk", flat=True):
            found[pk].append(person)
    return found


def may_lead(concern: Concern) -> list[Person]:
    """Return the officers who could lead what becomes of a concern, walls applied."""
    officers = Person.objects.holding(Role.OFFICER, Role.INDEPENDENT)
    return without_walled(officers, list(concern.walls.all()))


def may_do(about: Case | Concern) -> list[Person]:
    """Return who could do a task: the team of a case, or before triage who may look after it."""
    case = about if isinstance(about, Case) else about.case
    if isinstance(about, Concern) and case is None:
        return may_lead(about)
    team = Person.objects.active().filter(memberships__case=case, memberships__left_at=None)
    return without_walled(team.order_by("name", "pk"), list(about.walls.all()))


def here(persons: Iterable[Person], day: date) -> list[Person]:
    """Return who of these is neither away on a day nor locked out, in their order."""
    away = set(Absence.objects.on(day).values_list("person", flat=True))
    return [person for person in persons if person.may_sign_in and person.pk not in away]


def may_take_over(case: Case, person: Person) -> list[Person]:
    """Return who could lead a case instead of somebody: officers, then the heads, who choose on."""
    officers = Person.objects.holding(Role.OFFICER, Role.INDEPENDENT)
    heads = Person.objects.holding(Role.HEAD)
    wanted = dict.fromkeys(one for one in [*officers, *heads] if one != person)
    return without_walled(wanted, list(case.walls.all()))


def grant_view(case: Case, person: Person) -> None:
    """Let one person outside the team see a case's metadata."""
    assign_perm("view_case", person, case)
