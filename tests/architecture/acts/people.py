"""Acts of people: accounts, factors, sessions, ties, absences, programs."""

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.test import Client

from ledger.rules import SYSTEM
from people import actions as people
from people.models import FeedLink, Invitation, Person
from people.rules import Factor, Role, Scope
from tests.architecture.acts.registry import act
from tests.doors import code_now, sign_in
from tests.world import World


@act("people.actions.add_person")
def _(w: World) -> Callable[[], object]:
    return lambda: people.add_person(username="new", name="New", by=SYSTEM, now=w.now)


@act("people.actions.change_manager")
def _(w: World) -> Callable[[], object]:
    return lambda: people.change_manager(w["olga"], manager=w["adam"], by=SYSTEM, now=w.now)


@act("people.actions.declare_tie")
def _(w: World) -> Callable[[], object]:
    return lambda: people.declare_tie(w["olga"], about=w["stan"], now=w.now)


@act("people.actions.make_feed_link")
def _(w: World) -> Callable[[], object]:
    return lambda: people.make_feed_link(w["olga"], name="Phone", now=w.now)


@act("people.actions.end_feed_link")
def _(w: World) -> Callable[[], object]:
    people.make_feed_link(w["olga"], name="Phone", now=w.now)
    link = FeedLink.objects.get()
    return lambda: people.end_feed_link(w["olga"], link=link.pk, now=w.now)


@act("people.actions.end_tie")
def _(w: World) -> Callable[[], object]:
    tie = people.declare_tie(w["olga"], about=w["stan"], now=w.now)
    return lambda: people.end_tie(tie, now=w.now)


@act("people.actions.delegate")
def _(w: World) -> Callable[[], object]:
    return lambda: people.delegate(w["stan"], to=w["olga"], since=w.now.date(), now=w.now)


@act("people.actions.go_away")
def _(w: World) -> Callable[[], object]:
    return lambda: people.go_away(w["stan"], since=w.now.date(), now=w.now)


@act("people.actions.note_away")
def _(w: World) -> Callable[[], object]:
    return lambda: people.note_away(w["omar"], until=w.now.date(), by=w["adam"], now=w.now)


@act("people.actions.come_back")
def _(w: World) -> Callable[[], object]:
    people.go_away(w["stan"], since=w.now.date(), now=w.now)
    return lambda: people.come_back(w["stan"], now=w.now)


@act("people.actions.call_off")
def _(w: World) -> Callable[[], object]:
    tomorrow = w.now.date() + timedelta(days=1)
    planned = people.go_away(w["stan"], since=tomorrow, now=w.now)
    return lambda: people.call_off(planned, now=w.now)


@act("people.actions.accept_delegation")
def _(w: World) -> Callable[[], object]:
    asked = people.delegate(w["stan"], to=w["olga"], since=w.now.date(), now=w.now)
    return lambda: people.accept_delegation(asked, now=w.now)


@act("people.actions.end_delegation")
def _(w: World) -> Callable[[], object]:
    asked = people.delegate(w["stan"], to=w["olga"], since=w.now.date(), now=w.now)
    return lambda: people.end_delegation(asked, by=w["olga"], now=w.now)


@act("people.actions.add_client")
def _(w: World) -> Callable[[], object]:
    return lambda: people.add_client(name="HR", owner=w["adam"], scopes=[], by=SYSTEM, now=w.now)


@act("people.actions.issue_token")
def _(w: World) -> Callable[[], object]:
    scopes = [Scope.CASES_READ]
    client = people.add_client(name="HR", owner=w["adam"], scopes=scopes, by=SYSTEM, now=w.now)
    return lambda: people.issue_token(client, by=SYSTEM, now=w.now)


@act("people.actions.sign_in")
def _(w: World) -> Callable[[], object]:
    return lambda: people.sign_in(w["stan"], now=w.now)


@act("people.actions.sign_out")
def _(w: World) -> Callable[[], object]:
    return lambda: people.sign_out(w["stan"], now=w.now)


@act("people.actions.refuse_sign_in")
def _(w: World) -> Callable[[], object]:
    return lambda: people.refuse_sign_in(now=w.now)


@act("people.actions.deny")
def _(w: World) -> Callable[[], object]:
    return lambda: people.deny(by=w["stan"].actor, route="desk:case", now=w.now)


