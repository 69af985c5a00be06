"""A case is closed by two, with all that is needed, and can be taken up again."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from cases import access, actions, parts
from cases.intake import milestones
from cases.lifecycle import (
    INVESTIGATION,
    CaseStatus,
    ClosingState,
    ConcernStatus,
    Factor,
    Finding,
    Phase,
    TaskKind,
    WhyReopened,
)
from cases.models import Allegation, Case, Closing, Concern, Reopening, Task
from common.errors import RuleError
from escalation.models import Clock
from ledger.models import Detail, Entry
from ledger.verbs import Verb
from people import actions as people
from people.middleware import act_as
from retention import actions as retention
from retention.access import Kept
from retention.lifecycle import DisposalState, Ground
from retention.models import Disposal
from safes.access import open_texts
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.req("CAS-11")
LATER = timedelta(days=3)


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Olga leads alone."""
    act_as(world["olga"])
    return world.triage(world.file()[0])


def ask(
    world: World, case: Case, *, by: str = "olga", approver: str = "hana", **changes: object
) -> Closing:
    entered: dict[str, object] = {
        "finding": Finding.UNSUBSTANTIATED,
        "reason": "The log says otherwise.",
        "message": "We found nothing.",
        "lessons": "Write dates down.",
        **changes,
    }
    return actions.ask_to_close(
        case,
        by=world[by],
        opener=world.openers[by],
        approver=world[approver],
        now=world.now,
        **entered,  # type: ignore[arg-type] # a test names what it changes
    )


def approve(world: World, closing: Closing, by: str = "hana", days: int = 0) -> Case:
    now = world.now + timedelta(days=days)
    return actions.approve_closing(closing, by=world[by], opener=world.openers[by], now=now)


def test_nobody_closes_a_case_alone(world: World, case: Case, process: BecomeProcess) -> None:
    with pytest.raises(RuleError, match="cannot decide"):
        ask(world, case, approver="olga")
    closing = ask(world, case)
    with pytest.raises(RuleError, match="another person decides"):
        approve(world, closing, by="olga")
    assert Case.objects.get().status == CaseStatus.OPEN
    decided = {"state": ClosingState.APPROVED, "decided_by": world["olga"], "decided_at": world.now}
    with process("owner"), pytest.raises(IntegrityError, match="by_two"), transaction.atomic():
        Closing.objects.filter(pk=closing.pk).update(**decided)
    case = approve(world, closing)
    assert (case.status, case.finding) == (CaseStatus.CLOSED, Finding.UNSUBSTANTIATED)
    with process("owner"), pytest.raises(DatabaseError, match="Cannot update"):
        Closing.objects.filter(pk=closing.pk).update(state=ClosingState.ASKED)


def test_whoever_is_asked_is_let_in_to_read_it_and_has_it_to_do(
    world: World, case: Case, process: BecomeProcess
) -> None:
    places = [(case.pk, "summary")]
    assert not open_texts(world.openers["hana"], places)
    closing = ask(world, case)
    let_in = Entry.objects.get(verb=Verb.CASE_ASSIGNED, subject=f"case:{case.pk}")
    with process("owner"):
        assert Detail.objects.get(entry=let_in).facts == {"how": "decides"}
    act_as(world["hana"])
    read = open_texts(world.openers["hana"], [*places, (closing.pk, "lessons")])
    assert read[closing.pk, "lessons"] == "Write dates down."
    assert places[0] in read
    task = Task.objects.open().get(kind=TaskKind.APPROVE_CLOSING)
    assert task.assignee == world["hana"]
    clock = Clock.objects.get(subject_id=task.pk)
    assert (clock.kind, clock.limit) == ("approve_closing", "2wd")
    # it is done by deciding, and does not stand against what is decided
    act_as(world["olga"])
    with pytest.raises(RuleError, match="by deciding"):
        actions.finish_task(task, by=world["olga"], words="", now=world.now)
    assert parts.blocks_closing(case) == []
    approve(world, closing)
    # what is left watches over whoever told it
    assert not Task.objects.open().exclude(kind=TaskKind.CHECK_IN).exists()


def test_the_independent_join_the_team_to_decide_and_the_walled_are_not_offered(
    world: World, case: Case
) -> None:
    assert access.may_decide(case, world["olga"]) == [world["hana"], world["ines"]]
    people.declare_tie(world["hana"], about=world["stan"], now=world.now)
    actions.name_party(case, by=world["olga"], person=world["stan"], now=world.now)
    assert access.may_decide(case, world["olga"]) == [world["ines"]]
    with pytest.raises(RuleError, match="cannot decide"):
        ask(world, case)
    closing = ask(world, case, approver="ines")
    assert case.members.get(person=world["ines"]).function == "approver"
    with pytest.raises(PermissionDenied):
        approve(world, closing, by="hana")
    approve(world, closing, by="ines")


