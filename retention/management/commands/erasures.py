"""Write the record of what was erased into a file, to keep beside the backups."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from retention.serializers import written
from safes import reports


class Command(BaseCommand):
    """Writes what `replay_erasures --from` reads. It holds ids and days, no word and no name."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--out", type=Path, required=True, help="the file to write")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write it."""
        known = reports.records()
        path: Path = options["out"]
        path.write_text(json.dumps(written(known), indent=1) + "\n", encoding="utf-8")
        self.stdout.write(f"{len(known)} erasures are written to {path}.")
