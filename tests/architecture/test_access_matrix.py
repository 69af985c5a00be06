"""Every route and every form stands here with what each kind of person gets; none is missing."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from cases import actions
from cases.lifecycle import Mode, TaskKind
from cases.lifecycle.risks import SafeguardKind
from cases.models import Case, Note
from common import clock
from escalation import actions as escalation
from escalation.models import Clock, Path
from escalation.rules import Limit
from files.actions import Upload
from ledger import actions as ledger
from people.middleware import act_as
from people.models import Person
from people.rules import Role
from policies import actions as policies
from policies.models import Acknowledgement, Policy, Script
from retention import actions as retention
from retention.access import Kept
from retention.lifecycle import Ground, HoldGround, Outcome
from tests.architecture.acts.bundles import bundled
from tests.architecture.acts.casework import about, alleged, exhibited, substantiated
from tests.architecture.acts.entrances import opened
from tests.architecture.acts.redaction import redacted
from tests.architecture.routes import POSTS, ROUTES
from tests.architecture.routes.registry import WHO
from tests.conftest import as_process
from tests.doors import sign_in
from tests.questionnaires.sheets import drafted
from tests.retention.conftest import long_ago
from tests.world import World

pytestmark = pytest.mark.req("SEC-2")


DEMO_ONLY = {"demo:empty-insert", "demo:mail", "demo:mail-one"}
# the doors whose forms are tried by whoever is not signed in, or in tests of their own
OPEN_FORMS = {"sign-in", "unlock", "sign-in-code", "sign-in-elsewhere", "invitation"}
OPEN_DOORS = ("intake:", "api:", "demo:")


def routes(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield the full name of every route, and what answers there."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from routes(pattern, inner)
        elif pattern.name:
            yield ":".join((*spaces, pattern.name)), pattern.callback


def test_every_route_stands_in_the_matrix() -> None:
    assert {name for name, _ in routes(get_resolver())} - DEMO_ONLY == set(ROUTES)


def test_every_form_of_somebody_signed_in_stands_in_the_matrix() -> None:
    forms = {
        name
        for name, view in routes(get_resolver())
        if hasattr(getattr(view, "view_class", None), "post") and not name.startswith(OPEN_DOORS)
    }
    assert forms - OPEN_FORMS == set(POSTS)


@pytest.fixture(scope="module")
def place(settled: World | None, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """Return what stands in the addresses; made once for the file, in the settled world."""
    assert settled
    with django_db_blocker.unblock():
        return _placed(settled)


def _placed(world: World) -> dict[str, str]:
    """Return the references of a concern about otto, a case given to anna, and a request."""
    waiting, _ = world.file(excluded=(world["otto"],))
    file = actions.add_file(waiting, name="letter.pdf", content=b"%PDF-1.7 x", now=world.now)
    world.clean(file)
    omars, olgas = (
        actions.ask_for_original(file, by=world[name], reason="The log.", now=clock.now())
        for name in ("omar", "olga")
    )
    opener = world.openers["olga"]
    actions.release_original(omars, by=world["olga"], opener=opener, now=clock.now())
    worked, _ = world.file(excluded=(world["otto"],))
    case = world.triage(worked)
    actions.grant_view(case, by=world["olga"], person=world["anna"], now=world.now)
    of_case = _what_the_office_added(world, case)
    note = actions.sign_note(
        case, by=world["olga"], kind=Note.Kind.NOTE, text="I rang.", now=world.now
    )
    paper = redacted(world, case, note)
    identity = actions.Identity("Rita Reporter")
    sealed, _ = world.file(excluded=(world["otto"],), mode=Mode.CONFIDENTIAL, identity=identity)
    world.triage(sealed)
    act_as(world["olga"])
    request = actions.ask_identity(sealed, by=world["olga"], reason="I must call.", now=world.now)
    check_in, review = (
        actions.add_task(
            about, by=world["olga"], kind=kind, assignee=world[does], words="", now=world.now
        )
        for about, kind, does in (
            (waiting, TaskKind.CHECK_IN, "omar"),
            (case, TaskKind.SAFEGUARD_REVIEW, "olga"),
        )
    )
    allegation = alleged(world, case)
    exhibited(world, case)
    found = substantiated(world, alleged(world, case))
    interview = actions.plan_interview(
        about(world, case), by=world["olga"], assignee=world["olga"], words="So.", now=world.now
    )
    guard = actions.place_safeguard(
        case,
        by=world["olga"],
        kind=SafeguardKind.LEAVE,
        owner=world["olga"],
        words="",
        now=world.now,
    )
    asked_for = actions.ask_authorisation(
        case, by=world["olga"], words="May we go on?", now=world.now
    )
    Person.objects.filter(username="adam").update(is_superuser=True)
    with as_process("worker"):
        ledger.seal(now=world.now)
    act_as(world["olga"])
    bundled(world, case, now=clock.now())
    act_as(None)
    with as_process("owner"):
        ticking = Clock.objects.get(subject_id=waiting.pk, kind="triage")
        owed = Clock.objects.get(subject_id=worked.pk, kind="feedback")
    campaign, asked = _who_is_asked_to_read(world)
    kept = _what_retention_has(world, case)
    return {
        "CAMPAIGN": campaign,
        "ASKED_TO_READ": asked,
        "CONCERN": waiting.ref,
        "TICKING": str(ticking.pk),
        "OWED": str(owed.pk),
        "UNIT": str(world.unit.pk),
        "CASE": case.ref,
        "ALLEGATION": str(allegation.pk),
        "FOUND": str(found.pk),
        "PARTY": str(interview.party_id),
        "SCRIPT": str(Script.objects.get(code="subject-outcome-en").pk),
        "EARLY_SCRIPT": str(Script.objects.get(code="reporter-acknowledged-en").pk),
        "TOLD_OF": str(waiting.pk),
        "REPORTER": str(worked.pk),
        "SEALED": sealed.ref,
        "REQUEST": request.ref,
        "ORIGINAL": str(olgas.pk),
        "ORIGINAL_OF_CASE": of_case,
        "NOTE": str(note.pk),
        "PAPER": paper,
        "STAN": str(world["stan"].pk),
        "CHECK_IN": str(check_in.pk),
        "REVIEW": str(review.pk),
        "GUARD": str(guard.pk),
        "AUTHORISATION": str(asked_for.pk),
        "MARK": drafted(world).mark,
        "ENTRANCE": opened(world).code,
        "PATH": str(Path.objects.get(code="standard").pk),
        **kept,
    }


def _what_the_office_added(world: World, case: Case) -> str:
    """Return who asked for the original of a file that olga added to the case."""
    act_as(world["olga"])
    upload = Upload.of("log.txt", b"words")
    file = actions.add_to_case(case, upload=upload, by=world["olga"], now=world.now)
    world.clean(file)
    asked = actions.ask_for_original(file, by=world["olga"], reason="The log.", now=clock.now())
    return str(asked.pk)


def _who_is_asked_to_read(world: World) -> tuple[str, str]:
    """Return a campaign that asks everybody, and what stan was asked."""
    campaign = policies.start_campaign(
        Policy.objects.get(),
        by=world["hana"],
        audience=policies.Audience(),
        limit=Limit(days=14),
        is_material=False,
        now=clock.now(),
    )
    with as_process("worker"):
        policies.see_to_campaigns(now=clock.now())
        asked = Acknowledgement.objects.get(person=world["stan"])
    return str(campaign.pk), str(asked.pk)


def _what_retention_has(world: World, case: Case) -> dict[str, str]:
    """Return what is due, what omar proposed while he was on its case, a rule and a hold."""
    old, asked = (long_ago(world, excluded=(world["otto"],)) for _ in range(2))
    act_as(world["olga"])
    opener = world.openers["olga"]
    actions.add_member(
        asked.case, by=world["olga"], opener=opener, person=world["omar"], now=world.now
    )
    act_as(world["omar"])
    (row,) = retention.propose(
        [Kept(asked.case)], ground=Ground.TIME_OVER, by=world["omar"], now=world.now
    )
    asked.case.members.filter(person=world["omar"]).update(left_at=world.now)
    escalation.start_draft(Path.objects.get(code="standard"), by=world["adam"], now=world.now)
    rule = retention.set_rule(
        category=None, outcome=Outcome.UPHELD, months=6, law="Less", by=world["adam"], now=world.now
    )
    act_as(world["hana"])
    hold = retention.place_hold(
        Kept(case), ground=HoldGround.CLAIM, reason="A claim.", by=world["hana"], now=world.now
    )
    act_as(None)
    return {"OLD": old.case.ref, "ASKED": str(row.pk), "RULE": str(rule.pk), "HOLD": str(hold.pk)}


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


@pytest.mark.parametrize("who", WHO)
def test_everybody_does_what_the_matrix_says(
    who: str, world: World, place: dict[str, str], client: Client
) -> None:
    world.hire("abel", Role.AUDITOR)
    if who != "nobody":
        sign_in(client, world, who, vault=who in world.openers)
    wrong = {}
    for name, (typed, expected) in POSTS.items():
        filled = {key: place.get(value, value) for key, value in ROUTES[name][0].items()}
        data = {key: place.get(value, _entered(value, world)) for key, value in typed.items()}
        # each finds everything as it was
        with transaction.atomic():
            answer = client.post(reverse(name, kwargs=filled), data)
            transaction.set_rollback(True)
        to_sign_in = answer.headers.get("Location", "").startswith("/sign-in/")
        if answer.status_code != expected[who] or to_sign_in != (who == "nobody"):
            wrong[name] = f"{answer.status_code}, not {expected[who]}"
    assert wrong == {}


def _entered(value: str, world: World) -> str:
    """Return what a form takes for a person, or for the one category."""
    if value.startswith("@"):
        return str(world[value.removeprefix("@")].pk)
    return str(world.category.pk) if value == "CATEGORY" else value
