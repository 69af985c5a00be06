"""Today: what is due soon, what waits for an answer of mine, what is new since I was here."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cases import actions, parts
from cases.desk.views.rows import ago
from cases.duties import address_of
from cases.lifecycle import ConcernStatus, RequestState
from cases.models import Concern, IdentityRequest, Member, Message, OriginalRequest, Redaction
from cases.parts import Waits
from common import days
from escalation import duties
from escalation.duties import Subject
from escalation.lifecycle import State
from escalation.models import Clock
from ledger.models import Entry
from ledger.verbs import Verb
from people.models import AccountChange, Cover
from people.rules import OFFICE, Role
from safes.access import APPROVERS, Where, pending_keys
from safes.desk.base import AtDesk

SOON = timedelta(days=7)
# each list is short: whatever is longer has a page of its own
SHORT = 8
OVERSEERS = (Role.ADMINISTRATOR, Role.HEAD)


class Line(NamedTuple):
    """One line of a list: where it leads, what it is, and a word of when."""

    url: str
    ref: str
    said: str
    when: str
    place: Where | None = None
    title: str | None = None


class DueLine(NamedTuple):
    """A clock of one's own and what it runs on."""

    clock: Clock
    subject: Subject
    name: str | None = None
    # for whom somebody sees to it who stands in
    for_whom: str = ""


