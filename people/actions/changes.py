"""What two persons do to a third: change roles or line, part with them, take factors, lift a lock.

One asks and another confirms; a lock begins at once, by one, and is lifted by another.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import Actor, Fact
from ledger.verbs import Verb
from people import access, notices
from people.actions.sessions import end_sessions
from people.actions.ties import change_manager, require_no_circle
from people.models import AccountChange, ApiClient, ApiToken, Person
from people.rules import ETHICS, LASTING, Role, clash

Kind = AccountChange.Kind
# what these acts look at in an account
LOOKED_AT = ("roles", "is_active", "is_locked", "is_on_duty", "enrol_by", "custodian_since")


def hold(person: Person) -> None:
    """Hold an account until the commit, with those that the office cannot be without; read it.

    Two acts at once would otherwise each count on whom the other parts with.
    """
    lasting = Q(is_active=True, roles__overlap=list(LASTING))
    held = Person.objects.filter(lasting | Q(pk=person.pk)).select_for_update(no_key=True)
    list(held.order_by("pk").values_list("pk"))
    person.refresh_from_db(fields=LOOKED_AT)


def require_apart(roles: Iterable[str]) -> None:
    """Refuse roles that must not meet in one person."""
    if msg := clash(roles):
        raise RuleError(msg)


def require_others(person: Person, roles: Iterable[str]) -> None:
    """Refuse to take a role, which the office cannot be without, from its last holder."""
    for role in LASTING:
        others = Person.objects.holding(role).filter(is_locked=False).exclude(pk=person.pk)
        if role in roles and role in person.roles and not others.exists():
            msg = (
                f"{person.name} is the only {role.label.lower()}. Nothing was changed; give the "
                "role to somebody else first."
            )
            raise RuleError(msg)


@transaction.atomic
def ask_for_roles(
    person: Person, *, roles: Iterable[Role], by: Person, now: datetime
) -> AccountChange | None:
    """Change roles; those of the ethics office wait for a second person, and None says it is done.

    Taking an ethics role away needs a second person as well: it could silence an officer.
    """
    access.require(by, Role.ADMINISTRATOR)
    hold(person)
    wanted = [str(role) for role in sorted(set(roles))]
    if wanted == sorted(person.roles):
        msg = "These are the roles already. Nothing was changed."
        raise RuleError(msg)
    require_apart(wanted)
    require_others(person, set(person.roles) - set(wanted))
    if not set(ETHICS).isdisjoint(set(wanted) ^ set(person.roles)):
        return _ask(person, Kind.ROLES, Verb.ROLES_ASKED, by=by, now=now, roles=wanted)
    _require_none_waits(person, Kind.ROLES)
    _give(person, wanted, by=by, now=now)
    return None


@transaction.atomic
def ask_for_line(
    person: Person, *, manager: Person | None, by: Person, now: datetime
) -> AccountChange:
    """Ask that somebody reports to somebody else; a second person approves, since walls follow.

    What comes from the personnel system (`change_manager`) takes nobody's word here.
    """
    access.require(by, Role.ADMINISTRATOR)
    hold(person)
    if person == by:
        msg = "Another administrator changes to whom you report. Nothing was changed."
        raise RuleError(msg)
    _require_in_line(person, manager)
    if person.manager == manager:
        msg = "That is the line already. Nothing was changed."
        raise RuleError(msg)
    require_no_circle(person, manager)
    return _ask(person, Kind.LINE, Verb.LINE_ASKED, by=by, now=now, manager=manager)


def _require_in_line(person: Person, manager: Person | None) -> None:
    if not person.is_active or (manager is not None and not manager.is_active):
        msg = "Somebody who has left stands in no line. Nothing was changed."
        raise RuleError(msg)


def require_may_leave(person: Person, *, by: Person) -> None:
    """Hold somebody's account, or refuse to part with them."""
    access.require(by, Role.ADMINISTRATOR)
    hold(person)
    require_here(person)
    if person == by:
        msg = "You cannot remove yourself. Another administrator has to do it."
        raise RuleError(msg)
    require_others(person, person.roles)


def begin_leaving(person: Person, *, by: Person, now: datetime) -> AccountChange | None:
    """Let somebody leave; whoever has a role of the ethics office, once a second person confirms.

    None says that it is done: sessions, tokens, second factors, links and the password have ended.
    A part of `safes.actions.part_with`, which asked `require_may_leave` and sees to the keys.
    """
    if person.holds(*ETHICS):
        return _ask(person, Kind.LEAVING, Verb.LEAVING_ASKED, by=by, now=now)
    _leave(person, by=by, now=now)
    return None


