"""The clients that a concern or a case names, what else is known of them, and red flags."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.desk.views.case import CasePage
from cases.desk.views.concern import ConcernPage
from cases.forms.desk import ClientForm, FlagForm, SlipForm
from cases.models import ClientLink, RedFlag
from common import days
from safes.access import Where
from safes.desk.base import Step


class Line(NamedTuple):
    """A client as a page shows it; the name is None where it stays sealed."""

    known: access.Known
    name: str | None
    # each flag with the words why it is kept, or None
    flags: list[tuple[RedFlag, str | None]]


def lines(known: list[access.Known], texts: Mapping[Where, str]) -> list[Line]:
    """Return the clients with what is open of their names and flags."""
    return [
        Line(
            one,
            texts.get((one.link.pk, "client")),
            [(flag, texts.get((flag.pk, "flag"))) for flag in one.flags],
        )
        for one in known
    ]


class NameClient(Step, ConcernPage):
    """Say which client a concern is about."""

    name = "client"

    def form(self, data: Any) -> forms.Form:
        """Return which client."""
        return ClientForm(data, auto_id="client_%s")

    def act(self, **entered: Any) -> str:
        """Name it."""
        actions.name_client(
            self.concern, by=self.person, name=entered["client"], now=self.now, opener=self.opener
        )
        return "Named. Where the same client is named elsewhere, it says so here."


class TakeClientBack(Step, ConcernPage):
    """Say that it is not about a client after all."""

    name = "slip"

    def form(self, data: Any) -> forms.Form:
        """Return which."""
        return SlipForm(data)

    def act(self, **entered: Any) -> str:
        """Take it back."""
        link = get_object_or_404(ClientLink, pk=entered["link"], concern=self.concern)
        actions.take_client_back(link, by=self.person, now=self.now)
        return "Taken back. It is not about this client."


class ClientsSection(CasePage):
    """The clients of a case."""

    section = "clients"
    has_acts = True
    words = frozenset({"why"})

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page with what was typed: Enter in a field does no more."""
        return self.page()

    @cached_property
    def known(self) -> list[access.Known]:
        """Return the clients that its concerns name."""
        return access.known_clients(self.concerns, self.person, on=days.day_of(self.now))

    def places(self) -> list[Where]:
        """Return where the names are, and why flags are kept."""
        return [
            *((one.link.pk, "client") for one in self.known),
            *((flag.pk, "flag") for one in self.known for flag in one.flags),
        ]

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return them, and the form for a red flag."""
        names = {row: text for (row, field), text in texts.items() if field == "client"}
        flag = wrong.get("flag") or self.flag_form(None, names)
        return {
            "clients": lines(self.known, texts),
            "flag": self.part("flag", flag),
            "named_at": [reverse("desk:concern", args=[concern.ref]) for concern in self.concerns],
        }

    def flag_form(self, data: Any, names: Mapping[UUID, str]) -> FlagForm:
        """Return on whom a flag is kept, and why."""
        among = [one.link for one in self.known]
        return FlagForm(data, among=among, names=names, auto_id="flag_%s")


class KeepFlag(Step, ClientsSection):
    """Keep a red flag on a client."""

    name = "flag"

    def form(self, data: Any) -> forms.Form:
        """Return on whom, and why."""
        names = self.open([(one.link.pk, "client") for one in self.known])
        return self.flag_form(data, {row: text for (row, _), text in names.items()})

    def act(self, **entered: Any) -> str:
        """Keep it."""
        actions.keep_flag(
            self.case,
            entered["link"],
            by=self.person,
            words=entered["why"],
            now=self.now,
            opener=self.opener,
        )
        return "Kept. Whoever triages a concern of this client sees it; review it in six months."
