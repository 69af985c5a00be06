"""What every page may show: the office, its numbers, the doors, and the rail of the person."""

from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple, TypedDict

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.urls import reverse

from escalation.duties import AT_WORK
from people.rules import OFFICE, TRUSTED, Role
from safes.access import APPROVERS

READERS = frozenset({Role.HEAD, Role.LEADERSHIP, Role.AUDITOR})
CUSTODIANS = frozenset({Role.CUSTODIAN})
EXPERTS = frozenset({Role.EXPERT})
KEEPERS = frozenset({Role.ADMINISTRATOR})
ASKERS = frozenset({Role.POLICY_OWNER, Role.HEAD})
EVERYONE: frozenset[Role] = frozenset()

# the addresses that outsiders rely on; see docs on the contracts
DOORS = {
    "home": "/",
    "speak": "/speak/",
    "staff": "/staff/",
    "desk": "/desk/",
    "insight": "/insight/",
    "setup": "/setup/",
}


class Entry(NamedTuple):
    """A line of the rail: who sees it (an empty set is everyone signed in) and where it leads."""

    label: str
    url_name: str
    roles: frozenset[Role]
    # the key that leads there
    key: str = ""


class Link(TypedDict):
    """A line of the rail as a template reads it; `current` is an aria-current value or empty."""

    label: str
    url: str
    current: str
    key: str


class Group(TypedDict):
    """A heading of the rail and the lines under it, never none."""

    title: str
    links: list[Link]


RAIL = [
    (
        "Work",
        [
            Entry("Today", "desk:today", OFFICE | CUSTODIANS | EXPERTS),
            Entry("Queue", "desk:queue", OFFICE),
            Entry("Cases", "desk:cases", OFFICE | EXPERTS),
            Entry("Take down", "desk:take-down", OFFICE),
            Entry("Due", "escalation:due", AT_WORK),
            Entry("Search", "desk:search", OFFICE, key="/"),
            Entry("Identities", "desk:identities", CUSTODIANS),
            Entry("Disposal", "retention:disposal", OFFICE),
        ],
    ),
    (
        "You",
        [
            Entry("Policies", "staff:policies", EVERYONE),
            Entry("Acknowledgements", "staff:acknowledgements", EVERYONE),
            Entry("Conflicts of interest", "me:conflicts", EVERYONE),
            Entry("Being away", "me:away", EVERYONE),
            Entry("Stand-ins", "me:stand-ins", EVERYONE),
            Entry("Your key", "vault", TRUSTED),
        ],
    ),
    (
        "Insight",
        [
            Entry("Dashboard", "insight:dashboard", READERS),
            Entry("Reports", "insight:reports", READERS),
            Entry("Ledger", "insight:ledger", READERS),
        ],
    ),
    (
        "Setup",
        [
            Entry("Health", "setup:health", KEEPERS),
            Entry("People", "setup:people", KEEPERS | {Role.HEAD}),
            Entry("Questionnaires", "setup:forms", KEEPERS | {Role.HEAD}),
            Entry("Entrances", "setup:entrances", KEEPERS | {Role.HEAD}),
            Entry("Paths", "setup:paths", KEEPERS | {Role.HEAD}),
            Entry("Standards", "setup:standards", KEEPERS | {Role.HEAD}),
            Entry("Calendars", "setup:calendars", KEEPERS),
            Entry("Indicators", "setup:indicators", ASKERS),
            Entry("Scripts", "setup:scripts", ASKERS),
            Entry("Letters", "setup:letters", KEEPERS),
            Entry("Keys", "setup:keys", APPROVERS),
            Entry("Retention", "setup:retention", KEEPERS | {Role.HEAD}),
        ],
    ),
]


def site(request: HttpRequest) -> dict[str, Any]:
    """Return what every template may use.

    Nothing here reads the session or the database until a template asks for `rail` or `messages`,
    so the reporter's door and the page of an outage can use the same processor.
    """
    return {
        "office_name": settings.OFFICE_NAME,
        "emergency_number": settings.EMERGENCY_NUMBER,
        "helpline_number": settings.HELPLINE_NUMBER,
        "leave_url": settings.LEAVE_URL,
        "demo": settings.DEMO,
        "managed_keys": settings.MANAGED_KEYS,
        "origin": settings.ORIGIN,
        "at_door": request.path_info.startswith(DOORS["speak"]),
        "doors": _doors(),
        "messages": get_messages(request),
        "rail": partial(rail, request),
    }


def _doors() -> dict[str, str]:
    """Return where each door is; the reporter's may have an address of its own."""
    if settings.SPEAK_ORIGIN == settings.ORIGIN:
        return DOORS
    return {**DOORS, "speak": settings.SPEAK_ORIGIN + DOORS["speak"]}


def rail(request: HttpRequest) -> list[Group]:
    """Return the lines that the signed-in person may use."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return []
    roles = frozenset(map(Role, person.roles))
    groups: list[Group] = [
        {"title": title, "links": _links(entries, roles)} for title, entries in RAIL
    ]
    _mark_current(groups, request.path)
    return [group for group in groups if group["links"]]


def _links(entries: Iterable[Entry], roles: frozenset[Role]) -> list[Link]:
    return [
        {"label": entry.label, "url": reverse(entry.url_name), "current": "", "key": entry.key}
        for entry in entries
        if not entry.roles or entry.roles & roles
    ]


def _mark_current(groups: list[Group], path: str) -> None:
    """Mark the line whose address the path continues furthest: a case stands under Cases."""
    links = [link for group in groups for link in group["links"] if path.startswith(link["url"])]
    if links:
        nearest = max(links, key=lambda link: len(link["url"]))
        nearest["current"] = "page" if nearest["url"] == path else "true"
