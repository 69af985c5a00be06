"""When somebody was at the desk last, so that what is new can stand apart."""

from django.db import models

from people.models import Person


class Visit(models.Model):
    """One row a person, written over each time: what it was before is not kept.

    `seen_at` is the last look at what is new, `since` the end of the visit before, from which
    "new" counts. Nobody else reads it.
    """

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    seen_at = models.DateTimeField()
    since = models.DateTimeField()

    class Privacy:
        personal = {"person", "seen_at", "since"}

    def __str__(self) -> str:
        return str(self.since)
