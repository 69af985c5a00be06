"""What can stand on the record of a case in a story: parties, allegations, evidence, findings."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases import access, actions
from cases.lifecycle import Bearing, CustodyAct, ExhibitKind, Finding, PartyRole, Shown, TaskKind
from cases.lifecycle.outcomes import ForOrganisation, ForSubject
from cases.lifecycle.plans import PlanKind
from cases.models import Allegation, Party
from common import days
from ethicsdesk.demo.acts import Act, Scene


@dataclass(frozen=True)
class AddParty(Act):
    """A member of the team names a party."""

    who: str
    role: PartyRole
    name: str
    contact: str = ""

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.add_party(
            scene.case,
            by=scene.people[self.who],
            role=self.role,
            name=self.name,
            contact=self.contact,
            opener=scene.openers[self.who],
            now=now,
        )


@dataclass(frozen=True)
class Allege(Act):
    """A member of the team writes down what is alleged, about whom it is about if that is known."""

    who: str
    text: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.add_allegation(
            scene.case,
            by=scene.people[self.who],
            category=scene.case.category,
            text=self.text,
            against=scene.case.parties.filter(role=PartyRole.SUBJECT).first(),
            opener=scene.openers[self.who],
            now=now,
        )


@dataclass(frozen=True)
class Enter(Act):
    """A member of the team enters a piece of evidence that bears on an allegation."""

    who: str
    title: str
    of: int
    how: Bearing
    kind: ExhibitKind = ExhibitKind.DOCUMENT
    source: str = ""
    place: str = ""
    # where it went afterwards
    moved: str = ""

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by, opener = scene.people[self.who], scene.openers[self.who]
        piece = actions.Piece(
            self.kind, self.title, days.day_of(now), source=self.source, place=self.place
        )
        bears = (_alleged(scene, self.of), self.how)
        exhibit = actions.add_exhibit(
            scene.case, by=by, piece=piece, bears=bears, opener=opener, now=now
        )
        if self.moved:
            actions.change_custody(
                exhibit, by=by, act=CustodyAct.MOVED, place=self.moved, opener=opener, now=now
            )


@dataclass(frozen=True)
class Find(Act):
    """A member of the team signs what was found of an allegation, on all that bears on it."""

    who: str
    of: int
    finding: Finding
    reason: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        allegation = _alleged(scene, self.of)
        actions.sign_finding(
            allegation,
            by=scene.people[self.who],
            finding=self.finding,
            reason=self.reason,
            relied_on=list(allegation.bearings.values_list("exhibit", flat=True)),
            opener=scene.openers[self.who],
            now=now,
        )


@dataclass(frozen=True)
class Strike(Act):
    """A member of the team strikes an allegation that was entered by mistake."""

    who: str
    of: int
    reason: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.strike(
            _alleged(scene, self.of),
            by=scene.people[self.who],
            reason=self.reason,
            opener=scene.openers[self.who],
            now=now,
        )


@dataclass(frozen=True)
class Follow(Act):
    """A member of the team signs what follows from the latest finding of an allegation."""

    who: str
    of: int
    subject: tuple[ForSubject, ...]
    organisation: tuple[ForOrganisation, ...]
    because: str
    # why it differs from earlier cases, where it does
    departs: str = ""

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.sign_outcome(
            _alleged(scene, self.of).findings.latest("n"),
            by=scene.people[self.who],
            subject=self.subject,
            organisation=self.organisation,
            because=self.because,
            departs=self.departs,
            opener=scene.openers[self.who],
            now=now,
        )


@dataclass(frozen=True)
class AskSubject(Act):
    """A member of the team asks whom it is about to answer; they do, if `answer` says what."""

    who: str
    words: str
    answer: str = ""

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        party = Party.objects.filter(case=scene.case, role=PartyRole.SUBJECT).earliest("added_at")
        by, opener = scene.people[self.who], scene.openers[self.who]
        actions.ask_response(party, by=by, words=self.words, opener=opener, now=now)
        if self.answer:
            on = days.day_of(now)
            actions.record_response(
                party, by=by, words=self.answer, given_on=on, opener=opener, now=now
            )


@dataclass(frozen=True)
class Interviewed(Act):
    """A member of the team plans to interview a witness; it is held if there are minutes."""

    who: str
    words: str
    minutes: str = ""
    # what the witness objects to; they sign the version that follows it
    objections: str = ""

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        party = Party.objects.filter(case=scene.case, role=PartyRole.WITNESS).earliest("added_at")
        by, opener, on = scene.people[self.who], scene.openers[self.who], days.day_of(now)
        interview = actions.plan_interview(
            party, by=by, assignee=by, words=self.words, opener=opener, now=now
        )
        if not self.minutes:
            return
        actions.hold_interview(
            interview, by=by, held_on=on, minutes=self.minutes, opener=opener, now=now
        )
        actions.record_reply(
            interview,
            by=by,
            agrees=not self.objections,
            how=Shown.WRITTEN,
            on=on,
            objections=self.objections,
            opener=opener,
            now=now,
        )


@dataclass(frozen=True)
class Terms(Act):
    """Whoever leads it signs what is to be found out and how; the next who may approves it."""

    who: str
    purpose: str
    scope: str
    sources: str
    outside: str = ""
    limits: str = ""
    # what is to be found out about each allegation, in their order
    questions: tuple[str, ...] = ()
    # why a later version follows the first
    change: str = ""

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by, opener = scene.people[self.who], scene.openers[self.who]
        alleged = scene.case.allegations.order_by("n")
        over = scene.case.plans.filter(kind=PlanKind.TERMS).count()
        terms = actions.sign_terms(
            scene.case,
            by=by,
            over=over,
            purpose=self.purpose,
            scope=self.scope,
            outside=self.outside,
            limits=self.limits,
            questions={one.pk: text for one, text in zip(alleged, self.questions, strict=False)},
            change=self.change,
            approver=access.may_decide(scene.case, by)[0],
            opener=opener,
            now=now,
        )
        if terms.task is not None and terms.task.assignee is not None:
            approver = terms.task.assignee
            opener = scene.openers[approver.username]
            actions.approve_terms(terms, by=approver, opener=opener, now=now)
        if not self.change:
            actions.sign_plan(
                scene.case,
                by=by,
                over=0,
                sources=self.sources,
                people="",
                change="",
                opener=opener,
                now=now,
            )


@dataclass(frozen=True)
class PlanStep(Act):
    """A member of the team plans a step."""

    who: str
    words: str
    in_days: int

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by = scene.people[self.who]
        actions.add_task(
            scene.case,
            by=by,
            kind=TaskKind.PLAN_STEP,
            assignee=by,
            words=self.words,
            due_on=days.day_of(now) + timedelta(days=self.in_days),
            opener=scene.openers[self.who],
            now=now,
        )


def _alleged(scene: Scene, n: int) -> Allegation:
    return Allegation.objects.get(case=scene.case, n=n)
