"""Acts that matter ask again who somebody is; what was typed waits and nothing is lost."""

import html
import re
from typing import Any, NamedTuple

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cases import actions as cases
from cases.lifecycle import Mode
from cases.models import Concern, IdentityRequest, OriginalRequest
from ledger.models import Entry
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people import actions
from people.rules import Scope
from retention.models import Hold
from tests.api.program import Program
from tests.conftest import BecomeProcess
from tests.doors import code_now, sign_in
from tests.world import World

pytestmark = [pytest.mark.req("SEC-3"), pytest.mark.django_db]

REASON = "I have to call her:\r\n<b>today</b>, “before five”."


class Officer(NamedTuple):
    """Olga with an app, her browser, and a concern that she works on."""

    client: Client
    secret: str
    concern: Concern

    def route(self, name: str, **more: object) -> str:
        """Return an address of the concern."""
        return reverse(name, kwargs={"ref": self.concern.ref, **more})


def sign_in_earlier(client: Client, world: World, name: str, *, ago: float = 1.1) -> None:
    """Sign somebody in who showed who they are so many times the allowed while ago."""
    sign_in(client, world, name, vault=name in world.openers)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= settings.RECENT.total_seconds() * ago
    session.save()


@pytest.fixture
def olga(client: Client, world: World) -> Officer:
    """Return Olga, a while after she signed in, and a confidential concern of hers with a file."""
    secret = generate_totp_secret()
    actions.give_totp(world["olga"], secret=secret, by=SYSTEM, now=world.now)
    identity = cases.Identity("Rita Reporter")
    concern, _ = world.file(mode=Mode.CONFIDENTIAL, identity=identity)
    world.clean(cases.add_file(concern, name="a.pdf", content=b"%PDF-1.7 x", now=world.now))
    world.triage(concern)
    concern.refresh_from_db()
    sign_in_earlier(client, world, "olga")
    return Officer(client, secret, concern)


def kept(answer: Any) -> dict[str, str]:
    """Return what the page that asks holds of the form that was sent."""
    found = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.content.decode()
    )
    own = {"csrfmiddlewaretoken", "again-credential"}
    return {name: html.unescape(value) for name, value in found if name not in own}


def test_what_was_typed_waits_while_somebody_shows_again_who_they_are(
    olga: Officer, process: BecomeProcess
) -> None:
    client, ask = olga.client, olga.route("desk:identity-ask")
    # reading asks for nothing
    assert client.get(olga.route("desk:identity")).status_code == 200
    asked = client.post(ask, {"reason": REASON})
    assert asked.status_code == 401
    assert "no-store" in asked["Cache-Control"]
    assert kept(asked) == {"reason": REASON}
    with process("owner"):
        assert not IdentityRequest.objects.exists()

    wrong = client.post(ask, {"reason": REASON, "again-code": "000000"})
    assert wrong.status_code == 401
    assert b"This code does not fit" in wrong.content
    assert kept(wrong) == {"reason": REASON}
    with process("owner"):
        assert not IdentityRequest.objects.exists()

    code = code_now(olga.secret)
    right = client.post(ask, {"reason": REASON, "again-code": code})
    assert (right.status_code, right["Location"]) == (307, ask)
    # the browser sends the same once more, and lands where it would have
    done = client.post(right["Location"], {"reason": REASON, "again-code": code})
    assert done["Location"] == olga.route("desk:identity")
    assert IdentityRequest.objects.count() == 1
    assert REASON.split("\r\n", maxsplit=1)[0] in client.get(done["Location"]).content.decode()
    assert Entry.objects.filter(verb=Verb.SHOWN_AGAIN).count() == 1
    # and is asked nothing more for a while
    assert client.post(olga.route("desk:ask", n=1), {"reason": "The log."}).status_code == 302


def test_a_code_is_no_way_around_the_limit_and_works_once(
    olga: Officer, world: World, process: BecomeProcess
) -> None:
    ask, code = olga.route("desk:identity-ask"), code_now(olga.secret)
    assert olga.client.post(ask, {"reason": "x", "again-code": code}).status_code == 307
    thief = Client()
    sign_in_earlier(thief, world, "olga")
    assert thief.post(ask, {"reason": "x", "again-code": code}).status_code == 401
    for _ in range(6):
        thief.post(ask, {"reason": "x", "again-code": "000000"})
    later = thief.post(ask, {"reason": "x", "again-code": code_now(olga.secret, later=1)})
    assert later.status_code == 401
    with process("owner"):
        assert not IdentityRequest.objects.exists()


def entries(process: BecomeProcess) -> int:
    """Return how many entries there are, whoever may read them."""
    with process("worker"):
        return Entry.objects.count()


