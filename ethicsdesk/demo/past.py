"""One past concern on its way into rows: as the actions would have left it."""

import json
from datetime import datetime
from uuid import UUID, uuid4

from cases import rules
from cases.actions import Identity
from cases.lifecycle import (
    CLOCKS_OF,
    CLOCKS_OF_TASKS,
    CaseStatus,
    Channel,
    ClosingState,
    ConcernStatus,
    Level,
    Mode,
    TaskKind,
    areas_of,
)
from cases.lifecycle.risks import Committee, Consent
from cases.lifecycle.tracks import Track
from cases.models import Assessment, Case, Closing, Concern, Member, Message, Note, Task, Triage
from common import days
from escalation import actions as escalation
from escalation.lifecycle import State as Ticking
from escalation.models import (
    Clock,
    Does,
    PathStep,
    StepTaken,
    TimedPromise,
)
from ethicsdesk.demo.history import Plan
from ethicsdesk.demo.office import Office, Rows
from ledger.actions import Act
from ledger.rules import REPORTER, SYSTEM, Actor, Fact
from ledger.verbs import Verb
from people.models import Person
from policies.models import Kind as Promised
from safes import actions as safes
from safes.actions import Fresh
from safes.models import Safe
from safes.rules import Receipt, SafeKey, split

# of a lean past: what a list opens, and what changes what it lists
LEAN_FIELDS = {"summary"}
LEAN_VERBS = {
    Verb.CONCERN_FILED,
    Verb.CONCERN_WITHDRAWN,
    Verb.CONCERN_TRIAGED,
    Verb.CASE_OPENED,
    Verb.CASE_CLOSED,
}


