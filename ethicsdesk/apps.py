"""Django's name for the package."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    """Puts the house together."""

    name = "ethicsdesk"
