"""The rail: to each the lines that they may use, and never a line that leads nowhere."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch

from ethicsdesk import context
from ethicsdesk.context import EVERYONE, RAIL, Entry, rail
from tests.doors import sign_in
from tests.world import World

ENTRIES = [entry for _, entries in RAIL for entry in entries]
OWN = ["Policies", "Acknowledgements", "Conflicts of interest", "Being away", "Stand-ins"]
SETUP = [
    "Health",
    "People",
    "Questionnaires",
    "Entrances",
    "Paths",
    "Standards",
    "Calendars",
    "Letters",
]
OFFERED = [
    "People",
    "Questionnaires",
    "Entrances",
    "Paths",
    "Standards",
    "Indicators",
    "Scripts",
    "Keys",
    "Retention",
]
WORK = ["Today", "Queue", "Cases", "Take down", "Due", "Search", "Disposal"]
YOURS = [*OWN, "Your key"]
READING = ["Dashboard", "Reports", "Ledger"]


def labels(world: World, name: str) -> list[str]:
    request = RequestFactory().get("/desk/")
    request.user = world[name]
    return [link["label"] for group in rail(request) for link in group["links"]]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("stan", OWN),
        ("carl", ["Today", "Due", "Identities", *YOURS, "Keys"]),
        ("olga", [*WORK, *YOURS, "Keys"]),
        ("ines", [*WORK, *YOURS, "Keys"]),
        ("hana", [*WORK, *YOURS, *READING, *OFFERED]),
        ("anna", [*YOURS, *READING]),
        ("chief", [*YOURS, *READING]),
        ("adam", [*YOURS, *SETUP, "Keys", "Retention"]),
    ],
)
def test_each_sees_the_lines_that_they_may_use(world: World, name: str, lines: list[str]) -> None:
    assert labels(world, name) == lines


@pytest.mark.parametrize("name", ["stan", "carl", "olga", "ines", "hana", "anna", "chief", "adam"])
def test_every_line_that_is_shown_opens(client: Client, world: World, name: str) -> None:
    sign_in(client, world, name, vault=False)
    request = RequestFactory().get("/")
    request.user = world[name]
    for group in rail(request):
        for link in group["links"]:
            assert client.get(link["url"]).status_code == 200


def test_every_line_is_shown_to_somebody(world: World) -> None:
    shown = {label for name in world.people for label in labels(world, name)}
    assert shown == {entry.label for entry in ENTRIES}


def test_a_line_that_leads_nowhere_fails(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = [("Work", [Entry("Queue", "desk:quue", EVERYONE)])]
    monkeypatch.setattr(context, "RAIL", wrong)
    with pytest.raises(NoReverseMatch):
        labels(world, "olga")


def test_whoever_is_not_signed_in_has_no_rail() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert rail(request) == []


def test_a_page_marks_the_line_under_which_it_stands(world: World) -> None:
    request = RequestFactory().get("/desk/cases/2026-0001/")
    request.user = world["olga"]
    marks = [link["current"] for group in rail(request) for link in group["links"]]
    assert marks == ["", "", "true", *[""] * (len(marks) - 3)]
