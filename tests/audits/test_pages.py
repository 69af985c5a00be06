"""The pages of insight: who sees them, what they say, what is recorded."""

from http import HTTPStatus as Status

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audits import actions
from audits.models import Release, Report, Verification
from common import clock
from ledger.models import Entry
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from tests.audits.conftest import QUARTER, SEEN, Fold
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

PAGES = ["/insight/", "/insight/reports/", "/insight/ledger/"]


def _produced(process: BecomeProcess) -> Report:
    actions.ask_for_report(QUARTER, by=SYSTEM, now=SEEN)
    with process("worker"):
        done = actions.produce(now=SEEN)
    assert done is not None
    return done


@pytest.mark.req("SEC-2")
@pytest.mark.parametrize("page", [*PAGES, "/insight/ledger/checkpoint/"])
def test_leadership_auditors_and_the_head_read_and_nobody_else(
    client: Client, released: World, page: str
) -> None:
    for name in ("chief", "anna", "hana"):
        sign_in(client, released, name, vault=False)
        assert client.get(page).status_code == Status.OK
    for name in ("olga", "ines", "carl", "adam", "stan"):
        sign_in(client, released, name, vault=False)
        assert client.get(page).status_code == Status.FORBIDDEN
    client.cookies.clear()
    assert client.get(page).status_code == Status.FOUND


def test_a_refusal_is_recorded(client: Client, released: World) -> None:
    sign_in(client, released, "olga", vault=False)
    client.get("/insight/")
    assert Entry.objects.filter(verb=Verb.ACCESS_DENIED, actor=released["olga"].actor.ref).exists()


# -- dashboard ------------------------------------------------------------------------------


def test_the_page_shows_the_released_figures_and_their_cut_off(
    client: Client, released: World
) -> None:
    sign_in(client, released, "chief", vault=False)
    page = client.get("/insight/", {"period": QUARTER}).content.decode()
    release = Release.objects.newest_of(QUARTER)
    assert release is not None
    assert f"up to ledger entry {release.cut_off:,}" in page
    assert release.digest in page
    assert "Counts below 11 are not shown" in page
    assert page.count("Counts below 11") == 1
    assert '<span class="ed-hidden">&lt;11</span>' in page
    assert Entry.objects.filter(
        verb=Verb.FIGURES_READ, actor=released["chief"].actor.ref, subject=f"figures:{QUARTER}"
    ).exists()


def test_the_newest_twelve_months_come_first(client: Client, released: World) -> None:
    sign_in(client, released, "chief", vault=False)
    page = client.get("/insight/")
    assert page.context["period"].code == "2026-03-12m"


def test_a_period_that_is_not_released_is_answered_with_its_day(
    client: Client, released: World
) -> None:
    sign_in(client, released, "chief", vault=False)
    answer = client.get("/insight/", {"period": "2999-01"})
    assert answer.status_code == Status.CONFLICT
    assert "are released on 3 March 2999" in answer.content.decode()


def test_what_is_no_period_is_answered_with_how_to_write_one(
    client: Client, released: World
) -> None:
    sign_in(client, released, "chief", vault=False)
    page = client.get("/insight/", {"period": "<script>"}).content.decode()
    assert "“&lt;script&gt;” is not a period" in page


