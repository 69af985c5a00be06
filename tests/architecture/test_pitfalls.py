"""Each known way past row security, tried on the real database (security.md, section 1.5)."""

import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, override_settings
from django.urls import path

from cases import access
from cases.models import Case, Concern, Message, Wall
from common import asking
from common.logs import Terse
from ethicsdesk import grants
from people.middleware import act_as
from people.models import Person
from safes.models import UserKey
from safes.rules import Receipt
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-2")]
SECURED = sorted(grants.MAIN.keys() - grants.OPEN.keys())


def ask(query: str, *params: str | list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(params))
        return list(cursor.fetchall()) if cursor.description else []


# -- every table -------------------------------------------------------------------------------


def test_every_table_is_secured_or_says_why_not() -> None:
    found: dict[str, bool] = dict(
        ask(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND relkind IN ('r', 'p')"
        )
    )
    assert sorted(table for table, forced in found.items() if forced) == SECURED
    assert found.keys() == grants.MAIN.keys()
    assert grants.OPEN.keys() <= found.keys()
    assert all(grants.OPEN.values())


@pytest.mark.parametrize("table", SECURED)
def test_a_secured_table_gives_the_office_nothing_without_a_reason(table: str) -> None:
    """A policy that is always true would be none: no door has one."""
    policies = ask("SELECT policyname, roles, qual FROM pg_policies WHERE tablename = %s", table)
    always = {str(role) for _, roles, qual in policies if qual == "true" for role in roles}
    assert {"ed_owner", "ed_worker"} <= always
    # a loan is what is lent to the cleaner
    lent = {"ed_cleaner"} if table == "files_loan" else set()
    assert always - lent <= {"ed_owner", "ed_worker", "ed_watchdog"}
    assert {"reach", "machines"} <= {name for name, *_ in policies}
    assert all("public" not in roles for _, roles, _ in policies)


# -- who passes it by ---------------------------------------------------------------------------


def test_no_view_shows_rows_by_the_rights_of_its_owner() -> None:
    views = ask(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('v', 'm')"
        " AND NOT coalesce(c.reloptions @> ARRAY['security_invoker=true'], false)"
    )
    assert views == []


@pytest.mark.parametrize("name", ["web", "speak", "worker", "watchdog"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE FUNCTION tell(text) RETURNS boolean LANGUAGE sql COST 0.1 RETURN true",
        "CREATE TEMPORARY TABLE kept (row text)",
        "CREATE VIEW theirs AS SELECT 1",
        "CREATE OPERATOR === (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text)",
        "ALTER TABLE cases_concern DISABLE ROW LEVEL SECURITY",
        "DROP POLICY wall ON cases_concern",
        "SET ROLE ed_owner",
        "TRUNCATE cases_concern",
    ],
)
def test_no_process_can_make_a_way_past_it(
    name: str, statement: str, process: BecomeProcess
) -> None:
    if statement.startswith("SET ROLE"):
        member = ask("SELECT pg_has_role(%s, 'ed_owner', 'MEMBER')", f"ed_{name}")
        assert member == [(False,)]
        return
    with process(name), pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        ask(statement)


def test_switching_it_off_is_an_error_and_not_a_way() -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        ask("SET LOCAL row_security = off; SELECT ref FROM cases_concern")


# -- predicates, copies, statistics --------------------------------------------------------------


def test_a_predicate_is_not_asked_about_rows_that_are_hidden(world: World) -> None:
    world.file()
    leaks = "SELECT ref FROM cases_concern WHERE ref::int = 1"
    act_as(world["stan"])
    assert ask(leaks) == []
    act_as(world["olga"])
    with pytest.raises(DataError, match="invalid input syntax for type integer"):
        ask(leaks)


def test_a_copy_gives_what_a_query_gives(world: World) -> None:
    world.file()

    def copied() -> list[str]:
        with connection.cursor() as cursor:
            out = StringIO()
            cursor.copy_expert("COPY cases_concern (ref) TO STDOUT", out)
        return out.getvalue().split()

    act_as(world["stan"])
    assert copied() == []
    act_as(world["olga"])
    assert len(copied()) == 1


def test_statistics_tell_nothing_of_secured_tables(world: World, process: BecomeProcess) -> None:
    world.file()
    with process("owner"):
        ask("ANALYZE cases_concern, policies_policy")
    told = ask("SELECT tablename FROM pg_stats WHERE schemaname = 'public'")
    assert ("policies_policy",) in told
    assert {str(table) for (table,) in told}.isdisjoint(SECURED)


