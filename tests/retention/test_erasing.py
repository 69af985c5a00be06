"""What two people decided to erase is gone for everybody, for good, wherever the power fails."""

from datetime import timedelta

import pytest
from django.db import Error, connections, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audits import actions as audits
from audits.models import Fact
from cases import actions as cases
from cases.models import (
    Attachment,
    Case,
    Concern,
    EntryDraft,
    Member,
    Message,
    Note,
    OriginalRequest,
    Task,
    Triage,
    Wall,
)  # fmt: skip
from escalation.models import Clock
from ledger import actions as ledger
from ledger import reports as ledger_reports
from ledger.models import Detail, Entry
from ledger.verbs import Verb
from people.middleware import act_as
from retention import actions
from retention.lifecycle import Ground
from retention.models import Disposal, Hold, Tombstone
from safes import access as opening
from safes import actions as safes
from safes import reports
from safes.models import Erasure, Grant, OuterKey, Safe, Sealed
from safes.rules import Receipt
from tests.conftest import BecomeProcess
from tests.retention.backup import execute
from tests.retention.conftest import Past, Work, decide, long_ago
from tests.world import World

pytestmark = pytest.mark.req("SEC-5")

RETURN = "/speak/return/"
OF_CASES: list[type[Model]] = [
    Case, Concern, Message, Attachment, Note, Triage, Task, Member, Wall, Clock, Disposal, Hold,
    Safe, Grant, Sealed, OriginalRequest, EntryDraft,
]  # fmt: skip


def everything_of(past: Past) -> dict[str, int]:
    """Return how many rows there are that could tell anything of it."""
    safe_ids = [past.case.safe_id, past.concern.safe_id, past.concern.identity_safe_id]
    counts = {model._meta.label: model._default_manager.count() for model in OF_CASES}
    counts["escalation.Clock"] = Clock.objects.exclude(subject_kind="policy").count()
    counts["outer keys"] = OuterKey.objects.using("keystore").filter(safe__in=safe_ids).count()
    subjects = [f"case:{past.case.pk}", past.concern.subject]
    counts["coded facts"] = (
        Detail.objects.filter(entry__subject__in=subjects)
        .exclude(entry__verb__in=actions.erasing.REMEMBERED)
        .count()
    )
    return {name: count for name, count in counts.items() if count}


def test_what_was_decided_is_gone_with_everything_that_hung_on_it(
    world: World, work: Work, process: BecomeProcess
) -> None:
    past = long_ago(world, excluded=(world["otto"],))
    for file in Attachment.objects.all():
        cases.ask_for_original(file, by=world["olga"], reason="A court asks.", now=world.now)
    cases.keep_draft(past.case, by=world["olga"], words={"text": "I still"}, now=world.now)
    decide(world, past.kept)
    with process("worker"):
        assert everything_of(past)
    assert work(world.now) == 1
    with process("worker"):
        assert everything_of(past) == {}
        stones = Tombstone.objects.order_by("kind").values_list("kind", "ref", "erased_on")
        assert list(stones) == [
            ("case", past.case.ref, world.now.date()),
            ("concern", past.concern.ref, world.now.date()),
        ]
    assert work(world.now) == 0


def opened(past: Past, world: World) -> set[str]:
    """Return who opens anything of it: the reporter, everybody's key, and the independent one."""
    places = [(row, field) for row, field in Sealed.objects.values_list("row", "field")]
    openers = {"reporter": past.receipt.opener, **world.openers}
    return {
        name
        for name, opener in openers.items()
        if any("CANARY" in str(text) for text in opening.open_items(opener, places).values())
    }


def test_before_it_opens_for_those_who_may_and_afterwards_for_nobody(
    world: World, work: Work
) -> None:
    past = long_ago(world)
    # hana approved that it was closed
    assert opened(past, world) == {"reporter", "olga", "omar", "hana"}
    decide(world, past.kept)
    work(world.now)
    assert opened(past, world) == set()


