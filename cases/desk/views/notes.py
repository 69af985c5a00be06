"""One note of a case with its versions, and what is begun and not signed."""

from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from cases import actions
from cases.desk.views import timeline
from cases.desk.views.case import CasePage, TimelineSection
from cases.desk.views.concern import LOCKED
from cases.forms.desk import AgainForm, AmendForm, DraftForm
from cases.models import Note
from common.errors import RuleError
from safes.access import Where
from safes.desk.base import Step

FIELDS = ("body", "happened", "speaker", "to_whom", "why")


class Version(NamedTuple):
    """A version of a note as its page shows it; `text` is None where it cannot be opened."""

    note: Note
    text: str | None
    # who said it and when, as a sentence
    source: str
    why: str


class NotePage(CasePage):
    """One note, every version of it, and how its author amends it."""

    section = "note"

    @cached_property
    def versions(self) -> list[Note]:
        """Return every version, the newest first; foreign and absent give the same answer."""
        found = self.case.notes.first_versions().within(self.areas)
        first = found.filter(pk=self.kwargs["note"]).first()
        if first is None:
            raise Http404
        return list(Note.objects.versions_of(first))

    @property
    def newest(self) -> Note:
        """Return the newest version."""
        return self.versions[0]

    def address(self) -> str:
        """Return where the note is."""
        return reverse("desk:note", args=[self.case.ref, self.versions[-1].pk])

    def places(self) -> list[Where]:
        """Return where the words of every version are."""
        return [(note.pk, field) for note in self.versions for field in FIELDS]

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return the versions, and the form for the next one where who asks may sign it."""
        is_own = self.newest.author_id == self.person.pk
        can_read = (self.newest.pk, "body") in texts
        form = wrong.get("amend")
        if form is None and is_own and can_read and self.may_act:
            form = self._begun(texts)
        return {
            "kind": Note.Kind(self.newest.kind).label,
            "versions": [_shown(note, texts) for note in self.versions],
            "is_own": is_own,
            "amend": form,
            "amend_url": reverse("desk:amend", args=[self.case.ref, self.versions[-1].pk]),
        }

    def _begun(self, texts: dict[Where, str]) -> AmendForm:
        """Return the form as the newest version stands."""
        note = self.newest
        happened = timeline.happened_of(_told(note, texts))
        known: dict[str, Any] = {
            "text": texts[note.pk, "body"],
            "speaker": texts.get((note.pk, "speaker"), ""),
            "to_whom": texts.get((note.pk, "to_whom"), ""),
            "said_by": note.said_by,
            "over": note.version,
        }
        if happened is not None:
            day, time = timeline.parts_of(happened)
            known |= {"day": day, "time": time}
        return AmendForm(kind=note.kind, initial=known)


def _told(note: Note, texts: dict[Where, str]) -> dict[str, str]:
    return {field: texts[note.pk, field] for field in FIELDS if (note.pk, field) in texts}


def _shown(note: Note, texts: dict[Where, str]) -> Version:
    told = _told(note, texts)
    return Version(
        note, told.get("body"), timeline.told_in(note.said_by, told), told.get("why", "")
    )


class Amend(Step, NotePage):
    """Sign a new version of one's own note."""

    name = "amend"

    def form(self, data: Any) -> forms.Form:
        """Return the new version."""
        return AmendForm(data, kind=self.newest.kind)

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show it with what others sent meanwhile; that has been seen when this is sent again."""
        self.__dict__.pop("versions", None)
        form = wrong.get("amend")
        if (
            form is not None
            and "over" in form.cleaned_data
            and set(form.errors) == {NON_FIELD_ERRORS}
        ):
            form.data = {**dict(form.data.items()), "over": self.newest.version}
        return super().page(**wrong)

    def act(self, **entered: Any) -> str:
        """Sign it."""
        note = actions.amend_note(
            self.newest,
            by=self.person,
            over=entered["over"],
            why=entered["why"],
            text=entered["text"],
            told=entered["told"],
            now=self.now,
            opener=self.opener,
        )
        return f"Signed as version {note.version}. The earlier ones stay below it."


class KeepDraft(Step, TimelineSection):
    """Keep what is begun in the composer, for whoever wrote it alone."""

    name = "entry"

    def form(self, data: Any) -> forms.Form:
        """Return what is written, whatever is missing."""
        return DraftForm(data)

    def act(self, **entered: Any) -> str:
        """Keep it."""
        if self.opener is None:
            raise RuleError(LOCKED)
        actions.keep_draft(
            self.case, by=self.person, words=entered, now=self.now, opener=self.opener
        )
        return "Kept as a draft. Nobody but you sees it, and nothing is signed yet."


class DropDraft(Step, TimelineSection):
    """Discard what was kept."""

    name = "drop"

    def form(self, data: Any) -> forms.Form:
        """Return nothing but the act."""
        return AgainForm(data)

    def act(self, **entered: Any) -> str:  # noqa: ARG002 - nothing is entered
        """Discard it."""
        actions.drop_draft(self.case, by=self.person)
        return "The draft is discarded."

    def done(self, form: forms.Form) -> HttpResponse:  # noqa: ARG002 - what stands in it is discarded
        """Lead back: what stands in the composer was the draft."""
        return redirect(self.onward())
