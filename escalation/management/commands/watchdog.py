"""Sweep without Celery whenever the last sweep is too old, so that no deadline needs the broker."""

import logging
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections

from common import clock
from escalation import actions
from escalation.models import Heartbeat
from ledger import actions as ledger

log = logging.getLogger("ethicsdesk.watchdog")
LOOK_EVERY = 5.0


class Command(BaseCommand):
    """Watches the sweep's heartbeat until it is told to stop."""

    help = __doc__ or ""

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Look every few seconds; a database that is away is looked for again."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.wait(LOOK_EVERY):
            try:
                look()
            except Error as error:
                log.warning("the database does not answer (%s)", type(error).__name__)
            close_old_connections()


def look() -> bool:
    """Sweep and deliver if nobody else does; return whether this was needed."""
    now = clock.now()
    alive = Heartbeat.objects.filter(name="sweep", at__gt=now - settings.HEARTBEAT_MAX_AGE).exists()
    if not alive:
        log.warning("no sweep for %s: sweeping here", settings.HEARTBEAT_MAX_AGE)
        actions.sweep(now=now)
        ledger.deliver(now=clock.now())
    return not alive
