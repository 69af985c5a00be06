"""The questions at the reporter's door: what they ask, keep, refuse and send."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries

from cases import access, rules
from cases.intake.capability import Capability
from cases.lifecycle import ConcernStatus, Kind, Level, Mode
from cases.models import Concern
from common import clock, days
from files.access import open_file
from files.models import Stream, Which
from people.rules import Role
from safes import access as opening
from safes.rules import Receipt, combine
from tests.cases.intake.reporter import PDF, STORIES, Reporter, a_file
from tests.conftest import BecomeProcess
from tests.world import World

TYPED = "The client wants it dated before the visit."


@pytest.fixture
def reporter(client: Client, world: World) -> Reporter:
    return Reporter(client)


def concern_of(code: str) -> Concern:
    receipt = Receipt.parse(code)
    assert receipt is not None
    concern = access.concern_of(receipt)
    assert concern is not None
    return concern


def read(concern: Concern, code: str, field: str) -> str:
    receipt = Receipt.parse(code)
    assert receipt is not None
    where = (concern.pk, field)
    return opening.open_texts(receipt.opener, [where])[where]


def at_hand(reporter: Reporter) -> Concern:
    """Return what the page's capability opens."""
    capability = Capability.opened(reporter.hidden["capability"])
    assert capability is not None
    return concern_of(str(capability.receipt))


# -- the first page ------------------------------------------------------------------------


@pytest.mark.req("INT-2")
def test_the_first_page_names_who_reads_it_and_dates_what_is_promised(
    reporter: Reporter, world: World
) -> None:
    reporter.get("/speak/")
    today = days.day_of(clock.now())
    acknowledge_by = today + timedelta(days=7)
    assert "Olga Example" in reporter.text
    assert "Omar Example" in reporter.text
    assert "Otto Example" not in reporter.text
    assert f"By {acknowledge_by.day} {acknowledge_by:%B}" in reporter.text
    assert f"Call {settings.EMERGENCY_NUMBER} first" in reporter.text
    assert "no account, no internet address, no device, no exact time is kept" in reporter.text
    for way in ("Ask for guidance", "Report a concern", "Request an exception"):
        assert way in reporter.text


