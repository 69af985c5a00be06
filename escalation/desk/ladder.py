"""A ladder as it is drawn: rungs with their times, the gaps between, the limit, what was tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from escalation.models import Does
from escalation.reports.history import YEAR
from escalation.rules import Limit, WorkingTime, schedule
from escalation.rules.ladders import Step
from escalation.rules.trials import (
    FEW,
    Alerts,
    Past,
    Reached,
    audience,
    told,
    told_share,
    trial,
)
from people.rules import Role

# a shorter time between two rungs needs no line of its own
GAP = timedelta(days=1)
SMALL = (Does.REMIND, Does.RAISE)
OWNER = "Whoever looks after it"


class Tried(NamedTuple):
    """What a version would have done to the clocks of a year."""

    n: int
    clocks: int
    ran_out: int
    reached: list[Reached]


@dataclass
class RungDrawn:
    """One rung: when it comes in the made-up case, and how often it would have come.

    A count is in fives, and None below five.
    """

    step: Step
    at: datetime
    count: int | None
    share: int | None
    late: int | None
    at_most: bool
    is_small: bool
    # what is drawn above it: how long nothing comes, and the limit where it lies between
    gap: timedelta | None = None
    limit: datetime | None = None
    flaws: list[str] = field(default_factory=list)


class Ladder(NamedTuple):
    """A whole ladder, for one made-up case; `limit_below` is the limit where no rung follows it."""

    start: datetime
    due: datetime
    rungs: list[RungDrawn]
    limit_below: bool
    clocks: int | None


def tried(n: int, steps: Sequence[Step], clocks: Sequence[Past], *, now: datetime) -> Tried:
    """Try a version on clocks that ran."""
    ran_out = sum(clock.ran_out for clock in clocks)
    return Tried(n, len(clocks), ran_out, trial(steps, clocks, now=now))


def drawn(
    steps: Sequence[Step], limit: Limit, start: datetime, by: WorkingTime, counted: Tried
) -> Ladder:
    """Return a ladder for a clock that begins at `start`; raises NoWorkingTimeError."""
    times = schedule(limit, [step.rung for step in steps], start, by)
    rungs: list[RungDrawn] = []
    last, is_past_limit = start, False
    for step, at, reached in zip(steps, times.steps, counted.reached, strict=True):
        rung = RungDrawn(
            step,
            at,
            told(reached.count),
            told_share(reached.count, counted.clocks),
            told(reached.late),
            reached.at_most,
            step.does in SMALL,
        )
        if not is_past_limit and at >= times.due:
            rung.limit, is_past_limit = times.due, True
        if at - last >= GAP:
            rung.gap = at - last
        rungs.append(rung)
        last = max(last, at)
    return Ladder(start, times.due, rungs, not is_past_limit, told(counted.clocks))


class Audience(NamedTuple):
    """A part with the alerts that it would have had in a year, by version, and how many hold it."""

    who: str
    alerts: list[str]
    people: int
    a_week: list[float | None]


def table(trials: Sequence[Tried], people: Mapping[str, int]) -> list[Audience]:
    """Return whom each version would have reached, and how often; each is one column."""
    by_version = [audience(one.reached) for one in trials]
    labels = dict(Role.choices)
    rows = []
    for role in dict.fromkeys(role for found in by_version for role in found):
        # who looks after something is an officer
        holders = people.get(role or Role.OFFICER, 0)
        weekly = [found.get(role, Alerts()).a_week(holders, YEAR) for found in by_version]
        alerts = [_alerts(found.get(role)) for found in by_version]
        rows.append(Audience(labels.get(role, OWNER), alerts, holders, weekly))
    return rows


def _alerts(alerts: Alerts | None) -> str:
    """Return a count in words; a version without such a rung has none, whatever happened."""
    if alerts is None:
        return "none"
    shown = told(alerts.count)
    return f"under {FEW}" if shown is None else str(shown)
