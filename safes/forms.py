"""The shapes of signing in and unlocking."""

from django import forms


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
    """The passphrase of one's key: the password of the day on which the key was made."""

    passphrase = forms.CharField(
        label="Vault passphrase",
        help_text="Your password. If you changed it since your key was made: the one you had then.",
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your vault passphrase."},
    )
