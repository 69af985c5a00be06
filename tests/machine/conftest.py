"""A server that a site has already, with roles and databases to hand over."""

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

import psycopg2
import pytest

from ethicsdesk.machine import accounts, programs
from ethicsdesk.machine.postgres import SUPERUSER, Cluster, Shape
from ethicsdesk.machine.processes import end_all
from ethicsdesk.machine.roles import Address
from ethicsdesk.machine.state import State
from tests.house import state_folder


def run(address: str, statement: str) -> list[tuple[object, ...]]:
    """Run a statement in a connection of its own."""
    with closing(psycopg2.connect(address.replace("postgres://", "postgresql://"))) as line:
        line.autocommit = True
        with line.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []


@pytest.fixture
def server() -> Iterator[str]:
    """Give somebody else's server: the URL of its superuser, without a database."""
    with state_folder() as folder:
        state = State(str(folder))
        state.make()
        account = accounts.service()
        cluster = Cluster(
            state.servers(account) / "site",
            log=state / "log" / "site.log",
            programs=programs.postgres(account),
            account=account,
            shape=Shape("16MB", throwaway=True),
        )
        try:
            cluster.initialise()
            cluster.launch()
            cluster.await_ready()
            who = f"{SUPERUSER}:{quote(cluster.password, safe='')}"
            yield f"postgres://{who}@{quote(str(cluster.socket), safe='')}"
        finally:
            if cluster.process:
                end_all([(cluster.process, cluster.ending)], 10)


def site(server: str, name: str, powers: str) -> Address:
    """Make a database and the role that owns it, with these powers, as a site hands them over."""
    run(f"{server}/postgres", f"CREATE ROLE {name} LOGIN PASSWORD 'handed-over' {powers}")
    run(f"{server}/postgres", f"CREATE DATABASE {name} OWNER {name}")
    return Address(Address(f"{server}/{name}").as_role(name, "handed-over"))
