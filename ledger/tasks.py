"""The workers' door: seal the log, deliver the outbox. Celery carries the tick, nothing else."""

from celery import shared_task

from common import clock
from ledger import actions

# a worker has other work beside: what is left goes at the next tick, or by another meanwhile
SECONDS = 10.0


@shared_task
def seal(**_later: object) -> None:
    """Seal what was committed."""
    actions.seal(now=clock.now())


@shared_task
def deliver(**_later: object) -> None:
    """Deliver what is due."""
    actions.deliver(now=clock.now(), seconds=SECONDS)


@shared_task
def forget_told(**_later: object) -> None:
    """Delete what was told a while ago."""
    actions.forget_told(now=clock.now())
