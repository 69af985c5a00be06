"""The queue: what waits for triage, then the open cases, the most urgent first."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.desk.views import giving, rows
from cases.desk.views.filtered import CURSORS, FILTERS, Filtered, address_of
from cases.desk.views.rows import Listing, Waiting, Worked
from cases.desk.views.saved import shelf_of
from cases.forms.desk import GiveForm, KeepForm
from cases.lifecycle import Channel, Level
from cases.models import Age, ClockState, Concern, Place, Show, Whose
from common import days
from common.errors import RuleError
from people.models import Person
from people.rules import OFFICE, Role

PAGE = 50
# what a filter is called that is on
ON: dict[str, Callable[[Any], str]] = {
    "category": lambda one: f"Category: {one}",
    "channel": lambda one: f"Channel: {Channel(one).label}",
    "unit": lambda one: f"Unit: {one}",
    "urgency": lambda one: f"Urgency: {Level(one).label}",
    "due": lambda one: ClockState(one).label,
    "age": lambda one: f"Age: {Age(one).label}",
    "whose": lambda one: Whose(one).label,
    "unread": lambda _: "Unread",
}


class Chip(NamedTuple):
    """A filter as a link: what it is called, where it leads, whether it is on."""

    label: str
    url: str
    is_on: bool = False


class Lists(Filtered):
    """What waits and what is worked on, as far as the page shows it."""

    title: ClassVar[str]

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show what waits, within the filters of the address."""
        here = access.here(self._officers, days.day_of(self.now))
        return self._page(GiveForm(among=here))

    @cached_property
    def _officers(self) -> list[Person]:
        return list(Person.objects.holding(Role.OFFICER, Role.INDEPENDENT))

    def _page(self, form: GiveForm, picked: Sequence[str] = ()) -> HttpResponse:
        parts = self._parts()
        listings = self._listings(parts)
        return self.show(
            "cases/desk/queue.html",
            title=self.title,
            form=form,
            filters=self.filters,
            chips=[Chip(one.label, self._with(show=one), one == self.view) for one in self.parts],
            removable=self._removable(),
            without=self._with(**dict.fromkeys(ON, "")),
            shelf=shelf_of(access.views_of(self.person), self.as_view_kept(), self.person),
            live=self._live(parts),
            keep=KeepForm(auto_id="keep_%s"),
            listings=listings,
            has_concerns=any(row.triage_url for one in listings for row in one.rows),
            picked=picked,
        )

    def _listings(self, parts: Sequence[Waiting | Worked]) -> list[Listing]:
        """Read a page of each list; the texts and clocks of both are read at once."""
        clocks = rows.nearest_clocks(pk for part in parts for pk in part.timed_ids)
        texts = self.open((one.pk, "summary") for part in parts for one in part.found)
        return [
            Listing(
                part.kind,
                part.rows(texts=texts, clocks=clocks, now=self.now),
                part.tally,
                self._with(**{part.cursor: rows.encode(part.last)}) if part.has_more else "",
            )
            for part in parts
        ]

    def _live(self, parts: Iterable[Waiting | Worked]) -> dict[str, str]:
        """Return where the open page asks what is new, what it knows, and where that is shown."""
        known = [part.known for part in parts if isinstance(part, Waiting)]
        if not known:
            return {}
        on = address_of(self.as_view_kept().filters)
        asked = reverse("desk:arrived") + on + ("&" if on != "?" else "")
        return {"ask": asked, "known": ",".join(known[0]), "show": self.back()}

    def _parts(self) -> list[Waiting | Worked]:
        # a case is always somebody's
        shows_cases = self.view != Show.TRIAGE and not (self.is_nobodys and self.shows_concerns)
        size = PAGE // (self.shows_concerns + shows_cases)
        after = {name: rows.decode(self.request.GET.get(name, "")) for name in CURSORS}
        parts: list[Waiting | Worked] = []
        if self.shows_concerns:
            parts.append(Waiting(self.waiting(), after[Waiting.cursor], size))
        if shows_cases:
            parts.append(self._worked(after[Worked.cursor], size))
        return parts

    def _worked(self, after: Place | None, size: int) -> Worked:
        """Return a page of the cases of this view."""
        is_closed = self.view == Show.CLOSED
        if self.is_nobodys:
            return Worked([], size, [], is_closed=is_closed)
        cases = access.CaseList(
            self.person,
            is_closed=is_closed,
            is_own=self.is_mine,
            facts={**self.chosen("category", "unit", "channel", "urgency", "unread"), **self.timed},
            opened_by=None if self.oldest is None else self.now - self.oldest,
        )
        found, levels = cases.page(after, size + 1), cases.levels(rows.COUNTED + 1)
        return Worked(found, size, levels, is_closed=is_closed)

    # -- its address ------------------------------------------------------------------------

    def _with(self, **changes: str) -> str:
        """Return the address with these changes; whatever filters change, it begins anew."""
        cursors = CURSORS if set(changes) & set(CURSORS) else ()
        kept = {name: self.request.GET.get(name, "") for name in (*FILTERS, *cursors)}
        return address_of({**kept, **changes})

    def _removable(self) -> list[Chip]:
        """Return the filters that are on, each with the address without it."""
        on = self.chosen(*FILTERS)
        return [
            Chip(str(say(value)), self._with(**{name: ""}))
            for name, say in ON.items()
            if (value := on.get(name))
        ]


class Queue(Lists):
    """What needs the office now."""

    title = "Queue"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take one concern, or give those that are picked to somebody, or each by turn."""
        data, refs = request.POST.copy(), request.POST.getlist("pick")
        if taken := request.POST.get("take"):
            data["to"], refs = str(self.person.pk), [taken]
        is_by_turn = "by_turn" in request.POST and not taken
        form = GiveForm(data, among=[*self._officers, self.person], is_by_turn=is_by_turn)
        if not form.is_valid():
            return self._page(form, picked=refs)
        waiting = Concern.objects.visible_to(self.person).waiting()
        try:
            done = actions.assign_many(
                list(waiting.filter(ref__in=refs)),
                by=self.person,
                to=None if is_by_turn else form.cleaned_data["to"],
                why=form.cleaned_data["given"],
                words=form.cleaned_data["given_words"],
                opener=self.opener,
                now=self.now,
            )
        except RuleError as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, picked=refs)
        for said in giving.given(done, self.person):
            messages.success(request, said)
        refused = giving.refused(done, refs)
        for why in refused.values():
            form.add_error(None, why)
        return self._page(form, picked=list(refused)) if refused else self._anew()

    def _anew(self) -> HttpResponse:
        return redirect(self.request.get_full_path())


class Cases(Lists):
    """The cases alone, open or closed; nothing is given to anybody here."""

    # an expert finds those onto which a lead let them
    roles = OFFICE | {Role.EXPERT}
    title = "Cases"
    parts = (Show.OPEN, Show.CLOSED)
