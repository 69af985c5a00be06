"""Pause a clock from the page of its concern or case, and let it run again."""

from datetime import time
from typing import Any

from django import forms

from cases import actions
from cases.desk.views.case import TimelineSection
from cases.desk.views.concern import ConcernPage
from cases.forms.desk import PauseForm, ResumeForm
from cases.models import Case, Concern
from common import days
from escalation.models import Clock
from escalation.rules.calendars import moment_of
from safes.desk.base import Step


class Pausing(Step):
    """Begins a pause."""

    name = "pause"
    to_pause: list[Clock]

    @property
    def subject(self) -> Concern | Case:
        """Return what the clock runs on."""
        raise NotImplementedError

    def form(self, data: Any) -> forms.Form:
        """Return which clock, why and until when."""
        return PauseForm(data, among=self.to_pause, auto_id="pause_%s")

    def act(self, **entered: Any) -> str:
        """Pause it until the day begins where it is counted."""
        clock, until = entered["clock"], entered["until"]
        zone = clock.calendar.zone_info if clock.calendar else days.zone()
        moment = moment_of(until, time(), zone)
        pauses = actions.pause_clock(
            self.subject,
            clock.pk,
            reason=entered["reason"],
            until=moment,
            by=self.person,
            now=self.now,
        )
        return (
            f"Paused. It runs again by itself on {until.day} {until:%B %Y}; whoever looks after it "
            f"is told then.{' Its phase rests with it.' if len(pauses) > 1 else ''}"
        )


class Resuming(Step):
    """Ends a pause before its time."""

    name = "resume"

    @property
    def subject(self) -> Concern | Case:
        """Return what the clock runs on."""
        raise NotImplementedError

    def form(self, data: Any) -> forms.Form:
        """Return which clock."""
        return ResumeForm(data, prefix="again")

    def act(self, **entered: Any) -> str:
        """Let it run."""
        clock = entered["clock"]
        found = actions.resume_clock(self.subject, clock, by=self.person, now=self.now)
        due = days.last_day(found.due_at)
        return f"It runs again, and is due on {due.day} {due:%B %Y}."


class PauseOfConcern(Pausing, ConcernPage):
    """Pause a clock of a concern."""

    @property
    def subject(self) -> Concern | Case:
        """Return the concern."""
        return self.concern


class PauseOfCase(Pausing, TimelineSection):
    """Pause a clock of a case."""

    @property
    def subject(self) -> Concern | Case:
        """Return the case."""
        return self.case


class ResumeOfConcern(Resuming, ConcernPage):
    """Let a clock of a concern run again."""

    @property
    def subject(self) -> Concern | Case:
        """Return the concern."""
        return self.concern


class ResumeOfCase(Resuming, TimelineSection):
    """Let a clock of a case run again."""

    @property
    def subject(self) -> Concern | Case:
        """Return the case."""
        return self.case
