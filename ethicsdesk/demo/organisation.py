"""Found Northmoor: its units, people, keys, categories, path and policies, long before today."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.hashers import make_password
from django.db import transaction

from cases import actions as cases
from common import days
from escalation import actions as escalation
from escalation.models import STANDARD, Path
from ethicsdesk.demo.people import CAST, UNITS, Player, password, roster
from ethicsdesk.demo.policies import EDITIONS, OFFICE, PLANS, PROPOSED, STANDARDS, TOPICS, Edition
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people import actions as people
from people.models import Person, Unit
from people.rules import Scope
from policies import actions as policies
from safes import actions as safes
from safes.rules import Opener

FOUNDED = timedelta(days=1110)
CLIENT = "Northmoor intranet"
CLIENT_OWNER = "marek.kowalczyk"
# who declared to be too close to whom, and for whom somebody stands in
TIE = ("priya.nair", "ben.carver")
AWAY_FOR = timedelta(days=9)
STAND_IN = ("samuel.adeyemi", "margaret.ellis")


@dataclass
class Organisation:
    """Who is there, whose keys are at hand meanwhile, and what they sign in with."""

    people: dict[str, Person]
    passwords: dict[str, str]
    token: str
    path: Path
    codes: dict[str, str]
    openers: dict[str, Opener] = field(default_factory=dict)

    def personas(self) -> dict[str, object]:
        """Return the people of the demonstration, as docs/running.md and programs know them."""
        return {
            "people": [self._persona(player) for player in CAST],
            "api": {"token": self.token, "scopes": sorted(Scope)},
        }

    def _persona(self, player: Player) -> dict[str, object]:
        secret = self.passwords[player.username]
        return {
            "username": player.username,
            "password": secret,
            # the password unlocks the key; staff have none
            "vault_passphrase": secret if player.roles else None,
            "totp_secret": self.codes.get(player.username),
            "role": player.role,
            "unit": UNITS[player.unit][0] if player.unit else None,
        }


@transaction.atomic
def found(*, now: datetime) -> Organisation:
    """Make everything that was there before the first concern; policies of later days are not."""
    at = now - FOUNDED
    passwords = {player.username: password() for player in CAST}
    with ThreadPoolExecutor(1) as beside:
        # Argon2 leaves the interpreter alone, so a second core hashes while we go on.
        hashes = {name: beside.submit(make_password, text) for name, text in passwords.items()}
        found_people = _hire(now=at)
        _draw_paths(found_people, now=at)
        _set_standards(found_people, now=at)
        for n, topic in enumerate(TOPICS):
            cases.add_category(
                code=topic.code,
                label=topic.label,
                hint=topic.hint,
                is_grave=topic.is_grave,
                position=n,
                now=at,
            )
        openers = {
            player.username: safes.make_key(
                found_people[player.username],
                passphrase=passwords[player.username],
                by=found_people[player.username].actor,
                now=at,
            )
            for player in CAST
            if player.roles
        }
        safes.attest_founders(found_people.values(), now=at)
        for username, made in hashes.items():
            found_people[username].password = made.result()
        Person.objects.bulk_update([found_people[name] for name in hashes], ["password"])
    codes = {
        player.username: _add_app(found_people[player.username], now=at)
        for player in CAST
        if found_people[player.username].needs_second_factor
    }
    _stand_close(found_people, now=at)
    _go_away(found_people, now=now)
    token = _register_client(found_people[CLIENT_OWNER], at=at, now=now)
    return Organisation(
        found_people, passwords, token, Path.objects.get(code=STANDARD), codes, openers
    )


def _add_app(person: Person, *, now: datetime) -> str:
    """Give somebody an app that makes codes, and return its secret."""
    secret: str = generate_totp_secret()
    people.give_totp(person, secret=secret, by=person.actor, now=now)
    return secret


def _hire(*, now: datetime) -> dict[str, Person]:
    units = {code: Unit(code=code, name=name) for code, (name, _) in UNITS.items()}
    Unit.objects.bulk_create(units.values())
    people = roster(units).people
    for person in people.values():
        person.set_unusable_password()
    Person.objects.bulk_create(people.values())
    ledger.record_all(
        [
            Act(
                Verb.PERSON_ADDED,
                SYSTEM,
                now,
                f"person:{person.pk}",
                facts={"roles": ",".join(person.roles)},
            )
            for person in people.values()
        ]
    )
    return people


def _draw_paths(cast: dict[str, Person], *, now: datetime) -> None:
    """Let an administrator draft paths, and the head of the office publish them."""
    maker, second = cast[CLIENT_OWNER], cast[OFFICE]
    for plan in PLANS:
        version = escalation.make_path(code=plan.code, name=plan.name, by=maker, now=now)
        for step in plan.steps:
            escalation.add_step(version, step=step, by=maker, now=now)
        escalation.propose_version(version, by=maker, now=now)
        escalation.publish_version(version, seen=now, by=second, now=now)


def _set_standards(cast: dict[str, Person], *, now: datetime) -> None:
    """Let an administrator say what runs on which path, and the head of the office confirm it."""
    for kind, scope, limit, code in STANDARDS:
        change = escalation.set_standard(
            kind=kind,
            **scope._asdict(),
            limit=limit,
            path=Path.objects.get(code=code),
            by=cast[CLIENT_OWNER],
            now=now,
        )
        if change is not None:
            escalation.confirm_standard(change, by=cast[OFFICE], now=now)


def propose_a_version(organisation: Organisation, *, now: datetime) -> None:
    """Let an administrator propose a version of the standard path, which waits for a second."""
    maker = organisation.people[CLIENT_OWNER]
    version = escalation.start_draft(organisation.path, by=maker, now=now)
    for step in PROPOSED:
        escalation.add_step(version, step=step, by=maker, now=now)
    escalation.propose_version(version, by=maker, now=now)


def _stand_close(cast: dict[str, Person], *, now: datetime) -> None:
    """Let an officer declare to be close to somebody, and one leader stand in for the other."""
    who, about = TIE
    people.declare_tie(cast[who], about=cast[about], now=now)
    of, delegate = STAND_IN
    made = people.delegate(cast[of], to=cast[delegate], since=days.day_of(now), now=now)
    people.accept_delegation(made, now=now)


def _go_away(cast: dict[str, Person], *, now: datetime) -> None:
    """Let whoever has somebody to stand in be away for some days from today on."""
    today = days.day_of(now)
    people.go_away(cast[STAND_IN[0]], since=today, until=today + AWAY_FOR, now=now)


def _register_client(owner: Person, *, at: datetime, now: datetime) -> str:
    scopes = list(Scope)
    client = people.add_client(name=CLIENT, owner=owner, scopes=scopes, by=owner.actor, now=at)
    # a token lives for a year, so that of the demonstration is of today
    return people.issue_token(client, by=owner.actor, now=now)


def publish(edition: Edition, organisation: Organisation, *, now: datetime) -> None:
    """Publish one version of a policy, in force from the day of `now`."""
    policies.publish(
        code=edition.code,
        text=edition.text,
        owner=organisation.people[edition.owner],
        in_force_from=days.day_of(now),
        now=now,
        promises=[(kind, limit, organisation.path) for kind, limit in edition.promises],
    )


def publications(now: datetime) -> list[tuple[datetime, Edition]]:
    """Return each version with the moment of its publication: a morning, so many days ago."""
    return [
        (days.midnight(days.day_of(now - timedelta(days=one.since))) + timedelta(hours=9), one)
        for one in EDITIONS
    ]
