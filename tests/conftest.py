"""What every test may ask for: the time, a database process's rights, the running house."""

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.db import connections, transaction
from django.test import override_settings
from psycopg2.extensions import TRANSACTION_STATUS_INERROR
from pytest_django import DjangoDbBlocker

from escalation.models import Clock
from ethicsdesk.machine.house import PROCESSES
from policies.models import Kind as Promised
from tests.world import World, build

pytest_plugins = ["tests.house"]

DATABASES = ["default", "keystore"]

# a Monday morning
MONDAY = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)

BecomeProcess = Callable[[str], AbstractContextManager[None]]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a test that uses the database use both, and refuse those that would leave rows behind."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        fixtures = getattr(item, "fixturenames", ())
        if "transactional_db" in fixtures or (mark and mark.kwargs.get("transaction")):
            msg = f"{item.nodeid}: every test is rolled back; what needs real commits uses `house`"
            raise pytest.UsageError(msg)
        if mark or "db" in fixtures:
            item.add_marker(pytest.mark.django_db(databases=DATABASES), append=False)


def pytest_collection_finish() -> None:
    """Leave what was collected and imported out of the collector's rounds, as a worker does."""
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Do nothing: the launcher has made, migrated and granted both databases already."""


@pytest.fixture(autouse=True)
def full_budgets() -> None:
    """Let every test begin with nothing counted: counters are not rolled back."""
    cache.clear()


@pytest.fixture
def now() -> datetime:
    """Return the moment at which a test plays."""
    return MONDAY


@contextmanager
def as_process(name: str) -> Iterator[None]:
    """Have a process's rights in both databases; what is refused inside leaves the rest usable."""
    with ExitStack() as stack:
        for alias in DATABASES:
            stack.enter_context(_as_role(alias, PROCESSES[name] or "none"))
        stack.enter_context(override_settings(PROCESS=name))
        yield


@pytest.fixture
def process(db: None) -> BecomeProcess:
    """Give `with process("worker"):`; a test begins as the web process."""
    return as_process


@contextmanager
def rolled_back(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let several tests begin with what is written in here, and roll it back after the last."""
    with blocker.unblock(), ExitStack() as stack:
        for alias in DATABASES:
            stack.enter_context(transaction.atomic(using=alias))
        yield
        for alias in DATABASES:
            transaction.set_rollback(True, using=alias)


@pytest.fixture
def beyond_rows(process: BecomeProcess) -> Iterator[None]:
    """Play as the owner: a safe that belongs to no concern is seen by no other process."""
    with process("owner"):
        yield


@pytest.fixture
def promised_alone(world: World, process: BecomeProcess) -> Callable[[], None]:
    """Return what leaves of all clocks those that a policy promises, for tests that count them."""

    def leave() -> None:
        with process("owner"):
            Clock.objects.exclude(kind__in=Promised.values).delete()

    leave()
    return leave


@pytest.fixture
def as_worker(process: BecomeProcess) -> Iterator[None]:
    """Play as a worker."""
    with process("worker"):
        yield


@contextmanager
def _as_role(alias: str, role: str) -> Iterator[None]:
    connection = connections[alias]
    with transaction.atomic(using=alias):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            before = cursor.fetchone()[0]
            cursor.execute(f"SET ROLE {connection.ops.quote_name(role)}")
        yield
        if connection.connection.info.transaction_status == TRANSACTION_STATUS_INERROR:
            # Rolling back to the savepoint gives the role back as well.
            transaction.set_rollback(True, using=alias)
            return
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {connection.ops.quote_name(before)}")


@pytest.fixture(scope="module")
def settled(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[World | None]:
    """Make the organisation once for a file, if every test in it begins with it; or give None."""
    if "now" in vars(request.module) or not all_use("world", request):
        yield None
        return
    with rolled_back(django_db_blocker):
        yield build(MONDAY)


def all_use(fixture: str, request: pytest.FixtureRequest) -> bool:
    """Whether every test of a file that uses the database begins with a fixture."""
    items = (item for item in request.session.items if item.path == request.path)
    using = (item for item in items if item.get_closest_marker("django_db"))
    return all(fixture in getattr(item, "fixturenames", ()) for item in using)


@pytest.fixture
def world(settled: World | None, db: None, now: datetime) -> World:
    """Return a small organisation with everybody whom a test of access needs."""
    return settled.copy() if settled else build(now)