class Today(AtDesk):
    """What needs me now."""

    roles = OFFICE | {Role.CUSTODIAN, Role.EXPERT}

    def lets_in(self) -> bool:
        """Let in whoever has something due, such as a policy to read."""
        return duties.own_of(self.person, now=self.now).open().exists()

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the three lists; whoever looks is here from now on."""
        since = actions.come(self.person, now=self.now)
        due, answers, new = self._due(), self._answers(), self._new(since)
        places = [*(one.subject.sealed for one in due), *(one.place for one in [*answers, *new])]
        texts = self.open({place for place in places if place is not None})
        return self.show(
            "cases/desk/today.html",
            cover=Cover.of(self.person, days.day_of(self.now)),
            due=[
                one._replace(name=texts.get(one.subject.sealed)) if one.subject.sealed else one
                for one in due
            ],
            answers=_titled(answers, texts),
            decisions=self._decisions(),
            new=_titled(new, texts),
            since=since,
            is_office=self.person.is_office,
        )

    def _due(self) -> list[DueLine]:
        """Return what is due from me within a week, and what is over."""
        # what rests is left out by its name: asked for those that tick, PostgreSQL reads all of
        # somebody's clocks by another index, and then sorts them
        own = duties.own_of(self.person, now=self.now).open().exclude(state=State.PAUSED)
        soon = own.filter(due_at__lt=self.now + SOON).select_related("owner")
        clocks = list(soon.order_by("due_at", "id")[:SHORT])
        subjects = duties.subjects(clocks)
        return [
            DueLine(clock, subjects[clock.pk], for_whom=self._for_whom(clock))
            for clock in clocks
            if clock.pk in subjects
        ]

    def _for_whom(self, clock: Clock) -> str:
        return clock.owner.name if clock.owner and clock.owner != self.person else ""

    # -- what waits for me ----------------------------------------------------------------

    def _answers(self) -> list[Line]:
        """Return to whom I owe an answer: their reporters wrote last."""
        worked = Concern.objects.visible_to(self.person).worked_by(self.person)
        found = Message.objects.unanswered(worked)[:SHORT]
        return [
            _line(one.concern, "The reporter wrote", one.at or one.on, self.now) for one in found
        ]

    def _decisions(self) -> list[Waits]:
        """Return what others cannot do before I decided."""
        return [*self._identities(), *self._originals(), *self._copies(), *self._keys(),
                *self._accounts(), *parts.waits_for(self.person)]  # fmt: skip

    def _identities(self) -> Iterable[Waits]:
        if not self.person.holds(Role.CUSTODIAN):
            return
        asked = IdentityRequest.objects.decidable_by(self.person).filter(state=RequestState.ASKED)
        if number := asked.count():
            yield Waits("Open an identity, or not", reverse("desk:identities"), number)

    def _originals(self) -> Iterable[Waits]:
        mine = OriginalRequest.objects.releasable_by(self.person, self.now).order_by("asked_at")
        for one in mine.select_related("attachment__concern", "attachment__case")[:SHORT]:
            yield Waits("Release an original", address_of(one.attachment))

    def _copies(self) -> Iterable[Waits]:
        mine = Redaction.objects.reviewable_by(self.person).order_by("made_at", "pk")
        for one in mine.select_related("case")[:SHORT]:
            at = reverse("desk:redacted", args=[one.case.ref, one.n])
            yield Waits(f"Look over a redacted copy, case {one.case.ref}", at)

    def _keys(self) -> Iterable[Waits]:
        if not self.person.holds(*APPROVERS):
            return
        number = sum(
            key.person_id != self.person.pk
            and self.person.pk not in {one.by_id for one in key.approvals.all()}
            for key in pending_keys()
        )
        if number:
            yield Waits("Approve the key of a colleague", reverse("setup:keys"), number)

    def _accounts(self) -> Iterable[Waits]:
        if not self.person.holds(*OVERSEERS):
            return
        asked = AccountChange.objects.waiting()
        if number := asked.exclude(Q(asked_by=self.person) | Q(person=self.person)).count():
            yield Waits("Confirm a change of an account", reverse("setup:people"), number)

    # -- what is new ------------------------------------------------------------------------

    def _new(self, since: datetime) -> list[Line]:
        """Return what was filed since, what was given to me, and cases onto which I came."""
        if not self.person.is_office:
            return []
        given, came = self._given(since), self._came(since)
        known = {one.url for one in [*given, *came]}
        filed = [one for one in self._filed(since) if one.url not in known]
        return [*given, *came, *filed][:SHORT]

    def _filed(self, since: datetime) -> list[Line]:
        """Return what was filed since; of the anonymous, what was filed that day and is unread."""
        dated = Q(filed_at=None, filed_on__gte=days.day_of(since), is_unread=True)
        waiting = Concern.objects.visible_to(self.person).waiting()
        new = waiting.filter(Q(filed_at__gt=since) | dated)
        return [
            _line(one, "Filed", one.filed_at or one.filed_on, self.now)
            for one in new.select_related("case")[:SHORT]
        ]

    def _given(self, since: datetime) -> list[Line]:
        """Return which concerns others gave to me since."""
        mine = Concern.objects.visible_to(self.person).filter(
            status=ConcernStatus.RECEIVED, owner=self.person
        )
        concerns = {one.subject: one for one in mine.select_related("case")}
        acts = Entry.objects.filter(
            verb=Verb.CONCERN_ASSIGNED, subject__in=concerns, at__gt=since
        ).exclude(actor=self.person.actor.ref)
        last = {act.subject: act.at for act in acts.order_by("at")}
        return [_line(concerns[one], "Given to you", at, self.now) for one, at in last.items()]

    def _came(self, since: datetime) -> list[Line]:
        """Return onto which cases I came since."""
        own = Member.objects.places_of(self.person).filter(is_open=True, since__gt=since)
        return [
            Line(
                url=reverse("desk:case", args=[one.case.ref]),
                ref=one.case.ref,
                said="You are on the team",
                when=ago(one.since, self.now),
                place=(one.case_id, "summary"),
            )
            for one in own.select_related("case").order_by("-since", "ref")[:SHORT]
        ]


def _line(concern: Concern, said: str, at: date | None, now: datetime) -> Line:
    case = concern.case
    name, ref = ("desk:case", case.ref) if case is not None else ("desk:concern", concern.ref)
    where = case.pk if case is not None else concern.pk
    return Line(reverse(name, args=[ref]), ref, said, ago(at, now), (where, "summary"))


def _titled(lines: Iterable[Line], texts: Mapping[Where, str]) -> list[Line]:
    return [one._replace(title=texts.get(one.place)) if one.place else one for one in lines]