@transaction.atomic
def ask_for_reset(person: Person, *, by: Person, now: datetime) -> AccountChange:
    """Ask that all second factors of somebody who lost them are removed; they are told at once."""
    access.require(by, Role.ADMINISTRATOR, Role.HEAD)
    hold(person)
    require_here(person)
    if person == by:
        msg = "This is your own account. Ask another administrator or the head of the office."
        raise RuleError(msg)
    require_something_lost(person, now=now)
    change = _ask(person, Kind.FACTORS, Verb.RESET_ASKED, by=by, now=now)
    ledger.post(notices.changed(person, "reset_asked", now=now))
    return change


def require_something_lost(person: Person, *, now: datetime) -> None:
    """Refuse a reset that would remove nothing, unless time for a new factor went by."""
    if not person.is_late(now) and not Authenticator.objects.filter(user=person).exists():
        msg = f"{person.name} has no second factor, so none was lost. Nothing was asked."
        raise RuleError(msg)


@transaction.atomic
def lock(person: Person, *, by: Person, now: datetime) -> AccountChange:
    """Keep somebody out at once, whose account somebody else may have; nothing of theirs is lost.

    One person does it, since it cannot wait; another lifts it (`decide_change`).
    """
    access.require(by, Role.ADMINISTRATOR, Role.HEAD)
    hold(person)
    require_here(person)
    if person == by:
        msg = "You cannot lock yourself out. Sign out, and ask somebody else to lock your account."
        raise RuleError(msg)
    _require_none_waits(person, Kind.LOCK)
    require_liftable(person, by=by, now=now)
    change = _ask(person, Kind.LOCK, Verb.PERSON_LOCKED, by=by, now=now)
    person.is_locked = True
    person.save(update_fields=["is_locked"])
    end_sessions(person, by=by.actor, reason="locked", now=now)
    _end_feeds(person, now=now)
    ledger.post(notices.changed(person, "locked", now=now))
    return change


def require_liftable(person: Person, *, by: Person, now: datetime) -> None:
    """Refuse a lock that nobody could lift but whoever locks: one could shut out all others."""
    lifters = Person.objects.holding(Role.ADMINISTRATOR, Role.HEAD).filter(is_locked=False)
    others = lifters.exclude(pk__in=[person.pk, by.pk]).exclude(enrol_by__lte=now)
    if not others.exists():
        msg = (
            "Nobody but you would be left to lift this lock. Nothing was changed. First have "
            "another lock lifted, or make one more person an administrator or a head. Where nobody "
            "is left who could, the operator of this server lifts a lock: manage.py lift_lock."
        )
        raise RuleError(msg)


def to_decide(change: AccountChange, *, approve: bool, by: Person) -> AccountChange:
    """Return what was asked, held and read afresh, or refuse whoever may not decide it so.

    Nobody approves what they asked for, and nobody decides what is about themselves; what they
    asked for themselves they take back.
    """
    access.require(by, Role.ADMINISTRATOR, Role.HEAD)
    hold(change.person)
    change = (
        AccountChange.objects.select_related("person", "manager")
        .select_for_update(of=("self",))
        .get(pk=change.pk)
    )
    if change.decided_at is not None:
        msg = "This was decided already. Nothing was changed."
        raise RuleError(msg)
    if approve and by.pk in {change.asked_by_id, change.person_id}:
        msg = "Somebody else has to approve this: you asked for it, or it is about you."
        raise RuleError(msg)
    if by.pk == change.person_id != change.asked_by_id:
        msg = "This is about you, so somebody else decides it. Nothing was changed."
        raise RuleError(msg)
    if not approve and change.kind == Kind.LOCK:
        msg = "A lock is lifted or stays. It stays; nothing was changed."
        raise RuleError(msg)
    return change


def decide(change: AccountChange, *, approve: bool, by: Person, now: datetime) -> None:
    """Do what was asked, or refuse it.

    A part of `safes.actions.decide_change`, which asked `to_decide` and sees to the keys.
    """
    change.decided_by, change.decided_at, change.is_approved = by, now, approve
    change.save(update_fields=["decided_by", "decided_at", "is_approved"])
    if approve:
        _do(change, by=by, now=now)
    else:
        facts = {"roles": ",".join(change.roles)} if change.kind == Kind.ROLES else {}
        _record(Verb.ROLES_REFUSED, change.person, by=by, now=now, kind=change.kind, **facts)


