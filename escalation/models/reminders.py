"""How somebody wants to be reminded: at once or once a day, and when not at all."""

from django.db import models

from people.models import Person


class ReminderPreference(models.Model):
    """How a person wants to be reminded, where they chose it; by the clocks of their own unit.

    What is late, handed over or dangerous is told at once, whatever stands here.
    """

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    # when the one mail of a day leaves; none: each reminder by itself
    daily_at = models.TimeField(null=True)
    # from when to when nothing comes, perhaps over midnight; none: it may come at any time
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="escalation_reminderpreference_quiet",
            )
        ]

    class Privacy:
        personal = {"person"}
        plain = {"daily_at", "quiet_from", "quiet_until"}

    def __str__(self) -> str:
        return f"reminders of {self.person_id}"
