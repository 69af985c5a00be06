"""What is done with a questionnaire: its draft, sections and questions, publishing, retiring."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from questionnaires import actions
from questionnaires.desk.pages import FormFrame
from questionnaires.forms.editing import (
    DecideForm,
    MoveForm,
    QuestionForm,
    ScopeForm,
    SectionForm,
)
from questionnaires.rules import Sheet, editing
from safes.desk.base import GuardedStep, Step

WAYS = {"up": -1, "down": 1}


class Draft(Step, FormFrame):
    """Begin the next version."""

    name = "drafting"

    def form(self, data: Any) -> forms.Form:
        """Return nothing to fill."""
        return forms.Form(data)

    def act(self, **entered: Any) -> str:  # noqa: ARG002 - nothing is entered
        """Begin it."""
        version = actions.draft_form(self.questionnaire, by=self.person, now=self.now)
        return f"Version {version.n} is a draft. Change it; nobody is asked it yet."


class Editing(Step, FormFrame):
    """One change of the draft."""

    def change(self, edit: editing.Edit, *, what: str, seen: str) -> None:
        """Change what the draft says by a pure function."""
        actions.change_form(
            self.draft, edit=edit, what=what, seen=seen, by=self.person, now=self.now
        )


class Scope(Editing):
    """Of whom it is asked."""

    name = "scope"

    def form(self, data: Any) -> forms.Form:
        """Return of whom, and in which language."""
        return ScopeForm(data, offer=self.offered, sheet=self.shown.sheet)

    def act(self, **entered: Any) -> str:
        """Change it."""
        categories = tuple(entered["categories"])
        edit = partial(
            editing.with_scope,
            kind=entered["kind"],
            categories=categories,
            language=entered["language"],
        )
        self.change(edit, what="scope", seen=entered["seen"])
        return "It is kept of whom this is asked."


class AddSection(Editing):
    """Add a section at the end."""

    name = "section"

    def form(self, data: Any) -> forms.Form:
        """Return its heading."""
        return SectionForm(data, auto_id="section_%s")

    def act(self, **entered: Any) -> str:
        """Add it."""
        seen = entered.pop("seen")
        self.change(partial(editing.with_section, **entered), what="section_added", seen=seen)
        return "The section is added, at the end."


class OneSection(Editing):
    """A section: the page on which it is changed; moved, or removed."""

    name = "section"

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page with this section open."""
        return self.page()

    def form(self, data: Any) -> forms.Form:
        """Return its heading where that is changed, and else only what is done with it."""
        if data.get("what", "keep") == "keep":
            return SectionForm(data, auto_id="section_%s")
        return MoveForm(data)

    def act(self, **entered: Any) -> str:
        """Do it."""
        n, seen = self.kwargs["n"], entered.pop("seen")
        match entered.pop("what", "keep"):
            case "up" | "down" as way:
                edit = partial(editing.with_section_moved, n=n, by=WAYS[way])
                self.change(edit, what="section_moved", seen=seen)
                return "The section is moved."
            case "remove":
                self.change(
                    partial(editing.without_section, n=n), what="section_removed", seen=seen
                )
                return "The section is removed."
            case _:
                edit = partial(editing.with_section_changed, n=n, **entered)
                self.change(edit, what="section_changed", seen=seen)
                return "The section is kept as you wrote it."


class AddQuestion(Editing):
    """Add a question at the end of a section."""

    name = "question"

    def form(self, data: Any) -> forms.Form:
        """Return the question."""
        self.filled = QuestionForm(data, sheet=self.shown.sheet)
        return self.filled

    def act(self, **entered: Any) -> str:
        """Add it."""
        edit = partial(editing.with_question, question=self.filled.question, n=entered["section"])
        self.change(edit, what="question_added", seen=entered["seen"])
        return "The question is added."


class OneQuestion(Editing):
    """A question: the page on which it is changed; moved, or removed."""

    name = "question"

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page with this question open."""
        return self.page()

    def form(self, data: Any) -> forms.Form:
        """Return the question where it is changed, and else only what is done with it."""
        if data.get("what", "keep") == "keep":
            self.filled = QuestionForm(data, sheet=self.shown.sheet, key=self.kwargs["key"])
            return self.filled
        return MoveForm(data)

    def act(self, **entered: Any) -> str:
        """Do it."""
        key, seen = self.kwargs["key"], entered["seen"]
        match entered.get("what", "keep"):
            case "up" | "down" as way:
                edit = partial(editing.with_question_moved, key=key, by=WAYS[way])
                self.change(edit, what="question_moved", seen=seen)
                return "The question is moved."
            case "remove":
                edit = partial(editing.without_question, key=key)
                self.change(edit, what="question_removed", seen=seen)
                return "The question is removed."
            case _:
                self.change(self._kept(entered["section"]), what="question_changed", seen=seen)
                return "The question is kept as you wrote it."

    def onward(self) -> str:
        """Stay with a question that was moved: it may go on."""
        is_moved = self.request.POST.get("what") in WAYS
        return f"{self.address()}#at-{self.kwargs['key']}" if is_moved else self.address()

    def _kept(self, n: int) -> editing.Edit:
        question = self.filled.question

        def edit(sheet: Sheet) -> Sheet:
            return editing.with_question_changed(sheet, question, n=n)

        return edit


class Decide(GuardedStep, FormFrame):
    """Publish the draft, or discard it."""

    name = "deciding"

    def form(self, data: Any) -> forms.Form:
        """Return what is decided."""
        return DecideForm(data)

    def act(self, **entered: Any) -> str:
        """Decide it."""
        version, by, now = self.draft, self.person, self.now
        if entered["what"] == "publish":
            actions.publish_form(version, seen=entered["seen"], by=by, now=now)
            return (
                f"Version {version.n} is published, and asked from now on. Who began with another "
                "goes on with that."
            )
        actions.discard_form(version, by=by, now=now)
        return f"Version {version.n} is discarded. What it said stays on record."

    def onward(self) -> str:
        """Show what was decided on, also where it is no draft any more."""
        return f"{self.address()}?version={self.draft.n}"


class Retire(GuardedStep, FormFrame):
    """Ask it of nobody any more."""

    name = "retiring"

    def form(self, data: Any) -> forms.Form:
        """Return nothing to fill."""
        return forms.Form(data)

    def act(self, **entered: Any) -> str:  # noqa: ARG002 - nothing is entered
        """Retire it."""
        actions.retire_form(self.questionnaire, by=self.person, now=self.now)
        return "Retired: nobody is asked it any more. What was answered stays readable."

    def onward(self) -> str:
        """Return to the list."""
        return reverse("setup:forms")