def test_what_is_sent_back_says_what_is_missing_and_can_be_asked_for_again(
    world: World, case: Case
) -> None:
    closing = ask(world, case)
    with pytest.raises(RuleError, match="already"):
        ask(world, case)
    with pytest.raises(RuleError, match="what is missing"):
        actions.refuse_closing(closing, by=world["hana"], reason=" ", now=world.now)
    actions.refuse_closing(
        closing, by=world["hana"], reason="Hear the driver.", now=world.now,
        opener=world.openers["hana"],
    )  # fmt: skip
    with pytest.raises(RuleError, match="sent back"):
        approve(world, closing)
    where = (closing.pk, "refused")
    assert open_texts(world.openers["olga"], [where])[where] == "Hear the driver."
    again = ask(world, case)
    actions.take_back_closing(again, by=world["olga"], now=world.now)
    assert not Task.objects.open().exists()
    approve(world, ask(world, case))
    states = Closing.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == ["approved", "refused", "withdrawn"]


@pytest.mark.parametrize("missing", ["finding", "reason", "message"])
def test_closing_asks_for_what_it_needs(world: World, case: Case, missing: str) -> None:
    with pytest.raises(RuleError, match="what you entered is kept"):
        ask(world, case, **{missing: None if missing == "finding" else " "})  # type: ignore[arg-type]
    assert not Closing.objects.exists()


def test_each_thing_that_stands_against_closing_says_how_it_is_mended(
    world: World, case: Case
) -> None:
    olga, now = world["olga"], world.now
    for text in ("The date was changed.", "She was told to."):
        actions.add_allegation(case, by=olga, category=world.category, text=text, now=now)
    kinds = (TaskKind.TASK, TaskKind.SAFEGUARD_REVIEW)
    for kind in kinds:
        actions.add_task(case, by=olga, kind=kind, assignee=olga, words="Ring her.", now=now)
    Task.objects.filter(kind=kinds[1]).update(assignee=None)
    given = "nobody does it, and it goes on after closing. Give it to somebody, under “Tasks”."
    against = [
        "Nothing is found of allegation 1 yet. Sign a finding, under “Allegations”.",
        "Nothing is found of allegation 2 yet. Sign a finding, under “Allegations”.",
        "A task is still open. Mark it as done, or cancel it with a reason.",
        f"Review of safeguards: {given}",
    ]
    assert parts.blocks_closing(case) == against
    with pytest.raises(RuleError) as refused:
        ask(world, case)
    assert all(sentence in str(refused.value) for sentence in against)


@pytest.mark.req("CAS-5")
def test_an_investigation_leaves_its_findings_once_each_allegation_is_found(
    world: World, case: Case
) -> None:
    olga, now = world["olga"], world.now
    allegation = actions.add_allegation(
        case, by=olga, category=world.category, text="A date.", now=now
    )
    for phase in (Phase.PLANNING, Phase.GATHERING):
        actions.go_on(case, by=olga, at=phase, now=now)
    with pytest.raises(RuleError, match="Nothing is found of allegation 1 yet"):
        actions.go_on(case, by=olga, at=Phase.FINDINGS, now=now)
    finding = Finding.INSUFFICIENT
    actions.sign_finding(allegation, by=olga, finding=finding, reason="So.", now=now)
    assert actions.go_on(case, by=olga, at=Phase.FINDINGS, now=now).phase == Phase.OUTCOME


def test_a_case_ends_with_the_weightiest_finding_of_its_allegations(
    world: World, case: Case
) -> None:
    olga, now = world["olga"], world.now
    for finding in (Finding.OUT_OF_SCOPE, Finding.INSUFFICIENT):
        allegation = actions.add_allegation(
            case, by=olga, category=world.category, text="A date.", now=now
        )
        actions.sign_finding(allegation, by=olga, finding=finding, reason="So.", now=now)
    closing = ask(world, case, finding=None)
    assert closing.finding == Finding.INSUFFICIENT
    # what is found anew meanwhile has to be asked for anew
    actions.sign_finding(allegation, by=olga, finding=Finding.OUT_OF_SCOPE, reason="No.", now=now)
    with pytest.raises(RuleError, match="found or struck since"):
        approve(world, closing)


@pytest.mark.parametrize("what", ["alleged", "found"])
def test_what_came_since_it_was_asked_for_is_not_closed_along(
    world: World, case: Case, what: str
) -> None:
    olga, now = world["olga"], world.now
    later = now + timedelta(hours=1)

    def alleged(at: datetime) -> Allegation:
        category = world.category
        return actions.add_allegation(case, by=olga, category=category, text="A date.", now=at)

    def find(allegation: Allegation, at: datetime) -> None:
        finding = Finding.INSUFFICIENT
        actions.sign_finding(allegation, by=olga, finding=finding, reason="So.", now=at)

    one = alleged(now)
    find(one, now)
    closing = ask(world, case, finding=None)
    # either way the case would end with the same finding
    if what == "alleged":
        find(alleged(later), now)
    else:
        find(one, later)
    with pytest.raises(RuleError, match="alleged, found or struck since"):
        approve(world, closing)
    assert Case.objects.get().status == CaseStatus.OPEN


