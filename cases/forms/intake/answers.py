"""From the answers of all pages to what is filed, and who reads it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms

from cases import access
from cases.actions import Filing, Identity
from cases.forms.intake.facts import (
    DangerForm,
    KindForm,
    KnownForm,
    PeopleForm,
    TopicForm,
    WhenForm,
    YouForm,
)
from cases.forms.intake.later import FilesForm, ReplyForm
from cases.forms.intake.more import more
from cases.forms.intake.questions import Answers, Question
from cases.forms.intake.stories import STORIES
from cases.lifecycle import Kind, Mode
from cases.rules import MORE
from people.models import Person
from questionnaires.models import FormVersion

PAGES: dict[str, type[Question]] = {
    "kind": KindForm,
    "topic": TopicForm,
    "when": WhenForm,
    "danger": DangerForm,
    "people": PeopleForm,
    "known": KnownForm,
    "you": YouForm,
    "files": FilesForm,
}


def page(step: str, kind: str, form: FormVersion | None = None) -> type[Question]:
    """Return the page of a step; `form` is the questionnaire that is asked, here and below."""
    if step == MORE and form is not None:
        return more(form)
    return STORIES[kind] if step == "story" else PAGES[step]


def steps(answers: Mapping[str, list[str]], form: FormVersion | None = None) -> list[str]:
    """Return the steps that these answers lead through; who you are only if you are known."""
    you = [] if answers.get("mode") == [Mode.ANONYMOUS] else ["you"]
    asked = [MORE] if form is not None else []
    first = ["kind", "story", "topic", *asked, "when", "danger", "people", "known"]
    return [*first, *you, "files"]


def incomplete(answers: Answers, kind: str, form: FormVersion | None = None) -> str | None:
    """Return the first step whose answers need another look, or None."""
    found = (
        step for step in steps(answers, form) if not page(step, kind, form).of(answers).is_valid()
    )
    return next(found, None)


def filing(answers: Answers, kind: str, form: FormVersion | None = None) -> Filing:
    """Return what complete answers file; without those to questions that were not asked."""
    given: dict[str, Any] = {}
    for step in steps(answers):
        shown = page(step, kind).of(answers)
        shown.is_valid()
        given |= shown.cleaned_data
    story = STORIES[kind].of(answers)
    story.is_valid()
    is_known = given["mode"] != Mode.ANONYMOUS
    beside = {"happened_on": given["happened_on"]}
    return Filing(
        kind=Kind(kind),
        category=given["category"],
        mode=Mode(given["mode"]),
        narrative=story.narrative(),
        about=given["about"],
        excluded=tuple(given["excluded"]),
        unit=given["unit"],
        in_danger=given["in_danger"] == "yes",
        identity=Identity(given["name"], given["contact"]) if is_known else None,
        notify=given["notify"] if is_known else "",
        answers={**story.parts(), **beside, **_more(answers, form)},
        form=form,
    )


def _more(answers: Answers, form: FormVersion | None) -> dict[str, object]:
    """Return the answers to the questionnaire under their name, checked; nothing without one."""
    if form is None:
        return {}
    asked = more(form).of(answers)
    asked.is_valid()
    return {MORE: asked.answers}


def _heard(answers: Answers, about: str, kind: str, form: FormVersion | None) -> access.Heard:
    story = STORIES[kind].of(answers)
    story.is_valid()
    return access.heard(about, story.narrative(), _more(answers, form), form)


def readers(
    answers: Answers, kind: str, form: FormVersion | None = None, *, since: date
) -> access.Readers | None:
    """Return who reads what is sent with these answers on a day; None where they do not hold."""
    people = PeopleForm.of(answers)
    if not people.is_valid():
        return None
    names, words = _heard(answers, people.cleaned_data["about"], kind, form)
    return people.readers(words, names=names, since=since)


def unsure(answers: Answers, kind: str, form: FormVersion | None = None) -> list[Person]:
    """Return who of the trusted these answers may mean by half a name, which keeps nobody away."""
    people = PeopleForm.of(answers)
    if not people.is_valid():
        return []
    given = people.cleaned_data
    names, words = _heard(answers, given["about"], kind, form)
    return access.unsure_in(words, access.subjects_in(names, given["excluded"], words))


def labels() -> dict[str, str]:
    """Return the label of every input in which somebody writes in their own words."""
    pages: Iterable[type[Question]] = [*STORIES.values(), PeopleForm, YouForm, ReplyForm]
    found: dict[str, str] = {}
    for form in pages:
        for name, field in form().fields.items():
            if isinstance(field, forms.CharField):
                found[name] = str(field.label)
    return found
