"""What follows from how likely and how grave something is, and from the signs that were marked."""

from collections.abc import Iterable
from typing import NamedTuple

from cases.lifecycle import Level
from cases.lifecycle.risks import Impact, Likelihood
from policies.models import Indicator
from policies.rules import Remedy

_LOW, _MID, _TOP = Level.LOW, Level.NORMAL, Level.HIGH
# by impact, then by likelihood from unlikely to certain (ISO 37002:2021, 8.3.1): what would be
# grave is never low, however unlikely, and what is minor never high, however certain
SEVERITY: dict[Impact, tuple[Level, Level, Level, Level]] = {
    Impact.MINOR: (_LOW, _LOW, _LOW, _MID),
    Impact.MODERATE: (_LOW, _MID, _MID, _MID),
    Impact.SERIOUS: (_MID, _MID, _TOP, _TOP),
    Impact.GRAVE: (_MID, _TOP, _TOP, _TOP),
}


def severity(likelihood: Likelihood, impact: Impact) -> Level:
    """Return how severe something is by the table."""
    return SEVERITY[impact][likelihood - 1]


class Proposal(NamedTuple):
    """What signs propose: nothing of it happens by itself."""

    # None: nothing is marked
    urgency: Level | None
    # each with the signs that propose it
    remedies: dict[Remedy, list[str]]


def proposed(signs: Iterable[Indicator]) -> Proposal:
    """Return the greatest urgency that is proposed, and what to do, with the signs for it."""
    marked = list(signs)
    remedies: dict[Remedy, list[str]] = {}
    for sign in marked:
        for remedy in sign.proposes:
            remedies.setdefault(remedy, []).append(sign.label)
    urgency = max((Level(sign.urgency) for sign in marked), default=None)
    return Proposal(urgency, {one: remedies[one] for one in Remedy if one in remedies})
