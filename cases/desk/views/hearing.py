"""How those were heard whom a case is about: asked, answered, or why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from cases import actions
from cases.actions.hearing import GIVEN, PUT, WHY
from cases.desk.views.case import CasePage
from cases.desk.views.record import Named
from cases.forms.desk import AskResponseForm, GivenForm, WaiveForm
from cases.lifecycle import PartyRole, StatementState
from cases.models import Case, Party, Statement
from common import days
from safes.access import Where
from safes.desk.base import Step

WORDS = (PUT, GIVEN, WHY)
SIGNS = {StatementState.GIVEN: "good", StatementState.ASKED: "warn"}


@dataclass(frozen=True)
class Told:
    """One time somebody was to be heard, with what opens of its words."""

    statement: Statement
    put: str | None
    given: str | None
    why: str | None


@dataclass(frozen=True)
class Heard:
    """Somebody whom a case is about, and how often they were to be heard, the latest first."""

    who: Named
    told: list[Told]

    @property
    def last(self) -> Told | None:
        """Return what counts."""
        return self.told[0] if self.told else None

    @property
    def is_asked(self) -> bool:
        """Return whether their answer is waited for."""
        return self.last is not None and self.last.statement.state == StatementState.ASKED

    @property
    def state(self) -> str:
        """Return where it is, in words."""
        if self.last is None:
            return "Not asked"
        one = self.last.statement
        return one.get_why_display() if one.why else one.get_state_display()

    @property
    def sign(self) -> str:
        """Return by which mark it is shown."""
        if self.last is None:
            return "warn"
        return SIGNS.get(StatementState(self.last.statement.state), "")


class Hearings:
    """The parties of a case and how they were heard, in one query a table; opened by the page."""

    def __init__(self, case: Case) -> None:
        """Read it, unopened."""
        self.parties = list(case.parties.order_by("added_at", "pk"))
        found = case.statements.select_related("begun_by", "ended_by").order_by("-n")
        has_subjects = any(one.role == PartyRole.SUBJECT for one in self.parties)
        self._statements = list(found) if has_subjects else []

    @property
    def places(self) -> list[Where]:
        """Return where its words are sealed."""
        return [
            *((one.pk, "name") for one in self.parties),
            *((one.pk, field) for one in self._statements for field in WORDS),
        ]

    def named(self, texts: Mapping[Where, str]) -> list[Named]:
        """Return every party, numbered."""
        return [
            Named(one, texts.get((one.pk, "name")), None, n)
            for n, one in enumerate(self.parties, 1)
        ]

    def heard(self, texts: Mapping[Where, str]) -> list[Heard]:
        """Return those whom it is about, in the order in which they were named."""
        return [
            Heard(one, [_told(told, texts) for told in self._statements if told.party_id == pk])
            for one in self.named(texts)
            if one.party.role == PartyRole.SUBJECT and one.party.struck_at is None
            for pk in [one.party.pk]
        ]


def _told(statement: Statement, texts: Mapping[Where, str]) -> Told:
    put, given, why = (texts.get((statement.pk, field)) for field in WORDS)
    return Told(statement, put, given, why)


class OfHearings(CasePage):
    """A page about who is heard in a case."""

    section = "interviews"

    @cached_property
    def hearings(self) -> Hearings:
        """Return who was heard, unopened."""
        return Hearings(self.case)

    def places(self) -> list[Where]:
        """Return where its words are."""
        return self.hearings.places


class ResponsePage(OfHearings):
    """How one of those is heard whom a case is about, and the forms that go with where it is."""

    template = "cases/desk/response.html"
    words = frozenset({"ask-words", "given-words", "waive-words"})

    @cached_property
    def party(self) -> Party:
        """Return the party of this address; only whom it is about is asked to answer."""
        among = dict(enumerate(self.hearings.parties, 1))
        found = among.get(int(str(self.kwargs["n"])))
        if found is None or found.role != PartyRole.SUBJECT:
            raise Http404
        found.case = self.case
        return found

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page with what was typed: Enter in a field does no more."""
        return self.page()

    def address(self) -> str:
        """Return where it is."""
        return reverse("desk:response", args=[self.case.ref, self.kwargs["n"]])

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return what was put to them and answered, and the forms."""
        pk = self.party.pk
        return {
            "one": next(one for one in self.hearings.heard(texts) if one.who.party.pk == pk),
            "ask": self.part("ask", wrong.get("ask") or _ask(None)),
            "given": self.part("given", wrong.get("given") or self._given(None)),
            "waive": self.part("waive", wrong.get("waive") or _waive(None)),
        }

    def _given(self, data: Any) -> GivenForm:
        today = {"given_on": days.day_of(self.now)}
        return GivenForm(data, prefix="given", auto_id="given_%s", initial=today)


def _ask(data: Any) -> AskResponseForm:
    return AskResponseForm(data, prefix="ask", auto_id="ask_%s")


def _waive(data: Any) -> WaiveForm:
    return WaiveForm(data, prefix="waive", auto_id="waive_%s")


class AskResponse(Step, ResponsePage):
    """Record that they were asked to answer."""

    name = "ask"

    def form(self, data: Any) -> forms.Form:
        """Return what was put to them."""
        return _ask(data)

    def act(self, **entered: Any) -> str:
        """Record it."""
        actions.ask_response(
            self.party, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return "Recorded. Their answer is waited for."


class RecordResponse(Step, ResponsePage):
    """Record what they answered."""

    name = "given"

    def form(self, data: Any) -> forms.Form:
        """Return the answer."""
        return self._given(data)

    def act(self, **entered: Any) -> str:
        """Record it."""
        actions.record_response(
            self.party, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return "Recorded. What they answered stands there for good."


class WaiveResponse(Step, ResponsePage):
    """Say why they are not heard."""

    name = "waive"

    def form(self, data: Any) -> forms.Form:
        """Return why."""
        return _waive(data)

    def act(self, **entered: Any) -> str:
        """Record it."""
        actions.waive_response(
            self.party, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return "Recorded. You can still ask them later."
