"""Strike what was entered on a case by mistake: an allegation, a piece of evidence, a party."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.desk.views.allegations import OfRecord
from cases.desk.views.record import Line, Named, Piece
from cases.forms.desk import StrikeForm
from cases.lifecycle import Area
from cases.models import Allegation, Exhibit, Party
from common.errors import RuleError
from safes.access import Where
from safes.desk.base import Step

# where what is struck stands
SECTIONS = {"allegation": "allegations", "party": "allegations", "evidence": "evidence"}


class StrikePage(Step, OfRecord):
    """What is to be struck, and the form to say why."""

    name = "strike"
    template = "cases/desk/strike.html"

    @property
    def section(self) -> str:  # type: ignore[override] # it follows from the address
        """Return in which section it stands."""
        if self.kwargs["what"] not in SECTIONS:
            raise Http404
        return SECTIONS[self.kwargs["what"]]

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show it."""
        return self.page()

    def address(self) -> str:
        """Return where it is."""
        return reverse("desk:strike", args=[self.case.ref, self.kwargs["what"], self.kwargs["n"]])

    @cached_property
    def slip(self) -> Allegation | Exhibit | Party:
        """Return what is struck; what is not there is absent."""
        shown = self._shown({})
        if isinstance(shown, Line):
            slip: Allegation | Exhibit | Party = shown.allegation
        else:
            slip = shown.exhibit if isinstance(shown, Piece) else shown.party
        slip.case = self.case
        return slip

    def _shown(self, texts: dict[Where, str]) -> Line | Piece | Named:
        number = self.kwargs["n"]
        listed: dict[str, list[tuple[int, Line | Piece | Named]]] = {
            "allegation": [(one.allegation.n, one) for one in self.record.lines(texts)],
            "evidence": [(one.exhibit.n, one) for one in self.record.pieces(texts)],
            "party": [(one.n, one) for one in self.record.parties(texts)],
        }
        found = next((one for n, one in listed[self.kwargs["what"]] if n == number), None)
        if found is None:
            raise Http404
        return found

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return what it is, and the form."""
        return {
            "what": self.kwargs["what"],
            "slip": self.slip,
            "label": self._shown(texts).label,
            "strike": wrong.get("strike") or StrikeForm(),
            "section_url": self.onward(),
        }

    def form(self, data: Any) -> forms.Form:
        """Return why."""
        area = Area.EVIDENCE if isinstance(self.slip, Exhibit) else Area.CORE
        access.require(self.person, self.case, area)
        return StrikeForm(data)

    def act(self, **entered: Any) -> str:
        """Strike what was read: numbers of parties shift where two cases are merged."""
        if self.request.POST.get("slip") != str(self.slip.pk):
            msg = "What stands here changed since. Nothing was struck; look again."
            raise RuleError(msg)
        slip = actions.strike(
            self.slip, by=self.person, opener=self.opener, now=self.now, **entered
        )
        if isinstance(slip, Party) and slip.is_staff:
            return "Struck. The wall before them stays."
        return "Struck. It counts no more, and stays readable."

    def onward(self) -> str:
        """Lead back to where it stands."""
        return reverse(f"desk:{self.section}", args=[self.case.ref])
