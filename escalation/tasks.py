"""The workers' door to the sweep."""

from celery import shared_task

from common import clock
from escalation import actions


@shared_task
def sweep(**_later: object) -> None:
    """Take every step that is due."""
    actions.sweep(now=clock.now())
