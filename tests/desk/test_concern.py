"""A concern at the desk: who reads it, who looks after it, what is answered, how it is triaged."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cases import actions
from cases.actions import Identity
from cases.lifecycle import ConcernStatus, Level, Mode
from cases.models import Attachment, Case, Concern, Message, Triage
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from safes import access as opening
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import NARRATIVE, World

NOTHING = "C-00000000"
RECORD = {
    "category": "coercion",
    "in_danger": "no",
    "urgency": str(Level.HIGH.value),
    "risk": "2-2",
    "reason": "Nothing has been signed yet.",
}


def at(name: str, concern: Concern, *more: int) -> str:
    return reverse(f"desk:{name}", args=[concern.ref, *more])


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# -- reading -----------------------------------------------------------------------------------


@pytest.mark.req("TRI-2")
def test_an_officer_reads_what_was_told_and_that_is_recorded(client: Client, world: World) -> None:
    concern, _ = world.file(
        about="Gail Harrow",
        answers={
            "still_going_on": True,
            "fear": "Losing it",
            "want": NARRATIVE,
            "happened_on": "2026-10",
        },
    )
    sign_in(client, world, "olga")
    page = text(client, at("concern", concern))
    for words in (
        NARRATIVE,
        "Gail Harrow",
        "Still going on",
        "Yes",
        "What do you fear?",
        "Losing it",
        "October 2026",
        "Anonymous",
    ):
        assert words in page
    assert page.count(NARRATIVE) == 1
    assert Entry.objects.filter(verb=Verb.CONCERN_READ, subject=concern.subject).count() == 1
    concern.refresh_from_db()
    assert not concern.is_unread


def test_what_was_told_is_text_and_never_markup(client: Client, world: World) -> None:
    concern, _ = world.file(narrative="<script>alert(1)</script> & <b>bold</b>")
    sign_in(client, world, "olga")
    page = text(client, at("concern", concern))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_with_a_locked_vault_the_page_leads_to_unlocking(client: Client, world: World) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga", vault=False)
    page = text(client, at("concern", concern))
    assert f"/unlock/?next={at('concern', concern)}" in page
    assert "Sealed: unlock to read." in page
    assert NARRATIVE not in page
    concern.refresh_from_db()
    assert concern.is_unread


@pytest.mark.req("TRI-6")
@pytest.mark.parametrize("name", ["concern", "triage"])
def test_behind_a_wall_the_answer_is_that_there_is_nothing(
    client: Client, world: World, name: str
) -> None:
    concern, _ = world.file(excluded=(world["omar"],))
    sign_in(client, world, "omar")
    hidden = client.get(at(name, concern))
    absent = client.get(reverse(f"desk:{name}", args=[NOTHING]))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content


@pytest.mark.req("TRI-6")
@pytest.mark.parametrize("name", ["answer", "assign", "triage"])
def test_behind_a_wall_no_act_is_possible(client: Client, world: World, name: str) -> None:
    concern, _ = world.file(excluded=(world["omar"],))
    sign_in(client, world, "omar")
    data = {**RECORD, "text": "Hello", "to": str(world["omar"].pk), "lead": str(world["omar"].pk)}
    assert client.post(at(name, concern), data).status_code == 404
    act_as(world["hana"])
    concern = Concern.objects.get(pk=concern.pk)
    assert (concern.status, concern.owner) == (ConcernStatus.RECEIVED, None)


@pytest.mark.parametrize("name", ["adam", "anna", "stan", "chief", "carl"])
def test_whoever_does_not_work_here_is_refused(client: Client, world: World, name: str) -> None:
    concern, _ = world.file()
    sign_in(client, world, name, vault=False)
    assert client.get(at("concern", concern)).status_code == 403


@pytest.mark.req("INT-1")
def test_a_named_reporter_is_named_and_a_confidential_one_is_not(
    client: Client, world: World
) -> None:
    nadia = Identity("Nadia Petrova", "nadia@example.org")
    named, _ = world.file(mode=Mode.NAMED, identity=nadia)
    confidential, _ = world.file(mode=Mode.CONFIDENTIAL, identity=nadia)
    sign_in(client, world, "olga")
    assert "Nadia Petrova" in text(client, at("concern", named))
    page = text(client, at("concern", confidential))
    assert "Nadia Petrova" not in page
    assert "Sealed under two keys." in page


def test_who_can_open_it_and_who_read_it_stand_beside_it(client: Client, world: World) -> None:
    concern, _ = world.file()
    actions.read_concern(concern, by=world["omar"], opener=None, now=world.now)
    sign_in(client, world, "olga")
    page = text(client, at("concern", concern))
    assert "Omar Example" in page
    assert "Hana Example" in page
    assert "If escalated" in page
    # whoever could take over is offered further down
    assert "Otto Example" not in page.partition("Who can open it")[2].partition("Step off")[0]


# -- files -------------------------------------------------------------------------------------


def test_a_file_comes_as_bytes_that_no_browser_runs(client: Client, world: World) -> None:
    concern, _ = world.file()
    file = actions.add_file(concern, name="../<evil>.html", content=b"%PDF-1.7 x", now=world.now)
    world.clean(file, b"%PDF-1.7 clean")
    sign_in(client, world, "olga")
    assert "&lt;evil&gt;.html" in text(client, at("concern", concern))
    response = client.get(at("download", concern, 1))
    assert response.getvalue() == b"%PDF-1.7 clean"
    assert response["Content-Length"] == "14"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == f'attachment; filename="{concern.ref}-1.pdf"'
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    assert Entry.objects.filter(verb=Verb.FILE_READ, subject=concern.subject).count() == 1


def test_a_file_is_unlocked_first_and_one_that_is_not_there_is_absent(
    client: Client, world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    actions.add_file(concern, name="a.txt", content=b"words", now=world.now)
    sign_in(client, world, "olga", vault=False)
    answer = client.get(at("download", concern, 1))
    assert answer["Location"].startswith("/unlock/?next=%2Fdesk%2Fconcerns%2F")
    assert client.get(at("download", concern, 2)).status_code == 404
    with process("owner"):
        assert not Entry.objects.filter(verb=Verb.FILE_READ).exists()


def test_a_file_without_a_key_says_who_can_help(client: Client, world: World) -> None:
    concern, _ = world.file()
    world.clean(actions.add_file(concern, name="a.txt", content=b"words", now=world.now))
    sign_in(client, world, "hana")
    answer = client.get(at("download", concern, 1))
    assert answer.status_code == 409
    assert "You hold no key to this file yet." in answer.content.decode()
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "why"), [("received", ""), ("quarantined", "locked"), ("rejected", "broken")]
)
def test_a_copy_that_is_not_there_is_a_conflict_and_the_page_says_why(
    client: Client, world: World, state: str, why: str, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    actions.add_file(concern, name="a.txt", content=b"words", now=world.now)
    Attachment.objects.update(state=state, why=why)
    sign_in(client, world, "olga")
    said = {
        "download": "There is no clean copy of this file.",
        "original": "Nobody has released this original to you",
    }
    for name, sentence in said.items():
        answer = client.get(at(name, concern, 1))
        assert answer.status_code == 409
        assert sentence in answer.content.decode()
    with process("owner"):
        assert not Entry.objects.filter(verb__in=[Verb.FILE_READ, Verb.ORIGINAL_READ]).exists()


# -- looking after it --------------------------------------------------------------------------


def test_an_officer_takes_it_and_another_gives_it_on(client: Client, world: World) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    page = client.post(at("assign", concern), {"take": "yes"}, follow=True).content.decode()
    assert "You look after it now." in page
    data = {"to": str(world["otto"].pk), "given": "asked"}
    page = client.post(at("assign", concern), data, follow=True).content.decode()
    assert "Otto Example looks after it now." in page
    concern.refresh_from_db()
    assert concern.owner == world["otto"]


def test_whoever_comes_later_gets_a_key_when_a_holder_reads_on(
    client: Client, world: World
) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    data = {"to": str(world["otto"].pk), "given": "asked"}
    client.post(at("assign", concern), data, follow=True)
    read = opening.open_texts(world.openers["otto"], [(concern.pk, "narrative")])
    assert read[concern.pk, "narrative"] == NARRATIVE


@pytest.mark.req("TRI-6")
def test_whoever_is_walled_off_is_not_offered_and_cannot_be_given_it(
    client: Client, world: World
) -> None:
    concern, _ = world.file(excluded=(world["omar"],))
    sign_in(client, world, "olga")
    assert "Omar Example" not in text(client, at("concern", concern))
    assert "Omar Example" not in text(client, at("triage", concern))
    page = client.post(at("assign", concern), {"to": str(world["omar"].pk)}).content.decode()
    assert "<title>Error: " in page
    concern.refresh_from_db()
    assert concern.owner is None


def test_what_is_triaged_cannot_be_given_on(client: Client, world: World) -> None:
    concern, _ = world.file()
    world.triage(concern)
    sign_in(client, world, "olga")
    page = client.post(at("assign", concern), {"to": str(world["olga"].pk)}).content.decode()
    assert "This is triaged already" in page


def test_the_address_of_an_act_leads_back_to_the_concern(client: Client, world: World) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    assert client.get(at("answer", concern))["Location"] == at("concern", concern)


# -- answering ---------------------------------------------------------------------------------


@pytest.mark.req("INT-4")
def test_the_answer_reaches_the_reporter_and_theirs_the_desk(client: Client, world: World) -> None:
    concern, receipt = world.file()
    sign_in(client, world, "olga")
    data = {"text": "Was it in writing?"}
    page = client.post(at("answer", concern), data, follow=True).content.decode()
    assert "Was it in writing?" in page
    assert "Not read yet" in page
    message = Message.objects.get()
    read = opening.open_texts(receipt.opener, [(message.pk, "body")])
    assert read[message.pk, "body"] == "Was it in writing?"

    actions.read_by_reporter(concern, now=world.now)
    actions.say(concern, text="By phone.", now=world.now)
    assert "Unread." in text(client, "/desk/")
    page = text(client, at("concern", concern))
    assert page.index("By phone.") < page.index("Was it in writing?")
    assert "Read by the reporter" in page
    assert "Unread." not in text(client, "/desk/")


def test_of_an_anonymous_reporter_no_time_of_day_is_shown(client: Client, world: World) -> None:
    concern, _ = world.file()
    actions.say(concern, text="One more thing.", now=world.now)
    sign_in(client, world, "olga")
    entry = text(client, at("concern", concern)).partition("wrote to the team")[2]
    assert entry.split("</time>")[0].endswith("16 March")


def test_an_empty_or_endless_message_is_not_sent_and_is_kept(
    client: Client, world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    page = client.post(at("answer", concern), {"text": " "}).content.decode()
    assert "Write what you want to say." in page
    page = client.post(at("answer", concern), {"text": "word " * 5_000}).content.decode()
    assert "longer than 20000 characters" in page
    assert page.count("word word word") > 0
    with process("owner"):
        assert not Message.objects.exists()


def test_who_cannot_read_it_cannot_write_to_the_reporter(client: Client, world: World) -> None:
    concern, receipt = world.file()
    sign_in(client, world, "hana")
    shown = text(client, at("concern", concern))
    assert "You hold no key to what the reporter told" in shown
    assert "Send to the reporter" not in shown
    for name, vault in (("hana", True), ("olga", False)):
        client.cookies.clear()
        sign_in(client, world, name, vault=vault)
        refused = client.post(at("answer", concern), {"text": "We look into it."}).content.decode()
        assert "does not open for you now, so nothing was sent" in refused
        assert "We look into it.</textarea>" in refused
    shown = text(client, at("concern", concern))
    assert "once you have unlocked it" in shown
    assert not Message.objects.exists()
    concern.refresh_from_db()
    assert concern.acknowledged_on is None
    door = client.post("/speak/return/", {"receipt": str(receipt)}).content.decode()
    assert "It waits for a first reply" in door
    assert "Read by a person" not in door


def test_after_triage_only_the_team_writes(
    client: Client, world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    world.triage(concern)
    sign_in(client, world, "hana")
    assert "Send to the reporter" not in text(client, at("concern", concern))
    assert client.post(at("answer", concern), {"text": "Hello"}).status_code == 403
    act_as(world["hana"])
    with process("owner"):
        assert not Message.objects.exists()


def test_what_was_taken_back_is_not_answered(client: Client, world: World) -> None:
    concern, _ = world.file()
    actions.withdraw(concern, now=world.now)
    sign_in(client, world, "hana")
    page = text(client, at("concern", concern))
    assert "took the concern back" in page
    assert "Send to the reporter" not in page


# -- triage ------------------------------------------------------------------------------------


@pytest.mark.req("TRI-2")
def test_the_record_stands_beside_the_concern_and_opens_the_case(
    client: Client, world: World
) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    page = text(client, at("triage", concern))
    assert NARRATIVE in page
    data = {**RECORD, "lead": str(world["omar"].pk)}
    # olga triages it and looks after nothing: it is not omar's turn
    unexplained = client.post(at("triage", concern), data).content.decode()
    assert "or say why it goes to Omar Example" in unexplained
    response = client.post(at("triage", concern), {**data, "given": "skills"})
    case = Case.objects.get()
    assert response["Location"] == reverse("desk:case", args=[case.ref])
    assert "Omar Example leads it." in text(client, response["Location"])
    record = Triage.objects.get()
    assert (record.by, record.category_id, record.in_danger) == (world["olga"], "coercion", False)
    assert (record.urgency, record.severity) == (Level.HIGH, Level.NORMAL)
    assert (case.lead, case.urgency) == (world["omar"], Level.HIGH)


@pytest.mark.req("TRI-2")
def test_a_record_with_a_gap_keeps_what_was_entered(
    client: Client, world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    data = {**RECORD, "risk": "", "lead": str(world["omar"].pk), "reason": "Since 14 October."}
    page = client.post(at("triage", concern), data).content.decode()
    assert "<title>Error: Triage" in page
    assert "Say how likely and how grave it is." in page
    assert "Since 14 October." in page
    assert f'<option value="{world["omar"].pk}" selected>' in page
    with process("owner"):
        assert not Triage.objects.exists()


def test_when_the_vault_closed_meanwhile_the_record_is_kept(
    client: Client, world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    del client.cookies[settings.VAULT_COOKIE_NAME]
    data = {**RECORD, "lead": str(world["olga"].pk)}
    page = client.post(at("triage", concern), data).content.decode()
    assert "Unlock it in another tab" in page
    assert RECORD["reason"] in page
    with process("owner"):
        assert not Triage.objects.exists()


def test_the_head_reads_but_does_not_triage(
    client: Client, world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    sign_in(client, world, "hana")
    assert "Sign and open the case" not in text(client, at("triage", concern))
    data = {**RECORD, "lead": str(world["olga"].pk)}
    assert (
        "This person cannot take it." in client.post(at("triage", concern), data).content.decode()
    )
    with process("owner"):
        assert not Triage.objects.exists()


def test_what_is_triaged_leads_to_its_case(client: Client, world: World) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    sign_in(client, world, "olga")
    assert client.get(at("triage", concern))["Location"] == reverse("desk:case", args=[case.ref])
    data = {**RECORD, "lead": str(world["olga"].pk)}
    page = client.post(at("triage", concern), data).content.decode()
    assert "cannot be triaged now" in page
    assert Case.objects.count() == 1


def test_what_was_typed_after_signing_out_elsewhere_is_shown_back(
    client: Client, world: World
) -> None:
    concern, _ = world.file()
    words = "Did they put the request in writing, or was it a call?"
    answer = client.post(f"/desk/concerns/{concern.ref}/answer/", {"text": words})
    assert answer.status_code == 401
    assert words in answer.content.decode()
    assert not concern.messages.exists()
