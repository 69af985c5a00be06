"""Erase again what a restore of either cluster brought back; run it after every restore."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from retention import actions
from retention.serializers import read
from safes.models import Erasure


class Command(BaseCommand):
    """Compares both clusters, and a file if there is one, and erases what should be gone."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--from",
            dest="from_",
            type=Path,
            help="a file that `erasures --out` wrote: needed where both clusters were restored",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Erase it."""
        again = actions.replay(now=clock.now(), more=self._told(options["from_"]))
        if again:
            self.stdout.write(f"{again} erasures were done again.")
        else:
            self.stdout.write("Nothing had come back: all that was erased is gone.")

    def _told(self, path: Path | None) -> list[Erasure]:
        if path is None:
            return []
        try:
            return read(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            msg = f"{path}: {error}. Nothing was erased."
            raise CommandError(msg) from None