def test_the_receipt_of_what_is_erased_gets_the_answer_of_one_that_never_was(
    world: World, work: Work, client: Client
) -> None:
    past = long_ago(world)
    assert "CANARY" in client.post(RETURN, {"receipt": str(past.receipt)}).content.decode()
    decide(world, past.kept)
    work(world.now)
    never = client.post(RETURN, {"receipt": str(Receipt.new())})
    erased = client.post(RETURN, {"receipt": str(past.receipt)})
    assert (erased.status_code, erased.content) == (never.status_code, never.content)
    assert erased.headers == never.headers
    for address in (f"/desk/cases/{past.case.ref}/", f"/desk/concerns/{past.concern.ref}/"):
        assert client.get(address).status_code == client.get("/desk/cases/2020-0000/").status_code


def test_the_receipt_finds_nothing_from_the_moment_on_at_which_it_is_decided_for_good(
    world: World, process: BecomeProcess, client: Client
) -> None:
    past = long_ago(world)
    (disposal,) = decide(world, past.kept)
    with process("worker"):
        assert actions.begin(disposal.pk, now=world.now) is not None
    assert client.post(RETURN, {"receipt": str(past.receipt)}).status_code == 404


def test_the_ledger_is_whole_and_says_what_became_of_it(
    world: World, work: Work, process: BecomeProcess
) -> None:
    past = long_ago(world)
    decide(world, past.kept)
    work(world.now)
    work(world.now)
    with process("worker"):
        assert ledger_reports.verify(now=world.now).problems == []
        told = Entry.objects.filter(subject=f"case:{past.case.pk}").order_by("stream_n")
        last = list(told.values_list("verb", "actor"))[-3:]
    assert last == [
        (Verb.DISPOSAL_PROPOSED, world["olga"].actor.ref),
        (Verb.DISPOSAL_APPROVED, world["hana"].actor.ref),
        (Verb.ERASED, "system"),
    ]
    with process("worker"):
        facts = Detail.objects.get(entry__subject=past.concern.subject).facts
    assert facts["ground"] == Ground.TIME_OVER


def test_figures_of_closed_periods_stay_and_facts_no_longer_say_what_they_were_about(
    world: World, work: Work, process: BecomeProcess
) -> None:
    past = long_ago(world)
    other = long_ago(world)
    with process("worker"):
        while ledger.seal(now=world.now):
            pass
        audits.fold_and_release(now=world.now)
        before = audits.read_figures("2022-Q1", by=world["chief"].actor, now=world.now)
        facts = list(Fact.objects.order_by("position").values_list("what", "on", "category"))
    decide(world, past.kept)
    work(world.now)
    with process("worker"):
        assert list(Fact.objects.order_by("position").values_list("what", "on", "category")) == (
            facts
        )
        assert not Fact.objects.filter(subject__contains=str(past.concern.pk)).exists()
        assert not Fact.objects.filter(subject__contains=str(past.case.pk)).exists()
        assert Fact.objects.filter(subject=other.concern.subject).exists()
        assert audits.release(now=world.now) == 0
        after = audits.read_figures("2022-Q1", by=world["chief"].actor, now=world.now)
    assert (after.figures, after.digest) == (before.figures, before.digest)


def test_coded_facts_wait_until_they_were_counted(world: World, process: BecomeProcess) -> None:
    past = long_ago(world)
    decide(world, past.kept)
    with process("worker"):
        assert actions.erase(now=world.now) == 1
        assert Detail.objects.filter(entry__subject=past.concern.subject).exists()
        while ledger.seal(now=world.now):
            pass
        audits.fold(now=world.now)
        assert Fact.objects.filter(what=Verb.CONCERN_FILED, category="other").count() == 1
        actions.erase(now=world.now)
        assert everything_of(past) == {}
        assert not Fact.objects.exclude(subject="").exists()


# -- where the power fails ------------------------------------------------------------------


