"""Ask people to acknowledge a policy: campaigns, and what workers do for them in batches."""

import math
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction

from common import days
from common.errors import RuleError
from escalation import actions as escalation
from escalation.actions.alarms import could_not_go_on
from escalation.lifecycle import COUNTING
from escalation.models import Calendar, CalendarOfUnit, Clock, Standard, TimedPromise
from escalation.rules import Limit
from escalation.rules.ladders import flaws_of_time
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import SYSTEM, Actor, Fact
from ledger.verbs import Verb
from people.models import Person, Unit
from people.rules import Role
from policies import access
from policies.actions.reading import READ
from policies.models import (
    CLOCKS_OF,
    CLOCKS_OF_READERS,
    Acknowledgement,
    Campaign,
    Policy,
    PolicyVersion,
)
from policies.rules.coverage import FEWEST

ASKING = "campaign"
# of a transaction: a worker that dies loses no more than one
BATCH = 500


@dataclass(frozen=True)
class Audience:
    """Who is asked: everybody of these units, or with one of these roles; else everybody."""

    units: Sequence[Unit] = ()
    roles: Sequence[Role] = ()


@transaction.atomic
def start_campaign(
    policy: Policy,
    *,
    by: Person,
    audience: Audience,
    limit: Limit,
    is_material: bool,
    now: datetime,
) -> Campaign:
    """Ask for acknowledgements of the version in force; workers ask everybody, batch by batch.

    `is_material`: whoever acknowledged an earlier version is asked again, now and for every later
    version of which they are asked.
    """
    access.require_asking(by, policy)
    version = PolicyVersion.objects.in_force(days.day_of(now)).filter(policy=policy).first()
    if version is None:
        msg = (
            "No version of this policy is in force yet, so there is nothing to acknowledge. Nobody "
            "was asked."
        )
        raise RuleError(msg)
    campaign = Campaign(
        policy=policy,
        version=version,
        units=[unit.pk for unit in audience.units],
        roles=sorted(audience.roles),
        limit=limit.code,
        is_material=is_material,
        started_by=by,
        started_at=now,
    )
    _refuse_senseless(campaign)
    _refuse_too_short(campaign, now=now)
    try:
        with transaction.atomic():
            campaign.save(force_insert=True)
    except IntegrityError:
        msg = (
            "People are being asked to read this policy already. End that first. Nobody else was "
            "asked."
        )
        raise RuleError(msg) from None
    if campaign.audience().count() >= FEWEST:
        _start(campaign, now=now)
    _record(
        Verb.CAMPAIGN_STARTED,
        campaign,
        by=by.actor,
        now=now,
        limit=limit.code,
        units=len(campaign.units),
        roles=",".join(campaign.roles),
        material=is_material,
    )
    return campaign


def _refuse_senseless(campaign: Campaign) -> None:
    if campaign.units and campaign.roles:
        msg = "Choose units or parts, not both. Nobody was asked."
        raise RuleError(msg)
    if campaign.within == Limit():
        msg = "This would be over as soon as it begins. Give people some time. Nobody was asked."
        raise RuleError(msg)
    is_chosen = bool(campaign.units or campaign.roles)
    if is_chosen and campaign.audience().count() < FEWEST:
        msg = (
            f"These are fewer than {FEWEST} people, so any figure would point at somebody. Choose "
            "more of them, or everybody. Nobody was asked."
        )
        raise RuleError(msg)


def _refuse_too_short(campaign: Campaign, *, now: datetime) -> None:
    """Refuse a time in which the reminders of the office's paths would come before the start."""
    by = Calendar.objects.of(None).hours
    for one in _promised(READ, campaign.within) + _promised(ASKING, campaign.within):
        found = flaws_of_time(one.path.ladder, limits=[campaign.within], by=by, at=now)
        if found:
            msg = (
                f"{campaign.within} is too short for the path {one.path.path.name}. "
                f"{found[0].says} Give people more time. Nobody was asked."
            )
            raise RuleError(msg)


def _promised(kind: str, limit: Limit) -> list[TimedPromise]:
    """Return what the engine needs: the office's path for this kind, with the campaign's time."""
    return [one._replace(limit=limit) for one in Standard.objects.timed(kind)]


@transaction.atomic
def end_campaign(campaign: UUID, *, by: Person, now: datetime) -> None:
    """Ask no more; workers take it off the lists of those who have not read it."""
    held = Campaign.objects.select_for_update(of=("self",)).select_related("policy", "version")
    one = held.get(pk=campaign)
    access.require_asking(by, one.policy)
    if one.ended_at is not None:
        msg = "It is over already. Nothing was changed."
        raise RuleError(msg)
    _end(one, by=by, why="by_hand", now=now)


def _end(campaign: Campaign, *, by: Person | None, why: str, now: datetime) -> None:
    campaign.ended_at, campaign.ended_by = now, by
    campaign.save(update_fields=["ended_at", "ended_by"])
    _meet(campaign, now=now)
    actor = by.actor if by else SYSTEM
    _record(Verb.CAMPAIGN_ENDED, campaign, by=actor, now=now, why=why)


def _start(campaign: Campaign, *, now: datetime) -> None:
    """Start the time limit of whoever asks; of fewer than eleven its end would tell of persons."""
    owner = campaign.policy.owner
    escalation.start(
        subject_kind=CLOCKS_OF,
        subject_id=campaign.policy.key,
        start=now,
        promises=_promised(ASKING, campaign.within),
        calendar=Calendar.objects.of(owner.unit),
        owner=owner,
    )


