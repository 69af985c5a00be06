"""What can stand on the record of a case in a story: parties, allegations, evidence, findings."""

from dataclasses import dataclass
from datetime import datetime

from cases import actions
from cases.lifecycle import Bearing, CustodyAct, ExhibitKind, Finding, PartyRole, Shown
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


def _alleged(scene: Scene, n: int) -> Allegation:
    return Allegation.objects.get(case=scene.case, n=n)
