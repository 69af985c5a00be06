"""The escrow key: `escrow make`, `escrow status`, `escrow open`, `escrow end`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases import actions as cases
from cases.models import Case, Concern
from common import clock
from common.errors import RuleError
from ethicsdesk.machine.state import write_private
from people.models import Person
from safes import actions
from safes.models import EscrowKey, Grant, Safe

HEADING = "EthicsDesk escrow key, half {n} of 2"
ADVICE = (
    "Alone this half tells nothing. Keep it away from the other, with somebody outside the office."
)


class Command(BaseCommand):
    """Makes, uses and ends the key whose secret lies outside, in two halves."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what can be done."""
        commands = parser.add_subparsers(dest="command", required=True)
        commands.add_parser("status", help="whether there is one, and what is sealed to it")
        commands.add_parser("end", help="end it: what was sealed to it, it opens no more")
        making = commands.add_parser("make", help="make one, and write its two halves")
        opening = commands.add_parser("open", help="let somebody open a concern or case by it")
        for one in (making, opening):
            one.add_argument("first", type=Path, metavar="FIRST-HALF")
            one.add_argument("second", type=Path, metavar="SECOND-HALF")
        opening.add_argument("--reference", required=True, help="of the concern or case")
        opening.add_argument("--person", required=True, metavar="USERNAME", help="who gets the key")

    def handle(self, *_args: Any, command: str, **options: Any) -> None:
        """Do it, or say why not."""
        try:
            match command:
                case "status":
                    self._status()
                case "make":
                    self._make(options["first"], options["second"])
                case "open":
                    self._open(**options)
                case _:
                    taken = actions.end_escrow(now=clock.now())
                    self.stdout.write(f"The escrow key is ended; {taken} grants were taken away.")
        except RuleError as refusal:
            raise CommandError(str(refusal)) from None

    def _status(self) -> None:
        escrow = EscrowKey.objects.filter(ended_at=None).first()
        if escrow is None:
            self.stdout.write("There is no escrow key: nothing is sealed to one.")
            return
        held = Grant.objects.filter(holder=bytes(escrow.public)).values("safe").distinct().count()
        self.stdout.write(
            f"Escrow key {escrow.pk}, made {escrow.made_at:%d %B %Y}: it opens {held} of "
            f"{Safe.objects.count()} safes, with both halves."
        )

    def _make(self, *paths: Path) -> None:
        if taken := [str(path) for path in paths if path.exists()]:
            msg = f"There is a file at {', '.join(taken)}. Name two new ones. Nothing was changed."
            raise CommandError(msg)
        escrow, halves = actions.make_escrow(now=clock.now())
        for n, (path, half) in enumerate(zip(paths, halves, strict=True), 1):
            lines = [HEADING.format(n=n), f"key {escrow.pk}", half.hex(), ADVICE]
            write_private(path, "\n".join(lines) + "\n")
        self.stdout.write(
            f"The escrow key is in use. Take {paths[0]} and {paths[1]} to two people outside the "
            "office, then remove both from here."
        )

    def _open(self, **options: Any) -> None:
        reference = options["reference"]
        person = Person.objects.active().filter(username=options["person"]).first()
        found = (
            Concern.objects.filter(ref=reference).first()
            or Case.objects.filter(ref=reference).first()
        )
        if person is None or found is None:
            msg = "There is no such person, or no such concern or case. Nothing was opened."
            raise CommandError(msg)
        halves = (_half(options["first"]), _half(options["second"]))
        cases.open_by_escrow(found, person=person, halves=halves, now=clock.now())
        self.stdout.write(f"{person.name} can open {reference}. The whole office was told.")


def _half(path: Path) -> bytes:
    """Return the bytes in a file that `escrow make` wrote."""
    try:
        _, _, half, *_ = path.read_text(encoding="utf-8").splitlines()
        return bytes.fromhex(half)
    except (OSError, ValueError):
        msg = f"{path} is not a half that `escrow make` wrote. Nothing was opened."
        raise CommandError(msg) from None
