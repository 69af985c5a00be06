"""How one is reminded: each by itself or once a day, and when not at all."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from escalation import actions
from escalation.actions.reminders import rhythms
from escalation.forms.reminders import RemindersForm
from safes.desk.base import Step


class Reminders(Step):
    """The page, and the choice."""

    name = "reminders"

    def lets_in(self) -> bool:
        """Let everybody in: whoever works here may be asked to read a policy, and is reminded."""
        return True

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show how they come now."""
        return self.page()

    def address(self) -> str:
        """Return where the page is."""
        return reverse("account-reminders")

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the page."""
        rhythm = rhythms([self.person])[self.person.pk]
        return self.show(
            "escalation/reminders.html",
            zone=rhythm.zone.key,
            form=wrong.get("reminders"),
            reminders=wrong.get("reminders") or RemindersForm.of(rhythm),
        )

    def form(self, data: Any) -> RemindersForm:
        """Return what is chosen."""
        self.entered = RemindersForm(data)
        return self.entered

    def act(self, **entered: Any) -> str:  # noqa: ARG002 - the form says it as the action takes it
        """Choose it."""
        actions.prefer_reminders(
            self.person, daily_at=self.entered.daily, quiet=self.entered.quiet, now=self.now
        )
        return "Saved. What is late, handed over or dangerous still reaches you at once."
