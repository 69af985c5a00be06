"""What is chosen for a bundle of a case: for what, for whom, and what is in it."""

from django import forms

from cases.lifecycle.purposes import OF_BUNDLES, Purpose

RECIPIENT_MAX = 200


class BundleForm(forms.Form):
    """What a bundle is for, and what is in it."""

    purpose = forms.TypedChoiceField(
        label="What it is for",
        choices=[(one.value, one.label) for one in OF_BUNDLES],
        coerce=Purpose,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is for. Nothing was made yet."},
    )
    recipient = forms.CharField(
        label="To whom it goes",
        help_text="The court, body or person, as they would write it. Sealed to the team, and on "
        "its title page.",
        max_length=RECIPIENT_MAX,
        error_messages={"required": "Say to whom it goes. Nothing was made yet."},
    )
    has_reporters = forms.BooleanField(
        label="With what reporters told",
        help_text="Their story, messages, files and, if they gave it, their name. Without it, what "
        "the office wrote stands there as it was written, and may still tell of them.",
        required=False,
    )
    has_files = forms.BooleanField(
        label="With the documents",
        help_text="As clean copies. Without them the bundle lists them with their names.",
        required=False,
    )
