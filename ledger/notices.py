"""The channels of the outbox: whoever can deliver one registers it here, in its `apps.py`."""

from collections.abc import Callable

from ledger.models import Outbox

Deliverer = Callable[[Outbox], None]
CHANNELS: dict[str, Deliverer] = {}


class UndeliverableError(Exception):
    """It can never be delivered (nobody is there to receive it); trying again is of no use."""


def register(channel: str, deliver: Deliverer) -> None:
    """Let `deliver` carry the rows of a channel; it raises where it fails."""
    CHANNELS[channel] = deliver
