"""The pages of paths: the ladder without a script, its editor, the trial, and at what cost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from common import days
from escalation import actions
from escalation.models import Calendar, Clock, Path, PathVersion
from people.rules import Role
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-1")]
PATHS, PAGE = "/setup/paths/", "/setup/paths/standard/"
RUNG = {"count": "1", "unit": "working_days", "anchor": "start", "given": "unopened"}
QUERIES, LIST_QUERIES = 31, 14


def shown(client: Client, address: str = PAGE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def sent(client: Client, address: str, **data: str) -> str:
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def run_clocks(world: World, process: BecomeProcess, count: int) -> None:
    """Let clocks of seven days have run: each third was met late."""
    version = PathVersion.objects.get(path__code="standard", n=1)
    world.file()
    with process("owner"):
        known = Clock.objects.filter(kind="acknowledge").first()
        assert known is not None
        start = world.now - timedelta(days=60)
        Clock.objects.bulk_create(
            Clock(
                subject_kind="concern",
                subject_id=known.subject_id,
                kind="acknowledge",
                state="met",
                limit="7d",
                calendar=Calendar.objects.get(),
                started_at=start,
                due_at=start + timedelta(days=7),
                met_at=start + timedelta(days=9 if n % 3 == 0 else 1),
                breached_at=start + timedelta(days=7) if n % 3 == 0 else None,
                path=version,
            )
            for n in range(count)
        )


def test_two_people_make_a_version_by_the_pages_alone(client: Client, world: World) -> None:
    sign_in(client, world, "adam")
    assert "Draft the next version" in shown(client)
    page = sent(client, f"{PAGE}draft/")
    assert "Version 2 is a draft" in page
    page = sent(client, f"{PAGE}rungs/", **RUNG, does="reassign", role="officer")
    assert "Rung 1 is added." in page
    assert "Give it to the next ethics officer in rotation" in page
    assert "If nobody has opened it." in page
    page = shown(client, f"{PAGE}rungs/1/")
    assert 'value="1"' in page
    page = sent(client, f"{PAGE}rungs/1/", what="down")
    assert "It is rung 2 now." in page
    assert "Rung 2 would come before rung 1" in page
    assert "Nothing was changed." in sent(client, f"{PAGE}decide/", what="propose")
    sent(client, f"{PAGE}rungs/2/", what="up")
    page = sent(client, f"{PAGE}decide/", what="propose")
    assert "Another administrator or the head of the office publishes it." in page
    assert "Publish version 2" not in page
    proposed = PathVersion.objects.get(n=2).proposed_at
    assert proposed is not None
    sign_in(client, world, "hana")
    page = shown(client)
    assert "Publish version 2" in page
    assert "Keep this rung" not in page
    page = sent(client, f"{PAGE}decide/", what="send_back")
    assert "Choose why it goes back. Nothing was changed." in page
    page = sent(client, f"{PAGE}decide/", what="publish", seen="yesterday")
    assert "proposed again meanwhile" in page
    page = sent(client, f"{PAGE}decide/", what="publish", seen=proposed.isoformat())
    assert "Version 2 is published." in page
    assert "Compared with version 1" in page


def test_a_rung_that_cannot_be_keeps_what_was_typed(client: Client, world: World) -> None:
    sign_in(client, world, "adam")
    sent(client, f"{PAGE}draft/")
    page = sent(client, f"{PAGE}rungs/", **RUNG | {"count": "soon"}, does="notify", role="")
    assert "Write the time as a whole number, such as 2." in page
    assert "Choose whom it reaches. Your other answers are kept." in page
    assert 'value="soon"' in page
    page = sent(client, f"{PAGE}rungs/9/", what="remove")
    assert "There is no rung 9 any more." in page
    assert client.get("/setup/paths/none/").status_code == 404
    assert client.get(f"{PAGE}?version=9").status_code == 404


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(
    client: Client, world: World
) -> None:
    world.hire("ada", Role.ADMINISTRATOR)
    sign_in(client, world, "adam")
    sent(client, f"{PAGE}draft/")
    draft = PathVersion.objects.get(n=2)
    seen = draft.mark
    # another has changed the second rung, while this one was being written
    step = PathVersion.objects.get(pk=draft.pk).ladder[2]
    actions.remove_step(draft, n=2, by=world["ada"], now=world.now, seen=seen)
    changed = PathVersion.objects.get(pk=draft.pk)
    ladder, mark = changed.ladder, changed.mark
    typed = {**RUNG, "count": "77", "does": "reassign", "role": "officer"}
    for address in ("rungs/2/", "rungs/"):
        page = sent(client, f"{PAGE}{address}", **typed, what="keep", seen=seen)
        assert "Somebody else changed this draft while you worked on it." in page
        assert 'value="77"' in page
    for what in ("up", "remove"):
        page = sent(client, f"{PAGE}rungs/2/", what=what, seen=seen)
        assert "Somebody else changed this draft" in page
    assert PathVersion.objects.get(pk=draft.pk).ladder == ladder
    assert ladder[1].same == step.same
    # the page that is shown again knows the ladder as it is now
    assert f'value="{mark}"' in page
    page = sent(client, f"{PAGE}rungs/2/", what="keep", **typed, seen=mark)
    assert "Rung 2 is kept as you wrote it." in page


def test_a_limit_of_several_parts_stays_as_it_is(client: Client, world: World) -> None:
    sign_in(client, world, "adam")
    sent(client, f"{PAGE}draft/")
    draft = PathVersion.objects.get(n=2)
    row = draft.steps.get(n=3)
    draft.steps.filter(n=3).delete()
    row.pk, row.limit = None, "3d 4wh"
    row.save(force_insert=True)
    assert "time 3 days 4 working hours" in shown(client, f"{PAGE}rungs/3/")
    entered = {"count": "1", "unit": "3d 4wh", "anchor": "after", "given": "always"}
    page = sent(client, f"{PAGE}rungs/3/", what="keep", **entered, does="add", role="independent")
    assert "Rung 3 is kept as you wrote it." in page
    assert draft.steps.get(n=3).limit == "3d 4wh"


def test_a_made_up_case_shows_the_hour_of_each_rung(client: Client, world: World) -> None:
    sign_in(client, world, "adam")
    office = Calendar.objects.get().pk
    case = f"try-start=2026-03-20T16:00&try-calendar={office}&try-count=2&try-unit=working_days"
    page = shown(client, f"{PAGE}?{case}")
    for moment in ("20 March", "24 March", "25 March", "27 March"):
        assert f"{moment}, 16:00" in page or f"{moment} 2026, 16:00" in page
    page = shown(client, f"{PAGE}?{case.replace('T16:00', 'noon')}")
    assert "This is no date and time." in page
    page = shown(client, f"{PAGE}?{case.replace('2026', '9999')}")
    assert "Choose a year between 2000 and 2100." in page
    assert f"By the clocks of {days.zone().key}." in page


def test_an_hour_over_which_clocks_go_forward_is_refused_and_one_beside_it_is_not(
    client: Client, world: World
) -> None:
    sign_in(client, world, "adam")
    case = f"try-calendar={Calendar.objects.get().pk}&try-count=2&try-unit=days"
    page = shown(client, f"{PAGE}?{case}&try-start=2026-03-29T01:30")
    assert "There is no 01:30 on that day: the clocks of Europe/London go forward" in page
    assert "There is no" not in shown(client, f"{PAGE}?{case}&try-start=2026-03-29T02:00")


def test_a_version_is_tried_on_the_clocks_of_a_year(
    client: Client, world: World, process: BecomeProcess, promised_alone: Callable[[], None]
) -> None:
    promised_alone()
    run_clocks(world, process, 30)
    sign_in(client, world, "adam")
    sent(client, f"{PAGE}draft/")
    page = sent(client, f"{PAGE}rungs/", **RUNG | {"unit": "days"}, does="remind")
    assert "of about 35 clocks of the last year" in page
    assert "at most" in page
    assert "Fewer than 5" in page  # run now: three of one concern
    assert "4 today" not in page
    # what nothing ran on is tried on the clocks of the standard path
    sent(client, PATHS, name="New", code="new")
    assert "it is tried on the clocks of “Standard”" in shown(client, "/setup/paths/new/")


@pytest.mark.usefixtures("promised_alone")
def test_too_few_clocks_tell_nothing(client: Client, world: World) -> None:
    world.file()
    sign_in(client, world, "adam")
    page = shown(client)
    assert "too few to tell anything" in page
    assert "Came so far" not in page


def test_the_pages_take_the_same_queries_however_long(
    client: Client,
    world: World,
    process: BecomeProcess,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    sign_in(client, world, "adam")
    sent(client, f"{PAGE}draft/")
    for count in (10, 40):
        run_clocks(world, process, count)
        sent(client, f"{PAGE}rungs/", **RUNG | {"count": str(count)}, does="remind")
        sent(client, PATHS, name=f"Path {count}", code=f"path-{count}")
        with django_assert_num_queries(QUERIES):
            shown(client)
        with django_assert_num_queries(LIST_QUERIES):
            shown(client, PATHS)


def test_moving_is_asked_with_a_reason(client: Client, world: World) -> None:
    draft = actions.start_draft(Path.objects.get(code="standard"), by=world["adam"], now=world.now)
    actions.propose_version(draft, by=world["adam"], now=world.now)
    actions.publish_version(draft, seen=world.now, by=world["hana"], now=world.now)
    sign_in(client, world, "adam")
    assert "Choose why. Nothing was moved." in sent(client, f"{PAGE}move/")
    page = sent(client, f"{PAGE}move/", reason="mistake")
    assert "goes over to version 2 within a minute" in page
    assert "Being done" in page
