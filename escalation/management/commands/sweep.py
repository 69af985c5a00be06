"""Sweep once, to the end: take every step that is due, and print what was done as JSON."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from common import clock, days
from escalation import actions


class Command(BaseCommand):
    """Sweeps once."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--at", help="pretend that it is this time (ISO 8601; demo alone)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Sweep and say what was done."""
        now = _moment(options["at"]) if options["at"] else clock.now()
        self.stdout.write(json.dumps(asdict(actions.sweep(now=now))))


def _moment(text: str) -> datetime:
    if not settings.DEMO:
        msg = "--at is for a demo alone: a sweep in the future would escalate what is not late."
        raise CommandError(msg)
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        msg = f"{text!r} is not a time such as 2026-11-21T12:00:00Z."
        raise CommandError(msg)
    return moment if moment.tzinfo else moment.replace(tzinfo=days.zone())
