"""Who stands close to whom: lines, declared ties and delegations."""

from datetime import date, datetime

from django.db import transaction

from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import Actor
from ledger.verbs import Verb
from people import notices
from people.models import Delegation, Person, Recheck, ReportingLine, Tie


@transaction.atomic
def change_manager(person: Person, *, manager: Person | None, by: Actor, now: datetime) -> None:
    """Let somebody report to somebody else; the line of before is kept for walls of before."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.manager == manager:
        return
    require_no_circle(person, manager)
    today = days.day_of(now)
    ended = person.lines.filter(until=None, manager=person.manager).update(until=today)
    if not ended and person.manager is not None:
        # nobody wrote down when it began
        ReportingLine.objects.create(
            person=person, manager=person.manager, since=date.min, until=today
        )
    if manager is not None:
        ReportingLine.objects.create(person=person, manager=manager, since=today)
    before, person.manager = person.manager, manager
    person.save(update_fields=["manager"])
    recheck(now=now)
    ledger.record(Verb.LINE_CHANGED, by=by, at=now, subject=f"person:{person.pk}")
    ledger.post(notices.line_changed(person, before, manager, now=now))


def require_no_circle(person: Person, manager: Person | None) -> None:
    """Refuse a line that leads back to whoever stands in it."""
    if manager is None:
        return
    if manager == person or Person.objects.below([person]).filter(pk=manager.pk).exists():
        msg = "Nobody reports to themselves, nor to somebody below them. Nothing was changed."
        raise RuleError(msg)


@transaction.atomic
def declare_tie(person: Person, *, about: Person, now: datetime) -> Tie:
    """Declare that one is too close to somebody: their walls stand before one from now on.

    It binds whoever declares it and nobody else: else anybody could keep the office away from
    themselves by naming all of it.
    """
    if about == person:
        msg = "You cannot be in conflict with yourself. Choose somebody else. Nothing was changed."
        raise RuleError(msg)
    if person.ties.filter(about=about, until=None).exists():
        msg = f"You declared this about {about.name} already. Nothing was changed."
        raise RuleError(msg)
    tie = Tie.objects.create(person=person, about=about, since=days.day_of(now))
    recheck(now=now)
    ledger.record(Verb.TIE_DECLARED, by=person.actor, at=now, subject=f"tie:{tie.pk}")
    return tie


@transaction.atomic
def end_tie(tie: Tie, *, now: datetime) -> None:
    """Say that a tie is over: it counts no more for what is filed from tomorrow on."""
    Tie.objects.filter(pk=tie.pk, until=None).update(until=days.day_of(now))
    ledger.record(Verb.TIE_ENDED, by=tie.person.actor, at=now, subject=f"tie:{tie.pk}")


@transaction.atomic
def delegate(
    person: Person,
    *,
    to: Person,
    since: date,
    now: datetime,
    until: date | None = None,
    named_by: Person | None = None,
) -> Delegation:
    """Ask somebody to act for one, or for whoever cannot ask (`named_by`); it counts once accepted.

    Used with `named_by` inside the act by which somebody else says that a person is away. Whoever
    is away on the first day is refused within the office alone: to others it would answer, and
    leave no trace, when somebody of another department is away.
    """
    if to == person:
        msg = "Nobody stands in for themselves. Choose somebody else. Nothing was changed."
        raise RuleError(msg)
    if until is not None and until < max(since, days.day_of(now)):
        msg = "The last day is before the first, or over. Choose a later one. Nothing was changed."
        raise RuleError(msg)
    if person.is_office and to.is_office and to.absences.on(since).exists():
        msg = (
            f"{to.name} is away on that day. Ask somebody else, or from a later day on. Nobody was "
            "asked."
        )
        raise RuleError(msg)
    made = Delegation.objects.create(
        person=person, delegate=to, since=since, until=until, named_by=named_by
    )
    subject, by = f"delegation:{made.pk}", (named_by or person).actor
    ledger.record(Verb.DELEGATION_MADE, by=by, at=now, subject=subject)
    return made


@transaction.atomic
def accept_delegation(delegation: Delegation, *, now: datetime) -> None:
    """Act for somebody: what they must not come near, their delegate must not either."""
    delegation = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    if delegation.accepted_on is not None:
        return
    if delegation.until is not None and delegation.until < days.day_of(now):
        msg = "This is over already, so there is nothing to accept. Nothing was changed."
        raise RuleError(msg)
    delegation.accepted_on = days.day_of(now)
    delegation.save(update_fields=["accepted_on"])
    recheck(now=now)
    subject = f"delegation:{delegation.pk}"
    by = delegation.delegate.actor
    ledger.record(Verb.DELEGATION_ACCEPTED, by=by, at=now, subject=subject)


@transaction.atomic
def end_delegation(delegation: Delegation, *, by: Person, now: datetime) -> None:
    """End a delegation today; one that has not begun yet ends on its first day."""
    delegation = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    last = max(days.day_of(now), delegation.since)
    if delegation.until is None or delegation.until > last:
        delegation.until = last
        delegation.save(update_fields=["until"])
    subject = f"delegation:{delegation.pk}"
    ledger.record(Verb.DELEGATION_ENDED, by=by.actor, at=now, subject=subject)


def recheck(*, now: datetime) -> None:
    """Let a worker take keys from whoever stands behind a wall by this change."""
    Recheck.objects.create(at=now)
