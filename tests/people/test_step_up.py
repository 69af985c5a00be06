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


def test_whoever_goes_back_finds_the_page_with_what_they_typed_and_nothing_done(
    olga: Officer, process: BecomeProcess
) -> None:
    client, ask = olga.client, olga.route("desk:identity-ask")
    before = entries(process)
    asked = client.post(ask, {"reason": REASON})
    assert b'name="again-cancel"' in asked.content
    # even while a wrong code stands there
    back = client.post(ask, {"reason": REASON, "again-code": "000000", "again-cancel": "1"})
    assert back.status_code == 200
    page = back.content.decode()
    assert "Nothing was done" in page
    assert html.escape(REASON.split("\r\n", maxsplit=1)[0]) in page
    assert 'name="again-code"' not in page
    # and after they showed elsewhere who they are
    record = client.session
    record["account_authentication_methods"][-1]["at"] += settings.RECENT.total_seconds() * 2
    record.save()
    again = client.post(ask, {"reason": REASON, "again-cancel": "1"})
    assert "Nothing was done" in again.content.decode()
    assert entries(process) == before
    with process("owner"):
        assert not IdentityRequest.objects.exists()


def test_every_guarded_page_lets_go_back_and_leads_to_no_other_site(
    olga: Officer, world: World, process: BecomeProcess
) -> None:
    case = olga.concern.case
    assert case is not None
    person = {"person": world["stan"].pk}
    acts = {
        "olga": {
            olga.route("desk:identity-open"): None,
            olga.route("desk:ask", n=1): None,
            reverse("retention:hold", kwargs={"ref": case.ref}): None,
            reverse("setup:keys"): reverse("setup:keys"),
            reverse("vault"): reverse("vault"),
            reverse("account-recovery"): reverse("account"),
        },
        "adam": {
            reverse("setup:retention"): None,
            reverse("setup:standards"): None,
            reverse("setup:lock", kwargs=person): reverse("setup:people"),
            reverse("setup:person", kwargs=person): reverse("setup:people"),
        },
    }
    before = entries(process)
    for name, addresses in acts.items():
        client = Client()
        sign_in_earlier(client, world, name)
        for address, leads_to in addresses.items():
            sent = {"again-cancel": "1", "back": "https://evil.example/", "next": "//evil.example"}
            answer = client.post(address, sent)
            assert answer.get("Location") == leads_to, address
            landed = client.get(leads_to) if leads_to else answer
            assert landed.status_code == 200, address
            assert "Nothing was done" in landed.content.decode(), address
    assert entries(process) == before


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [("/vault/", "/vault/"), ("https://evil.example/", "/"), ("javascript:alert(1)", "/")],
)
def test_a_page_that_asks_first_leads_back_within_this_site_alone(
    back: str, leads_to: str, client: Client, world: World
) -> None:
    sign_in_earlier(client, world, "olga")
    page = client.get("/sign-in/again/", {"next": "/vault/passphrase/", "back": back})
    links = re.findall(r'<a class="ed-button[^"]*" href="([^"]*)">Go back', page.content.decode())
    assert links == [leads_to]


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
        asked = f"/sign-in/again/?next={page.replace('/', '%2F')}&back=%2Fvault%2F"
        assert client.get(page)["Location"] == asked
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
    # the words go along to the act's own address alone, for whoever goes back
    assert kept(asked) == {"next": ask, "reason": REASON}
    there = page[page.index('action="/sign-in/elsewhere/"') :]
    assert 'name="reason"' not in there[: there.index("</form>")]
    assert "copy your words first" in page
    assert html.escape(REASON.split(":", maxsplit=1)[0]) in page
    assert client.get(ask).status_code in {200, 302}
    assert not IdentityRequest.objects.exists()

    # an act without a page leads back to one's own door
    sign_in_earlier(client, world, "hana")
    lock = client.post(reverse("setup:lock", kwargs={"person": world["stan"].pk}))
    assert 'action="/sign-in/elsewhere/"' in lock.content.decode()
    assert kept(lock) == {}
