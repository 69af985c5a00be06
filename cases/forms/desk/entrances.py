"""What is entered about an entrance for outsiders: its words, their language, its questionnaire."""

from typing import Any, Self

from django import forms

from cases.actions import Words
from cases.models import Entrance
from cases.models.entrances import INTRO_MAX, TITLE_MAX
from common.languages import LANGUAGES
from questionnaires.models import FormVersion, Questionnaire


class EntranceForm(forms.Form):
    """What an entrance says and asks. Cleans to `words`."""

    title = forms.CharField(
        label="Heading",
        help_text="What whoever comes in reads first: “For our clients and their families”.",
        max_length=TITLE_MAX,
        error_messages={"required": "Give the entrance a heading. Nothing was changed."},
    )
    intro = forms.CharField(
        label="Introduction",
        help_text="Who may use it, for what, and that they need not fear for the service they get.",
        max_length=INTRO_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    language = forms.ChoiceField(
        label="Written in",
        help_text="The language of these words. The rest of the pages stays English.",
        choices=LANGUAGES,
        initial="en",
    )
    questionnaire = forms.ModelChoiceField(
        label="It asks",
        help_text="A questionnaire that is asked only where an entrance names it.",
        queryset=Questionnaire.objects.none(),
        required=False,
        empty_label="What everybody is asked",
        error_messages={"invalid_choice": "This questionnaire is not asked any more."},
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        field = self.fields["questionnaire"]
        if isinstance(field, forms.ModelChoiceField):
            asked = FormVersion.objects.by_name().values("questionnaire")
            field.queryset = Questionnaire.objects.filter(pk__in=asked).order_by("name")

    @classmethod
    def of(cls, entrance: Entrance, data: Any = None) -> Self:
        """Return the form, begun with what an entrance says now."""
        names = ("title", "intro", "language", "questionnaire")
        return cls(data, initial={name: getattr(entrance, name) for name in names})

    def clean(self) -> dict[str, Any]:
        """Return the words as the actions take them."""
        given = super().clean() or {}
        return given if self.errors else {"words": Words(**given)}


class StateForm(forms.Form):
    """Whether an entrance leads in."""

    what = forms.ChoiceField(
        choices=[("close", "Close it"), ("open", "Open it again")],
        error_messages={"required": "Choose what becomes of it. Nothing was changed."},
    )