@pytest.mark.parametrize("role", grants.ROLES)
def test_the_last_number_of_a_sequence_is_not_to_be_read(role: str) -> None:
    usable = ask(
        "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
        " AND has_sequence_privilege(%s, quote_ident(sequencename), 'USAGE, SELECT, UPDATE')",
        role,
    )
    wanted = [(name,) for name, roles in grants.SEQUENCES.items() if role in roles]
    assert usable == wanted
    readable = ask("SELECT has_sequence_privilege(%s, 'cases_case_number', 'SELECT')", role)
    assert readable == [(False,)]


# -- keys that are taken --------------------------------------------------------------------------

# drawn by the server alone, and never taken from who asks
DRAWN = {"cases_case_ref", "cases_concern_ref", "cases_identityrequest_ref"}
UNIQUE = """
SELECT i.indrelid::regclass::text, c.relname,
       array_agg(a.attname::text ORDER BY a.attnum),
       bool_or(a.atttypid IN ('uuid'::regtype, 'bytea'::regtype))
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indisunique AND i.indrelid::regclass::text = ANY (%s)
GROUP BY 1, 2
"""


def test_no_key_that_is_taken_tells_of_a_hidden_row() -> None:
    """An insert that is refused would tell: each key holds what nobody guesses."""
    found = ask(UNIQUE, SECURED)
    assert len(found) > len(SECURED)
    telling = {f"{table}_{columns[0]}" for table, _, columns, is_random in found if not is_random}
    # numbers of the machines' own rows, which the office cannot insert, and the outbox's names,
    # which hold a random id each
    assert telling == DRAWN | {
        "escalation_steptaken_id",
        "cases_caseuserobjectpermission_id",
        "cases_casegroupobjectpermission_id",
        "ledger_entry_stream",
        "ledger_outbox_identity",
        "audits_fact_position",
        "retention_tombstone_ref",
    }


def test_a_key_that_is_taken_is_refused_without_the_row(world: World) -> None:
    concern, _ = world.file()
    twin = Concern(ref=concern.ref, kind="report", locator=b"x", touched_on=world.now.date())
    twin.safe_id = concern.safe_id
    act_as(world["stan"])
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        twin.save(force_insert=True)
    assert concern.ref not in str(refusal.value)
    assert "DETAIL" not in str(refusal.value)


def insert_a_twin(request: HttpRequest) -> HttpResponse:
    """Take a name that is taken: this table is open, so the error shows the row."""
    Person(username="olga", name="CANARY").save(force_insert=True)
    return HttpResponse()


def stream(request: HttpRequest) -> StreamingHttpResponse:
    """Stream what is seen while the body is made."""

    def body() -> Iterator[bytes]:
        for ref in Concern.objects.values_list("ref", flat=True):
            yield ref.encode()

    return StreamingHttpResponse(body())


urlpatterns = [path("twin/", insert_a_twin), path("stream/", stream)]


def is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, Terse)


def test_an_error_that_shows_a_row_reaches_neither_page_nor_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(raise_request_exception=False)
    with override_settings(ROOT_URLCONF=__name__):
        answer = client.get("/twin/")
    assert answer.status_code == 500
    terse = next(one.formatter for one in logging.getLogger().handlers if is_ours(one))
    for record in caplog.records:
        record.exc_text = None
    assert terse is not None
    said = "\n".join(map(terse.format, caplog.records))
    assert "IntegrityError" in said
    for word in ("olga", "CANARY", "DETAIL"):
        assert word not in said
        assert word not in answer.content.decode()


# -- who asks --------------------------------------------------------------------------------------


def test_a_body_that_streams_is_made_for_whoever_asked(client: Client, world: World) -> None:
    concern, _ = world.file()
    bodies = {}
    with override_settings(ROOT_URLCONF=__name__):
        for name in ("olga", "stan"):
            sign_in(client, world, name, vault=False)
            answer = client.get("/stream/")
            # the request is over; the server makes the body now
            act_as(None)
            bodies[name] = b"".join(answer)
    assert bodies == {"olga": concern.ref.encode(), "stan": b""}


def test_the_gate_is_shut_again_after_a_query_and_after_an_error(world: World) -> None:
    concern, _ = world.file(excluded=(world["olga"],))
    act_as(world["olga"])
    assert not Concern.objects.filter(pk=concern.pk).exists()
    assert ask("SELECT ed_at_gate(), count(*) FROM cases_wall") == [(False, 0)]
    with pytest.raises(DataError), transaction.atomic():
        ask("SELECT 1 / count(*) FROM cases_concern WHERE ref = 'none'")
    assert ask("SELECT ed_at_gate(), count(*) FROM cases_wall") == [(False, 0)]


