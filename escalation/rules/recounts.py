"""What becomes of a time when it is counted again: what was promised is kept beside it. Pure."""

from datetime import datetime

from escalation.rules.schedules import Schedule


def recounted(
    found: Schedule, stands: Schedule, promised: Schedule, *, at: datetime, least: datetime,
    last: datetime,
) -> Schedule:  # fmt: skip
    """Return the times of a clock that was counted as `found` and stands as `stands`.

    `promised` has the earliest that was ever told of each. What comes later comes as counted. What
    comes sooner does so too, where it lies ahead of `at` and no sooner than what was promised;
    sooner than that, it leaves what was promised, or a notice until `least`. Where it has passed
    as well as what was promised, it comes at `last`, which does not move however often this is
    asked. So nothing is ever later than it is counted or than it stands.
    """
    triples = zip(found.steps, stands.steps, promised.steps, strict=True)
    return Schedule(
        _recounted(found.due, stands.due, promised.due, at=at, least=least, last=last),
        tuple(_recounted(*three, at=at, least=least, last=last) for three in triples),
    )


def _recounted(
    found: datetime, stands: datetime, promised: datetime, *, at: datetime, least: datetime,
    last: datetime,
) -> datetime:  # fmt: skip
    if found >= stands:
        return found
    if promised > at:
        return max(found, min(promised, least))
    return found if found > at else max(found, min(stands, last))


def earliest(one: Schedule, other: Schedule) -> Schedule:
    """Return, of each time of two schedules of the same steps, the one that comes first."""
    steps = zip(one.steps, other.steps, strict=True)
    return Schedule(min(one.due, other.due), tuple(min(pair) for pair in steps))
