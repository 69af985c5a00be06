"""The organisation's clients, as far as concerns name them: known by a blind index alone."""

import uuid

from django.db import models
from django.db.models import Q

from cases.models.cases import Case
from cases.models.concerns import Concern
from cases.models.tasks import Task
from people.models import Person


class ClientLink(models.Model):
    """That a concern names a client of the organisation; the name is sealed to the concern.

    Whoever asks whether the same client is named elsewhere asks by the blind index. A slip is taken
    back, and stays as a row that says so.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="clients")
    # cases.rules.client_index of the name or number
    blind = models.BinaryField(max_length=32)
    # the day on which the concern was filed, since whoever counts may not see the concern itself
    filed_on = models.DateField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concern", "blind"],
                condition=Q(taken_back_at=None),
                name="cases_clientlink_once",
            ),
        ]
        indexes = [models.Index(fields=["blind", "filed_on"], name="cases_clientlink_blind")]

    class Privacy:
        personal = {"by", "blind"}
        plain = {"id", "concern", "filed_on", "at", "taken_back_at"}

    def __str__(self) -> str:
        return str(self.concern_id)


class RedFlag(models.Model):
    """That the office keeps an eye on a client, since a case gave reason to; why is sealed to it.

    Somebody reviews it from time to time, as a task that repeats: whoever cancels the task says why
    the flag is lifted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="red_flags")
    blind = models.BinaryField(max_length=32)
    # the next one
    review = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="red_flag")
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "blind"], condition=Q(lifted_at=None), name="cases_redflag_once"
            ),
        ]
        indexes = [models.Index(fields=["blind"], name="cases_redflag_blind")]

    class Privacy:
        personal = {"by", "blind"}
        plain = {"id", "case", "review", "at", "lifted_at"}

    def __str__(self) -> str:
        return str(self.case_id)
