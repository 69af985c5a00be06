"""The office's standards: every kind of duty, how long it may take, what starts and meets it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from escalation import actions
from escalation.forms.standards import LEVELS, StandardForm
from escalation.models import STANDARD, Path, Standard
from escalation.rules import Limit
from escalation.rules.kinds import KINDS, DutyKind
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
    """How long a duty may take at a level, on which path, and whether the office set it."""

    level: str
    limit: Limit
    path: str
    is_own: bool


class Group(NamedTuple):
    """The kinds of duties of one kind of subject, each with its times."""

    label: str
    lines: list[tuple[DutyKind, list[Time]]]


class Standards(GuardedStep):
    """The page itself, on which an administrator sets a standard."""

    name = "standard"
    roles = (Role.ADMINISTRATOR, Role.HEAD)

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page."""
        return self.page()

    def address(self) -> str:
        """Return where the page is."""
        return reverse("setup:standards")

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show every kind of duty with its source, and what the office has set."""
        return self.show(
            "escalation/standards.html",
            groups=list(_groups()),
            standard=wrong.get("standard") or StandardForm(auto_id="standard_%s"),
            may_set=self.person.holds(Role.ADMINISTRATOR),
            form=wrong.get("standard"),
        )

    def form(self, data: Any) -> forms.Form:
        """Return the standard."""
        return StandardForm(data, auto_id="standard_%s")

    def act(self, **entered: Any) -> str:
        """Set it."""
        actions.set_standard(by=self.person, now=self.now, **entered)
        return "It counts for what begins from now on. Clocks that run keep their time."


def _groups() -> Iterator[Group]:
    usual = Path.objects.filter(code=STANDARD).first()
    times: dict[str, list[Time]] = {}
    for one in Standard.objects.in_force():
        level = LEVELS[one.level] if one.kind.by_level else ""
        path = one.own.path if one.own else usual
        own = Time(level, one.limit, str(path or ""), is_own=one.own is not None)
        times.setdefault(one.kind.code, []).append(own)
    for subject, label in GROUPS.items():
        kinds = [kind for kind in KINDS.values() if kind.of == subject]
        yield Group(label, [(kind, times.get(kind.code, [])) for kind in kinds])
