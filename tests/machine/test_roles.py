"""Database roles: what each process may not do."""

from pathlib import Path

import psycopg2
import pytest

from ethicsdesk.machine import roles
from ethicsdesk.machine.postgres import SUPERUSER
from ethicsdesk.machine.roles import Address
from ethicsdesk.machine.state import State
from ethicsdesk.machine.trouble import Trouble
from tests.house import House
from tests.machine.conftest import run, site

PROCESS_ROLES = [role for role in roles.ROLES if role != roles.OWNER]


@pytest.fixture
def secret(tmp_path: Path) -> dict[str, str]:
    state = State(str(tmp_path))
    return roles.passwords(state)


def test_a_role_that_may_not_make_roles_is_told_what_to_ask_for(
    server: str, secret: dict[str, str]
) -> None:
    address = site(server, "weak", "NOCREATEROLE")
    with pytest.raises(Trouble, match='ALTER ROLE "weak" CREATEROLE') as refusal:
        roles.provision(address, secret)
    assert "handed-over" not in str(refusal.value)


def test_a_role_that_may_make_roles_is_enough(server: str, secret: dict[str, str]) -> None:
    address = site(server, "strong", "CREATEROLE")
    roles.provision(address, secret)
    roles.provision(address, secret)
    owner = address.as_role(roles.OWNER, secret[roles.OWNER])
    run(owner, "CREATE TABLE ours (id int)")
    run(owner, "CREATE EXTENSION btree_gist")
    for role in PROCESS_ROLES:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run(address.as_role(role, secret[role]), "SELECT * FROM ours")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run(address.as_role(role, secret[role]), "CREATE TABLE theirs (id int)")
    run(f"{server}/postgres", "ALTER ROLE ed_web BYPASSRLS")
    with pytest.raises(Trouble, match="ed_web may do more"):
        roles.provision(address, secret)
    run(f"{server}/postgres", "ALTER ROLE ed_web NOBYPASSRLS")


def test_a_role_that_did_not_make_our_roles_is_told_how_to_come_by_them(
    server: str, secret: dict[str, str]
) -> None:
    roles.provision(site(server, "first", "CREATEROLE"), secret)
    second = site(server, "second", "CREATEROLE")
    with pytest.raises(Trouble, match="WITH ADMIN OPTION") as refusal:
        roles.provision(second, secret)
    grant = str(refusal.value).rpartition("already, ")[2]
    run(f"{server}/postgres", grant)
    roles.provision(second, secret)


def test_a_wrong_address_is_a_sentence_without_the_password() -> None:
    with pytest.raises(Trouble, match="does not let us in") as refusal:
        roles.connect(Address("postgres://me:hush@%2Fnonexistent/there"))
    assert "hush" not in str(refusal.value)


def test_tests_do_not_empty_a_database_that_is_in_use(server: str) -> None:
    address = site(server, "busy", "")
    run(address.url, "CREATE TABLE orders (id int)")
    with pytest.raises(Trouble, match="not made by the tests"):
        roles.empty_for_tests(address)
    run(address.url, "DROP TABLE orders")
    roles.empty_for_tests(address)
    run(address.url, "CREATE TABLE left_over (id int)")
    roles.empty_for_tests(address)
    assert run(address.url, "SELECT * FROM pg_tables WHERE schemaname = 'public'") == []


@pytest.mark.parametrize("database", [0, 1])
def test_no_process_of_a_running_house_has_power_over_the_server(
    house: House, database: int
) -> None:
    address = Address(State(str(house.state)).read("running")["addresses"][database])
    found = run(
        address.url,
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'ed%' AND (rolsuper OR rolbypassrls"
        " OR rolcreatedb OR rolcreaterole OR rolreplication)",
    )
    assert found == [(SUPERUSER,)]
    secret = roles.passwords(State(str(house.state)))
    for role in PROCESS_ROLES:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run(address.as_role(role, secret[role]), "CREATE TABLE theirs (id int)")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT '{}'::int",
        "CREATE TEMP TABLE t (body text CHECK (body = '')); INSERT INTO t SELECT '{}'",
        "CREATE TEMP TABLE t (body text UNIQUE); INSERT INTO t VALUES ('{0}'), ('{0}')",
        "DO $$ BEGIN RAISE EXCEPTION '{}'; END $$",
    ],
)
def test_what_a_person_wrote_never_reaches_a_log(house: House, statement: str) -> None:
    state = State(str(house.state))
    address = Address(state.read("running")["addresses"][0])
    owner = address.as_role(roles.OWNER, roles.passwords(state)[roles.OWNER])
    with pytest.raises(psycopg2.Error, match="CANARY-NARRATIVE"):
        run(owner, statement.format("CANARY-NARRATIVE"))
    for log in (house.state / "log").glob("*.log"):
        assert "CANARY-NARRATIVE" not in log.read_text(errors="replace"), log
