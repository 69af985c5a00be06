"""Who sees which concern and case: by role, by assignment, by a grant on one case."""

import pytest
from django.core.exceptions import PermissionDenied

from cases import actions
from cases.lifecycle import Finding, Given, Kind
from cases.models import Case, Concern, Note
from common.errors import RuleError
from people.middleware import act_as
from people.models import Person
from safes.access import open_texts
from safes.rules import Receipt
from tests.world import World

EVERYBODY = ["chief", "hana", "olga", "omar", "otto", "ines", "carl", "adam", "anna", "stan"]


def who_sees(world: World, model: type[Concern] | type[Case]) -> set[str]:
    """Return who sees any row by the application's gate; the database has to agree."""
    seeing = set()
    for name in EVERYBODY:
        person = Person.objects.get(username=name)
        act_as(person)
        by_gate = set(model.objects.visible_to(person).values_list("pk", flat=True))
        by_database = set(model.objects.values_list("pk", flat=True))
        assert by_gate == by_database, f"the two walls differ for {name}"
        if by_gate:
            seeing.add(name)
    return seeing


@pytest.mark.req("SEC-2")
def test_a_new_concern_is_seen_by_the_officers_and_the_head(world: World) -> None:
    world.file()
    assert who_sees(world, Concern) == {"hana", "olga", "omar", "otto"}


@pytest.mark.req("SEC-2")
def test_a_case_is_seen_by_its_team_and_the_head(world: World) -> None:
    world.triage(world.file()[0])
    assert who_sees(world, Case) == {"hana", "olga"}
    assert who_sees(world, Concern) == {"hana", "olga"}


@pytest.mark.req("SEC-2")
def test_an_auditor_sees_the_one_case_that_was_given_and_no_word_of_it(world: World) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    world.triage(world.file()[0])
    act_as(world["olga"])
    actions.grant_view(case, by=world["olga"], person=world["anna"], now=world.now)
    assert who_sees(world, Case) == {"hana", "olga", "anna"}
    act_as(world["anna"])
    assert list(Case.objects.all()) == [case]
    assert not open_texts(world.openers["anna"], [(case.pk, "summary"), (concern.pk, "narrative")])


def test_only_an_auditor_can_be_given_a_case(world: World) -> None:
    case = world.triage(world.file()[0])
    with pytest.raises(RuleError, match="Only an auditor"):
        actions.grant_view(case, by=world["olga"], person=world["stan"], now=world.now)


def test_a_draft_is_seen_by_nobody(world: World) -> None:
    actions.start_draft(
        receipt=Receipt.new(), kind=Kind.REPORT, answers={"told": "half"}, now=world.now
    )
    assert who_sees(world, Concern) == set()


def test_somebody_who_left_sees_nothing(world: World) -> None:
    world.file()
    Person.objects.filter(pk=world["olga"].pk).update(is_active=False)
    gone = Person.objects.get(pk=world["olga"].pk)
    act_as(gone)
    assert not Concern.objects.visible_to(gone).exists()
    assert not Concern.objects.exists()


def test_whoever_is_not_on_the_team_cannot_work_a_case(world: World) -> None:
    case = world.triage(world.file()[0])
    for name in ("omar", "hana", "stan", "adam"):
        with pytest.raises(PermissionDenied):
            actions.sign_note(
                case, by=world[name], kind=Note.Kind.NOTE, text="Mine.", now=world.now
            )
        with pytest.raises(PermissionDenied):
            actions.ask_to_close(
                case,
                by=world[name],
                opener=world.openers.get(name),
                approver=world["hana"],
                finding=Finding.OUT_OF_SCOPE,
                reason="None of ours.",
                message="Bye.",
                lessons="",
                now=world.now,
            )
    assert not Note.objects.exists()


def test_staff_cannot_triage_or_assign(world: World) -> None:
    concern, _ = world.file()
    for name in ("stan", "adam", "chief", "carl", "anna"):
        with pytest.raises(PermissionDenied):
            actions.assign(
                concern, by=world[name], to=world["olga"], now=world.now, why=Given.ASKED
            )


@pytest.mark.req("SEC-1")
def test_an_officer_who_is_not_on_duty_gets_the_key_from_the_next_who_opens(world: World) -> None:
    concern, _ = world.file()
    actions.assign(concern, by=world["olga"], to=world["otto"], now=world.now, why=Given.ASKED)
    assert not open_texts(world.openers["otto"], [(concern.pk, "narrative")])
    actions.read_concern(concern, by=world["olga"], opener=world.openers["olga"], now=world.now)
    assert open_texts(world.openers["otto"], [(concern.pk, "narrative")])
