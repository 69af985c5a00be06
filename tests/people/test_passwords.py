"""Passwords by NIST SP 800-63B-4: long, not on a list, and nothing else is asked of them."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from people.models import Person
from tests.people.conftest import PASSWORD, Entrant

pytestmark = [pytest.mark.req("SEC-3"), pytest.mark.django_db]

ANNA = Person(username="anna.example", name="Anna Example", email="anna.example@example.org")


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "alllowercaseletterswithoutfigures",
        "7402957160385926",
        "Ünïcödé ist hier erlaubt",
        "x7" + "long enough for any manager " * 8,
        "horse horse, northmoor and battery",
    ],
)
def test_what_is_long_and_nobody_guesses_is_taken_whatever_it_is_made_of(password: str) -> None:
    validate_password(password, ANNA)


@pytest.mark.parametrize(
    "password",
    [
        "short but good",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "passwordpassword",
        "PasswordPassword2026!",
        "123456789012345678",
        "qwertyuiopasdfghjkl",
        "lkjhgfdsapoiuytrewq",
        "Northmoor--2026-12-31",
        "ethicsdesk 1234567",
        "anna.example 123456",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, ANNA)


def test_the_form_says_why_and_keeps_the_old_password(client: Client, strong: Entrant) -> None:
    strong.enter(client)
    page = client.post("/account/password/", {"old": PASSWORD, "new": "passwordpassword"})
    assert b"among the first that anybody would try" in page.content
    strong.person.refresh_from_db()
    assert strong.person.check_password(PASSWORD)


def test_a_password_may_be_pasted_and_shown(client: Client) -> None:
    page = client.get("/sign-in/").content.decode()
    assert 'autocomplete="current-password"' in page
    assert 'aria-label="Show password"' in page
    assert "onpaste" not in page
