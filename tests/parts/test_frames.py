"""The frames that pages stand in, and what the context gives them."""

from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from ethicsdesk.components import components
from ethicsdesk.context import Group, rail, site

pytestmark = pytest.mark.urls("tests.parts.urls")

OWN = ["Policies", "Acknowledgements", "Conflicts of interest", "Being away", "Stand-ins"]


def asked(path: str, *roles: str) -> Any:
    """Return a request of a signed-in person with these roles."""
    request = RequestFactory().get(path)
    person = SimpleNamespace(is_authenticated=True, roles=list(roles), name="Ruth Lindqvist")
    request.user = person  # type: ignore[assignment] # a person without a database
    return request


def labels(groups: list[Group]) -> list[str]:
    return [link["label"] for group in groups for link in group["links"]]


def page(markup: str, request: Any, **context: Any) -> str:
    return Template(markup).render(Context({"request": request, **site(request), **context}))


def test_the_rail_shows_what_the_person_may_use() -> None:
    assert labels(rail(asked("/desk/", "officer"))) == [
        "Today",
        "Queue",
        "Cases",
        "Take down",
        "Due",
        "Search",
        "Disposal",
        *OWN,
        "Your key",
        "Keys",
    ]
    assert labels(rail(asked("/desk/", "leadership"))) == [
        *OWN,
        "Your key",
        "Dashboard",
        "Reports",
        "Ledger",
    ]
    assert labels(rail(asked("/desk/"))) == OWN


def test_no_rail_stands_before_somebody_is_signed_in() -> None:
    request = RequestFactory().get("/speak/")
    assert rail(request) == []
    assert "ed-rail__link" not in page('{% extends "desk.html" %}', request)


def test_a_page_below_a_line_of_the_rail_stands_on_that_line() -> None:
    groups = rail(asked("/desk/cases/2026-0131/", "officer"))
    current = {link["label"]: link["current"] for group in groups for link in group["links"]}
    assert current.pop("Cases") == "true"
    assert set(current.values()) == {""}
    assert rail(asked("/desk/", "officer"))[0]["links"][1]["current"] == "page"


def test_the_desk_names_the_person_and_lets_them_sign_out() -> None:
    html = page('{% extends "desk.html" %}', asked("/desk/", "officer"))
    assert "Ruth Lindqvist" in html
    assert 'method="post"' in html
    assert 'action="/sign-out/"' in html


def test_the_reporters_door_never_looks_at_person_session_or_cookie() -> None:
    class Untouchable:
        def __getattr__(self, name: str) -> object:
            msg = "the door looked at who is there"
            raise AssertionError(msg)

    request = RequestFactory().get("/speak/")
    request.user = request.session = Untouchable()  # type: ignore[assignment] # must not be read
    html = page(
        '{% extends "door.html" %}{% block question %}<h1>Hello</h1>{% endblock %}', request
    )
    assert "Leave this page" in html
    assert "<h1>Hello</h1>" in html
    assert "csrf" not in html


def test_the_title_says_first_that_something_is_wrong() -> None:
    class Short(forms.Form):
        place = forms.CharField()

    markup = '{% extends "plain.html" %}{% block title %}Where{% endblock %}'
    request = RequestFactory().get("/")
    assert "<title>Error: Where " in page(markup, request, form=Short({}))
    assert "<title>Where " in page(markup, request, form=Short())


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500", "503"])
def test_an_error_page_needs_nothing(name: str) -> None:
    html = render_to_string(f"{name}.html")
    assert "<h1>" in html
    assert "EthicsDesk" in html


def test_the_page_of_an_outage_says_that_nothing_was_sent() -> None:
    assert "Nothing was sent" in render_to_string("503.html")


def test_every_part_stands_on_the_sheet_without_inline_style_or_script() -> None:
    html = components(asked("/components/", "officer")).content.decode()
    assert html.count('class="ed-spec"') > 25
    assert "style=" not in html
    assert "<script>" not in html
    assert "onclick" not in html
