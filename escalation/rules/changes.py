"""How a calendar's changes, and what they moved, are told: of clocks in fives, and no day. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple, Self

from escalation.rules.trials import FEW, told

# what can be different about a calendar, and how it is said
SAID = {
    "zone": "its time zone is another",
    "week": "the hours of its week are others",
    "place": "it keeps other public holidays",
    "day_closed": "{day} is closed",
    "day_opened": "{day} is open for other hours",
    "day_given_back": "{day} is as its week and the law have it again",
    "holidays": "public holidays are others than were known",
    "zone_rules": "the rules of its time zone are others than were known",
    "name": "its name is another",
}


def said(what: str, day: date | None) -> str:
    """Return what changed in words; `what` has codes of `SAID`, apart by commas."""
    shown = f"{day.day} {day:%B %Y}" if day else "a day"
    parts = [SAID[one].format(day=shown) for one in what.split(",") if one in SAID]
    return "; ".join(parts)


class Move(NamedTuple):
    """That a clock of a kind, of something of a unit, is due at another day than before."""

    kind: str
    unit: str
    was: date
    now: date


@dataclass(frozen=True)
class Group:
    """Clocks that move, of a kind and a unit: about how many, and from which weeks to which.

    Without a unit it is of several; without a kind, too few to be told by kind. `count` is in
    fives, and None where there are fewer than five: then nothing else is told. Weeks by Monday.
    """

    kind: str = ""
    unit: str = ""
    count: int | None = None
    was: tuple[str, str] | None = None
    now: tuple[str, str] | None = None
    # by how many days, at the least and at the most; below nothing it is sooner
    by: tuple[int, int] | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, moves: Sequence[Move], *, kind: str = "", unit: str = "") -> Self:
        """Return a group of moves; of too few nothing is told."""
        count = told(len(moves))
        if count is None:
            return cls(kind, unit)
        by = [(move.now - move.was).days for move in moves]
        return cls(
            kind,
            unit,
            count,
            _weeks(move.was for move in moves),
            _weeks(move.now for move in moves),
            (min(by), max(by)),
        )


def grouped(moves: Iterable[Move]) -> list[Group]:
    """Return moves by kind and unit; what is too few goes with others of its kind, then with all.

    Nobody who keeps calendars may learn of a single concern by them.
    """
    by_unit: dict[tuple[str, str], list[Move]] = defaultdict(list)
    for move in moves:
        by_unit[move.kind, move.unit].append(move)
    rest: dict[str, list[Move]] = defaultdict(list)
    groups = []
    for (kind, unit), some in sorted(by_unit.items()):
        if len(some) < FEW:
            rest[kind] += some
        else:
            groups.append(Group.of(some, kind=kind, unit=unit))
    left: list[Move] = []
    for kind, some in sorted(rest.items()):
        if len(some) < FEW:
            left += some
        else:
            groups.append(Group.of(some, kind=kind))
    return [*groups, Group.of(left)] if left else groups


def _weeks(some: Iterable[date]) -> tuple[str, str]:
    """Return the Mondays of the first and of the last week."""
    mondays = [day - timedelta(days=day.weekday()) for day in some]
    return min(mondays).isoformat(), max(mondays).isoformat()
