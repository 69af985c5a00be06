"""Make clean copies of files: the one process that can open an upload, for an hour at the most.

It writes nothing into its log about a file: a line there would tell when somebody uploaded it.
"""

import json
import logging
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, close_old_connections, connection

from cases import actions
from common import clamd, clock, mat2, sandbox
from common.sealing import SealBrokenError
from files.access import open_loan, order_of
from files.models import Loan, Which
from files.rules.kinds import KINDS, MAIL, PDF, TEXT, Kind, NotCleanableError, Why, is_trace

log = logging.getLogger("ethicsdesk.cleaner")
LOOK_EVERY = 1.0
# a scanner that is away is asked again after this many seconds
REST = 30.0
_CHILD = "files.rules.child"
_REDACTOR = "files.rules.redactor"


class Command(BaseCommand):
    """Cleans what waits, until it is told to stop."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--once", action="store_true", help="clean what waits now, then end")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Look every second; a database that is away is looked for again."""
        cleaner = Cleaner()
        if options["once"]:
            self.stdout.write(f"{cleaner.look()} files")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.wait(LOOK_EVERY):
            try:
                cleaner.look()
            except Error as error:
                log.warning("the database does not answer (%s)", type(error).__name__)
            close_old_connections()


class Cleaner:
    """Takes what is on loan, one file after the other. A second cleaner takes the others."""

    def __init__(self) -> None:
        self._rests_until: dict[UUID, float] = {}

    def look(self) -> int:
        """Clean what waits; return how many files were looked at."""
        looked_at = 0
        for pk in list(Loan.objects.order_by("until").values_list("pk", flat=True)):
            if time.monotonic() < self._rests_until.get(pk, 0):
                continue
            with _alone(pk) as is_ours:
                looked_at += is_ours and self._take(pk)
        return looked_at

    def _take(self, pk: UUID) -> bool:
        now = clock.now()
        loan = Loan.objects.filter(pk=pk, until__gt=now).select_related("stream").first()
        if loan is not None and loan.stream.which == Which.CLEAN:
            return _redacted(loan)
        file = actions.begin_cleaning(loan, now=now) if loan else None
        if loan is None or file is None:
            return False
        try:
            self._clean(loan)
        except NotCleanableError as error:
            if error.why == Why.NO_SCANNER:
                self._rests_until[pk] = time.monotonic() + REST
            # of a scanner that is still away there is nothing new to say
            if file.why != error.why:
                actions.hold_file(loan, why=error.why, now=clock.now())
        return True

    def _clean(self, loan: Loan) -> None:
        if settings.CLAMAV and not clamd.answers(settings.CLAMAV):
            raise NotCleanableError(Why.NO_SCANNER)
        try:
            content = b"".join(open_loan(loan).read())
        except SealBrokenError as error:
            raise NotCleanableError(Why.BROKEN) from error
        is_scanned = _scan(content)
        kind = check(content)
        actions.check_file(loan, kind=kind, is_scanned=is_scanned, now=clock.now())
        copy, found = clean(content, kind)
        actions.keep_clean_copy(loan, content=copy, found=found, now=clock.now())


def _redacted(loan: Loan) -> bool:
    """Make the redacted copy that was ordered of a clean copy."""
    kind = actions.begin_redaction(loan, now=clock.now())
    if kind is None:
        return False
    try:
        try:
            content, order = b"".join(open_loan(loan).read()), order_of(loan)
        except SealBrokenError as error:
            raise NotCleanableError(Why.BROKEN) from error
        copy, report = redact(content, kind, order)
        actions.keep_redacted(loan, content=copy, report=report, now=clock.now())
    except NotCleanableError as error:
        actions.fail_redaction(loan, why=error.why, now=clock.now())
    return True


@contextmanager
def _alone(pk: UUID) -> Iterator[bool]:
    """Hold a file against other cleaners; the lock ends with this process, however it ends."""
    key = pk.int & 0x7FFF_FFFF_FFFF_FFFF
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _scan(content: bytes) -> bool:
    """Return whether a scanner passed it; False where none is configured."""
    if not settings.CLAMAV:
        return False
    size = 2**18
    try:
        pieces = (content[at : at + size] for at in range(0, len(content), size))
        passed = clamd.is_clean(settings.CLAMAV, pieces)
    except clamd.TooLongToScanError as error:
        raise NotCleanableError(Why.TOO_LONG_TO_SCAN) from error
    except clamd.ScannerAwayError as error:
        raise NotCleanableError(Why.NO_SCANNER) from error
    if not passed:
        raise NotCleanableError(Why.INFECTED)
    return True


def check(content: bytes) -> Kind:
    """Return what a file is, after a child process has opened it, or raise why it is not taken."""
    told, _ = _child("check", "", content)
    return KINDS[str(told["kind"])]


def clean(content: bytes, kind: Kind) -> tuple[bytes, set[str]]:
    """Return the clean copy, and what was taken out, in our words and no others."""
    told, copy = _child("clean", kind.media_type, content)
    found = told["found"]
    told_of = [str(one) for one in found] if isinstance(found, list) else []
    return _gone_over(copy, kind), {one for one in told_of if is_trace(one)}


def redact(content: bytes, kind: Kind, order: bytes) -> tuple[bytes, dict[str, object]]:
    """Return the redacted copy of a clean one, and what came of the order: numbers, no words."""
    given = order.replace(b"\n", b" ") + b"\n" + content
    told, copy = _child("redact", kind.media_type, given, module=_REDACTOR)
    if check(copy) != PDF:
        raise NotCleanableError(Why.BROKEN)
    return copy, {name: said for name, said in told.items() if _is_of_numbers(said)}


def _is_of_numbers(said: object) -> bool:
    numbers = said if isinstance(said, list) else [said]
    return all(isinstance(one, int) for one in numbers)


def _gone_over(copy: bytes, kind: Kind) -> bytes:
    """Return the copy after mat2 went over it too; where that fails, ours, which is clean."""
    if kind in {TEXT, MAIL} or not settings.MAT2 or not mat2.is_here():
        return copy
    try:
        twice = mat2.cleaned(copy, kind.extension)
        return twice if check(twice) == kind else copy
    except (sandbox.ProgramFailedError, sandbox.ProgramTooSlowError, NotCleanableError):
        return copy


def _child(
    task: str, media_type: str, content: bytes, *, module: str = _CHILD
) -> tuple[dict[str, object], bytes]:
    """Run a child process on a file; return what it tells, and what it made."""
    try:
        command = sandbox.python(module, task, media_type)
        answer = sandbox.run(command, content, packages=("files",))
        line, _, copy = answer.partition(b"\n")
        told: dict[str, object] = json.loads(line)
    except sandbox.ProgramTooSlowError as error:
        raise NotCleanableError(Why.TOO_SLOW) from error
    except (sandbox.ProgramFailedError, ValueError) as error:
        raise NotCleanableError(Why.CRASHED) from error
    if "why" in told:
        raise NotCleanableError(Why(str(told["why"])))
    return told, copy
