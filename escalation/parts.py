"""What other packages say of paths: for what a path runs, and which paths a task starts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from escalation.rules import Limit


class Use(NamedTuple):
    """Something that runs on a path: what it is called, and within which time it is owed."""

    what: str
    limit: Limit


# by the code of a path, what runs on it at a moment
Uses = Callable[[datetime], Mapping[str, Sequence[Use]]]
# the codes of the paths by which the clock of an opened task may run
Started = Callable[[], Collection[str]]

USES: list[Uses] = []
STARTED: list[Started] = []


def register_uses(uses: Uses) -> None:
    """Let a package say for what paths run."""
    USES.append(uses)


def register_started(started: Started) -> None:
    """Let a package say by which paths the tasks run that a step of a path may open."""
    STARTED.append(started)


def uses(now: datetime) -> dict[str, list[Use]]:
    """Return, by the code of a path, all that runs on it now, the shortest limit first."""
    found: dict[str, list[Use]] = {}
    for source in USES:
        for code, some in source(now).items():
            found.setdefault(code, []).extend(some)
    return found


def started_by_tasks() -> set[str]:
    """Return the codes of the paths by which the clock of an opened task may run."""
    return {code for source in STARTED for code in source()}
