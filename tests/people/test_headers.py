"""What a browser is told with every answer, and what a request at the reporter's door may tell."""

import pytest
from django.test import Client, override_settings
from django.urls import clear_url_caches

from ethicsdesk.settings import SPEAK_MIDDLEWARE
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-1"), pytest.mark.usefixtures("world")]

PAGES = ("/", "/desk/", "/insight/", "/staff/", "/setup/", "/unlock/", "/sign-in/", "/speak/")
# everything that a browser, a proxy or a content network could add
TELLTALES = {
    name: f"telltale-{n}"
    for n, name in enumerate(
        (
            "True-Client-IP",
            "CF-Connecting-IP",
            "X-Real-IP",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "Fastly-Client-IP",
            "Forwarded",
            "Sec-CH-UA",
            "Sec-CH-UA-Model",
            "Sec-CH-UA-Full-Version-List",
            "Sec-CH-UA-Never-Heard-Of",
            "Accept-Language",
            "Accept-Encoding",
            "Authorization",
            "Cookie",
            "Origin",
            "Referer",
            "User-Agent",
            "If-None-Match",
        )
    )
}


@pytest.mark.parametrize("name", ["adam", "hana", "olga", "stan", ""])
@pytest.mark.parametrize("page", PAGES)
def test_no_page_is_kept_and_none_may_use_the_device(
    page: str, name: str, client: Client, world: World
) -> None:
    if name:
        sign_in(client, world, name, vault=False)
    answer = client.get(page)
    assert answer["Cache-Control"] == "no-store"
    for device in ("camera", "microphone", "geolocation", "payment", "usb"):
        assert f"{device}=()" in answer["Permissions-Policy"].split(", ")


def test_a_page_that_is_not_there_is_not_kept_either(client: Client, world: World) -> None:
    sign_in(client, world, "olga", vault=False)
    answer = client.get("/desk/cases/2026-9999/")
    assert answer.status_code == 404
    assert answer["Cache-Control"] == "no-store"
    assert "camera=()" in answer["Permissions-Policy"]


def test_a_static_file_may_be_kept(client: Client) -> None:
    answer = client.get("/static/js/desk.js")
    assert answer.get("Cache-Control") != "no-store"
    assert "camera=()" in answer["Permissions-Policy"]


@pytest.mark.req("INT-2")
@pytest.mark.parametrize("path", ["/speak/", "/speak/return/", "/api/v1/receipts/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_that_tells_who_came_passes_the_reporters_door(
    path: str, method: str, client: Client, world: World
) -> None:
    told = client.generic(
        method,
        path,
        "{}",
        content_type="application/json",
        headers={**TELLTALES, "Accept": "*/*", "Idempotency-Key": "k"},
        REMOTE_ADDR="telltale-address",
        REMOTE_PORT="telltale-port",
    ).wsgi_request
    assert "telltale" not in str({**told.META, **told.headers})
    assert not told.COOKIES
    assert told.META["HTTP_ACCEPT"] == "*/*"
    assert told.META["HTTP_IDEMPOTENCY_KEY"] == "k"


@pytest.mark.req("INT-2")
def test_nothing_that_tells_who_came_passes_the_door_of_its_own_process(
    client: Client, world: World
) -> None:
    with override_settings(ROOT_URLCONF="ethicsdesk.speak_urls", MIDDLEWARE=SPEAK_MIDDLEWARE):
        answer = Client().get("/speak/", headers=TELLTALES, REMOTE_ADDR="telltale-address")
        assert "telltale" not in str(answer.wsgi_request.META)
        assert "camera=()" in answer["Permissions-Policy"]
    clear_url_caches()


def test_other_doors_see_the_request_as_it_came(client: Client, world: World) -> None:
    request = client.get("/", headers={"Accept-Language": "qu-BO"}).wsgi_request
    assert request.META["HTTP_ACCEPT_LANGUAGE"] == "qu-BO"
