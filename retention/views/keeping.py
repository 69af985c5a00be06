"""One case or concern: until when it is kept, what holds it, and what becomes of it."""

from typing import Any, NamedTuple

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from retention import access, actions
from retention.access import Kept
from retention.forms import HoldForm, LiftForm, RequestForm
from retention.lifecycle import OPEN
from retention.models import Disposal, Hold, Rule
from safes.access import Where
from safes.desk.base import GuardedStep, Page, Step


class Held(NamedTuple):
    """A hold with what this person's key opens of it."""

    hold: Hold
    reason: str
    lifted: str
    may_lift: bool


class KeepingPage(Page):
    """Until when something is kept."""

    @cached_property
    def kept(self) -> Kept:
        """Return it; hidden and absent give the same answer."""
        return access.get_kept(self.person, str(self.kwargs["ref"]))

    @cached_property
    def holds(self) -> list[Hold]:
        """Return its holds, the newest first."""
        return list(self.kept.holds())

    @cached_property
    def disposals(self) -> list[Disposal]:
        """Return what was proposed, the newest first."""
        found = Disposal.objects.filter(**self.kept.columns)
        people = found.select_related("proposed_by", "decided_by", "stopped_by")
        return list(people.order_by("-proposed_at"))

    def address(self) -> str:
        """Return where the page is."""
        return reverse("retention:keeping", args=[self.kept.ref])

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show it."""
        texts = self.open(self._places())
        schedule = Rule.objects.schedule()
        may_lift = access.may_lift(self.person, self.kept)
        kind = "case" if self.kept.case else "concern"
        return self.show(
            "retention/keeping.html",
            kept=self.kept,
            kind=kind,
            title=texts.get((self.kept.pk, "summary")),
            back=reverse(f"desk:{kind}", args=[self.kept.ref]),
            term=self.kept.term(schedule),
            due_on=self.kept.due_on(schedule),
            holds=[_held(hold, texts, self.person.pk, may_lift=may_lift) for hold in self.holds],
            is_held=any(hold.lifted_at is None for hold in self.holds),
            disposals=[
                (row, [texts[row.pk, field] for field in REASONS if (row.pk, field) in texts])
                for row in self.disposals
            ],
            is_asked=any(row.state in OPEN for row in self.disposals),
            may_hold=access.may_hold(self.person, self.kept),
            may_propose=access.may_propose(self.person),
            form=next(iter(wrong.values()), None),
            holding=wrong.get("holding") or HoldForm(auto_id="hold_%s"),
            lifting=wrong.get("lifting") or LiftForm(auto_id="lift_%s"),
            asking=wrong.get("asking") or RequestForm(auto_id="ask_%s"),
        )

    def _places(self) -> list[Where]:
        of_holds = [(hold.pk, field) for hold in self.holds for field in ("reason", "lifted")]
        of_rows = [(row.pk, field) for row in self.disposals for field in REASONS]
        return [(self.kept.pk, "summary"), *of_holds, *of_rows]


REASONS = ("reason", "refused", "stopped")


def _held(hold: Hold, texts: dict[Where, str], who: Any, *, may_lift: bool) -> Held:
    return Held(
        hold,
        texts.get((hold.pk, "reason"), ""),
        texts.get((hold.pk, "lifted"), ""),
        may_lift and hold.lifted_at is None and hold.placed_by_id != who,
    )


class PlaceHold(GuardedStep, KeepingPage):
    """Hold it."""

    name = "holding"

    def form(self, data: Any) -> forms.Form:
        """Return why."""
        return HoldForm(data, auto_id="hold_%s")

    def act(self, **entered: Any) -> str:
        """Place the hold."""
        actions.place_hold(self.kept, by=self.person, now=self.now, **entered)
        return f"{self.kept.ref} is held. Nothing erases it until another person lifts the hold."


class LiftHold(GuardedStep, KeepingPage):
    """Lift a hold that another placed."""

    name = "lifting"

    def form(self, data: Any) -> forms.Form:
        """Return which, and why."""
        return LiftForm(data, auto_id="lift_%s")

    def act(self, **entered: Any) -> str:
        """Lift it."""
        actions.lift_hold(
            self.kept, entered["hold"], reason=entered["reason"], by=self.person, now=self.now
        )
        return "The hold is lifted."


class RequestErasure(Step, KeepingPage):
    """Propose to erase it before its time."""

    name = "asking"

    def form(self, data: Any) -> forms.Form:
        """Return who asked, and what."""
        return RequestForm(data, auto_id="ask_%s")

    def act(self, **entered: Any) -> str:
        """Propose it."""
        actions.propose([self.kept], by=self.person, now=self.now, **entered)
        return f"To erase {self.kept.ref} is proposed. Another person decides."
