"""Signing in through the provider, by a real browser, until what is sealed is at hand."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from socketserver import ThreadingMixIn
from typing import Any, ClassVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from playwright.sync_api import Browser, expect

from ethicsdesk.settings import form_actions
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware.sessions import SessionStore
from people.models import Session
from tests.doors import code_now
from tests.house import Watch, assert_accessible
from tests.people.conftest import Entrant
from tests.people.test_provider import Provider, provider, running

__all__ = ["provider", "running"]
pytestmark = [pytest.mark.browser, pytest.mark.req("SEC-3"), pytest.mark.django_db]

TURN = threading.Lock()
PASSPHRASE = "four words nobody guesses"


class OneByOne(WSGIHandler):
    """Answers one request after the other: all of them share the test's one transaction."""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        with TURN:
            return super().__call__(environ, start_response)


class Asked(WSGIRequestHandler):
    """Waits for no browser that opened a line ahead of time and says nothing."""

    timeout = 5

    def handle(self) -> None:
        with suppress(TimeoutError, ConnectionError):
            super().handle()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Site(ThreadingMixIn, WSGIServer):
    """A server in this process, whose threads use the test's connections."""

    daemon_threads = True
    shared: ClassVar[dict[str, Any]] = {}

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        for alias, connection in self.shared.items():
            connections[alias] = connection
        super().process_request_thread(request, client_address)


@pytest.fixture
def site(db: None, settings: Any, provider: Provider) -> Iterator[str]:
    """Give the address at which this test's own world answers a browser."""
    settings.ALLOWED_HOSTS = ["localhost"]
    directives = dict(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])
    directives["form-action"] = form_actions(settings.OIDC_ISSUER)
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
    Site.shared = {connection.alias: connection for connection in connections.all()}
    for connection in Site.shared.values():
        connection.inc_thread_sharing()
    # what Django does after a request would close them, as it does in no test client
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    server = make_server("localhost", 0, StaticFilesHandler(OneByOne()), Site, Asked)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)
    for connection in Site.shared.values():
        connection.dec_thread_sharing()


def an_hour_passes(who: Entrant) -> None:
    """Let what somebody showed in their sessions be an hour old."""
    with TURN:
        for row in Session.objects.filter(person=who.person):
            kept = SessionStore().decode(row.session_data)
            for record in kept["account_authentication_methods"]:
                record["at"] -= 3600
            row.session_data = SessionStore().encode(kept)
            row.save(update_fields=["session_data"])


def test_a_browser_goes_to_the_provider_and_comes_back_to_what_is_sealed(
    chromium: Browser, site: str, strong: Entrant
) -> None:
    context = chromium.new_context(base_url=site, locale="en-GB")
    page = context.new_page()
    watch = Watch(page)
    # somebody who was on the way to a page; the provider is another site to the browser
    page.goto("/sign-in/?next=/desk/")
    page.get_by_role("button", name="Sign in with your organisation").click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    assert page.url.startswith("http://127.0.0.1:")
    page.get_by_label("Name").fill("ruth-1")
    page.get_by_role("button", name="Sign in here").click()
    # the provider's word takes the password's place and no other
    page.get_by_label("Code", exact=True).fill(code_now(strong.secret))
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.get_by_role("heading", name="Choose a vault passphrase")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("New vault passphrase").fill(PASSPHRASE)
    page.get_by_label("The same again").fill(PASSPHRASE)
    page.get_by_role("button", name="Make my key").click()
    expect(page.get_by_text("Your vault passphrase is set.")).to_be_visible()
    page.locator(".ed-rail__foot").first.get_by_role("button", name="Sign out").click()

    # from now on the provider's word, the code and the passphrase open the queue
    page.goto("/sign-in/?next=/desk/")
    page.get_by_role("button", name="Sign in with your organisation").click()
    page.get_by_label("Name").fill("ruth-1")
    page.get_by_role("button", name="Sign in here").click()
    page.get_by_label("Code", exact=True).fill(code_now(strong.secret, later=1))
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.get_by_role("heading", name="Unlock what is sealed to you")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Vault passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Unlock").click()
    page.wait_for_url("**/desk/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    # a while later an act asks again; one press and a code, and it is done where it was begun
    page.goto("/account/")
    an_hour_passes(strong)
    page.get_by_role("button", name="Make new codes").click()
    expect(page.get_by_role("heading", name="Show again who you are")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Code", exact=True).fill("not a code")
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.get_by_role("link", name="This code does not fit")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Code", exact=True).fill(strong.codes[0])
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    assert page.url.endswith("/account/recovery/")
    context.close()
    assert watch.complaints == []
    assert Session.objects.filter(person=strong.person).count() == 1
    assert Entry.objects.filter(verb=Verb.SIGNED_IN).count() == 2
