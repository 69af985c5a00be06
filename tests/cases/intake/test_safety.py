"""The page that says what the door protects from: as the site is set up, and as the code is."""

import pytest
from django.conf import settings
from django.test import Client, override_settings

from audits.rules.protection import SMALLEST
from common import limits
from ledger.models import Outbox
from ledger.verbs import FACTS, Verb
from safes.models import Grant, State
from tests.cases.intake.reporter import Reporter
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-4", "INT-2")]


@pytest.fixture
def reporter(client: Client, world: World) -> Reporter:
    found = Reporter(client)
    found.get("/speak/safety/")
    return found


def test_it_is_one_press_from_the_first_page_and_from_the_choice_of_being_known(
    reporter: Reporter,
) -> None:
    link = 'href="/speak/safety/"'
    reporter.get("/speak/")
    assert link in reporter.html
    reporter.begin()
    reporter.answer(happened="They moved the date.")
    for answers in ({"category": "other"}, {}, {"in_danger": "no"}, {}):
        reporter.answer(**answers)
    assert "How do you want to be known?" in reporter.text
    assert link in reporter.html


def test_it_says_first_what_cannot_be_protected_and_offers_to_leave(reporter: Reporter) -> None:
    text = reporter.text
    assert text.index("What we cannot protect you from") < text.index("What we do not keep")
    for limit in ("device", "network", "history", "How you write", "receipt", "telephone"):
        assert limit in text
    assert "Whoever controls it at that moment can read them." in text
    assert f'href="{settings.LEAVE_URL}"' in reporter.html


def test_it_says_whether_the_desk_shares_the_address(reporter: Reporter) -> None:
    assert "The office works under this same address." in reporter.text
    with override_settings(SPEAK_ORIGIN="https://speak.example.org"):
        reporter.get("/speak/safety/")
        assert "This door has an address of its own" in reporter.text
        assert "same address" not in reporter.text
        reporter.get("/")
        assert 'href="https://speak.example.org/speak/"' in reporter.html


def test_it_says_where_the_keys_of_those_who_read_lie(reporter: Reporter) -> None:
    assert "A stolen database opens nothing" in reporter.text
    with override_settings(MANAGED_KEYS=True):
        reporter.get("/speak/safety/")
        assert "are kept on the server" in reporter.text
        assert "A stolen database opens nothing" not in reporter.text


def test_its_figures_are_those_of_the_code(reporter: Reporter, world: World) -> None:
    assert f"Counts below {SMALLEST} are not shown." in reporter.text
    assert "for an hour at the most" in reporter.text
    assert limits.HOUR == 3600
    assert "a random minute of the next two hours" in reporter.text


def test_the_mail_has_the_number_alone_and_the_next_in_line_a_key_that_sleeps(
    reporter: Reporter, world: World, process: BecomeProcess
) -> None:
    assert "has the number of your concern and nothing of what you wrote" in reporter.text
    concern, _ = world.file()
    with process("worker"):
        told = {frozenset(row.context) for row in Outbox.objects.all()}
    assert told == {frozenset({"name", "reference"})}
    assert "hold a key that sleeps" in reporter.text
    states = dict(
        Grant.objects.filter(safe=concern.safe, person__isnull=False).values_list(
            "person__username", "state"
        )
    )
    assert states["olga"] == State.ACTIVE
    assert states["hana"] == states["ines"] == State.DORMANT


def test_the_ledger_keeps_what_the_page_says_it_keeps(reporter: Reporter) -> None:
    kept = {
        "kind": "the kind",
        "category": "the topic",
        "channel": "the way it came",
        "mode": "how you want to be known",
        "unit": "the part of the organisation",
        "urgency": "how urgent it is",
        "files": "how many files",
        "entrance": "the entrance",
    }
    assert all(words in reporter.text for words in kept.values())
    assert FACTS[Verb.CONCERN_FILED] == kept.keys()
