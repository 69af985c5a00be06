"""Who comes onto a case, in which function and until when, what they see of it, and who goes."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from cases import access
from cases.actions import identities
from cases.actions.compartments import keep_to
from cases.actions.held import KEPT, seal
from cases.actions.places import function_of, pass_on, placed
from cases.actions.removal import put_down, take_off
from cases.lifecycle import GUEST_DAYS, Area, Deed, Function, areas_of
from cases.models import Case, Concern, Member, Task
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from safes import actions as safes
from safes.rules import Opener

# why a guest stays longer, sealed to the case
LONGER = "longer"
# in which functions whoever works on the case itself is
_WORKS = {Function.LEAD, Function.INVESTIGATOR, Function.INDEPENDENT}


@transaction.atomic
def add_member(  # noqa: PLR0913 - a place is what it is
    case: Case,
    *,
    by: Person,
    opener: Opener,
    person: Person,
    now: datetime,
    function: Function | None = None,
    areas: Collection[Area] | None = None,
    until: datetime | None = None,
) -> Member:
    """Bring somebody onto a case in a function, and pass on the keys to what it may see.

    An officer comes to work on it at the wish of anybody who does. In another function, with fewer
    areas, or until a day, the lead lets somebody in; whoever is not of the office comes until a day
    alone, at most `GUEST_DAYS` from now.
    """
    case = Case.objects.locked(case.pk)
    function = function or function_of(person, case.lead)
    if until is None and areas is None and function in _WORKS:
        access.require_deed(by, case, Deed.LET_IN)
    else:
        access.require_lead(by, case)
    # held before its walls are read: a reporter's door raises one on the case by its concern alone
    concerns = Concern.objects.held_of(case)
    able = access.may_join(case, as_guest=until is not None)
    if function == Function.LEAD or person not in able:
        msg = "This person cannot join. Choose somebody from the list. Nothing was changed."
        raise RuleError(msg)
    _require_bounded(until, now=now)
    had = Member.objects.standing().filter(case=case, person=person).first()
    if had is not None and (had.until is None or had.until > now):
        return had
    if had is not None:
        # a guest whose time was over, and whose place no worker ended yet
        take_off(case, concerns, [person], by=by.actor, successor=None, now=now)
    member = placed(case, person, function, now=now, areas=_seen(areas), until=until)
    member.save(force_insert=True)
    keep_to(case, concerns, person, member.areas, opener=opener, now=now)
    _open(member, opener=opener, now=now)
    identities.keep_apart(concerns, [person])
    ledger.record(
        Verb.CASE_ASSIGNED,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        how="guest" if until else "added",
        function=member.function,
    )
    return member


def _seen(areas: Collection[Area] | None) -> Collection[Area] | None:
    """Return what somebody is let into: never less than the case itself."""
    return None if areas is None else {Area.CORE, *areas}


def _require_bounded(until: datetime | None, *, now: datetime) -> None:
    last = days.midnight(days.day_of(now) + timedelta(days=GUEST_DAYS + 1))
    if until is not None and not now < until <= last:
        msg = f"Choose a day from today on, at most {GUEST_DAYS} days ahead. {KEPT}"
        raise RuleError(msg)


def _open(member: Member, *, opener: Opener, now: datetime) -> None:
    """Pass on the keys to what somebody may see."""
    holders, keyless = safes.holders_of([member.person])
    for safe in access.safes_for(member.case, member.areas):
        pass_on(safe, opener=opener, holders=holders)
        safes.miss(safe, keyless, now=now)


@transaction.atomic
def change_function(
    member: Member,
    *,
    by: Person,
    opener: Opener,
    function: Function,
    now: datetime,
    areas: Collection[Area] | None = None,
) -> Member:
    """Put somebody of a case into another function, with the keys to what it may see and no other.

    What they read before they have read. Who leads is decided by taking over and by handing over.
    """
    case, concerns, member = _held(member, by)
    if Function.LEAD in {function, member.function}:
        msg = f"Who leads is changed by taking the case over, or by stepping off. {KEPT}"
        raise RuleError(msg)
    seen = _seen(areas)
    sees = [one.value for one in areas_of(function) if seen is None or one in seen]
    if (member.function, member.areas) == (function, sees):
        msg = f"{member.person.name} is on it in this function already. {KEPT}"
        raise RuleError(msg)
    before = member.areas
    member.function, member.areas = function, sees
    member.save(update_fields=["function", "areas"])
    keep_to(case, concerns, member.person, sees, opener=opener, now=now)
    _open(member, opener=opener, now=now)
    ids = [concern.pk for concern in concerns]
    if not set(before) <= set(sees):
        # what they cannot see to any more waits openly for somebody else
        put_down(Task.objects.open().of(case, ids).filter(assignee=member.person))
    if Area.CONCERNS not in sees:
        for role in ("owner", "handed_to"):
            Concern.objects.filter(pk__in=ids, **{role: member.person}).update(**{role: None})
    ledger.record(
        Verb.FUNCTION_CHANGED,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        function=function.value,
    )
    return member


@transaction.atomic
def extend_guest(
    member: Member,
    *,
    by: Person,
    until: datetime,
    reason: str,
    now: datetime,
    opener: Opener | None = None,
) -> Member:
    """Let a guest stay longer, with the reason; the last reason takes the place of the others."""
    case, _, member = _held(member, by)
    if member.until is None:
        msg = f"{member.person.name} is no guest: nothing ends by itself. {KEPT}"
        raise RuleError(msg)
    if until <= member.until:
        msg = f"Choose a day after the one on which it ends now. {KEPT}"
        raise RuleError(msg)
    _require_bounded(until, now=now)
    if not reason.strip():
        msg = f"Say why they stay longer. {KEPT}"
        raise RuleError(msg)
    if member.until <= now:
        msg = f"Their time is over already. Let them in anew. {KEPT}"
        raise RuleError(msg)
    member.until, member.end_told_at = until, None
    member.save(update_fields=["until", "end_told_at"])
    safes_of_reason = access.safe_of(case, Area.CORE)
    safes_of_reason.items.filter(row=member.pk, field=LONGER).delete()
    seal(case, member.pk, {LONGER: reason}, opener=opener)
    ledger.record(Verb.GUEST_EXTENDED, by=by.actor, at=now, subject=f"case:{case.pk}")
    return member


@transaction.atomic
def end_place(member: Member, *, by: Person, now: datetime) -> None:
    """Take somebody off a case with every key to it, at once; they can be let in again."""
    case, concerns, member = _held(member, by)
    if member.function == Function.LEAD:
        msg = f"Whoever leads steps off, or another takes the case over. {KEPT}"
        raise RuleError(msg)
    take_off(case, concerns, [member.person], by=by.actor, successor=None, now=now)
    ledger.record(
        Verb.PLACE_ENDED, by=by.actor, at=now, subject=f"case:{case.pk}", function=member.function
    )


def _held(member: Member, by: Person) -> tuple[Case, list[Concern], Member]:
    """Return a place, held after its case and concerns, or refuse whoever does not lead."""
    case = Case.objects.locked(member.case_id)
    access.require_lead(by, case)
    concerns = Concern.objects.held_of(case)
    held = Member.objects.select_related("person").select_for_update(of=("self",))
    place = held.get(pk=member.pk)
    if place.left_at is not None:
        msg = f"{place.person.name} is not on the case any more. {KEPT}"
        raise RuleError(msg)
    place.case = case
    return case, list(concerns), place


@transaction.atomic
def grant_view(case: Case, *, by: Person, person: Person, now: datetime) -> None:
    """Let an auditor see the metadata of one case."""
    access.require_deed(by, case, Deed.LET_IN)
    if not person.holds(Role.AUDITOR) or access.is_walled(person, list(case.walls.all())):
        msg = "Only an auditor can be given a case to sample. Nothing was changed."
        raise RuleError(msg)
    access.grant_view(case, person)
    ledger.record(Verb.CASE_VIEW_GRANTED, by=by.actor, at=now, subject=f"case:{case.pk}")
