"""Reports are produced by workers, once, and come out the same for the same cut-off."""

import json
from datetime import timedelta
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from openpyxl import load_workbook
from pypdf import PdfReader

from audits import actions
from audits.models import Format, Release, Report, ReportFile, WorkState
from audits.reports import documents, figures
from audits.rules import periods
from common.errors import RuleError
from ledger.models import Entry
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from tests.audits.conftest import QUARTER, SEEN, Fold, file_many
from tests.breaking import break_the_ledger, let_the_ledger_break
from tests.conftest import BecomeProcess
from tests.world import World

LEASE = timedelta(minutes=5)


def _ask() -> Report:
    return actions.ask_for_report(QUARTER, by=SYSTEM, now=SEEN)


@pytest.mark.req("AUD-4")
def test_a_worker_produces_what_was_asked_for(released: World, process: BecomeProcess) -> None:
    asked = actions.ask_for_report(QUARTER, by=released["chief"].actor, now=SEEN)
    assert (asked.state, asked.percent) == (WorkState.QUEUED, 0)
    with process("worker"):
        done = actions.produce(now=SEEN)
        assert actions.produce(now=SEEN) is None
    assert done is not None
    assert (done.state, done.percent, done.ready_at) == (WorkState.READY, 100, SEEN)
    files = {file.format: file for file in done.files.all()}
    assert set(files) == set(Format.values)
    for file in files.values():
        content = bytes(file.content)
        assert (len(content), sha256(content).hexdigest()) == (file.size, file.digest)
    verbs = list(Entry.objects.filter(subject=f"report:{asked.pk}").values_list("verb", flat=True))
    assert sorted(verbs) == [Verb.REPORT_PRODUCED, Verb.REPORT_REQUESTED]


@pytest.mark.req("AUD-4")
def test_the_same_cut_off_gives_the_same_bytes_after_more_was_filed(
    released: World, fold: Fold, process: BecomeProcess
) -> None:
    period = periods.parse(QUARTER)

    def written() -> dict[Format, bytes]:
        with process("worker"):
            cut = figures.cuts([period], settings.RELEASE_AFTER)[period]
            document = documents.Document.counted(figures.figures(period, cut))
        return {form: write(document) for form, write in documents.WRITERS.items()}

    before = written()
    file_many(released, 12, first=SEEN, days=5)
    fold(SEEN + timedelta(days=8))
    assert written() == before
    release = Release.objects.newest_of(QUARTER)
    assert release is not None
    kept = documents.Document.of(release)
    assert {form: write(kept) for form, write in documents.WRITERS.items()} == before