BREAK = """
CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the power fails'; END $$;
CREATE TRIGGER aa_broken BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION break();
"""
MEND = "DROP TRIGGER aa_broken ON {table}; DROP FUNCTION break();"


@pytest.mark.parametrize(
    ("where", "is_begun", "has_keys"),
    [
        # before anything is written, the state of the disposal included
        ("INSERT on default.safes_erasure", False, True),
        # it is decided for good; the keystore fails at the record, then at the keys
        ("INSERT on keystore.safes_erasure", True, True),
        ("DELETE on keystore.safes_outerkey", True, True),
        # the keys are gone; the main cluster fails at the tombstone, the ledger, each of the rows
        ("INSERT on default.retention_tombstone", True, False),
        ("INSERT on default.ledger_entry", True, False),
        ("DELETE on default.cases_note", True, False),
        ("DELETE on default.cases_case", True, False),
        ("DELETE on default.safes_sealed", True, False),
        ("DELETE on default.safes_safe", True, False),
    ],
)
def test_wherever_the_power_fails_the_end_is_the_same(
    where: str, is_begun: bool, has_keys: bool, world: World, work: Work, process: BecomeProcess
) -> None:
    when, _, place = where.split()
    alias, table = place.split(".")
    past = long_ago(world)
    decide(world, past.kept)
    execute(alias, BREAK.format(table=table, when=when))
    with process("worker"):
        with pytest.raises(Error, match="power fails"):
            actions.erase(now=world.now)
        assert Case.objects.count() == 1
        assert Erasure.objects.filter(is_finished=False).exists() == is_begun
        assert OuterKey.objects.using("keystore").exists() == has_keys
        assert Tombstone.objects.count() == 0
    execute(alias, MEND.format(table=table))
    work(world.now + timedelta(minutes=1))
    with process("worker"):
        assert everything_of(past) == {}
        assert Tombstone.objects.count() == 2
        assert Entry.objects.filter(verb=Verb.ERASED).count() == 2
        assert not OuterKey.objects.using("keystore").exists()
        assert reports.overdue() == []
        assert ledger_reports.verify(now=world.now + timedelta(minutes=1)).problems == []


def test_one_that_cannot_be_erased_stops_no_other(
    world: World, work: Work, process: BecomeProcess
) -> None:
    first, second = long_ago(world), long_ago(world)
    decide(world, first.kept, second.kept)
    execute(
        "default",
        BREAK.format(table="cases_case", when="DELETE").replace(
            "EACH ROW", f"EACH ROW WHEN (OLD.id = '{first.case.pk}')"
        ),
    )
    with process("worker"):
        with pytest.raises(Error, match="power fails"):
            actions.erase(now=world.now)
        assert list(Case.objects.all()) == [first.case]
    execute("default", MEND.format(table="cases_case"))
    assert work(world.now) == 1


def test_two_workers_at_once_leave_one_tombstone(world: World, process: BecomeProcess) -> None:
    past = long_ago(world)
    (disposal,) = decide(world, past.kept)
    with process("worker"):
        erasure = actions.begin(disposal.pk, now=world.now)
        assert erasure is not None
        assert actions.begin(disposal.pk, now=world.now) is None
        for _ in range(2):
            safes.destroy_keys(erasure)
            actions.finish(erasure, now=world.now)
        assert Entry.objects.filter(verb=Verb.ERASED).count() == 2


def test_erasing_and_reopening_hold_a_case_before_what_would_erase_it(
    world: World, process: BecomeProcess
) -> None:
    """In one order, so that neither waits for the other for ever."""
    (disposal,) = decide(world, long_ago(world).kept)
    with process("worker"), CaptureQueriesContext(connections["default"]) as asked:
        actions.begin(disposal.pk, now=world.now)
    held = [one["sql"] for one in asked if "FOR UPDATE" in one["sql"]]
    tables = [sql.partition(' FROM "')[2].partition('"')[0] for sql in held]
    assert tables.index("cases_case") < tables.index("retention_disposal")


