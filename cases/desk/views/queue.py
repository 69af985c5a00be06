"""The queue: what waits for triage, then the open cases, the most urgent first."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import cached_property

from cases import access, actions
from cases.desk.views import giving, rows
from cases.desk.views.rows import Listing, Waiting, Worked
from cases.forms.desk import GiveForm, QueueFilter, Show
from cases.lifecycle import Channel
from cases.models import Concern, ConcernQuerySet, Place
from common import days
from common.errors import RuleError
from people.models import Person
from people.rules import Role
from safes.desk.base import AtDesk

PAGE = 50
CURSORS = (Waiting.cursor, Worked.cursor)
FILTERS = ("show", "category", "channel", "unit")


class Chip(NamedTuple):
    """A filter as a link: what it is called, where it leads, whether it is on."""

    label: str
    url: str
    is_on: bool = False


class Queue(AtDesk):
    """What needs the office now."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Lead custodians, who see no concern, to what waits for them."""
        if request.user.is_authenticated and self.person.holds(Role.CUSTODIAN):
            return redirect("desk:identities")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show what waits, within the filters of the address."""
        here = access.here(self._officers, days.day_of(self.now))
        return self._page(GiveForm(among=here))

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

    @cached_property
    def _officers(self) -> list[Person]:
        return list(Person.objects.holding(Role.OFFICER, Role.INDEPENDENT))

    @cached_property
    def _filters(self) -> QueueFilter:
        """Return the filters; one that is wrong is said, and does not count."""
        filters = QueueFilter(self.request.GET, auto_id="filter_%s")
        filters.is_valid()
        return filters

    def _chosen(self, *names: str) -> dict[str, Any]:
        """Return those of these filters that are on."""
        chosen = self._filters.cleaned_data
        return {name: chosen[name] for name in names if chosen.get(name)}

    @property
    def _view(self) -> str:
        return str(self._filters.cleaned_data.get("show", Show.ALL))

    def _page(self, form: GiveForm, picked: Sequence[str] = ()) -> HttpResponse:
        listings = self._listings()
        return self.show(
            "cases/desk/queue.html",
            form=form,
            filters=self._filters,
            chips=[Chip(one.label, self._with(show=one), one == self._view) for one in Show],
            removable=self._removable(),
            listings=listings,
            has_concerns=any(row.triage_url for one in listings for row in one.rows),
            picked=picked,
        )

    def _listings(self) -> list[Listing]:
        """Read a page of each list; the texts and clocks of both are read at once."""
        parts = self._parts()
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

    def _parts(self) -> list[Waiting | Worked]:
        shows_concerns = self._view in {Show.ALL, Show.TRIAGE, Show.MINE}
        shows_cases = self._view != Show.TRIAGE
        size = PAGE // (shows_concerns + shows_cases)
        after = {name: rows.decode(self.request.GET.get(name, "")) for name in CURSORS}
        parts: list[Waiting | Worked] = []
        if shows_concerns:
            parts.append(Waiting(self._waiting(), after[Waiting.cursor], size))
        if shows_cases:
            parts.append(self._worked(after[Worked.cursor], size))
        return parts

    def _waiting(self) -> ConcernQuerySet:
        """Return the concerns of this view."""
        found = Concern.objects.visible_to(self.person).waiting()
        if self._view == Show.MINE:
            found = found.filter(owner=self.person)
        return found.filter(**self._chosen("category", "unit", "channel"))

    def _worked(self, after: Place | None, size: int) -> Worked:
        """Return a page of the cases of this view."""
        is_closed = self._view == Show.CLOSED
        cases = access.CaseList(
            self.person,
            is_closed=is_closed,
            is_own=self._view == Show.MINE,
            facts=self._chosen("category", "unit", "channel"),
        )
        found, levels = cases.page(after, size + 1), cases.levels(rows.COUNTED + 1)
        return Worked(found, size, levels, is_closed=is_closed)

    # -- its address ------------------------------------------------------------------------

    def _with(self, **changes: str) -> str:
        """Return the address with these changes; whatever filters change, it begins anew."""
        cursors = CURSORS if set(changes) & set(CURSORS) else ()
        kept = {name: self.request.GET.get(name, "") for name in (*FILTERS, *cursors)}
        return "?" + urlencode({name: on for name, on in {**kept, **changes}.items() if on})

    def _removable(self) -> list[Chip]:
        """Return the filters that are on, each with the address without it."""
        on = self._chosen("category", "channel", "unit")
        words = {**on, **({"channel": Channel(on["channel"]).label} if "channel" in on else {})}
        return [
            Chip(f"{name.capitalize()}: {word}", self._with(**{name: ""}))
            for name, word in words.items()
        ]
