"""A person whom a concern is about sees nothing of it anywhere, whatever their role."""

import pytest
from django.http import Http404

from cases import access, actions
from cases.lifecycle import ConcernStatus, Given
from cases.models import Case, Concern, Member, Wall
from common.errors import RuleError
from people.middleware import act_as
from people.models import Person
from people.rules import Role
from safes.access import open_texts
from safes.models import Grant
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.req("TRI-6")


def sees(person: Person) -> bool:
    """Return whether the application shows this person any concern or case."""
    act_as(person)
    return Concern.objects.visible_to(person).exists() or Case.objects.visible_to(person).exists()


def reaches(person: Person) -> bool:
    """Return whether the database alone, without the application's gate, shows them any."""
    act_as(person)
    return Concern.objects.exists() or Case.objects.exists()


def test_an_officer_whom_the_reporter_names_never_learns_of_the_concern(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(excluded=(world["olga"],))
    assert sees(world["omar"])
    assert not sees(world["olga"])
    assert not reaches(world["olga"])
    with process("owner"):
        assert not Grant.objects.filter(safe=concern.safe, person=world["olga"]).exists()
        assert not open_texts(world.openers["olga"], [(concern.pk, "narrative")])


def test_an_officer_whose_name_stands_in_the_text_is_walled_off_by_itself(world: World) -> None:
    world.file(about="It was olga, at the client's office.")
    assert not sees(world["olga"])
    assert sees(world["omar"])


@pytest.mark.parametrize(
    "about",
    ["OLGA EXAMPLE", "Examplova, Olga", "Mrs Olga from the office", "ólga", "olga@office.org"],
)
def test_a_first_or_last_name_is_enough_where_we_ask_who_it_is_about(
    about: str, world: World
) -> None:
    world.file(about=about)
    assert not sees(world["olga"])


@pytest.mark.parametrize("story", ["It was Olga Example.", "Example, Olga has the keys."])
def test_a_full_name_in_the_story_is_a_wall_too(story: str, world: World) -> None:
    world.file(narrative=story)
    assert not sees(world["olga"])
    assert sees(world["omar"])


@pytest.mark.parametrize("story", ["I told Olga.", "The volgaexample works, for example."])
def test_a_name_that_is_part_of_a_story_walls_off_nobody(story: str, world: World) -> None:
    world.file(narrative=story)
    assert sees(world["olga"])


def test_everyone_below_the_subject_is_walled_off_too(world: World, process: BecomeProcess) -> None:
    concern, _ = world.file(excluded=(world["hana"],))
    for name in ("hana", "olga", "omar", "otto"):
        assert not sees(world[name]), name
        assert not reaches(world[name]), name
    with process("worker"):
        grants = Grant.objects.filter(safe=concern.safe)
        held = set(grants.values_list("person__username", flat=True))
    assert held == {None, "ines"}
    act_as(world["ines"])
    read = open_texts(world.openers["ines"], [(concern.pk, "narrative")])
    assert read


def test_a_superuser_and_an_administrator_see_no_concern_and_no_case(world: World) -> None:
    world.triage(world.file()[0])
    world.file()
    Person.objects.filter(pk=world["adam"].pk).update(is_superuser=True)
    adam = Person.objects.get(pk=world["adam"].pk)
    assert not sees(adam)
    assert not reaches(adam)


def test_a_wall_holds_against_a_head_who_is_the_subject(world: World) -> None:
    world.file(excluded=(world["hana"],))
    assert not sees(world["hana"])


def test_hidden_and_absent_are_refused_in_the_same_way(world: World) -> None:
    concern, _ = world.file(excluded=(world["olga"],))
    act_as(world["olga"])
    refusals = []
    for ref in (concern.ref, "C-00000000"):
        with pytest.raises(Http404) as refusal:
            access.get_concern(world["olga"], ref)
        refusals.append(str(refusal.value))
    assert refusals[0] == refusals[1]


def test_nobody_is_left_to_read_it_is_said_before_anything_is_sent(
    world: World, process: BecomeProcess
) -> None:
    everyone = tuple(
        Person.objects.holding(Role.OFFICER, Role.HEAD, Role.INDEPENDENT)  # the whole office
    )
    with pytest.raises(RuleError, match="Nobody would be left"):
        world.file(excluded=everyone)
    act_as(world["hana"])
    with process("owner"):
        assert not Concern.objects.exists()


def test_a_walled_officer_cannot_be_given_the_concern(world: World) -> None:
    concern, _ = world.file(excluded=(world["otto"],))
    with pytest.raises(RuleError, match="cannot take it"):
        actions.assign(concern, by=world["olga"], to=world["otto"], now=world.now, why=Given.ASKED)
    with pytest.raises(RuleError, match="cannot take it"):
        world.triage(concern, lead="otto")
    concern.refresh_from_db()
    assert concern.status == ConcernStatus.RECEIVED


@pytest.mark.req("SEC-1")
def test_a_party_named_later_loses_their_keys_and_what_follows_is_sealed_anew(
    world: World, process: BecomeProcess
) -> None:
    concern, receipt = world.file()
    case = world.triage(concern, by="omar")
    actions.add_member(
        case, by=world["omar"], opener=world.openers["omar"], person=world["olga"], now=world.now
    )
    assert open_texts(world.openers["olga"], [(concern.pk, "narrative")])

    actions.name_party(case, by=world["omar"], person=world["olga"], now=world.now)
    concern.refresh_from_db()
    concern = Concern.objects.select_related("safe").get(pk=concern.pk)
    message = actions.say(concern, text="She knows by now.", now=world.now)

    assert not sees(world["olga"])
    with process("owner"):
        words = [(concern.pk, "narrative"), (message.pk, "body")]
        assert not open_texts(world.openers["olga"], words)
        assert not Member.objects.current().filter(person=world["olga"]).exists()
    for name in ("omar",):
        act_as(world[name])
        opened = open_texts(world.openers[name], [(message.pk, "body"), (concern.pk, "narrative")])
        assert len(opened) == 2
    assert open_texts(receipt.opener, [(message.pk, "body")])


def test_the_lead_cannot_be_named_before_somebody_else_leads(
    world: World, process: BecomeProcess
) -> None:
    case = world.triage(world.file()[0])
    with pytest.raises(RuleError, match="lead the case first"):
        actions.name_party(case, by=world["olga"], person=world["hana"], now=world.now)
    with process("owner"):
        assert not Wall.objects.filter(case=case).exists()


def test_a_wall_around_the_concern_stands_around_its_case(world: World) -> None:
    concern, _ = world.file(excluded=(world["omar"],))
    case = world.triage(concern)
    act_as(world["omar"])
    assert not Case.objects.filter(pk=case.pk).exists()
    act_as(world["olga"])
    with pytest.raises(RuleError, match="cannot join"):
        actions.add_member(
            case,
            by=world["olga"],
            opener=world.openers["olga"],
            person=world["omar"],
            now=world.now,
        )


def test_the_gate_holds_without_row_security_behind_it(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(excluded=(world["hana"],))
    case = world.triage(concern, by="ines")
    with process("owner"):  # whose policy lets every row through
        assert Concern.objects.count() == Case.objects.count() == 1
        for name in ("hana", "olga", "omar"):
            assert not Concern.objects.visible_to(world[name]).exists(), name
            assert not Case.objects.visible_to(world[name]).exists(), name
        assert Concern.objects.visible_to(world["ines"]).get() == concern
        assert Case.objects.visible_to(world["ines"]).get() == case
