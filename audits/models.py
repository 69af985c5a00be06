"""Facts folded from the ledger, the figures released from them, reports, and verifications."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

import pgtrigger
from django.db import models

from audits.rules import periods
from audits.rules.periods import Period
from ledger.models import APPEND_ONLY


class Fact(models.Model):
    """One entry of the ledger that counts, with the dimensions of the filing that it goes back to.

    What was erased goes on counting without its subject.
    `days` is how long it took since the filing or the opening; codes that do not apply are empty.
    """

    position = models.BigIntegerField(primary_key=True)
    what = models.CharField(max_length=40)
    on = models.DateField()
    subject = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, blank=True)
    category = models.CharField(max_length=50, blank=True)
    channel = models.CharField(max_length=12, blank=True)
    mode = models.CharField(max_length=14, blank=True)
    unit = models.CharField(max_length=50, blank=True)
    urgency = models.PositiveSmallIntegerField(null=True)
    days = models.PositiveIntegerField(null=True)
    on_time = models.BooleanField(null=True)
    finding = models.CharField(max_length=30, blank=True)
    clock = models.CharField(max_length=20, blank=True)
    step = models.PositiveSmallIntegerField(null=True)
    action = models.CharField(max_length=12, blank=True)
    # of a reopening: the position of the closing that it undoes, known also once it is erased whose
    undoes = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["on", "position"], name="audits_fact_on"),
            models.Index(fields=["subject"], name="audits_fact_subject"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="forgets_its_subject_alone",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=(
                    "IF NEW.subject <> '' OR to_jsonb(NEW) - 'subject' <> to_jsonb(OLD) - 'subject'"
                    " THEN RAISE EXCEPTION 'a fact stands'; END IF; RETURN NEW;"
                ),
            ),
            *(one for one in APPEND_ONLY if one.name == "never_emptied"),
        ]

    class Privacy:
        personal = {"subject"}
        plain = {
            "position", "what", "on", "kind", "category", "channel", "mode", "unit", "urgency",
            "days", "on_time", "finding", "clock", "step", "action", "undoes",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.position} {self.what}"


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    """Reads of snapshots."""

    def of(self, day: date) -> "SnapshotQuerySet":
        """Return the first snapshot from a day on, and before there is one the last."""
        first = self.filter(day__gte=day).aggregate(day=models.Min("day"))["day"]
        chosen = first or self.aggregate(day=models.Max("day"))["day"]
        return self.filter(day=chosen).order_by("id")


class Snapshot(models.Model):
    """What a code was called on a day, and how many people it held; once a month, never changed.

    Names and headcounts are not in the ledger, and figures must come out the same again.
    """

    class What(models.TextChoices):
        EVERYONE = "everyone", "Everyone"
        UNIT = "unit", "Unit"
        CATEGORY = "category", "Category"

    day = models.DateField()
    what = models.CharField(max_length=10, choices=What)
    code = models.CharField(max_length=50, blank=True)
    label = models.CharField(max_length=120, blank=True)
    people = models.PositiveIntegerField(default=0)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "what", "code"], name="audits_snapshot_once")
        ]
        triggers = APPEND_ONLY

    class Privacy:
        plain = {"id", "day", "what", "code", "label", "people"}

    def __str__(self) -> str:
        return f"{self.day} {self.what} {self.code}"


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Reads of releases."""

    def newest_of(self, period: str) -> "Release | None":
        """Return the figures of a period as everybody sees them."""
        return self.filter(period=period).order_by("-cut_off").first()

    def newest_of_each(self, codes: Iterable[str]) -> "dict[str, Release]":
        """Return the figures of several periods, by code, of those that have any."""
        found = self.filter(period__in=list(codes)).order_by("period", "-cut_off")
        return {release.period: release for release in found.distinct("period")}

    def periods(self) -> list[Period]:
        """Return the periods that have figures, the newest first."""
        codes = self.order_by().values_list("period", flat=True).distinct()
        found = [periods.parse(code) for code in codes]
        return sorted(found, key=lambda period: (period.end, period.start), reverse=True)


