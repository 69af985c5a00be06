"""What came into the queue since it was opened, for the script that tells of it."""

import hashlib
from collections.abc import Collection, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import parse_etags

from cases.desk.views.filtered import Filtered
from cases.desk.views.rows import COUNTED


class Arrived(Filtered):
    """How many concerns wait in this view that did not when it was opened.

    The page names those that it knows, since no time is kept of what an anonymous reporter does.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer with the number, or that nothing changed."""
        known = request.GET.get("known", "").split(",")[:COUNTED]
        told = {"new": len(arrived(self._waiting_now(), known))}
        tag = f'W/"{hashlib.sha256(repr((known, told)).encode()).hexdigest()[:32]}"'
        if tag in parse_etags(request.headers.get("If-None-Match", "")):
            return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
        return JsonResponse(told, headers={"ETag": tag})

    def handle_no_permission(self) -> Any:
        """Say that the session ended: a script follows nobody to the sign-in."""
        return JsonResponse({"new": 0, "signed_out": True})

    def _waiting_now(self) -> list[str]:
        if not self.shows_concerns:
            return []
        return list(self.waiting().values_list("ref", flat=True)[: COUNTED + 1])


def arrived(now: Sequence[str], known: Collection[str]) -> list[str]:
    """Return which references of a list are new to who knew these, the first `COUNTED` of it.

    Whoever knew only the first ones learns of what stands among them now: what follows the last of
    those may only have moved up.
    """
    if len(known) >= COUNTED:
        last = max((n for n, ref in enumerate(now) if ref in known), default=-1)
        now = now[: last + 1]
    return [ref for ref in now if ref not in known]
