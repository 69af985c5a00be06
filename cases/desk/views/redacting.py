"""Make a redacted copy: choose a document, mark what goes, look at what is left, have it made."""

import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions, rules
from cases.access import Paper
from cases.actions.redacting import LOCKED, PLAN
from cases.desk.views import material
from cases.desk.views.case import CasePage
from cases.forms.desk import RedactForm, RedactPagesForm, RedactTextForm
from cases.lifecycle import Deed, Document, Ground, PartyRole
from cases.models import Redaction
from cases.rules.redaction import YOUNGEST, Suggestion, forms_of, pieces, sentences, suggested
from common import days
from common.errors import RuleError
from files.rules.finding import folded
from people.models import Person
from safes.access import Where
from safes.desk.base import Step

# in letters: what is longer would be a page of thousands of choices
LONGEST = 60_000
# sentences and suggestions together: a form of more than a thousand fields is refused as a whole
MOST = 950
# the most that one letter takes in UTF-8
_BYTES = 4
TOO_LONG = (
    "This is too long to be marked sentence by sentence. Print it to a PDF, add that to the case, "
    "and take out of it."
)
NAME, ASKED = "name", "of"


class OfRedacting(CasePage):
    """A page about redacted copies, for who works on the case: also once it is closed."""

    section = "files"

    @cached_property
    def papers(self) -> list[Paper]:
        """Return what a copy can be made of."""
        return access.papers(self.case, self.person)

    def words_of(self, paper: Paper) -> str | None:
        """Return what stands in a document, or None where it cannot be opened."""
        if paper.attachment is not None:
            return self._content(paper)
        texts = self.open([(paper.row, field) for field in paper.fields])
        told = partial(self._told, texts, paper.row)
        match paper.document:
            case Document.CONCERN:
                narrative = told("narrative")
                asked = material.answers_in(
                    texts.get((paper.row, "answers")),
                    narrative,
                    paper.concern.form if paper.concern else None,
                )
                about = told("about")
                parts = [narrative, f"Who it is about\n{about}" if about else ""]
                parts += [f"{question}\n{said}" for question, said in asked]
            case Document.STATEMENT:
                parts = [f"Put to them\n{told('put')}", f"What they answered\n{told('given')}"]
            case Document.NOTE:
                said = " to ".join(filter(None, [told("speaker"), told("to_whom")]))
                parts = [f"{said}:" if said else "", told("body")]
            case _:
                parts = [told(paper.fields[0])]
        return "\n\n".join(filter(None, parts)) if texts else None

    @staticmethod
    def _told(texts: dict[Where, str], row: UUID, field: str) -> str:
        return texts.get((row, field), "")

    def _content(self, paper: Paper) -> str | None:
        """Return the clean copy of a text, its reading recorded."""
        if self.opener is None or paper.attachment is None or paper.is_paged:
            return None
        try:
            found = actions.read_file(
                paper.attachment, by=self.person, opener=self.opener, now=self.now
            )
        except RuleError:
            return None
        if found.size > LONGEST * _BYTES:
            # as good as all of it: it is told to be too long, and none of it is shown
            return " " * (LONGEST + 1)
        return b"".join(found.read()).decode()

    def names(self, text: str) -> Iterator[tuple[str, Ground, str]]:
        """Yield whose names may stand in a document: parties, the reporter, who works here."""
        parties = list(self.case.parties.order_by("added_at", "pk"))
        reporters = [place for one in self.concerns for place in material.source_places(one)]
        texts = self.open([*((one.pk, NAME) for one in parties), *reporters])
        for place in reporters:
            told: dict[str, str] = json.loads(texts.get(place, "{}"))
            if name := told.get("name", ""):
                yield name, Ground.REPORTER, "The reporter"
        for party in parties:
            if name := texts.get((party.pk, NAME), ""):
                ground = Ground.WITNESS if party.role == PartyRole.WITNESS else Ground.PERSONAL
                yield name, ground, f"A party: {party.get_role_display().lower()}"
        yield from _staff_in(text)

    @property
    def born_before(self) -> int:
        """Return in which year or later nobody was born whom a date could be of."""
        return days.day_of(self.now).year - YOUNGEST


def _staff_in(text: str) -> Iterator[tuple[str, Ground, str]]:
    """Yield who works here and is named in a text: in full, and by what may be half a name."""
    if not text:
        return
    for person in access.called(text):
        yield person.name, Ground.PERSONAL, "Works here"
    words = rules.like_names([text])
    bearers = Person.objects.active().bearing(words).names() if words else {}
    for word in rules.hinted_in([text], bearers):
        yield word.capitalize(), Ground.PERSONAL, "May be somebody who works here"


