"""For what a path runs, as other packages and the office's standards say, and what tasks start."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from escalation.models import InForce, Standard
from escalation.rules import Limit


class Use(NamedTuple):
    """Something that runs on a path: what it is called, and within which time it is owed.

    Of what is gentle nobody who told something waits.
    """

    what: str
    limit: Limit
    is_gentle: bool = False
    # the kind of duty, of what a policy promises
    kind: str = ""


# by the code of a path, what runs on it at a moment
Uses = Callable[[datetime], Mapping[str, Sequence[Use]]]

USES: list[Uses] = []
# the duty that a step opens as a task
TASK = "task"


def register_uses(uses: Uses) -> None:
    """Let a package say for what paths run."""
    USES.append(uses)


def uses(now: datetime) -> dict[str, list[Use]]:
    """Return, by the code of a path, all that runs on it now, the shortest limit first."""
    told = _told(now)
    found: dict[str, list[Use]] = {}
    for some in (*told, _set(_promised(told))):
        for code, uses in some.items():
            found.setdefault(code, []).extend(uses)
    return found


def promised(now: datetime) -> dict[str, list[Limit]]:
    """Return, by kind of duty, within which times policies promise it, now or from a later day."""
    return _promised(_told(now))


def _told(now: datetime) -> list[Mapping[str, Sequence[Use]]]:
    return [source(now) for source in USES]


def _promised(told: Sequence[Mapping[str, Sequence[Use]]]) -> dict[str, list[Limit]]:
    found: dict[str, list[Limit]] = {}
    for use in (use for by_path in told for some in by_path.values() for use in some):
        if use.kind:
            found.setdefault(use.kind, []).append(use.limit)
    return found


def _set(promised: Mapping[str, Sequence[Limit]]) -> dict[str, list[Use]]:
    """Return what runs by the office's standards, and by the list of kinds where it set none."""
    found: dict[str, list[Use]] = {}
    for one in Standard.objects.in_force():
        limits = promised.get(one.kind.code, [])
        found.setdefault(one.code, []).extend(_uses_of(one, limits))
    return {code: list(dict.fromkeys(uses)) for code, uses in found.items()}


def _uses_of(one: InForce, promised: Sequence[Limit]) -> list[Use]:
    """Return a standard as uses: of what policies promise one for each time, else a single one."""
    what = one.kind.name
    if one.scope.words and not one.kind.by_level:
        what = f"{what} ({one.scope.words[0].lower()}{one.scope.words[1:]})"
    if one.own is not None and one.kind.is_promised:
        return [Use(what, one.own.within(limit)) for limit in promised]
    return [Use(what, one.limit, one.kind.is_gentle)] if one.limit else []


def started_by_tasks() -> set[str]:
    """Return the codes of the paths by which the clock of an opened task runs."""
    return {promise.path.path.code for promise in Standard.objects.timed(TASK)}
