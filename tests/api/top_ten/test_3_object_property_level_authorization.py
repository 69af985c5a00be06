"""API3:2023 Broken Object Property Level Authorization: nothing is set or told beyond the list."""

import json

import pytest

from cases.lifecycle import ConcernStatus
from cases.models import Concern
from ledger.models import Entry
from ledger.verbs import Verb
from tests.api.program import Program, concern
from tests.api.site import BODIES, OPERATIONS, Site, resolved
from tests.conftest import BecomeProcess
from tests.world import NARRATIVE, World

pytestmark = pytest.mark.req("SEC-2")
# what the model of a concern has and a program must not set
OURS = {
    "id", "ref", "status", "safe", "owner", "handed_to", "case", "urgency", "severity", "locator",
    "filed_on", "filed_at", "acknowledge_by", "feedback_by", "is_unread", "identity_safe",
    "policy_version", "next_due_at", "notify", "walls",
}  # fmt: skip


def test_what_the_office_decides_cannot_be_sent_along(
    program: Program, process: BecomeProcess
) -> None:
    for name in OURS:
        answer = program.post("concerns/", concern(**{name: "closed"}))
        assert answer.status_code == 400, name
        assert name in answer.json()["errors"]
    with process("worker"):
        assert not Entry.objects.filter(verb=Verb.CONCERN_FILED).exists()


def test_what_is_filed_arrives_as_everything_does(program: Program, world: World) -> None:
    ref = program.post("concerns/", concern()).json()["ref"]
    filed = Concern.objects.visible_to(world["olga"]).get(ref=ref)
    assert filed.status == ConcernStatus.RECEIVED
    assert (filed.owner, filed.case, filed.handed_to) == (None, None, None)


def test_every_body_is_closed_to_unknown_members_at_every_depth() -> None:
    for name in BODIES:
        schema = OPERATIONS[name][2]["requestBody"]["content"]["application/json"]["schema"]
        shape = resolved(schema)
        assert shape["additionalProperties"] is False, name
        inside = {member: resolved(one) for member, one in shape["properties"].items()}
        for member, inner in inside.items():
            if inner.get("type") == "object" and member != "answers":
                assert inner["additionalProperties"] is False, f"{name}.{member}"


def test_no_answer_holds_what_somebody_wrote_or_what_is_sealed(site: Site) -> None:
    site.release()
    for name in OPERATIONS:
        told = site.asked(name).content.decode(errors="replace")
        for word in (NARRATIVE[:20], "wrapped", "ciphertext", "locator", "password", "blind"):
            assert word not in told, f"{word} in {name}"


def test_a_case_is_told_with_exactly_the_members_of_the_document(site: Site) -> None:
    media = OPERATIONS["get_case"][2]["responses"]["200"]["content"]["application/json"]
    named = set(resolved(media["schema"])["properties"])
    assert set(json.loads(site.asked("get_case").content)) == named
