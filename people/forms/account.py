"""The shapes of second factors, passwords, invitations and roles."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation

from people.models import Person, Unit
from people.rules import Role, clash


class CodeForm(forms.Form):
    """A code from the app, or a recovery code; or what a passkey answered."""

    code = forms.CharField(
        label="Code",
        help_text="Six figures from your app, or one of your recovery codes.",
        max_length=40,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )
    credential = forms.JSONField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        cleaned = super().clean() or {}
        if not cleaned.get("code") and not cleaned.get("credential"):
            self.add_error("code", "Enter the code.")
        return cleaned


class AgainForm(CodeForm):
    """The password again, for whoever has no second factor."""

    code = None  # type: ignore[assignment] # Django's way to leave a field of the parent out
    password = forms.CharField(
        label="Password",
        max_length=settings.PASSWORD_MAX_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password."},
    )

    def clean(self) -> dict[str, Any]:
        """Ask for nothing more."""
        return self.cleaned_data


class AddCodeForm(forms.Form):
    """The first code of an app that is added."""

    code = forms.CharField(
        label="The code that your app shows now",
        max_length=10,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter the code that your app shows."},
    )


class AddPasskeyForm(forms.Form):
    """A passkey that is added: its name, and what the device answered."""

    name = forms.CharField(
        label="Name",
        help_text="So that you know it again: “Work laptop”, “Blue key”.",
        max_length=40,
        error_messages={"required": "Give it a name."},
    )
    credential = forms.JSONField(
        widget=forms.HiddenInput,
        error_messages={"required": "Your device gave no answer. Press the button again."},
    )


class NewPasswordForm(forms.Form):
    """A new password, by NIST SP 800-63B-4: long, not on the list, pasted if somebody likes."""

    new = forms.CharField(
        label="New password",
        help_text=(
            "At least 15 characters. Four or five words that have nothing to do with each other "
            "are good; a password manager is better."
        ),
        max_length=settings.PASSWORD_MAX_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Choose a password."},
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = person

    def clean_new(self) -> str:
        """Refuse what is too short or on the list."""
        new = str(self.cleaned_data["new"])
        password_validation.validate_password(new, self._person)
        return new


class PasswordForm(NewPasswordForm):
    """A new password for one's old one."""

    old = forms.CharField(
        label="Your password now",
        max_length=settings.PASSWORD_MAX_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter the password that you have now."},
    )
    field_order = ("old", "new")


class RolesForm(forms.Form):
    """Which roles somebody has."""

    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Roles of the ethics office begin once a second person has approved them.",
    )

    def clean_roles(self) -> list[str]:
        """Return roles that may meet in one person."""
        roles: list[str] = self.cleaned_data["roles"]
        if msg := clash(roles):
            raise forms.ValidationError(msg)
        return roles


class InviteForm(RolesForm):
    """Who is invited."""

    name = forms.CharField(
        label="Name", max_length=120, error_messages={"required": "Enter their name."}
    )
    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]*$",
        label="User name",
        help_text="Small letters, figures, dots and hyphens: first.last",
        max_length=60,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "required": "Enter a user name.",
            "invalid": "Use small letters, figures, dots and hyphens alone.",
        },
    )
    email = forms.EmailField(
        label="E-mail address",
        help_text="The link goes there. It works once, within three days.",
        error_messages={
            "required": "Enter the address to which the link goes.",
            "invalid": "Enter an address such as name@example.org.",
        },
    )
    unit = forms.ModelChoiceField(
        Unit.objects.order_by("name"), label="Unit", required=False, empty_label="None"
    )
    manager = forms.ModelChoiceField(
        Person.objects.none(), label="Reports to", required=False, empty_label="Nobody"
    )
    field_order = ("name", "username", "email", "unit", "manager", "roles")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        managers = self.fields["manager"]
        managers.queryset = Person.objects.active().order_by("name")  # type: ignore[attr-defined] # a ModelChoiceField


class FeedForm(forms.Form):
    """A new calendar link."""

    name = forms.CharField(
        label="For which device?",
        help_text="So that you know which link to end when you lose it.",
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "Phone", "autocomplete": "off"}),
        error_messages={"required": "Say for which device it is. No link was made."},
    )
