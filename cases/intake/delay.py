"""Let people wait when too many come at once: a page that keeps all they typed, without a script.

A ticket is signed here, good once, from 20 seconds to 4 hours after the page was made. It costs an
attacker time and not an honest person anything else: no picture to read, no address to give.
"""

import base64
import binascii
import json
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases.forms import intake as forms
from cases.intake.pages import View
from common import clock, keys, limits, sealing
from common.limits import Act

FIELD = "ticket"
YOUNGEST = timedelta(seconds=20)
OLDEST = timedelta(hours=4)
ID_BYTES = 16
TOO_MANY = 429
# what a person reads first: that nothing of this has happened yet
NOT_YET = {
    Act.RECEIPT: "Your receipt was not looked up yet.",
    Act.FILE: "It was not sent yet.",
    Act.UPLOAD: "The file was not taken.",
    Act.MESSAGE: "Your message was not sent yet.",
}


@dataclass(frozen=True)
class Ticket:
    """A place in the queue for one kind of act, made at `since` (seconds since 1970)."""

    id: bytes
    since: float

    @classmethod
    def opened(cls, sealed: str, act: Act) -> "Ticket | None":
        """Return what `sealed` made for this act, or None."""
        try:
            envelope = base64.urlsafe_b64decode(sealed)
            number, since = json.loads(sealing.decrypt(_key(), envelope, _binding(act)))
        except (binascii.Error, ValueError, sealing.SealBrokenError):
            return None
        return cls(bytes.fromhex(number), since)

    def sealed(self, act: Act) -> str:
        """Return the ticket as a form carries it."""
        facts = json.dumps([self.id.hex(), self.since]).encode()
        return base64.urlsafe_b64encode(sealing.encrypt(_key(), facts, _binding(act))).decode()

    def left(self, now: datetime) -> int:
        """Return for how many seconds it is too young; negative once it is too old."""
        age = now.timestamp() - self.since
        if age > OLDEST.total_seconds():
            return -1
        return max(0, math.ceil(YOUNGEST.total_seconds() - age))

    def admits(self, now: datetime) -> bool:
        """Return whether it lets its owner in, and spend it if so."""
        return self.left(now) == 0 and limits.spend(self.id, int(OLDEST.total_seconds()))


def limited(act_of: Callable[[HttpRequest], Act]) -> Callable[[View], View]:
    """Let a view be asked as often as the budgets allow, and whoever has waited."""

    def around(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest) -> HttpResponse:
            if request.method != "POST":
                return view(request)
            act = act_of(request)
            ticket = Ticket.opened(request.POST.get(FIELD, ""), act)
            if ticket is not None and ticket.admits(clock.now()):
                return view(request)
            if limits.take(act, request.META.get(limits.NETWORK)):
                return view(request)
            return _wait(request, act, ticket)

        return answer

    return around


def _wait(request: HttpRequest, act: Act, ticket: Ticket | None) -> HttpResponse:
    """Ask somebody to wait; pressing too early begins nothing anew."""
    now = clock.now()
    if ticket is None or ticket.left(now) <= 0:
        ticket = Ticket(os.urandom(ID_BYTES), now.timestamp())
    labels = forms.labels()
    carried = [
        (name, value) for name, values in request.POST.lists() for value in values if name != FIELD
    ]
    context = {
        "ticket": ticket.sealed(act),
        "seconds": ticket.left(now),
        "not_yet": NOT_YET.get(act, "This step was not taken yet."),
        "words": [(name, labels[name], text) for name, text in carried if name in labels],
        "others": [(name, value) for name, value in carried if name not in labels],
        "is_file": act == Act.UPLOAD,
    }
    response = render(request, "cases/intake/wait.html", context, status=TOO_MANY)
    response["Retry-After"] = str(ticket.left(now))
    return response


def _binding(act: Act) -> bytes:
    return f"intake-ticket|v1|{act}".encode()


def _key() -> bytes:
    return keys.derived("intake-ticket")
