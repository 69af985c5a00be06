"""Write the audit report of a period to a file: the same figures as the page, counted here."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits.models import Format
from audits.reports import documents, figures
from audits.rules import periods
from common import clock, days
from common.errors import RuleError


class Command(BaseCommand):
    """Writes an audit report."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--period", required=True, help="2026-03, 2026-Q1, 2026, 2026-03-12m")
        parser.add_argument("--format", required=True, choices=Format.values)
        parser.add_argument("--out", required=True, type=Path, help="the file to write")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Count, write, and say what it holds."""
        try:
            period = periods.parse(options["period"])
            cut = figures.released_cut(period, days.day_of(clock.now()), settings.RELEASE_AFTER)
        except RuleError as refusal:
            raise CommandError(str(refusal)) from None
        if cut.position == 0:
            msg = f"There are no figures of {period.label}: nothing was recorded by then."
            raise CommandError(msg)
        document = documents.Document.counted(figures.figures(period, cut))
        content = documents.WRITERS[Format(options["format"])](document)
        try:
            options["out"].write_bytes(content)
        except OSError as problem:
            msg = f"{options['out']} could not be written: {problem.strerror}. Give another --out."
            raise CommandError(msg) from None
        self.stdout.write(f"{options['out']}: {period.label}. {document.cut_off}")
        self.stdout.write(f"figures sha256 {document.digest}")
        self.stdout.write(f"file    sha256 {documents.sha256(content)}")
