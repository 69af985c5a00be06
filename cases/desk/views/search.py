"""Search: by facts in the address, and by words in what somebody's own key opens."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions, rules
from cases.access import Facts, Newest
from cases.access import Search as Found
from cases.desk.views import rows
from cases.desk.views.filtered import address_of
from cases.desk.views.queue import Chip
from cases.desk.views.rows import COUNTED, Row
from cases.forms.desk import FactsForm, WordsForm
from cases.models import Case, Concern
from safes.desk.base import AtDesk

LOCKED = "You see nothing of this reference. To look for words, unlock first."
# rows on the page; whoever finds more writes another word
SHOWN = 50
# rows of each list of a page of what fits the facts
PAGE = 25
AFTER_CASE, AFTER = "after_case", "after"


class Fits(NamedTuple):
    """A page of the cases or concerns that fit the facts, how many there are, and the next page."""

    title: str
    number: str
    rows: list[Row]
    onward: str


class Search(AtDesk):
    """Look for a reference, for facts, or for words.

    Facts stand in the address. Words and the name of a client come in the body: a browser would
    keep an address.
    """

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the question, and what fits the facts of the address."""
        return self._page(WordsForm(), lists=self._fitting(self.facts) if self.facts else None)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Lead to what bears the reference, or show where the words were found among what fits.

        A reference that leads nowhere is looked for as words are: so it does whether what bears it
        is hidden or there is none.
        """
        form = WordsForm(request.POST)
        if not form.is_valid():
            return self._page(form)
        if address := self._bearing(form.reference):
            return redirect(address)
        client, terms = form.cleaned_data["client"], form.cleaned_data["words"]
        facts = Facts(self.person, self.facts.asked, rules.client_index(client) if client else b"")
        if not terms:
            lists = self._fitting(facts)
            named = Found(sum(len(one.rows) for one in lists), {})
            actions.note_search(named, by=self.person, now=self.now)
            return self._page(form, lists=lists)
        if self.opener is None:
            form.add_error("words", LOCKED)
            return self._page(form)
        found = access.search(self.person, self.opener, terms, facts)
        shown = Found(found.looked_through, dict(list(found.texts.items())[:SHOWN]))
        actions.note_search(shown, by=self.person, now=self.now)
        return self._page(form, found=found, rows=self._rows(shown, terms))

    # -- facts ------------------------------------------------------------------------------

    @cached_property
    def asked(self) -> FactsForm:
        """Return the facts of the address; one that is wrong is said, and does not count."""
        asked = FactsForm(self.request.GET, auto_id="fact_%s")
        asked.is_valid()
        return asked

    @cached_property
    def facts(self) -> Facts:
        """Return what is looked for."""
        chosen = {name: value for name, value in self.asked.cleaned_data.items() if value}
        return Facts(self.person, chosen)

    def _fitting(self, facts: Facts) -> list[Fits]:
        """Read a page of each list; the texts and clocks of both are read at once.

        What a client's name found is one page: the address of the next would have to say it.
        """
        size = SHOWN if facts.client else PAGE
        at_case, at_concern = (
            None if facts.client else _place(self.request.GET.get(name, ""), read)
            for name, read in ((AFTER_CASE, datetime.fromisoformat), (AFTER, date.fromisoformat))
        )
        all_cases, all_concerns = facts.cases(), facts.concerns()
        cases = access.cases_after(all_cases, at_case) if at_case else all_cases
        concerns = access.concerns_after(all_concerns, at_concern) if at_concern else all_concerns
        listed = list(cases.select_related("category", "unit", "lead")[: size + 1])
        alone = list(concerns.select_related("category", "owner")[: size + 1])
        shown_cases, shown = listed[:size], alone[:size]
        made = rows.found(
            shown,
            shown_cases,
            texts=self.open((one.pk, "summary") for one in (*shown, *shown_cases)),
            excerpts={},
            now=self.now,
        )
        lists = []
        if shown_cases or at_case:
            onward = ""
            if len(listed) > size and not facts.client:
                last = shown_cases[-1]
                onward = self._with(**{AFTER_CASE: f"{last.opened_at.isoformat()}~{last.ref}"})
            lists.append(Fits("Cases", _counted(all_cases), made[len(shown) :], onward))
        if shown or at_concern:
            onward = ""
            if len(alone) > size and not facts.client:
                onward = self._with(**{AFTER: f"{shown[-1].filed_on}~{shown[-1].ref}"})
            number = _counted(all_concerns)
            lists.append(Fits("Concerns without a case", number, made[: len(shown)], onward))
        return lists

    def _with(self, **changes: str) -> str:
        """Return the address with these changes; whatever fact changes, pages begin anew."""
        cursors = (AFTER_CASE, AFTER) if set(changes) & {AFTER_CASE, AFTER} else ()
        kept = {name: self.request.GET.get(name, "") for name in (*self.asked.fields, *cursors)}
        return address_of({**kept, **changes})

    def _removable(self) -> list[Chip]:
        """Return the facts that are on, each with the address without it."""
        return [
            Chip(f"{bound.label}: {_said(bound.field, value)}", self._with(**{bound.name: ""}))
            for bound in self.asked
            if (value := self.facts.asked.get(bound.name))
        ]

    # -- words ------------------------------------------------------------------------------

    def _bearing(self, reference: str) -> str:
        """Return where what bears a reference is, or nothing where none is seen."""
        for model, route in ((Case, "desk:case"), (Concern, "desk:concern")):
            if reference and model.objects.visible_to(self.person).filter(ref=reference).exists():
                return reverse(route, args=[reference])
        return ""

    def _page(self, form: WordsForm, **context: Any) -> HttpResponse:
        return self.show(
            "cases/desk/search.html",
            form=form,
            asked=self.asked,
            removable=self._removable(),
            without=reverse("desk:search"),
            **context,
        )

    def _rows(self, shown: Found, terms: list[str]) -> list[Row]:
        """Return what was found as rows of the desk, the most urgent and the open first."""
        keys = list(shown.texts)
        cases = Case.objects.visible_to(self.person).filter(pk__in=keys)
        concerns = Concern.objects.visible_to(self.person).filter(pk__in=keys)
        return rows.found(
            concerns.select_related("category", "owner").order_by("-urgency", "ref"),
            cases.select_related("category", "unit", "lead").order_by(
                "-status", "-urgency", "-ref"
            ),
            texts=self.open((key, "summary") for key in keys),
            excerpts={key: rules.excerpt_of(text, terms) for key, text in shown.texts.items()},
            now=self.now,
        )


def _place(text: str, read: Callable[[str], datetime | date]) -> Newest | None:
    """Return the place in an address, or None where there is none: that is the first page."""
    try:
        at, ref = text.split("~")
        place = Newest(read(at), ref)
    except ValueError:
        return None
    is_bare = isinstance(place.at, datetime) and place.at.tzinfo is None
    return None if is_bare else place


def _counted(found: Any) -> str:
    """Return how many there are, counted up to a limit."""
    number = len(found.order_by().values_list("pk")[: COUNTED + 1])
    return f"{COUNTED}+" if number > COUNTED else str(number)


def _said(field: Any, value: Any) -> str:
    """Return a fact in words."""
    if hasattr(value, "pk") or not isinstance(field, forms.ChoiceField):
        return str(value)
    offered: Any = field.choices
    return next((str(label) for key, label in offered if str(key) == str(value)), "")
