"""Lift the lock of an account, where nobody else can: `lift_lock USERNAME`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from common.errors import RuleError
from people import actions


class Command(BaseCommand):
    """Tells the person, every administrator and every head, and the ledger: the operator did it."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare whose account it is."""
        parser.add_argument("username", metavar="USERNAME", help="whose lock is lifted")

    def handle(self, *_args: Any, username: str, **_options: Any) -> None:
        """Do it, or say why not."""
        try:
            person = actions.lift_lock(username, now=clock.now())
        except RuleError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{person.name} can sign in again.")
        self.stdout.write("They are told, and every administrator and head.")