@pytest.mark.req("AUD-4")
def test_each_format_says_cut_off_definitions_and_hash(released: World) -> None:
    release = Release.objects.newest_of(QUARTER)
    assert release is not None
    document = documents.Document.of(release)

    made = json.loads(documents.write_json(document))
    canonical = json.dumps(
        made["figures"], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    assert sha256(canonical.encode()).hexdigest() == made["sha256"] == release.digest
    assert made["figures"]["cut_off"] == {"position": release.cut_off, "on": "2026-04-30"}
    assert {one["code"] for one in made["definitions"]} >= {"filed", "per_100", "substantiated"}

    pdf = PdfReader(BytesIO(documents.write_pdf(document)))
    text = "".join(page.extract_text() for page in pdf.pages)
    for said in (release.digest, f"Ledger entry {release.cut_off:,}", "Guidance requests divided"):
        assert said in text.replace("\n", " ")
    assert str(pdf.root_object["/Lang"]) == "en"
    assert "/StructTreeRoot" in pdf.root_object

    book = load_workbook(BytesIO(documents.write_xlsx(document)))
    cells = [str(cell.value) for row in book["Figures"].iter_rows() for cell in row]
    assert release.digest in cells
    assert f"Ledger entry {release.cut_off:,}, written by 30 April 2026." in cells
    assert book["Concerns by kind"]["B3"].value == release.figures["tables"]["kinds"][1]["count"]


def test_no_format_holds_a_number_from_one_to_nine(released: World) -> None:
    release = Release.objects.newest_of(QUARTER)
    assert release is not None
    rows = [row for table in release.figures["tables"].values() for row in table]
    assert {type(row["count"]) for row in rows} <= {int, str, type(None)}
    assert all(row["count"] % 5 == 0 for row in rows if isinstance(row["count"], int))
    assert all(row["count"] == "<11" for row in rows if isinstance(row["count"], str))


def test_asking_twice_gives_the_same_report(released: World) -> None:
    assert _ask() == _ask()
    assert Report.objects.count() == 1


def test_the_newest_month_is_asked_for_once(released: World, process: BecomeProcess) -> None:
    with process("worker"):
        asked = actions.ask_for_newest(now=SEEN)
        assert asked is not None
        assert asked.release.period == "2026-03"
        assert actions.ask_for_newest(now=SEEN) is None


def test_a_report_of_a_period_that_is_not_released_is_refused(released: World) -> None:
    with pytest.raises(RuleError, match="are released on 31 May 2026"):
        actions.ask_for_report("2026-04", by=SYSTEM, now=SEEN)
    assert not Report.objects.exists()


def test_a_report_whose_worker_died_is_taken_again_after_five_minutes(
    released: World, process: BecomeProcess
) -> None:
    asked = _ask()
    Report.objects.filter(pk=asked.pk).update(
        state=WorkState.WORKING, tries=1, percent=35, not_before=SEEN + LEASE
    )
    with process("worker"):
        assert actions.produce(now=SEEN + LEASE - timedelta(seconds=1)) is None
        done = actions.produce(now=SEEN + LEASE)
    assert done is not None
    assert (done.state, done.tries) == (WorkState.READY, 2)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the typesetter be missing its template."""
    monkeypatch.setattr(documents, "TEMPLATE", "templates/audits/nothing.typ")


def test_a_report_that_fails_is_tried_five_times_and_then_says_so(
    released: World, process: BecomeProcess, broken: None
) -> None:
    _ask()
    at = SEEN
    with process("worker"):
        for tries in range(1, 6):
            report = actions.produce(now=at)
            assert report is not None
            assert (report.state, report.tries) == (WorkState.QUEUED, tries)
            assert actions.produce(now=at) is None
            at += timedelta(hours=1)
        given_up = actions.produce(now=at)
    assert given_up is not None
    assert given_up.state == WorkState.FAILED
    assert "Ask for it again" in given_up.problem
    assert not ReportFile.objects.exists()
    assert _ask().pk != given_up.pk


def test_a_worker_that_was_given_up_keeps_nothing(
    released: World, process: BecomeProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _ask()
    write = documents.write_json

    def slow(document: documents.Document) -> bytes:
        # another worker takes the report while this one writes
        Report.objects.filter(pk=asked.pk).update(tries=2)
        return write(document)

    monkeypatch.setattr(documents, "WRITERS", {**documents.WRITERS, Format.JSON: slow})
    with process("worker"):
        actions.produce(now=SEEN)
        assert not ReportFile.objects.exists()


@pytest.mark.req("AUD-4")
def test_the_command_writes_the_same_files(
    released: World, process: BecomeProcess, tmp_path: Path
) -> None:
    _ask()
    with process("worker"):
        actions.produce(now=SEEN)
    for form in Format.values:
        out, said = tmp_path / f"report.{form}", StringIO()
        with process("worker"):
            call_command("report", period=QUARTER, format=form, out=out, stdout=said)
        assert out.read_bytes() == bytes(ReportFile.objects.get(format=form).content)
        assert sha256(out.read_bytes()).hexdigest() in said.getvalue()


@pytest.mark.usefixtures("released", "as_worker")
def test_the_command_refuses_what_it_cannot_do_with_a_sentence(tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    for period, said in (("soon", "is not a period"), ("2999", "are released on 31 January 3000")):
        with pytest.raises(CommandError, match=said):
            call_command("report", period=period, format="pdf", out=out)
    with pytest.raises(CommandError, match="could not be written"):
        call_command("report", period=QUARTER, format="pdf", out=tmp_path / "no" / "r.pdf")


@pytest.mark.req("AUD-1")
def test_a_report_that_cannot_be_recorded_is_not_kept(
    released: World, process: BecomeProcess
) -> None:
    _ask()
    let_the_ledger_break()
    break_the_ledger()
    with process("worker"):
        left = actions.produce(now=SEEN)
        assert left is not None
        assert (left.state, left.percent) == (WorkState.QUEUED, 0)
        assert not ReportFile.objects.exists()
