"""Clients over HTTP on 127.0.0.1: a few at once for a bounded time, or one after the other."""

import http.client
import http.cookies
import json
import re
import threading
import time
from collections.abc import Callable
from time import perf_counter
from urllib.parse import urlencode

from ethicsdesk.machine.people import STEP_SECONDS, code_at

HOST = "127.0.0.1"
CLIENTS = 8
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


# the newest time step whose code was used: each works once
_used: dict[str, int] = {}


def next_code(totp_secret: str) -> str:
    """Return a code that was not used yet; after two within a step it has to wait."""
    step = max(int(time.time()) // STEP_SECONDS, _used.get(totp_secret, 0) + 1)
    while step > int(time.time()) // STEP_SECONDS + 1:
        time.sleep(0.2)
    _used[totp_secret] = step
    return code_at(totp_secret, step)


class Client:
    """One client that keeps its connection and its cookies."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._line = http.client.HTTPConnection(HOST, port, timeout=30)
        self._cookies: dict[str, str] = {}

    def ask(
        self,
        path: str,
        body: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Return status and body; a connection that the server closed meanwhile is made anew."""
        method = "GET" if body is None else "POST"
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = {**({"Cookie": cookies} if cookies else {}), **(headers or {})}
        try:
            self._line.request(method, path, body, sent)
            answer = self._line.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            self._line.close()
            self._line.request(method, path, body, sent)
            answer = self._line.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        return answer.status, answer.read()

    def close(self) -> None:
        """Close the connection."""
        self._line.close()

    @property
    def cookies(self) -> str:
        """Return the cookies as JSON, for another client that is to be the same browser."""
        return json.dumps(self._cookies)

    def sign_in(self, username: str, password: str, totp_secret: str | None = None) -> float:
        """Sign in as a browser does, which unlocks the vault as well; return the milliseconds.

        Those of the server's answers to the password and to the code, and not of waiting for one.
        """
        took = self._send("/sign-in/", {"username": username, "password": password})
        if totp_secret:
            took += self._send("/sign-in/code/", {"code": next_code(totp_secret)})
        return took

    def _send(self, path: str, entered: dict[str, str]) -> float:
        _, page = self.ask(path)
        found = TOKEN.search(page.decode())
        form = {"csrfmiddlewaretoken": found[1] if found else "", **entered}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://{HOST}:{self._port}",
        }
        began = perf_counter()
        status, _ = self.ask(path, urlencode(form), headers)
        took = (perf_counter() - began) * 1000
        if status != http.HTTPStatus.FOUND:
            msg = f"what was entered at {path} was answered with {status}"
            raise RuntimeError(msg)
        return took


def load(
    port: int, act: Callable[[Client], tuple[int, bytes]], *, wanted: int, last: float
) -> float:
    """Return the requests a second of 8 clients who do one act again and again for `last` seconds.

    Anything but the status that is wanted ends it.
    """
    done = [0] * CLIENTS
    wrong: list[tuple[int, bytes]] = []
    end = perf_counter() + last

    def work(n: int) -> None:
        client = Client(port)
        while perf_counter() < end and not wrong:
            status, body = act(client)
            if status != wanted:
                wrong.append((status, body))
            done[n] += 1

    threads = [threading.Thread(target=work, args=(n,)) for n in range(CLIENTS)]
    began = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        status, body = wrong[0]
        msg = f"answered with {status}: {body[:300]!r}"
        raise RuntimeError(msg)
    return sum(done) / (perf_counter() - began)


def latencies(client: Client, path: str, times: int) -> list[float]:
    """Return how many milliseconds each of so many requests took, one after the other."""
    found = []
    for _ in range(times + 1):
        began = perf_counter()
        status, body = client.ask(path)
        found.append((perf_counter() - began) * 1000)
        if status != http.HTTPStatus.OK:
            msg = f"{path} was answered with {status}: {body[:300]!r}"
            raise RuntimeError(msg)
    return found[1:]  # the first fills caches
