"""Facts are folded from the ledger, once each, with the dimensions of their filing."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from audits import actions
from audits.models import Fact
from audits.reports import figures
from audits.reports.figures import Cut
from audits.rules import periods
from cases import actions as cases
from cases.lifecycle import Finding, Kind, Mode, WhyReopened
from cases.models import Case
from ledger import actions as ledger
from ledger.models import Cursor, Detail, Leaf
from ledger.verbs import Verb
from tests.audits.conftest import FIRST, QUARTER, SEEN, Fold, file_many
from tests.conftest import BecomeProcess
from tests.world import World

IDENTITY = cases.Identity(name="Rae Reporter")
DIMENSIONS = ("kind", "category", "channel", "mode", "unit", "urgency")


def _closed_case(world: World, mode: Mode) -> None:
    """File, answer, triage and close, all on one day."""
    world.now = FIRST
    concern, _ = world.file(
        FIRST,
        kind=Kind.GUIDANCE,
        mode=mode,
        identity=None if mode == Mode.ANONYMOUS else IDENTITY,
        unit=world.unit,
    )
    cases.answer(
        concern, by=world["olga"], opener=world.openers["olga"], text="We read it.", now=FIRST
    )
    concern.refresh_from_db()
    case = world.triage(concern)
    world.close(
        case,
        finding=Finding.PARTLY,
        reason="The log shows it.",
        message="We looked into it.",
        now=FIRST + timedelta(days=3),
    )


def folded(process: BecomeProcess) -> list[Fact]:
    """Return the facts in their order; workers alone read them."""
    with process("worker"):
        return list(Fact.objects.order_by("position"))


@pytest.mark.parametrize("mode", [Mode.NAMED, Mode.ANONYMOUS])
def test_later_facts_carry_the_dimensions_of_the_filing(
    world: World, fold: Fold, mode: Mode, process: BecomeProcess
) -> None:
    _closed_case(world, mode)
    fold(FIRST + timedelta(days=4))
    facts = {fact.what: fact for fact in folded(process)}
    filed = facts[Verb.CONCERN_FILED]
    assert (filed.kind, filed.mode, filed.unit) == (Kind.GUIDANCE, mode, "field")
    for verb in (Verb.CONCERN_ACKNOWLEDGED, Verb.CONCERN_TRIAGED, Verb.CASE_CLOSED):
        assert [getattr(facts[verb], name) for name in DIMENSIONS] == [
            getattr(filed, name) for name in DIMENSIONS
        ]
    assert (facts[Verb.CASE_CLOSED].finding, facts[Verb.CASE_CLOSED].days) == (Finding.PARTLY, 3)
    assert facts[Verb.CONCERN_ACKNOWLEDGED].on_time is True


def test_what_is_done_before_an_anonymous_filing_is_sealed_knows_its_dimensions(
    world: World, fold: Fold, process: BecomeProcess
) -> None:
    _closed_case(world, Mode.ANONYMOUS)
    fold(FIRST)
    facts = {fact.what: fact for fact in folded(process)}
    assert Verb.CONCERN_FILED not in facts
    assert facts[Verb.CONCERN_TRIAGED].kind == Kind.GUIDANCE
    fold(FIRST + timedelta(days=1))
    facts = {fact.what: fact for fact in folded(process)}
    assert facts[Verb.CONCERN_FILED].position > facts[Verb.CONCERN_TRIAGED].position


def test_a_reopening_knows_which_closing_it_undoes(
    world: World, fold: Fold, process: BecomeProcess
) -> None:
    _closed_case(world, Mode.NAMED)
    case = Case.objects.get()
    cases.reopen(
        case, by=world["olga"], why=WhyReopened.NEW, words="The log was false.",
        message="We look again.", opener=world.openers["olga"], now=FIRST + timedelta(days=4),
    )  # fmt: skip
    world.close(
        case,
        finding=Finding.SUBSTANTIATED,
        reason="The new log shows it.",
        message="We looked again.",
        now=FIRST + timedelta(days=9),
    )
    fold(FIRST + timedelta(days=10))
    found = folded(process)
    first, last = (fact for fact in found if fact.what == Verb.CASE_CLOSED)
    [reopened] = (fact for fact in found if fact.what == Verb.CASE_REOPENED)
    assert first.position < reopened.position < last.position
    assert reopened.undoes == first.position
    # also where whose it was is erased, what was undone is not counted
    twelve = [
        Fact(
            position=10_000 + n, what=Verb.CASE_CLOSED, on=FIRST.date(), subject="",
            finding=Finding.SUBSTANTIATED, undoes=None,
        )
        for n in range(12)
    ]  # fmt: skip
    undone = [
        Fact(
            position=20_000 + n,
            what=Verb.CASE_REOPENED,
            on=SEEN.date(),
            subject="",
            undoes=10_000 + n,
        )
        for n in range(2)
    ]
    with process("worker"):
        Fact.objects.bulk_create([*twelve, *undone])
        period = periods.parse(QUARTER)
        before, after = (
            figures.figures(period, Cut(last, SEEN.date()))["counts"]["closed"]
            for last in (19_999, 20_001)
        )
    # twelve and the last of the case above, or two less: rounded to five
    assert (before, after) == (15, 10)


def test_folding_again_adds_nothing(world: World, fold: Fold, process: BecomeProcess) -> None:
    file_many(world, 4)
    fold(SEEN)
    with process("worker"):
        before = list(Fact.objects.order_by("position").values())
        assert actions.fold(now=SEEN).facts == 0
        assert list(Fact.objects.order_by("position").values()) == before
    assert Cursor.objects.get(reader="facts").position == Leaf.objects.count()


def test_small_batches_fold_the_same_as_one_large_one(world: World, process: BecomeProcess) -> None:
    file_many(world, 6)
    with process("worker"):
        ledger.seal(now=SEEN)
        with transaction.atomic():
            actions.fold(now=SEEN)
            at_once = list(Fact.objects.order_by("position").values())
            transaction.set_rollback(True)
        actions.fold(now=SEEN, batch=7)
        assert list(Fact.objects.order_by("position").values()) == at_once


def test_facts_cannot_be_changed_even_by_the_owner(
    world: World, fold: Fold, process: BecomeProcess
) -> None:
    file_many(world, 2)
    fold(SEEN)
    for change in ("UPDATE audits_fact SET days = 1", "DELETE FROM audits_fact"):
        with process("owner"), pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(change)


@pytest.mark.req("SEC-2")
def test_only_workers_read_what_entries_carry_and_write_facts(
    world: World, process: BecomeProcess
) -> None:
    file_many(world, 1)
    with process("web"), pytest.raises(ProgrammingError, match="permission denied"):
        Detail.objects.count()
    with process("web"), pytest.raises(ProgrammingError, match="permission denied"):
        Fact.objects.create(position=1, what=Verb.CONCERN_FILED, on=FIRST.date(), subject="x:1")
    with process("speak"), pytest.raises(ProgrammingError, match="permission denied"):
        Fact.objects.count()


def test_a_batch_is_folded_in_as_many_questions_however_large_it_is(
    world: World, process: BecomeProcess, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    file_many(world, 2)
    with process("worker"):
        ledger.seal(now=SEEN)
        actions.fold(now=SEEN)
    file_many(world, 12)
    with process("worker"):
        ledger.seal(now=SEEN)
        # snapshot there?; savepoint, cursor twice, leaves, openings, filings, facts, cursor, end
        with django_assert_num_queries(12):
            actions.fold(now=SEEN)
