"""Django's name for the package."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """What we stand for, in which version, with which promises."""

    name = "policies"
