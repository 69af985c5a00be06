"""Walls that go up late: somebody is named, or asked not to read it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from cases import access
from cases.access import Readers
from cases.actions.removal import holders_of_case, holders_of_concern, see_to_concern, take_off
from cases.lifecycle import Area, ConcernStatus, PartyRole
from cases.models import Case, Concern, Wall
from common import days
from common.asking import at_the_gate
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import REPORTER
from ledger.verbs import Verb
from people import actions as people
from people.models import Person
from safes import access as opening
from safes import actions as safes
from safes.models import Grant, MissingGrant
from safes.rules import Opener

WOULD_WALL_YOU = (
    "This would wall off you. Step off and let somebody else {instead} first: they can name them. "
    "Nothing was changed."
)

UNREAD = (
    "Its words are not open to you, so you cannot say whom it is about. Unlock what is sealed to "
    "you, or let somebody who reads it name them. Nobody was named."
)

# -- a subject is named ----------------------------------------------------------------


@transaction.atomic
def name_party(
    case: Case,
    *,
    by: Person,
    person: Person,
    now: datetime,
    role: PartyRole = PartyRole.SUBJECT,
) -> None:
    """Name a party: a wall goes up, and whoever stands behind it loses every key.

    Behind that of a subject stand those below them as well, of anybody else they and their
    delegates alone.

    The line at filing counts, however late somebody is named. A lead who stands behind the wall
    is followed by whoever names.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, case, Area.CONCERNS)
    concerns = Concern.objects.held_of(case)
    around = access.walls_around if role == PartyRole.SUBJECT else access.walls_before
    walls = around([person], since=_filed(concerns, now))
    involved = holders_of_case(case, concerns)
    behind = access.walled([*involved, by], walls)
    if by.pk in behind:
        raise RuleError(WOULD_WALL_YOU.format(instead="lead the case"))
    gone = [one for one in involved if one.pk in behind]
    take_off(case, concerns, gone, by=by.actor, successor=by, now=now)
    raise_walls(case, concerns, walls)
    ledger.record(
        Verb.PARTY_NAMED,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        role=role.value,
        walled=len(gone),
    )


@transaction.atomic
def name_party_of_concern(
    concern: Concern, *, by: Person, opener: Opener | None, person: Person, now: datetime
) -> None:
    """Name a subject before triage: a wall goes up, and whoever stands behind it loses every key.

    Whoever names can open the words, and so knows of whom they speak. Where nobody is left who
    can, the next in line is woken.
    """
    access.require_officer(by)
    access.require_visible(by, concern)
    concern = Concern.objects.locked(concern.pk)
    if concern.status != ConcernStatus.RECEIVED:
        msg = "This is triaged already. Name them on the page of its case. Nothing was changed."
        raise RuleError(msg)
    if opening.key_of(opener, concern.safe) is None:
        raise RuleError(UNREAD)
    walls = access.walls_around([person], since=_filed([concern], now))
    involved = holders_of_concern(concern)
    behind = access.walled([*involved, by], walls)
    if by.pk in behind:
        raise RuleError(WOULD_WALL_YOU.format(instead="look after it"))
    gone = [one for one in involved if one.pk in behind]
    take_off(None, [concern], gone, by=by.actor, successor=None, now=now)
    raise_walls(None, [concern], walls)
    ledger.record(
        Verb.PARTY_NAMED,
        by=by.actor,
        at=now,
        subject=concern.subject,
        role="subject",
        walled=len(gone),
    )


@transaction.atomic
def exclude_readers(concern: Concern, *, persons: Collection[Person], now: datetime) -> Readers:
    """Keep somebody away at the reporter's wish, and return who reads it from now on.

    The wall stands, the keys are taken and new epochs begin at once, so that what is written next
    opens for nobody behind it. What else they have (the lead, a place on the team) a worker takes
    within seconds: the door may not. Asked for twice, it is done once.
    """
    concern = Concern.objects.locked(concern.pk)
    if concern.status == ConcernStatus.DRAFT:
        msg = "This was not sent yet. Say on its page of people who must not read it."
        raise RuleError(msg)
    if not persons:
        msg = "Choose who should not read it. Nothing was changed."
        raise RuleError(msg)
    access.require_own_receipt(concern)
    walls = access.walls_around(persons, since=_filed([concern], now))
    readers = access.readers_of(concern, walls)
    standing = {(bytes(wall.blind), wall.since) for wall in concern.walls.all()}
    if standing.issuperset((bytes(wall.blind), wall.since) for wall in walls):
        return readers
    raise_walls(concern.case, [concern], walls)
    _take_keys(concern, walls, now=now)
    # of the anonymous no time is kept
    people.recheck(now=days.midnight(days.day_of(now)) if concern.is_anonymous else now)
    ledger.record(
        Verb.READERS_EXCLUDED,
        by=REPORTER,
        at=now,
        subject=concern.subject,
        anonymous=concern.is_anonymous,
        people=len(persons),
    )
    return readers


def _take_keys(concern: Concern, walls: Collection[Wall], *, now: datetime) -> None:
    """Take the keys to a concern from whoever stands behind walls, and see that somebody goes on.

    A case's safe comes first: it holds the next grants on its concerns by its newest key.
    """
    places = access.safes_of(concern)
    # whoever gives a key meanwhile comes before, and is found here, or after, and finds the wall
    with at_the_gate():
        safes.hold([safe.pk for safe in places])
    held = Grant.objects.filter(safe__in=places, person__isnull=False).select_related("person")
    waits = MissingGrant.objects.filter(safe__in=places).select_related("person")
    holding = {one.person for one in held if one.person} | {one.person for one in waits}
    behind = access.walled(holding, walls)
    gone = [one for one in holding if one.pk in behind]
    if not gone:
        return
    for safe in places:
        safes.remove(safe, gone)
    if concern.status == ConcernStatus.RECEIVED:
        see_to_concern(concern, now=now)


def _filed(concerns: Iterable[Concern], now: datetime) -> date:
    return min((one.filed_on for one in concerns if one.filed_on), default=days.day_of(now))


def raise_walls(case: Case | None, concerns: Iterable[Concern], walls: Sequence[Wall]) -> None:
    """Wall off a case and each of its concerns; a wall that stands already stays as it is.

    One from another day is another wall.
    """
    places: list[dict[str, Any]] = [{"concern": one} for one in concerns]
    if case is not None:
        places.insert(0, {"case": case})
    Wall.objects.bulk_create(
        [
            Wall(blind=wall.blind, why=wall.why, since=wall.since, **place)
            for wall in walls
            for place in places
        ],
        ignore_conflicts=True,
    )
