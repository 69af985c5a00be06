"""Django's names for the package, and for allauth's part of it."""

from allauth.account.apps import AccountConfig
from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who is who, who may what, who must not."""

    name = "people"


class AllauthConfig(AccountConfig):
    """Allauth's machinery of signing in.

    Its own configuration insists on its middleware, which the reporter's door does without.
    """

    def ready(self) -> None:
        """Do nothing."""
