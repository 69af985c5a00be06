"""Verify the ledger: exit 0 whole, 1 broken, 2 could not check."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error

from common import clock, keys
from ledger import reports, rules


class Command(BaseCommand):
    """Checks every entry, leaf, root, signature and count."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
        parser.add_argument(
            "--witness", type=Path, help="a file of checkpoints that somebody else kept"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Verify, print, and exit with the verdict."""
        try:
            witnessed = self._witnessed(options["witness"])
            verdict = reports.verify(now=clock.now(), witnessed=witnessed)
        except (Error, OSError, ValueError, keys.KeyMissingError) as error:
            self.stderr.write(f"The ledger could not be checked: {type(error).__name__}: {error}")
            sys.exit(2)
        if options["json"]:
            outcome = "whole" if verdict.is_whole else "broken"
            self.stdout.write(json.dumps({"outcome": outcome, **asdict(verdict)}))
        else:
            self._say(verdict)
        sys.exit(0 if verdict.is_whole else 1)

    def _witnessed(self, path: Path | None) -> list[str]:
        if path is None:
            return []
        text = path.read_text(encoding="utf-8")
        starts = text.split(f"{rules.ORIGIN}\n")[1:]
        if not starts:
            msg = f"{path} holds no checkpoint of this ledger"
            raise ValueError(msg)
        return [f"{rules.ORIGIN}\n{part}" for part in starts]

    def _say(self, verdict: reports.Verdict) -> None:
        for sentence in verdict.problems:
            self.stdout.write(f"BROKEN  {sentence}")
        for sentence in verdict.warnings:
            self.stdout.write(f"NOTE    {sentence}")
        word = "whole" if verdict.is_whole else "broken"
        self.stdout.write(
            f"The ledger is {word}: {verdict.entries} entries, {verdict.sealed} sealed, "
            f"{verdict.checkpoints} checkpoints."
        )
