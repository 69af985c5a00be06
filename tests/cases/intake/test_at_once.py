"""The door of the running house when one form is sent many times at once."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.cases.intake.reporter import Reporter
from tests.house import House

TOGETHER = 50
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Answer(NamedTuple):
    """What a browser got."""

    status_code: int
    content: bytes


class Browser:
    """Sends forms to the house, each by a connection of its own, as many browsers would."""

    def __init__(self, house: House) -> None:
        self._port = house.port

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, data: dict[str, Any]) -> Answer:
        return self._ask("POST", path, urlencode(data, doseq=True))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)) as line:
            line.request(method, path, body, FORM)
            answer = line.getresponse()
            return Answer(answer.status, answer.read())


def filed(house: House) -> int:
    """Return how many reports were sent."""
    sent = "Concern.objects.exclude(status='draft').count()"
    count = f"from cases.models import Concern; print('n =', {sent})"
    return int(house.manage("shell", "-v", "0", "-c", count).rpartition("n =")[2])


@pytest.mark.browser
@pytest.mark.req("ESC-6", "INT-1")
def test_a_form_that_is_sent_fifty_times_at_once_is_one_concern_and_one_receipt(
    house: House,
) -> None:
    browser = Browser(house)
    reporter = Reporter(cast("Client", browser))
    reporter.answer_all()
    form, before = {**reporter.hidden, "go": "send"}, filed(house)

    def send(_: int) -> Answer:
        return browser.post("/speak/file/", form)

    with ThreadPoolExecutor(TOGETHER) as crowd:
        answers = list(crowd.map(send, range(TOGETHER)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    reporter.answers.append(answers[0])
    assert len(reporter.receipt) > 0
    assert filed(house) == before + 1