def test_somebody_walled_off_can_still_raise_a_wall_that_they_do_not_see(world: World) -> None:
    """Whoever files may be behind the wall that goes up: the row is written and not read back."""
    concern, _ = world.file()
    act_as(world["olga"])
    assert Concern.objects.filter(pk=concern.pk).exists()
    [wall] = access.walls_around([world["olga"]], since=world.now.date())
    wall.concern = concern
    wall.save(force_insert=True)
    assert not Wall.objects.exists()
    assert not Concern.objects.filter(pk=concern.pk).exists()
    act_as(world["omar"])
    assert Wall.objects.filter(concern=concern).exists()


def test_a_setting_that_is_empty_is_nobody_and_no_error() -> None:
    ask(
        "SELECT set_config(name, '', true) FROM unnest(%s) name",
        list(asking.NAMES),
    )
    found = ask(
        "SELECT ed_person(), ed_behind(), ed_behind_until(), ed_receipt(), ed_is_client(),"
        " ed_at_gate()"
    )
    assert found == [(None, None, None, None, False, False)]
    assert not Concern.objects.exists()
    assert not Message.objects.exists()
    assert not Case.objects.exists()


def test_a_receipt_that_opens_nothing_shows_nothing(world: World) -> None:
    world.file()
    act_as(None)
    access.present(Receipt.new())
    assert not Concern.objects.exists()


# -- secrets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["speak", "worker", "watchdog"])
@pytest.mark.parametrize(
    "column", ["people_person.password", "safes_userkey.wrapped", "safes_userkey.recovery"]
)
def test_who_signs_nobody_in_reads_no_password_and_no_key(
    name: str, column: str, process: BecomeProcess
) -> None:
    table, _, field = column.partition(".")
    with process(name), pytest.raises(ProgrammingError, match="permission denied"):
        ask(f"SELECT {field} FROM {table}")  # noqa: S608 - from the list above


@pytest.mark.parametrize("name", ["speak", "worker", "watchdog"])
def test_persons_and_keys_are_read_without_their_secrets(
    name: str, world: World, process: BecomeProcess
) -> None:
    assert Person.objects.get(username="olga").password
    with process(name):
        person = Person.objects.select_related("manager").get(username="olga")
        people = [person, person.manager]
        assert [one and one.password for one in people] == [None, None]
        assert person.name == "Olga Example"
        key = UserKey.objects.select_related("person").get(person=person)
        assert {key.wrapped, key.salt, key.recovery} == {None}
        assert bytes(key.public) == world.openers["olga"].public


@pytest.mark.parametrize("column", ["to", "context", "identity", "template"])
@pytest.mark.parametrize("name", ["web", "speak"])
def test_who_posts_a_notice_does_not_read_the_others(
    name: str, column: str, process: BecomeProcess
) -> None:
    with process(name), pytest.raises(ProgrammingError, match="permission denied"):
        ask(f'SELECT "{column}" FROM ledger_outbox')  # noqa: S608 - from the list above


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("web", "SELECT 1 FROM audits_fact"),
        ("web", "SELECT 1 FROM ledger_detail"),
        ("web", "DELETE FROM cases_concern"),
        ("speak", "DELETE FROM safes_safe"),
        ("speak", "UPDATE cases_member SET urgency = 4"),
        ("speak", "SELECT 1 FROM ledger_entry"),
        ("speak", "SELECT 1 FROM cases_triage"),
        ("speak", "SELECT 1 FROM django_session"),
        ("worker", "INSERT INTO cases_concern DEFAULT VALUES"),
        ("worker", "INSERT INTO safes_safe DEFAULT VALUES"),
        ("worker", "UPDATE cases_wall SET since = now()"),
        ("worker", "SELECT 1 FROM people_apitoken"),
        ("watchdog", "DELETE FROM cases_concern"),
        ("watchdog", "DELETE FROM escalation_clock"),
        ("watchdog", "SELECT 1 FROM safes_sealed"),
        ("cleaner", "SELECT 1 FROM cases_wall"),
        ("cleaner", "SELECT 1 FROM ledger_entry"),
    ],
)
def test_no_process_may_more_than_its_work(
    name: str, statement: str, process: BecomeProcess
) -> None:
    with process(name), pytest.raises(ProgrammingError, match="permission denied"):
        ask(statement)