def test_every_act_that_matters_asks_and_reading_does_not(
    olga: Officer, world: World, process: BecomeProcess
) -> None:
    cases.ask_for_original(
        olga.concern.attachments.get(), by=world["olga"], reason="x", now=world.now
    )
    case = olga.concern.case
    assert case is not None
    acts = {
        "olga": [
            olga.route("desk:identity-ask"),
            olga.route("desk:identity-open"),
            olga.route("desk:ask", n=1),
            olga.route("desk:release", n=1),
            reverse("retention:decide"),
            reverse("retention:hold", kwargs={"ref": case.ref}),
            reverse("retention:lift", kwargs={"ref": case.ref}),
            reverse("setup:keys"),
            reverse("vault"),
        ],
        "carl": [reverse("desk:identity-grant", kwargs={"ref": "none"})],
        "hana": [
            reverse("setup:retention-decide"),
            reverse("setup:lock", kwargs={"person": world["stan"].pk}),
        ],
        "adam": [
            reverse("setup:retention"),
            reverse("setup:leave", kwargs={"person": world["stan"].pk}),
            reverse("setup:reset", kwargs={"person": world["stan"].pk}),
        ],
    }
    before = entries(process)
    for name, addresses in acts.items():
        client = Client()
        sign_in_earlier(client, world, name)
        for address in addresses:
            assert client.post(address, {"reason": "x"}).status_code == 401, address
    assert entries(process) == before
    with process("worker"):
        assert not Hold.objects.exists()
        assert not OriginalRequest.objects.exclude(released_by=None).exists()
    # what is done every day asks for nothing
    answer = olga.client.post(olga.route("desk:answer"), {"text": "Thank you."})
    assert answer.status_code == 302


def test_pages_for_passphrases_ask_before_they_are_shown_and_then_leave_time(
    client: Client, world: World
) -> None:
    pages = ("/vault/passphrase/", "/vault/recovery/", "/vault/recover/", "/vault/replace/")
    sign_in_earlier(client, world, "olga")
    typed = {"current": "x", "new": "one that is long", "again": "one that is long"}
    for page in pages:
        assert client.get(page)["Location"] == f"/sign-in/again/?next={page.replace('/', '%2F')}"
        # whoever was shown the page in time may take as long again to fill it
        assert client.post(page, typed).status_code == 200
    late = Client()
    sign_in_earlier(late, world, "olga", ago=2.1)
    for page in pages:
        answer = late.post(page, typed)
        # passphrases wait nowhere: they are typed again
        assert answer["Location"].startswith("/sign-in/again/?next=%2Fvault%2F")
        assert b"one that is long" not in answer.content


def test_whoever_may_not_is_refused_and_not_asked(client: Client, world: World) -> None:
    concern, _ = world.file(excluded=(world["otto"],))
    sign_in_earlier(client, world, "stan")
    assert client.post(reverse("setup:keys")).status_code == 403
    assert client.post(reverse("retention:decide")).status_code == 403
    # behind a wall, and where there is nothing, the same page asks
    sign_in_earlier(client, world, "otto")
    hidden, absent = (
        client.post(reverse("desk:identity-ask", kwargs={"ref": ref}), {"reason": "x"})
        for ref in (concern.ref, "ED-NONE")
    )
    assert hidden.status_code == absent.status_code == 401
    assert kept(hidden) == kept(absent) == {"reason": "x"}


def test_a_program_cannot_do_these_acts_with_its_token(
    olga: Officer, world: World, process: BecomeProcess
) -> None:
    program = Program(world, list(Scope))
    before = entries(process)
    answer = Client().post(
        olga.route("desk:identity-ask"),
        {"reason": "x"},
        headers={"authorization": f"Bearer {program.token}"},
    )
    assert answer["Location"].startswith("/sign-in/")
    assert entries(process) == before


def test_whoever_has_neither_password_nor_factor_shows_themselves_at_the_provider(
    client: Client, world: World, settings: Any
) -> None:
    settings.OIDC_ISSUER = "https://sign-in.example"
    sign_in_earlier(client, world, "chief")
    page = client.get("/sign-in/again/?next=/vault/passphrase/").content.decode()
    assert 'action="/sign-in/elsewhere/"' in page
    assert 'name="password"' not in page


def test_whoever_goes_to_the_provider_from_an_act_copies_their_words_and_comes_back_to_its_page(
    client: Client, world: World, settings: Any
) -> None:
    settings.OIDC_ISSUER = "https://sign-in.example"
    concern, _ = world.file(mode=Mode.CONFIDENTIAL, identity=cases.Identity("Rita Reporter"))
    world.triage(concern)
    sign_in_earlier(client, world, "olga")
    ask = reverse("desk:identity-ask", kwargs={"ref": concern.ref})
    asked = client.post(ask, {"reason": REASON})
    assert asked.status_code == 401
    page = asked.content.decode()
    assert 'action="/sign-in/elsewhere/"' in page
    assert 'name="again-password"' not in page
    assert kept(asked) == {"next": ask}
    assert "copy your words first" in page
    assert html.escape(REASON.split(":", maxsplit=1)[0]) in page
    assert client.get(ask).status_code in {200, 302}
    assert not IdentityRequest.objects.exists()

    # an act without a page leads back to one's own door
    sign_in_earlier(client, world, "hana")
    lock = client.post(reverse("setup:lock", kwargs={"person": world["stan"].pk}))
    assert 'action="/sign-in/elsewhere/"' in lock.content.decode()
    assert kept(lock) == {}
