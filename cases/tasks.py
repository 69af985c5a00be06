"""The workers' door to drafts, walls, open identities, and what the cleaner had for its hour."""

from celery import shared_task

from cases import actions
from common import clock


@shared_task
def expire_drafts(**_later: object) -> None:
    """Delete drafts that nobody came back to."""
    actions.expire_drafts(now=clock.now())


@shared_task
def expire_identities(**_later: object) -> None:
    """Shut identities whose time is over, and destroy the shares that were given."""
    actions.expire_identities(now=clock.now())


@shared_task
def find_names_due(**_later: object) -> None:
    """Note which older names custodians who came later should be able to open."""
    actions.find_names_due(now=clock.now())


@shared_task
def expire_loans(**_later: object) -> None:
    """Take back what the cleaner had for its hour."""
    actions.expire_loans(now=clock.now())


@shared_task
def expire_bundles(**_later: object) -> None:
    """Delete bundles whose time is over."""
    actions.expire_bundles(now=clock.now())


@shared_task
def see_to_open_work(**_later: object) -> None:
    """Let work go on whose owner has left, and let in who stands in for the absent."""
    actions.see_to_open_work(now=clock.now())


@shared_task
def enforce_walls(**_later: object) -> None:
    """Take keys from whoever came behind a wall."""
    actions.enforce_walls(now=clock.now())
