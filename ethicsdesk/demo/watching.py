"""Acts of stories in which those are watched over who may be made to pay for what was told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cases import actions
from cases.lifecycle import PartyRole
from cases.lifecycle.protection import Answer, Asking, Point, RemedyKind, RiskSign
from cases.models import Case, CheckIn, Concern, Party, RetaliationRisk
from cases.rules.protection import proposed
from common import days
from ethicsdesk.demo.acts import Act, Scene
from people.models import Person
from safes.rules import Opener

# what was due in the last days nobody has come to yet
LEFT = timedelta(days=3)


def _who(scene: Scene, role: PartyRole | None) -> Concern | Party:
    if role is None:
        return scene.concern
    return Party.objects.filter(case=scene.case, role=role).earliest("added_at")


@dataclass(frozen=True)
class Weigh(Act):
    """Somebody of the team weighs the risk for the reporter, or a party, as the signs propose."""

    who: str
    signs: tuple[RiskSign, ...]
    agreed: str
    role: PartyRole | None = None
    point: Point = Point.REPORT
    asking: Asking = Asking.PHONE

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.assess_risk(
            _who(scene, self.role),
            by=scene.people[self.who],
            point=self.point,
            signs=self.signs,
            level=proposed(self.signs),
            asking=self.asking,
            agreed=self.agreed,
            opener=scene.openers[self.who],
            now=now,
        )


@dataclass(frozen=True)
class AskHow(Act):
    """Somebody of the team asks them how they are; a sign opens a case, where it is made good."""

    who: str
    answer: Answer
    words: str
    role: PartyRole | None = None
    asking: Asking = Asking.PHONE
    # what makes it good, within so many days, in these words
    remedy: tuple[RemedyKind, int, str] | None = None

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by, opener = scene.people[self.who], scene.openers[self.who]
        done = actions.check_in(
            _who(scene, self.role),
            by=by,
            answer=self.answer,
            asking=self.asking,
            on=days.day_of(now),
            words=self.words,
            opener=opener,
            now=now,
        )
        if done.opened is not None and self.remedy is not None:
            kind, within, words = self.remedy
            actions.promise_remedy(
                Case.objects.get(pk=done.opened.pk),
                by=by,
                kind=kind,
                owner=by,
                due_on=days.day_of(now) + timedelta(days=within),
                words=words,
                opener=opener,
                now=now,
            )


def to_come(known: set[UUID], until: datetime) -> list[CheckIn]:
    """Return the check-ins that fall due before the last days, and that are not known yet."""
    found = CheckIn.objects.awaited().filter(due_on__lt=days.day_of(until - LEFT))
    return [one for one in found if one.pk not in known]


def keep(
    row_id: UUID, people: dict[str, Person], openers: dict[str, Opener], now: datetime
) -> None:
    """Ask on the day whoever is planned to be asked, unless somebody did: nothing has happened."""
    row = CheckIn.objects.select_related("concern__case__lead", "party__case__lead").get(pk=row_id)
    to = row.concern or row.party
    if not row.is_planned or to is None or to.case is None:
        return
    lead = people.get(to.case.lead.username)
    if lead is None or lead.username not in openers:
        return
    risk = RetaliationRisk.objects.filter(concern=row.concern, party=row.party).last()
    here = Asking.HERE if isinstance(to, Concern) else Asking.PHONE
    actions.check_in(
        to,
        by=lead,
        answer=Answer.NO,
        asking=Asking(risk.asking) if risk is not None else here,
        on=days.day_of(now),
        words="",
        opener=openers[lead.username],
        now=now,
    )
