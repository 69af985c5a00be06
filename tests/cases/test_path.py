"""The path of a concern through the office, action by action."""

import pytest

from cases import actions
from cases.lifecycle import CaseStatus, ConcernStatus, Finding, Given
from cases.models import Case, Concern, Note
from common import sealing
from safes import access as opening
from safes.models import Sealed
from tests.world import NARRATIVE, World


@pytest.mark.req("INT-3", "CAS-1", "TRI-2")
def test_a_concern_travels_from_the_reporter_to_a_closed_case(world: World) -> None:
    concern, receipt = world.file()
    assert concern.status == ConcernStatus.RECEIVED

    read = opening.open_texts(world.openers["olga"], [(concern.pk, "narrative")])
    assert read[concern.pk, "narrative"] == NARRATIVE

    actions.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=Given.ASKED)
    case = world.triage(concern, by="omar")
    assert Case.objects.visible_to(world["omar"]).get() == case

    actions.sign_note(case, by=world["omar"], kind=Note.Kind.NOTE, text="I rang.", now=world.now)
    world.close(
        case,
        by="omar",
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


@pytest.mark.req("SEC-1")
def test_what_people_write_who_read_lies_in_the_form_that_opens_quickly(world: World) -> None:
    omar = world.openers["omar"]
    concern, receipt = world.file()
    actions.assign(
        concern,
        by=world["olga"],
        to=world["omar"],
        now=world.now,
        why=Given.ASKED,
        opener=world.openers["olga"],
    )
    actions.say(concern, text="One more thing.", now=world.now, opener=receipt.opener)
    actions.answer(concern, by=world["omar"], text="Thank you.", now=world.now, opener=omar)
    case = world.triage(concern, by="omar")
    actions.sign_note(
        case, by=world["omar"], kind=Note.Kind.NOTE, text="I rang.", now=world.now, opener=omar
    )
    world.close(
        case,
        by="omar",
        finding=Finding.SUBSTANTIATED,
        reason="The log shows it.",
        message="It stays.",
        now=world.now,
    )
    sealed = Sealed.objects.filter(safe__in=[concern.safe_id, case.safe_id])
    forms = {one.field: sealing.form_of(bytes(one.ciphertext)) for one in sealed}
    assert {"narrative", "given", "body", "reason", "summary", "outcome"} <= set(forms)
    assert set(forms.values()) == {sealing.SHARED}
