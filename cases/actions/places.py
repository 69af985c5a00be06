"""A place on a case, and the keys that belong to it: used inside the acts that let somebody in."""

from collections.abc import Collection, Sequence
from datetime import datetime

from cases import access
from cases.lifecycle import Area, Function, areas_of
from cases.models import Case, Concern, Member, place_of
from common.asking import at_the_gate
from common.errors import RuleError
from people.models import Person
from people.rules import Role
from safes import access as opening
from safes import actions as safes
from safes.actions import Holder
from safes.models import Grant, Safe
from safes.rules import Opener


def function_of(person: Person, lead: Person) -> Function:
    """Return in which function somebody joins the team of a case, if nothing else is said."""
    if person == lead:
        return Function.LEAD
    if person.holds(Role.INDEPENDENT):
        return Function.INDEPENDENT
    return Function.INVESTIGATOR


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


def placed(
    case: Case,
    person: Person,
    function: Function,
    *,
    now: datetime,
    areas: Collection[Area] | None = None,
    until: datetime | None = None,
) -> Member:
    """Return a place on a case, unsaved; of what the function sees, `areas` may be less."""
    return Member(
        case=case,
        person=person,
        function=function,
        areas=[one.value for one in areas_of(function) if areas is None or one in areas],
        since=now,
        until=until,
        **place_of(case),
    )


def give_place(case: Case, person: Person, function: Function, *, now: datetime) -> Member:
    """Return the place of somebody on a case, a new one unless they have one."""
    had = Member.objects.standing().filter(case=case, person=person).first()
    if had is not None:
        return had
    member = placed(case, person, function, now=now)
    member.save(force_insert=True)
    return member


def safes_of_team(case: Case) -> list[Safe]:
    """Return every safe of a case but those of its concerns, whoever asks: keys change in all."""
    with at_the_gate():
        return access.safes_of_case(case)


def open_apart(case: Case, lead: Person, *, now: datetime) -> None:
    """Let a new lead open what is set apart: now, or after a visit of whoever can."""
    for safe in safes_of_team(case)[1:]:
        if not safes.activate(safe, lead):
            safes.miss(safe, [lead], now=now)


def step_back(case: Case, before: Person) -> None:
    """Take from a former lead what only a lead may see, unless nobody else could open it then."""
    with at_the_gate():
        team = Member.objects.standing().filter(case=case, person=before)
        areas = areas_of(Function.INVESTIGATOR)
        if not team.filter(function=Function.INVESTIGATOR).update(areas=areas):
            return
        apart = case.compartments.exclude(area__in=areas).select_related("safe")
        for safe in [one.safe for one in apart]:
            safes.take_from(safe, [before])
            if not Grant.objects.filter(safe=safe, person=before).exists():
                # a new epoch: what is written from now on does not open to them
                safes.remove(safe, [before])


def open_to(member: Member, concerns: Sequence[Concern], *, now: datetime) -> None:
    """Let somebody open what their place lets them see: now, or after a visit of whoever can.

    A dormant key wakes. To what was filed a key of their own is no more needed than its case's.
    """
    case, person = member.case, member.person
    places = access.safes_for(case, member.areas)
    for safe in places:
        if not safes.activate(safe, person):
            safes.miss(safe, [person], now=now)
    if Area.CONCERNS in member.areas:
        for concern in concerns:
            safes.activate(concern.safe, person)
