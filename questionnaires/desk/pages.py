"""The pages of questionnaires: their list, the editor of one, its preview, what has changed."""

from typing import Any, NamedTuple

from django import forms
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from common.languages import LANGUAGES
from questionnaires import actions
from questionnaires.access import KEEPERS
from questionnaires.forms.asking import ASKED, AskedForm, asking
from questionnaires.forms.editing import NameForm, QuestionForm, ScopeForm, SectionForm
from questionnaires.lifecycle import State
from questionnaires.models import FormVersion, Questionnaire
from questionnaires.parts import Offer, offer
from questionnaires.rules import Flaw, Question, compare, in_words
from questionnaires.rules.comparing import when_asked
from safes.desk.base import Page, Step

WHO = frozenset(KEEPERS)


class Line(NamedTuple):
    """A questionnaire in the list: what is asked now, of whom, and what is drafted."""

    form: Questionnaire
    newest: FormVersion | None
    draft: FormVersion | None
    asked_of: str


class FormsPage(Step):
    """The list, on which a new questionnaire is made."""

    roles = WHO
    name = "making"

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the list."""
        return self.page()

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show every questionnaire with its newest version and its draft."""
        published = FormVersion.objects.published().order_by("questionnaire", "-n")
        newest = {one.questionnaire_id: one for one in published.distinct("questionnaire")}
        drafts = FormVersion.objects.filter(state=State.DRAFT).select_related("made_by")
        drafted = {one.questionnaire_id: one for one in drafts}
        known = Questionnaire.objects.order_by(F("retired_at").asc(nulls_first=True), "name")
        told = offer()
        return self.show(
            "questionnaires/forms.html",
            lines=[
                Line(
                    one, newest.get(one.pk), drafted.get(one.pk), of_whom(newest.get(one.pk), told)
                )
                for one in known
            ],
            form=wrong.get("making"),
            making=wrong.get("making") or NameForm(),
        )

    def address(self) -> str:
        """Return where the list is, or the questionnaire that was just made."""
        made = self.__dict__.get("made")
        return reverse("setup:form", args=[made]) if made else reverse("setup:forms")

    def form(self, data: Any) -> forms.Form:
        """Return what it is called."""
        return NameForm(data)

    def act(self, **entered: Any) -> str:
        """Make it."""
        version = actions.make_form(by=self.person, now=self.now, **entered)
        self.made = version.questionnaire.code
        return (
            "The questionnaire is made. Add what it asks; nobody is asked before it is published."
        )


def of_whom(version: FormVersion | None, offered: Offer) -> str:
    """Return of whom a version is asked, in words."""
    if version is None:
        return ""
    kinds, categories = dict(offered.kinds), dict(offered.categories)
    of = kinds.get(version.kind, version.kind) or "Every kind of concern"
    about = ", ".join(categories.get(code, code) for code in version.categories)
    return f"{of}: {about}" if about else f"{of}, about every topic"


class Row(NamedTuple):
    """A question in the editor: when it is asked, and what is wrong with it."""

    question: Question
    when: str
    flaws: list[str]


