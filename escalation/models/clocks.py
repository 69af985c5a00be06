"""Clocks and the steps they took. The database is the truth; brokers carry hints."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models

from escalation.lifecycle import COUNTING, TICKING, State
from escalation.models.calendars import Calendar
from escalation.models.paths import PathVersion
from escalation.rules.changes import said
from escalation.rules.kinds import label_of, name_of
from escalation.rules.ladders import Step
from escalation.rules.limits import LIMIT_MAX
from people.models import Person, Unit

# what the lists of everything due are made of
OPEN = models.Q(state__in=COUNTING)

# how long a clock that had to be cancelled is shown to those who look after the house
TROUBLED_FOR = timedelta(days=30)


class Problem(models.TextChoices):
    """Why a clock needs somebody who looks after the house."""

    NOBODY = "nobody", "Its step found nobody"
    VANISHED = "vanished", "What it ran on is not there any more"
    NO_DUTY = "no_duty", "Nobody answers for what it runs on"
    NO_STEP = "no_step", "Its path has no such step"
    NO_ROLE = "no_role", "Its step names a part that does not exist"
    FAILED = "failed", "Its step failed"
    UNCOUNTED = "uncounted", "It cannot be counted by its calendar"
    UNMOVED = "unmoved", "It cannot go over to the new version of its path"


# what leaves the times of a clock as they are: its steps go on
OF_TIMES = (Problem.UNCOUNTED, Problem.UNMOVED)
# how long after a try such a clock is tried again
AGAIN = timedelta(hours=1)


class ClockQuerySet(models.QuerySet["Clock"]):
    """Reads of clocks."""

    def ticking(self) -> "ClockQuerySet":
        """Return clocks whose time still runs or has run out."""
        return self.filter(state__in=TICKING)

    def open(self) -> "ClockQuerySet":
        """Return clocks of which something is still owed, also those that rest."""
        return self.filter(OPEN)

    def due(self, now: datetime) -> "ClockQuerySet":
        """Return clocks whose next step is due."""
        return self.ticking().filter(next_at__lte=now)

    def not_put_off(self, now: datetime) -> "ClockQuerySet":
        """Leave out what has a problem with its times and is to be tried again later."""
        waits = models.ExpressionWrapper(
            models.F("tries") * models.Value(AGAIN), output_field=models.DurationField()
        )
        return self.exclude(problem__in=OF_TIMES, problem_at__gt=models.Value(now) - waits)

    def troubled(self, since: datetime) -> "ClockQuerySet":
        """Return the clocks that have a problem: while they count, or cancelled since a moment."""
        cancelled = models.Q(state=State.CANCELLED, problem=Problem.VANISHED, problem_at__gt=since)
        return self.exclude(problem="").filter(models.Q(state__in=COUNTING) | cancelled)

    def about(self, kind: str, ids: Iterable[uuid.UUID]) -> "ClockQuerySet":
        """Return the clocks of these subjects."""
        return self.filter(subject_kind=kind, subject_id__in=list(ids))


class Clock(models.Model):
    """A time limit that runs on something that another package owns."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    # who answers for it and of which unit its subject is, as whoever owns the subject last said
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, db_index=False)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    # what its times were counted from: `n` is the calendar's when they were counted last. A clock
    # of before there were calendars has no limit, and keeps its times.
    limit = models.CharField(max_length=LIMIT_MAX, blank=True)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, null=True)
    calendar_n = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    path = models.ForeignKey(PathVersion, on_delete=models.PROTECT)
    # when each step of the path is due, in their order; `next_at` is when the next one is, or the
    # limit where that comes first: then it is recorded that the clock ran out, and nobody is told
    times = ArrayField(models.DateTimeField(), default=list)
    # the earliest that was ever told of its limit and of each step, once its calendar moved one;
    # and until when it was given time all the same after that had passed, which is done once
    promised = ArrayField(models.DateTimeField(), null=True)
    grace_until = models.DateTimeField(null=True)
    next_step = models.PositiveSmallIntegerField(default=1)
    next_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    # of what was cancelled before this was kept, nobody knows it
    cancelled_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    # while it is paused: when it runs again by itself; how long the pauses before took in all
    paused_until = models.DateTimeField(null=True)
    paused_for = models.DurationField(default=timedelta)
    # what kept its step from being taken, since when, and how often it was tried
    problem = models.CharField(max_length=12, choices=Problem, blank=True)
    problem_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "kind"],
                condition=models.Q(state__in=[State.RUNNING, State.BREACHED, State.PAUSED]),
                name="escalation_clock_one_running",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.MET, met_at__isnull=False)
                | (~models.Q(state=State.MET) & models.Q(met_at__isnull=True)),
                name="escalation_clock_met_has_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.PAUSED, paused_until__isnull=False)
                | (~models.Q(state=State.PAUSED) & models.Q(paused_until__isnull=True)),
                name="escalation_clock_pause_ends",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(state__in=[State.RUNNING, State.BREACHED]),
                name="escalation_clock_next",
            ),
            # an idle sweep looks by it for clocks whose calendar has changed
            models.Index(
                fields=["calendar", "calendar_n"],
                condition=models.Q(state__in=[State.RUNNING, State.BREACHED, State.PAUSED]),
                name="escalation_clock_counted",
            ),
            models.Index(fields=["subject_id"], name="escalation_clock_subject"),
            models.Index(fields=["state", "due_at", "id"], name="escalation_clock_state_due"),
            models.Index(
                fields=["problem"], condition=~models.Q(problem=""), name="escalation_clock_problem"
            ),
            models.Index(fields=["due_at", "id"], condition=OPEN, name="escalation_clock_open"),
            models.Index(
                fields=["owner", "due_at", "id"], condition=OPEN, name="escalation_clock_owner"
            ),
            models.Index(
                fields=["unit", "due_at", "id"], condition=OPEN, name="escalation_clock_unit"
            ),
            models.Index(
                fields=["met_at", "id"],
                condition=models.Q(state=State.MET),
                name="escalation_clock_met",
            ),
        ]

    class Privacy:
        personal = {"subject_id", "owner"}
        plain = {
            "id", "subject_kind", "kind", "unit", "limit", "calendar", "calendar_n", "state",
            "started_at", "due_at", "path", "times", "promised", "grace_until", "next_step",
            "next_at", "met_at", "cancelled_at", "breached_at", "paused_until", "paused_for",
            "problem", "problem_at", "tries",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject_kind} {self.subject_id}"

    @property
    def label(self) -> str:
        """Return what has to be done, as it goes on from a time."""
        return label_of(self.kind)

    @property
    def step_at(self) -> datetime | None:
        """Return when its next step is due; None where its path has no more."""
        return next(iter(self.times[self.next_step - 1 :]), None)

    @property
    def coming(self) -> Step | None:
        """Return the step that it takes next; None where its path has no more."""
        return next(iter(self.path.ladder[self.next_step - 1 :]), None)

    @property
    def is_counting(self) -> bool:
        """Return whether something is still owed by it."""
        return self.state in COUNTING

    @property
    def next_moment(self) -> datetime | None:
        """Return when something happens to it: its next step, or its limit where that is sooner."""
        limit = None if self.state == State.BREACHED else self.due_at
        return min((at for at in (self.step_at, limit) if at is not None), default=None)

    @property
    def name(self) -> str:
        """Return what has to be done."""
        return name_of(self.kind)


