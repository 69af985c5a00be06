"""What we tell people by mail: that something waits, never what."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from cases.models import Concern, IdentityRequest, Message, Task
from common import days
from escalation.notices import MAIL
from ledger.actions import Notice
from people.models import Person


def concern_filed(concern: Concern, persons: Iterable[Person], *, now: datetime) -> list[Notice]:
    """Tell who reads it."""
    at = _told_at(concern, now)
    return [_to_person(person, "concern_filed", concern, concern.ref, at=at) for person in persons]


def reporter_wrote(message: Message, persons: Iterable[Person], *, now: datetime) -> list[Notice]:
    """Tell the team that the reporter wrote."""
    concern = message.concern
    at = _told_at(concern, now)
    identity = f"{concern.ref}:{message.n}"
    return [_to_person(person, "reporter_wrote", concern, identity, at=at) for person in persons]


def danger_seen(concern: Concern, persons: Iterable[Person], *, now: datetime) -> list[Notice]:
    """Tell that somebody of the office saw danger in it: it waits for nothing."""
    return [_to_person(one, "danger_seen", concern, concern.ref, at=now) for one in persons]


def _told_at(concern: Concern, now: datetime) -> datetime:
    """Return when it is told: of the anonymous within two hours, so that no mail tells the time.

    Danger that its reporter named does not wait, as they were told before sending; from the day's
    midnight on, so that the row does not tell the time either. What the office takes to be urgent
    changes nothing here: nobody can tell the reporter that their next word shows its time.
    """
    if not concern.is_anonymous:
        return now
    if concern.is_told_at_once:
        return days.midnight(days.day_of(now))
    return days.blurred(now)


def team_wrote(message: Message, *, now: datetime) -> list[Notice]:
    """Tell the reporter that something waits, if they left an address."""
    if not message.concern.notify:
        return []
    return [
        Notice(
            identity=f"team_wrote:{message.pk}",
            channel=MAIL,
            to=message.concern.notify,
            template="team_wrote",
            at=now,
            context={},
        )
    ]


def assigned(concern: Concern, person: Person, *, now: datetime) -> list[Notice]:
    """Tell somebody that a concern is theirs."""
    return [
        _to_person(person, "concern_assigned", concern, f"{concern.ref}:{now.isoformat()}", at=now)
    ]


def identity_asked(
    request: IdentityRequest, custodians: Iterable[Person], *, now: datetime
) -> list[Notice]:
    """Tell the custodians that a request waits; whose identity, and of what, it does not say."""
    return [
        _to_person(person, "identity_asked", request, request.ref, at=now) for person in custodians
    ]


def identity_decided(request: IdentityRequest, *, now: datetime) -> list[Notice]:
    """Tell whoever asked that it was decided, and not how."""
    return [_to_person(request.requested_by, "identity_decided", request, request.ref, at=now)]


def handed_over(reference: str, person: Person, *, now: datetime) -> list[Notice]:
    """Tell somebody that they lead a case from now on."""
    return [
        Notice(
            identity=f"case_handed:{reference}:{now.isoformat()}:{person.pk}",
            channel=MAIL,
            to=f"person:{person.pk}",
            template="concern_assigned",
            at=now,
            context={"name": person.name, "reference": reference},
        )
    ]


def nobodys(concern: Concern, persons: Iterable[Person], *, now: datetime) -> list[Notice]:
    """Tell that nobody looks after it any more: its clock may have told everybody already."""
    identity = f"{concern.ref}:{now.isoformat()}"
    return [_to_person(one, "concern_nobodys", concern, identity, at=now) for one in persons]


def taken(reference: str, before: Person, after: Person, *, now: datetime) -> list[Notice]:
    """Tell somebody that what they looked after is somebody else's from now on."""
    return [
        Notice(
            identity=f"clock_taken:{reference}:{now.isoformat()}:{before.pk}",
            channel=MAIL,
            to=f"person:{before.pk}",
            template="clock_taken",
            at=now,
            context={"name": before.name, "reference": reference, "who": after.name},
        )
    ]


def guest_ends(
    reference: str, lead: Person, place: UUID, until: datetime, *, now: datetime
) -> list[Notice]:
    """Tell the lead of a case that the time of a guest on it ends; who it is, it does not say."""
    return [
        Notice(
            identity=f"guest_ends:{place}:{until.isoformat()}",
            channel=MAIL,
            to=f"person:{lead.pk}",
            template="guest_ends",
            at=now,
            context={"name": lead.name, "reference": reference},
        )
    ]


def task_given(task: Task, person: Person, *, now: datetime) -> list[Notice]:
    """Tell somebody that a task of whoever left is theirs from now on."""
    return [
        Notice(
            identity=f"task_given:{task.pk}:{now.isoformat()}:{person.pk}",
            channel=MAIL,
            to=f"person:{person.pk}",
            template="task_given",
            at=now,
            context={"name": person.name, "reference": task.about.ref},
        )
    ]


def _to_person(
    person: Person, template: str, about: Concern | IdentityRequest, identity: str, *, at: datetime
) -> Notice:
    return Notice(
        identity=f"{template}:{identity}:{person.pk}",
        channel=MAIL,
        to=f"person:{person.pk}",
        template=template,
        at=at,
        context={"name": person.name, "reference": about.ref},
    )
