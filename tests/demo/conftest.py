"""Northmoor, made once for the tests that look at it, in a transaction that is rolled back."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from django.db import connections, transaction
from pytest_django import DjangoDbBlocker

from ethicsdesk.demo import northmoor
from ethicsdesk.demo.organisation import Organisation
from tests.conftest import DATABASES

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Organisation]:
    """Return the organisation, made by the owner as `manage.py demo` makes it."""
    with django_db_blocker.unblock(), ExitStack() as stack:
        for alias in DATABASES:
            stack.enter_context(transaction.atomic(using=alias))
            with connections[alias].cursor() as cursor:
                cursor.execute("SET LOCAL ROLE ed_owner")
        yield northmoor.make(now=NOW)
        for alias in DATABASES:
            transaction.set_rollback(True, using=alias)


@pytest.fixture
def northmoor_now() -> datetime:
    """Return the moment up to which the history was played."""
    return NOW
