"""What signs of risk propose, and on which days somebody is asked how they are. Pure."""

from collections.abc import Collection
from datetime import date, timedelta

from cases.lifecycle.protection import RiskLevel, RiskSign

# Each alone makes it high: what was threatened is often done, and whoever decides on somebody's
# work can make them pay at once (ISO 37002:2021, 8.3.2; Directive (EU) 2019/1937, art. 19).
GRAVE = frozenset({RiskSign.THREATENED, RiskSign.IS_MANAGER})
# so many of the others weigh as much
MANY = 3

# In days from the day on which it was told, and anew from the day on which it was closed. What is
# done to people comes early or after everybody has looked away.
DAYS: dict[RiskLevel, tuple[int, ...]] = {
    RiskLevel.LOW: (30, 90, 180),
    RiskLevel.MEDIUM: (14, 30, 90, 180, 365),
    RiskLevel.HIGH: (7, 14, 30, 60, 90, 180, 365),
}
# where nobody has weighed it
UNWEIGHED = RiskLevel.MEDIUM
# whoever could not be reached is tried again within
TRY_AGAIN = timedelta(days=14)
# a case that is open for longer than the days reach is asked about this often
GOES_ON = timedelta(days=90)
# an answer so long before the day is the answer of that day, and from then on it is asked
EARLY = timedelta(days=7)


def proposed(signs: Collection[str]) -> RiskLevel:
    """Return how high the risk is by its signs."""
    found = {RiskSign(one) for one in signs}
    if found & GRAVE or len(found) >= MANY:
        return RiskLevel.HIGH
    return RiskLevel.MEDIUM if found else RiskLevel.LOW


def is_below(level: RiskLevel, than: RiskLevel) -> bool:
    """Return whether one level is lower than another."""
    order = list(RiskLevel)
    return order.index(level) < order.index(than)


def next_day(
    level: RiskLevel, *, since: date, after: date, goes_on: bool, again: bool = False
) -> date | None:
    """Return on which day after a day somebody is asked next; None where it was the last.

    `goes_on`: the case is open, so there is a next as long as it is. `again`: nobody was reached.
    """
    planned = (since + timedelta(days=n) for n in DAYS[level])
    found = next((day for day in planned if day > after), None)
    if found is None and goes_on:
        found = after + GOES_ON
    if again:
        found = min(found or date.max, after + TRY_AGAIN)
    return found
