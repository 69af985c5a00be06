"""What a questionnaire of the office asks beside the story, as a page of the door."""

from typing import Any, Self

from django import forms
from django.utils.datastructures import MultiValueDict

from cases.forms.intake.questions import Answers, Question, too_long
from cases.rules import NARRATIVE_MAX
from common.fields import PARTS, PartialDate
from questionnaires.forms.asking import ASKED, AskedForm, asking, input_names
from questionnaires.models import FormVersion


class MoreForm(AskedForm, Question):
    """The questions of one version that are asked with the answers so far."""

    @classmethod
    def typed(cls, posted: "MultiValueDict[str, str]") -> Answers:
        """Return what was typed into the questions that stood on the page.

        What stood not on it keeps its answer: it may be asked again.
        """
        on_it = set(posted.getlist(ASKED))
        names = [
            name for one in cls.sheet.questions if one.key in on_it for name in input_names(one)
        ]
        return {
            name: [value.replace("\r\n", "\n") for value in posted.getlist(name)] for name in names
        }

    @classmethod
    def shown(cls, answers: Answers) -> Self:
        """Return the page with its answers as they were typed, unchecked."""
        form = cls()
        form.ask(answers)
        for name, field in form.fields.items():
            if isinstance(field, PartialDate):
                form.initial[name] = ["".join(answers.get(f"{name}_{part}", ())) for part in PARTS]
            elif isinstance(field, forms.MultipleChoiceField):
                form.initial[name] = answers.get(name, [])
            else:
                form.initial[name] = "".join(answers.get(name, [])[:1])
        return form

    def clean(self) -> dict[str, Any]:
        """Refuse what is too long as a whole."""
        given = super().clean()
        texts = {name: one for name, one in given.items() if isinstance(one, str)}
        over = sum(map(len, texts.values())) - NARRATIVE_MAX
        if over > 0 and not self.errors:
            self.add_error(
                max(texts, key=lambda name: len(texts[name])), too_long(over, NARRATIVE_MAX)
            )
        return given


def more(form: FormVersion) -> type[MoreForm]:
    """Return the page of a version."""
    return asking(form, MoreForm)
