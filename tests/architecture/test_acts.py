"""Breaking the ledger write undoes the act: for every action that there is."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from pytest_django import DjangoDbBlocker

from cases import actions
from cases.lifecycle import Given
from cases.models import Concern
from escalation import actions as escalation
from escalation.models import (
    Clock,
    MoveReason,
)
from people.models import Person
from tests.architecture.acts import ACTS
from tests.architecture.acts.escalation import published
from tests.architecture.test_packages import LINE
from tests.breaking import break_the_ledger, let_the_ledger_break
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.req("AUD-1"), pytest.mark.usefixtures("breakable")]

# whose act it is, where it is not the web's
ROLES = {
    "attest_approved": "worker",
    "attest_founders": "owner",
    "end_escrow": "owner",
    "check_file": "cleaner",
    "enforce_walls": "worker",
    "expire_bundles": "worker",
    "see_to_campaigns": "worker",
    "expire_drafts": "worker",
    "expire_identities": "worker",
    "expire_loans": "worker",
    "find_names_due": "worker",
    "hold_file": "cleaner",
    "fail_redaction": "cleaner",
    "keep_clean_copy": "cleaner",
    "keep_redacted": "cleaner",
    "lift_lock": "owner",
    "make_escrow": "owner",
    "open_by_escrow": "owner",
    "open_escrow": "owner",
    "record_rotation": "owner",
    "replay": "worker",
    "reset_factors": "owner",
    "sweep_orphans": "worker",
}

# Done inside acts that record them, or not a change at all; the reason stands beside each.
NOT_ACTS = {
    "questionnaires.actions.flaws_of": "looks a draft over",
    "audits.actions.ask_for_verification": "recorded with its outcome, by whoever asked",
    "audits.actions.fold": "reads the ledger",
    "audits.actions.fold_and_release": "reads the ledger",
    "audits.actions.newest_month": "reads the calendar",
    "audits.actions.produce": "has a test of its own: it goes on after a failure",
    "audits.actions.release": "counts what the ledger holds",
    "audits.actions.verify": "has a test of its own: it goes on after a failure",
    "ledger.actions.forget_told": "deletes what was told",
    "people.actions.can_be_accepted": "reads an invitation",
    "people.actions.matching_step": "computes a code",
    "people.actions.note_feed_used": "notes the day of a use, which is no act of anybody",
    "people.actions.use_code": "part of signing in, which is recorded",
    "people.actions.use_passkey": "part of signing in, which is recorded",
    "ledger.actions.deliver": "tells the world what acts recorded",
    "ledger.actions.post": "part of the act whose notices it posts",
    "ledger.actions.record": "the ledger write itself",
    "ledger.actions.record_all": "the ledger write itself",
    "ledger.actions.rows_for": "prepares rows",
    "ledger.actions.seal": "orders entries, makes none",
    "safes.actions.activate": "part of handing over and assigning",
    "safes.actions.add": "part of the act whose words it seals",
    "safes.actions.hand_on": "part of changing a receipt",
    "safes.actions.empty": "part of giving an identity back, and of raising a wall",
    "audits.actions.forget": "part of erasing",
    "cases.actions.erase": "part of erasing",
    "cases.actions.hide": "part of erasing",
    "escalation.actions.flaws_of": "looks a version over",
    "escalation.actions.forget": "part of erasing",
    "escalation.actions.hang": "part of merging",
    "files.actions.pour": "part of merging",
    "safes.actions.let_go": "part of merging and splitting",
    "safes.actions.pour": "part of merging and splitting",
    "escalation.actions.require_day": "looks a limit over",
    "escalation.actions.require_order": "looks a path over",
    "escalation.actions.change_paths": "part of judging how urgent something is",
    "ledger.actions.forget": "part of erasing",
    "retention.actions.begin": "recorded when it is finished, which nothing prevents any more",
    "retention.actions.erase": "has tests of its own: it goes on after a failure at any point",
    "retention.actions.finish": "has tests of its own: a worker does it",
    "retention.actions.forget": "part of erasing",
    "safes.actions.begin_erasure": "part of erasing and of expiring drafts",
    "safes.actions.destroy_keys": "part of erasing",
    "safes.actions.finish_erasure": "part of erasing",
    "safes.actions.reopen_erasures": "part of replaying erasures",
    "safes.actions.hold": "holds rows until the commit",
    "safes.actions.holders_of": "reads keys",
    "safes.actions.make_safe": "part of the act that needs a safe",
    "safes.actions.make_safes": "part of the act that needs safes",
    "safes.actions.miss": "part of the act that lets somebody in",
    "people.actions.recheck": "part of what changes who stands close to whom, and of raising walls",
    "safes.actions.part_from": "part of setting an area of a case apart",
    "safes.actions.remove": "part of naming a party, stepping off and walls",
    "safes.actions.replace": "part of the act whose words it seals",
    "safes.actions.seal_due": "part of handing names on, which is recorded",
    "safes.actions.seal_missing": "part of reading",
    "safes.actions.rows_for": "prepares rows",
    "safes.actions.sealed_items": "prepares rows",
    "safes.actions.take_from": "part of letting somebody in who keeps the names of reporters",
    "safes.actions.share": "part of filing, triage and adding a member",
    "safes.actions.escrow_holders": "reads the escrow key",
    "safes.actions.opener_from": "opens the escrow key in memory; its use is recorded",
    "safes.actions.rewrap_outer_keys": "part of rotating, which is recorded when it is done",
    "safes.actions.rewrap_user_keys": "part of rotating, which is recorded when it is done",
    "safes.actions.sign_again": "part of rotating, which is recorded when it is done",
    "safes.actions.wrapped_by": "counts",
    "safes.actions.Fresh": "a shape",
    "safes.actions.Holder": "a shape",
    "safes.actions.unlock": "opens a key in memory; signing in is recorded",
    "policies.actions.Audience": "a shape",
    "policies.actions.Sign": "a shape",
    "policies.actions.Text": "a shape",
    "policies.actions.Wording": "a shape",
    "escalation.actions.clocks_for": "prepares rows",
    "escalation.actions.give": "part of assigning, triage and whatever else says who answers",
    "escalation.actions.start": "part of filing",
    "escalation.actions.meet_all": "part of what keeps the promise",
    "escalation.actions.meet": "part of what keeps the promise",
    "escalation.actions.cancel": "part of withdrawing",
    "escalation.actions.Forecast": "a shape",
    "escalation.actions.Hours": "a shape",
    "escalation.actions.Swept": "a shape",
    "escalation.actions.NOTICE": "a time",
    "escalation.actions.move_clocks": "has a test of its own: it goes on after a failure",
    "escalation.actions.start_missing": "has a test of its own: it goes on after a failure",
    "escalation.actions.recount": "has a test of its own: it goes on after a failure",
    "cases.actions.see_to_open_work": "has a test of its own: it goes on after a failure",
    "ledger.actions.gather": "part of the act whose notices it posts",
    "escalation.actions.sweep": "has a test of its own: it goes on after a failure",
    "files.actions.Upload": "part of taking a file, and of keeping its clean copy",
    "files.actions.is_lent": "reads what is lent",
    "files.actions.claim": "part of taking a file, and of keeping its clean copy",
    "files.actions.lend": "part of taking a file and of sending it again",
    "files.actions.take_back": "part of sending a file again",
    "files.actions.remove": "part of removing a file",
    "files.actions.remove_unclaimed": "removes what no act claimed",
    "cases.actions.come": "notes that somebody looked, for themselves alone",
    "cases.actions.begin_cleaning": "counts a try; what comes of it is recorded",
    "cases.actions.begin_redaction": "counts a try; what comes of it is recorded",
    "cases.actions.Wanted": "a shape",
    "cases.actions.keep_draft": "nothing is said yet: words for whoever began them",
    "cases.actions.drop_draft": "nothing was said",
    "cases.actions.Expected": "a shape",
    "cases.actions.expected": "says what a bundle would hold",
    "cases.actions.CheckedIn": "a shape",
    "cases.actions.Told": "a shape",
    "cases.actions.ToldHow": "a shape",
    "cases.actions.not_taken": "a sentence",
    "cases.actions.too_large": "a sentence",
    "cases.actions.Filing": "a shape",
    "cases.actions.Piece": "a shape",
    "cases.actions.Weighed": "a shape",
    "cases.actions.Words": "a shape",
    "cases.actions.Identity": "a shape",
    "cases.actions.read_requests": "passes keys on between custodians; nothing is opened",
}


def public_functions() -> Iterator[str]:
    """Yield the name of every function that an actions module offers."""
    for package in LINE:
        found = [m.name for m in pkgutil.iter_modules(importlib.import_module(package).__path__)]
        if "actions" not in found:
            continue
        name = f"{package}.actions"
        module = importlib.import_module(name)
        offered = getattr(module, "__all__", None) or [
            key
            for key, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == name and not key.startswith("_")
        ]
        yield from (f"{name}.{key}" for key in offered)


def test_every_action_is_tried_here_or_says_why_not() -> None:
    assert set(public_functions()) - NOT_ACTS.keys() == ACTS.keys()


@pytest.fixture(scope="module")
def breakable(settled: World | None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let every write to the ledger fail in the database itself, once it is told to.

    Prepared once for the file: a trigger that is new in each test would empty the caches of plans.
    """
    # which keeps a transaction open, with which all of this goes away
    assert settled
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        let_the_ledger_break()
        cursor.execute("SET ROLE ed_owner")
        cursor.execute(
            "CREATE FUNCTION digests() RETURNS TABLE (name name, digest text) LANGUAGE plpgsql AS"
            " $$ BEGIN FOR name IN SELECT relname FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " LOOP EXECUTE format('SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text))"
            " FROM %I t', name) INTO digest; RETURN NEXT; END LOOP; END $$"
        )
        cursor.execute("SET ROLE ed_web")


def everything() -> dict[str, str]:
    """Return a digest of each table of the main database."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE ed_owner")
        cursor.execute("SELECT name, digest FROM digests()")
        digests = dict(cursor.fetchall())
        cursor.execute("SET ROLE ed_web")
    return digests


@pytest.mark.parametrize("name", sorted(ACTS))
def test_an_act_that_cannot_be_recorded_does_not_happen(
    name: str, world: World, process: BecomeProcess
) -> None:
    attempt = ACTS[name](world)
    before = everything()
    assert {"ledger_entry", "cases_concern"} <= before.keys()
    role = ROLES.get(name.rpartition(".")[2], "web")
    break_the_ledger()
    with process(role), pytest.raises(Error, match="the ledger is broken"), transaction.atomic():
        attempt()
    assert everything() == before


@pytest.mark.req("ESC-6")
def test_a_step_that_cannot_be_recorded_is_not_taken(world: World, process: BecomeProcess) -> None:
    world.file()
    late = world.now + timedelta(days=30)
    break_the_ledger()
    with process("worker"):
        swept = escalation.sweep(now=late)
    assert (swept.acted, swept.skipped) == (0, 3)
    assert set(Clock.objects.values_list("next_step", "state")) == {(1, "running")}


@pytest.mark.req("ESC-3")
def test_what_is_missing_and_cannot_be_recorded_is_not_started(
    world: World, process: BecomeProcess
) -> None:
    world.file()
    with process("owner"):
        Clock.objects.filter(kind="first_message").delete()
    break_the_ledger()
    with process("owner"):
        assert escalation.start_missing(now=world.now) == 0
        assert not Clock.objects.filter(kind="first_message").exists()


@pytest.mark.req("ESC-7")
def test_work_that_cannot_be_recorded_is_not_passed_on(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    actions.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=Given.ASKED)
    Person.objects.filter(pk=world["omar"].pk).update(is_active=False, is_on_duty=False)
    break_the_ledger()
    with process("worker"):
        assert actions.see_to_open_work(now=world.now) == 0
        assert Concern.objects.get().owner == world["omar"]


@pytest.mark.req("ESC-1", "ESC-6")
def test_a_clock_whose_move_cannot_be_recorded_stays(world: World, process: BecomeProcess) -> None:
    world.file()
    path = published(world)
    escalation.ask_to_move(path, reason=MoveReason.LAW, by=world["adam"], now=world.now)
    break_the_ledger()
    with process("worker"):
        assert escalation.move_clocks(now=world.now) == 0
        assert set(Clock.objects.values_list("path__n", flat=True)) == {1}
