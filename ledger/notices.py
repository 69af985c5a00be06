"""The channels of the outbox: whoever can deliver one registers it here, in its `apps.py`."""

from collections.abc import Callable

from ledger.models import Outbox

Deliverer = Callable[[Outbox], None]
CHANNELS: dict[str, Deliverer] = {}


# why a notice was not sent where a wall stands: it counts nowhere, since its number would tell
WITHHELD = "withheld"
# and where somebody has no address: that is told of the person, and not of the notice
NOBODY = "nobody is there to receive it"


class UndeliverableError(Exception):
    """It can never be delivered (nobody is there to receive it); trying again is of no use."""


def register(channel: str, deliver: Deliverer) -> None:
    """Let `deliver` carry the rows of a channel; it raises where it fails."""
    CHANNELS[channel] = deliver
