"""The workers' door to who is asked to read what."""

from celery import shared_task

from common import clock
from policies import actions

# a worker has other work beside: what is left is asked at the next tick, or by another meanwhile
SECONDS = 10.0


@shared_task
def see_to_campaigns(**_later: object) -> None:
    """Ask whoever was not asked yet, and release whoever is asked no more."""
    actions.see_to_campaigns(now=clock.now(), seconds=SECONDS)
