"""Fill an empty state with Northmoor: 400 people, 8 policies, 60 stories, and the years behind."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from common import clock
from ethicsdesk.demo import northmoor
from ethicsdesk.machine.state import State
from people.models import Person


class Command(BaseCommand):
    """Makes the demo data, once."""

    help = __doc__ or ""

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make it, or leave what is there as it is."""
        if not settings.DEMO:
            msg = (
                "Invented people are for a demonstration alone, and this is none "
                "(ETHICSDESK_DEMO=1 makes it one). Nothing was changed."
            )
            raise CommandError(msg)
        if Person.objects.exists():
            self.stdout.write("There are people already. Nothing was changed.")
            return
        began = time.monotonic()
        with transaction.atomic():
            made = northmoor.make(now=clock.now())
            # before the commit: without their passwords the people would be of no use
            State().write("personas", made.personas())
        seconds = time.monotonic() - began
        self.stdout.write(f"Northmoor is there, made in {seconds:.1f} s.")
