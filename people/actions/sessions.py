"""Come, go and be refused: what the ledger keeps of sign-ins, and the ends of sessions."""

from datetime import datetime

from django.db import transaction

from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import ANYBODY, Actor
from ledger.verbs import Verb
from people import notices
from people.models import Person, Session


def sign_in(person: Person, *, now: datetime, how: str = "password", second: str = "") -> None:
    """Record that somebody signed in; Django's own sign-in keeps `last_login`."""
    ledger.record(
        Verb.SIGNED_IN,
        by=person.actor,
        at=now,
        subject=f"person:{person.pk}",
        how=how,
        second=second,
    )


def show_again(person: Person, *, how: str, now: datetime) -> None:
    """Record that somebody showed within a session who they are."""
    ledger.record(Verb.SHOWN_AGAIN, by=person.actor, at=now, subject=f"person:{person.pk}", how=how)


def sign_out(person: Person, *, now: datetime) -> None:
    """Record that somebody signed out."""
    ledger.record(Verb.SIGNED_OUT, by=person.actor, at=now, subject=f"person:{person.pk}")


def refuse_sign_in(*, now: datetime, reason: str = "credentials") -> None:
    """Record a refused sign-in, without the name that was tried: it may be a password."""
    day = days.day_of(now)
    ledger.record(Verb.SIGN_IN_REFUSED, by=ANYBODY, at=now, subject=f"sign-in:{day}", reason=reason)


def deny(*, by: Actor, route: str, now: datetime) -> None:
    """Record that somebody was refused; called after the refused act was rolled back."""
    ledger.record(Verb.ACCESS_DENIED, by=by, at=now, subject=f"route:{route}", route=route)


@transaction.atomic
def end_sessions(
    person: Person,
    *,
    by: Actor,
    reason: str,
    now: datetime,
    only: str = "",
    keep: str = "",
) -> int:
    """End a person's sessions at once: all, all but one, or one; return how many there were.

    Sessions are named by the digest of their key, as they stand in the database.
    """
    ending = Session.objects.open_of(person, now).exclude(pk=keep)
    if only:
        ending = ending.filter(pk=only)
    count, _ = ending.order_by().delete()
    if count:
        ledger.record(
            Verb.SESSIONS_ENDED,
            by=by,
            at=now,
            subject=f"person:{person.pk}",
            reason=reason,
            count=count,
        )
    return count


@transaction.atomic
def change_password(person: Person, *, old: str, new: str, now: datetime, keep: str = "") -> None:
    """Change one's password; every other session ends, and a mail says that it was changed."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if not person.check_password(old):
        msg = "That is not your password. Nothing was changed; try again."
        raise RuleError(msg)
    person.set_password(new)
    person.save(update_fields=["password"])
    ledger.record(Verb.PASSWORD_CHANGED, by=person.actor, at=now, subject=f"person:{person.pk}")
    end_sessions(person, by=person.actor, reason="password", now=now, keep=keep)
    ledger.post(notices.changed(person, "password", now=now))
