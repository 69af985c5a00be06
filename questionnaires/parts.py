"""Of which kinds and categories a questionnaire can be asked, as another package says."""

from collections.abc import Callable
from typing import NamedTuple


class Offer(NamedTuple):
    """Codes with their labels, in the order in which they are offered."""

    kinds: list[tuple[str, str]]
    categories: list[tuple[str, str]]


OFFERS: list[Callable[[], Offer]] = []


def register_offer(offer: Callable[[], Offer]) -> None:
    """Let a package say of what can be asked."""
    OFFERS.append(offer)


def offer() -> Offer:
    """Return all kinds and categories."""
    told = [source() for source in OFFERS]
    return Offer(
        [kind for one in told for kind in one.kinds],
        [category for one in told for category in one.categories],
    )
