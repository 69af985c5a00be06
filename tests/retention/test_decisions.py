"""One person proposes, another decides; holds, walls and time stand in the way."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, IntegrityError, transaction
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from cases import actions as cases
from cases.lifecycle import Finding
from cases.models import Case, Concern
from common.errors import RuleError
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from people.rules import Role
from retention import access, actions, rules
from retention.access import Kept
from retention.lifecycle import DisposalState, Ground, HoldGround, Outcome
from retention.models import Disposal, Hold, Rule, Tombstone
from safes import access as opening
from safes import actions as safes
from safes.models import Erasure
from tests.conftest import BecomeProcess
from tests.retention.conftest import Past, Work, close, decide, long_ago
from tests.world import World

pytestmark = pytest.mark.req("SEC-5")

MONTHS = st.integers(1, rules.MONTHS_MAX)
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def propose(world: World, past: Past, by: str = "olga") -> Disposal:
    kept = past.kept
    act_as(world[by])
    (row,) = actions.propose([kept], ground=Ground.TIME_OVER, by=world[by], now=world.now)
    return row


def hold(world: World, kept: Kept, by: str = "hana") -> Hold:
    act_as(world[by])
    return actions.place_hold(
        kept, ground=HoldGround.LITIGATION, reason="A claim.", by=world[by], now=world.now
    )


# -- two people -----------------------------------------------------------------------------------


def test_one_person_alone_erases_nothing(world: World, work: Work) -> None:
    row = propose(world, long_ago(world))
    with pytest.raises(RuleError, match="another person decides"):
        actions.approve([row.pk], by=world["olga"], now=world.now)
    with pytest.raises(RuleError, match="another person decides"):
        actions.refuse([row.pk], reason="No.", by=world["olga"], now=world.now)
    work(world.now + timedelta(days=365))
    assert Case.objects.count() == 1


def test_the_database_takes_nobody_for_two(world: World, process: BecomeProcess) -> None:
    past = long_ago(world)
    row = propose(world, past)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Disposal.objects.filter(pk=row.pk).update(decided_by=world["olga"])
    with pytest.raises(IntegrityError, match="approved_by_somebody"), transaction.atomic():
        Disposal.objects.filter(pk=row.pk).update(
            state=DisposalState.ERASING, erase_after=world.now
        )
    # and a worker that was taken over begins no erasure that nobody approved
    with process("worker"), pytest.raises(Error, match="two people decide"), transaction.atomic():
        safes.begin_erasure(
            erasure_id=row.pk,
            ground=Ground.TIME_OVER,
            subjects=[f"case:{past.case.pk}"],
            safes=[past.case.safe_id],
            now=world.now,
        )
    with process("web"), pytest.raises(Error, match="permission denied"), transaction.atomic():
        Erasure.objects.create(on=world.now, ground="drafts", subjects=[], safes=[])


def test_whoever_proposes_and_decides_stands_in_the_ledger(world: World, work: Work) -> None:
    decide(world, long_ago(world).kept)
    verbs = Entry.objects.filter(verb__startswith="disposal_").order_by("at", "stream_n")
    assert list(verbs.values_list("verb", "actor")) == [
        (Verb.DISPOSAL_PROPOSED, world["olga"].actor.ref),
        (Verb.DISPOSAL_APPROVED, world["hana"].actor.ref),
    ]


@pytest.mark.parametrize("name", ["ines", "anna", "adam", "carl", "chief", "stan"])
def test_whoever_is_no_officer_nor_head_proposes_nothing(world: World, name: str) -> None:
    kept = long_ago(world).kept
    act_as(world[name])
    with pytest.raises(PermissionDenied):
        actions.propose([kept], ground=Ground.TIME_OVER, by=world[name], now=world.now)


@pytest.mark.parametrize("name", ["anna", "adam", "carl", "chief", "stan"])
def test_whoever_is_not_of_the_office_decides_nothing(world: World, name: str) -> None:
    row = propose(world, long_ago(world))
    act_as(world[name])
    with pytest.raises(PermissionDenied):
        actions.approve([row.pk], by=world[name], now=world.now)


def test_an_officer_who_does_not_see_the_case_neither_proposes_nor_decides(world: World) -> None:
    past = long_ago(world)
    kept = past.kept
    act_as(world["omar"])
    with pytest.raises(Http404):
        actions.propose([kept], ground=Ground.TIME_OVER, by=world["omar"], now=world.now)
    row = propose(world, past)
    act_as(world["omar"])
    with pytest.raises(Http404):
        actions.approve([row.pk], by=world["omar"], now=world.now)


def test_the_independent_person_decides_and_sees_no_more_than_what_is_asked(
    world: World, work: Work
) -> None:
    past = long_ago(world)
    row = propose(world, past)
    act_as(world["ines"])
    assert list(Disposal.objects.visible_to(world["ines"])) == [row]
    assert not Case.objects.filter(pk=past.case.pk).exists()
    actions.approve([row.pk], by=world["ines"], now=world.now)
    assert work(world.now) == 1


# -- walls --------------------------------------------------------------------------------------


@pytest.mark.req("TRI-6")
@pytest.mark.parametrize("name", ["otto", "ines"])
def test_behind_a_wall_nobody_finds_or_decides_anything(
    world: World, work: Work, name: str
) -> None:
    past = long_ago(world, excluded=(world[name],))
    row = propose(world, past)
    schedule = Rule.objects.schedule()
    act_as(world[name])
    # the application's wall and the database's, each alone
    assert not Disposal.objects.visible_to(world[name]).exists()
    assert not Disposal.objects.filter(pk=row.pk).exists()
    with pytest.raises(Http404):
        actions.approve([row.pk], by=world[name], now=world.now)
    assert not access.due_cases(world[name], schedule, now=world.now).exists()
    act_as(world["hana"])
    actions.approve([row.pk], by=world["hana"], now=world.now)
    work(world.now)
    act_as(world[name])
    assert not Tombstone.objects.visible_to(world[name]).exists()
    assert not Tombstone.objects.exists()
    act_as(world["hana"])
    assert Tombstone.objects.visible_to(world["hana"]).count() == 2
    assert Tombstone.objects.count() == 2


# -- holds --------------------------------------------------------------------------------------


def test_what_is_held_is_neither_proposed_nor_erased(world: World, work: Work) -> None:
    past = long_ago(world)
    kept = past.kept
    schedule = Rule.objects.schedule()
    assert [one.ref for one in access.due_cases(world["olga"], schedule, now=world.now)] == [
        past.case.ref
    ]
    hold(world, kept)
    assert not access.due_cases(world["hana"], schedule, now=world.now).exists()
    with pytest.raises(RuleError, match="on legal hold"):
        propose(world, past)


def test_a_hold_stops_what_was_approved(world: World, work: Work, settings: Settings) -> None:
    settings.DISPOSAL_GRACE = timedelta(days=14)
    past = long_ago(world)
    (row,) = decide(world, past.kept)
    hold(world, past.kept)
    row.refresh_from_db()
    assert (row.state, row.stopped_by) == (DisposalState.STOPPED, world["hana"])
    assert work(world.now + timedelta(days=15)) == 0


def test_a_hold_that_slipped_past_the_actions_is_found_by_the_worker_and_by_the_database(
    world: World, process: BecomeProcess
) -> None:
    past = long_ago(world)
    (row,) = decide(world, past.kept)
    Hold.objects.create(
        case=past.case, ground=HoldGround.AUDIT, placed_by=world["hana"], placed_at=world.now
    )
    with process("worker"):
        with pytest.raises(Error, match="legal hold"), transaction.atomic():
            safes.begin_erasure(
                erasure_id=row.pk,
                ground=Ground.TIME_OVER,
                subjects=[f"case:{past.case.pk}"],
                safes=[past.case.safe_id],
                now=world.now,
            )
        assert actions.begin(row.pk, now=world.now) is None
        row.refresh_from_db()
        assert (row.state, row.stopped_by) == (DisposalState.STOPPED, None)
        assert actions.erase(now=world.now) == 0


def test_a_hold_on_a_concern_holds_its_case(world: World, process: BecomeProcess) -> None:
    past = long_ago(world)
    act_as(world["hana"])
    concern = Concern.objects.select_related("safe", "category").get(pk=past.concern.pk)
    (row,) = decide(world, past.kept)
    hold(world, Kept(concern))
    row.refresh_from_db()
    assert row.state == DisposalState.STOPPED
    with pytest.raises(RuleError, match="on legal hold"):
        propose(world, past)
    with process("worker"), pytest.raises(Error, match="legal hold"), transaction.atomic():
        safes.begin_erasure(
            erasure_id=row.pk,
            ground=Ground.TIME_OVER,
            subjects=[],
            safes=[past.case.safe_id],
            now=world.now,
        )


def test_a_hold_is_lifted_by_another_person_with_a_reason(world: World, work: Work) -> None:
    past = long_ago(world)
    kept = past.kept
    placed = hold(world, kept, by="olga")
    with pytest.raises(RuleError, match="another person"):
        actions.lift_hold(kept, placed.pk, reason="Over.", by=world["olga"], now=world.now)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Hold.objects.filter(pk=placed.pk).update(lifted_by=world["olga"], lifted_at=world.now)
    act_as(world["hana"])
    with pytest.raises(RuleError, match="Say why"):
        actions.lift_hold(kept, placed.pk, reason=" ", by=world["hana"], now=world.now)
    actions.lift_hold(kept, placed.pk, reason="It is over.", by=world["hana"], now=world.now)
    with pytest.raises(RuleError, match="lifted meanwhile"):
        actions.lift_hold(kept, placed.pk, reason="Twice.", by=world["hana"], now=world.now)
    places = [(placed.pk, "reason"), (placed.pk, "lifted")]
    told = opening.open_texts(world.openers["olga"], places)
    assert [told[place] for place in places] == ["A claim.", "It is over."]
    verbs = Entry.objects.filter(verb__startswith="hold_").order_by("stream_n")
    assert list(verbs.values_list("verb", flat=True)) == [Verb.HOLD_PLACED, Verb.HOLD_LIFTED]
    decide(world, kept)
    assert work(world.now) == 1


def test_whoever_neither_leads_nor_heads_places_no_hold(world: World) -> None:
    past = long_ago(world)
    kept = past.kept
    for name in ("omar", "otto", "ines"):
        act_as(world[name])
        with pytest.raises(Http404):
            actions.place_hold(
                kept, ground=HoldGround.AUDIT, reason="x", by=world[name], now=world.now
            )
    act_as(world["anna"])
    with pytest.raises(PermissionDenied):
        actions.place_hold(
            kept, ground=HoldGround.AUDIT, reason="x", by=world["anna"], now=world.now
        )


def test_the_same_hold_stands_once_and_needs_a_reason(world: World) -> None:
    kept = long_ago(world).kept
    hold(world, kept)
    with pytest.raises(RuleError, match="already"):
        hold(world, kept)
    with pytest.raises(RuleError, match="Say why"):
        actions.place_hold(
            kept, ground=HoldGround.AUDIT, reason=" ", by=world["hana"], now=world.now
        )


def test_what_is_being_erased_is_held_no_more(world: World, process: BecomeProcess) -> None:
    past = long_ago(world)
    (row,) = decide(world, past.kept)
    with process("worker"):
        actions.begin(row.pk, now=world.now)
    with pytest.raises(RuleError, match="cannot be turned back"):
        hold(world, past.kept)


# -- time ---------------------------------------------------------------------------------------


def test_what_is_not_due_or_not_closed_is_not_proposed(world: World) -> None:
    act_as(world["olga"])
    concern, _ = world.file()
    case = world.triage(concern)
    with pytest.raises(RuleError, match="is not closed"):
        actions.propose([Kept(case)], ground=Ground.TIME_OVER, by=world["olga"], now=world.now)
    with pytest.raises(RuleError, match="is not closed"):
        actions.propose(
            [Kept(case)],
            ground=Ground.COURT_ORDER,
            reason="The court.",
            by=world["olga"],
            now=world.now,
        )
    close(world, case)
    case.refresh_from_db()
    with pytest.raises(RuleError, match="is kept until 2029-03-16"):
        actions.propose([Kept(case)], ground=Ground.TIME_OVER, by=world["olga"], now=world.now)


def test_a_court_or_a_person_it_is_about_waits_neither_for_the_term_nor_for_the_grace(
    world: World, work: Work, settings: Settings
) -> None:
    settings.DISPOSAL_GRACE = timedelta(days=14)
    act_as(world["olga"])
    concern, _ = world.file()
    case = world.triage(concern)
    close(world, case)
    case.refresh_from_db()
    with pytest.raises(RuleError, match="Say who asked"):
        actions.propose([Kept(case)], ground=Ground.COURT_ORDER, by=world["olga"], now=world.now)
    decide(world, Kept(case), ground=Ground.COURT_ORDER)
    assert work(world.now) == 1


def test_it_can_be_stopped_until_its_days_are_over(
    world: World, work: Work, settings: Settings
) -> None:
    settings.DISPOSAL_GRACE = timedelta(days=14)
    first, second = long_ago(world), long_ago(world)
    stopped, row = decide(world, first.kept, second.kept)
    almost = world.now + timedelta(days=13, hours=23)
    assert work(almost) == 0
    act_as(world["hana"])
    with pytest.raises(RuleError, match="Say why"):
        actions.stop([stopped.pk], reason="", by=world["hana"], now=almost)
    actions.stop([stopped.pk], reason="Wait.", by=world["hana"], now=almost)
    assert work(world.now + timedelta(days=14)) == 1
    act_as(world["hana"])
    with pytest.raises(RuleError, match="not to be stopped any more"):
        actions.stop([stopped.pk], reason="Again.", by=world["hana"], now=almost)
    with pytest.raises(Http404):
        actions.stop([row.pk], reason="Too late.", by=world["hana"], now=almost)
    # what was stopped can be proposed anew
    assert propose(world, first).state == DisposalState.PROPOSED


def test_what_is_refused_says_why_and_stays(world: World, work: Work) -> None:
    row = propose(world, long_ago(world))
    act_as(world["hana"])
    with pytest.raises(RuleError, match="Say why"):
        actions.refuse([row.pk], reason="", by=world["hana"], now=world.now)
    actions.refuse([row.pk], reason="Not yet.", by=world["hana"], now=world.now)
    assert work(world.now) == 0
    told = opening.open_texts(world.openers["olga"], [(row.pk, "refused")])
    assert list(told.values()) == ["Not yet."]
    act_as(world["hana"])
    with pytest.raises(RuleError, match="not to be approved any more"):
        actions.approve([row.pk], by=world["hana"], now=world.now)


def test_it_is_all_or_nothing(world: World, process: BecomeProcess) -> None:
    good, held = long_ago(world), long_ago(world)
    hold(world, held.kept)
    things = [good.kept, held.kept]
    with pytest.raises(RuleError, match="on legal hold"):
        actions.propose(things, ground=Ground.TIME_OVER, by=world["olga"], now=world.now)
    with process("owner"):
        assert not Disposal.objects.exists()
    with pytest.raises(RuleError, match="Nothing is picked"):
        actions.propose([], ground=Ground.TIME_OVER, by=world["olga"], now=world.now)
    propose(world, good)
    with pytest.raises(RuleError, match="proposed already"):
        propose(world, good)


def test_a_withdrawn_concern_has_a_shorter_time_of_its_own(world: World, work: Work) -> None:
    now, world.now = world.now, world.now - timedelta(days=400)
    concern, _ = world.file()
    cases.withdraw(concern, now=world.now)
    world.now = now
    schedule = Rule.objects.schedule()
    act_as(world["hana"])
    assert not access.due_cases(world["hana"], schedule, now=now).exists()
    (due,) = access.due_concerns(world["hana"], schedule, now=now)
    kept = Kept(due)
    assert (kept.outcome, kept.due_on(schedule)) == (Outcome.WITHDRAWN, date(2026, 2, 9))
    (row,) = actions.propose([kept], ground=Ground.TIME_OVER, by=world["hana"], now=now)
    act_as(world["ines"])
    actions.approve([row.pk], by=world["ines"], now=now)
    assert work(now) == 1
    act_as(world["hana"])
    assert not Concern.objects.exists()
    assert Tombstone.objects.get().ref == concern.ref


@pytest.mark.parametrize("finding", Finding)
def test_the_list_agrees_with_the_day_that_is_shown(world: World, finding: Finding) -> None:
    act_as(world["olga"])
    concern, _ = world.file()
    case = world.triage(concern)
    close(world, case, finding)
    case.refresh_from_db()
    schedule = Rule.objects.schedule()
    due = Kept(case).due_on(schedule)
    assert due is not None
    for days, is_due in ((-1, False), (0, True)):
        then = world.now.replace(year=due.year, month=due.month, day=due.day)
        found = access.due_cases(world["olga"], schedule, now=then + timedelta(days=days))
        assert found.exists() == is_due


@given(ended=DAYS, months=MONTHS, after=st.integers(0, 3))
def test_the_last_day_that_is_due_is_the_last(ended: date, months: int, after: int) -> None:
    today = rules.due_on(ended, months) + timedelta(days=after)
    last = rules.ended_by(today, months)
    assert ended <= last
    assert rules.due_on(last, months) <= today < rules.due_on(last + rules.DAY, months)


# -- the terms ------------------------------------------------------------------------------------


def test_a_longer_time_counts_at_once_and_a_shorter_one_after_a_second_person(
    world: World,
) -> None:
    def set_(months: int) -> Rule:
        return actions.set_rule(
            category=None,
            outcome=Outcome.UPHELD,
            months=months,
            law="D.Lgs. 24/2023 art. 14",
            by=world["adam"],
            now=world.now + timedelta(seconds=60 - months),
        )

    def term() -> int:
        return Rule.objects.schedule().term("other", Outcome.UPHELD).months

    set_(60)
    assert term() == 60
    shorter = set_(12)
    assert term() == 60
    with pytest.raises(RuleError, match="waits for its second person"):
        set_(11)
    with pytest.raises(RuleError, match="another person has to confirm"):
        actions.confirm_rule(shorter.pk, by=world["adam"], now=world.now)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Rule.objects.filter(pk=shorter.pk).update(decided_by=world["adam"])
    later = world.now + timedelta(days=1)
    actions.confirm_rule(shorter.pk, by=world["hana"], now=later)
    assert term() == 12
    with pytest.raises(RuleError, match="decided meanwhile"):
        actions.refuse_rule(shorter.pk, by=world["hana"], now=later)
    told = Entry.objects.filter(verb__startswith="retention_").order_by("at")
    assert list(told.values_list("verb", flat=True)) == [
        Verb.RETENTION_SET,
        Verb.RETENTION_PROPOSED,
        Verb.RETENTION_SET,
    ]


def test_a_category_can_have_a_time_of_its_own(world: World) -> None:
    grave = world.category.__class__.objects.get(code="coercion")
    actions.set_rule(
        category=grave,
        outcome=Outcome.UPHELD,
        months=120,
        law="Limitation of claims",
        by=world["adam"],
        now=world.now,
    )
    schedule = Rule.objects.schedule()
    assert schedule.term("coercion", Outcome.UPHELD).months == 120
    assert schedule.term("coercion", Outcome.WITHDRAWN).months == 12
    assert schedule.term("other", Outcome.UPHELD).months == 36
    past = long_ago(world)
    act_as(world["olga"])
    assert access.due_cases(world["olga"], schedule, now=world.now).exists()
    Case.objects.filter(pk=past.case.pk).update(category=grave)
    assert not access.due_cases(world["olga"], schedule, now=world.now).exists()


@pytest.mark.parametrize(("months", "law"), [(0, "L"), (601, "L"), (36, " ")])
def test_a_time_that_cannot_be_is_refused(world: World, months: int, law: str) -> None:
    with pytest.raises(RuleError, match="Nothing was changed"):
        actions.set_rule(
            category=None,
            outcome=Outcome.UPHELD,
            months=months,
            law=law,
            by=world["adam"],
            now=world.now,
        )
    assert not Rule.objects.exists()


@pytest.mark.parametrize("name", ["hana", "olga", "carl", "chief", "anna", "stan"])
def test_only_administrators_set_a_time(world: World, name: str) -> None:
    with pytest.raises(PermissionDenied):
        actions.set_rule(
            category=None, outcome=Outcome.UPHELD, months=60, law="L", by=world[name], now=world.now
        )
    rule = actions.set_rule(
        category=None, outcome=Outcome.UPHELD, months=6, law="L", by=world["adam"], now=world.now
    )
    if world[name].holds(Role.HEAD):
        return
    with pytest.raises(PermissionDenied):
        actions.confirm_rule(rule.pk, by=world[name], now=world.now)