def _meet(campaign: Campaign, *, now: datetime) -> None:
    """Meet the time limit of whoever asks, if it still runs."""
    escalation.meet(subject_kind=CLOCKS_OF, subject_id=campaign.policy.key, kind=ASKING, now=now)


def _record(verb: Verb, campaign: Campaign, *, by: Actor, now: datetime, **facts: Fact) -> None:
    subject = f"policy:{campaign.policy.code}"
    told = {"version": campaign.version.n, **facts}
    ledger.record_all([Act(verb, by, now, subject, facts=told)])


# -- what workers do -------------------------------------------------------------------------


def see_to_campaigns(*, now: datetime, seconds: float = math.inf) -> None:
    """Release whoever is asked no more, ask whoever was not asked yet; after `seconds` leave it.

    Released first: whoever a new campaign asks for the same version owes it under the old one till
    then. What fails keeps nothing else; the heads are told of it, and it is raised at the end.
    """
    began = time.monotonic()
    failed: Exception | None = None
    running = Campaign.objects.running().order_by("started_at").values_list("pk", "policy__key")
    release = partial(_release_some, now=now)
    asking = [(key, partial(_ask_some, pk, now=now)) for pk, key in running]
    works: list[tuple[UUID | None, Callable[[], int]]] = [(None, release), *asking]
    # and what another version just followed
    works.append((None, release))
    for key, work in works:
        try:
            while time.monotonic() - began < seconds and work() == BATCH:
                pass
        except Exception as error:  # noqa: BLE001 - nothing about one campaign ends the others
            failed = error
            if key is not None:
                could_not_go_on(key, error, now=now)
    if failed is not None:
        raise failed


@transaction.atomic
def _ask_some(campaign: UUID, *, now: datetime) -> int:
    """Ask some of whoever was not asked yet; return how many."""
    held = Campaign.objects.running().select_for_update(skip_locked=True, of=("self",))
    one = held.filter(pk=campaign).select_related("policy__owner__unit", "version").first()
    if one is None:
        return 0
    if _is_superseded(one, now=now):
        _end(one, by=None, why="superseded", now=now)
        return 0
    persons = list(one.missing().select_related("unit")[:BATCH])
    if persons:
        _ask(one, persons, now=now)
    owed = Acknowledgement.objects.owed().filter(version=one.version_id)
    if not persons and not owed.exists():
        _meet(one, now=now)
    elif persons and not _is_watched(one) and _may_be_told(one):
        _start(one, now=now)
    return len(persons)


def _is_watched(campaign: Campaign) -> bool:
    about = Clock.objects.about(CLOCKS_OF, [campaign.policy.key])
    return about.filter(kind=ASKING, state__in=COUNTING).exists()


def _may_be_told(campaign: Campaign) -> bool:
    of_each = Acknowledgement.objects.of_each().filter(version=campaign.version_id)
    return of_each.count() >= FEWEST


def _is_superseded(campaign: Campaign, *, now: datetime) -> bool:
    in_force = PolicyVersion.objects.in_force(days.day_of(now)).filter(policy=campaign.policy_id)
    return not in_force.filter(pk=campaign.version_id).exists()


def _ask(campaign: Campaign, persons: Sequence[Person], *, now: datetime) -> None:
    asked = [
        Acknowledgement(
            campaign=campaign,
            version=campaign.version,
            person=person,
            unit=person.unit,
            asked_at=now,
        )
        for person in persons
    ]
    Acknowledgement.objects.bulk_create(asked)
    Clock.objects.bulk_create(_clocks(asked, campaign.within, now=now))
    _record(Verb.READERS_ASKED, campaign, by=SYSTEM, now=now, count=len(asked))


def _clocks(asked: Sequence[Acknowledgement], limit: Limit, *, now: datetime) -> Iterator[Clock]:
    """Yield the clock of each, by the calendar of their unit."""
    promises = _promised(READ, limit)
    own = _calendars({one.unit_id for one in asked if one.unit_id})
    office = Calendar.objects.of(None)
    for one in asked:
        yield from escalation.clocks_for(
            subject_kind=CLOCKS_OF_READERS,
            subject_id=one.pk,
            start=now,
            promises=promises,
            calendar=own.get(one.unit_id, office),
            owner=one.person,
            unit=one.unit,
        )


def _calendars(units: Collection[UUID]) -> Mapping[UUID | None, Calendar]:
    """Return the calendars of units that have one of their own, each once: its days are kept."""
    given = CalendarOfUnit.objects.filter(unit__in=units)
    which = dict(given.values_list("unit_id", "calendar_id"))
    calendars = Calendar.objects.in_bulk(set(which.values()))
    return {unit: calendars[calendar] for unit, calendar in which.items()}


@transaction.atomic
def _release_some(*, now: datetime) -> int:
    """Release some of whoever left, or was asked by a campaign that is over; return how many."""
    held = Acknowledgement.objects.superfluous().order_by("pk")
    some = list(held.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    for one in some:
        escalation.cancel(subject_kind=CLOCKS_OF_READERS, subject_id=one.pk, now=now)
    Acknowledgement.objects.filter(pk__in=[one.pk for one in some]).update(released_at=now)
    counts = Counter(one.campaign_id for one in some)
    campaigns = Campaign.objects.select_related("policy", "version").in_bulk(counts)
    for pk, count in sorted(counts.items()):
        released = campaigns[pk]
        _record(Verb.READERS_RELEASED, released, by=SYSTEM, now=now, count=count)
    return len(some)
