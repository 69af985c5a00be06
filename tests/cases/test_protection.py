"""Those who may be made to pay are watched over, and a sign opens a case at once."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from cases import access, actions
from cases.lifecycle import CaseStatus, Level, Mode, PartyRole, TaskKind, WhyUnheard
from cases.lifecycle.links import LinkKind
from cases.lifecycle.protection import (
    Answer,
    Asking,
    Point,
    RemedyKind,
    RiskLevel,
    RiskSign,
    Since,
)
from cases.models import Case, CheckIn, Concern, Link, Party, RetaliationRisk, Task
from cases.rules import protection as rules
from common import days
from common.errors import RuleError
from escalation.models import Clock
from ledger.models import Detail, Entry
from ledger.verbs import Verb
from people.middleware import act_as
from safes.access import open_texts
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.req("CAS-7")
TODAY = date(2026, 3, 16)


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Olga leads, about Otto, with a witness."""
    act_as(world["olga"])
    case = world.triage(world.file()[0])
    for role, name in ((PartyRole.SUBJECT, "Otto Example"), (PartyRole.WITNESS, "Rae Stone")):
        actions.add_party(
            case, by=world["olga"], role=role, name=name, now=world.now,
            opener=world.openers["olga"],
        )  # fmt: skip
    return Case.objects.get(pk=case.pk)


def weigh(
    world: World, to: Concern | Party, *signs: RiskSign, **changes: object
) -> RetaliationRisk:
    entered: dict[str, object] = {
        "point": Point.REPORT,
        "level": rules.proposed(signs),
        "asking": Asking.HERE if isinstance(to, Concern) else Asking.PHONE,
        "agreed": "No calls at work.",
        "now": world.now,
        **changes,
    }
    return actions.assess_risk(
        to,
        by=world["olga"],
        signs=signs,
        opener=world.openers["olga"],
        **entered,  # type: ignore[arg-type] # a test names what it changes
    )


def ask(world: World, to: Concern | Party, answer: Answer, **changes: object) -> actions.CheckedIn:
    now = changes.pop("now", world.now)
    entered: dict[str, object] = {
        "asking": Asking.HERE if isinstance(to, Concern) else Asking.PHONE,
        "on": days.day_of(now),  # type: ignore[arg-type] # a time
        "words": "",
        **changes,
    }
    return actions.check_in(
        to,
        by=world["olga"],
        answer=answer,
        now=now,  # type: ignore[arg-type] # a time
        opener=world.openers["olga"],
        **entered,  # type: ignore[arg-type] # a test names what it changes
    )


def planned(to: Concern | Party) -> CheckIn:
    return CheckIn.objects.awaited().get(**{"concern" if isinstance(to, Concern) else "party": to})


def test_signs_propose_a_level_and_a_level_says_when_somebody_is_asked() -> None:
    assert rules.proposed([]) == RiskLevel.LOW
    assert rules.proposed([RiskSign.SMALL_UNIT]) == RiskLevel.MEDIUM
    assert rules.proposed([RiskSign.THREATENED]) == RiskLevel.HIGH
    assert rules.proposed([RiskSign.ALONE, RiskSign.HOSTILE, RiskSign.INFERRED]) == RiskLevel.HIGH
    # the riskier, the sooner and the more often
    plans = [rules.DAYS[one] for one in RiskLevel]
    for less, more in pairwise(plans):
        assert (len(less), more[0]) < (len(more), less[0])

    def after(day: date, *, goes_on: bool = False, again: bool = False) -> date | None:
        return rules.next_day(RiskLevel.LOW, since=TODAY, after=day, goes_on=goes_on, again=again)

    assert after(TODAY) == TODAY + timedelta(days=30)
    # what was not weighed for long is asked at the next day that is left
    assert after(TODAY + timedelta(days=31)) == TODAY + timedelta(days=90)
    late = TODAY + timedelta(days=180)
    assert after(late) is None
    assert after(late, goes_on=True) == late + rules.GOES_ON
    assert after(TODAY, again=True) == TODAY + rules.TRY_AGAIN