def with_app(person: Person, now: datetime) -> None:
    """Give somebody an app that makes codes."""
    secret = generate_totp_secret()
    people.add_totp(person, secret=secret, code=code_now(secret), by=SYSTEM, now=now)


@act("people.actions.show_again")
def _(w: World) -> Callable[[], object]:
    return lambda: people.show_again(w["olga"], how="totp", now=w.now)


@act("people.actions.end_sessions")
def _(w: World) -> Callable[[], object]:
    sign_in(Client(), w, "olga", vault=False)
    return lambda: people.end_sessions(w["olga"], by=SYSTEM, reason="own", now=w.now)


@act("people.actions.change_password")
def _(w: World) -> Callable[[], object]:
    w["stan"].set_password("the old one")
    w["stan"].save()
    return lambda: people.change_password(w["stan"], old="the old one", new="new", now=w.now)


@act("people.actions.add_totp")
def _(w: World) -> Callable[[], object]:
    return lambda: with_app(w["olga"], w.now)


@act("people.actions.give_totp")
def _(w: World) -> Callable[[], object]:
    return lambda: people.give_totp(w["olga"], secret=generate_totp_secret(), by=SYSTEM, now=w.now)


@act("people.actions.add_passkey")
def _(w: World) -> Callable[[], object]:
    return lambda: people.add_passkey(w["olga"], name="Key", credential={}, by=SYSTEM, now=w.now)


@act("people.actions.make_recovery_codes")
def _(w: World) -> Callable[[], object]:
    with_app(w["olga"], w.now)
    return lambda: people.make_recovery_codes(w["olga"], by=SYSTEM, now=w.now)


@act("people.actions.remove_factor")
def _(w: World) -> Callable[[], object]:
    with_app(w["stan"], w.now)
    factor = Authenticator.objects.get(user=w["stan"], type=Factor.TOTP)
    return lambda: people.remove_factor(factor, by=w["stan"], now=w.now)


@act("people.actions.refuse_factor")
def _(w: World) -> Callable[[], object]:
    return lambda: people.refuse_factor(w["olga"], now=w.now)


@act("people.actions.link_provider")
def _(w: World) -> Callable[[], object]:
    return lambda: people.link_provider(w["olga"], provider="office", subject="x", now=w.now)


@act("people.actions.refuse_provider")
def _(w: World) -> Callable[[], object]:
    return lambda: people.refuse_provider(by=SYSTEM, reason="unknown", now=w.now)


def invited(w: World) -> Invitation:
    """Return the invitation of somebody new."""
    return people.invite(
        username="new", name="New", email="new@example.org", by=w["adam"], now=w.now
    )


@act("people.actions.invite")
def _(w: World) -> Callable[[], object]:
    return lambda: invited(w)


@act("people.actions.invite_again")
def _(w: World) -> Callable[[], object]:
    invitation = invited(w)
    return lambda: people.invite_again(invitation.person, by=w["adam"], now=w.now)


@act("people.actions.accept_invitation")
def _(w: World) -> Callable[[], object]:
    invitation = invited(w)
    return lambda: people.accept_invitation(invitation, password="new", now=w.now)


@act("people.actions.ask_for_roles")
def _(w: World) -> Callable[[], object]:
    return lambda: people.ask_for_roles(w["stan"], roles=[Role.OFFICER], by=w["adam"], now=w.now)


@act("people.actions.lock")
def _(w: World) -> Callable[[], object]:
    return lambda: people.lock(w["otto"], by=w["adam"], now=w.now)


@act("people.actions.lift_lock")
def _(w: World) -> Callable[[], object]:
    people.lock(w["otto"], by=w["adam"], now=w.now)
    return lambda: people.lift_lock("otto", now=w.now)


@act("people.actions.reset_factors")
def _(w: World) -> Callable[[], object]:
    people.give_totp(w["otto"], secret=generate_totp_secret(), by=SYSTEM, now=w.now)
    return lambda: people.reset_factors("otto", now=w.now)


@act("people.actions.ask_for_reset")
def _(w: World) -> Callable[[], object]:
    people.give_totp(w["otto"], secret=generate_totp_secret(), by=SYSTEM, now=w.now)
    return lambda: people.ask_for_reset(w["otto"], by=w["adam"], now=w.now)


@act("people.actions.ask_for_line")
def _(w: World) -> Callable[[], object]:
    return lambda: people.ask_for_line(w["olga"], manager=w["omar"], by=w["adam"], now=w.now)
