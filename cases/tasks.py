"""The workers' door to drafts."""

from celery import shared_task

from cases import actions
from common import clock


@shared_task
def expire_drafts(**_later: object) -> None:
    """Delete drafts that nobody came back to."""
    actions.expire_drafts(now=clock.now())