class RedactPage(OfRedacting):
    """What a copy can be made of; of one document, what can go, and what it becomes then."""

    template = "cases/desk/redact.html"

    def address(self) -> str:
        """Return where it is."""
        return reverse("desk:redact", args=[self.case.ref])

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show it to whoever works on the case."""
        access.require_deed(self.person, self.case, Deed.REDACT)
        return super().page(**wrong)

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show what the copy becomes: Enter in a field does no more."""
        return self.page(redact=self.marks(self.request.POST))

    @cached_property
    def paper(self) -> Paper | None:
        """Return the document of this address; foreign and absent give the same answer."""
        asked = self.request.POST.get(ASKED) or self.request.GET.get(ASKED)
        if not asked:
            return None
        found = next((one for one in self.papers if one.key == asked), None)
        if found is None:
            raise Http404
        return found

    @cached_property
    def text(self) -> str | None:
        """Return what stands in the document, as far as it is text and can be opened."""
        return self.words_of(self.paper) if self.paper is not None else None

    @cached_property
    def known(self) -> list[tuple[str, Ground, str]]:
        """Return whose names may stand in it."""
        return list(self.names(self.text or ""))

    def marks(self, data: Any) -> RedactForm:
        """Return what can go of the document."""
        if self.paper is None:
            raise Http404
        initial = {ASKED: self.paper.key, **self._entered()}
        shared: dict[str, Any] = {"auto_id": "redact_%s", "initial": initial}
        if self.paper.is_paged:
            return RedactPagesForm(data, suggestions=self.offered, **shared)
        text = self.text or ""
        return RedactTextForm(data, suggestions=self.offered, text=text, **shared)

    @cached_property
    def offered(self) -> list[Suggestion]:
        """Return what may have to go."""
        if self.paper is not None and self.paper.is_paged:
            return list(_likely(self.known))
        return suggested(self.text or "", self.known, born_before=self.born_before)

    def _entered(self) -> dict[str, Any]:
        """Return what was entered for the copy from which this one begins."""
        asked = self.request.GET.get("from", "")
        if not asked.isdecimal() or self.paper is None:
            return {}
        before = Redaction.objects.filter(case=self.case, n=int(asked), row=self.paper.row).first()
        if before is None:
            return {}
        place = (before.pk, PLAN)
        told: dict[str, Any] = json.loads(self.open([place]).get(place, "{}"))
        return dict(told.get("entered", {}))

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:  # noqa: ARG002 - its own words are opened where they are needed
        """Return the documents, or one of them with the form and what it becomes."""
        if self.paper is None:
            names = self.open([(one.row, NAME) for one in self.papers if one.attachment])
            listed = [(one, names.get((one.row, NAME), "")) for one in self.papers]
            return {"papers": listed, "paper": None}
        can_read = self.opener is not None and (self.paper.is_paged or self.text is not None)
        text = self.text or ""
        is_long = len(text) > LONGEST or len(sentences(text)) + len(self.offered) > MOST
        can_do = can_read and self.paper.can_be_redacted and not is_long
        form = wrong.get("redact") or (self.marks(None) if can_do else None)
        return {
            "paper": self.paper,
            "can_do": can_do,
            "is_long": is_long,
            "too_long": TOO_LONG,
            "redact": form,
            **(self._becomes(form) if isinstance(form, RedactTextForm) else {}),
        }

    def _becomes(self, form: RedactTextForm) -> dict[str, Any]:
        """Return what is left of the text, once somebody asked, and who is still named in it."""
        if not form.is_bound or not form.is_valid() or not (taken := form.taken()):
            return {}
        shown = pieces(self.text or "", taken)
        left = " ¶ ".join(one.text for one in shown if not one.code)
        return {
            "becomes": shown,
            "taken": len(taken),
            "still": suggested(left, self.known, born_before=self.born_before),
        }


def _likely(names: Iterable[tuple[str, Ground, str]]) -> Iterator[Suggestion]:
    """Yield the forms of names to look for in a file; how often they stand there is not known."""
    seen: set[str] = set()
    for name, ground, why in names:
        for words in forms_of(name):
            if (key := folded(words).text) not in seen:
                seen.add(key)
                yield Suggestion(words, 0, ground, why)


class MakeRedacted(Step, RedactPage):
    """Have the copy made."""

    name = "redact"
    made: Redaction | None = None

    def form(self, data: Any) -> forms.Form:
        """Return what goes of the document."""
        return self.marks(data)

    def act(self, **entered: Any) -> str:
        """Make it, or have the cleaner make it."""
        form, paper = self.marks(self.request.POST), self.paper
        if paper is None:
            raise Http404
        form.is_valid()
        wanted = actions.Wanted(
            paper.document, paper.row, entered["purpose"], entered["recipient"], form.entered
        )
        shared: dict[str, Any] = {"by": self.person, "wanted": wanted, "now": self.now}
        if isinstance(form, RedactPagesForm):
            staff = Person.objects.active().names() if entered["staff"] else {}
            order = form.order(staff, born_before=self.born_before)
            self.made = actions.order_redaction(
                self.case, order=order, opener=self.opener, **shared
            )
            return "The cleaner makes it, which takes seconds. Look at every page of it."
        if self.opener is None or self.text is None or not isinstance(form, RedactTextForm):
            raise RuleError(LOCKED)
        self.made = actions.redact_text(
            self.case, text=self.text, taken=form.taken(), opener=self.opener, **shared
        )
        return "Made. Somebody else on the team looks it over before it goes."

    def onward(self) -> str:
        """Return where the copy is."""
        if self.made is None:
            return self.address()
        return reverse("desk:redacted", args=[self.case.ref, self.made.n])
