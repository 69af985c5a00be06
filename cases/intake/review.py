"""What was answered, question by question, to be looked over before it is sent."""

import calendar
from dataclasses import dataclass

from django import forms as django_forms

from cases.forms import intake as forms
from cases.forms.intake import Answers, MoreForm
from common.fields import PartialDate
from questionnaires.models import FormVersion
from questionnaires.rules import in_words

MONTH, DAY = 2, 3


@dataclass(frozen=True)
class Row:
    """One question, its answer, and the step on which it is changed."""

    step: str
    question: str
    answer: str


def rows(
    answers: Answers, kind: str, asked: FormVersion | None = None, *, is_outside: bool = False
) -> list[Row]:
    """Return every question that was asked, but for files; outside nobody is asked of staff."""
    found: list[Row] = []
    for step in forms.steps(answers, asked):
        form = forms.page(step, kind, asked).of(answers)
        form.is_valid()
        if isinstance(form, MoreForm):
            found += _rows_of(step, form)
            continue
        found += [
            Row(step, str(field.label), _in_words(field, form.cleaned_data.get(name)))
            for name, field in form.fields.items()
            if not isinstance(field, django_forms.FileField)
            and not (is_outside and name == "excluded")
        ]
    return found


def _rows_of(step: str, form: MoreForm) -> list[Row]:
    """Return what a questionnaire asks, as it is called in its version."""
    said = {one.key: words for one, words in in_words(form.sheet.sections, form.answers)}
    return [Row(step, one.label, said.get(one.key, "")) for one in form.asked]


def _in_words(field: django_forms.Field, value: object) -> str:
    if isinstance(field, django_forms.ModelMultipleChoiceField):
        return ", ".join(str(one) for one in value) if value else ""  # type: ignore[attr-defined] # a queryset
    if isinstance(field, PartialDate):
        return _date_in_words(str(value or ""))
    if isinstance(field, django_forms.ModelChoiceField):
        return str(value or "")
    if isinstance(field, django_forms.ChoiceField):
        labels = [label for key, label in field.widget.choices if key == value]
        return str(labels[0]) if labels else ""
    return str(value or "")


def _date_in_words(known: str) -> str:
    """Return `14 October 2026`, `October 2026` or `2026`."""
    parts = known.split("-")
    words = [parts[0]] if known else []
    if len(parts) >= MONTH:
        words.insert(0, calendar.month_name[int(parts[1])])
    if len(parts) == DAY:
        words.insert(0, str(int(parts[2])))
    return " ".join(words)
