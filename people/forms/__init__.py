"""The shapes of what people enter about themselves and about others who work here."""

from people.forms.account import (
    AddCodeForm,
    AddPasskeyForm,
    AgainForm,
    CodeForm,
    FeedForm,
    InviteForm,
    NewPasswordForm,
    PasswordForm,
    RolesForm,
)
from people.forms.ties import (
    AwayForm,
    Found,
    LineForm,
    NoteAwayForm,
    Offer,
    PersonField,
    SearchForm,
    StandInForm,
    TieForm,
    one_of_them,
)

__all__ = [
    "AddCodeForm",
    "AddPasskeyForm",
    "AgainForm",
    "AwayForm",
    "CodeForm",
    "FeedForm",
    "Found",
    "InviteForm",
    "LineForm",
    "NewPasswordForm",
    "NoteAwayForm",
    "Offer",
    "PasswordForm",
    "PersonField",
    "RolesForm",
    "SearchForm",
    "StandInForm",
    "TieForm",
    "one_of_them",
]
