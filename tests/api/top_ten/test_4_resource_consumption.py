"""API4:2023 Unrestricted Resource Consumption: every size has a bound, and is refused in time."""

import json
from itertools import product
from time import process_time

import pytest
from django.conf import settings
from pytest_django import DjangoAssertNumQueries

from tests.api.program import Program, concern, is_problem
from tests.api.site import OPERATIONS
from tests.world import World

LISTS = [
    name
    for name, (_, _, operation) in OPERATIONS.items()
    if any(one["name"] == "page_size" for one in operation.get("parameters", []))
]
MOST = 200


def test_a_page_has_a_largest_size(program: Program) -> None:
    assert LISTS
    for name, size in product(LISTS, ("0", "-1", "201", "1000000", "9" * 40, "1e3", "ten")):
        path = OPERATIONS[name][0].removeprefix("/api/v1/").replace("{code}", "office")
        is_problem(program.get(path, {"page_size": size}), 400)
    assert program.get("cases/", {"page_size": str(MOST)}).status_code == 200


@pytest.mark.parametrize("depth", [200, 5_000, 100_000])
def test_json_is_not_followed_without_end(program: Program, depth: int) -> None:
    body = '{"answers":' + "[" * depth + "]" * depth + "}"
    is_problem(program.send("POST", "concerns/", body), 400)


def test_a_body_beyond_the_bound_is_refused_unread(program: Program) -> None:
    body = json.dumps(concern(narrative="x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)))
    began = process_time()
    is_problem(program.send("POST", "concerns/", body), 413)
    assert process_time() - began < 1


@pytest.mark.parametrize(
    "change",
    [
        {"narrative": "x" * 20_001},
        {"answers": {f"q{n}": "x" for n in range(10_000)}},
        {"about": "x" * 100_000},
        {"exclude": ["otto"] * 10_000},
        {"narrative": "\x00"},
        {"category": "x" * 100_000},
    ],
    ids=["narrative", "answers", "about", "exclude", "nul", "category"],
)
def test_each_member_has_a_bound_of_its_own(
    program: Program, change: dict[str, object], world: World
) -> None:
    is_problem(program.post("concerns/", concern(**change)), 400)


def test_a_number_that_python_would_take_long_to_read_is_refused(program: Program) -> None:
    body = json.dumps(concern()).replace('"14 October"', "9" * 100_000)
    began = process_time()
    assert program.send("POST", "concerns/", body).status_code == 400
    assert process_time() - began < 1


def test_a_list_takes_the_same_queries_for_many_as_for_few(
    program: Program, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def asked() -> int:
        for _ in range(4):
            world.triage(world.file()[0])
        with django_assert_num_queries(10):
            found = program.get("cases/", {"page_size": "200"}).json()["results"]
        return len(found)

    assert asked() < asked()
