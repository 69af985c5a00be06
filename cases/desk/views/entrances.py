"""The pages of entrances for outsiders: their list, one of them, and its picture to print."""

from typing import Any
from urllib.parse import urljoin

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from cases import actions
from cases.forms.desk.entrances import EntranceForm, StateForm
from cases.models import Entrance
from common.squares import squares_of
from questionnaires.access import KEEPERS
from safes.desk.base import Page, Step

WHO = frozenset(KEEPERS)


def address_of(entrance: Entrance) -> str:
    """Return the whole address that outsiders are given."""
    return urljoin(settings.SPEAK_ORIGIN, reverse("intake:entrance", args=[entrance.code]))


class Entrances(Step):
    """The list, on which an entrance is opened."""

    roles = WHO
    name = "opening"

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the list."""
        return self.page()

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show every entrance, the open ones first."""
        known = Entrance.objects.select_related("questionnaire").order_by("title", "code")
        return self.show(
            "cases/desk/entrances.html",
            entrances=sorted(known, key=lambda one: one.closed_at is not None),
            opening=wrong.get("opening") or EntranceForm(),
            form=wrong.get("opening"),
        )

    def address(self) -> str:
        """Return where the list is, or the entrance that was just opened."""
        opened = self.__dict__.get("opened")
        return reverse("setup:entrance", args=[opened]) if opened else reverse("setup:entrances")

    def form(self, data: Any) -> forms.Form:
        """Return what it says."""
        return EntranceForm(data)

    def act(self, **entered: Any) -> str:
        """Open it."""
        self.opened = actions.open_entrance(by=self.person, now=self.now, **entered).code
        return "It is open. Give its address to those for whom it is."


class EntranceFrame(Page):
    """One entrance: its address and picture, and what it says."""

    roles = WHO

    @cached_property
    def entrance(self) -> Entrance:
        """Return which one it is."""
        known = Entrance.objects.select_related("questionnaire", "opened_by")
        return get_object_or_404(known, code=self.kwargs["code"])

    def address(self) -> str:
        """Return where its page is."""
        return reverse("setup:entrance", args=[self.entrance.code])

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show it."""
        return self.show(
            "cases/desk/entrance.html",
            change=wrong.get("change") or EntranceForm.of(self.entrance),
            form=next(iter(wrong.values()), None),
            **self.to_scan(),
        )

    def to_scan(self) -> dict[str, object]:
        """Return the entrance with its address, as text and as a picture."""
        at = address_of(self.entrance)
        return {"entrance": self.entrance, "link": at, "squares": squares_of(at)}


class OneEntrance(Step, EntranceFrame):
    """The page of an entrance, on which it is changed."""

    name = "change"

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show it."""
        return self.page()

    def form(self, data: Any) -> forms.Form:
        """Return what it says."""
        return EntranceForm.of(self.entrance, data)

    def act(self, **entered: Any) -> str:
        """Change it."""
        actions.change_entrance(self.entrance, by=self.person, now=self.now, **entered)
        return "Changed. Whoever began already goes on with what they were asked."


class EntranceState(Step, EntranceFrame):
    """Close an entrance, or open it again."""

    name = "state"

    def form(self, data: Any) -> forms.Form:
        """Return what becomes of it."""
        return StateForm(data)

    def act(self, **entered: Any) -> str:
        """Do it."""
        if entered["what"] == "close":
            actions.close_entrance(self.entrance, by=self.person, now=self.now)
            return "Closed. Its address shows the first page of everybody."
        actions.open_again(self.entrance, by=self.person, now=self.now)
        return "It is open again, at the address it had."


class EntrancePoster(EntranceFrame):
    """An entrance on one page to be printed."""

    def page(self, **_wrong: forms.Form) -> HttpResponse:
        """Show its words, its picture and its address."""
        return self.show("cases/desk/entrance_poster.html", **self.to_scan())