@pytest.mark.req("TRI-6")
def test_nothing_is_closed_in_the_name_of_somebody_who_was_walled_off(
    world: World, case: Case
) -> None:
    """Otto asked; then his manager is named: his words reach no reporter any more."""
    act_as(world["olga"])
    actions.add_member(
        case, by=world["olga"], opener=world.openers["olga"], person=world["otto"], now=world.now
    )
    people.declare_tie(world["otto"], about=world["stan"], now=world.now)
    closing = ask(world, case, by="otto")
    actions.name_party(case, by=world["olga"], person=world["stan"], now=world.now)
    with pytest.raises(RuleError, match="does not work on it any more"):
        approve(world, closing)
    concern = Concern.objects.get()
    assert (concern.status, concern.messages.count()) == (ConcernStatus.IN_CASE, 0)
    actions.refuse_closing(
        closing, by=world["hana"], reason="Ask anew.", now=world.now, opener=world.openers["hana"]
    )
    assert approve(world, ask(world, case)).status == CaseStatus.CLOSED


def test_a_reopened_case_goes_on_and_keeps_how_it_was_closed(
    world: World, case: Case, process: BecomeProcess
) -> None:
    first = ask(world, case)
    approve(world, first)
    case.refresh_from_db()
    act_as(world["olga"])
    retention.propose(
        [Kept(case)], ground=Ground.COURT_ORDER, reason="A court.", by=world["olga"], now=world.now
    )
    words = {"why": WhyReopened.NEW, "words": "A witness came.", "message": "We look again."}
    later = world.now + LATER
    with pytest.raises(PermissionDenied):
        actions.reopen(case, by=world["omar"], now=later, **words)  # type: ignore[arg-type]
    opener = world.openers["olga"]
    actions.reopen(case, by=world["olga"], opener=opener, now=later, **words)  # type: ignore[arg-type]
    case.refresh_from_db()
    assert (case.status, case.closed_at, case.finding) == (CaseStatus.OPEN, None, "")
    concern = Concern.objects.get()
    assert concern.status == ConcernStatus.IN_CASE
    # its reporter was told in time, and what is promised anew stands beside it
    for day in (180, 360):
        outcome, anew = milestones.track(concern, (world.now + timedelta(days=day)).date())[-2:]
        assert (outcome.state, anew.state) == (milestones.KEPT, milestones.LATE)
        assert "taken up again" in outcome.text
    assert concern.messages.count() == 2
    running = Clock.objects.open().filter(kind=INVESTIGATION)
    assert running.get().started_at == later
    assert case.next_due_at is not None
    # it is not erased, and what was decided before is still there
    assert Disposal.objects.get().state == DisposalState.STOPPED
    with process("owner"), pytest.raises(DatabaseError, match="Cannot update"):
        Reopening.objects.update(why=WhyReopened.MISTAKE)
    approve(world, ask(world, case, finding=Finding.PARTLY), days=200)
    closings = Closing.objects.filter(state=ClosingState.APPROVED).order_by("finding")
    assert [one.finding for one in closings] == [Finding.PARTLY, Finding.UNSUBSTANTIATED]
    where = (first.pk, "outcome")
    assert open_texts(opener, [where])[where] == "The log says otherwise."
    concern.refresh_from_db()
    outcome, anew = milestones.track(concern, (world.now + timedelta(days=360)).date())[-2:]
    assert (anew.title, anew.state) == (milestones.ANEW, milestones.LATE)
    assert (outcome.state, "taken up again" in outcome.text) == (milestones.KEPT, False)


def test_what_is_being_erased_is_not_reopened(
    world: World, case: Case, process: BecomeProcess
) -> None:
    approve(world, ask(world, case))
    case.refresh_from_db()
    act_as(world["olga"])
    (row,) = retention.propose(
        [Kept(case)], ground=Ground.COURT_ORDER, reason="A court.", by=world["olga"], now=world.now
    )
    retention.approve([row.pk], by=world["hana"], now=world.now)
    with process("worker"):
        retention.begin(row.pk, now=world.now)
    with pytest.raises(RuleError, match="being erased"):
        actions.reopen(
            case, by=world["olga"], why=WhyReopened.APPEAL, words="She asked.", message="We look.",
            opener=world.openers["olga"], now=world.now,
        )  # fmt: skip


@pytest.mark.req("CAS-13")
def test_what_contributed_is_counted_once_another_person_approved_it(
    world: World, case: Case
) -> None:
    factors = [Factor.SUPERVISION, Factor.TARGET_PRESSURE]
    refused = ask(world, case, factors=factors)
    actions.refuse_closing(refused, by=world["hana"], reason="Hear the driver.", now=world.now)
    assert not Entry.objects.filter(verb=Verb.FACTOR_CODED).exists()
    closing = ask(world, case, factors=factors)
    # in the order of the catalogue, each once
    assert closing.factors == [Factor.TARGET_PRESSURE, Factor.SUPERVISION]
    approve(world, closing)
    assert Entry.objects.filter(verb=Verb.FACTOR_CODED, subject=f"case:{case.pk}").count() == 2
