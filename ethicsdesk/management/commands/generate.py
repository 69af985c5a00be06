"""Fill a demonstration with many concerns and cases, in bulk and really sealed."""

import os
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from common import clock
from ethicsdesk.demo import northmoor, scale
from ethicsdesk.machine.state import State
from people.models import Person
from policies.models import HANDLING, Policy

TELL_EVERY = 10.0


class Command(BaseCommand):
    """Generates concerns."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--cases", type=int, required=True, help="how many concerns")
        parser.add_argument("--years", type=float, default=2.0, help="over how many years (2)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same concerns")
        parser.add_argument(
            "--processes", type=int, default=os.cpu_count() or 1, help="how many write at once"
        )

        parser.add_argument(
            "--lean",
            action="store_true",
            help="what lists show alone: no messages, notes and readings",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Generate, and say how fast it went."""
        if not settings.DEMO:
            msg = (
                "Invented concerns are for a demonstration alone, and this is none "
                "(ETHICSDESK_DEMO=1 makes it one). Nothing was changed."
            )
            raise CommandError(msg)
        if options["cases"] < 1 or not 0 < options["years"] <= northmoor.OLDEST:
            msg = f"At least one case, and at most {northmoor.OLDEST} years. Nothing was changed."
            raise CommandError(msg)
        if not Person.objects.exists():
            with transaction.atomic():
                made = northmoor.found(now=clock.now())
                State().write("personas", made.personas())
        elif not Policy.objects.filter(code=HANDLING).exists():
            msg = "These are not the people of a demonstration. Begin with an empty state."
            raise CommandError(msg)
        self._generate(options)

    def _generate(self, options: dict[str, Any]) -> None:
        began = time.monotonic()
        told = 0.0
        written = scale.generate(
            options["cases"],
            years=options["years"],
            seed=options["seed"],
            now=clock.now(),
            processes=options["processes"],
            is_lean=options["lean"],
        )
        for done in written:
            seconds = time.monotonic() - began
            if seconds > told + TELL_EVERY:
                told = seconds
                self.stdout.write(f"{done} of {options['cases']}, {done / seconds:.0f} a second")
        seconds = time.monotonic() - began
        rate = options["cases"] / seconds
        what = (
            "lean: what lists show."
            if options["lean"]
            else "sealed to six each, with their cases, clocks, messages and ledger entries."
        )
        self.stdout.write(
            f"{options['cases']} concerns in {seconds:.1f} s: {rate:.0f} a second, {what}"
        )
