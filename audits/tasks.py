"""The workers' door: fold facts, release figures, produce reports, verify. Celery only ticks."""

from celery import shared_task

from audits import actions
from common import clock


@shared_task
def fold(**_later: object) -> None:
    """Fold what was sealed, and release the figures whose time has come."""
    actions.fold_and_release(now=clock.now())


@shared_task
def produce(**_later: object) -> None:
    """Produce the next report."""
    actions.produce(now=clock.now())


@shared_task
def schedule_monthly(**_later: object) -> None:
    """Ask for the report of the newest released month."""
    actions.ask_for_newest(now=clock.now())


@shared_task
def verify(**_later: object) -> None:
    """Verify the ledger, if that was asked for or is due."""
    actions.verify(now=clock.now())
