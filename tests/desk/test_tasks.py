"""The page of tasks: on a case and on a concern that waits."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases import actions
from cases.lifecycle import TaskKind
from cases.models import Case, Task
from people.middleware import act_as
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-3", "CAS-3")]
WORDS = "Ring her after six."
QUERIES = 44


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Omar leads and on which Olga works."""
    return world.triage(world.file()[0], lead="omar")


def at(name: str, case: Case, *more: object) -> str:
    return reverse(f"desk:{name}", args=[case.ref, *more])


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, address: str, data: dict[str, object]) -> str:
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_a_member_adds_does_hands_on_and_cancels_and_the_words_are_shown(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    assert "Nothing is open" in text(client, at("tasks", case))
    entered = {"kind": "check_in", "words": WORDS, "assignee": world["omar"].pk, "every": "7d"}
    page = send(client, at("tasks-add", case), entered)
    assert WORDS in page
    assert "every week" in page
    task = Task.objects.get()
    # what is begun for one act outlives another
    handed = {"to": world["olga"].pk, "words": "She is", "reason": ""}
    page = send(client, at("tasks-hand", case, task.pk), handed)
    assert "Olga Example does it now." in page
    assert "She is</textarea>" in page
    # with a script the answer of an act is loaded again as the page, and acts no second time
    stands = f'data-stands-at="{at("tasks", case)}"'
    assert stands in page
    page = send(client, at("tasks-done", case, task.pk), {"words": "She is well."})
    assert "The next one is open." in page
    assert "She is well." in page
    following = Task.objects.open().get()
    page = send(client, at("tasks-cancel", case, following.pk), {"reason": ""})
    assert "Write why it is not needed any more." in page
    # a refused form is sent again, and what was typed comes back
    assert stands not in page
    assert "data-unsent" in page
    page = send(client, at("tasks-cancel", case, following.pk), {"reason": "She moved away."})
    assert "She moved away." in page
    assert not Task.objects.open().exists()
    assert "did a task" in text(client, at("case", case))


def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    page = send(client, at("tasks-add", case), {"words": WORDS, "due_on": "soon"})
    for words in ("Say what it is.", "Choose a person.", "This is no date.", WORDS):
        assert words in page
    assert not Task.objects.exists()


def test_a_task_of_another_case_is_not_there(client: Client, world: World, case: Case) -> None:
    other = world.triage(world.file()[0])
    task = actions.add_task(
        other, by=world["olga"], kind=TaskKind.TASK, assignee=world["olga"], words=WORDS,
        now=world.now,
    )  # fmt: skip
    sign_in(client, world, "omar")
    assert client.post(at("tasks-done", case, task.pk), {}).status_code == 404


def test_an_auditor_sees_that_there_is_a_task_and_no_word_of_it(
    client: Client, world: World, case: Case
) -> None:
    act_as(world["omar"])
    actions.add_task(
        case, by=world["omar"], kind=TaskKind.CHECK_IN, assignee=world["omar"], words=WORDS,
        now=world.now,
    )  # fmt: skip
    actions.grant_view(case, by=world["omar"], person=world["anna"], now=world.now)
    sign_in(client, world, "anna")
    page = text(client, at("tasks", case))
    assert "Check-in" in page
    assert WORDS not in page
    assert "Mark as done" not in page


def test_twenty_tasks_cost_as_many_queries_as_two(
    client: Client, world: World, case: Case, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def add(number: int) -> None:
        act_as(world["omar"])
        for _ in range(number):
            actions.add_task(
                case, by=world["omar"], kind=TaskKind.TASK, assignee=world["omar"], words=WORDS,
                opener=world.openers["omar"], now=world.now,
            )  # fmt: skip

    add(2)
    sign_in(client, world, "omar")
    client.get(at("tasks", case))
    with django_assert_num_queries(QUERIES):
        client.get(at("tasks", case))
    add(18)
    with django_assert_num_queries(QUERIES):
        assert len(client.get(at("tasks", case)).context["open_tasks"]) == 20
