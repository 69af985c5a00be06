"""What is asked on the pages of insight."""

from collections.abc import Iterable

from django import forms

from audits.rules.periods import Period
from ledger.verbs import Verb


class ReportForm(forms.Form):
    """Which report is wanted."""

    period = forms.ChoiceField(
        label="Period",
        help_text="Periods are released when nothing in them changes any more.",
        error_messages={"invalid_choice": "This period is not released. Choose one from the list."},
    )

    def __init__(self, periods: Iterable[Period], *args: object, **kwargs: object) -> None:
        """Offer the periods that are released."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # passed on as they came
        field = self.fields["period"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(period.code, period.label) for period in periods]


class SearchForm(forms.Form):
    """Which entries of the ledger are looked for."""

    verb = forms.ChoiceField(
        label="What happened",
        required=False,
        choices=[("", "Anything"), *Verb.choices],
        error_messages={
            "invalid_choice": "The ledger knows no such act. Choose one from the list."
        },
    )
    subject = forms.CharField(
        label="To what",
        required=False,
        max_length=60,
        help_text="As the entry writes it, such as case:3f2a… in full.",
    )
    # by its own random name: a place in the ledger would show by its gaps what is hidden
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)
