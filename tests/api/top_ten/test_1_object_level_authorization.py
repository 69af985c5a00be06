"""API1:2023 Broken Object Level Authorization: what is not yours to see is not there."""

from itertools import product
from uuid import uuid4

import pytest

from people.rules import Scope
from tests.api.program import Program, is_problem
from tests.api.site import OPERATIONS, Site
from tests.world import World

pytestmark = pytest.mark.req("SEC-2")
OF_ONE = sorted(name for name, (path, _, _) in OPERATIONS.items() if "{" in path)
# nothing else takes the name of a thing in its address
KINDS = {
    "get_case": "{ref}",
    "list_calendar_days": "{code}",
    "read_report": "{report}",
    "download_report": "{report}",
}


def test_whatever_is_asked_for_by_name_is_tried_here() -> None:
    assert sorted(KINDS) == OF_ONE


def test_what_is_absent_is_not_found_however_it_is_named(site: Site) -> None:
    guesses = (str(uuid4()), "2026-9999", "0", "-1", "1e9", "C-00000000", "%2e%2e", "a" * 300)
    for name, guess in product(OF_ONE, guesses):
        path = OPERATIONS[name][0].removeprefix("/api/v1/").replace("{form}", "json")
        is_problem(site.program.get(path.replace(KINDS[name], guess)), 404)


def test_a_case_behind_a_wall_is_answered_like_one_that_is_not_there(world: World) -> None:
    concern, _ = world.file(excluded=(world["otto"],))
    case = world.triage(concern)
    free, walled = (Program(world, list(Scope), owner=one) for one in ("adam", "otto"))
    assert free.get(f"cases/{case.ref}/").status_code == 200
    hidden, absent = walled.get(f"cases/{case.ref}/"), walled.get("cases/2026-9999/")
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)
    assert dict(hidden.headers) == dict(absent.headers)
    assert walled.get("cases/").json()["results"] == []


def test_a_receipt_opens_its_own_concern_and_no_other(world: World, stranger: Program) -> None:
    mine, receipt = world.file(narrative="Mine.")
    other, _ = world.file(narrative="Another's.")
    for extra in ({"ref": other.ref}, {"concern": str(other.pk)}, {"id": str(other.pk)}):
        assert stranger.post("receipts/", {"receipt": str(receipt), **extra}).status_code == 400
    assert stranger.post("receipts/", {"receipt": str(receipt)}).status_code == 200
    for name in (mine.ref, str(mine.pk), mine.locator.hex()):
        assert stranger.post("receipts/", {"receipt": name}).status_code == 404
