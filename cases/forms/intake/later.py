"""What a reporter adds: a file, a message, and who should not read what was sent."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from cases.forms.intake.questions import Question, TrustedField, Words
from files.rules.kinds import TAKEN
from people.models import Person


class FilesForm(Question):
    """A file, if there is one."""

    file = forms.FileField(
        label="Choose a file",
        help_text=(
            f"{TAKEN}. Up to {settings.UPLOAD_MAX_BYTES // 2**20} MB each, "
            f"{settings.UPLOAD_MAX_FILES} files in all."
        ),
        required=False,
        allow_empty_file=True,
    )

    def clean_file(self) -> UploadedFile | None:
        """Refuse a file without content."""
        file: UploadedFile | None = self.cleaned_data.get("file")
        if file and not file.size:
            msg = "This file is empty, so it was not taken. The rest is kept. Choose another."
            raise ValidationError(msg)
        return file


class ExcludeForm(Question):
    """Who should not read what was sent already."""

    excluded = TrustedField(
        label="Who should not read it?",
        help_text=(
            "Whoever you tick opens nothing of it any more, nor does anyone who reports to them, "
            "stands in for them, or has told us to be close to them."
        ),
        queryset=Person.objects.trusted(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one person. Nothing was changed."},
    )


class ReplyForm(Question):
    """A message from the reporter to the team."""

    text = Words(
        label="Your message",
        # a name would wall off whoever the reporter writes to, so it is asked first
        help_text="If you write the full name of somebody who reads this, we ask you first "
        "whether to keep them away.",
        rows=4,
        error_messages={"required": "The message is empty, so nothing was sent. Write it here."},
    )