def test_the_dashboard_asks_as_much_for_a_year_as_for_a_month(
    client: Client, released: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sign_in(client, released, "chief", vault=False)
    for period in ("2026-03-12m", "2026-03"):
        with django_assert_num_queries(16):
            client.get("/insight/", {"period": period})


# -- reports --------------------------------------------------------------------------------


def test_a_report_is_asked_for_and_its_progress_is_shown(client: Client, released: World) -> None:
    sign_in(client, released, "chief", vault=False)
    assert "No reports yet" in client.get("/insight/reports/").content.decode()
    answer = client.post("/insight/reports/", {"period": QUARTER}, follow=True)
    page = answer.content.decode()
    assert "The report of Q1 2026 is being produced" in page
    assert '<progress value="0"' in page
    assert "data-follow" in page
    assert Report.objects.get().asked_by == released["chief"].actor.ref


def test_a_report_of_no_released_period_is_refused_and_the_list_stays(
    client: Client, released: World
) -> None:
    sign_in(client, released, "chief", vault=False)
    page = client.post("/insight/reports/", {"period": "2999-01"}).content.decode()
    assert "This period is not released. Choose one from the list." in page
    assert not Report.objects.exists()


@pytest.mark.req("AUD-1", "AUD-4")
@pytest.mark.parametrize("form", ["pdf", "xlsx", "json"])
def test_a_ready_report_is_downloaded_and_the_download_recorded(
    client: Client, released: World, process: BecomeProcess, form: str
) -> None:
    report = _produced(process)
    sign_in(client, released, "anna", vault=False)
    page = client.get("/insight/reports/").content.decode()
    file = report.files.get(format=form)
    assert file.digest in page
    answer = client.get(f"/insight/reports/{report.pk}/{form}/")
    assert answer.content == bytes(file.content)
    assert (
        f'filename="audit-report-2026-Q1-{report.release.cut_off}.{form}"'
        in (answer["Content-Disposition"])
    )
    assert Entry.objects.filter(verb=Verb.REPORT_READ, subject=f"report:{report.pk}").exists()
    assert client.get(f"/insight/reports/{report.pk}/doc/").status_code == Status.NOT_FOUND


def test_the_list_of_reports_asks_the_same_whatever_its_length(
    client: Client,
    released: World,
    process: BecomeProcess,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    sign_in(client, released, "chief", vault=False)
    for period in (QUARTER, "2026-03", "2026-02"):
        actions.ask_for_report(period, by=SYSTEM, now=SEEN)
        with process("worker"):
            actions.produce(now=SEEN)
        with django_assert_num_queries(10):
            client.get("/insight/reports/")


# -- ledger ---------------------------------------------------------------------------------


@pytest.mark.req("AUD-1")
def test_the_ledger_page_says_whether_it_is_whole_and_up_to_when(
    client: Client, released: World, process: BecomeProcess
) -> None:
    sign_in(client, released, "anna", vault=False)
    assert "Not verified yet" in client.get("/insight/ledger/").content.decode()
    answer = client.post("/insight/ledger/", follow=True)
    assert "A worker verifies the ledger now" in answer.content.decode()
    now = clock.now()
    with process("worker"):
        done = actions.verify(now=now)
        assert actions.verify(now=now) is None
    assert done is not None
    assert done.outcome == Verification.Outcome.WHOLE
    assert "Yes, the ledger is whole" in client.get("/insight/ledger/").content.decode()


@pytest.mark.req("AUD-1")
def test_a_forged_entry_is_found_and_shown(
    client: Client, released: World, process: BecomeProcess
) -> None:
    forged = Entry.objects.create(
        stream="case:1", stream_n=1, at=SEEN, on=SEEN.date(), verb=Verb.CASE_READ,
        actor="person:1", subject="case:1", commitment=b"", key_id=1, mac=b"nothing",
    )  # fmt: skip
    with process("worker"):
        done = actions.verify(now=SEEN)
    assert done is not None
    assert done.outcome == Verification.Outcome.BROKEN
    sign_in(client, released, "chief", vault=False)
    page = client.get("/insight/ledger/").content.decode()
    assert "No, the ledger is broken" in page
    assert "neither sealed nor waiting" in page
    assert forged.stream in page


def test_entries_come_in_pages_that_stand_still(
    client: Client, released: World, fold: Fold, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sign_in(client, released, "anna", vault=False)
    with django_assert_num_queries(21):
        first = client.get("/insight/ledger/")
    places = [line.leaf.position for line in first.context["lines"]]
    assert len(places) == 50
    assert places == sorted(places, reverse=True)
    second = client.get(f"/insight/ledger/?{first.context['older']}")
    assert second.context["lines"][0].leaf.position == places[-1] - 1


def test_a_wrong_search_is_answered_with_what_is_wrong(client: Client, released: World) -> None:
    sign_in(client, released, "anna", vault=False)
    answer = client.get("/insight/ledger/", {"verb": "stolen"})
    assert answer.status_code == Status.OK
    assert "ed-errors" in answer.content.decode()


def test_the_newest_checkpoint_is_downloaded(client: Client, released: World) -> None:
    sign_in(client, released, "anna", vault=False)
    answer = client.get("/insight/ledger/checkpoint/")
    assert answer.content.startswith(b"ethicsdesk/ledger\n")
