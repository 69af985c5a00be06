"""Django's name for the package."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Keeps files sealed, and makes copies that tell nobody's name."""

    name = "files"
