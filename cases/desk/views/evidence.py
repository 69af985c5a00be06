"""The register of evidence: what there is, who has had it, and on what it bears."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator

from cases import actions
from cases.desk.views import material, timeline
from cases.desk.views.allegations import OfRecord
from cases.forms.desk import BearsForm, CustodyForm, ExhibitForm
from cases.models import Attachment, Exhibit, Note
from common import days
from safes.access import Where
from safes.desk.base import Step

# how many words of a note stand in a list
BEGINS = 8


class EvidenceSection(OfRecord):
    """The register, and the form to add to it."""

    section = "evidence"

    def places(self) -> list[Where]:
        """Return where the words of the register, of the notes and the names of files are."""
        notes = [(one.pk, "body") for one in self.notes]
        return [*self.record.places, *material.file_places(self.files), *notes]

    @cached_property
    def notes(self) -> list[Note]:
        """Return the newest version of each note, the latest first; for the team alone."""
        if not self.is_member:
            return []
        newest = {one.first_id or one.pk: one for one in self._versions()}
        return sorted(newest.values(), key=lambda note: note.at, reverse=True)

    def _versions(self) -> QuerySet[Note]:
        # what a lawyer advised is no evidence
        found = self.case.notes.exclude(kind=Note.Kind.ADVICE)
        return found.select_related("author").order_by("version")

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return the pieces, and the form."""
        return {
            "pieces": self.record.pieces(texts),
            "add": wrong.get("exhibit") or self._form(None, texts),
        }

    def _form(self, data: Any, texts: dict[Where, str]) -> ExhibitForm:
        return ExhibitForm(
            data,
            things=self._things(texts) if self.is_member else [],
            parties=[
                (one.party.pk, one.label, one.party)
                for one in self.record.parties(texts)
                if one.party.struck_at is None
            ],
            allegations=[
                (one.allegation.pk, one.label, one.allegation)
                for one in self.record.lines(texts)
                if one.allegation.struck_at is None
            ],
            initial={"received_on": days.day_of(self.now)},
        )

    def _things(self, texts: dict[Where, str]) -> list[tuple[UUID, str, object]]:
        """Return the files and notes that may be evidence: what the team has already."""
        files = [
            (one.pk, f"File: {texts.get((one.pk, 'name')) or one.n}", one) for one in self.files
        ]
        notes = [(one.pk, _note_label(one, texts), one) for one in self.notes]
        return [*files, *notes]


def _note_label(note: Note, texts: dict[Where, str]) -> str:
    """Return how a note is told from others: who signed it when, and how it begins."""
    signed = f"{note.get_kind_display()} by {note.author.name}, {timeline.in_words(note.at)}"
    version = f", version {note.version}" if note.version > 1 else ""
    words = Truncator(texts.get((note.pk, "body"), "")).words(BEGINS, truncate="…")
    return f"{signed}{version}: {words}" if words else f"{signed}{version}"


class AddExhibit(Step, EvidenceSection):
    """Enter a piece of evidence."""

    name = "exhibit"

    def form(self, data: Any) -> forms.Form:
        """Return what it is."""
        return self._form(data, self.open(self.places()))

    def act(self, **entered: Any) -> str:
        """Enter it, and say on what it bears where that was chosen."""
        allegation, how = entered.pop("allegation"), entered.pop("how")
        thing = entered.pop("thing")
        piece = actions.Piece(
            attachment=thing if isinstance(thing, Attachment) else None,
            note=thing if isinstance(thing, Note) else None,
            **entered,
        )
        exhibit = actions.add_exhibit(
            self.case,
            by=self.person,
            piece=piece,
            bears=(allegation, how) if allegation and how else None,
            opener=self.opener,
            now=self.now,
        )
        return f"Entered as number {exhibit.n}."


class ExhibitPage(OfRecord):
    """One piece of evidence: its custody, and on what it bears."""

    section = "evidence"
    template = "cases/desk/exhibit.html"
    words = frozenset({"place"})

    @cached_property
    def exhibit(self) -> Exhibit:
        """Return the piece of this address."""
        found = self.case.exhibits.filter(n=self.kwargs["n"]).first()
        if found is None:
            raise Http404
        found.case = self.case
        return found

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page with what was typed: Enter in a field does no more."""
        return self.page()

    def address(self) -> str:
        """Return where it is."""
        return reverse("desk:exhibit", args=[self.case.ref, self.exhibit.n])

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return the piece, and the forms that act on it."""
        number = self.exhibit.n
        pieces = self.record.pieces(texts)
        return {
            "piece": next(one for one in pieces if one.exhibit.n == number),
            "custody": self.part("custody", wrong.get("custody") or CustodyForm()),
            "weigh": self.part("weigh", wrong.get("weigh") or self._weigh(None, texts)),
        }

    def _weigh(self, data: Any, texts: dict[Where, str]) -> BearsForm:
        lines = self.record.lines(texts)
        standing = [one for one in lines if one.allegation.struck_at is None]
        return BearsForm(
            data, allegations=[(one.allegation.pk, one.label, one.allegation) for one in standing]
        )


class ChangeCustody(Step, ExhibitPage):
    """Record what was done with it."""

    name = "custody"

    def form(self, data: Any) -> forms.Form:
        """Return what was done."""
        return CustodyForm(data)

    def act(self, **entered: Any) -> str:
        """Record it."""
        actions.change_custody(
            self.exhibit, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return "Recorded. It stands there for good."


class Weigh(Step, ExhibitPage):
    """Say how it bears on an allegation."""

    name = "weigh"

    def form(self, data: Any) -> forms.Form:
        """Return on which, and how."""
        return self._weigh(data, self.texts)

    def act(self, **entered: Any) -> str:
        """Weigh it."""
        bears = actions.weigh(self.exhibit, by=self.person, now=self.now, **entered)
        return f"{bears.get_how_display()}: allegation {bears.allegation.n}."
