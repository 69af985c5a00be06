"""Write the newest signed checkpoint to a file, for a witness to keep."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger import reports


class Command(BaseCommand):
    """Writes the newest checkpoint."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--out", type=Path, required=True, help="the file to write")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write it, or say that there is none yet."""
        newest = reports.standing().checkpoint
        if newest is None:
            msg = "Nothing is sealed yet. A worker seals every few seconds: try again."
            raise CommandError(msg)
        options["out"].write_text(newest.note, encoding="utf-8")
        self.stdout.write(f"{options['out']}: {newest.size} entries.")
