"""Django's name for the package."""

from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    """What is asked at the door, as the office keeps it."""

    name = "questionnaires"
