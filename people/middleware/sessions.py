"""Sessions that end: by idling, by age, and at once when their row is gone.

The browser holds the key, the database its digest. Django's name for a session engine is a module
with a `SessionStore`.
"""

import hashlib
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.db.models.functions import Now
from django.http import HttpRequest

from common import clock
from people.models import Session

BEGUN, DEVICE = "begun", "device"
KEY_SYMBOLS = 40


def digest(session_key: str | None) -> str:
    """Return what is stored of a session's key: 160 bits of its SHA-256."""
    return hashlib.sha256((session_key or "").encode()).hexdigest()[:KEY_SYMBOLS]


class SessionStore(DatabaseStore):
    """A session in our own table."""

    # whether a request with this session shows that somebody is there
    is_somebody_there = True

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        rows = Session.objects.filter(session_key=digest(self.session_key))
        row = rows.annotate(now=Now()).first()
        if row is None or self._is_over(row, row.now):
            if row is not None:
                rows.delete()
            self._session_key = None
            return None
        if self.is_somebody_there and row.now - row.seen_at > settings.SESSION_TOUCH:
            rows.update(seen_at=row.now)
        return row

    @staticmethod
    def _is_over(row: Session, now: datetime) -> bool:
        return (
            row.expire_date <= now
            or now - row.seen_at > settings.SESSION_IDLE
            or now - row.begun_at > settings.SESSION_ABSOLUTE
        )

    def exists(self, session_key: str | None) -> bool:
        """Return whether there is a session of this key."""
        return Session.objects.filter(session_key=digest(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        """End the session of this key, or this one."""
        Session.objects.filter(session_key=digest(session_key or self.session_key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row of this session as it is now; it began when its person signed in."""
        now = clock.now()
        begun = datetime.fromisoformat(data[BEGUN]) if BEGUN in data else now
        return Session(
            session_key=digest(self.session_key),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            person_id=data.get(SESSION_KEY),
            device=data.get(DEVICE, ""),
            begun_at=begun,
            seen_at=now,
        )


class Sessions(SessionMiddleware):
    """Django's sessions; what a page asks by itself keeps none from ending."""

    def process_request(self, request: HttpRequest) -> None:
        """Give the request its session, which is read when somebody asks for it."""
        super().process_request(request)
        if request.path_info.startswith(settings.ASKED_BY_PAGES):
            cast("SessionStore", request.session).is_somebody_there = False
