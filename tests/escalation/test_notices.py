"""Mail as it leaves the house."""

import math
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.test import override_settings

from bench.office import Office, office
from escalation.notices import deliver_mail
from ethicsdesk import environment
from ledger import actions
from ledger.actions import Notice
from ledger.models import Outbox
from tests.conftest import BecomeProcess
from tests.world import World


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Give a mail server to which letters really go."""
    with office() as found:
        monkeypatch.setenv("ETHICSDESK_MAIL", found.url)
        with override_settings(**environment.mail("ETHICSDESK_MAIL")):
            yield found


def post(world: World, *names: str) -> None:
    actions.post(
        Notice(f"a:{n}", "mail", f"person:{world[name].pk}", "concern_filed", world.now, {})
        for n, name in enumerate(names)
    )


@pytest.mark.req("ESC-6")
@pytest.mark.django_db
def test_what_goes_at_once_goes_over_one_line_though_one_addressee_is_refused(
    world: World, process: BecomeProcess, server: Office
) -> None:
    world.hire("poison")
    post(world, "olga", "poison", "omar", "hana")
    with process("worker"):
        assert actions.deliver(now=world.now) == 4
        assert Outbox.objects.exclude(sent_at=None).count() == 3
        assert Outbox.objects.get(sent_at=None).problem == "SMTPRecipientsRefused"
    assert server.taken.total() == 3
    assert server.lines == 1


@pytest.mark.req("ESC-6")
@pytest.mark.django_db
def test_a_server_that_hangs_up_is_rung_again_and_no_letter_is_lost(
    world: World, process: BecomeProcess, server: Office
) -> None:
    server.patience = 1
    post(world, "olga", "omar", "hana")
    with process("worker"):
        actions.deliver(now=world.now)
        server.patience = math.inf
        actions.deliver(now=world.now + timedelta(minutes=1))
        assert not Outbox.objects.filter(sent_at=None)
    assert set(server.taken.values()) == {1}
    assert server.taken.total() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("office", ["Northmoor", "Bell & Sons, Ethics <Office>", "Ørsted ", "倫理"])
def test_the_message_id_is_one_whatever_the_office_is_called(world: World, office: str) -> None:
    row = Outbox(
        identity="a",
        channel="mail",
        to=f"person:{world['olga'].pk}",
        template="concern_filed",
        context={"name": "Olga", "reference": "C-7"},
        next_try_at=world.now,
    )
    with override_settings(OFFICE_NAME=office):
        deliver_mail(row)
    # RFC 5322, section 3.6.4: two dot-atoms
    assert re.fullmatch(
        r"<[0-9a-f]{40}@[a-z0-9-]+\.ethicsdesk>", mail.outbox[0].extra_headers["Message-ID"]
    )
