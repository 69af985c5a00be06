"""What the office enters about a questionnaire: its name, its sections and questions, decisions."""

from collections.abc import Iterable
from typing import Any, Self

from django import forms

from common.errors import RuleError
from common.languages import LANGUAGES
from questionnaires.models import CODE_MAX
from questionnaires.parts import Offer
from questionnaires.rules import CHOOSABLE, WRITTEN, Condition, Option, Question, Sheet, Sort
from questionnaires.rules.editing import options_from
from questionnaires.rules.sheets import HINT_MAX, INTRO_MAX, LABEL_MAX, TITLE_MAX


class SeenForm(forms.Form):
    """What every form on a draft carries: what it said when the page was made."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class NameForm(forms.Form):
    """A new questionnaire."""

    name = forms.CharField(
        label="Name",
        help_text="As the office speaks of it: “Coercion”. Who answers does not see it.",
        max_length=120,
        error_messages={"required": "Give the questionnaire a name."},
    )
    code = forms.SlugField(
        label="Code",
        help_text="Small letters, digits and hyphens. It cannot change later.",
        max_length=CODE_MAX,
        error_messages={
            "required": "Give the questionnaire a code.",
            "invalid": "Use letters, digits and hyphens alone, such as coercion.",
        },
    )


class ScopeForm(SeenForm):
    """Of whom it is asked, and in which language."""

    kind = forms.ChoiceField(label="Asked with", required=False)
    categories = forms.MultipleChoiceField(
        label="And only about",
        help_text="Tick none, and it is asked about every topic.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(
        label="Written in",
        help_text="The language of your own words. The rest of the pages stays English.",
        choices=LANGUAGES,
    )

    def __init__(self, data: Any = None, *, offer: Offer, sheet: Sheet, **kwargs: Any) -> None:
        initial = {
            "kind": sheet.kind,
            "categories": list(sheet.categories),
            "language": sheet.language,
        }
        super().__init__(data, initial=initial, auto_id="scope_%s", **kwargs)
        kind, categories = self.fields["kind"], self.fields["categories"]
        if isinstance(kind, forms.ChoiceField) and isinstance(categories, forms.ChoiceField):
            kind.choices = [("", "Every kind of concern"), *offer.kinds]
            categories.choices = offer.categories


class SectionForm(SeenForm):
    """The heading of some questions."""

    title = forms.CharField(
        label="Heading",
        max_length=TITLE_MAX,
        error_messages={"required": "Give the section a heading."},
    )
    intro = forms.CharField(
        label="A word before it",
        help_text="Shown under the heading. You may leave it empty.",
        max_length=INTRO_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class QuestionForm(SeenForm):
    """One question."""

    label = forms.CharField(
        label="Question",
        help_text="As you would ask it aloud, without blame.",
        max_length=LABEL_MAX,
        error_messages={"required": "Write the question."},
    )
    hint = forms.CharField(
        label="Hint",
        help_text="One sentence below it, if it needs one.",
        max_length=HINT_MAX,
        required=False,
    )
    sort = forms.TypedChoiceField(label="Answer", choices=Sort, coerce=Sort)
    options = forms.CharField(
        label="Answers to choose from",
        help_text="One a line. Only where there is something to choose; yes and no are there.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_required = forms.BooleanField(label="It has to be answered", required=False)
    names_people = forms.BooleanField(
        label="It asks for names",
        help_text="Then half a name is enough to keep somebody away. A full name always is.",
        required=False,
    )
    section = forms.TypedChoiceField(label="Section", coerce=int)
    shown_if = forms.MultipleChoiceField(
        label="Ask it only if",
        help_text="Tick the answers to one question before it. Tick none, and it is always asked.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, sheet: Sheet, key: str = "", **kwargs: Any) -> None:
        """Begin with the question that has this key, or an empty one for the last section."""
        self.sheet, self.before = sheet, sheet.question(key)
        super().__init__(data, initial=_filled(sheet, self.before), auto_id="q_%s", **kwargs)
        section, hangs = self.fields["section"], self.fields["shown_if"]
        if isinstance(section, forms.ChoiceField) and isinstance(hangs, forms.ChoiceField):
            section.choices = [
                (n, f"{n}. {one.title}") for n, one in enumerate(sheet.sections, start=1)
            ]
            hangs.choices = list(_answers_before(sheet, key))
        if not self.fields["shown_if"].choices:  # type: ignore[attr-defined] # a choice field
            del self.fields["shown_if"]

    def clean_shown_if(self) -> Condition | None:
        """Return on which question it hangs, or refuse more than one."""
        ticked = [value.split(":", 1) for value in self.cleaned_data["shown_if"]]
        keys = {key for key, _ in ticked}
        if len(keys) > 1:
            msg = "Tick answers to one question alone. Yours are kept here."
            raise forms.ValidationError(msg)
        return Condition(keys.pop(), tuple(code for _, code in ticked)) if keys else None

    def clean(self) -> dict[str, Any]:
        """Read the answers that are offered; what this kind of answer does not have is left out."""
        data = super().clean() or {}
        offered = data.get("options", "") if data.get("sort") in CHOOSABLE - {Sort.YES_NO} else ""
        try:
            data["options"] = options_from(offered, self.before.options if self.before else ())
        except RuleError as error:
            self.add_error("options", str(error))
        return data

    @property
    def question(self) -> Question:
        """Return what was entered."""
        data = self.cleaned_data
        options: tuple[Option, ...] = data["options"]
        return Question(
            key=self.before.key if self.before else "",
            sort=data["sort"],
            label=data["label"],
            hint=data["hint"],
            is_required=data["is_required"],
            names_people=data["names_people"] and data["sort"] in WRITTEN,
            options=options,
            shown_if=data.get("shown_if"),
        )

    @classmethod
    def shown(cls, sheet: Sheet, key: str = "") -> Self:
        """Return the form unfilled, or with a question that stands."""
        return cls(sheet=sheet, key=key)


def _filled(sheet: Sheet, question: Question | None) -> dict[str, Any]:
    if question is None:
        return {"section": len(sheet.sections), "sort": Sort.TEXT}
    hangs = question.shown_if
    at = next(n for n, one in enumerate(sheet.sections, start=1) if question in one.questions)
    return {
        "label": question.label,
        "hint": question.hint,
        "sort": question.sort,
        "options": "\n".join(one.label for one in question.options),
        "is_required": question.is_required,
        "names_people": question.names_people,
        "section": at,
        "shown_if": [f"{hangs.key}:{code}" for code in hangs.codes] if hangs else [],
    }


def _answers_before(sheet: Sheet, key: str) -> Iterable[tuple[str, str]]:
    """Return the answers to questions before one, each with what it is an answer to."""
    for question in sheet.questions:
        if question.key == key:
            return
        for option in question.offered:
            yield f"{question.key}:{option.code}", f"“{question.label}” is {option.label}"


class MoveForm(SeenForm):
    """What is done with a section or question that stands."""

    what = forms.ChoiceField(choices=[(one, one) for one in ("keep", "up", "down", "remove")])


class DecideForm(SeenForm):
    """What becomes of a draft."""

    what = forms.ChoiceField(choices=[(one, one) for one in ("publish", "discard")])