class Past:
    """One concern on its way into the rows.

    A lean one has the row, the clocks and the seals that lists show, and nothing that was said or
    read meanwhile: a million of these are there in an hour.
    """

    def __init__(
        self, plan: Plan, office: Office, rows: Rows, now: datetime, *, is_lean: bool = False
    ) -> None:
        self.is_lean = is_lean
        self.plan = plan
        self.office = office
        self.rows = rows
        self.now = now
        self.officer = office.officer(plan)
        self.category = office.categories[plan.topic]
        self.unit = office.units.get(plan.unit)
        self.concern = Concern(id=uuid4(), ref=rules.new_reference())
        self.case: Case | None = None
        # of whoever writes and reads; the custodians' share is written by whoever cannot read it
        self.keys: dict[UUID, SafeKey] = {}

    def happened(self, moment: datetime | None) -> bool:
        """Return whether something lies in the past, and was not overtaken by a withdrawal."""
        if moment is None or moment > self.now:
            return False
        return self.plan.withdrawn is None or moment <= self.plan.withdrawn

    def file(self, receipt: Receipt, fresh: Fresh, vault: Safe | None) -> None:
        """Add the concern, its words, and what was done with it before it became a case."""
        plan, concern = self.plan, self.concern
        self.keys[fresh.safe.pk] = fresh.key
        day = days.day_of(plan.filed)
        concern.kind, concern.mode, concern.channel = plan.kind, plan.mode, plan.channel
        concern.category, concern.unit = self.category, self.unit
        in_danger = plan.urgency == Level.DANGER
        concern.urgency = rules.urgency(in_danger=in_danger, is_grave=self.category.is_grave)
        concern.is_told_at_once = in_danger
        concern.locator, concern.safe, concern.identity_safe = receipt.locator, fresh.safe, vault
        concern.policy_version, _ = self.office.version(day)
        concern.touched_on = concern.filed_on = day
        concern.filed_at = None if plan.mode == Mode.ANONYMOUS else plan.filed
        concern.status = ConcernStatus.RECEIVED
        self.rows.concerns.append(concern)
        self._seal_words(vault)
        by = REPORTER if plan.channel == Channel.WEB else self.officer.actor
        self._act(
            Verb.CONCERN_FILED,
            plan.filed,
            by=by,
            kind=plan.kind,
            category=self.category.code,
            channel=plan.channel,
            mode=plan.mode,
            unit=self.unit.code if self.unit else None,
            urgency=int(concern.urgency),
            files=0,
            entrance=None,
        )
        self._handle()

    def _seal_words(self, vault: Safe | None) -> None:
        plan = self.plan
        items = {
            "narrative": plan.text.encode(),
            "summary": rules.summary_of(plan.text).encode(),
            "answers": json.dumps({"happened": plan.text}).encode(),
            "about": b"",
        }
        self._seal(self.concern.safe, self.concern.pk, items)
        if plan.mode == Mode.ANONYMOUS:
            return
        who, own = Identity("A. Colleague").packed(), self.concern
        if vault is None:
            self._seal(own.safe, own.pk, {"reporter": who})
            return
        near, far = split(who, rules.identity_binding(own.pk))
        self._seal(own.safe, own.pk, {"identity": near})
        self._seal(vault, own.pk, {"share": far})

    def _handle(self) -> None:
        plan, concern = self.plan, self.concern
        if self.happened(plan.read):
            concern.is_unread, concern.owner = False, self.officer
            self._act(Verb.CONCERN_READ, plan.read)
            self._act(Verb.CONCERN_ASSIGNED, plan.read, how="taken")
        if self.happened(plan.answered):
            concern.acknowledged_on = days.day_of(plan.answered)
            self._write(1, plan.answered, plan.answer)
        if self.happened(plan.came_back):
            self._act(Verb.RECEIPT_USED, plan.came_back, by=REPORTER)
        if plan.withdrawn is not None and self.happened(plan.withdrawn):
            concern.status = ConcernStatus.WITHDRAWN
            concern.withdrawn_on = days.day_of(plan.withdrawn)
            self._act(Verb.CONCERN_WITHDRAWN, plan.withdrawn, by=REPORTER)

    def _write(self, n: int, at: datetime, text: str, *, by: Actor | None = None) -> None:
        if self.is_lean:
            return
        message = Message(
            id=uuid4(),
            concern=self.concern,
            n=n,
            author=self.officer,
            on=days.day_of(at),
            at=at,
            is_seen=self.plan.came_back is not None and at < self.plan.came_back <= self.now,
        )
        self.rows.messages.append(message)
        self._seal(self.concern.safe, message.pk, {"body": text.encode()})
        self._act(Verb.MESSAGE_SENT, at, by=by, by_reporter=False)

    def open_case(self, fresh: Fresh, number: int) -> None:
        """Add the case that it became, with its triage, its note, and its end."""
        plan, safe = self.plan, fresh.safe
        self.keys[safe.pk] = fresh.key
        self.case = case = Case(
            id=uuid4(),
            ref=rules.case_reference(days.day_of(plan.triaged).year, number),
            category=self.category,
            unit=self.unit,
            urgency=plan.urgency,
            severity=plan.severity,
            lead=self.officer,
            safe=safe,
            opened_at=plan.triaged,
        )
        self.concern.case, self.concern.status = case, ConcernStatus.IN_CASE
        self.rows.cases.append(case)
        self.rows.members.append(
            Member(
                case=case,
                person=self.officer,
                function=Member.Function.LEAD,
                areas=areas_of(Member.Function.LEAD),
                since=plan.triaged,
            )
        )
        self._seal(safe, case.pk, {"summary": rules.summary_of(plan.text).encode()})
        self._triage()
        if self.happened(plan.noted) and not self.is_lean:
            note = Note(
                id=uuid4(), case=case, author=self.officer, kind=Note.Kind.NOTE, at=plan.noted
            )
            self.rows.notes.append(note)
            self._seal(safe, note.pk, {"body": plan.note.encode()})
            self._act(Verb.NOTE_SIGNED, plan.noted, case=case, kind=Note.Kind.NOTE)
        if self.happened(plan.closed):
            self._close()

    def _triage(self) -> None:
        plan, case = self.plan, self.case
        if case is None:
            raise AssertionError
        triage = Triage(
            id=uuid4(),
            concern=self.concern,
            case=case,
            by=self.officer,
            at=plan.triaged,
            category=self.category,
            urgency=plan.urgency,
            severity=plan.severity,
            in_danger=plan.urgency == Level.DANGER,
            # its phases would be rows that nothing shows or counts
            track=Track.ADVICE,
            is_investigated=False,
        )
        self.rows.triages.append(triage)
        self._seal(case.safe, triage.pk, {"reason": plan.triage_reason.encode()})
        likelihood, impact = plan.risk
        self.rows.assessments.append(
            Assessment(
                id=uuid4(),
                triage=triage,
                case=case,
                likelihood=likelihood,
                impact=impact,
                consent=Consent.NOT_YET,
                committee=Committee.NOT_ASKED,
                overrode=False,
            )
        )
        self._act(
            Verb.CONCERN_TRIAGED,
            plan.triaged,
            category=self.category.code,
            urgency=int(plan.urgency),
            severity=int(plan.severity),
            danger=triage.in_danger,
            investigated=triage.is_investigated,
            track=Track.ADVICE.value,
            days=self._days(plan.triaged),
            likelihood=int(likelihood),
            impact=int(impact),
            overrode=False,
            why=None,
        )
        self._act(
            Verb.CASE_OPENED,
            plan.triaged,
            case=case,
            concern=self.concern.ref,
            category=self.category.code,
            unit=self.unit.code if self.unit else None,
        )

    def _close(self) -> None:
        plan, case = self.plan, self.case
        if case is None:
            raise AssertionError
        decider = self._decide(case)
        case.status, case.closed_at, case.finding = CaseStatus.CLOSED, plan.closed, plan.finding
        self.concern.status = ConcernStatus.CLOSED
        self.concern.closed_on = days.day_of(plan.closed)
        self._write(2, plan.closed, plan.message, by=decider.actor)
        opened = days.day_of(case.opened_at)
        self._act(
            Verb.CASE_CLOSED,
            plan.closed,
            by=decider.actor,
            case=case,
            finding=plan.finding,
            days=(days.day_of(plan.closed) - opened).days,
        )

    def _decide(self, case: Case) -> Person:
        """Add that the closing was asked for, and approved by another person; return who it was."""
        plan, decider = self.plan, self.office.decider
        at, kind = plan.closed, TaskKind.APPROVE_CLOSING
        task = Task(
            id=uuid4(), case=case, kind=kind, assignee=decider, opened_by=self.officer,
            opened_at=at, done_at=at, done_by=decider,
        )  # fmt: skip
        closing = Closing(
            id=uuid4(), case=case, finding=plan.finding, asked_by=self.officer, asked_at=at,
            task=task, state=ClosingState.APPROVED, decided_by=decider, decided_at=at,
        )  # fmt: skip
        self.rows.tasks.append(task)
        self.rows.closings.append(closing)
        words = {"outcome": plan.reason.encode(), "message": plan.message.encode()}
        self._seal(case.safe, closing.pk, words)
        self._act(Verb.CASE_ASSIGNED, at, case=case, how="decides")
        self._act(Verb.TASK_OPENED, at, case=case, kind=kind, repeats=None)
        self._act(Verb.CLOSING_ASKED, at, case=case, finding=plan.finding)
        self._act(Verb.TASK_DONE, at, by=decider.actor, case=case, kind=kind, on_time=True)
        clocks = escalation.clocks_for(
            subject_kind=CLOCKS_OF_TASKS,
            subject_id=task.pk,
            start=at,
            promises=[self.office.approving],
            calendar=self.office.calendars.get(case.unit_id, self.office.calendar),
            owner=decider,
            unit=case.unit,
        )
        for clock in clocks:
            clock.state, clock.met_at, clock.next_at = Ticking.MET, at, None
        self.rows.clocks += clocks
        return decider

    # -- time --------------------------------------------------------------------------

    def keep_time(self) -> None:
        """Add the clocks, as met, late or running as they are now."""
        plan, concern = self.plan, self.concern
        _, promises = self.office.version(days.day_of(plan.filed))
        is_anonymous = plan.mode == Mode.ANONYMOUS
        start = days.midnight(days.day_of(plan.filed)) if is_anonymous else plan.filed
        clocks = escalation.clocks_for(
            subject_kind=CLOCKS_OF,
            subject_id=concern.pk,
            start=start,
            promises=promises,
            calendar=self.office.calendars.get(concern.unit_id, self.office.calendar),
            owner=self.case.lead if self.case is not None else concern.owner,
            unit=concern.unit,
        )
        met = {
            Promised.ACKNOWLEDGE: plan.answered,
            Promised.TRIAGE: plan.triaged,
            Promised.FEEDBACK: plan.closed,
        }
        for clock, promise in zip(clocks, promises, strict=True):
            self._run(clock, promise, met[Promised(clock.kind)])
        self.rows.clocks += clocks
        due = {clock.kind: clock for clock in clocks}
        concern.acknowledge_by = days.day_of(due[Promised.ACKNOWLEDGE].due_at)
        concern.feedback_by = days.day_of(due[Promised.FEEDBACK].due_at)
        ticking = [clock.due_at for clock in clocks if clock.state == Ticking.RUNNING]
        concern.next_due_at = min(ticking, default=None)
        if self.case is not None:
            self.case.next_due_at = concern.next_due_at
        if due[Promised.ACKNOWLEDGE].met_at is not None:
            self._act(
                Verb.CONCERN_ACKNOWLEDGED,
                plan.answered,
                days=self._days(plan.answered),
                on_time=due[Promised.ACKNOWLEDGE].breached_at is None,
            )

    def _run(self, clock: Clock, promise: TimedPromise, met: datetime) -> None:
        if self.happened(self.plan.withdrawn) and not self.happened(met):
            clock.state, clock.next_at = Ticking.CANCELLED, None
            clock.cancelled_at = self.plan.withdrawn
        elif self.happened(met):
            clock.state, clock.met_at, clock.next_at = Ticking.MET, met, None
            if met > clock.due_at:
                clock.breached_at = clock.due_at
                self._climb(clock, promise, met)

    def _climb(self, clock: Clock, promise: TimedPromise, met: datetime) -> None:
        """Take the steps that came before a promise was kept late; never the last (see history)."""
        self._act(
            Verb.CLOCK_BREACHED,
            clock.due_at,
            by=SYSTEM,
            clock=clock.kind,
            subject_kind=CLOCKS_OF,
        )
        for step in sorted(promise.path.steps.all(), key=lambda step: step.n):
            at = clock.times[step.n - 1]
            if at <= met and step.does != Does.HAND_OVER:
                self._take(clock, step, at)

    def _take(self, clock: Clock, step: PathStep, at: datetime) -> None:
        self.rows.steps.append(StepTaken(clock=clock, n=step.n, at=at, reached=1))
        clock.next_step = step.n + 1
        self._act(
            Verb.STEP_TAKEN,
            at,
            by=SYSTEM,
            clock=clock.kind,
            step=step.n,
            action=step.does,
            reached=1,
        )

    # -- the rest ------------------------------------------------------------------------

    def _days(self, moment: datetime) -> int:
        return (days.day_of(moment) - days.day_of(self.plan.filed)).days

    def _seal(self, safe: Safe, row: UUID, items: dict[str, bytes]) -> None:
        if self.is_lean:
            items = {field: words for field, words in items.items() if field in LEAN_FIELDS}
        self.rows.sealed += safes.sealed_items(
            safe, row=row, items=items, key=self.keys.get(safe.pk)
        )

    def _act(
        self,
        verb: Verb,
        at: datetime | None,
        *,
        by: Actor | None = None,
        case: Case | None = None,
        **facts: Fact,
    ) -> None:
        if at is None or (self.is_lean and verb not in LEAN_VERBS):
            return
        subject = f"case:{case.pk}" if case is not None else self.concern.subject
        self.rows.acts.append(
            Act(
                verb,
                by or self.officer.actor,
                at,
                subject,
                anonymous=by == REPORTER and self.plan.mode == Mode.ANONYMOUS,
                facts=facts,
            )
        )
