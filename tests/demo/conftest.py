"""Northmoor, made once for the tests that look at it, in a transaction that is rolled back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from ethicsdesk.demo import northmoor
from ethicsdesk.demo.organisation import Organisation
from tests.conftest import DATABASES, rolled_back

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Organisation]:
    """Return the organisation, made by the owner as `manage.py demo` makes it."""
    with rolled_back(django_db_blocker):
        for alias in DATABASES:
            with connections[alias].cursor() as cursor:
                cursor.execute("SET LOCAL ROLE ed_owner")
        yield northmoor.make(now=NOW)


@pytest.fixture
def northmoor_now() -> datetime:
    """Return the moment up to which the history was played."""
    return NOW
