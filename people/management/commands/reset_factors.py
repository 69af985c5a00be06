"""Remove the second factors of an account, where nobody else can: `reset_factors USERNAME`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from common.errors import RuleError
from people import actions


class Command(BaseCommand):
    """Tells the person, every administrator and every head, and the ledger: the operator did it."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare whose account it is."""
        parser.add_argument("username", metavar="USERNAME", help="whose second factors are removed")

    def handle(self, *_args: Any, username: str, **_options: Any) -> None:
        """Do it, or say why not."""
        try:
            person = actions.reset_factors(username, now=clock.now())
        except RuleError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"The second factors of {person.name} are removed.")
        self.stdout.write("They are told, and every administrator and head.")
        self.stdout.write(f"They add a new one within {settings.ENROL_WITHIN.days} days.")
