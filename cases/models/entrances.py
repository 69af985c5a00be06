"""Entrances: addresses of the reporter's door that are given to people outside."""

from django.db import models

from common.languages import direction
from people.models import Person
from questionnaires.models import LANGUAGE_MAX, Questionnaire

CODE_MAX, TITLE_MAX, INTRO_MAX = 10, 120, 1_000


class EntranceQuerySet(models.QuerySet["Entrance"]):
    """Reads of entrances."""

    def open(self) -> "EntranceQuerySet":
        """Return those that lead in."""
        return self.filter(closed_at=None)


class Entrance(models.Model):
    """An address of the door for outsiders, with its own words, language and questionnaire.

    `code` is in the address, drawn at random, so that it tells nothing and nobody guesses another.
    """

    code = models.CharField(max_length=CODE_MAX, unique=True)
    title = models.CharField(max_length=TITLE_MAX)
    intro = models.TextField(blank=True)
    # of title and introduction; the questionnaire says its own
    language = models.CharField(max_length=LANGUAGE_MAX, default="en")
    # asked in its newest version; null: what is asked of everybody
    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, null=True, related_name="+"
    )
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    # null: it leads in
    closed_at = models.DateTimeField(null=True)

    objects = EntranceQuerySet.as_manager()

    class Privacy:
        personal = {"opened_by"}
        plain = {
            "id", "code", "title", "intro", "language", "questionnaire", "opened_at", "closed_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> str:
        """Return how the ledger names it."""
        return f"entrance:{self.code}"

    @property
    def direction(self) -> str:
        """Return the direction in which its language is written."""
        return direction(self.language)
