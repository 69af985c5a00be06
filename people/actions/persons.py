"""Persons and programs: add them, invite them, give programs their tokens."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import Actor
from ledger.verbs import Verb
from people import access, notices, rules
from people.actions.changes import ask_for_roles, require_apart
from people.models import ApiClient, ApiToken, Invitation, Person, ReportingLine, Unit
from people.rules import ETHICS, Role, Scope

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
    require_apart(roles)
    person = Person(
        username=username,
        name=name,
        email=email,
        unit=unit,
        manager=manager,
        roles=sorted(roles),
        is_on_duty=is_on_duty,
    )
    if Role.CUSTODIAN in person.roles:
        person.custodian_since = days.day_of(now)
    person.set_password(password)
    person.save(force_insert=True)
    if manager is not None:
        ReportingLine.objects.create(person=person, manager=manager, since=days.day_of(now))
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


@transaction.atomic
def invite(  # noqa: PLR0913 - these are the facts of a person
    *,
    username: str,
    name: str,
    email: str,
    by: Person,
    now: datetime,
    unit: Unit | None = None,
    manager: Person | None = None,
    roles: Sequence[Role] = (),
) -> Invitation:
    """Add somebody and send them a link by which they choose a password.

    Roles of the ethics office are asked for, and wait for a second person.
    """
    access.require(by, Role.ADMINISTRATOR)
    if Person.objects.filter(username=username).exists():
        msg = "This user name is taken. Nobody was invited; choose another."
        raise RuleError(msg)
    require_apart(roles)
    plain = [role for role in roles if role not in ETHICS]
    person = add_person(
        username=username,
        name=name,
        email=email,
        unit=unit,
        manager=manager,
        roles=plain,
        by=by.actor,
        now=now,
    )
    if set(roles) != set(plain):
        ask_for_roles(person, roles=roles, by=by, now=now)
    return invite_again(person, by=by, now=now)


@transaction.atomic
def invite_again(person: Person, *, by: Person, now: datetime) -> Invitation:
    """Send a new link to somebody who has no password yet; the older ones open nothing more."""
    access.require(by, Role.ADMINISTRATOR)
    if person.has_usable_password() or not person.is_active:
        msg = "This person has a password already, or has left. No link was sent."
        raise RuleError(msg)
    person.invitations.filter(used_at=None).update(used_at=now)
    invitation = Invitation.objects.create(person=person, expires_at=now + settings.INVITATION_LIFE)
    ledger.post(notices.invited(invitation, now=now))
    ledger.record(Verb.PERSON_INVITED, by=by.actor, at=now, subject=f"person:{person.pk}")
    return invitation


@transaction.atomic
def accept_invitation(invitation: Invitation, *, password: str, now: datetime) -> Person:
    """Let somebody who has the link choose a password, once and in time."""
    person = Person.objects.select_for_update().get(pk=invitation.person_id)
    invitation.refresh_from_db()
    if not can_be_accepted(invitation, person, now=now):
        msg = "This link was used already or is too old. Ask an administrator for a new one."
        raise RuleError(msg)
    invitation.used_at = now
    invitation.save(update_fields=["used_at"])
    person.set_password(password)
    person.save(update_fields=["password"])
    ledger.record(Verb.INVITATION_ACCEPTED, by=person.actor, at=now, subject=f"person:{person.pk}")
    return person


def can_be_accepted(invitation: Invitation, person: Person, *, now: datetime) -> bool:
    """Return whether an invitation still opens something."""
    return (
        invitation.used_at is None
        and invitation.expires_at > now
        and person.may_sign_in
        and not person.has_usable_password()
    )