class Outcome(models.TextChoices):
    """What became of a step when its time came."""

    DONE = "done", "Done"
    NOT_NEEDED = "not_needed", "Not needed"
    NOBODY = "nobody", "Nobody was left to reach"


class Instead(models.TextChoices):
    """In whose place a step reached somebody: whoever was meant was not here."""

    NOBODY = "", "Whoever was meant"
    STAND_IN = "stand_in", "Whoever stands in for them"
    NEXT = "next", "Somebody else"


class StepTaken(models.Model):
    """A step that a clock has taken: the constraint makes a second sweep harmless."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="steps_taken")
    n = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    reached = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.DONE)
    instead = models.CharField(max_length=8, choices=Instead, blank=True, db_default="")
    # of which version it was a step, where its clock has been moved to another since
    version = models.ForeignKey(PathVersion, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "n", "version"],
                nulls_distinct=False,
                name="escalation_steptaken_once",
            )
        ]

    class Privacy:
        plain = {"id", "clock", "n", "at", "reached", "outcome", "instead", "version"}

    def __str__(self) -> str:
        return f"{self.clock_id} step {self.n}"


class ClockMove(models.Model):
    """That a clock runs out at another time since its calendar changed, and what changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="moves")
    at = models.DateTimeField()
    was = models.DateTimeField()
    now = models.DateTimeField()
    # of the calendar's changes, the codes; and the day, where there was one change of one day
    what = models.CharField(max_length=120, blank=True)
    day = models.DateField(null=True)

    class Privacy:
        plain = {"id", "clock", "at", "was", "now", "what", "day"}

    def __str__(self) -> str:
        return f"{self.clock_id} at {self.at}"

    @property
    def why(self) -> str:
        """Return what changed about its calendar, in words."""
        return said(self.what, self.day) or "its calendar is another"


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    """Reads and writes of heartbeats."""

    def beat(self, name: str, *, now: datetime) -> None:
        """Write down that something was done now, in one statement."""
        self.bulk_create(
            [Heartbeat(name=name, at=now)],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["at"],
        )


class Heartbeat(models.Model):
    """When a process last did its work."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    class Privacy:
        plain = {"name", "at"}

    def __str__(self) -> str:
        return self.name
