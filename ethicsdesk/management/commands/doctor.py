"""Look at this house and say, a line each, what is well, what is not, and what to do."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from common import clock
from ethicsdesk import doctor


class Command(BaseCommand):
    """Exit 0 when nothing is bad, 1 when something is."""

    help = __doc__ or ""
    # it says itself what is wrong with a database
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Look, say, and exit."""
        worst = 0
        for finding in doctor.examine(clock.now):
            self.stdout.write(str(finding))
            worst |= finding.state == doctor.State.BAD
        sys.exit(worst)
