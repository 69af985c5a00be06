"""Look after keys: `keys status`, `keys rotate LAYER`, `keys rewrap`, `keys found USERNAME …`."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock, keys
from common.custody import Folder
from ethicsdesk.machine.keys import ALL, LAYERS, RINGS, rotate
from ethicsdesk.machine.state import State
from people.models import Person
from safes import access, actions


class Command(BaseCommand):
    """Runs as the owner, who alone may touch every wrapped key."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what can be done."""
        commands = parser.add_subparsers(dest="command", required=True)
        commands.add_parser("status", help="which master key lies around what")
        rotating = commands.add_parser("rotate", help="make a newer key and move to it")
        rotating.add_argument("layer", choices=LAYERS)
        commands.add_parser("rewrap", help="go on with what a rotation left, or began elsewhere")
        founding = commands.add_parser("found", help="attest the keys of the first people")
        founding.add_argument("usernames", nargs="+", metavar="USERNAME")

    def handle(self, *_args: Any, command: str, **options: Any) -> None:
        """Do it, and say what was done."""
        match command:
            case "status":
                self._status()
            case "rotate":
                self._rotate(options["layer"])
            case "rewrap":
                self._rewrap()
            case _:
                self._found(options["usernames"])

    def _status(self) -> None:
        self.stdout.write(f"{keys.name_of('master', keys.current())} wraps.")
        for what, counted in actions.wrapped_by().items():
            for version, number in counted.items():
                self.stdout.write(f"{number} {what} lie under {keys.name_of('master', version)}.")
        waiting = access.pending_keys()
        self.stdout.write(f"{len(waiting)} keys of people wait for approval.")

    def _rotate(self, layer: str) -> None:
        made = self._make(layer)
        if layer == "master":
            self._rewrap()
        if layer == "signing":
            self.stdout.write(f"{actions.sign_again()} attestations were signed again.")
        actions.record_rotation(layer, key=made, now=clock.now())
        self.stdout.write(f"{made} is in use. Keep it with the others; the older still open.")

    def _make(self, layer: str) -> str:
        """Make a newer key in the folders of this house, those first that have to open with it."""
        custody = settings.KEYS
        if not isinstance(custody, Folder) or not os.access(custody.path, os.W_OK):
            msg = (
                "The keys are not in a folder that this process can write. Make and hand out the "
                "newer key as docs/running.md says, then run `keys rewrap`. Nothing was changed."
            )
            raise CommandError(msg)
        state = State()
        ours = custody.path == state / ALL.folder
        return rotate(layer, custody.path, {state / ring.folder: ring for ring in RINGS if ours})

    def _rewrap(self) -> None:
        outer = user = 0
        while moved := actions.rewrap_outer_keys():
            outer += moved
        while moved := actions.rewrap_user_keys():
            user += moved
        name = keys.name_of("master", keys.current())
        self.stdout.write(f"{outer} outer keys and {user} keys of people moved under {name}.")

    def _found(self, usernames: list[str]) -> None:
        people = {person.username: person for person in Person.objects.trusted()}
        if unknown := set(usernames) - people.keys():
            msg = f"Nobody with a part here is called {', '.join(sorted(unknown))}."
            raise CommandError(msg)
        found = actions.attest_founders([people[name] for name in usernames], now=clock.now())
        for key in found:
            self.stdout.write(f"{key.person.name}: {key.fingerprint}")
        self.stdout.write(f"{len(found)} keys were attested. Compare the fingerprints.")
