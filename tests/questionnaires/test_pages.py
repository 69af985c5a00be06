"""The pages on which the office keeps questionnaires: without a script, by two people."""

import pytest
from django.db import IntegrityError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ledger.models import Entry
from questionnaires.access import form_for
from questionnaires.lifecycle import State
from questionnaires.models import FormVersion
from questionnaires.rules import Condition, Sort
from tests.doors import sign_in
from tests.questionnaires.sheets import SHEET, changed, drafted, next_version, published, renamed
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-6")]
FORMS, PAGE = "/setup/forms/", "/setup/forms/coercion/"
QUERIES, LIST_QUERIES = 12, 12


@pytest.fixture
def adam(world: World) -> Client:
    client = Client()
    sign_in(client, world, "adam")
    return client


@pytest.fixture
def hana(world: World) -> Client:
    client = Client()
    sign_in(client, world, "hana")
    return client


def sent(client: Client, address: str, **data: object) -> str:
    """Send a form of the draft as the page has it, and return the page that follows."""
    draft = FormVersion.objects.filter(state=State.DRAFT).first()
    data = {"seen": draft.mark if draft else "", **data}
    answer = client.post(address, data, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def draft() -> FormVersion:
    return FormVersion.objects.get(state=State.DRAFT)


def test_a_questionnaire_is_made_written_and_published_by_another(
    world: World, adam: Client, hana: Client
) -> None:
    page = sent(adam, FORMS, name="Coercion", code="coercion")
    assert "It asks nothing yet" in page
    ask = PAGE + "questions/"
    sent(adam, ask, label="Is there a deadline?", sort="yes_no", section="1", is_required="on")
    page = sent(
        adam,
        ask,
        label="When does it end?",
        sort="day",
        section="1",
        shown_if=["is_there_a_deadline:yes"],
    )
    assert "only if “Is there a deadline?” is Yes" in page
    sent(adam, PAGE + "sections/", title="How they press", intro="If they do.")
    options = "By calling\nBy mail"
    sent(adam, ask, label="How?", sort="choices", section="2", options=options)
    sent(adam, PAGE + "scope/", kind="report", categories=["other"], language="ar")
    sheet = draft().sheet
    assert (sheet.kind, sheet.categories, sheet.language) == ("report", ("other",), "ar")
    assert [one.key for one in sheet.questions] == [
        "is_there_a_deadline", "when_does_it_end", "how",
    ]  # fmt: skip
    assert sheet.questions[1].shown_if == Condition("is_there_a_deadline", ("yes",))
    assert [one.code for one in sheet.questions[2].options] == ["by_calling", "by_mail"]
    page = adam.get(PAGE).content.decode()
    assert "العربيّة" in page.partition("<dt>Written in</dt>")[2].partition("</dd>")[0]
    assert 'dir="rtl"' in adam.get(PAGE + "preview/").content.decode()
    page = sent(adam, PAGE + "decide/", what="publish")
    assert "You wrote at this version" in page
    assert form_for("report", "other") is None
    page = sent(hana, PAGE + "decide/", what="publish")
    assert "is published, and asked from now on" in page
    found = form_for("report", "other")
    assert found is not None
    assert found.published_by == world["hana"]
    assert form_for("guidance", "other") is None
    verbs = Entry.objects.filter(subject="form:coercion").values_list("verb", flat=True)
    assert sorted(verbs) == ["form_changed"] * 5 + ["form_drafted", "form_published"]


def test_whoever_changed_one_word_does_not_publish(
    world: World, adam: Client, hana: Client
) -> None:
    drafted(world)
    sent(hana, PAGE + "questions/words/", what="keep", label="Which words?", sort="text", section=2)
    assert "You wrote at this version" in sent(hana, PAGE + "decide/", what="publish")
    assert draft().state == State.DRAFT


def test_a_question_is_changed_moved_and_removed(world: World, adam: Client) -> None:
    drafted(world)
    how = PAGE + "questions/how/"
    assert "By calling" in adam.get(how).content.decode()
    sent(adam, how, what="up")
    assert [one.key for one in draft().sheet.sections[0].questions][-1] == "how"
    options = "By calling\nBy letter"
    sent(adam, how, what="keep", label="How?", sort="choice", section="2", options=options)
    changed = draft().sheet.question("how")
    assert changed is not None
    assert (changed.sort, [one.code for one in changed.options]) == (Sort.CHOICE, ["call", "mail"])
    # what hangs on what is gone is said beside it, and stands against publishing
    page = sent(adam, PAGE + "questions/deadline/", what="remove")
    assert page.count("hangs on a question that does not stand before it") >= 2
    page = sent(adam, PAGE + "sections/1/", what="remove")
    assert "There are questions in this section" in page
    sent(adam, PAGE + "sections/2/", what="up")
    assert draft().sheet.sections[0].title == "How"


def test_what_is_wrong_is_said_and_what_was_typed_stays(world: World, adam: Client) -> None:
    before = drafted(world)
    page = sent(adam, PAGE + "questions/", label="", hint="A long hint", sort="text", section="1")
    assert "Write the question." in page
    assert 'value="A long hint"' in page
    page = sent(
        adam,
        PAGE + "questions/",
        label="Why?",
        sort="text",
        section="2",
        shown_if=["deadline:yes", "how:mail"],
    )
    assert "Tick answers to one question alone" in page
    page = sent(adam, PAGE + "sections/", title="Late", seen="of another day")
    assert "Somebody else changed this draft" in page
    assert 'value="Late"' in page
    assert draft().mark == before.mark


def test_what_is_sent_once_the_draft_is_gone_is_given_back(world: World, adam: Client) -> None:
    drafted(world)
    assert "is discarded" in sent(adam, PAGE + "decide/", what="discard")
    page = sent(adam, PAGE + "questions/", label="Why so soon?", sort="text", section="1")
    assert "This version is discarded by now, so it cannot be changed." in page
    assert 'value="Why so soon?"' in page


def test_the_preview_asks_as_the_door_does_and_keeps_nothing(world: World, adam: Client) -> None:
    drafted(world)
    preview = PAGE + "preview/"
    page = adam.get(preview).content.decode()
    assert "Is there a deadline?" in page
    assert "Who presses you?" not in page
    on_page = ["deadline", "how", "words"]
    before = Entry.objects.count()
    page = sent(adam, preview, asked=on_page)
    assert "“Is there a deadline?” has no answer yet." in page
    page = sent(adam, preview, asked=on_page, **{"more-deadline": "yes"})
    assert "a little more is asked" in page
    assert "Who presses you?" in page
    typed = {"more-deadline": "yes", "more-who": "Somebody"}
    page = sent(adam, preview, asked=[*on_page, "when", "who"], **typed)
    assert "The office would read" in page
    assert Entry.objects.count() == before


def test_versions_are_compared_and_what_was_published_stays(
    world: World, adam: Client, hana: Client
) -> None:
    first = published(world)
    next_version(world, first, renamed(SHEET, "how", "In which way?"))
    page = adam.get(PAGE + "compare/").content.decode()
    assert "<del>How do they press?</del>" in page
    assert "<ins>In which way?</ins>" in page
    assert "How do they press?" in adam.get(PAGE + "?version=1").content.decode()
    assert adam.get(PAGE + "compare/?was=9").status_code == 404
    with pytest.raises(Exception, match="Cannot update"):
        FormVersion.objects.filter(pk=first.pk).update(language="fr")


def test_two_are_never_asked_of_the_same(world: World, hana: Client) -> None:
    published(world)
    drafted(world, code="pressure")
    page = sent(hana, "/setup/forms/pressure/decide/", what="publish")
    assert "“Coercion” is asked of the same already" in page
    sent(hana, PAGE + "retire/")
    assert form_for("report", "other") is None
    assert "is published" in sent(hana, "/setup/forms/pressure/decide/", what="publish")
    assert "was retired, so nothing of it changes" in sent(hana, PAGE + "draft/")


def test_the_pages_cost_the_same_for_one_questionnaire_and_for_many(
    world: World, adam: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    drafted(world)
    with django_assert_num_queries(QUERIES):
        adam.get(PAGE)
    for code in ("one", "two", "three"):
        drafted(world, code=code)
    with django_assert_num_queries(LIST_QUERIES):
        adam.get(FORMS)


def test_the_database_too_refuses_whoever_wrote_at_it(world: World) -> None:
    draft = changed(world, drafted(world), SHEET, by="hana")
    told = {"state": State.PUBLISHED, "published_at": world.now}
    with pytest.raises(IntegrityError, match="two_people"):
        FormVersion.objects.filter(pk=draft.pk).update(published_by=world["hana"], **told)
