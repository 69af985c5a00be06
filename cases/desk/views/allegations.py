"""What is alleged in a case, about whom, and what was found of it."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from cases import actions
from cases.desk.views.case import CasePage
from cases.desk.views.record import Record
from cases.forms.desk import AllegationForm, FindingForm, PartyForm
from cases.lifecycle import Area, PartyRole
from cases.models import Allegation
from safes.access import Where
from safes.desk.base import Step

WALLED = "Added. A wall stands around them and everyone who reports to them."
WALLED_ALONE = "Added. A wall stands before them: nothing of this case opens for them."
NOT_CALLED_SO = (
    "Added. Nobody who works here is called so in full. Is it a colleague, write their full name: "
    "a wall goes up before them."
)
NOT_KNOWN = (
    "Added. Nobody who works here is called so. Is it a colleague, name them under “Access”: a "
    "wall goes up around them."
)


class OfRecord(CasePage):
    """A section that shows what is in the record of a case."""

    @cached_property
    def record(self) -> Record:
        """Return the record, unopened."""
        return Record(self.case, with_evidence=Area.EVIDENCE in self.areas)

    def places(self) -> list[Where]:
        """Return where its words are."""
        return self.record.places

    @cached_property
    def texts(self) -> dict[Where, str]:
        """Return what opens of it for whoever sent a form."""
        return self.open(self.record.places)


class AllegationsSection(OfRecord):
    """The parties of a case, and what is alleged."""

    section = "allegations"
    words = frozenset({"party-name", "party-contact", "alleged-text"})

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page with what was typed: Enter in a field does no more."""
        return self.page()

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return parties, allegations, and the forms that add to them."""
        return {
            "parties": self.record.parties(texts),
            "lines": self.record.lines(texts),
            "party": self.part("party", wrong.get("party") or _party_form(None)),
            "alleged": self.part("alleged", wrong.get("alleged") or self._alleged(None, texts)),
        }

    def _alleged(self, data: Any, texts: dict[Where, str]) -> AllegationForm:
        subjects = [
            (one.party, one.label)
            for one in self.record.parties(texts)
            if one.party.role == PartyRole.SUBJECT and one.party.struck_at is None
        ]
        return AllegationForm(
            data,
            parties=subjects,
            prefix="alleged",
            auto_id="alleged_%s",
            initial={"category": self.case.category_id},
        )


def _party_form(data: Any) -> PartyForm:
    return PartyForm(data, prefix="party", auto_id="party_%s")


class AddParty(Step, AllegationsSection):
    """Add a party of the case."""

    name = "party"

    def form(self, data: Any) -> forms.Form:
        """Return who it is."""
        return _party_form(data)

    def act(self, **entered: Any) -> str:
        """Add them; around a subject who works here a wall goes up."""
        party = actions.add_party(
            self.case, by=self.person, opener=self.opener, now=self.now, **entered
        )
        if party.role != PartyRole.SUBJECT:
            return WALLED_ALONE if party.is_staff else NOT_CALLED_SO
        return WALLED if party.is_staff else NOT_KNOWN


class AddAllegation(Step, AllegationsSection):
    """Write down what is alleged."""

    name = "alleged"

    def form(self, data: Any) -> forms.Form:
        """Return what is alleged."""
        return self._alleged(data, self.texts)

    def act(self, **entered: Any) -> str:
        """Write it down."""
        allegation = actions.add_allegation(
            self.case, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return f"Written down as allegation {allegation.n}."


class AllegationPage(Step, OfRecord):
    """One allegation: its evidence, what was found of it, and the form to find anew."""

    name = "found"
    section = "allegations"
    template = "cases/desk/allegation.html"

    @cached_property
    def allegation(self) -> Allegation:
        """Return the allegation of this address."""
        found = self.case.allegations.filter(n=self.kwargs["n"]).first()
        if found is None:
            raise Http404
        found.case = self.case
        return found

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show it."""
        return self.page()

    def address(self) -> str:
        """Return where it is."""
        return reverse("desk:allegation", args=[self.case.ref, self.allegation.n])

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return the allegation, and the form to find."""
        number = self.allegation.n
        line = next(one for one in self.record.lines(texts) if one.allegation.n == number)
        return {"line": line, "finding": wrong.get("found") or self._form(None, texts)}

    def form(self, data: Any) -> forms.Form:
        """Return what was found."""
        return self._form(data, self.texts)

    def _form(self, data: Any, texts: dict[Where, str]) -> FindingForm:
        number = self.allegation.n
        line = next(one for one in self.record.lines(texts) if one.allegation.n == number)
        among = [
            (one.piece.exhibit.pk, f"{one.piece.label}: {one.bears.get_how_display().lower()}")
            for one in line.weighed
        ]
        return FindingForm(data, among=among)

    def act(self, **entered: Any) -> str:
        """Sign it."""
        found = actions.sign_finding(
            self.allegation, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return f"Signed: {found.get_finding_display().lower()}."

    def onward(self) -> str:
        """Lead back to all allegations."""
        return reverse("desk:allegations", args=[self.case.ref])
