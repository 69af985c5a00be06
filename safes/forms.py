"""The shapes of signing in, unlocking, and looking after one's key."""

from typing import Any

from django import forms

from safes.models import Mode
from safes.rules import PASSPHRASE_MIN, RecoveryCode


class SignInForm(forms.Form):
    """User name and password."""

    username = forms.CharField(
        label="User name",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={"required": "Enter your user name."},
    )
    password = forms.CharField(
        label="Password",
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password."},
    )

    def clean_username(self) -> str:
        """Return the user name in the one case that user names have."""
        return str(self.cleaned_data["username"]).lower()


class UnlockForm(forms.Form):
    """What opens one's key: a passphrase of its own, or the sign-in password."""

    passphrase = forms.CharField(
        label="Password",
        help_text="With which you sign in. If it does not open your key: the one you had before.",
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter what opens your key."},
    )


def _secret(
    label: str, missing: str, *, is_new: bool = False, help_text: str = ""
) -> forms.CharField:
    autocomplete = "new-password" if is_new else "current-password"
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": missing},
    )


class CurrentForm(forms.Form):
    """What opens one's key now: a passphrase or the sign-in password; or nothing, if the server."""

    current = _secret("Your present vault passphrase", "Enter your present vault passphrase.")

    def __init__(self, *args: Any, opens: Mode | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if opens == Mode.PASSWORD:
            current = self.fields["current"]
            current.label = "Your sign-in password"
            current.error_messages["required"] = "Enter your sign-in password."
        elif opens != Mode.PASSPHRASE:
            del self.fields["current"]


class NewPassphraseForm(forms.Form):
    """A vault passphrase, typed twice."""

    new = _secret(
        "New vault passphrase",
        "Choose a vault passphrase.",
        is_new=True,
        help_text=f"{PASSPHRASE_MIN} characters or more. Four words that have nothing to do with "
        "each other are good.",
    )
    again = _secret("The same again", "Type it a second time.", is_new=True)

    def clean_new(self) -> str:
        """Return a passphrase that is long enough."""
        typed = str(self.cleaned_data["new"])
        if len(typed) < PASSPHRASE_MIN:
            short = PASSPHRASE_MIN - len(typed)
            msg = f"This is {short} characters too short. Add a word."
            raise forms.ValidationError(msg)
        return typed

    def clean_again(self) -> str:
        """Return what was typed a second time, the same as the first."""
        typed = str(self.cleaned_data["again"])
        if "new" in self.cleaned_data and typed != self.cleaned_data["new"]:
            msg = "The two are not the same. Type both again."
            raise forms.ValidationError(msg)
        return typed


class PassphraseForm(CurrentForm, NewPassphraseForm):
    """The present passphrase, and a new one."""

    field_order = ("current", "new", "again")


class RecoverForm(NewPassphraseForm):
    """The recovery code, and the passphrase that is to take the forgotten one's place."""

    code = forms.CharField(
        label="Recovery code",
        help_text="28 letters and digits, as they were shown to you. Spaces do not matter.",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": "Enter your recovery code."},
    )
    field_order = ("code", "new", "again")

    def clean_code(self) -> RecoveryCode:
        """Return the code, its check symbols looked at."""
        code = RecoveryCode.parse(str(self.cleaned_data["code"]))
        if code is None:
            msg = "A symbol of this code is wrong or missing. Compare it with what you kept."
            raise forms.ValidationError(msg)
        return code
