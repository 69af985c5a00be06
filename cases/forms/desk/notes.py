"""What is written on a concern or a case: notes, and messages to the reporter."""

from django import forms

from cases.models import Note

MESSAGE = "message"


class AnswerForm(forms.Form):
    """A message to the reporter."""

    text = forms.CharField(
        label="Message to the reporter",
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "What you want to say or ask"}),
        error_messages={"required": "Write what you want to say. Nothing was sent."},
    )


class EntryForm(forms.Form):
    """One entry of a case's timeline: a signed note, or a message to the reporter."""

    kind = forms.ChoiceField(
        choices=[*Note.Kind.choices, (MESSAGE, "Message to the reporter")],
        initial=Note.Kind.NOTE,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what you are adding.", "invalid_choice": "Choose a kind."},
    )
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "What happened, as it happened"}),
        error_messages={"required": "Write what you want to keep. Nothing was added."},
    )
