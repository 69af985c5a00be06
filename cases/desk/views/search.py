"""Search by words in what somebody's own key opens: in the session, without an index."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from cases import access, actions, rules
from cases.access import Search as Found
from cases.desk.views import rows
from cases.desk.views.rows import Row
from cases.forms.desk import WordsForm
from cases.models import Case, Concern
from safes.desk.base import AtDesk

# rows on the page; whoever finds more writes another word
SHOWN = 50


class Search(AtDesk):
    """Look for words. They come in the body: an address would be kept by the browser."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the question."""
        return self._page(WordsForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show what was found."""
        form = WordsForm(request.POST)
        if not form.is_valid() or self.opener is None:
            return self._page(form)
        terms = form.cleaned_data["words"]
        found = access.search(self.person, self.opener, terms)
        shown = Found(found.looked_through, dict(list(found.texts.items())[:SHOWN]))
        actions.note_search(shown, by=self.person, now=self.now)
        return self._page(form, found=found, rows=self._rows(shown, terms))

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
