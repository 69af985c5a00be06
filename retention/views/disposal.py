"""What is due to be erased, what waits for a second person, and what is gone."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from common import days
from retention import access, actions
from retention.access import Kept
from retention.forms import DecideForm, PickForm, StopForm
from retention.lifecycle import STOPPABLE, DisposalState, Ground, Outcome
from retention.models import Disposal, Rule, Tombstone
from safes.desk.base import GuardedStep, Page, Step

PAGE = 25


class Due(NamedTuple):
    """Something whose time is over, as a line of the list."""

    kept: Kept
    title: str
    law: str
    outcome: Outcome | None
    ended_on: date | None
    due_on: date | None


class Asked(NamedTuple):
    """A disposal as a line of the list; `url` leads to the thing, if this person may see it."""

    row: Disposal
    title: str
    reason: str
    url: str
    is_own: bool


class DisposalPage(Page):
    """Erasing takes two people; here each finds what is theirs to do."""

    def address(self) -> str:
        """Return where the page is."""
        return reverse("retention:disposal")

    @cached_property
    def due(self) -> tuple[list[Kept], int]:
        """Return the longest due, and how many there are in all."""
        if not access.may_propose(self.person):
            return [], 0
        schedule = Rule.objects.schedule()
        cases = access.due_cases(self.person, schedule, now=self.now)
        concerns = access.due_concerns(self.person, schedule, now=self.now)
        found = [*map(Kept, cases[:PAGE]), *map(Kept, concerns[:PAGE])]
        found.sort(key=lambda kept: kept.ended_on or date.max)
        return found[:PAGE], cases.count() + concerns.count()

    @cached_property
    def asked(self) -> list[Disposal]:
        """Return what waits or can still be stopped, as far as this person may see it."""
        found = Disposal.objects.visible_to(self.person).filter(state__in=STOPPABLE)
        people = found.select_related("category", "proposed_by", "decided_by")
        return list(people.order_by("proposed_at", "ref")[: 4 * PAGE])

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the lists, with titles as far as this person's key opens them."""
        found, number = self.due
        texts = self.open(
            [
                *((kept.pk, "summary") for kept in found),
                *((row.thing_id, "summary") for row in self.asked),
                *((row.pk, "reason") for row in self.asked),
            ]
        )
        schedule = Rule.objects.schedule()
        sent = next(iter(wrong.values()), None)
        return self.show(
            "retention/disposal.html",
            due=[_due(kept, schedule, texts.get((kept.pk, "summary"), "")) for kept in found],
            number=number,
            waiting=self._asked(DisposalState.PROPOSED, texts),
            approved=self._asked(DisposalState.APPROVED, texts),
            gone=Tombstone.objects.visible_to(self.person)
            .filter(kind=Tombstone.Kind.CASE)
            .select_related("proposed_by", "approved_by")
            .order_by("-erased_on", "ref")[:PAGE],
            may_propose=access.may_propose(self.person),
            may_decide=any(row.proposed_by_id != self.person.pk for row in self.asked),
            picked=self.request.POST.getlist("pick"),
            form=sent,
            decision=wrong.get("decision") or DecideForm(auto_id="decide_%s"),
            stopping=wrong.get("stopping") or StopForm(auto_id="stop_%s"),
        )

    def _asked(self, state: DisposalState, texts: dict[tuple[UUID, str], str]) -> list[Asked]:
        rows = [row for row in self.asked if row.state == state]
        return [
            Asked(
                row,
                texts.get((row.thing_id, "summary"), ""),
                texts.get((row.pk, "reason"), ""),
                reverse("retention:keeping", args=[row.ref]) if row.ref in self._seen else "",
                row.proposed_by_id == self.person.pk,
            )
            for row in rows
        ]

    @cached_property
    def _seen(self) -> set[str]:
        """Return which of the things that are asked for this person may see."""
        return {kept.ref for kept in access.kept_by(self.person, [row.ref for row in self.asked])}


def _due(kept: Kept, schedule: Any, title: str) -> Due:
    term = kept.term(schedule)
    law = term.law if term else ""
    return Due(kept, title, law, kept.outcome, kept.ended_on, kept.due_on(schedule))


class Propose(Step, DisposalPage):
    """Propose to erase what is picked."""

    name = "proposal"

    def form(self, data: Any) -> forms.Form:
        """Return what is picked."""
        return PickForm(data)

    def act(self, **entered: Any) -> str:
        """Propose it."""
        things = access.kept_by(self.person, entered["pick"])
        done = actions.propose(things, ground=Ground.TIME_OVER, by=self.person, now=self.now)
        return f"To erase {_many(done)} is proposed. Another person decides."


class Decide(GuardedStep, DisposalPage):
    """Approve or refuse what is picked."""

    name = "decision"

    def form(self, data: Any) -> forms.Form:
        """Return what is decided."""
        return DecideForm(data, auto_id="decide_%s")

    def act(self, **entered: Any) -> str:
        """Decide it."""
        ids, by, now = entered["pick"], self.person, self.now
        if entered["what"] == "refuse":
            done = actions.refuse(ids, reason=entered["reason"], by=by, now=now)
            return f"Refused: {_many(done)} stays."
        done = actions.approve(ids, by=by, now=now)
        last = max(days.day_of(row.erase_after) for row in done if row.erase_after)
        return f"Approved. {_many(done)} can be stopped until {last:%-d %B %Y}, then it is erased."


class Stop(Step, DisposalPage):
    """Stop what is picked before it is erased."""

    name = "stopping"

    def form(self, data: Any) -> forms.Form:
        """Return what is stopped, and why."""
        return StopForm(data, auto_id="stop_%s")

    def act(self, **entered: Any) -> str:
        """Stop it."""
        done = actions.stop(entered["pick"], reason=entered["reason"], by=self.person, now=self.now)
        return f"Stopped: {_many(done)} stays."


def _many(rows: list[Disposal]) -> str:
    return rows[0].ref if len(rows) == 1 else f"{len(rows)} cases"