def test_who_is_protected_is_weighed_and_asked_in_time(
    world: World, case: Case, process: BecomeProcess
) -> None:
    concern, witness = access.protected(case)
    assert isinstance(concern, Concern)
    # whom it is about is not among them
    assert isinstance(witness, Party)
    subject = case.parties.get(role=PartyRole.SUBJECT)
    with pytest.raises(RuleError, match="not somebody whom the case protects"):
        weigh(world, subject)
    with pytest.raises(RuleError, match="only their own channel here is safe"):
        weigh(world, concern, asking=Asking.EMAIL)
    with pytest.raises(RuleError, match="have no channel here"):
        weigh(world, witness, asking=Asking.HERE)
    with pytest.raises(RuleError, match="The signs propose “High”"):
        weigh(world, witness, RiskSign.IS_MANAGER, level=RiskLevel.LOW)
    with pytest.raises(PermissionDenied):
        actions.assess_risk(
            witness, by=world["omar"], point=Point.REPORT, signs=[], level=RiskLevel.LOW,
            asking=Asking.PHONE, agreed="", now=world.now,
        )  # fmt: skip
    assert not CheckIn.objects.exists()
    risk = weigh(world, witness, RiskSign.IS_MANAGER, level=RiskLevel.MEDIUM, lower="He left.")
    texts = open_texts(world.openers["olga"], [(risk.pk, "agreed"), (risk.pk, "lower")])
    assert set(texts.values()) == {"No calls at work.", "He left."}
    row = planned(witness)
    assert (row.due_on, row.since) == (TODAY + timedelta(days=14), Since.REPORT)
    clock = Clock.objects.get(kind=TaskKind.CHECK_IN)
    assert (clock.kind, days.day_of(clock.due_at)) == (TaskKind.CHECK_IN, row.due_on)
    assert row.task is not None
    assert row.task.assignee == world["olga"]
    with pytest.raises(RuleError, match="under “Protection”"):
        actions.finish_task(row.task, by=world["olga"], words="", now=world.now)
    with pytest.raises(RuleError, match="under “Protection”"):
        actions.cancel_task(row.task, by=world["olga"], reason="No.", now=world.now)
    # weighed anew, it stands beside the first, and they are asked sooner
    weigh(world, witness, RiskSign.IS_MANAGER, point=Point.BEGUN)
    assert RetaliationRisk.objects.of(case).count() == 2
    assert planned(witness).due_on == TODAY + timedelta(days=7)
    with pytest.raises(DatabaseError), transaction.atomic():
        RetaliationRisk.objects.filter(pk=risk.pk).update(level=RiskLevel.LOW)
    # who does not want to be asked is not asked
    weigh(world, witness, RiskSign.IS_MANAGER, asking=Asking.NOT)
    assert not CheckIn.objects.awaited().exists()
    entry = Entry.objects.filter(verb=Verb.RISK_ASSESSED).earliest("stream_n")
    with process("owner"):
        facts = Detail.objects.get(entry=entry).facts
    assert (facts["who"], facts["point"], facts["level"]) == ("witness", "report", "medium")


def test_a_check_in_leads_to_the_next_and_none_stops_the_plan(world: World, case: Case) -> None:
    concern = case.concerns.get()
    weigh(world, concern, RiskSign.SMALL_UNIT)
    first = planned(concern)
    # what they say long before the day stands beside the plan
    early = ask(world, concern, Answer.NO, now=world.now + timedelta(days=2)).check_in
    assert early.task is None
    assert planned(concern) == first
    on_the_day = world.now + timedelta(days=14)
    done = ask(world, concern, Answer.NO, now=on_the_day, words="All is well.").check_in
    assert done == first
    assert first.task is not None
    assert not Task.objects.get(pk=first.task.pk).is_open
    assert planned(concern).due_on == TODAY + timedelta(days=30)
    # nobody was reached: again within two weeks, though the next day is two months ahead
    ask(world, concern, Answer.UNREACHED, now=world.now + timedelta(days=31))
    assert planned(concern).due_on == TODAY + timedelta(days=31 + 14)
    with pytest.raises(DatabaseError), transaction.atomic():
        CheckIn.objects.filter(pk=first.pk).update(answer=Answer.YES)


