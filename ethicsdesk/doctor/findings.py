"""What the doctor says: one line of how something is, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How something is."""

    OK = "ok"
    WARN = "WARN"
    BAD = "BAD"


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, how it is, and what to do about it."""

    what: str
    state: State = State.OK
    remedy: str = ""

    def __str__(self) -> str:
        """Return `ok|WARN|BAD  what — what to do`."""
        return f"{self.state:4}  {self.what}" + (f" — {self.remedy}" if self.remedy else "")


def bad(what: str, remedy: str) -> Finding:
    """Return what has to be put right."""
    return Finding(what, State.BAD, remedy)


def warn(what: str, remedy: str) -> Finding:
    """Return what should be looked at."""
    return Finding(what, State.WARN, remedy)
