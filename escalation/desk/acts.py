"""What is done with a path: its draft and rungs, from one person to another, moving cases."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from escalation import actions
from escalation.desk.paths import PathFrame
from escalation.forms.paths import DecideForm, MoveForm, RungForm, StepForm
from escalation.models import SentBack
from safes.desk.base import GuardedStep, Step


class DraftPath(Step, PathFrame):
    """Begin the next version."""

    name = "drafting"

    def form(self, data: Any) -> forms.Form:
        """Return nothing to fill."""
        return forms.Form(data)

    def act(self, **entered: Any) -> str:  # noqa: ARG002 - nothing is entered
        """Begin it."""
        version = actions.start_draft(self.path, by=self.person, now=self.now)
        return f"Version {version.n} is a draft. Change its rungs; nothing runs on it yet."


class AddRung(Step, PathFrame):
    """Add a rung to the draft, where its time belongs."""

    name = "rung"

    def form(self, data: Any) -> forms.Form:
        """Return the rung."""
        self.filled = StepForm(data)
        return self.filled

    def act(self, **entered: Any) -> str:
        """Add it."""
        n = actions.add_step(
            self.draft,
            step=self.filled.step,
            by=self.person,
            now=self.now,
            seen=entered["seen"],
        )
        return f"Rung {n} is added."


class OneRung(Step, PathFrame):
    """A rung of the draft: the page on which it is changed; moved, or removed."""

    name = "rung"
    moved_to: int | None = None

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page with this rung open."""
        return self.page()

    def form(self, data: Any) -> forms.Form:
        """Return the rung where it is changed, and else only what is done with it."""
        if data.get("what") == "keep":
            known = self._known()
            self.filled = StepForm(data, known=known)
            return self.filled
        return RungForm(data)

    def _known(self) -> Any:
        steps = self.shown.ladder
        return steps[self.kwargs["n"] - 1].rung.limit if self.here else None

    def act(self, **entered: Any) -> str:
        """Do it."""
        n, draft, by, now = self.kwargs["n"], self.draft, self.person, self.now
        seen = entered["seen"]
        match entered.get("what"):
            case "up" | "down" as way:
                to = n - 1 if way == "up" else n + 1
                self.moved_to = actions.move_step(draft, n=n, to=to, by=by, now=now, seen=seen)
                return f"It is rung {self.moved_to} now."
            case "remove":
                actions.remove_step(draft, n=n, by=by, now=now, seen=seen)
                return f"Rung {n} is removed."
            case _:
                actions.change_step(draft, n=n, step=self.filled.step, by=by, now=now, seen=seen)
                return f"Rung {n} is kept as you wrote it."

    def onward(self) -> str:
        """Stay with a rung that was moved: it may go on."""
        if self.moved_to is None:
            return self.address()
        return reverse("setup:path-rung", args=[self.path.code, self.moved_to])


class DecidePath(GuardedStep, PathFrame):
    """Propose, publish, send back, discard."""

    name = "deciding"

    def form(self, data: Any) -> forms.Form:
        """Return what is decided."""
        return DecideForm(data)

    def act(self, **entered: Any) -> str:
        """Decide it."""
        version, by, now = self.draft, self.person, self.now
        match entered["what"]:
            case "propose":
                actions.propose_version(version, by=by, now=now)
                return "Proposed. Another administrator or the head of the office publishes it."
            case "publish":
                seen = _moment(entered["seen"])
                actions.publish_version(version, seen=seen, by=by, now=now)
                return (
                    f"Version {version.n} is published. Clocks that start from now on follow it; "
                    "running ones keep theirs."
                )
            case "send_back":
                reason = SentBack(entered["reason"])
                actions.send_back_version(version, reason=reason, by=by, now=now)
                return "Sent back. It is a draft again."
            case _:
                actions.discard_version(version, by=by, now=now)
                return f"Version {version.n} is discarded. What it said stays on record."

    def onward(self) -> str:
        """Show what was decided on, also where it is open no more."""
        return f"{self.address()}?version={self.draft.n}"


class RetirePath(GuardedStep, PathFrame):
    """Let nothing begin on the path any more."""

    name = "retiring"

    def form(self, data: Any) -> forms.Form:
        """Return nothing to fill."""
        return forms.Form(data)

    def act(self, **entered: Any) -> str:  # noqa: ARG002 - nothing is entered
        """Retire it."""
        actions.retire_path(self.path, by=self.person, now=self.now)
        return "Retired: nothing begins on it any more. Clocks that run keep their version."


class MoveCases(GuardedStep, PathFrame):
    """Let running clocks go over to the newest version."""

    name = "moving"

    def form(self, data: Any) -> forms.Form:
        """Return why."""
        return MoveForm(data)

    def act(self, **entered: Any) -> str:
        """Ask for it; workers do it."""
        move = actions.ask_to_move(self.path, by=self.person, now=self.now, **entered)
        return f"What runs on older versions goes over to version {move.version.n} within a minute."

    def onward(self) -> str:
        """Return to the page on which the move stands."""
        return f"{reverse('setup:path', args=[self.path.code])}#moving-title"


def _moment(seen: str) -> datetime | None:
    try:
        return datetime.fromisoformat(seen)
    except ValueError:
        return None