def test_protection_goes_on_after_closing_without_a_click(world: World, case: Case) -> None:
    concern = case.concerns.get()
    witness = case.parties.get(role=PartyRole.WITNESS)
    weigh(world, witness, RiskSign.THREATENED)
    actions.waive_response(
        case.parties.get(role=PartyRole.SUBJECT), by=world["olga"], why=WhyUnheard.UNREACHABLE,
        words="So.", now=world.now, opener=world.openers["olga"],
    )  # fmt: skip
    later = world.now + timedelta(days=2)
    world.close(case, now=later)
    closed_on = days.day_of(later)
    # as it was weighed, and of reporters whom nobody weighed as if in the middle
    assert planned(witness).due_on == closed_on + timedelta(days=7)
    assert planned(witness).since == Since.CLOSING
    assert planned(concern).due_on == closed_on + timedelta(days=14)
    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED
    ask(world, witness, Answer.NO, now=later + timedelta(days=7))
    assert planned(witness).due_on == closed_on + timedelta(days=14)
    weigh(world, witness, point=Point.AFTER, now=later + timedelta(days=8), lower="Gone.")
    assert planned(witness).due_on == closed_on + timedelta(days=30)
    # a sign opens a linked case after closing as well
    opened = ask(
        world, witness, Answer.YES, now=later + timedelta(days=9), words="They took her shifts."
    ).opened
    assert opened is not None
    assert opened.status == CaseStatus.OPEN


def test_a_sign_opens_a_linked_case_at_once_behind_the_same_walls(world: World, case: Case) -> None:
    witness = case.parties.get(role=PartyRole.WITNESS)
    with pytest.raises(RuleError, match="Write what happened"):
        ask(world, witness, Answer.YES)
    assert Case.objects.count() == 1
    words = "Her manager told her that her contract ends."
    opened = ask(world, witness, Answer.YES, words=words, in_danger=True).opened
    assert opened is not None
    assert (opened.lead, opened.urgency) == (world["olga"], Level.DANGER)
    link = Link.objects.get(kind=LinkKind.RETALIATION)
    assert (link.case, link.other_case, link.by) == (opened, case, world["olga"])
    note = opened.notes.get()
    assert open_texts(world.openers["olga"], [(note.pk, "body")])[note.pk, "body"] == words
    roles = sorted(opened.parties.values_list("role", flat=True))
    assert roles == [PartyRole.AFFECTED, PartyRole.SUBJECT]
    # Otto never comes near either, and a clock of its own runs
    for one in (case, opened):
        assert not Case.objects.visible_to(world["otto"]).filter(pk=one.pk).exists()
    assert Case.objects.visible_to(world["omar"]).filter(pk=opened.pk).count() == 0
    assert Clock.objects.filter(subject_id=opened.pk).exists()


def test_a_reporter_who_is_named_is_asked_as_they_said(world: World) -> None:
    act_as(world["olga"])
    who = actions.Identity("Rita Reporter", "rita@example.org")
    case = world.triage(world.file(mode=Mode.NAMED, identity=who)[0])
    concern = case.concerns.get()
    weigh(world, concern, asking=Asking.PHONE)
    opened = ask(world, concern, Answer.YES, words="He shouts.", asking=Asking.PHONE).opened
    # the one receipt goes on with the first; nothing of who they are is copied
    assert opened is not None
    assert not opened.concerns.exists()
    assert not opened.parties.exists()


def test_what_makes_it_good_is_promised_by_a_day_and_kept(world: World, case: Case) -> None:
    olga, opener = world["olga"], world.openers["olga"]
    due = TODAY + timedelta(days=20)
    row = actions.promise_remedy(
        case, by=olga, kind=RemedyKind.TRANSFER, owner=olga, due_on=due,
        words="Back on the day shift.", now=world.now, opener=opener,
    )  # fmt: skip
    assert days.day_of(Clock.objects.get(subject_id=row.task_id).due_at) == due
    with pytest.raises(RuleError, match="today or before"):
        actions.keep_remedy(row, by=olga, on=due, words="", now=world.now)
    later = world.now + timedelta(days=21)
    on = days.day_of(later)
    row = actions.keep_remedy(row, by=olga, on=on, words="She is.", now=later, opener=opener)
    assert row.done_on == on > row.due_on
    assert not Task.objects.get(pk=row.task_id).is_open
    with pytest.raises(RuleError, match="recorded already"):
        actions.keep_remedy(row, by=olga, on=on, words="", now=later)
