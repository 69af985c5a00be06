"""Views of the queue that somebody keeps and drops, and how they stand on it."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cases import access, actions
from cases.desk.views.filtered import Filtered, address_of
from cases.forms.desk import KeepForm
from cases.models import SavedView
from common.errors import RuleError
from people.models import Person

# the digits of a keyboard
KEYS = 9


class Kept(NamedTuple):
    """A view as a link, and the key that presses it; `by` is who else shares it."""

    label: str
    url: str
    key: str
    is_on: bool
    by: str


class Shelf(NamedTuple):
    """The views that somebody may choose, and what can be done with the one that is shown."""

    views: list[Kept]
    # where this view is kept, if it is worth keeping and is not kept; and its name
    keep: str = ""
    name: str = ""
    # where this view is dropped, if it is one's own
    drop: str = ""


def shelf_of(views: Iterable[SavedView], shown: SavedView, person: Person) -> Shelf:
    """Return the views as they stand on the queue, of which one may be shown."""
    listed = list(views)
    kept = [
        Kept(
            str(view),
            reverse("desk:queue") + address_of(view.filters),
            str(n) if n <= KEYS else "",
            view.filters == shown.filters,
            "" if view.person_id == person.pk else str(view.person),
        )
        for n, view in enumerate(listed, 1)
    ]
    own = [view for view in listed if view.person_id == person.pk]
    same = next((view for view in own if view.filters == shown.filters), None)
    if same:
        return Shelf(kept, drop=reverse("desk:view-drop", args=[same.pk]))
    if not str(shown):
        return Shelf(kept)
    keep = reverse("desk:view-keep") + address_of(shown.filters)
    return Shelf(kept, keep=keep, name=str(shown))


class KeepView(Filtered):
    """Keep what the address shows as a view of one's own; nothing is typed."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Lead back: there is nothing to see here."""
        return redirect(self.back())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it, or say why not, on the queue as it was."""
        form = KeepForm(request.POST)
        form.is_valid()
        try:
            view = actions.keep_view(
                self.as_view_kept(), is_shared=form.cleaned_data["is_shared"], now=self.now
            )
        except RuleError as refusal:
            messages.error(request, str(refusal))
        else:
            whom = "everybody in the office" if view.is_shared else "you alone"
            messages.success(request, f"The view “{view}” stands here from now on, for {whom}.")
        return redirect(self.back())


class DropView(Filtered):
    """Drop a view of one's own."""

    def get(self, request: HttpRequest, view: UUID) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Lead back: there is nothing to see here."""
        return redirect("desk:queue")

    def post(self, request: HttpRequest, view: UUID) -> HttpResponse:
        """Drop it; that of somebody else is not there."""
        found = access.views_of(self.person).filter(pk=view, person=self.person).first()
        if found is None:
            raise Http404
        actions.drop_view(found, by=self.person, now=self.now)
        messages.success(request, f"The view “{found}” is dropped.")
        return redirect(reverse("desk:queue") + address_of(found.filters))
