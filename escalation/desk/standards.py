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
from escalation.rules.kinds import ANY, KINDS, DutyKind
from people.rules import Role
from safes.desk.base import GuardedStep

GROUPS = {
    "concern": "Concerns",
    "case": "Cases",
    "task": "Tasks",
    "request": "Requests for names",
    "original": "Requests for originals",
    "policy": "Policies",
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
    own: dict[str, list[Standard]] = {}
    for one in Standard.objects.select_related("path").order_by("level"):
        own.setdefault(one.kind, []).append(one)
    usual = Path.objects.filter(code=STANDARD).first()
    for subject, label in GROUPS.items():
        kinds = [kind for kind in KINDS.values() if kind.of == subject]
        lines = [(kind, _times(kind, own.get(kind.code, []), str(usual or ""))) for kind in kinds]
        yield Group(label, lines)


def _times(kind: DutyKind, own: list[Standard], usual: str) -> list[Time]:
    """Return the times of a kind: by level where it has levels, with what the office has set."""
    if kind.is_promised:
        return []
    known = {one.level: one for one in own}
    everywhere = known.get(ANY)
    times = []
    for level in kind.by_level or [ANY]:
        one = known.get(level) or everywhere
        word = LEVELS[level] if kind.by_level else ""
        if one is None:
            times.append(Time(word, kind.within(level), usual, is_own=False))
        else:
            times.append(Time(word, Limit.read(one.limit), one.path.name, is_own=True))
    return times
