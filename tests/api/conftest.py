"""A program with a token, one without, and a site that they ask."""

from copy import copy

import pytest
from pytest_django import DjangoDbBlocker

from people.middleware import act_as
from people.rules import Scope
from tests.api.program import Program
from tests.api.site import OF_AUDITS, Site
from tests.conftest import all_use, as_process
from tests.world import World


@pytest.fixture
def program(world: World) -> Program:
    """Return a program that may do everything."""
    return Program(world, list(Scope))


@pytest.fixture
def stranger(world: World) -> Program:
    """Return somebody without a token."""
    found = Program(world, [])
    found.token = ""
    return found


@pytest.fixture(scope="module")
def founded(
    settled: World | None, request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Site | None:
    """Make a site once for a file, if every test in it begins with one."""
    if settled is None or not all_use("site", request):
        return None
    with django_db_blocker.unblock():
        site = Site(settled, as_process)
        act_as(None)
        return site


@pytest.fixture
def site(founded: Site | None, world: World, request: pytest.FixtureRequest) -> Site:
    """Return a site; where the test is of an operation of audits, with a report."""
    found = copy(founded) if founded else Site(world, as_process)
    act_as(world["olga"])
    name = getattr(request.node, "callspec", None)
    return found.release() if name and name.params.get("name") in OF_AUDITS else found