def _do(change: AccountChange, *, by: Person, now: datetime) -> None:
    person = change.person
    match Kind(change.kind):
        case Kind.ROLES:
            require_apart(change.roles)
            require_others(person, set(person.roles) - set(change.roles))
            _give(person, change.roles, by=by, now=now)
        case Kind.LEAVING:
            require_others(person, person.roles)
            _leave(person, by=by, now=now)
        case Kind.FACTORS:
            take_factors(person, by=by.actor, now=now)
        case Kind.LOCK:
            unlock(person, by=by.actor, now=now)
        case Kind.LINE:
            _require_in_line(person, change.manager)
            change_manager(person, manager=change.manager, by=by.actor, now=now)


def _ask(
    person: Person,
    kind: AccountChange.Kind,
    verb: Verb,
    *,
    by: Person,
    now: datetime,
    roles: Sequence[str] | None = None,
    manager: Person | None = None,
) -> AccountChange:
    _require_none_waits(person, kind)
    change = AccountChange.objects.create(
        person=person, kind=kind, roles=roles or [], manager=manager, asked_by=by, asked_at=now
    )
    facts = {} if roles is None else {"roles": ",".join(roles)}
    _record(verb, person, by=by, now=now, **facts)
    return change


def _require_none_waits(person: Person, kind: AccountChange.Kind) -> None:
    if person.account_changes.filter(decided_at=None, kind=kind).exists():
        msg = f"{kind.label} waits for a decision already. Nothing was changed; decide it first."
        raise RuleError(msg)


def require_here(person: Person) -> None:
    """Refuse to change anything of somebody who left."""
    if not person.is_active:
        msg = "This person has left already. Nothing was changed."
        raise RuleError(msg)


def _give(person: Person, roles: list[str], *, by: Person, now: datetime) -> None:
    """Give roles and end the sessions, which were signed in for others."""
    if Role.CUSTODIAN not in roles:
        person.custodian_since = None
    elif Role.CUSTODIAN not in person.roles:
        person.custodian_since = days.day_of(now)
    person.roles = roles
    person.is_on_duty = person.is_on_duty and Role.OFFICER in roles
    person.save(update_fields=["roles", "is_on_duty", "custodian_since"])
    _record(Verb.ROLES_CHANGED, person, by=by, now=now, roles=",".join(roles))
    end_sessions(person, by=by.actor, reason="roles", now=now)
    ledger.post(notices.changed(person, "roles", now=now))


def _leave(person: Person, *, by: Person, now: datetime) -> None:
    """End whatever lets somebody in, and what was asked about them."""
    person.is_active = person.is_on_duty = person.is_locked = False
    person.set_unusable_password()
    person.save(update_fields=["is_active", "is_on_duty", "is_locked", "password"])
    end_sessions(person, by=by.actor, reason="left", now=now)
    tokens = ApiToken.objects.filter(client__owner=person, revoked_at=None)
    ended = tokens.update(revoked_at=now)
    ApiClient.objects.filter(owner=person).update(is_active=False)
    Authenticator.objects.filter(user=person).delete()
    SocialAccount.objects.filter(user=person).delete()
    person.invitations.filter(used_at=None).update(used_at=now)
    _end_feeds(person, now=now)
    person.account_changes.filter(decided_at=None).update(decided_at=now, decided_by=by)
    _record(Verb.PERSON_LEFT, person, by=by, now=now, tokens=ended)


def take_factors(person: Person, *, by: Actor, now: datetime) -> None:
    """Remove every second factor and end the sessions that showed one; no key is touched.

    Until there is a new one a password alone adds it, so this is for some days only.
    """
    Authenticator.objects.filter(user=person).delete()
    person.enrol_by = now + settings.ENROL_WITHIN if person.needs_second_factor else None
    person.save(update_fields=["enrol_by"])
    ledger.record(Verb.FACTORS_RESET, by=by, at=now, subject=f"person:{person.pk}")
    end_sessions(person, by=by, reason="reset", now=now)
    _end_feeds(person, now=now)
    ledger.post(notices.changed(person, "reset", now=now))


def _end_feeds(person: Person, *, now: datetime) -> None:
    """End the calendar links: somebody else may have them. New ones are made in a minute."""
    person.feed_links.filter(revoked_at=None).update(revoked_at=now)


def unlock(person: Person, *, by: Actor, now: datetime) -> None:
    """Lift a lock."""
    person.is_locked = False
    person.save(update_fields=["is_locked"])
    ledger.record(Verb.PERSON_UNLOCKED, by=by, at=now, subject=f"person:{person.pk}")
    ledger.post(notices.changed(person, "unlocked", now=now))


def _record(verb: Verb, person: Person, *, by: Person, now: datetime, **facts: Fact) -> None:
    ledger.record_all([Act(verb, by.actor, now, f"person:{person.pk}", facts=facts)])
