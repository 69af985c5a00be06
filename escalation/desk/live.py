"""How the clocks of a page that is open stand now, for the script that keeps them in step."""

import hashlib
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.http import parse_etags

from common.templatetags.parts import clock as face_of
from escalation import duties
from escalation.duties import AT_WORK
from escalation.models import Clock
from escalation.rules.kinds import label_of
from people.rules import Role
from safes.desk.base import AtDesk

# what one page shows; a request line takes no more of them
MOST = 100


class Live(AtDesk):
    """The clocks that a page names, as far as who asks may see them; those that ended say so."""

    # auditors see the clocks of cases that were given to them
    roles = AT_WORK | {Role.AUDITOR}

    def lets_in(self) -> bool:
        """Let in whoever has something due, such as a policy to read: its clock stands there."""
        return duties.own_of(self.person, now=self.now).open().exists()

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer with each clock's face, or that nothing changed."""
        clocks = self._clocks(request.GET.get("of", ""))
        tag = _tag(clocks)
        if tag in parse_etags(request.headers.get("If-None-Match", "")):
            return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
        told = {one.pk.hex: self._told(one) for one in clocks}
        return JsonResponse({"clocks": told}, headers={"ETag": tag})

    def handle_no_permission(self) -> Any:
        """Say that the session ended: a script follows nobody to the sign-in.

        It is no error, or the browser would note one on a page on which somebody is typing.
        """
        return JsonResponse({"clocks": {}, "signed_out": True})

    def _clocks(self, named: str) -> list[Clock]:
        known = duties.open_to(self.person.conflicts)
        return list(known.filter(pk__in=_ids(named)).order_by("pk"))

    def _told(self, clock: Clock) -> dict[str, Any]:
        face = face_of(clock, self.now, label="")
        return {
            "html": render_to_string("parts/clock.html", face),
            "state": clock.state,
            "label": label_of(clock.kind),
        }


def _ids(named: str) -> list[UUID]:
    """Return the ids in a list; what is none is left out."""
    found = []
    for one in named.split(",")[:MOST]:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found


def _tag(clocks: list[Clock]) -> str:
    told = [(one.pk.hex, one.state, str(one.due_at), one.next_step) for one in clocks]
    return f'W/"{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"'
