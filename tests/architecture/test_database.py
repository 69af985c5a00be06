"""What stands in the database itself: roles, grants, row security, constraints."""

from importlib import import_module

import pytest
from django.db import ProgrammingError, connection, connections
from django.db.migrations.loader import MigrationLoader

from ethicsdesk import grants
from ethicsdesk.management.commands.grant_roles import apply
from tests.conftest import BecomeProcess

pytestmark = pytest.mark.django_db
asked_once = import_module("audits.migrations.0005_policies_once").asked_once

CASE_DATA = [
    "cases_attachment",
    "cases_case",
    "cases_concern",
    "cases_identityrequest",
    "cases_message",
    "cases_note",
    "cases_triage",
]


@pytest.mark.req("SEC-2")
@pytest.mark.parametrize("role", grants.ROLES)
def test_no_process_is_superuser_or_owner_or_passes_row_security(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
            " WHERE rolname = %s",
            [role],
        )
        assert cursor.fetchone() == (False, False, False, False)
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = %s", [role]
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.req("SEC-2")
@pytest.mark.parametrize("table", CASE_DATA)
def test_row_security_is_forced_where_case_data_lies(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", [table]
        )
        assert cursor.fetchone() == (True, True)


def test_what_a_policy_asks_is_planned_once() -> None:
    """Without `OFFSET 0` it is planned as a set as well, with all that it asks in its turn."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT polname, polrelid::regclass, pg_get_expr(polqual, polrelid) FROM pg_policy"
        )
        policies = [
            (f"{table}.{name}", condition or "") for name, table, condition in cursor.fetchall()
        ]
    asking = {name: condition for name, condition in policies if "EXISTS (" in condition}
    assert len(asking) > 60
    twice = [name for name, condition in asking.items() if asked_once(condition) != condition]
    assert twice == [], "end what is asked with `OFFSET 0`"


@pytest.mark.parametrize(
    ("alias", "wanted"), [("default", grants.MAIN), ("keystore", grants.KEYSTORE)]
)
def test_every_table_says_what_each_process_may_do(
    alias: str, wanted: dict[str, grants.Table]
) -> None:
    assert set(connections[alias].introspection.table_names()) == wanted.keys()


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("name", ["worker", "watchdog"])
def test_processes_that_keep_time_cannot_read_ciphertext(name: str, process: BecomeProcess) -> None:
    with process(name), pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("SELECT ciphertext FROM safes_sealed")


@pytest.mark.req("AUD-1")
@pytest.mark.parametrize("name", ["web", "speak", "worker", "watchdog"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET verb = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_no_process_can_change_or_remove_an_entry(
    name: str, statement: str, process: BecomeProcess
) -> None:
    with process(name), pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(statement.format("ledger_entry"))


def test_a_table_in_no_list_is_refused() -> None:
    wanted = {name: roles for name, roles in grants.MAIN.items() if name != "cases_note"}
    with pytest.raises(Exception, match="cases_note"):
        apply("default", wanted)


def test_no_function_runs_with_the_rights_of_its_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname = 'public' AND prosecdef"
        )
        assert cursor.fetchall() == []


def test_no_view_leaks_past_row_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'public'")
        assert cursor.fetchall() == []


@pytest.mark.req("INT-2")
def test_no_row_that_the_reporters_door_writes_has_a_number_in_order() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c"
            " JOIN pg_tables t ON t.tablename = c.table_name AND t.schemaname = 'public'"
            " WHERE has_table_privilege('ed_speak', quote_ident(c.table_name), 'INSERT')"
            " AND (c.column_default LIKE 'nextval%' OR c.is_identity = 'YES')"
        )
        assert cursor.fetchall() == []


def test_a_model_is_called_anew_without_a_word_to_the_database() -> None:
    """While a house is upgraded, processes of the release before read and write the table."""
    loader = MigrationLoader(None)
    key = ("people", "0015_gaps_account_changes")
    before = loader.project_state(key, at_end=False)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        loader.get_migration(*key).apply(before, editor, collect_sql=True)
    assert [line for line in editor.collected_sql if not line.startswith("--")] == []
