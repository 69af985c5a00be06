"""A case at the desk: its timeline, who has access, and its end."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases import actions
from cases.actions import Identity
from cases.lifecycle import CaseStatus, Mode
from cases.models import Case, Member, Note, Wall
from escalation import actions as escalation
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from safes import access as opening
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import NARRATIVE, World

QUERIES = 47


def at(name: str, case: Case) -> str:
    return reverse(f"desk:{name}", args=[case.ref])


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, address: str, data: dict[str, str]) -> str:
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Omar leads and on which Olga works."""
    return world.triage(world.file()[0], lead="omar")


def stands(world: World, case: Case) -> Case:
    """Return a case as it is in the database."""
    act_as(world["hana"])
    return Case.objects.get(pk=case.pk)


# -- reading -----------------------------------------------------------------------------------


@pytest.mark.req("CAS-1")
def test_the_header_answers_what_how_grave_whose_and_which_clock(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    header = text(client, at("case", case)).partition("Sections of the case")[0]
    for words in (
        "The client wants the report dated before the visit.",
        case.ref, "Open", "High", "Normal", "You", "Anonymous", "Nearest clock",
        "to write the first personal message",
    ):  # fmt: skip
        assert words in header
    assert Entry.objects.filter(verb=Verb.CASE_READ, subject=f"case:{case.pk}").count() == 1


@pytest.mark.req("CAS-1")
def test_one_timeline_holds_everything_the_newest_first(
    client: Client, world: World, case: Case, process: BecomeProcess
) -> None:
    concern = case.concerns.get()
    later = [world.now + timedelta(days=days) for days in (1, 2, 8)]
    actions.sign_note(
        case,
        by=world["omar"],
        kind=Note.Kind.QUOTE,
        text="“Only a date.”",
        told=actions.Told(happened=world.now.date(), said_by=Note.SaidBy.WITNESS),
        now=later[0],
    )
    actions.say(concern, text="By phone.", now=later[1])
    with process("worker"):
        escalation.sweep(now=later[2])
    sign_in(client, world, "omar")
    thread = text(client, at("case", case)).partition('<ol class="ed-thread">')[2]
    told = [
        "“Acknowledge receipt”, step 1. Reminded whoever looks after it.",
        "“Acknowledge receipt” ran out of time.",
        "By phone.",
        "“Only a date.”",
        "Nothing has been signed yet.",
        NARRATIVE,
    ]
    assert sorted(told, key=thread.index) == told
    for words in (
        "High, Something else.",
        "Severity: normal",
        "No one is in danger",
        "Web, anonymous",
    ):
        assert words in thread


def test_the_timeline_narrows_to_what_is_asked_for(
    client: Client, world: World, case: Case
) -> None:
    actions.sign_note(case, by=world["omar"], kind=Note.Kind.NOTE, text="I rang.", now=world.now)
    sign_in(client, world, "omar")
    page = text(client, f"{at('case', case)}?only=notes")
    assert "I rang." in page
    assert NARRATIVE not in page
    page = text(client, f"{at('case', case)}?only=messages")
    assert NARRATIVE in page
    assert "Nothing has been signed yet." not in page
    assert "Nothing of this kind yet" not in text(client, f"{at('case', case)}?only=nonsense")


def test_with_a_locked_vault_no_word_is_shown(client: Client, world: World, case: Case) -> None:
    sign_in(client, world, "omar", vault=False)
    page = text(client, at("case", case))
    assert "Sealed: unlock to read." in page
    assert NARRATIVE not in page
    assert "Nothing has been signed yet." not in page


@pytest.mark.req("TRI-6")
@pytest.mark.parametrize("name", ["case", "files", "access", "close"])
def test_behind_a_wall_the_answer_is_that_there_is_nothing(
    client: Client, world: World, name: str
) -> None:
    act_as(world["olga"])
    case = world.triage(world.file(excluded=(world["omar"],))[0])
    sign_in(client, world, "omar")
    hidden = client.get(at(name, case))
    absent = client.get(reverse(f"desk:{name}", args=["2020-0001"]))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content


@pytest.mark.req("TRI-6")
@pytest.mark.parametrize("name", ["add", "subject", "member", "auditor", "close"])
def test_whoever_is_not_on_the_case_finds_no_act(
    client: Client, world: World, case: Case, name: str
) -> None:
    sign_in(client, world, "otto")
    data = {"kind": "note", "text": "Hello", "person": str(world["otto"].pk)}
    assert client.post(at(name, case), data).status_code == 404
    assert stands(world, case).status == CaseStatus.OPEN


@pytest.mark.parametrize("name", ["adam", "stan", "chief", "carl"])
def test_whoever_does_not_work_here_is_refused(
    client: Client, world: World, case: Case, name: str
) -> None:
    sign_in(client, world, name, vault=False)
    assert client.get(at("case", case)).status_code == 403


def test_the_head_sees_that_it_is_there_and_does_not_act(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "hana")
    page = text(client, at("case", case))
    assert "You are not on the team." in page
    assert "Sign and add" not in page
    assert NARRATIVE not in page
    assert client.post(at("add", case), {"kind": "note", "text": "Hello"}).status_code == 403
    assert client.post(at("add", case), {"kind": "message", "text": "Hello"}).status_code == 403
    assert "Ask to close the case" not in text(client, at("close", case))
    assert client.post(at("close", case), {"reason": "So."}).status_code == 403
    assert stands(world, case).status == CaseStatus.OPEN


@pytest.mark.req("CAS-1")
def test_an_auditor_sees_a_case_that_was_shown_and_no_word_of_it(
    client: Client, world: World, case: Case
) -> None:
    actions.sign_note(case, by=world["omar"], kind=Note.Kind.NOTE, text="I rang.", now=world.now)
    sign_in(client, world, "anna")
    assert client.get(at("case", case)).status_code == 404
    act_as(world["omar"])
    actions.grant_view(case, by=world["omar"], person=world["anna"], now=world.now)
    page = text(client, at("case", case))
    assert "decided the triage" in page
    assert "Acknowledge receipt" in page
    assert "I rang." not in page
    assert NARRATIVE not in page
    assert client.get("/desk/").status_code == 403


def test_forty_entries_cost_as_many_queries_as_two(
    client: Client, world: World, case: Case, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    concern = case.concerns.get()
    actions.answer(
        concern, by=world["omar"], opener=world.openers["omar"], text="Hello", now=world.now
    )
    actions.sign_note(case, by=world["olga"], kind=Note.Kind.NOTE, text="1", now=world.now)
    sign_in(client, world, "omar")
    client.get(at("case", case))
    with django_assert_num_queries(QUERIES):
        client.get(at("case", case))
    for _ in range(20):
        actions.answer(
            concern, by=world["omar"], opener=world.openers["omar"], text="Hello", now=world.now
        )
        actions.sign_note(case, by=world["olga"], kind=Note.Kind.NOTE, text="1", now=world.now)
    with django_assert_num_queries(QUERIES):
        assert len(client.get(at("case", case)).context["items"]) > 40


# -- adding ------------------------------------------------------------------------------------


@pytest.mark.req("CAS-1")
def test_a_member_signs_a_note_and_writes_to_the_reporter(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    page = send(client, at("add", case), {"kind": "decision", "text": "We pause\nthe work."})
    assert "Signed and added." in page
    assert "We pause<br>the work." in page
    page = send(client, at("add", case), {"kind": "message", "text": "It is paused."})
    assert "Sent. The reporter sees it" in page
    assert "Reporter, since" in page
    assert Note.objects.get().kind == Note.Kind.DECISION


def test_what_is_empty_or_of_no_kind_is_not_added_and_is_kept(
    client: Client, world: World, case: Case, process: BecomeProcess
) -> None:
    sign_in(client, world, "omar")
    page = send(client, at("add", case), {"kind": "quote", "text": ""})
    assert "Write what you want to keep." in page
    assert "<title>Error: " in page
    page = send(client, at("add", case), {"kind": "gossip", "text": "They say so."})
    assert "Choose a kind." in page
    assert "They say so." in page
    with process("owner"):
        assert not Note.objects.exists()


# -- access ------------------------------------------------------------------------------------


@pytest.mark.req("TRI-6")
def test_whoever_is_named_and_whoever_is_below_them_loses_everything(
    client: Client, world: World, case: Case, process: BecomeProcess
) -> None:
    world.hire("ivan", manager="otto")
    sign_in(client, world, "omar")
    actions.add_member(
        case, by=world["omar"], opener=world.openers["omar"], person=world["otto"], now=world.now
    )
    page = text(client, f"{at('access', case)}?q=otto")
    assert "Otto Example" in page
    page = send(client, at("subject", case), {"q": "otto", "person": str(world["otto"].pk)})
    assert "A wall stands around Otto Example" in page
    assert "Whom it is about" in page
    assert Wall.objects.filter(case=case).count() == 1
    with process("owner"):
        assert not Member.objects.current().filter(case=case, person=world["otto"]).exists()
    sign_in(client, world, "otto")
    assert client.get(at("case", case)).status_code == 404
    assert case.ref not in text(client, "/desk/")


def test_naming_keeps_the_search_and_says_what_is_missing(
    client: Client, world: World, case: Case, process: BecomeProcess
) -> None:
    sign_in(client, world, "omar")
    page = send(client, at("subject", case), {"q": "otto", "person": ""})
    assert "Choose the person. Nobody was named." in page
    assert 'value="otto"' in page
    page = send(client, at("subject", case), {"q": "omar", "person": str(world["omar"].pk)})
    assert "This would wall off you." in page
    assert "Nobody here bears a name like “xyz”." in text(client, f"{at('access', case)}?q=xyz")
    with process("owner"):
        assert not Wall.objects.filter(case=case).exists()


def test_an_officer_joins_with_the_keys(client: Client, world: World, case: Case) -> None:
    sign_in(client, world, "omar")
    page = send(client, at("member", case), {"member-person": str(world["otto"].pk)})
    assert "Otto Example is on the team now." in page
    read = opening.open_texts(world.openers["otto"], [(case.pk, "summary")])
    assert read


def test_nobody_joins_while_the_vault_is_locked_or_who_is_not_offered(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    assert "<title>Error: " in send(
        client, at("member", case), {"member-person": str(world["stan"].pk)}
    )
    del client.cookies[settings.VAULT_COOKIE_NAME]
    page = send(client, at("member", case), {"member-person": str(world["otto"].pk)})
    assert "Unlock it in another tab" in page
    assert Member.objects.filter(case=case).count() == 2


@pytest.mark.req("CAS-1")
def test_a_reason_to_step_off_outlives_what_is_pressed_beside_it(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    begun = {"off-reason": "We are\ncousins.", "off-to": str(world["olga"].pk), "q": "stan"}
    presses = {
        "access": ({}, "Stan Example"),
        "member": ({"member-person": str(world["otto"].pk)}, "Otto Example is on the team now."),
        "auditor": ({"auditor-person": ""}, "Choose an auditor."),
    }
    for name, (pressed, said) in presses.items():
        page = client.post(at(name, case), begun | pressed).content.decode()
        assert said in page, name
        assert "We are\ncousins.</textarea>" in page, name
        assert f'<option value="{world["olga"].pk}" selected>' in page, name
    assert Member.objects.current().filter(case=case, person=world["omar"]).exists()


def test_an_auditor_is_shown_the_case_once(client: Client, world: World, case: Case) -> None:
    sign_in(client, world, "omar")
    page = send(client, at("auditor", case), {"auditor-person": str(world["anna"].pk)})
    assert "Anna Example can see that this case is there" in page
    assert "There is no auditor left to show it to." in page
    page = send(client, at("auditor", case), {"auditor-person": str(world["olga"].pk)})
    assert "<title>Error: " in page


def test_access_tells_who_can_open_it_and_who_read_it(
    client: Client, world: World, case: Case
) -> None:
    actions.read_case(case, by=world["olga"], opener=None, now=world.now)
    sign_in(client, world, "omar")
    page = text(client, at("access", case)).partition("Who can open it")[2]
    for words in ("Olga Example", "Ines Example", "If escalated", "read the case"):
        assert words in page


def test_a_named_reporter_stands_among_the_people(client: Client, world: World) -> None:
    act_as(world["olga"])
    nadia = Identity("Nadia Petrova", "nadia@example.org")
    case = world.triage(world.file(mode=Mode.NAMED, identity=nadia)[0])
    sign_in(client, world, "olga")
    assert "Nadia Petrova" in text(client, at("case", case))


def test_files_stand_in_a_section_of_their_own(client: Client, world: World, case: Case) -> None:
    sign_in(client, world, "omar")
    assert "No file was added" in text(client, at("files", case))
    actions.add_file(case.concerns.get(), name="log.txt", content=b"10:40", now=world.now)
    assert "log.txt" in text(client, at("files", case))