class Release(models.Model):
    """The protected figures of a period up to a cut-off: the same for page, API and report."""

    period = models.CharField(max_length=12)
    # the ledger position up to which facts were counted
    cut_off = models.BigIntegerField()
    figures = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["period", "cut_off"], name="audits_release_once")
        ]
        triggers = APPEND_ONLY

    class Privacy:
        plain = {"id", "period", "cut_off", "figures", "digest", "at"}

    def __str__(self) -> str:
        return f"{self.period} up to {self.cut_off}"


class WorkState(models.TextChoices):
    """Where something is that a worker does."""

    QUEUED = "queued", "Waiting for a worker"
    WORKING = "working", "In work"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"


class ReportQuerySet(models.QuerySet["Report"]):
    """Reads of reports."""

    def due(self, now: datetime) -> "ReportQuerySet":
        """Return what a worker may take: queued, or left by one that died."""
        return self.filter(
            state__in=[WorkState.QUEUED, WorkState.WORKING], not_before__lte=now
        ).order_by("asked_at")

    def shown(self) -> "ReportQuerySet":
        """Return reports for a list, the newest first, their files without what they hold."""
        files = models.Prefetch("files", ReportFile.objects.defer("content").order_by("id"))
        return self.select_related("release").prefetch_related(files).order_by("-asked_at", "id")

    def standing(self) -> "ReportQuerySet":
        """Return what was not given up."""
        return self.exclude(state=WorkState.FAILED)


class Report(models.Model):
    """An audit report of a release, produced by a worker. `not_before` is also a worker's lease."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="reports")
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=WorkState, default=WorkState.QUEUED)
    not_before = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=60, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    ready_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release"],
                condition=~models.Q(state=WorkState.FAILED),
                name="audits_report_once",
            )
        ]
        indexes = [models.Index(fields=["-asked_at", "id"], name="audits_report_asked")]

    class Privacy:
        personal = {"asked_by"}
        plain = {
            "id", "release", "asked_at", "state", "not_before", "tries", "percent", "stage",
            "problem", "ready_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.release} {self.state}"

    @property
    def is_open(self) -> bool:
        """Return whether a worker still has to do with it."""
        return self.state in {WorkState.QUEUED, WorkState.WORKING}


class Format(models.TextChoices):
    """What a report comes as."""

    PDF = "pdf", "PDF"
    XLSX = "xlsx", "Spreadsheet"
    JSON = "json", "JSON"


class ReportFile(models.Model):
    """A report in one format; kept here since no process keeps state. Holds protected figures."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(max_length=4, choices=Format)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "format"], name="audits_reportfile_once")
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    class Privacy:
        plain = {"id", "report", "format", "content", "size", "digest"}

    def __str__(self) -> str:
        return f"{self.report_id}.{self.format}"

    @property
    def name(self) -> str:
        """Return the name under which the file is downloaded."""
        release = self.report.release
        return f"audit-report-{release.period}-{release.cut_off}.{self.format}"


class Verification(models.Model):
    """One verification of the whole ledger by a worker, and what it found."""

    class Outcome(models.TextChoices):
        WHOLE = "whole", "Whole"
        BROKEN = "broken", "Broken"
        UNKNOWN = "unknown", "Could not be checked"

    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    # until then it is one worker's
    not_before = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    entries = models.PositiveBigIntegerField(default=0)
    sealed = models.PositiveBigIntegerField(default=0)
    checkpoints = models.PositiveBigIntegerField(default=0)
    findings = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["outcome"],
                condition=models.Q(ended_at=None),
                name="audits_verification_one_open",
            )
        ]

    class Privacy:
        personal = {"asked_by"}
        plain = {
            "id", "asked_at", "not_before", "began_at", "ended_at", "outcome", "entries", "sealed",
            "checkpoints", "findings",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.asked_at} {self.outcome}"
