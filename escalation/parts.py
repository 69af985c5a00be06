"""For what a path runs, as other packages and the office's standards say, and what tasks start."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from escalation.models import Standard
from escalation.rules import Limit


class Use(NamedTuple):
    """Something that runs on a path: what it is called, and within which time it is owed.

    Of what is gentle nobody who told something waits.
    """

    what: str
    limit: Limit
    is_gentle: bool = False


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
    found: dict[str, list[Use]] = {}
    for source in (*USES, _set):
        for code, some in source(now).items():
            found.setdefault(code, []).extend(some)
    return found


def _set(now: datetime) -> Mapping[str, list[Use]]:  # noqa: ARG001 - a standard holds at any moment
    """Return what runs by the office's standards, and by the list of kinds where it set none."""
    found: dict[str, list[Use]] = {}
    for one in Standard.objects.in_force():
        found.setdefault(one.code, []).append(Use(one.kind.name, one.limit, one.kind.is_gentle))
    return {code: list(dict.fromkeys(uses)) for code, uses in found.items()}


def started_by_tasks() -> set[str]:
    """Return the codes of the paths by which the clock of an opened task runs."""
    return {promise.path.path.code for promise in Standard.objects.timed(TASK)}
