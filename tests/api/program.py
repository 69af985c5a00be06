"""A program with a token, as the API's tests use it."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client

from common import clock
from ledger.rules import SYSTEM
from people import actions
from people.models import ApiClient
from people.rules import Scope
from tests.world import NARRATIVE, World

# What every request costs: forgetting (above), a savepoint, who asks, and its release.
BARE = 4
# And one with a token: the time, the token, whose walls stand before it, telling row security.
FRAME = BARE + 4


class Program:
    """A program outside: it has a token, and speaks JSON."""

    def __init__(self, world: World, scopes: Sequence[Scope], *, owner: str = "adam") -> None:
        self.now: datetime = clock.now()
        self.row: ApiClient = actions.add_client(
            name=f"Program {ApiClient.objects.count()}",
            owner=world[owner],
            scopes=scopes,
            by=SYSTEM,
            now=self.now,
        )
        self.token = self.new_token()
        self._client = Client(raise_request_exception=False)

    def new_token(self, life: timedelta = timedelta(days=30)) -> str:
        return actions.issue_token(self.row, by=SYSTEM, now=self.now, life=life)

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        forget_who_asks()
        return self._client.get(f"/api/v1/{path}", query, headers=self._headers(headers))

    def follow(self, address: str) -> Any:
        """Follow a `next` or `previous` as it is."""
        forget_who_asks()
        return self._client.get(address, headers=self._headers({}))

    def ask_page(self, address: str) -> Any:
        """Ask for a page of people."""
        return self._client.get(address, headers=self._headers({}))

    def post(self, path: str, body: object, **headers: str) -> Any:
        return self.send("POST", path, json.dumps(body), **headers)

    def send(self, method: str, path: str, body: str | bytes = "", **headers: str) -> Any:
        forget_who_asks()
        kind = headers.pop("content_type", "application/json")
        return self._client.generic(
            method,
            f"/api/v1/{path}",
            body,
            content_type=kind,
            headers=self._headers(headers),
        )

    def _headers(self, given: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in given.items()}
        if self.token:
            named.setdefault("Authorization", f"Bearer {self.token}")
        return named


def forget_who_asks() -> None:
    """Take from row security what an earlier request told it: a test is one transaction."""
    names = ("ed.person", "ed.behind", "ed.behind_until", "ed.receipt", "ed.client")
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"set_config('{name}', '', true)" for name in names))


def is_problem(response: HttpResponse, status: int) -> dict[str, Any]:
    """Assert that a response is a problem document of this status, and return it."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    body: dict[str, Any] = response.json()  # type: ignore[attr-defined] # the test client adds it
    assert body["type"] == "about:blank"
    assert body["status"] == status
    assert body["title"]
    return body


def concern(**changes: object) -> dict[str, Any]:
    """Return a body with which a concern can be filed."""
    return {
        "kind": "report",
        "category": "other",
        "channel": "phone",
        "reporter": {"mode": "anonymous"},
        "answers": {"when": "14 October", "sure": True, "who_else": None},
        "narrative": NARRATIVE,
        **changes,
    }
