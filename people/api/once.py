"""A creation that is answered once for each key of the caller."""

import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from rest_framework import status
from rest_framework.exceptions import (
    APIException,
    ValidationError,
)
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from common import clock, days, keys, sealing
from people.api.who import program_of
from people.models import Replay

REPLAY_LIFE = timedelta(hours=24)
REPLAY_KEY_MAX = 255
REPLAYS_FORGOTTEN_AT_ONCE = 100


class KeyReusedError(APIException):
    """The same Idempotency-Key came with another request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = (
        "This Idempotency-Key was used for another request. Nothing was stored. Use a new key."
    )


Body = dict[str, Any]


def create_once(request: Request, make: Callable[[], Body], *, who: str = "") -> Response:
    """Answer a creation: 201 with what `make` returns, and the same again for the same key.

    A key belongs to the program, or to `who` where nobody has to say who they are. The row is
    taken before `make` runs, so that of requests at once one makes and the others wait for its
    answer; a refusal in `make` leaves no row, so that the key can be used again.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return Response(make(), status=status.HTTP_201_CREATED)
    if len(key) > REPLAY_KEY_MAX:
        raise ValidationError({"Idempotency-Key": [f"At most {REPLAY_KEY_MAX} characters."]})
    secret = sealing.hkdf(keys.derived("replay") + key.encode(), b"answer")
    owner = who or str(program_of(request).pk)
    name = hmac.digest(keys.derived("replay"), f"{owner}|{key}".encode(), "sha256")
    asked = _asked(request, secret)
    row = _take(name, asked)
    if row.status is not None:
        return _replay(row, asked, secret)
    body = make()
    row.status = status.HTTP_201_CREATED
    row.answer = sealing.encrypt(secret, json.dumps(body, cls=JSONEncoder).encode(), name)
    row.save(update_fields=["status", "answer"])
    return Response(body, status=row.status)


def _take(name: bytes, asked: bytes) -> Replay:
    """Return the row of a key; without a status it is ours, and others wait for our answer."""
    now = clock.now()
    old = Replay.objects.select_for_update(skip_locked=True).filter(expires_at__lte=now)
    Replay.objects.filter(pk__in=old.values("pk")[:REPLAYS_FORGOTTEN_AT_ONCE]).delete()
    # A midnight tells nobody when something was filed.
    expires = days.next_midnight(now + REPLAY_LIFE)
    Replay.objects.bulk_create(
        [Replay(key=name, request=asked, expires_at=expires)], ignore_conflicts=True
    )
    return Replay.objects.select_for_update().get(key=name)


def _replay(row: Replay, asked: bytes, secret: bytes) -> Response:
    if row.answer is None or not hmac.compare_digest(bytes(row.request), asked):
        raise KeyReusedError
    plain = sealing.decrypt(secret, bytes(row.answer), bytes(row.key))
    return Response(json.loads(plain), status=row.status, headers={"Idempotent-Replayed": "true"})


def _asked(request: Request, secret: bytes) -> bytes:
    """Return what tells one request from another, and without the key tells nothing of either."""
    body = json.dumps(request.data, sort_keys=True)
    return hmac.digest(secret, f"{request.method} {request.path}\n{body}".encode(), "sha256")
