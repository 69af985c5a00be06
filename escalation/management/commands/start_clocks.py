"""Start the clocks of what was there before their kinds were known; part of each upgrade."""

from typing import Any

from django.core.management.base import BaseCommand

from common import clock
from escalation import actions


class Command(BaseCommand):
    """Starts what is missing; a second time it finds nothing."""

    help = __doc__ or ""

    def handle(self, *_args: Any, **options: Any) -> None:
        """Start it, and say how many there were."""
        started = actions.start_missing(now=clock.now())
        if started or options["verbosity"]:
            self.stdout.write(f"{started} time limits were started that had not been kept before.")
