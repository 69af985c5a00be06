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
from cases.forms.intake.questions import Answers, Question
from cases.forms.intake.stories import STORIES
from cases.lifecycle import Kind, Mode
from people.models import Person

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


def page(step: str, kind: str) -> type[Question]:
    """Return the page of a step."""
    return STORIES[kind] if step == "story" else PAGES[step]


def steps(answers: Mapping[str, list[str]]) -> list[str]:
    """Return the steps that these answers lead through; who you are only if you are known."""
    you = [] if answers.get("mode") == [Mode.ANONYMOUS] else ["you"]
    return ["kind", "story", "topic", "when", "danger", "people", "known", *you, "files"]


def incomplete(answers: Answers, kind: str) -> str | None:
    """Return the first step whose answers need another look, or None."""
    found = (step for step in steps(answers) if not page(step, kind).of(answers).is_valid())
    return next(found, None)


def filing(answers: Answers, kind: str) -> Filing:
    """Return what complete answers file; without those to questions that were not asked."""
    given: dict[str, Any] = {}
    for step in steps(answers):
        form = page(step, kind).of(answers)
        form.is_valid()
        given |= form.cleaned_data
    story = STORIES[kind].of(answers)
    story.is_valid()
    is_known = given["mode"] != Mode.ANONYMOUS
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
        answers={**story.parts(), "happened_on": given["happened_on"]},
    )


def readers(answers: Answers, kind: str, *, since: date) -> access.Readers | None:
    """Return who reads what is sent with these answers on a day; None where they do not hold."""
    people, story = PeopleForm.of(answers), STORIES[kind].of(answers)
    if not people.is_valid():
        return None
    story.is_valid()
    return people.readers(story.narrative(), since=since)


def unsure(answers: Answers, kind: str) -> list[Person]:
    """Return who of the trusted these answers may mean by half a name, which keeps nobody away."""
    people, story = PeopleForm.of(answers), STORIES[kind].of(answers)
    if not people.is_valid():
        return []
    story.is_valid()
    given, narrative = people.cleaned_data, story.narrative()
    subjects = access.subjects_in(given["about"], given["excluded"], narrative)
    return access.unsure_in(narrative, subjects)


def labels() -> dict[str, str]:
    """Return the label of every input in which somebody writes in their own words."""
    pages: Iterable[type[Question]] = [*STORIES.values(), PeopleForm, YouForm, ReplyForm]
    found: dict[str, str] = {}
    for form in pages:
        for name, field in form().fields.items():
            if isinstance(field, forms.CharField):
                found[name] = str(field.label)
    return found
