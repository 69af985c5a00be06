"""What is entered at a file: itself, why its original is needed, who gets it, once more."""

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from cases import actions
from cases.forms.uploads import SealedFile
from files.rules.kinds import TAKEN


class AddFileForm(forms.Form):
    """A file that the office adds to a case."""

    file = forms.FileField(
        label="Choose a file",
        help_text=f"{TAKEN}. Up to {settings.UPLOAD_MAX_BYTES // 2**20} MB.",
        allow_empty_file=True,
        error_messages={"required": "Choose a file first. Nothing was added."},
    )

    def clean_file(self) -> UploadedFile:
        """Refuse a file without content, or of no kind that we take."""
        file: UploadedFile = self.cleaned_data["file"]
        if not file.size:
            msg = "This file is empty, so it was not taken. Choose another."
            raise forms.ValidationError(msg)
        if isinstance(file, SealedFile) and file.upload.kind is None:
            raise forms.ValidationError(actions.not_taken(file.upload))
        return file


class ReasonForm(forms.Form):
    """Why somebody needs the original of a file."""

    reason = forms.CharField(
        label="What you need the original for",
        help_text="Sealed to the team. Whoever releases it reads this first.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what you need it for. Nothing was asked yet."},
    )


class ReleaseForm(forms.Form):
    """Which request for an original is granted."""

    request = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "Choose which request you release. Nothing was released.",
            "invalid": "There is no such request. Nothing was released.",
        },
    )


class AgainForm(forms.Form):
    """Nothing but the wish to try once more."""
