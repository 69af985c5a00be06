"""The figures are those of the concerns, protected; and they stand still from their release on."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median

import pytest
from django.conf import settings
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from audits import actions
from audits.models import Release, Snapshot
from audits.reports import figures
from audits.reports.figures import Cut
from audits.rules import periods, protection
from cases.lifecycle import NOT_LOOKED_INTO, ConcernStatus, Finding, Kind, Mode
from cases.models import Case, Concern
from common.errors import RuleError
from ledger.rules import SYSTEM
from people.middleware import act_as
from people.models import Person, Unit
from tests.audits.conftest import QUARTER, SEEN, Fold, cells_of, figures_of, file_many
from tests.conftest import MONDAY, BecomeProcess, rolled_back
from tests.world import World, build

FILED = 90


@pytest.fixture(scope="module")
def counted(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Make an organisation with one large unit, of which much was filed, once for the file."""
    with rolled_back(django_db_blocker):
        world = build(MONDAY)
        large = Unit.objects.create(code="care", name="Care at home")
        for n in range(80):
            Person.objects.create(
                username=f"staff{n}", name=f"Staff {n}", unit=large if n < 60 else world.unit
            )
        file_many(world, FILED)
        world.now = MONDAY
        yield world


@pytest.fixture
def staffed(counted: World, db: None) -> World:
    """Return an organisation with 80 more people, 60 of them in one unit, and what was filed."""
    return counted.copy()


def test_the_figures_are_those_of_a_count_over_the_concerns(staffed: World, fold: Fold) -> None:
    fold(SEEN)
    shown = figures_of()

    act_as(staffed["hana"])
    concerns = list(Concern.objects.exclude(status=ConcernStatus.DRAFT))
    assert len(concerns) == FILED
    assert shown["counts"]["filed"] == protection.protect(FILED) == FILED
    everyone = Person.objects.active().count()
    assert shown["measures"]["per_100"]["value"] == round(
        100 * FILED / protection.rounded(everyone), 2
    )
    for table, counted in {
        "kinds": Counter(concern.kind for concern in concerns),
        "modes": Counter(concern.mode for concern in concerns),
        "channels": Counter(concern.channel for concern in concerns),
        "months": Counter(
            str(concern.filed_on.replace(day=1)) for concern in concerns if concern.filed_on
        ),
    }.items():
        for code, cell in cells_of(shown["tables"][table]).items():
            assert cell in {protection.protect(counted[code]), None}
    assert cells_of(shown["tables"]["modes"])[Mode.ANONYMOUS] == 45
    assert cells_of(shown["tables"]["kinds"])[Kind.GUIDANCE] == 30
    assert shown["measures"]["asked_before"] == {"value": 33, "bound": ""}

    end = date(2026, 3, 31)
    answered = [c for c in concerns if c.acknowledged_on and c.acknowledged_on <= end]
    assert shown["counts"]["acknowledged"] == protection.protect(len(answered))
    took = [(c.acknowledged_on - c.filed_on).days for c in answered if c.filed_on]  # type: ignore[operator] # those that were answered have a day
    assert shown["measures"]["answer_days"]["value"] == median(took)
    late = sum(days > 7 for days in took)
    assert shown["measures"]["on_time"] == {
        "value": protection.share(len(took) - late, late).percent,
        "bound": protection.share(len(took) - late, late).bound,
    }
    closed = [
        case
        for case in Case.objects.exclude(finding__in=["", *NOT_LOOKED_INTO])
        if case.closed_at and case.closed_at.date() <= end
    ]
    assert shown["counts"]["closed"] == protection.protect(len(closed))
    found = sum(case.finding in {Finding.SUBSTANTIATED, Finding.PARTLY} for case in closed)
    assert shown["measures"]["substantiated"]["value"] == round(
        100 * protection.rounded(found) / protection.rounded(len(closed))
    )


def test_a_unit_below_fifty_people_is_never_named(staffed: World, fold: Fold) -> None:
    fold(SEEN)
    assert [row["label"] for row in figures_of()["tables"]["units"]] == [
        "Care at home",
        "Smaller units",
        "No unit given",
    ]
    assert "Field services" not in str(figures_of())


def test_a_cut_off_leaves_out_what_came_later(
    staffed: World, fold: Fold, process: BecomeProcess
) -> None:
    fold(SEEN)
    period = periods.parse(QUARTER)
    with process("worker"):
        whole = figures.cuts([period], settings.RELEASE_AFTER)[period]
        half = Cut(whole.position // 2, whole.on)
        assert figures.figures(period, whole)["counts"]["filed"] == FILED
        earlier = figures.figures(period, half)["counts"]["filed"]
    assert isinstance(earlier, int)
    assert 10 <= earlier < FILED


@pytest.mark.req("AUD-4")
def test_released_figures_stand_still(staffed: World, fold: Fold) -> None:
    fold(SEEN)
    before = figures_of()
    file_many(staffed, 30, first=SEEN, days=10)
    fold(SEEN + timedelta(days=30))
    assert Release.objects.filter(period=QUARTER).count() == 1
    assert figures.canonical(figures_of()) == figures.canonical(before)
    assert Release.objects.get(period=QUARTER).digest == figures.digest(before)


def test_a_later_import_of_old_facts_makes_a_further_release(staffed: World, fold: Fold) -> None:
    fold(SEEN)
    file_many(staffed, 30)
    fold(SEEN + timedelta(hours=1))
    assert Release.objects.filter(period=QUARTER).count() == 2
    assert figures_of()["counts"]["filed"] == FILED + 30


def test_a_unit_keeps_the_name_it_had(staffed: World, fold: Fold, process: BecomeProcess) -> None:
    fold(SEEN)
    Unit.objects.filter(code="care").update(name="Home care")
    period = periods.parse(QUARTER)
    with process("worker"):
        cut = figures.cuts([period], settings.RELEASE_AFTER)[period]
        again = figures.figures(period, cut)
        assert Snapshot.objects.values("day").distinct().count() == 1
    assert figures.canonical(again) == figures.canonical(figures_of())


def test_a_period_that_is_not_released_is_refused_with_its_day(staffed: World, fold: Fold) -> None:
    fold(SEEN)
    with pytest.raises(RuleError, match="April 2026 are released on 31 May 2026"):
        actions.read_figures("2026-04", by=SYSTEM, now=SEEN)
    with pytest.raises(RuleError, match="There are no figures of January 2020"):
        actions.read_figures("2020-01", by=SYSTEM, now=SEEN)


def test_figures_are_counted_in_four_questions(
    staffed: World,
    fold: Fold,
    process: BecomeProcess,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    fold(SEEN)
    # the snapshot's day and rows, filings, what came of them
    with process("worker"), django_assert_num_queries(4):
        figures.figures(periods.parse(QUARTER), Cut(10_000, SEEN.date()))
