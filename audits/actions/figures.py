"""Fold the ledger into facts, and release the figures of closed periods from them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min, Q

from audits import facts
from audits.models import Fact, Release, Snapshot
from audits.reports import figures
from audits.rules import periods
from audits.rules.periods import Period
from cases.models import Category
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.models import Cursor
from ledger.rules import Actor
from ledger.verbs import Verb
from people.models import Person, Unit

BATCH = 5_000
READER = "facts"


@dataclass
class Folded:
    """How many facts were folded, and the day of the earliest."""

    facts: int = 0
    earliest: date = date.max


def fold(*, now: datetime, batch: int = BATCH) -> Folded:
    """Fold what was sealed into facts, in batches, a transaction each.

    The cursor moves with the facts, so a crash repeats nothing and leaves nothing out.
    """
    take_snapshot(now=now)
    folded = Folded()
    while True:
        found, is_end = _fold_batch(batch)
        folded.facts += len(found)
        folded.earliest = min([folded.earliest, *(fact.on for fact in found)])
        if is_end:
            return folded


def forget(subjects: Collection[str]) -> None:
    """Let facts count on without saying what they were about."""
    Fact.objects.filter(subject__in=subjects).update(subject="")


def fold_and_release(*, now: datetime) -> None:
    """Fold, and release figures if a period's time has come or facts reach back before today."""
    today = days.day_of(now)
    folded = fold(now=now)
    newest = periods.newest_month(today, settings.RELEASE_AFTER)
    is_new = not Release.objects.filter(period=newest.code).exists()
    if is_new or folded.earliest < today:
        release(now=now)


@transaction.atomic
def _fold_batch(batch: int) -> tuple[list[Fact], bool]:
    Cursor.objects.get_or_create(reader=READER)
    cursor = Cursor.objects.select_for_update().get(reader=READER)
    found, last = facts.sealed_after(cursor.position, batch)
    Fact.objects.bulk_create(found)
    is_end = last - cursor.position < batch
    if last > cursor.position:
        cursor.position = last
        cursor.save(update_fields=["position"])
    return found, is_end


@transaction.atomic
def take_snapshot(*, now: datetime) -> None:
    """Write down what codes are called and how many people there are, once a month."""
    day = days.day_of(now)
    if Snapshot.objects.filter(day__gte=day.replace(day=1)).exists():
        return
    working = Count("person", filter=Q(person__is_active=True))
    rows = [Snapshot(what=Snapshot.What.EVERYONE, people=Person.objects.active().count())]
    rows += [
        Snapshot(what=Snapshot.What.UNIT, code=unit.code, label=unit.name, people=unit.n)
        for unit in Unit.objects.annotate(n=working).order_by("name")
    ]
    rows += [
        Snapshot(what=Snapshot.What.CATEGORY, code=category.code, label=category.label)
        for category in Category.objects.order_by("position", "code")
    ]
    for row in rows:
        row.day = day
    # another worker may take it at the same moment
    Snapshot.objects.bulk_create(rows, ignore_conflicts=True)


def release(*, now: datetime) -> int:
    """Release the figures of every period whose time has come; return how many are new.

    Figures stand still: only facts that reach the ledger after their period's release, as a bulk
    import writes them, make a later cut-off, and with it a further release.
    """
    today = days.day_of(now)
    first = Fact.objects.aggregate(first=Min("on"))["first"]
    if first is None:
        return 0
    wanted = periods.released(first, today, settings.RELEASE_AFTER)
    standing = set(Release.objects.values_list("period", "cut_off"))
    missing = {
        period: cut
        for period, cut in figures.cuts(wanted, settings.RELEASE_AFTER).items()
        if (period.code, cut.position) not in standing
    }
    for period, cut in missing.items():
        _release(period, cut, now=now)
    return len(missing)


def _release(period: Period, cut: figures.Cut, *, now: datetime) -> None:
    counted = figures.figures(period, cut)
    Release.objects.bulk_create(
        [
            Release(
                period=period.code,
                cut_off=cut.position,
                figures=counted,
                digest=figures.digest(counted),
                at=now,
            )
        ],
        ignore_conflicts=True,
    )


def released(period: Period, *, today: date) -> Release:
    """Return the figures of a period as everybody sees them, or say when they come."""
    figures.require_released(period, today, settings.RELEASE_AFTER)
    found = Release.objects.newest_of(period.code)
    if found is None:
        msg = (
            f"There are no figures of {period.label}: nothing was filed by then, or a worker still "
            "counts. Look again in a minute, or choose a later period."
        )
        raise RuleError(msg)
    return found


def read_figures(text: str, *, by: Actor, now: datetime) -> Release:
    """Return the released figures of the period that `text` names, and record the reading."""
    found = released(periods.parse(text), today=days.day_of(now))
    ledger.record(
        Verb.FIGURES_READ, by=by, at=now, subject=f"figures:{found.period}", period=found.period
    )
    return found


def newest_month(*, now: datetime) -> str:
    """Return the code of the newest month that is released."""
    return periods.newest_month(days.day_of(now), settings.RELEASE_AFTER).code