class FormFrame(Page):
    """The editor of one questionnaire."""

    roles = WHO

    @cached_property
    def questionnaire(self) -> Questionnaire:
        """Return which one it is."""
        return get_object_or_404(Questionnaire, code=self.kwargs["code"])

    @cached_property
    def versions(self) -> list[FormVersion]:
        """Return its versions, the newest first."""
        found = self.questionnaire.versions.order_by("-n").select_related("made_by", "published_by")
        return list(found)

    @property
    def published(self) -> list[FormVersion]:
        """Return the versions that were published, the newest first."""
        return [one for one in self.versions if one.state == State.PUBLISHED]

    @property
    def pending(self) -> FormVersion | None:
        """Return the version that is drafted."""
        return next((one for one in self.versions if one.state == State.DRAFT), None)

    @property
    def draft(self) -> FormVersion:
        """Return the draft on which something is done, or the last version, which refuses it."""
        return self.pending or self.versions[0]

    @cached_property
    def offered(self) -> Offer:
        """Return of what a questionnaire can be asked."""
        return offer()

    @cached_property
    def shown(self) -> FormVersion:
        """Return the version that is looked at: the one asked for, the draft, or the newest."""
        return self.one_of("version") or self.pending or [*self.published, *self.versions][0]

    def one_of(self, name: str) -> FormVersion | None:
        """Return the version whose number the address gives under a name, or nothing."""
        asked = self.request.GET.get(name, "")
        found = next((one for one in self.versions if str(one.n) == asked), None)
        if asked and found is None:
            raise Http404
        return found

    def address(self) -> str:
        """Return where the editor is."""
        return reverse("setup:form", args=[self.questionnaire.code])

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show what a version asks, with what may be done with it."""
        shown = self.shown
        sheet, is_editing = shown.sheet, shown.state == State.DRAFT
        flaws = actions.flaws_of(shown) if is_editing else []
        key, n = self.kwargs.get("key", ""), self.kwargs.get("n")
        heading = sheet.sections[n - 1] if n and 1 <= n <= len(sheet.sections) else None
        return self.show(
            "questionnaires/form.html",
            questionnaire=self.questionnaire,
            version=shown,
            versions=self.versions,
            newest=next(iter(self.published), None),
            open=self.pending,
            before=next((one for one in self.published if one.n < shown.n), None),
            asked_of=of_whom(shown, self.offered),
            written_in=dict(LANGUAGES).get(shown.language, shown.language),
            sections=[(one, self._rows(one.questions, flaws)) for one in sheet.sections],
            flaws=[flaw.says for flaw in flaws],
            is_editing=is_editing,
            may_publish=self.person.pk not in shown.hands,
            here=sheet.question(key),
            heading=n if heading else None,
            scope=wrong.get("scope") or ScopeForm(offer=self.offered, sheet=sheet),
            section=wrong.get("section")
            or SectionForm(
                initial={"title": heading.title, "intro": heading.intro} if heading else {},
                auto_id="section_%s",
            ),
            question=wrong.get("question") or QuestionForm.shown(sheet, key),
            form=next(iter(wrong.values()), None),
        )

    def _rows(self, questions: tuple[Question, ...], flaws: list[Flaw]) -> list[Row]:
        sheet = self.shown.sheet
        return [
            Row(
                one,
                when_asked(one.shown_if, sheet) if one.shown_if else "",
                [flaw.says for flaw in flaws if flaw.key == one.key],
            )
            for one in questions
        ]


class FormPage(FormFrame):
    """The page of a questionnaire."""


class PreviewPage(FormFrame):
    """A version as the door asks it; what is typed here is kept nowhere."""

    def page(self, **_wrong: forms.Form) -> HttpResponse:
        """Show it unanswered."""
        return self._answered(asking(self.shown, AskedForm)())

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show what would be asked next, what is wrong, or what the office would read."""
        form = asking(self.shown, AskedForm)(request.POST)
        opens = form.opens(request.POST.getlist(ASKED))
        if opens or not form.is_valid():
            return self._answered(form, opened=opens and form.is_valid())
        said = {one.key: words for one, words in in_words(form.sheet.sections, form.answers)}
        read = [(one.label, said.get(one.key, "")) for one in form.asked]
        return self._answered(form, read=read)

    def _answered(self, form: AskedForm, **told: object) -> HttpResponse:
        return self.show(
            "questionnaires/preview.html",
            questionnaire=self.questionnaire,
            version=self.shown,
            asked_of=of_whom(self.shown, self.offered),
            sheet=form,
            form=form if form.is_bound and not form.is_valid() else None,
            **told,
        )


class ComparePage(FormFrame):
    """What one version asks otherwise than another."""

    def page(self, **_wrong: forms.Form) -> HttpResponse:
        """Show the differences between two versions: the ones asked for, or the last two."""
        now = self.one_of("now") or self.versions[0]
        before = next((one for one in self.published if one.n < now.n), now)
        was = self.one_of("was") or before
        return self.show(
            "questionnaires/compare.html",
            questionnaire=self.questionnaire,
            versions=self.versions,
            was=was,
            compared=now,
            changes=compare(was.sheet, now.sheet),
        )
