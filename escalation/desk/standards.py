"""The office's standards: every kind of duty, how long it may take, what starts and meets it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from escalation import actions
from escalation.forms.standards import DecideStandardForm, StandardForm
from escalation.models import STANDARD, Path, Standard, StandardChange
from escalation.rules import Limit
from escalation.rules.kinds import KINDS, DutyKind, name_of
from people.rules import Role
from safes.desk.base import GuardedStep

GROUPS = {
    "concern": "Concerns",
    "case": "Cases",
    "task": "Tasks",
    "request": "Requests for names",
    "original": "Requests for originals",
    "policy": "Policies",
    "acknowledgement": "Acknowledgements",
}


class Time(NamedTuple):
    """How long a duty may take, for what, on which path, and whether the office set it.

    Without a limit it is as long as the policy promises.
    """

    scope: str
    limit: Limit | None
    path: str
    is_own: bool


class Group(NamedTuple):
    """The kinds of duties of one kind of subject, each with its times."""

    label: str
    lines: list[tuple[DutyKind, list[Time]]]


class Waiting(NamedTuple):
    """A change that waits for a second person, and whether who looks may be that person."""

    change: StandardChange
    name: str
    limit: Limit | None
    may_confirm: bool


class StandardsFrame(GuardedStep):
    """The page: every kind of duty, what is set for it, and what waits for a second person."""

    roles = (Role.ADMINISTRATOR, Role.HEAD)

    def address(self) -> str:
        """Return where the page is."""
        return reverse("setup:standards")

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show every kind of duty with its source, and what the office has set."""
        return self.show(
            "escalation/standards.html",
            groups=list(_groups()),
            waiting=self._waiting(),
            standard=wrong.get("standard") or StandardForm(auto_id="standard_%s"),
            may_set=self.person.holds(Role.ADMINISTRATOR),
            form=next(iter(wrong.values()), None),
        )

    def _waiting(self) -> list[Waiting]:
        changes = StandardChange.objects.filter(state=StandardChange.State.PROPOSED)
        return [
            Waiting(
                one,
                name_of(one.kind),
                Limit.read(one.limit) if one.limit else None,
                one.proposed_by_id != self.person.pk,
            )
            for one in changes.select_related("path", "proposed_by").order_by("proposed_at", "pk")
        ]


class Standards(StandardsFrame):
    """The page itself, on which an administrator sets a standard."""

    name = "standard"

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page."""
        return self.page()

    def form(self, data: Any) -> forms.Form:
        """Return the standard."""
        return StandardForm(data, auto_id="standard_%s")

    def act(self, **entered: Any) -> str:
        """Set it."""
        if actions.set_standard(by=self.person, now=self.now, **entered) is not None:
            return (
                "By this something may come later, so another administrator or the head of the "
                "office confirms it first. Until then all stays as it is."
            )
        return "It counts for what begins from now on. Clocks that run keep their time."


class Decide(StandardsFrame):
    """Let a change count that somebody else proposed, or let it be."""

    name = "decide"

    def form(self, data: Any) -> forms.Form:
        """Return which change, and what becomes of it."""
        return DecideStandardForm(data)

    def act(self, **entered: Any) -> str:
        """Do it."""
        change: StandardChange = entered["change"]
        if entered["what"] == "confirm":
            actions.confirm_standard(change, by=self.person, now=self.now)
            return "It counts for what begins from now on. Clocks that run keep their time."
        actions.drop_standard(change, by=self.person, now=self.now)
        return "Dropped. All stays as it was."


def _groups() -> Iterator[Group]:
    usual = Path.objects.filter(code=STANDARD).first()
    times: dict[str, list[Time]] = {}
    for one in Standard.objects.in_force():
        path = one.own.path if one.own else usual
        own = Time(one.scope.words, one.limit, str(path or ""), is_own=one.own is not None)
        times.setdefault(one.kind.code, []).append(own)
    for subject, label in GROUPS.items():
        kinds = [kind for kind in KINDS.values() if kind.of == subject]
        yield Group(label, [(kind, times.get(kind.code, [])) for kind in kinds])
