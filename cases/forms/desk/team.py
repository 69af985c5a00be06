"""Who is on a case, whom it is about, who steps off and who takes over."""

from django import forms

from people.forms import Found, Offer, PersonField, one_of_them


class SearchForm(forms.Form):
    """A name, or a part of it."""

    q = forms.CharField(label="Name", required=False, max_length=120)


class SubjectForm(Found):
    """Whom a case is about, out of those who were found."""

    person = one_of_them("Who is it?", so_far="Nobody was named.")


class MemberForm(Offer):
    """Who joins the team."""

    person = PersonField(label="Officer", error_messages={"required": "Choose an officer."})


class AuditorForm(MemberForm):
    """Which auditor may see that the case is there, and when what was done."""

    person = PersonField(label="Auditor", error_messages={"required": "Choose an auditor."})


class RecuseForm(Offer):
    """Stepping off, for good, and who takes over."""

    offered = "to"

    reason = forms.CharField(
        label="Why you step off",
        help_text="It is sealed to those who stay. You will not be able to read it again.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why you step off. Nothing was changed."},
    )
    to = PersonField(
        label="Who takes over",
        help_text=(
            "Whoever leads has to choose. Would you rather not say? Choose the head of the office. "
            "Everybody else may leave it empty: those who stay go on."
        ),
        required=False,
        empty_value=None,
    )


class TakeOverForm(forms.Form):
    """Leading a case instead of somebody, and why."""

    reason = forms.CharField(
        label="Why you take it over",
        help_text=(
            "It is sealed to the team as a decision. While the lead is not here you may leave it "
            "empty."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
