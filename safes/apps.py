"""Django's name for the package."""

from django.apps import AppConfig


class SafesConfig(AppConfig):
    """Who can open what."""

    name = "safes"