def test_the_first_page_asks_a_bounded_number_of_queries(
    client: Client, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(11):
        client.get("/speak/")


def test_an_address_without_an_answer_leads_to_the_first_page(reporter: Reporter) -> None:
    for path in ("/speak/file/", "/speak/finish/"):
        assert reporter.get(path).headers["Location"] == "/speak/"


def test_a_way_that_does_not_exist_is_refused_on_the_first_page(reporter: Reporter) -> None:
    reporter.begin("complaint")
    assert reporter.page.status_code == 422
    assert "Choose one of the three ways." in reporter.text
    assert reporter.title.startswith("Error: ")


# -- sending ---------------------------------------------------------------------------------


@pytest.mark.req("INT-1")
@pytest.mark.parametrize("kind", Kind.values)
def test_each_of_the_three_kinds_is_sent_and_read_by_an_officer(
    reporter: Reporter, world: World, kind: str
) -> None:
    code = reporter.file(kind)
    concern = concern_of(code)
    assert (concern.status, concern.kind) == (ConcernStatus.RECEIVED, kind)
    where = (concern.pk, "narrative")
    narrative = opening.open_texts(world.openers["olga"], [where])[where]
    for part in STORIES[kind].values():
        assert part in narrative


def test_the_parts_of_a_dilemma_stand_under_their_headings_and_beside_the_narrative(
    reporter: Reporter,
) -> None:
    code = reporter.file("guidance", friction="Both cannot be.", fear="")
    concern = concern_of(code)
    assert read(concern, code, "narrative") == (
        "They want the report dated last month.\n\nWhat do we require?\nThe true date."
    )
    assert json.loads(read(concern, code, "answers"))["require"] == "The true date."


@pytest.mark.req("INT-2")
def test_a_confidential_name_lies_where_neither_reader_nor_custodian_opens_it_alone(
    reporter: Reporter, world: World
) -> None:
    code = reporter.file(mode="confidential", name="Rita Reporter", contact="Room 4")
    concern = concern_of(code)
    near, far = (concern.pk, "identity"), (concern.pk, "share")
    assert concern.mode == Mode.CONFIDENTIAL
    read_by_officer = opening.open_items(world.openers["olga"], [near, far])
    read_by_custodian = opening.open_items(world.openers["carl"], [near, far])
    assert set(read_by_officer) == {near}
    assert set(read_by_custodian) == {far}
    packed = combine(
        read_by_officer[near], read_by_custodian[far], rules.identity_binding(concern.pk)
    )
    assert json.loads(packed) == {"name": "Rita Reporter", "contact": "Room 4"}
    assert "Rita" not in read(concern, code, "answers")


@pytest.mark.req("INT-2")
def test_a_name_is_read_by_the_officers_where_the_reporter_is_named(
    reporter: Reporter, world: World
) -> None:
    code = reporter.file(mode="named", name="Rita Reporter", notify="rita@example.org")
    concern = concern_of(code)
    where = (concern.pk, "reporter")
    assert "Rita" in opening.open_texts(world.openers["olga"], [where])[where]
    assert concern.notify
    assert "rita" not in concern.notify


@pytest.mark.req("INT-2")
def test_a_name_typed_before_choosing_to_be_anonymous_is_forgotten(reporter: Reporter) -> None:
    reporter.answer_all(mode="named", name="Rita Reporter", notify="rita@example.org")
    reporter.answer("change:known")
    reporter.answer(mode="anonymous")
    reporter.answer("send")
    concern = concern_of(reporter.receipt)
    assert (concern.mode, concern.notify, concern.identity_safe) == (Mode.ANONYMOUS, "", None)
    assert "Rita" not in read(concern, reporter.receipt, "answers")


def test_danger_comes_first_and_shows_the_number_at_once(reporter: Reporter) -> None:
    reporter.begin()
    reporter.answer(happened=TYPED)
    reporter.answer(category="other")
    reporter.answer()
    reporter.answer(in_danger="yes")
    assert f"Someone may be in danger: call {settings.EMERGENCY_NUMBER} first" in reporter.text
    code = reporter.file(in_danger="yes")
    assert concern_of(code).urgency == Level.DANGER


@pytest.mark.req("INT-1")
def test_a_double_click_sends_once_and_shows_the_same_receipt(reporter: Reporter) -> None:
    reporter.answer_all()
    review = reporter.page
    reporter.answer("send")
    first = reporter.page.content
    reporter.answers.append(review)
    reporter.answer("send")
    assert reporter.page.content == first
    assert concern_of(reporter.receipt).messages.count() == 0


def test_nothing_is_written_over_what_was_sent(reporter: Reporter) -> None:
    reporter.answer_all()
    review = reporter.page
    reporter.answer("send")
    code = reporter.receipt
    reporter.answers.append(review)
    reporter.post("/speak/file/", **{**reporter.hidden, "step": "story", "happened": "Other words"})
    assert reporter.page.status_code == 409
    assert "This was sent already" in reporter.text
    assert "Other words" in reporter.text
    assert read(concern_of(code), code, "narrative") == STORIES["report"]["happened"]


# -- who reads it --------------------------------------------------------------------------------


@pytest.mark.req("TRI-6")
def test_whoever_is_ticked_or_named_never_reads_it_and_the_review_says_who_does(
    reporter: Reporter, world: World
) -> None:
    reporter.answer_all(excluded=[str(world["olga"].pk)])
    aside = reporter.text.partition("Who will read it")[2]
    assert "Omar Example" in aside
    assert "Olga Example" not in aside
    reporter.answer("send")
    concern = concern_of(reporter.receipt)
    assert not opening.open_texts(world.openers["olga"], [(concern.pk, "narrative")])
    assert opening.open_texts(world.openers["omar"], [(concern.pk, "narrative")])
    code = reporter.file(about="It is omar example who signs.")
    concern = concern_of(code)
    assert not opening.open_texts(world.openers["omar"], [(concern.pk, "narrative")])


@pytest.mark.req("TRI-6")
def test_the_review_names_roles_the_next_in_line_and_nobody_who_stands_in_the_story(
    reporter: Reporter, world: World
) -> None:
    reporter.answer_all(happened="It was Olga Example who signed it.")
    at_once, _, later = reporter.text.partition("Who will read it")[2].partition("If a promise")
    assert "Omar Example" in at_once
    assert "Ethics officer" in at_once
    assert "That is one person" in at_once
    assert "Olga Example" not in at_once + later
    assert "Hana Example" in later
    assert "Ines Example" in later


def test_where_nobody_would_be_left_to_read_it_the_page_says_so(
    reporter: Reporter, world: World
) -> None:
    everyone = [str(world[name].pk) for name in ("chief", "olga", "omar", "otto", "hana", "ines")]
    reporter.begin()
    reporter.answer(happened=TYPED)
    reporter.answer(category="other")
    reporter.answer()
    reporter.answer(in_danger="no")
    reporter.answer(excluded=everyone)
    assert reporter.page.status_code == 422
    assert "Nobody would be left to read this" in reporter.text


# -- what is wrong, and what is kept ---------------------------------------------------------------


def at(reporter: Reporter, step: str, **typed: str) -> None:
    """Stand at a step, having answered those before it."""
    pages: list[tuple[str, dict[str, str]]] = [
        ("story", {"happened": TYPED}),
        ("topic", {"category": "other"}),
        ("when", {}),
        ("danger", {"in_danger": "no"}),
        ("people", {}),
        ("known", {"mode": "named"}),
        ("you", {"name": "Rita Reporter"}),
        ("files", {}),
    ]
    reporter.begin()
    for name, fields in pages:
        if name == step:
            return
        reporter.answer(**fields)
    raise AssertionError(step)


WRONG_DATE = {"happened_on_day": "31", "happened_on_month": "2", "happened_on_year": "2026"}
WRONG: list[tuple[str, dict[str, str], str]] = [
    ("story", {"happened": "  "}, "Say in your own words what happened."),
    ("topic", {}, "Choose what it is closest to."),
    ("topic", {"category": "weather"}, "what you had chosen is not offered any more"),
    ("topic", {"category": "other", "unit": "moon"}, "what you had chosen is not offered any more"),
    ("when", WRONG_DATE, "28 days"),
    ("when", {"happened_on_month": "2"}, "The year is missing."),
    ("danger", {}, "Choose yes or no."),
    ("danger", {"in_danger": "perhaps"}, "what you had chosen is not offered any more"),
    ("people", {"about": "x" * 2_003}, "This is 3 characters longer than we can take (2,000)."),
    ("people", {"excluded": "nobody"}, "what you had chosen is not offered any more"),
    ("known", {}, "Choose how you want to be known."),
    ("you", {"name": ""}, "Write your name"),
    ("you", {"name": "Rita", "notify": "rita"}, "Write the address as name@example.org"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "typed", "message"), WRONG)
def test_a_wrong_answer_is_named_and_kept_as_it_was_typed(
    reporter: Reporter, step: str, typed: dict[str, str], message: str
) -> None:
    at(reporter, step)
    reporter.answer(**typed)
    assert reporter.page.status_code == 422
    assert reporter.title.startswith("Error: ")
    assert message in reporter.text.partition("The rest is kept.")[2]
    assert reporter.hidden["step"] == step
    for name, value in typed.items():
        if value.strip() and name.startswith(("happened_on", "about", "name", "notify")):
            assert value in reporter.html


def test_a_text_that_is_too_long_says_by_how_much_and_is_kept(reporter: Reporter) -> None:
    reporter.begin()
    text = "ä" * 20_007
    reporter.answer(happened=text)
    assert "This is 7 characters longer than we can take (20,000)." in reporter.text
    assert text in reporter.html
    reporter.answer(happened=text[:20_000])
    assert reporter.hidden["step"] == "topic"


def test_a_page_beyond_all_measure_is_refused_in_plain_words(reporter: Reporter) -> None:
    reporter.begin()
    capability = reporter.hidden["capability"]
    reporter.answers.append(
        reporter.client.post(
            "/speak/file/",
            f"capability={capability}&happened=" + "x" * 2**20,
            content_type="application/x-www-form-urlencoded",
        )
    )
    assert reporter.page.status_code == 413
    assert "This is longer than we can take." in reporter.text
    assert "What you had saved or sent before is kept." in reporter.text


def test_the_parts_of_a_dilemma_are_bounded_together(reporter: Reporter) -> None:
    reporter.begin("guidance")
    reporter.answer(want="w" * 12_000, fear="f" * 12_000)
    assert reporter.page.status_code == 422
    assert "longer than we can take (20,000)" in reporter.text


@pytest.mark.req("INT-1")
def test_back_keeps_what_was_typed_even_where_it_is_wrong(reporter: Reporter) -> None:
    at(reporter, "when")
    reporter.answer("back", **WRONG_DATE)
    assert reporter.hidden["step"] == "topic"
    assert "checked" in reporter.html
    reporter.answer("back", category="other")
    assert TYPED in reporter.html
    reporter.answer("back", happened=TYPED)
    assert reporter.hidden["step"] == "kind"
    reporter.answer(kind="guidance")
    reporter.answer(want="They want it so.")
    reporter.answer(category="other")
    assert 'value="31"' in reporter.html
    assert reporter.page.status_code == 200
    reporter.answer(**WRONG_DATE)
    assert "February 2026 has 28 days." in reporter.text


def test_a_change_from_the_review_leads_back_to_the_review(reporter: Reporter) -> None:
    reporter.answer_all()
    reporter.answer("change:story")
    reporter.answer(happened="Other words.")
    assert reporter.hidden["step"] == "review"
    assert "Other words." in reporter.text
    reporter.answer("change:known")
    reporter.answer(mode="named")
    assert reporter.hidden["step"] == "you"
    reporter.answer(name="Rita Reporter")
    assert reporter.hidden["step"] == "review"


def test_what_is_sent_incomplete_leads_to_the_question_that_is_missing(reporter: Reporter) -> None:
    reporter.begin()
    reporter.post("/speak/file/", **{**reporter.hidden, "step": "review", "go": "send"})
    assert reporter.page.status_code == 422
    assert reporter.hidden["step"] == "story"
    assert at_hand(reporter).status == ConcernStatus.DRAFT


def test_a_page_that_was_changed_or_cut_says_so_and_shows_what_was_typed(
    reporter: Reporter,
) -> None:
    reporter.begin()
    for capability in (reporter.hidden["capability"][:-8] + "AAAAAAAA", "", "%%%", "ü"):
        reporter.post("/speak/file/", capability=capability, step="story", happened=TYPED)
        assert reporter.page.status_code == 400
        assert TYPED in reporter.text
        assert "What you had saved or sent before is kept" in reporter.text


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_page_older_than_two_hours_says_what_is_kept(reporter: Reporter, is_shown: bool) -> None:
    reporter.begin()
    fresh = Capability.opened(reporter.hidden["capability"])
    assert fresh is not None
    old = Capability.granted(
        fresh.receipt, now=clock.now() - timedelta(hours=2, seconds=1), is_shown=is_shown
    )
    reporter.post("/speak/file/", capability=old.sealed(), step="story", happened=TYPED)
    assert reporter.page.status_code == 410
    assert TYPED in reporter.text
    assert ("Come back to it with your receipt" in reporter.text) is is_shown
    assert ("It has to be begun again" in reporter.text) is not is_shown


def test_a_draft_that_was_deleted_says_so_and_shows_what_was_typed(reporter: Reporter) -> None:
    begun = Capability.granted(Receipt.new(), now=clock.now(), is_shown=True)
    reporter.post("/speak/file/", capability=begun.sealed(), step="story", happened=TYPED)
    assert reporter.page.status_code == 410
    assert "opens nothing any more" in reporter.text
    assert TYPED in reporter.text


# -- saving --------------------------------------------------------------------------------------


@pytest.mark.req("INT-1")
def test_a_saved_draft_goes_on_where_it_was_left(reporter: Reporter) -> None:
    at(reporter, "when")
    reporter.answer("later", happened_on_year="2026")
    until = days.day_of(clock.now()) + rules.DRAFT_LIFE
    assert f"kept until {until.day} {until:%B}" in reporter.text
    assert "Nothing was sent" in reporter.text
    reporter.come_back(reporter.receipt.lower().replace("-", " "))
    assert reporter.hidden["step"] == "when"
    assert 'value="2026"' in reporter.html
    assert TYPED.removesuffix(".") in reporter.text


def test_nobody_at_the_office_sees_a_draft(reporter: Reporter, world: World) -> None:
    at(reporter, "topic")
    draft = at_hand(reporter)
    for name in ("olga", "hana", "ines"):
        assert not Concern.objects.visible_to(world[name]).filter(pk=draft.pk).exists()
        assert not opening.open_texts(world.openers[name], [(draft.pk, "answers")])


# -- files ---------------------------------------------------------------------------------------


@pytest.mark.req("INT-1")
def test_a_file_is_added_listed_removed_and_sent(reporter: Reporter, world: World) -> None:
    at(reporter, "files")
    reporter.answer("add", file=a_file("first.pdf"))
    assert "first.pdf" in reporter.text
    reporter.answer("remove:1")
    assert "first.pdf" not in reporter.text
    reporter.answer(file=a_file("second.txt", b"What she wrote to me."))
    assert "second.txt" in reporter.text
    reporter.answer("send")
    concern = concern_of(reporter.receipt)
    attachment = concern.attachments.get()
    assert attachment.media_type == "text/plain"
    found = open_file(world.openers["olga"], attachment.pk, Which.ORIGINAL)
    assert found
    assert b"".join(found.read()) == b"What she wrote to me."


def test_the_same_page_sent_twice_adds_its_file_once(reporter: Reporter) -> None:
    at(reporter, "files")
    page = reporter.page
    for _ in range(2):
        reporter.answers.append(page)
        reporter.answer("add", file=a_file())
    assert at_hand(reporter).attachments.count() == 1


REFUSED = [
    (
        a_file("run.pdf", b"MZ\x90\x00\x03"),
        "We take PDF, JPEG, PNG, plain text, Word, Excel and PowerPoint",
    ),
    (a_file("empty.txt", b""), "This file is empty"),
    (a_file("big.pdf", PDF + bytes(2**20)), "This file is larger than 1 MB"),
    (a_file("huge.pdf", PDF + bytes(5 * 2**20)), "This file is larger than 1 MB"),
]


@pytest.mark.parametrize(("file", "message"), REFUSED, ids=["type", "empty", "size", "announced"])
@pytest.mark.parametrize("go", ["next", "add", "later"])
@override_settings(UPLOAD_MAX_BYTES=2**20)
def test_a_file_that_we_do_not_take_is_refused_and_the_rest_is_kept(
    reporter: Reporter, file: object, message: str, go: str, process: BecomeProcess
) -> None:
    at(reporter, "files")
    file.seek(0)  # type: ignore[attr-defined] # the same file for every way
    reporter.answer(go, file=file)
    assert reporter.page.status_code == 422
    assert message in reporter.text
    draft = at_hand(reporter)
    assert draft.attachments.count() == 0
    with process("owner"):
        assert not Stream.objects.exists()
    reporter.answer("back")
    assert "Rita Reporter" in reporter.html


@override_settings(UPLOAD_MAX_FILES=3)
def test_one_file_too_many_is_refused(reporter: Reporter) -> None:
    at(reporter, "files")
    for n in range(settings.UPLOAD_MAX_FILES):
        reporter.answer("add", file=a_file(f"{n}.txt", f"file {n}".encode()))
    reporter.answer("add", file=a_file("6.txt", b"one more"))
    assert reporter.page.status_code == 422
    assert "There are 3 files already" in reporter.text


def test_adding_without_a_file_says_so(reporter: Reporter) -> None:
    at(reporter, "files")
    reporter.answer("add")
    assert "Choose a file first" in reporter.text


def test_the_custodian_is_missing_and_the_page_says_so(reporter: Reporter, world: World) -> None:
    world["carl"].roles = [Role.AUDITOR]
    world["carl"].save(update_fields=["roles"])
    reporter.answer_all(mode="confidential", name="Rita Reporter")
    reporter.answer("send")
    assert reporter.page.status_code == 422
    assert "Nobody here can keep a name confidential" in reporter.text
    assert at_hand(reporter).status == ConcernStatus.DRAFT
