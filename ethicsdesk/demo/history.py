"""Past concerns, invented: what each was, and when what became of it."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from cases.lifecycle import Channel, Finding, Kind, Level, Mode
from cases.lifecycle.risks import Impact, Likelihood
from common import days
from escalation.rules import Limit, WorkingTime
from ethicsdesk.demo import texts

# How often each occurs.
TOPICS = {
    "pressure_on_staff": 19, "service_fairness": 17, "fraud": 15, "conflict_of_interest": 13,
    "privacy": 9, "harassment": 7, "undue_influence": 6, "safety": 4, "discrimination": 3,
    "exploitation": 3, "coercion": 2, "retaliation": 1, "other": 3,
}  # fmt: skip
UNITS = {
    "field-services": 26, "care-at-home": 24, "customer-support": 22, "advisory": 12,
    "corporate": 7, "logistics": 5, "": 4,
}  # fmt: skip
CHANNELS = {
    Channel.WEB: 40, Channel.PHONE: 22, Channel.EMAIL: 18, Channel.IN_PERSON: 8,
    Channel.HOTLINE: 6, Channel.CHAT: 4, Channel.POST: 2,
}  # fmt: skip
MODES = {Mode.ANONYMOUS: 48, Mode.CONFIDENTIAL: 22, Mode.NAMED: 30}
# one risk of which each severity follows by the table
RISK_OF = {
    Level.LOW: (Likelihood.POSSIBLE, Impact.MINOR),
    Level.NORMAL: (Likelihood.POSSIBLE, Impact.MODERATE),
    Level.HIGH: (Likelihood.LIKELY, Impact.SERIOUS),
}
LEVELS = {Level.LOW: 12, Level.NORMAL: 60, Level.HIGH: 25, Level.DANGER: 3}
FINDINGS = {
    Finding.SUBSTANTIATED: 31, Finding.PARTLY: 14, Finding.UNSUBSTANTIATED: 33,
    Finding.INSUFFICIENT: 14, Finding.OUT_OF_SCOPE: 8,
}  # fmt: skip
# More people ask before they act, and cases close sooner, year by year.
GUIDANCE = (0.24, 0.46)
DAYS_TO_CLOSE = (34, 17)
FEEDBACK = Limit(months=3)
LATE_ANSWER, LATE_TRIAGE, LATE_CLOSING, WITHDRAWN, COMES_BACK = 0.04, 0.08, 0.02, 0.04, 0.4
# of what is about hardship, most asks for an exception
ASKS_EXCEPTION = 0.7

T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """One concern, and when what happened to it; what lies after today has not happened yet."""

    filed: datetime
    kind: Kind
    topic: str
    unit: str
    mode: Mode
    channel: Channel
    urgency: Level
    severity: Level
    # who looks after it: an officer, counted round
    officer: int
    text: str
    triaged: datetime
    triage_reason: str
    answered: datetime
    answer: str
    noted: datetime
    note: str
    came_back: datetime | None
    closed: datetime
    finding: Finding
    reason: str
    message: str
    withdrawn: datetime | None

    @property
    def risk(self) -> tuple[Likelihood, Impact]:
        """Return how it was weighed, of which its severity follows."""
        return RISK_OF[self.severity]

    @property
    def read(self) -> datetime:
        """Return when an officer opened it first."""
        return self.filed + (min(self.answered, self.triaged) - self.filed) * 0.8


Span = tuple[datetime, datetime]


def plans(
    chance: random.Random, count: int, *, within: Span, of: Span, growth: float = 1.0
) -> Iterator[Plan]:
    """Yield concerns of a stretch of time in the order of their filing.

    `of` is the whole stretch, over which habits change; below 1, `growth` makes more of them late.
    """
    start, end = within
    first, last = of
    for share in sorted(chance.random() ** growth for _ in range(count)):
        day = days.day_of(start + (end - start) * share)
        # at a time at which people write: seldom at night
        minute = chance.triangular(390, 1380, 780)
        filed = min(days.midnight(day) + timedelta(minutes=minute), end)
        yield plan(chance, filed, (filed - first) / (last - first))


def plan(chance: random.Random, filed: datetime, progress: float) -> Plan:
    """Decide everything about one concern; `progress` (0 to 1) is how far the years have come."""
    topic = pick(chance, TOPICS)
    kind = _kind(chance, topic, progress)
    finding = pick(chance, FINDINGS) if kind == Kind.REPORT else Finding.OUT_OF_SCOPE
    reason, message = texts.outcome(chance, finding, kind)
    mode = pick(chance, MODES)
    # the clocks of the anonymous run from midnight
    start = days.midnight(days.day_of(filed)) if mode == Mode.ANONYMOUS else filed
    triaged = _triaged(chance, filed, start)
    answered = _answered(chance, filed, start)
    closed = _closed(chance, max(triaged, answered), start, progress)
    returns = answered + (closed - answered) * chance.uniform(0.1, 0.9)
    return Plan(
        filed=filed,
        kind=kind,
        topic=topic,
        unit=pick(chance, UNITS),
        mode=mode,
        channel=Channel.WEB if mode == Mode.ANONYMOUS else pick(chance, CHANNELS),
        urgency=pick(chance, LEVELS),
        # as severe as the table of risks can say: danger is how urgent something is
        severity=min(pick(chance, LEVELS), Level.HIGH),
        officer=chance.randrange(1_000),
        text=texts.narrative(chance, topic),
        triaged=triaged,
        triage_reason=chance.choice(texts.REASONS),
        answered=answered,
        answer=chance.choice(texts.FIRST_ANSWERS),
        noted=triaged + (closed - triaged) * chance.uniform(0.2, 0.8),
        note=chance.choice(texts.NOTES),
        came_back=returns if chance.random() < COMES_BACK else None,
        closed=closed,
        finding=finding,
        reason=reason,
        message=message,
        withdrawn=filed + timedelta(hours=20) if chance.random() < WITHDRAWN else None,
    )


def pick(chance: random.Random, weights: Mapping[T, int]) -> T:
    """Return one of the keys, as often as its weight says."""
    return chance.choices(list(weights), list(weights.values()))[0]


def _kind(chance: random.Random, topic: str, progress: float) -> Kind:
    if topic == "service_fairness" and chance.random() < ASKS_EXCEPTION:
        return Kind.EXCEPTION
    asks = GUIDANCE[0] + (GUIDANCE[1] - GUIDANCE[0]) * progress
    return Kind.GUIDANCE if chance.random() < asks else Kind.REPORT


def _triaged(chance: random.Random, filed: datetime, start: datetime) -> datetime:
    """Return a moment within two working days, or less than three days after their end."""
    if chance.random() < LATE_TRIAGE:
        return start + timedelta(days=chance.uniform(4.05, 4.9))
    return filed + timedelta(days=chance.uniform(0.1, 0.95))


def _answered(chance: random.Random, filed: datetime, start: datetime) -> datetime:
    """Return a moment within seven days, or less than three days after their end."""
    if chance.random() < LATE_ANSWER:
        return start + timedelta(days=chance.uniform(7.1, 9.8))
    return filed + timedelta(days=chance.triangular(0.1, 5.9, 1.2))


def _closed(chance: random.Random, after: datetime, start: datetime, progress: float) -> datetime:
    """Return a moment within three months, or less than three days after their end."""
    due = FEEDBACK.end(start, WorkingTime(days.zone(), ((),) * 7))
    if chance.random() < LATE_CLOSING:
        return due + timedelta(days=chance.uniform(0.1, 2.8))
    usual = DAYS_TO_CLOSE[0] + (DAYS_TO_CLOSE[1] - DAYS_TO_CLOSE[0]) * progress
    closed = after + timedelta(days=chance.lognormvariate(0, 0.6) * usual)
    return closed if closed < due else after + (due - after) * chance.uniform(0.6, 0.98)
