"""Letters that did not go: to whom and why, never about what; try again, or let them be."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from escalation.forms.letters import DropForm, StuckForm
from ledger import actions as ledger
from ledger.notices import Stuck, StuckLine, stuck_lines
from ledger.rules import Actor
from people.models import Person
from people.rules import Role
from safes.desk.base import Page, Step

NONE_LEFT = "There was nothing left of it: it went, or somebody else was here before you."


class LettersFrame(Page):
    """Who keeps the house reads it, and may be whom a letter is about: so it tells no number."""

    roles = frozenset({Role.ADMINISTRATOR})

    def address(self) -> str:
        """Return where the page is."""
        return reverse("setup:letters")

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show a line for each channel, person and reason."""
        lines = stuck_lines()
        wanted = [line.stuck.addressee for line in lines if line.stuck.addressee]
        names = dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name"))
        return self.show(
            "escalation/letters.html",
            lines=[self._line(line, names, wrong.get("drop")) for line in lines],
            form=next(iter(wrong.values()), None),
        )

    def _line(
        self, line: StuckLine, names: dict[UUID, str], wrong: forms.Form | None
    ) -> dict[str, Any]:
        stuck = line.stuck
        known = {
            "channel": stuck.channel,
            "addressee": stuck.addressee,
            "problem": stuck.problem,
        }
        is_wrong = wrong is not None and wrong.data.get("addressee") == str(stuck.addressee or "")
        return {
            "line": line,
            "to": names.get(stuck.addressee, "") if stuck.addressee else "",
            "drop": wrong if is_wrong else DropForm(initial=known, auto_id=False),
        }


class Letters(LettersFrame):
    """The page itself."""


class Again(Step, LettersFrame):
    """Try one line again, or everything."""

    name = "again"

    def form(self, data: Any) -> StuckForm:
        """Return which line."""
        return StuckForm(data)

    def act(self, **entered: Any) -> str:
        """Try again."""
        found = ledger.retry(_stuck(entered), by=Actor.person(self.person.pk), now=self.now)
        return "It is tried again now, from the beginning." if found else NONE_LEFT


class Drop(Step, LettersFrame):
    """Let the letters of a line go no more."""

    name = "drop"

    def form(self, data: Any) -> DropForm:
        """Return which line, and why."""
        return DropForm(data)

    def act(self, **entered: Any) -> str:
        """Let them be."""
        why = entered.pop("why")
        stuck = _stuck(entered)
        by = Actor.person(self.person.pk)
        found = stuck is not None and ledger.drop(stuck, why=why, by=by, now=self.now)
        return "It is tried no more. The ledger keeps who decided so." if found else NONE_LEFT


def _stuck(entered: dict[str, Any]) -> Stuck | None:
    return Stuck(**entered) if entered["channel"] else None
