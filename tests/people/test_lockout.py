"""Guessing is slow, and no stranger can shut a person out: not by password, not by code."""

import re
from time import perf_counter

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from common import attempts
from common.attempts import Limit, source_of
from ledger.models import Entry
from ledger.verbs import Verb
from people.views.devices import HOUR
from tests.doors import code_now
from tests.people.conftest import PASSWORD, Entrant

pytestmark = [pytest.mark.req("SEC-3"), pytest.mark.django_db]

WRONG = "wrong wrong wrong wrong"
PAIR = 5


def guess(strong: Entrant, times: int, source: str = "198.51.100.7") -> None:
    for _ in range(times):
        strong.password(Client(), WRONG, source)


def test_a_source_that_guesses_is_refused_even_with_the_right_password(strong: Entrant) -> None:
    guess(strong, PAIR)
    assert strong.password(Client(), source="198.51.100.7").status_code == 200
    # somebody else elsewhere is not
    assert strong.password(Client(), source="192.0.2.55").status_code == 302


def test_what_succeeds_is_not_counted(strong: Entrant) -> None:
    for _ in range(PAIR + 2):
        assert strong.password(Client()).status_code == 302


def test_strangers_everywhere_do_not_shut_out_a_browser_of_the_person(strong: Entrant) -> None:
    mine = Client()
    strong.enter(mine)
    mine.post("/sign-out/")
    shut = [Limit("password-name", strong.person.username, 40, HOUR)]
    while attempts.take(shut):
        pass
    assert strong.password(Client(), source="192.0.2.66").status_code == 200
    assert strong.password(mine).status_code == 302


def test_a_session_goes_on_whatever_strangers_try(client: Client, strong: Entrant) -> None:
    strong.enter(client)
    guess(strong, PAIR + 1, "192.0.2.1")
    assert client.get("/desk/").status_code == 200


def test_the_mark_of_a_browser_is_of_no_use_for_somebody_else(
    client: Client, strong: Entrant, plain: Entrant
) -> None:
    strong.enter(client)
    mark = client.cookies[settings.DEVICE_COOKIE_NAME].value
    for value in (mark[:-2] + "xx", mark):
        thief = Client()
        thief.cookies[settings.DEVICE_COOKIE_NAME] = value
        for _ in range(PAIR):
            thief.post("/sign-in/", {"username": "omar", "password": WRONG})
        answer = thief.post("/sign-in/", {"username": "omar", "password": WRONG})
        assert b"do not fit together" in answer.content
    assert attempts.take([Limit("password-pair", "127.0.0.1|omar", 2 * (PAIR + 1), HOUR)]) is False


def test_unknown_wrong_and_shut_out_look_alike(strong: Entrant) -> None:
    def page(username: str) -> str:
        data = {"username": username, "password": WRONG}
        text = Client().post("/sign-in/", data, REMOTE_ADDR="198.51.100.7").content.decode()
        return re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", text).replace(username, "")

    wrong, unknown = page("ruth"), page("nobody-at-all")
    guess(strong, PAIR)
    assert wrong == unknown == page("ruth")
    assert Entry.objects.filter(verb=Verb.SIGN_IN_REFUSED).count() == PAIR + 3


def test_unknown_wrong_and_shut_out_take_as_long(strong: Entrant) -> None:
    def seconds(username: str) -> float:
        began = perf_counter()
        Client().post("/sign-in/", {"username": username, "password": WRONG})
        return perf_counter() - began

    def least(username: str) -> float:
        return min(seconds(username) for _ in range(3))

    wrong, unknown = least("ruth"), least("nobody-at-all")
    guess(strong, PAIR, "127.0.0.1")
    shut = least("ruth")
    # without the hash it would be less than a tenth
    assert min(wrong, unknown, shut) > 0.3 * max(wrong, unknown, shut)


def test_guessing_codes_ends_and_the_person_goes_on_in_a_known_browser(strong: Entrant) -> None:
    mine = Client()
    strong.enter(mine)
    mine.post("/sign-out/")
    thief = Client()
    strong.password(thief)
    for _ in range(PAIR):
        strong.code(thief, "000000")
    later = code_now(strong.secret, later=1)
    assert strong.code(thief, later).status_code == 200
    strong.password(mine)
    assert strong.code(mine, later).status_code == 302
    reasons = Entry.objects.filter(verb=Verb.SECOND_FACTOR_REFUSED)
    assert reasons.count() == PAIR + 1
    assert {entry.subject for entry in reasons} == {f"person:{strong.person.pk}"}


def test_the_memory_holds_no_address_and_no_name(strong: Entrant) -> None:
    guess(strong, 1)
    held = cache._cache.get_client().keys("*")  # type: ignore[attr-defined] # Redis, to look inside
    assert held
    for key in held:
        assert b"198.51" not in key
        assert b"ruth" not in key


def test_the_ledger_holds_no_name_and_no_word_of_what_was_tried(strong: Entrant) -> None:
    guess(strong, 1)
    entry = Entry.objects.get(verb=Verb.SIGN_IN_REFUSED)
    assert entry.actor == "anybody"
    assert "ruth" not in entry.canonical().decode()


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "source"),
    [
        ("192.0.2.1", "", 0, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", 0, "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9", 1, "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9", 1, "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("10.0.0.1", "", 1, "10.0.0.1"),
        ("", "", 0, ""),
    ],
)
def test_only_what_our_own_proxies_wrote_tells_a_source(
    remote: str, forwarded: str, proxies: int, source: str
) -> None:
    assert source_of(remote, forwarded, proxies) == source


def test_an_ipv6_network_is_one_source() -> None:
    one, same, other = (
        source_of(f"2001:db8:0:{net}::{host}", "", 0) for net, host in ((1, 1), (1, 2), (2, 1))
    )
    assert one == same != other


def test_attempts_side_by_side_do_not_pass_a_limit() -> None:
    limit = [Limit("side", "by side", 3, HOUR)]
    assert [attempts.take(limit) for _ in range(5)] == [True, True, True, False, False]


def test_without_the_memory_nobody_is_let_try(
    client: Client, strong: Entrant, settings: object
) -> None:
    away = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1"}  # type: ignore[attr-defined] # pytest-django's
    settings.CACHES = {"default": away}  # type: ignore[attr-defined] # pytest-django's
    page = strong.password(client)
    assert b"Signing in rests for a moment" in page.content
    assert PASSWORD.encode() not in page.content