def test_drafts_nobody_came_back_to_go_the_same_way(world: World, process: BecomeProcess) -> None:
    receipt = Receipt.new()
    cases.start_draft(receipt=receipt, kind=world.filing().kind, answers={}, now=world.now)
    later = world.now + timedelta(days=30)
    with process("worker"):
        assert cases.expire_drafts(now=later) == 1
        # the power fails here; whoever comes next goes on
        assert OuterKey.objects.using("keystore").count() == 1
        actions.erase(now=later)
        assert OuterKey.objects.using("keystore").count() == 0
        assert (Safe.objects.count(), Sealed.objects.values("id").count()) == (0, 0)
        assert Tombstone.objects.count() == 0


def test_a_key_that_a_roll_back_left_over_goes_after_a_day_and_one_just_made_stays(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    with transaction.atomic():
        left_over = safes.make_safe("concern", holders=[]).safe.pk
        transaction.set_rollback(True)
    just_made = safes.rows_for("concern", [[]])[1]
    OuterKey.objects.using("keystore").bulk_create(just_made)
    at = world.now.date() - timedelta(days=3)
    execute("keystore", f"UPDATE safes_outerkey SET made_on = '{at}'")  # noqa: S608 - a date
    execute(
        "keystore",
        f"UPDATE safes_outerkey SET made_on = '{world.now.date()}'"  # noqa: S608 - a date, an id
        f" WHERE safe = '{just_made[0].safe}'",
    )
    with process("worker"):
        assert safes.sweep_orphans(now=world.now) == 1
        kept = set(OuterKey.objects.using("keystore").values_list("safe", flat=True))
    assert kept == {concern.safe_id, just_made[0].safe}
    assert left_over not in kept


def test_so_many_keys_without_a_safe_are_none_of_a_roll_back_and_stay(
    world: World, process: BecomeProcess
) -> None:
    world.file()
    execute("keystore", "ALTER TABLE safes_outerkey ALTER made_on SET DEFAULT '2020-01-01'")
    keys = safes.rows_for("concern", [[] for _ in range(reports.FEW + 1)])[1]
    OuterKey.objects.using("keystore").bulk_create(keys)
    with process("worker"):
        assert reports.orphans(now=world.now).is_suspicious
        assert safes.sweep_orphans(now=world.now) == 0
        assert OuterKey.objects.using("keystore").count() == reports.FEW + 2


def test_nobody_deletes_what_is_not_on_record_and_no_record_goes(
    world: World, process: BecomeProcess
) -> None:
    past = long_ago(world)
    with process("worker"):
        for rows in (
            Note.objects.all(),
            Triage.objects.all(),
            Case.objects.filter(pk=past.case.pk),
            Safe.objects.filter(pk=past.case.safe_id),
        ):
            with pytest.raises(Error, match="on record"), transaction.atomic():
                rows._raw_delete("default")
    for name in ("web", "speak", "watchdog"):
        with process(name), pytest.raises(Error, match="permission denied"):
            Concern.objects.filter(pk=past.concern.pk)._raw_delete("default")
    decide(world, past.kept)
    with process("worker"):
        actions.erase(now=world.now)
    with process("owner"), pytest.raises(Error, match="Cannot delete"), transaction.atomic():
        Erasure.objects.all().delete()
    with process("worker"), pytest.raises(Error, match="Cannot update"), transaction.atomic():
        Erasure.objects.update(safes=[])
    with connections["keystore"].cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('ed_worker', 'safes_erasure', 'DELETE')")
        assert cursor.fetchone() == (False,)


def test_a_message_that_comes_meanwhile_goes_as_well(
    world: World, work: Work, process: BecomeProcess
) -> None:
    past = long_ago(world)
    decide(world, past.kept)
    act_as(world["olga"])
    cases.say(past.concern, text="CANARY, one more word.", now=world.now)
    work(world.now)
    with process("worker"):
        assert everything_of(past) == {}
