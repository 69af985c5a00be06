"""Ask for audit reports, produce them in a worker, download them."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from audits.actions.figures import released
from audits.models import Format, Release, Report, ReportFile, ReportQuerySet, WorkState
from audits.reports import documents
from audits.rules import periods
from common import days
from ledger import actions as ledger
from ledger.rules import SYSTEM, Actor
from ledger.verbs import Verb

# a worker that does not finish within this has died: another takes the report
LEASE = timedelta(minutes=5)
MAX_TRIES = 5
PAUSE = timedelta(seconds=10)


@transaction.atomic
def ask_for_report(text: str, *, by: Actor, now: datetime) -> Report:
    """Ask for the report of the period that `text` names; one that was asked for is returned."""
    return _ask(released(periods.parse(text), today=days.day_of(now)), by=by, now=now)


@transaction.atomic
def ask_for_newest(*, now: datetime) -> Report | None:
    """Ask for the report of the newest released month, once; return it if it is new."""
    newest = (
        Release.objects.filter(period__regex=r"^\d{4}-\d{2}$")
        .order_by("-period", "-cut_off")
        .first()
    )
    if newest is None or newest.reports.exists():
        return None
    return _ask(newest, by=SYSTEM, now=now)


def _ask(release: Release, *, by: Actor, now: datetime) -> Report:
    asked = Report(id=uuid4(), release=release, asked_by=by.ref, asked_at=now, not_before=now)
    Report.objects.bulk_create([asked], ignore_conflicts=True)
    report = Report.objects.standing().select_related("release").get(release=release)
    if report.pk == asked.pk:
        ledger.record(
            Verb.REPORT_REQUESTED,
            by=by,
            at=now,
            subject=f"report:{report.pk}",
            period=release.period,
        )
    return report


@transaction.atomic
def read_file(report_id: UUID, form: str, *, by: Actor, now: datetime) -> ReportFile | None:
    """Return a report in one format, if there is one, and record the download."""
    found = (
        ReportFile.objects.select_related("report__release")
        .filter(report=report_id, format=form)
        .first()
    )
    if found is not None:
        ledger.record(
            Verb.REPORT_READ, by=by, at=now, subject=f"report:{report_id}", format=found.format
        )
    return found


# -- production -----------------------------------------------------------------------------


def produce(*, now: datetime) -> Report | None:
    """Produce the next report that is due; return it as it stands afterwards, or None.

    Each step is written down in a transaction of its own, so that its readers see it. A worker
    that dies leaves a lease that ends, and the next one begins again: the documents come out
    the same.
    """
    report = _take(now=now)
    if report is None:
        return None
    if report.state == WorkState.FAILED:
        return report
    try:
        _write(report, now=now)
    except Exception as failure:  # noqa: BLE001 - whatever it is, the report is tried again
        _put_back(report, failure, now=now)
    report.refresh_from_db()
    return report


@transaction.atomic
def _take(*, now: datetime) -> Report | None:
    report = (
        Report.objects.due(now)
        .select_related("release")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if report is None:
        return None
    if report.tries >= MAX_TRIES:
        report.state = WorkState.FAILED
        report.problem = (
            f"It was tried {MAX_TRIES} times and could not be produced. The figures are kept. "
            "Ask for it again; if it fails again, tell the person who runs this system."
        )
    else:
        report.state, report.tries, report.percent = WorkState.WORKING, report.tries + 1, 0
        report.not_before = now + LEASE
    report.save(update_fields=["state", "tries", "percent", "not_before", "problem"])
    return report


def _write(report: Report, *, now: datetime) -> None:
    document = documents.Document.of(report.release)
    files = []
    for done, form in enumerate(Format):
        _show_progress(report, 5 + 30 * done, f"Writing the {form.label}")
        content = documents.WRITERS[form](document)
        files.append(
            ReportFile(
                report=report,
                format=form,
                content=content,
                size=len(content),
                digest=documents.sha256(content),
            )
        )
    _show_progress(report, 95, "Keeping the files")
    _keep(report, files, now=now)


def _mine(report: Report) -> ReportQuerySet:
    """Return the report, unless another worker has taken it over meanwhile."""
    return Report.objects.filter(pk=report.pk, tries=report.tries, state=WorkState.WORKING)


@transaction.atomic
def _show_progress(report: Report, percent: int, stage: str) -> None:
    _mine(report).update(percent=percent, stage=stage)


@transaction.atomic
def _keep(report: Report, files: list[ReportFile], *, now: datetime) -> None:
    """Keep the files, unless another worker has taken the report over meanwhile."""
    kept = _mine(report).update(
        state=WorkState.READY, percent=100, stage="", problem="", ready_at=now
    )
    if not kept:
        return
    ReportFile.objects.bulk_create(files)
    ledger.record(
        Verb.REPORT_PRODUCED,
        by=SYSTEM,
        at=now,
        subject=f"report:{report.pk}",
        period=report.release.period,
        digest=report.release.digest,
    )


@transaction.atomic
def _put_back(report: Report, failure: Exception, *, now: datetime) -> None:
    """Let the report be tried again after a pause that grows."""
    _mine(report).update(
        state=WorkState.QUEUED,
        stage="",
        percent=0,
        problem=type(failure).__name__,
        not_before=now + PAUSE * 2**report.tries,
    )
