"""Pages of a demonstration alone: the mail it caught, and what the benchmarks compare with."""

import email
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.policy import default
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common import clock
from people.models import Replay

# What Django's file backend writes between two messages of one file.
RULE = b"\n" + b"-" * 79 + b"\n"
SHOWN = 200
# rows of the yardstick go when the next answer is kept
ROW_LIFE = timedelta(minutes=1)


@dataclass(frozen=True)
class Mail:
    """One caught mail, as somebody would have read it."""

    key: str
    to: str
    sender: str
    subject: str
    at: datetime
    body: str


def caught() -> Iterator[Mail]:
    """Yield the mail in the folder, the newest first."""
    folder: Path | None = getattr(settings, "EMAIL_FILE_PATH", None)
    if folder is None or not Path(folder).is_dir():
        return
    files = sorted(Path(folder).glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files:
        messages = [part for part in file.read_bytes().split(RULE) if part.strip()]
        yield from map(_mail, reversed(messages))


def _mail(raw: bytes) -> Mail:
    message = email.message_from_bytes(raw.lstrip(), policy=default)
    date = message["date"]
    return Mail(
        key=hashlib.sha256(raw).hexdigest()[:16],
        to=str(message["to"]),
        sender=str(message["from"]),
        subject=str(message["subject"]),
        at=parsedate_to_datetime(str(date)) if date else datetime.fromtimestamp(0, UTC),
        body=str(message.get_content()),
    )


def mail_list(request: HttpRequest) -> HttpResponse:
    """Show the caught mail."""
    mails = [mail for mail, _ in zip(caught(), range(SHOWN), strict=False)]
    return render(request, "demo/mail.html", {"mails": mails, "now": clock.now(), "shown": SHOWN})


def mail_one(request: HttpRequest, key: str) -> HttpResponse:
    """Show one mail."""
    for mail in caught():
        if mail.key == key:
            return render(request, "demo/mail_one.html", {"mail": mail, "now": clock.now()})
    raise Http404


@csrf_exempt
@require_POST
def empty_insert(_request: HttpRequest) -> HttpResponse:
    """Insert one row that means nothing, in the transaction of the request: a yardstick."""
    row = Replay(key=os.urandom(32), request=b"", expires_at=clock.now() + ROW_LIFE)
    row.save(force_insert=True)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


urlpatterns: list[URLPattern] = [
    path("empty-insert/", empty_insert, name="empty-insert"),
    path("mail/", mail_list, name="mail"),
    path("mail/<slug:key>/", mail_one, name="mail-one"),
]
