"""What is looked for among policies."""

from django import forms


class SearchForm(forms.Form):
    """Words, and a day."""

    q = forms.CharField(
        label="Words in the title or summary",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    on = forms.DateField(
        label="In force on",
        help_text="Today, if you leave it empty.",
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": "This is no date. Write it as 2026-03-16. What is in force today is shown."
        },
    )
