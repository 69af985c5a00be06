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


class SignForm(Question):
    """What has happened to a reporter since they told it."""

    text = Words(
        label="What has happened, and when?",
        help_text="It becomes a report of its own. Whoever you name here, or kept away before, "
        "does not read it.",
        rows=6,
        error_messages={"required": "Write what has happened. Nothing was sent yet."},
    )
    in_danger = forms.ChoiceField(
        label="Is anyone in danger now?",
        help_text="If so, whoever is on duty is told at once. That can show about when you wrote.",
        widget=forms.RadioSelect,
        choices=[("yes", "Yes, someone may be"), ("no", "No, not now")],
        error_messages={"required": "Choose yes or no. Nothing was sent yet."},
    )
    n = forms.IntegerField(min_value=1, max_value=99, widget=forms.HiddenInput)


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
