"""The workers' door to the sweep, to clocks that are moved, and to public holidays."""

from celery import shared_task

from common import clock
from escalation import actions

# a worker has other work beside: what is left is taken at the next tick, or by another meanwhile
SECONDS = 10.0


@shared_task
def sweep(**_later: object) -> None:
    """Take every step that is due."""
    actions.sweep(now=clock.now(), seconds=SECONDS)


@shared_task
def move_clocks(**_later: object) -> None:
    """Move the clocks that people asked to move."""
    actions.move_clocks(now=clock.now())


@shared_task
def load_holidays(**_later: object) -> None:
    """Load the public holidays of the years to come, and look at the rules of time zones."""
    actions.load_holidays(now=clock.now())
