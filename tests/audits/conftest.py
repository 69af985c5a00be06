"""What the tests of figures share: concerns of many kinds, sealed and folded as a worker does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from audits import actions
from audits.models import Release, Report, ReportFile
from audits.reports.figures import Figures, Row
from cases import actions as cases
from cases.lifecycle import OF_ALLEGATIONS, Kind, Mode
from cases.models import Concern
from ledger import actions as ledger
from tests.conftest import as_process, rolled_back
from tests.world import World, build

FIRST = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
# the first quarter of 2026 is released on 1 May
SEEN = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)
QUARTER = "2026-Q1"

Fold = Callable[[datetime], None]


@pytest.fixture
def fold(db: None) -> Fold:
    """Give what a worker does with the ledger: seal it, fold it, release figures."""
    return _fold


def _fold(now: datetime) -> None:
    with as_process("worker"):
        while ledger.seal(now=now):
            pass
        actions.fold_and_release(now=now)


@pytest.fixture(scope="module")
def quarter(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Make a world whose first quarter of 2026 is released, once for all tests of a file."""
    with rolled_back(django_db_blocker):
        world = build(FIRST)
        file_many(world, 24)
        _fold(SEEN)
        yield world


@pytest.fixture
def released(quarter: World, db: None) -> World:
    """Return a world whose first quarter of 2026 is released."""
    return replace(quarter)


def file_many(world: World, number: int, *, first: datetime = FIRST, days: int = 80) -> None:
    """File concerns of every kind and mode over a span of days; answer most, close some."""
    identity = cases.Identity(name="Rae Reporter", contact="rae@example.org")
    for n in range(number):
        at = first + timedelta(days=n * days // number)
        world.now = at
        mode = (Mode.ANONYMOUS, Mode.NAMED, Mode.ANONYMOUS, Mode.CONFIDENTIAL)[n % 4]
        concern, _ = world.file(
            at,
            kind=(Kind.GUIDANCE, Kind.REPORT, Kind.REPORT)[n % 3],
            mode=mode,
            identity=None if mode == Mode.ANONYMOUS else identity,
            unit=world.unit if n % 5 else None,
        )
        if n % 10:
            _answer(world, concern, at, late=n % 9 == 0)
        if n % 2:
            _close(world, concern, at + timedelta(days=10 + n % 7), n)


def _answer(world: World, concern: Concern, filed: datetime, *, late: bool) -> None:
    after = timedelta(days=9 if late else 2)
    cases.answer(
        concern,
        by=world["olga"],
        opener=world.openers["olga"],
        text="We read it.",
        now=filed + after,
    )


def _close(world: World, concern: Concern, at: datetime, n: int) -> None:
    concern.refresh_from_db()
    case = world.triage(concern)
    world.close(
        case,
        finding=OF_ALLEGATIONS[n // 2 % len(OF_ALLEGATIONS)],
        reason="The log shows it.",
        message="We looked into it.",
        now=at,
    )


def figures_of(period: str = QUARTER) -> Figures:
    """Return the figures of a period as they were released last."""
    found = Release.objects.newest_of(period)
    assert found is not None
    shown: Figures = found.figures
    return shown


def cells_of(rows: list[Row]) -> dict[str, object]:
    """Return what stands in a table, by the code of its row."""
    return {row["code"]: row["count"] for row in rows}


def release_nothing(now: datetime) -> None:
    """Release January 2026 without a figure, for tests that only need that it is released."""
    with _worker():
        Release.objects.create(period="2026-01", cut_off=0, figures={}, digest="0" * 64, at=now)


def keep_file(report: Report) -> None:
    """Keep an empty JSON file of a report."""
    with _worker():
        ReportFile.objects.create(report=report, format="json", content=b"{}", size=2, digest="")


@contextmanager
def _worker() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE ed_worker")
        yield
        cursor.execute("SET ROLE ed_web")
