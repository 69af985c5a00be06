"""The outbox's channels, which whoever can deliver registers in `apps.py`; and what does not go."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Max, Min, Q, TextChoices

from ledger.models import Outbox, OutboxQuerySet

Deliverer = Callable[[Outbox], None]
CHANNELS: dict[str, Deliverer] = {}
# what a channel holds open for all that is delivered in one go, such as a line to a server
HELD_OPEN: list[Callable[[], AbstractContextManager[None]]] = []


LINES_SHOWN = 100
# why a notice was not sent where a wall stands: it counts nowhere, since its number would tell
WITHHELD = "withheld"
# and where somebody has no address: that is told of the person, and not of the notice
NOBODY = "nobody is there to receive it"
# and where somebody decided that it need not go any more
DROPPED = "dropped"
# told elsewhere or nowhere: no page lists these, or counts them
UNLISTED = frozenset({WITHHELD, NOBODY, DROPPED})


class Why(TextChoices):
    """Why letters need not go any more."""

    TOLD = "told", "They were told another way"
    LATE = "late", "It is too late to be of use"
    WRONG = "wrong", "It should never have been sent"


class UndeliverableError(Exception):
    """It can never be delivered (nobody is there to receive it); trying again is of no use."""


def register(channel: str, deliver: Deliverer) -> None:
    """Let `deliver` carry the rows of a channel; it raises where it fails."""
    CHANNELS[channel] = deliver


@contextmanager
def delivering() -> Iterator[None]:
    """Keep for a while what the channels keep while they deliver."""
    with ExitStack() as stack:
        for hold in HELD_OPEN:
            stack.enter_context(hold())
        yield


@dataclass(frozen=True)
class Stuck:
    """Letters that do not go: by one channel, to one person (or none of ours), for one reason."""

    channel: str
    addressee: UUID | None
    problem: str

    @property
    def subject(self) -> str:
        """Return of whom the ledger tells."""
        return f"person:{self.addressee}" if self.addressee else f"outbox:{self.channel}"

    def rows(self) -> OutboxQuerySet:
        """Return the letters, as far as a page may list them."""
        return listed().filter(channel=self.channel, addressee=self.addressee, problem=self.problem)


def listed() -> OutboxQuerySet:
    """Return the stuck letters that a page may list."""
    return Outbox.objects.stuck().exclude(problem__in=UNLISTED)


class StuckLine(NamedTuple):
    """Letters that do not go for one reason, and what became of them."""

    stuck: Stuck
    is_given_up: bool
    tries: int
    since: datetime | None


def stuck_lines() -> list[StuckLine]:
    """Return what does not go, by channel, person and reason; by no number of letters."""
    found = (
        listed()
        .values("channel", "addressee", "problem")
        .annotate(
            most=Max("tries"), since=Min("dead_at"), waits=Count("pk", filter=Q(dead_at=None))
        )
        .order_by("channel", "addressee", "problem")[:LINES_SHOWN]
    )
    return [
        StuckLine(
            stuck=Stuck(one["channel"], one["addressee"], one["problem"]),
            is_given_up=not one["waits"],
            tries=one["most"],
            since=one["since"],
        )
        for one in found
    ]
