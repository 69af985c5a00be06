"""What pages have in common that read the filters of the queue from their address."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from cases.desk.views.rows import Waiting, Worked
from cases.forms.desk import QueueFilter
from cases.models import Age, ClockState, Concern, ConcernQuerySet, SavedView, Show, Whose
from common import days
from people.rules import Role
from safes.desk.base import AtDesk

CURSORS = (Waiting.cursor, Worked.cursor)
FILTERS = (
    "show", "category", "channel", "unit", "urgency", "due", "age", "whose", "unread",
)  # fmt: skip


def address_of(filters: dict[str, str]) -> str:
    """Return the filters that are on as the end of an address; `?` alone when none is."""
    return "?" + urlencode({name: on for name, on in filters.items() if on})


class Filtered(AtDesk):
    """Lets in who works here, except lead custodians, who see no concern."""

    # which parts of the work the page offers, the first of them by itself
    parts: ClassVar[Sequence[Show]] = tuple(Show)

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Lead custodians to what waits for them."""
        if request.user.is_authenticated and self.person.holds(Role.CUSTODIAN):
            return redirect("desk:identities")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def filters(self) -> QueueFilter:
        """Return the filters; one that is wrong is said, and does not count."""
        filters = QueueFilter(self.request.GET, auto_id="filter_%s")
        filters.is_valid()
        return filters

    def chosen(self, *names: str) -> dict[str, Any]:
        """Return those of these filters that are on."""
        chosen = self.filters.cleaned_data
        return {name: chosen[name] for name in names if chosen.get(name)}

    @property
    def view(self) -> Show:
        """Return which part of the work is asked for."""
        asked = Show(self.filters.cleaned_data.get("show", Show.ALL))
        return asked if asked in self.parts else self.parts[0]

    @property
    def shows_concerns(self) -> bool:
        """Return whether concerns that wait belong to this part."""
        return self.view in {Show.ALL, Show.TRIAGE, Show.MINE}

    def waiting(self) -> ConcernQuerySet:
        """Return the concerns of this view."""
        found = Concern.objects.visible_to(self.person).waiting()
        if self.is_mine:
            found = found.filter(owner=self.person)
        if self.is_nobodys:
            found = found.filter(owner=None)
        if self.oldest is not None:
            found = found.filter(filed_on__lte=days.day_of(self.now) - self.oldest)
        if "unread" in self.chosen("unread"):
            found = found.filter(is_unread=True)
        return found.filter(**self.chosen("category", "unit", "channel", "urgency"), **self.timed)

    @property
    def is_mine(self) -> bool:
        """Return whether one's own work alone is asked for."""
        return self.view == Show.MINE or self.chosen("whose") == {"whose": Whose.MINE}

    @property
    def is_nobodys(self) -> bool:
        """Return whether what nobody looks after yet is asked for; a case is always led."""
        return self.chosen("whose") == {"whose": Whose.NOBODY}

    @property
    def oldest(self) -> timedelta | None:
        """Return for how long what is asked for has been here, if that is asked."""
        age = self.filters.cleaned_data.get("age")
        return Age(age).span if age else None

    @property
    def timed(self) -> dict[str, Any]:
        """Return how the nearest clock is to stand, as conditions."""
        due = self.filters.cleaned_data.get("due")
        return ClockState(due).at(self.now) if due else {}

    def as_view_kept(self) -> SavedView:
        """Return what is asked for as a view that could be kept."""
        chosen = self.chosen(*FILTERS)
        return SavedView(
            person=self.person,
            show=self.view,
            category=chosen.get("category"),
            channel=chosen.get("channel", ""),
            unit=chosen.get("unit"),
            urgency=chosen.get("urgency"),
            due=chosen.get("due", ""),
            age=chosen.get("age", ""),
            is_unread="unread" in chosen,
            whose=chosen.get("whose", ""),
        )

    def back(self) -> str:
        """Return the address of the queue with these filters."""
        on = address_of(self.as_view_kept().filters)
        return reverse("desk:queue") + on.removesuffix("?")
