"""An officer with a password and an app, who signs in by the real form."""

from dataclasses import dataclass, field

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.http import HttpResponse
from django.test import Client

from common import clock
from ledger.rules import SYSTEM
from people import actions
from people.models import Person
from people.rules import Role
from tests.doors import code_now
from tests.world import World

PASSWORD = "correct horse battery staple"


@dataclass
class Entrant:
    """Somebody at the sign-in page, in as many browsers as they like."""

    person: Person
    secret: str = ""
    codes: list[str] = field(default_factory=list)

    def password(
        self, client: Client, password: str = PASSWORD, source: str = "192.0.2.1"
    ) -> HttpResponse:
        """Enter the password."""
        data = {"username": self.person.username, "password": password}
        return client.post("/sign-in/", data, REMOTE_ADDR=source)  # type: ignore[return-value] # a test response is one

    def code(self, client: Client, code: str) -> HttpResponse:
        """Enter a code."""
        return client.post("/sign-in/code/", {"code": code})  # type: ignore[return-value] # a test response is one

    def enter(self, client: Client, *, later: int = 0) -> None:
        """Sign in with password and the code of now, or of so many steps later."""
        assert self.password(client)["Location"] == "/sign-in/code/"
        assert self.code(client, code_now(self.secret, later=later)).status_code == 302


def with_password(person: Person) -> Person:
    """Give somebody the password."""
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def plain(world: World) -> Entrant:
    """Return an officer who has a password alone."""
    return Entrant(with_password(world.hire("ruth", Role.OFFICER, has_key=False)))


@pytest.fixture
def strong(plain: Entrant) -> Entrant:
    """Return an officer with a password and an app."""
    plain.secret = generate_totp_secret()
    plain.codes = actions.give_totp(plain.person, secret=plain.secret, by=SYSTEM, now=clock.now())
    return plain
