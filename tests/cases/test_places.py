"""The place of a case in the list of whoever is on it: kept with the case, read in its order."""

import random
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest
from guardian.shortcuts import assign_perm

from cases import access, actions
from cases.access import CaseList
from cases.lifecycle import CaseStatus, Finding, Level
from cases.models import Case, Category, Member, Place, Wall, place_of
from people.middleware import act_as
from people.models import Person
from people.rules import blind_index
from safes.models import Safe
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.req("TRI-1")
ROWS, PAGE = 120, 7
NEVER = datetime.max.replace(tzinfo=UTC)


def kept(case: Case, process: BecomeProcess) -> Case:
    """Assert that everybody on a case has its place in their list; return it afresh."""
    with process("owner"):
        case = Case.objects.get(pk=case.pk)
        found = list(Member.objects.current().filter(case=case).values(*place_of(case)))
    assert found
    assert found == [place_of(case)] * len(found)
    return case


def close(world: World, case: Case) -> None:
    world.close(case, by="omar", finding=Finding.OUT_OF_SCOPE)


def test_the_place_follows_the_case_whoever_changes_it(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    act_as(world["olga"])
    # olga opens it for omar: neither is on it while his place is written
    case = kept(world.triage(concern, lead="omar"), process)
    far = world.now + timedelta(days=300)
    with process("worker"):
        Case.objects.filter(pk=case.pk).update(next_due_at=far)
    assert kept(case, process).next_due_at == far
    act_as(None)
    with process("owner"):
        concern.refresh_from_db()
    with process("speak"):
        # the reporter's door starts a clock, and sees nobody on the team
        access.keep_at_hand(concern)
        actions.say(concern, text="He was here again.", now=world.now)
    nearer = kept(case, process).next_due_at
    assert nearer is not None
    assert nearer < far
    act_as(world["omar"])
    actions.add_member(
        case,
        by=world["omar"],
        opener=world.openers["omar"],
        person=world["otto"],
        now=world.now,
    )
    kept(case, process)
    with process("watchdog"):
        Case.objects.filter(pk=case.pk).update(urgency=Level.DANGER)
    assert kept(case, process).urgency == Level.DANGER
    close(world, case)
    closed = kept(case, process)
    assert closed.status == CaseStatus.CLOSED
    # those who are protected are asked after it is closed as well
    assert closed.next_due_at is not None


def scattered(world: World) -> None:
    """Write cases of every kind of place: on whose team, given to whom, before whom a wall stands.

    Few values in each column, so that many are equal in one and differ in the next.
    """
    chance = random.Random(2026)  # noqa: S311 - rows for a test, always the same
    categories = list(Category.objects.all()[:2])
    safes = [Safe(id=uuid4(), kind="case", public=b"", proof=b"") for _ in range(ROWS)]
    Safe.objects.bulk_create(safes)
    cases = []
    for n, safe in enumerate(safes):
        closed = chance.choice([None, None, world.now - timedelta(days=chance.randrange(4))])
        cases.append(
            Case(
                ref=f"F-{chance.randrange(10**6):06}-{n}",
                status=CaseStatus.CLOSED if closed else CaseStatus.OPEN,
                finding=Finding.PARTLY if closed else "",
                category=chance.choice(categories),
                urgency=chance.choice(Level.values),
                severity=Level.LOW,
                lead=world["omar"],
                safe=safe,
                opened_at=world.now - timedelta(days=n % 3),
                closed_at=closed,
                next_due_at=chance.choice(
                    [None, *(world.now + timedelta(hours=h) for h in (1, 2))]
                ),
            )
        )
    Case.objects.bulk_create(cases)
    Member.objects.bulk_create(
        Member(
            case=case,
            person=person,
            function=Member.Function.INVESTIGATOR,
            since=world.now,
            left_at=chance.choice([None, None, None, world.now]),
        )
        for case in cases
        for person in chance.sample([world["olga"], world["omar"], world["hana"]], 2)
    )
    for case in chance.sample(cases, 20):
        assign_perm("view_case", world["olga"], case)
    Wall.objects.bulk_create(
        Wall(
            case=case,
            blind=blind_index(world[who].pk),
            why=Wall.Why.RECUSED,
            since=world.now.date(),
        )
        for case in chance.sample(cases, 20)
        for who in ("olga", "hana")
    )
    # what time does to them afterwards
    for case in chance.sample(cases, 30):
        Case.objects.filter(pk=case.pk).update(
            urgency=chance.choice(Level.values), next_due_at=world.now
        )


def in_pages(cases: CaseList) -> list[Case]:
    """Return everything of a list, a page at a time, each beginning where the one before ended."""
    found: list[Case] = []
    after = None
    while page := cases.page(after, PAGE):
        found += page
        last = page[-1]
        after = Place(last.urgency, last.closed_at or last.next_due_at, last.ref)
    return found


def as_before(person: Person, *, is_closed: bool, is_own: bool, **facts: object) -> list[Case]:
    """Return the same cases by the gate, sorted here."""
    found = Case.objects.visible_to(person).filter(**facts)
    found = found.closed() if is_closed else found.open()
    if is_own:
        found = found.worked_by(person)
    cases = sorted(found, key=lambda case: case.ref, reverse=True)
    if is_closed:
        return sorted(cases, key=lambda case: case.closed_at or case.opened_at, reverse=True)
    return sorted(cases, key=lambda one: (-one.urgency, (one.next_due_at or NEVER)))


@pytest.mark.parametrize("who", ["olga", "hana", "otto"])
def test_the_list_is_what_the_gate_gives_in_the_order_of_need(
    who: str, world: World, process: BecomeProcess
) -> None:
    with process("owner"):
        scattered(world)
    person = Person.objects.get(username=who)
    act_as(person)
    narrowed: tuple[dict[str, object], ...] = (
        {},
        {"category": Category.objects.all()[0], "urgency": Level.HIGH},
    )
    # before the owner no row security stands: there the list has to hold alone
    for name, facts, is_closed, is_own in product(
        ("web", "owner"), narrowed, (False, True), (False, True)
    ):
        with process(name):
            # what is narrowed is narrowed by age too
            opened_by = world.now - timedelta(days=1) if facts else None
            cases = CaseList(person, is_closed, is_own, facts, opened_by)
            aged = {"opened_at__lte": opened_by} if opened_by else {}
            wanted = as_before(person, is_closed=is_closed, is_own=is_own, **facts, **aged)
            assert in_pages(cases) == wanted
            assert sorted(cases.levels(ROWS)) == sorted(case.urgency for case in wanted)
            assert bool(wanted) == (who != "otto")
