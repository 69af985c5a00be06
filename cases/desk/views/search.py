"""Search: a reference leads there, words are looked for in what somebody's own key opens."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cases import access, actions, rules
from cases.access import Search as Found
from cases.desk.views import rows
from cases.desk.views.rows import Row
from cases.forms.desk import WordsForm
from cases.models import Case, Concern
from safes.desk.base import AtDesk

LOCKED = "You see nothing of this reference. To look for words, unlock first."
# rows on the page; whoever finds more writes another word
SHOWN = 50


class Search(AtDesk):
    """Look for a reference or words. They come in the body: a browser would keep an address."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the question."""
        return self._page(WordsForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Lead to what bears the reference, or show where the words were found.

        A reference that leads nowhere is looked for as words are: so it does whether what bears it
        is hidden or there is none.
        """
        form = WordsForm(request.POST)
        if not form.is_valid():
            return self._page(form)
        if address := self._bearing(form.reference):
            return redirect(address)
        if self.opener is None:
            form.add_error("words", LOCKED)
            return self._page(form)
        terms = form.cleaned_data["words"]
        found = access.search(self.person, self.opener, terms)
        shown = Found(found.looked_through, dict(list(found.texts.items())[:SHOWN]))
        actions.note_search(shown, by=self.person, now=self.now)
        return self._page(form, found=found, rows=self._rows(shown, terms))

    def _bearing(self, reference: str) -> str:
        """Return where what bears a reference is, or nothing where none is seen."""
        for model, route in ((Case, "desk:case"), (Concern, "desk:concern")):
            if reference and model.objects.visible_to(self.person).filter(ref=reference).exists():
                return reverse(route, args=[reference])
        return ""

    def _page(self, form: WordsForm, **context: Any) -> HttpResponse:
        return self.show("cases/desk/search.html", form=form, **context)

    def _rows(self, shown: Found, terms: list[str]) -> list[Row]:
        """Return what was found as rows of the desk, the most urgent and the open first."""
        keys = list(shown.texts)
        cases = Case.objects.visible_to(self.person).filter(pk__in=keys)
        concerns = Concern.objects.visible_to(self.person).filter(pk__in=keys)
        return rows.found(
            concerns.order_by("-urgency", "ref"),
            cases.order_by("-status", "-urgency", "-ref"),
            texts=self.open((key, "summary") for key in keys),
            excerpts={key: rules.excerpt_of(text, terms) for key, text in shown.texts.items()},
            now=self.now,
        )
