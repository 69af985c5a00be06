"""What people were told of a case, as pages show it: to each person what, and what was promised."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from cases import access
from cases.actions.telling import TEXT, WHY, WHY_BACK
from cases.lifecycle import Means, TellingState, WhyUntold
from cases.models import Concern, Party, Telling
from cases.models.telling import audience_of
from policies.rules.scripts import Audience
from safes.access import Where

SIGNS = {
    TellingState.TOLD: "good",
    TellingState.WAITING: "warn",
    TellingState.APPROVED: "warn",
}


@dataclass(frozen=True)
class Line:
    """Something that somebody is or was told, with what opens of its words."""

    telling: Telling
    text: str | None
    why: str | None
    # what may be done with it by whoever looks: decide on it, say how they were told, take it back
    decision: forms.Form | None = None
    record: forms.Form | None = None
    may_take_back: bool = False

    @property
    def state(self) -> str:
        """Return where it is, in words."""
        one = self.telling
        return WhyUntold(one.why).label if one.why else TellingState(one.state).label

    @property
    def sign(self) -> str:
        """Return by which mark it is shown."""
        return SIGNS.get(TellingState(self.telling.state), "")

    @property
    def how(self) -> str:
        """Return how they were told, to go on in a sentence."""
        return Means(self.telling.means).label.lower() if self.telling.means else ""


@dataclass(frozen=True)
class Promise:
    """What somebody was promised by a day, and when it was kept."""

    what: str
    until: date
    kept_on: date | None
    today: date

    @property
    def state(self) -> str:
        """Return whether it was kept, in words."""
        if self.kept_on is not None:
            return "Kept late" if self.kept_on > self.until else "Kept"
        return "Late" if self.today > self.until else "Open"

    @property
    def sign(self) -> str:
        """Return by which mark it is shown."""
        return {"Kept": "good", "Kept late": "warn", "Late": "stop"}.get(self.state, "brand")


@dataclass(frozen=True)
class Recipient:
    """Somebody who is told of it: what they were told, the latest first, and promised."""

    to: Concern | Party
    label: str
    part: str
    lines: list[Line]
    promises: list[Promise]
    # where they have to be told what came of it: why they are not
    untold: forms.Form | None = None

    @property
    def key(self) -> UUID:
        """Return by which key a form names them."""
        return self.to.pk

    @property
    def is_party(self) -> bool:
        """Return whether they have no channel here."""
        return isinstance(self.to, Party)

    @property
    def audience(self) -> Audience:
        """Return as what they are told."""
        return audience_of(self.to if isinstance(self.to, Party) else None)

    @property
    def last(self) -> Line | None:
        """Return what they were told last."""
        told = (one for one in self.lines if one.telling.state == TellingState.TOLD)
        return next(told, None)

    @property
    def next(self) -> Promise | None:
        """Return which promise to them is open, the nearest."""
        waiting = (one for one in self.promises if one.kept_on is None)
        return min(waiting, key=lambda one: one.until, default=None)


def places(tellings: Iterable[Telling]) -> list[Where]:
    """Return where the words of what was told are sealed."""
    found: list[Where] = []
    for one in tellings:
        found += [(one.pk, field) for field in (TEXT, WHY_BACK, WHY)]
        if one.message_id is not None:
            found.append((one.message_id, "body"))
    return found


def line_of(telling: Telling, texts: Mapping[Where, str], **may: Any) -> Line:
    """Return a line; of what a reporter was told the words are those of the message."""
    text = texts.get((telling.pk, TEXT))
    if telling.message_id is not None:
        text = texts.get((telling.message_id, "body"))
    why = texts.get((telling.pk, WHY_BACK)) or texts.get((telling.pk, WHY))
    return Line(telling, text, why, **may)


def promises_to(to: Concern | Party, tellings: Iterable[Telling], today: date) -> list[Promise]:
    """Return what somebody was promised: by the policy, and in what they were told."""
    news = [
        Promise("To hear again", one.until, one.kept_on, today)
        for one in tellings
        if one.until is not None and one.state == TellingState.TOLD
    ]
    if isinstance(to, Party):
        return sorted(news, key=lambda one: one.until)
    by_policy = [
        Promise("First reply", to.acknowledge_by, to.acknowledged_on, today)
        for _ in range(1)
        if to.acknowledge_by is not None
    ]
    if to.feedback_by is not None:
        by_policy.append(Promise("Outcome", to.feedback_by, to.closed_on, today))
    anew = [
        Promise("Outcome, looked at again", one.until, one.kept_on, today)
        for one in access.promised_anew(to)
    ]
    return sorted([*by_policy, *news, *anew], key=lambda one: one.until)
