"""Every change to persons and programs, and the record of who came and who was refused."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import ANYBODY, Actor
from ledger.verbs import Verb
from people import rules
from people.models import ApiClient, ApiToken, Person, Unit
from people.rules import Role, Scope

TOKEN_LIFE = timedelta(days=365)


@transaction.atomic
def add_person(  # noqa: PLR0913 - these are the facts of a person
    *,
    username: str,
    name: str,
    by: Actor,
    now: datetime,
    email: str = "",
    unit: Unit | None = None,
    manager: Person | None = None,
    roles: Sequence[Role] = (),
    is_on_duty: bool = False,
    password: str | None = None,
) -> Person:
    """Add somebody; without a password they cannot sign in yet."""
    person = Person(
        username=username,
        name=name,
        email=email,
        unit=unit,
        manager=manager,
        roles=sorted(roles),
        is_on_duty=is_on_duty,
    )
    person.set_password(password)
    person.save(force_insert=True)
    ledger.record(
        Verb.PERSON_ADDED,
        by=by,
        at=now,
        subject=f"person:{person.pk}",
        roles=",".join(person.roles),
    )
    return person


@transaction.atomic
def add_client(
    *, name: str, owner: Person, scopes: Sequence[Scope], by: Actor, now: datetime
) -> ApiClient:
    """Register a program and what it may do."""
    client = ApiClient(name=name, owner=owner, scopes=sorted(scopes))
    client.save(force_insert=True)
    ledger.record(Verb.CLIENT_ADDED, by=by, at=now, subject=f"client:{client.pk}")
    return client


@transaction.atomic
def issue_token(
    client: ApiClient, *, by: Actor, now: datetime, life: timedelta = TOKEN_LIFE
) -> str:
    """Return a new token of a program: it is shown this once, and only its hash is kept."""
    if life > TOKEN_LIFE:
        msg = f"A token lives for {TOKEN_LIFE.days} days at the most. Choose an earlier date."
        raise RuleError(msg)
    token, prefix = rules.new_token()
    ApiToken.objects.create(
        prefix=prefix, digest=rules.token_digest(token), client=client, expires_at=now + life
    )
    ledger.record(
        Verb.TOKEN_ISSUED,
        by=by,
        at=now,
        subject=f"client:{client.pk}",
        scopes=",".join(client.scopes),
        expires_on=str((now + life).date()),
    )
    return token


def sign_in(person: Person, *, now: datetime) -> None:
    """Record that somebody signed in; Django's own sign-in keeps `last_login`."""
    ledger.record(Verb.SIGNED_IN, by=person.actor, at=now, subject=f"person:{person.pk}")


def sign_out(person: Person, *, now: datetime) -> None:
    """Record that somebody signed out."""
    ledger.record(Verb.SIGNED_OUT, by=person.actor, at=now, subject=f"person:{person.pk}")


def refuse_sign_in(*, now: datetime) -> None:
    """Record a refused sign-in, without the name that was tried: it may be a password."""
    day = days.day_of(now)
    ledger.record(
        Verb.SIGN_IN_REFUSED, by=ANYBODY, at=now, subject=f"sign-in:{day}", reason="credentials"
    )


def deny(*, by: Actor, route: str, now: datetime) -> None:
    """Record that somebody was refused; called after the refused act was rolled back."""
    ledger.record(Verb.ACCESS_DENIED, by=by, at=now, subject=f"route:{route}", route=route)
