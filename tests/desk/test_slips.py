"""What was entered by mistake is struck on a page of its own, and stands struck through."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from people.middleware import act_as
from tests.architecture.acts.casework import about, alleged, exhibited
from tests.desk.test_case import at, send, text
from tests.doors import sign_in
from tests.world import World


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Olga leads alone."""
    act_as(world["olga"])
    return world.triage(world.file()[0])


@pytest.mark.req("CAS-3")
def test_a_slip_of_each_kind_is_struck_with_a_reason(
    client: Client, world: World, case: Case
) -> None:
    alleged(world, case)
    exhibited(world, case)
    about(world, case)
    sign_in(client, world, "olga")
    for what, section, words in (
        ("allegation", "allegations", "Entered by mistake, struck"),
        ("evidence", "evidence", "<s>1. Visit log</s>"),
        ("party", "allegations", "Entered by mistake, struck"),
    ):
        address = reverse("desk:strike", args=[case.ref, what, 1])
        assert "struck through, with your reason" in text(client, address)
        assert "Write why it was a mistake." in send(client, address, {})
        # something else has this number since: where cases are merged, those of parties shift
        other = {"reason": f"{what} twice.", "slip": str(case.pk)}
        assert "What stands here changed since" in send(client, address, other)
        slip = client.get(address).context["slip"]
        sent = {"reason": f"{what} twice.", "slip": str(slip.pk)}
        page = send(client, address, sent)
        assert "Struck. It counts no more, and stays readable." in page
        page = text(client, at(section, case))
        assert words in page
        assert f"{what} twice." in page
        assert "struck already" in send(client, address, {**sent, "reason": "Again."})
    assert client.get(reverse("desk:strike", args=[case.ref, "note", 1])).status_code == 404
    assert client.get(reverse("desk:strike", args=[case.ref, "party", 2])).status_code == 404
    page = text(client, at("close", case))
    for words in ("Nothing is found of allegation", "was not asked to answer"):
        assert words not in page
