"""Everything due: by person, unit, kind and state, the nearest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from escalation import duties
from escalation.duties import AT_WORK, LATELY, Subject, own_of, seen_by
from escalation.forms.due import DueFilter, Show, Whose
from escalation.lifecycle import TICKING, State
from escalation.models import Clock, ClockQuerySet
from safes.access import Where
from safes.desk.base import AtDesk

PAGE = 50
# nothing is counted beyond this, so that a million opens as fast as ten
COUNTED = 100
FILTERS = ("show", "of", "kind", "unit")


class Chip(NamedTuple):
    """A filter as a link: what it is called, where it leads, whether it is on, how much it has."""

    label: str
    url: str
    is_on: bool = False
    number: str = ""


class Place(NamedTuple):
    """Where a page of the list ends."""

    at: datetime
    pk: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.pk}"


def place_in(text: str) -> Place | None:
    """Return the place in an address, or None where there is none: that is the first page."""
    try:
        at, pk = text.split("~")
        place = Place(datetime.fromisoformat(at), UUID(pk))
    except ValueError:
        return None
    return place if place.at.tzinfo else None


@dataclass(frozen=True)
class Row:
    """A clock as the page shows it; without a subject where who asks may not see it any more."""

    clock: Clock
    subject: Subject | None
    # what it is called where that is open to who asks
    name: str | None
    # for whom somebody sees to it who stands in
    for_whom: str = ""


class Due(AtDesk):
    """What has to be done by when: one's own at first."""

    roles = AT_WORK

    def lets_in(self) -> bool:
        """Let in whoever has something due, such as a policy to read."""
        return own_of(self.person, now=self.now).open().exists()

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of it, within the filters of the address."""
        order = ("-met_at", "-id") if self._view == Show.MET else ("due_at", "id")
        page = _after(self._shown(self._view), place_in(request.GET.get("after", "")), order[0])
        found = list(
            page.select_related("owner", "unit")
            .prefetch_related("pauses")
            .order_by(*order)[: PAGE + 1]
        )
        subjects = duties.subjects(found[:PAGE])
        texts = self.open({one.sealed for one in subjects.values() if one.sealed})
        return self.show(
            "escalation/due.html",
            rows=[self._row(clock, subjects.get(clock.pk), texts) for clock in found[:PAGE]],
            chips=[
                Chip(one.label, self._with(show=one), one == self._view, self._count(one))
                for one in Show
            ],
            whose=self._whose(),
            removable=self._removable(),
            filters=self._filters,
            view=self._view,
            is_own=not self._of,
            onward=self._onward(found),
        )

    def _row(self, clock: Clock, subject: Subject | None, texts: Mapping[Where, str]) -> Row:
        sealed = subject.sealed if subject is not None else None
        is_anothers = not self._of and clock.owner not in (None, self.person)
        for_whom = clock.owner.name if is_anothers and clock.owner else ""
        return Row(clock, subject, texts.get(sealed) if sealed else None, for_whom)

    @cached_property
    def _filters(self) -> DueFilter:
        """Return the filters; one that is wrong is said, and does not count."""
        filters = DueFilter(self.request.GET, is_office=self.person.is_office, auto_id="filter_%s")
        filters.is_valid()
        return filters

    @property
    def _view(self) -> str:
        return str(self._filters.cleaned_data.get("show", Show.OPEN))

    @property
    def _of(self) -> str:
        """Return whose duties are shown: nothing is one's own."""
        asked = str(self._filters.cleaned_data.get("of", ""))
        return "" if asked == str(self.person.pk) else asked

    @cached_property
    def _seen(self) -> ClockQuerySet:
        """Return the clocks one may see, or one's own where nobody's else are asked for."""
        among = seen_by if self._of else own_of
        return among(self.person, now=self.now)

    def _known(self) -> ClockQuerySet:
        """Return the clocks of the chosen person, unit and kind, of those one may see."""
        chosen = self._filters.cleaned_data
        known = self._seen
        if self._of == Whose.NOBODY:
            known = known.filter(owner=None)
        elif self._of and self._of != Whose.ALL:
            known = known.filter(owner=UUID(self._of))
        return known.filter(**{name: chosen[name] for name in ("kind", "unit") if chosen.get(name)})

    def _shown(self, view: str) -> ClockQuerySet:
        known = self._known()
        match view:
            case Show.OVER:
                return known.open().filter(state__in=TICKING, due_at__lte=self.now)
            case Show.RUNNING:
                return known.open().filter(state__in=TICKING, due_at__gt=self.now)
            case Show.PAUSED:
                return known.open().filter(state=State.PAUSED)
            case Show.MET:
                return known.filter(state=State.MET, met_at__gt=self.now - LATELY)
            case _:
                return known.open()

    def _count(self, view: str) -> str:
        number = self._shown(view).order_by()[: COUNTED + 1].count()
        return f"{COUNTED}+" if number > COUNTED else str(number)

    def _onward(self, found: list[Clock]) -> str:
        if len(found) <= PAGE:
            return ""
        last = found[PAGE - 1]
        at = last.met_at if self._view == Show.MET and last.met_at else last.due_at
        return self._with(after=str(Place(at, last.pk)))

    # -- its address ------------------------------------------------------------------------

    def _with(self, **changes: str) -> str:
        """Return the address with these changes; whatever filters change, it begins anew."""
        kept = {name: self.request.GET.get(name, "") for name in FILTERS}
        return "?" + urlencode({name: on for name, on in {**kept, **changes}.items() if on})

    def _whose(self) -> list[Chip]:
        """Return the chips of whose duties are shown; whoever sees their own alone needs none."""
        if not self.person.is_office:
            return []
        chips = [Chip(one.label, self._with(of=one), one == self._of) for one in Whose]
        if self._of not in Whose:
            names: dict[Any, Any] = dict(self._filters.fields["of"].choices)  # type: ignore[attr-defined] # a ChoiceField
            chips.append(Chip(names[self._of], self._with(), is_on=True))
        return chips

    def _removable(self) -> list[Chip]:
        """Return the filters that are on, each with the address without it."""
        chosen = self._filters.cleaned_data
        kinds: dict[Any, Any] = dict(self._filters.fields["kind"].choices)  # type: ignore[attr-defined] # a ChoiceField
        found = []
        if kind := chosen.get("kind"):
            found.append(Chip(f"Duty: {kinds[kind]}", self._with(kind="")))
        if unit := chosen.get("unit"):
            found.append(Chip(f"Unit: {unit}", self._with(unit="")))
        return found


def _after(clocks: ClockQuerySet, place: Place | None, order: str) -> ClockQuerySet:
    """Return what comes after a place: by what is due, or backwards by when it was met."""
    if place is None:
        return clocks
    if order == "-met_at":
        beyond = Q(met_at=place.at, pk__lt=place.pk) | Q(met_at__lt=place.at)
        return clocks.filter(beyond, met_at__lte=place.at)
    return clocks.filter(
        Q(due_at=place.at, pk__gt=place.pk) | Q(due_at__gt=place.at), due_at__gte=place.at
    )
