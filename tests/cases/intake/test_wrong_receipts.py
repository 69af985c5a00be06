"""Whatever is wrong with a receipt, the answer is one: body, headers, status, queries, effort."""

import gc
import math
import random
import re
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from cases import access, actions
from cases.lifecycle import Kind
from cases.models import Concern
from common.limits import Act
from safes.rules import Receipt
from tests.api.program import forget_who_asks
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-4", "INT-3")]

AS_OFTEN_AS_ONE_LIKES = {act.value: ((10**6, 10**6), (10**6, 10**6)) for act in Act}
ROUNDS = 150
# what goes another way through our code than the unknown does
TIMED = ("malformed", "erased", "changed")
# the design's; by chance less than once in 20,000 runs, and what disturbs makes it rarer
WELCH = 4.5
Ask = Callable[[str], Any]


@pytest.fixture
def wrong(world: World, process: BecomeProcess) -> dict[str, str]:
    """Return a receipt of each kind that opens nothing any more, or never did."""
    draft = Receipt.new()
    actions.start_draft(receipt=draft, kind=Kind.REPORT, answers={}, now=world.now)
    with process("worker"):
        actions.expire_drafts(now=world.now + timedelta(days=20))
    filed, erased = world.file()
    taken_back, withdrawn = world.file()
    access.present(withdrawn)
    actions.withdraw(taken_back, now=world.now)
    with process("worker"):
        world.erase(filed, taken_back)
    shared, changed = world.file()
    Concern.objects.filter(pk=shared.pk).update(is_receipt_shared=True)
    access.present(changed)
    actions.change_receipt(shared, old=changed, new=Receipt.new(), now=world.now)
    right = str(world.file()[1])
    slip = "0" if right[0] != "0" else "1"
    return {
        "unknown": str(Receipt.new()),
        "malformed": "not a receipt",
        "slipped": slip + right[1:],
        "expired": str(draft),
        "erased": str(erased),
        "withdrawn": str(withdrawn),
        "changed": str(changed),
    }


def at_the_page(typed: str) -> Any:
    forget_who_asks()
    return Client().post("/speak/return/", {"receipt": typed})


def over_the_api(typed: str) -> Any:
    forget_who_asks()
    return Client().post("/api/v1/receipts/", {"receipt": typed}, content_type="application/json")


def in_a_message(typed: str) -> Any:
    forget_who_asks()
    body = {"receipt": typed, "body": "Hello?"}
    return Client().post("/api/v1/receipts/messages/", body, content_type="application/json")


DOORS = [at_the_page, over_the_api, in_a_message]


@pytest.mark.parametrize("ask", DOORS)
def test_every_wrong_receipt_gets_one_answer_for_one_number_of_statements(
    wrong: dict[str, str], ask: Ask
) -> None:
    answers = {}
    for why, typed in wrong.items():
        with CaptureQueriesContext(connection) as seen:
            answer = ask(typed)
        statements = tuple(re.sub(r"'.*|\"s\d+_x\d+\"", "", one["sql"]) for one in seen)
        headers = tuple(sorted(answer.headers.items()))
        answers[why] = (answer.status_code, answer.content, headers, statements)
        assert not answer.cookies
    assert len(set(answers.values())) == 1, answers
    assert answers["unknown"][0] == 404


@pytest.mark.parametrize("ask", [at_the_page, over_the_api])
@override_settings(DOOR_BUDGETS=AS_OFTEN_AS_ONE_LIKES)
def test_no_wrong_receipt_takes_longer_than_another(
    world: World, wrong: dict[str, str], ask: Ask
) -> None:
    """Welch's t of the processor's time, the kinds in turn and in random order.

    Not of the clock's: on a machine that others use it measures them. What disturbs one kind more
    than another widens the spread and so lowers t. What the database does is compared above,
    statement by statement. A receipt that opens something shows that a difference would be seen.
    """
    kinds = {kind: wrong[kind] for kind in ("unknown", *TIMED)}
    kinds["right"] = str(world.file()[1])
    spent: dict[str, list[int]] = {kind: [] for kind in kinds}
    gc.collect()
    gc.disable()
    try:
        for n in range(-5, ROUNDS):
            for kind in random.sample(list(kinds), len(kinds)):
                if kind == "right" and n % 5:
                    continue
                began = time.thread_time_ns()
                ask(kinds[kind])
                spent[kind] += [time.thread_time_ns() - began] if n >= 0 else []
    finally:
        gc.enable()
    differences = {kind: abs(welch(spent[kind], spent["unknown"])) for kind in TIMED}
    assert max(differences.values()) < WELCH, differences
    assert welch(spent["right"], spent["unknown"]) > WELCH


def welch(one: list[int], other: list[int]) -> float:
    """Return Welch's t of two samples."""
    spread = statistics.variance(one) / len(one) + statistics.variance(other) / len(other)
    return (statistics.fmean(one) - statistics.fmean(other)) / math.sqrt(spread)
