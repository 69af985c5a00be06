"""A program with a token, one without, and a site that they ask."""

import pytest

from people.rules import Scope
from tests.api.program import Program
from tests.api.site import OF_AUDITS, Site
from tests.conftest import BecomeProcess
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


@pytest.fixture
def site(world: World, process: BecomeProcess, request: pytest.FixtureRequest) -> Site:
    """Return a site; where the test is of an operation of audits, with a report."""
    name = getattr(request.node, "callspec", None)
    found = Site(world, process)
    return found.release() if name and name.params.get("name") in OF_AUDITS else found
