"""The path of a concern through the office, action by action."""

import pytest

from cases import actions
from cases.lifecycle import CaseStatus, ConcernStatus, Finding
from cases.models import Case, Concern, Note
from safes import access as opening
from tests.world import NARRATIVE, World


@pytest.mark.req("INT-3", "CAS-1", "TRI-2")
def test_a_concern_travels_from_the_reporter_to_a_closed_case(world: World) -> None:
    concern, receipt = world.file()
    assert concern.status == ConcernStatus.RECEIVED

    read = opening.open_texts(world.openers["olga"], [(concern.pk, "narrative")])
    assert read[concern.pk, "narrative"] == NARRATIVE

    actions.assign(concern, by=world["olga"], to=world["omar"], now=world.now)
    case = world.triage(concern, by="omar")
    assert Case.objects.visible_to(world["omar"]).get() == case

    actions.sign_note(case, by=world["omar"], kind=Note.Kind.NOTE, text="I rang.", now=world.now)
    actions.close(
        case,
        by=world["omar"],
        finding=Finding.SUBSTANTIATED,
        reason="The log shows it.",
        message="We looked into it, and the date stays.",
        now=world.now,
    )
    concern.refresh_from_db()
    case.refresh_from_db()
    assert (case.status, concern.status) == (CaseStatus.CLOSED, ConcernStatus.CLOSED)
    message = concern.messages.get()
    read = opening.open_texts(receipt.opener, [(message.pk, "body")])
    assert read[message.pk, "body"] == "We looked into it, and the date stays."
    assert not Concern.objects.visible_to(world["stan"]).exists()
