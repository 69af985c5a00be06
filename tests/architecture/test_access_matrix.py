"""Every route stands here with what each kind of person gets; a route that is missing fails."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from cases import actions
from ledger import actions as ledger
from people.models import Person
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-2")]

DEMO_ONLY = {"demo:empty-insert", "demo:mail", "demo:mail-one"}
# who comes: nobody is not signed in; omar is an officer who is not on the case; otto is walled off
WHO = ("nobody", "stan", "carl", "adam", "chief", "anna", "ines", "hana", "omar", "olga", "otto")
SIGN_IN, NO, HIDDEN, ONLY_POST, ASKED, FINE, ONWARD = 302, 403, 404, 405, 401, 200, 302


def everyone(status: int) -> dict[str, int]:
    return dict.fromkeys(WHO, status)


def signed_in(status: int, **others: int) -> dict[str, int]:
    return {**everyone(status), "nobody": SIGN_IN, **others}


def for_(*names: str, status: int = FINE, else_: int = NO) -> dict[str, int]:
    return {**signed_in(else_), **dict.fromkeys(names, status)}


OFFICE = ("ines", "hana", "omar", "olga", "otto")
READERS = ("chief", "anna", "hana")
NO_REPORT = "00000000-0000-4000-8000-000000000000"
HIDDEN_CASE = dict.fromkeys(("ines", "omar", "otto"), HIDDEN)

# route: (what fills its place, what a GET gives to whom)
ROUTES: dict[str, tuple[dict[str, str], dict[str, int]]] = {
    "home": ({}, everyone(FINE)),
    "sign-in": ({}, {**everyone(ONWARD), "nobody": FINE}),
    "sign-out": ({}, signed_in(ONLY_POST)),
    "unlock": ({}, signed_in(FINE)),
    "components": ({}, everyone(FINE)),
    "live": ({}, everyone(FINE)),
    "ready": ({}, everyone(FINE)),
    "intake:landing": ({}, everyone(FINE)),
    "intake:file": ({}, everyone(ONWARD)),
    "intake:return": ({}, everyone(FINE)),
    "intake:finish": ({}, everyone(ONWARD)),
    "intake:safety": ({}, everyone(FINE)),
    "staff:policies": ({}, signed_in(FINE)),
    "staff:policy": ({"code": "speaking-up"}, signed_in(FINE)),
    "setup:health": ({}, for_("adam")),
    "desk:queue": ({}, for_(*OFFICE)),
    # a concern that waits: every officer and the head, but not whoever it is about
    "desk:concern": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga"), "ines": HIDDEN, "otto": HIDDEN},
    ),
    # what takes a POST alone sends a GET back to its page
    "desk:answer": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:assign": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:download": (
        {"ref": "CONCERN", "n": "1"},
        {**for_("omar", "olga"), "hana": ONWARD, "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:triage": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga"), "ines": HIDDEN, "otto": HIDDEN},
    ),
    # a case: its team, the head, and the auditor to whom it was given
    "desk:case": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna"), **HIDDEN_CASE},
    ),
    "desk:add": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:files": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna"), **HIDDEN_CASE},
    ),
    "desk:access": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna"), **HIDDEN_CASE},
    ),
    "desk:subject": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:member": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:auditor": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:close": ({"ref": "CASE"}, {**for_("olga"), **HIDDEN_CASE}),
    "insight:dashboard": ({}, for_(*READERS)),
    "insight:reports": ({}, for_(*READERS)),
    "insight:download": ({"report": NO_REPORT, "form": "json"}, for_(*READERS, status=HIDDEN)),
    "insight:ledger": ({}, for_(*READERS)),
    "insight:checkpoint": ({}, for_(*READERS)),
    # programs come with a token, people with a session get nothing here
    "api:page": ({}, everyone(FINE)),
    "api:openapi": ({}, everyone(FINE)),
    "api:categories": ({}, everyone(ASKED)),
    "api:concerns": ({}, everyone(ASKED)),
    "api:receipts": ({}, everyone(ONLY_POST)),
    "api:receipt-messages": ({}, everyone(ONLY_POST)),
    "api:cases": ({}, everyone(ASKED)),
    "api:case": ({"ref": "CASE"}, everyone(ASKED)),
    "api:clocks": ({}, everyone(ASKED)),
    "api:checkpoints": ({}, everyone(ASKED)),
    "api:latest-checkpoint": ({}, everyone(ASKED)),
    "api:figures": ({}, everyone(ASKED)),
    "api:reports": ({}, everyone(ASKED)),
    "api:report": ({"report": NO_REPORT}, everyone(ASKED)),
    "api:report-file": ({"report": NO_REPORT, "form": "json"}, everyone(ASKED)),
}


def names(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the full name of every route."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from names(pattern, inner)
        elif pattern.name:
            yield ":".join((*spaces, pattern.name))


def test_every_route_stands_in_the_matrix() -> None:
    assert set(names(get_resolver())) - DEMO_ONLY == set(ROUTES)


@pytest.fixture
def place(world: World, process: BecomeProcess) -> dict[str, str]:
    """Return the references of a concern about otto with a file, and of a case given to anna."""
    waiting, _ = world.file(excluded=(world["otto"],))
    actions.add_file(waiting, name="letter.pdf", content=b"%PDF-1.7 x", now=world.now)
    worked, _ = world.file(excluded=(world["otto"],))
    case = world.triage(worked)
    actions.grant_view(case, by=world["olga"], person=world["anna"], now=world.now)
    Person.objects.filter(username="adam").update(is_superuser=True)
    with process("worker"):
        ledger.seal(now=world.now)
    return {"CONCERN": waiting.ref, "CASE": case.ref}


@pytest.mark.parametrize("who", WHO)
def test_everybody_gets_what_the_matrix_says(
    who: str, world: World, place: dict[str, str], client: Client
) -> None:
    if who != "nobody":
        sign_in(client, world, who, vault=who in world.openers)
    wrong = {}
    for name, (arguments, expected) in ROUTES.items():
        filled = {key: place.get(value, value) for key, value in arguments.items()}
        status = client.get(reverse(name, kwargs=filled)).status_code
        if status != expected[who]:
            wrong[name] = f"{status}, not {expected[who]}"
    assert wrong == {}
