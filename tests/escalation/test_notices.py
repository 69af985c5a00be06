"""Mail as it leaves the house."""

import re

import pytest
from django.core import mail
from django.test import override_settings

from escalation.notices import deliver_mail
from ledger.models import Outbox
from tests.world import World


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
