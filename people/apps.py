"""Django's name for the package."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who is who, who may what, who must not."""

    name = "people"
