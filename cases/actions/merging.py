"""Merge a case into another one: what was two is worked as one, and nothing of it stands still."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max

from cases import access, parts
from cases.access.documents import documents_in
from cases.actions import identities
from cases.actions.compartments import keep_to, set_apart
from cases.actions.held import KEPT, seal
from cases.actions.places import function_of, pass_on, placed, safes_of_team
from cases.actions.removal import holders_of_case, take_off
from cases.actions.tasks import cancel_open
from cases.actions.walls import WOULD_WALL_YOU, raise_walls
from cases.duties import note_owner, retime_case
from cases.lifecycle import CLOCKS_OF_CASES, Area, CaseStatus, Function
from cases.lifecycle.links import LinkKind
from cases.models import (
    Agreement,
    Allegation,
    Assessment,
    Attachment,
    Authorisation,
    Bears,
    Case,
    CaseUserObjectPermission,
    CheckIn,
    Concern,
    Custody,
    EntryDraft,
    Exhibit,
    Found,
    Interview,
    Link,
    Meeting,
    Member,
    Merge,
    Minutes,
    Note,
    Outcome,
    Party,
    Redaction,
    RedFlag,
    Remedy,
    Reply,
    RetaliationRisk,
    Safeguard,
    Statement,
    Task,
    Telling,
    Triage,
)
from common.asking import at_the_gate
from common.errors import RuleError
from escalation import actions as escalation
from files import actions as files
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import Fact
from ledger.verbs import Verb
from people.models import Person
from safes import access as opening
from safes import actions as safes
from safes.actions import Holder
from safes.models import Safe
from safes.rules import Opener

# the sealed words of a merge
REASON = "reason"
# what goes along as it is; a signature stays one, since the database lets nothing else of it change
ALONG = (
    Agreement,
    Assessment,
    Authorisation,
    Bears,
    CheckIn,
    Custody,
    Found,
    Meeting,
    Minutes,
    Note,
    Outcome,
    Party,
    Remedy,
    Reply,
    RetaliationRisk,
    Safeguard,
    Statement,
    Task,
    Telling,
    Triage,
)
# what is numbered goes on after the numbers that are there; by its name on the merge
NUMBERED: dict[str, type[Allegation | Attachment | Exhibit | Interview]] = {
    "allegations": Allegation,
    "exhibits": Exhibit,
    "interviews": Interview,
    "files": Attachment,
}
# How the merged one itself was worked stays with it: its terms and plan, changes of its phase and
# track, that it was closed or reopened before, its team, its walls, its bundles, and the safes of
# its areas that were set apart, which are empty. It stands on no page any more. A bundle of the
# case that goes on tells it, and it is erased with that.
# Of drafts each author sees their own alone, so whoever merges cannot bring those of others.


class Taken(NamedTuple):
    """How many lost a case as it was merged."""

    # of those who held anything of the merged one: who is behind a wall, and who was not brought
    walled: int
    left: int
    # of the one that goes on
    walled_there: int


@transaction.atomic
def merge(
    case: Case,
    *,
    into: Case,
    by: Person,
    opener: Opener,
    bring: Collection[Person],
    reason: str,
    now: datetime,
) -> Merge:
    """Merge a case into another one, which goes on with all that was of both.

    `bring` says who of those on the merged case alone comes onto the other. Every wall around
    either stands around both: whoever is behind one has nothing of them afterwards. What was
    promised is promised still: of two clocks of a kind the one that ends earlier runs on. What is
    sealed is sealed anew, to the case that goes on. It is undone by splitting, and by nothing else.
    """
    case, into = _held(case, into, by)
    if reasons := access.against_merging(case, into):
        raise RuleError(" ".join([*reasons, KEPT]))
    if not reason.strip():
        msg = f"Say why they are one matter. {KEPT}"
        raise RuleError(msg)
    _require_advice(case, into, by)
    led = into.lead_id
    case, into, taken = _within_all_walls(case, into, bring, by=by, now=now)
    _bring_team(case, into, by=by, opener=opener, now=now)
    made = _move(case, into, by=by, opener=opener, now=now)
    _move_clocks(case, into, now=now)
    into.urgency, into.severity = (
        max(into.urgency, case.urgency),
        max(into.severity, case.severity),
    )
    into.save(update_fields=["urgency", "severity"])
    _end(case, now=now)
    seal(into, made.pk, {REASON: reason}, opener=opener)
    for concern in into.concerns.all():
        note_owner(concern)
    retime_case(into)
    _record(case, into, taken, by=by, led=led, now=now)
    return made


def _record(case: Case, into: Case, taken: Taken, *, by: Person, led: UUID, now: datetime) -> None:
    """Record it under both names: how many lost each, and that another leads what goes on."""
    of_case, of_into = f"case:{case.pk}", f"case:{into.pk}"
    facts: dict[str, Fact] = {"into": str(into.pk), "walled": taken.walled, "left": taken.left}
    of_other: dict[str, Fact] = {"case": str(case.pk), "walled": taken.walled_there}
    acts = [
        Act(Verb.CASE_MERGED, by.actor, now, of_case, facts=facts),
        Act(Verb.CASE_TAKEN_IN, by.actor, now, of_into, facts=of_other),
    ]
    if into.lead_id != led:
        acts.append(Act(Verb.CASE_PASSED, by.actor, now, of_into, facts={"how": "merged"}))
    ledger.record_all(acts)


def _held(case: Case, into: Case, by: Person) -> tuple[Case, Case]:
    """Return both cases, held until the commit in one order for everybody, or refuse."""
    _require_merger(by, case, into)
    held = {pk: Case.objects.locked(pk) for pk in sorted({case.pk, into.pk})}
    # once more: whoever held one before may have passed it to somebody else
    _require_merger(by, case, into)
    return held[case.pk], held[into.pk]


def _require_merger(by: Person, case: Case, into: Case) -> None:
    if not access.may_merge(by, case, into):
        msg = "This is for whoever leads one of both cases, and works on the whole of the other."
        raise PermissionDenied(msg)


def _require_advice(case: Case, into: Case, by: Person) -> None:
    """Refuse whoever would leave legal advice behind: it opens to a lead, and to lawyers."""
    with at_the_gate():
        has_advice = case.compartments.filter(area=Area.LEGAL).exists()
    if has_advice and {case.lead_id, into.lead_id} != {by.pk}:
        msg = (
            f"There is legal advice on {case.ref}, which opens to its lead alone. Whoever leads "
            f"both can merge them; take the other one over first, under “Access”. {KEPT}"
        )
        raise RuleError(msg)


def _within_all_walls(
    case: Case, into: Case, bring: Collection[Person], *, by: Person, now: datetime
) -> tuple[Case, Case, Taken]:
    """Raise the walls of each around the other, and take either from whoever is behind them.

    Nobody is left on the merged case but who comes along. New epochs have begun before a word of
    the one is sealed to the other.
    """
    of_case, of_into = Concern.objects.held_of(case), Concern.objects.held_of(into)
    around = [*case.walls.all(), *into.walls.all()]
    on_case, on_into = holders_of_case(case, of_case), holders_of_case(into, of_into)
    behind = access.walled([*on_case, *on_into, by], around)
    if by.pk in behind:
        raise RuleError(WOULD_WALL_YOU.format(instead="merge them"))
    gone = [one for one in on_into if one.pk in behind]
    walled_there = len(gone)
    take_off(into, of_into, gone, by=by.actor, successor=by, now=now)
    staying = {one.pk for one in [*bring, by]} | _on(into)
    team = _on(case)
    gone = [
        one for one in on_case if one.pk in behind or (one.pk in team and one.pk not in staying)
    ]
    take_off(case, of_case, gone, by=by.actor, successor=by, now=now)
    raise_walls(into, [*of_into, *of_case], around)
    raise_walls(case, [], around)
    walled = sum(one.pk in behind for one in gone)
    taken = Taken(walled, left=len(gone) - walled, walled_there=walled_there)
    found = Case.objects.select_related("safe", "lead", "category", "unit")
    return found.get(pk=case.pk), found.get(pk=into.pk), taken


def _on(case: Case) -> set[UUID]:
    return set(Member.objects.standing().filter(case=case).values_list("person", flat=True))


def _bring_team(case: Case, into: Case, *, by: Person, opener: Opener, now: datetime) -> None:
    """Let whoever is on the merged case alone onto the other, as what they were, with its keys.

    Who leads the merged one investigates from then on; a guest stays until the day that was said.
    Whoever is on both has the place that they have on the case that goes on.
    """
    alone = Member.objects.standing().filter(case=case).exclude(person__in=_on(into))
    fresh = [_as_there(one, into, now=now) for one in alone.select_related("person").order_by("pk")]
    Member.objects.bulk_create(fresh)
    concerns = Concern.objects.held_of(into)
    for member in fresh:
        keep_to(into, concerns, member.person, member.areas, opener=opener, now=now)
    for member in fresh:
        holders, keyless = safes.holders_of([member.person])
        for safe in _opened_to(member, into):
            # legal advice that does not open to whoever merges opens after a visit of who reads it
            if opening.key_of(opener, safe) is None:
                safes.miss(safe, [member.person], now=now)
                continue
            pass_on(safe, opener=opener, holders=holders)
            safes.miss(safe, keyless, now=now)
    subject = f"case:{into.pk}"
    ledger.record_all(
        [
            Act(
                Verb.CASE_ASSIGNED, by.actor, now, subject,
                facts={"how": "merged", "function": member.function},
            )
            for member in fresh
        ]
    )  # fmt: skip


def _as_there(member: Member, into: Case, *, now: datetime) -> Member:
    person, function = member.person, Function(member.function)
    if function == Function.LEAD:
        return placed(into, person, function_of(person, into.lead), now=now)
    areas = [Area(one) for one in member.areas]
    return placed(into, person, function, now=now, areas=areas, until=member.until)


def _opened_to(member: Member, case: Case) -> list[Safe]:
    """Return the safes that belong to a place, also those that whoever merges does not see."""
    with at_the_gate():
        return access.safes_for(case, member.areas)


# -- what goes along -------------------------------------------------------------------------


def _move(case: Case, into: Case, *, by: Person, opener: Opener, now: datetime) -> Merge:
    """Seal every word anew, let the concerns open by the other safe, and hang the rows there."""
    try:
        _pour(case, into, opener=opener, now=now)
    except opening.NoGrantError:
        msg = f"Not everything of {case.ref} opens for you, so it would stay behind. {KEPT}"
        raise RuleError(msg) from None
    numbers = {name: _last(model, into) for name, model in NUMBERED.items()}
    made = Merge(id=uuid4(), case=into, merged=case, by=by, at=now, **numbers)
    made.save(force_insert=True)
    # before anything else: the database lets what is signed follow its case, and nowhere else
    case.status, case.closed_at, case.part_of = CaseStatus.CLOSED, now, into
    case.next_due_at = None
    case.save(update_fields=["status", "closed_at", "part_of", "next_due_at"])
    Case.objects.filter(part_of=case).update(part_of=into)
    _move_concerns(case, into, opener=opener, now=now)
    _lift_twice(case, into, now=now)
    _move_drafts(case, into, by)
    for rows in _tables(ALONG):
        rows.filter(case=case).update(case=into)
    RedFlag.objects.filter(case=case, lifted_at=None).update(case=into)
    for name, rows in zip(numbers, _tables(NUMBERED.values()), strict=True):
        rows.filter(case=case).update(case=into, n=F("n") + numbers[name])
    _move_copies(case, into)
    _move_links(case, into)
    for part in parts.REGISTRY.values():
        part.move(case, into)
    return made


def _pour(case: Case, into: Case, *, opener: Opener, now: datetime) -> None:
    """Seal every word and file of a case anew, each to where its area lies in the other one."""
    if access.compartment_of(into, Area.CONCERNS) is not None:
        # then what was made of what was filed lies apart in both
        set_apart(case, Area.CONCERNS, opener=opener, now=now)
    ways = [(case.safe, into.safe)]
    for one in case.compartments.select_related("safe"):
        area = Area(one.area)
        if area == Area.LEGAL:
            set_apart(into, area, opener=opener, now=now)
        ways.append((one.safe, access.safe_of(into, area)))
    for safe, to in ways:
        safes.pour(safe, into=to, opener=opener)
        files.pour(safe, into=to, opener=opener)


def _tables(models: Iterable[Any]) -> Iterator[Any]:
    return (model.objects for model in models)


def _last(model: Any, case: Case) -> int:
    return int(model.objects.filter(case=case).aggregate(last=Max("n"))["last"] or 0)


def _move_concerns(case: Case, into: Case, *, opener: Opener, now: datetime) -> None:
    """Let the other case open the concerns, and nothing else of the merged one."""
    concerns = Concern.objects.held_of(case)
    was, goes_on = access.safe_of(case, Area.CONCERNS), access.safe_of(into, Area.CONCERNS)
    for concern in concerns:
        pass_on(concern.safe, opener=opener, holders=[Holder.of_safe(goes_on)])
        safes.let_go(concern.safe, of=was)
    Concern.objects.filter(pk__in=[one.pk for one in concerns]).update(case=into)
    # who may not see what was filed on the case that goes on has no key of their own to it either
    narrow = Member.objects.standing().filter(case=into)
    for member in narrow.exclude(areas__contains=[Area.CONCERNS.value]).select_related("person"):
        keep_to(into, concerns, member.person, member.areas, opener=opener, now=now)
    readers = Person.objects.filter(pk__in=_on(into))
    identities.keep_apart(concerns, list(readers))


def _lift_twice(case: Case, into: Case, *, now: datetime) -> None:
    """End what is kept of a client on both: the flag of the case that goes on stands."""
    kept = RedFlag.objects.filter(case=into, lifted_at=None).values("blind")
    twice = list(RedFlag.objects.filter(case=case, lifted_at=None, blind__in=kept))
    if twice:
        cancel_open([one.review_id for one in twice], now=now)
        RedFlag.objects.filter(pk__in=[one.pk for one in twice]).update(lifted_at=now)


def _move_drafts(case: Case, into: Case, by: Person) -> None:
    if not EntryDraft.objects.filter(case=into, author=by).exists():
        EntryDraft.objects.filter(case=case, author=by).update(case=into)


def _move_copies(case: Case, into: Case) -> None:
    """Hang redacted copies on the other case, after its own: some wait to be looked over."""
    last = _last(Redaction, into)
    for area in Area:
        of_area = Redaction.objects.filter(case=case, document__in=documents_in(area))
        if of_area.exists():
            of_area.update(case=into, safe=access.safe_of(into, area), n=F("n") + last)


@at_the_gate()
def _move_links(case: Case, into: Case) -> None:
    """Hang links on the other case, but those between the two, and what stands there already.

    Those as well of which whoever merges does not see the other end. What contradicts a link of the
    case that goes on stays behind: what was said of that one counts.
    """
    standing = list(Link.objects.standing().of(case=into, concerns=[]))
    for one in Link.objects.of(case=case, concerns=[]):
        if into.pk in one.ends:
            continue
        if one.case_id == case.pk:
            one.case = into
        if one.other_case_id == case.pk:
            one.other_case = into
        if one.taken_back_at is not None or not any(_is_said(one, by) for by in standing):
            one.save(update_fields=["case", "other_case"])


def _is_said(link: Link, standing: Link) -> bool:
    """Return whether what stands between two says the same of them, or that it is not so."""
    if set(link.ends) != set(standing.ends):
        return False
    if LinkKind.SPLIT_FROM in (link.kind, standing.kind):
        return (link.kind, link.ends) == (standing.kind, standing.ends)
    return link.kind == standing.kind or LinkKind.UNRELATED in (link.kind, standing.kind)


def _move_clocks(case: Case, into: Case, *, now: datetime) -> None:
    """Let of two clocks of a kind the one run on that ends earlier; the other is not owed twice."""
    kept = access.clocks_after(case, into)
    brought = [one.clock for one in kept if one.of.pk == case.pk]
    kinds = [one.kind for one in brought]
    if kinds:
        escalation.cancel(subject_kind=CLOCKS_OF_CASES, subject_id=into.pk, kinds=kinds, now=now)
        escalation.hang(brought, on=into.pk, owner=into.lead_id, unit=into.unit_id)
    escalation.cancel(subject_kind=CLOCKS_OF_CASES, subject_id=case.pk, now=now)


def _end(case: Case, *, now: datetime) -> None:
    """Leave nobody on the merged case, and no key to what was its safe."""
    CaseUserObjectPermission.objects.filter(content_object=case).delete()
    with at_the_gate():
        Member.objects.standing().filter(case=case).update(left_at=now)
    for safe in safes_of_team(case):
        safes.empty(safe)
