"""Before triage: naming whom it is about, what half a name may mean, and what was only seen."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases import actions
from cases.models import Case, Concern, Wall
from common.errors import RuleError
from ledger.models import Entry
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people import actions as people
from people.models import Person
from people.rules import blind_index
from safes import actions as safes
from safes.models import Grant
from tests.cases.intake.reporter import Reporter
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("TRI-6")]


QUERIES = 55


def page(client: Client, concern: Concern, where: str = "") -> str:
    response = client.get(f"/desk/concerns/{concern.ref}/{where}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def grover(world: World) -> Concern:
    """Give a concern whose words hold half a name."""
    world.hire("grover", has_key=False)
    world.hire("greta", manager="grover", has_key=False)
    return world.file(narrative="It was Grover. He said otto would never know.")[0]


def act(client: Client, concern: Concern, **sent: str) -> str:
    """Press something about whom it is about; return what is shown then."""
    response = client.post(f"/desk/concerns/{concern.ref}/subject/", sent, follow=True)
    return " ".join(response.content.decode().split())


def test_whom_half_a_name_may_mean_is_shown_and_named_after_one_more_question(
    client: Client, world: World, grover: Concern
) -> None:
    sign_in(client, world, "olga")
    shown = page(client, grover).partition("The words may mean")[2].partition("</section>")[0]
    assert "Grover Example" in shown
    # written like a word, and not like a name
    assert "Otto Example" not in shown
    person = str(world["grover"].pk)
    sure = act(client, grover, ask=person, text="We look\ninto it.")
    assert "Is it about Grover Example?" in sure
    assert "cannot be taken down" in sure
    assert not Wall.objects.exists()
    back = act(client, grover, person=person, text="We look\ninto it.", back="yes")
    assert "We look into it.</textarea>" in back
    assert not Wall.objects.exists()
    subject = f"/desk/concerns/{grover.ref}/subject/"
    assert client.post(subject, {"person": person, "text": "", "back": "yes"}).status_code == 302
    named = act(client, grover, person=person, text="We look\ninto it.")
    assert "A wall stands around Grover Example" in named
    assert "We look into it.</textarea>" in named
    assert Wall.objects.filter(concern=grover).count() == 1
    assert not grover.messages.exists()
    assert "The words may mean" not in page(client, grover)


def test_only_who_works_here_is_asked_about(client: Client, world: World, grover: Concern) -> None:
    sign_in(client, world, "olga")
    wrong = act(client, grover, ask=str(grover.pk))
    assert "Look for the name again and choose. Nobody was named." in wrong


RECORD = {
    "category": "other",
    "in_danger": "no",
    "urgency": "2",
    "risk": "2-2",
    "reason": "He is named by half.",
}


def triage(client: Client, concern: Concern, **sent: object) -> str:
    """Send the record; return what is shown then."""
    where = f"/desk/concerns/{concern.ref}/triage/"
    response = client.post(where, {**RECORD, "given": "asked", **sent}, follow=True)
    return " ".join(response.content.decode().split())


@pytest.mark.req("TRI-2")
def test_who_is_ticked_in_the_record_is_walled_off_as_it_is_signed(
    client: Client, world: World, grover: Concern
) -> None:
    sign_in(client, world, "olga")
    shown = page(client, grover, "triage/")
    assert "It is about Grover Example" in shown
    assert f"concerns/{grover.ref}/subject/" not in shown
    lead, ticked = str(world["olga"].pk), [str(world["grover"].pk)]
    gap = triage(client, grover, lead=lead, parties=ticked, risk="")
    assert f'value="{ticked[0]}" id="id_parties_0" checked' in gap.replace(" required", "")
    assert RECORD["reason"] in gap
    assert not Wall.objects.exists()
    del client.cookies[settings.VAULT_COOKIE_NAME]
    locked = triage(client, grover, lead=lead, parties=ticked)
    assert "It is about Grover Example" in locked
    assert not Wall.objects.exists()
    sign_in(client, world, "olga")
    assert "Triaged." in triage(client, grover, lead=lead, parties=ticked)
    case = Case.objects.get()
    assert case.walls.count() == 1
    verbs = list(Entry.objects.filter(subject=grover.subject).values_list("verb", flat=True))
    assert verbs.count(Verb.PARTY_NAMED) == 1
    for name in ("grover", "greta"):
        assert not Concern.objects.visible_to(world[name]).exists()
        assert not Case.objects.visible_to(world[name]).exists()


def test_nobody_is_named_where_the_record_cannot_be_signed_so(
    client: Client, world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(narrative="It was Omar, or Olga, or Otto.")
    sign_in(client, world, "olga")
    omar, olga = str(world["omar"].pk), str(world["olga"].pk)
    # nobody is asked whether it is about themselves
    assert "It is about Olga Example" not in page(client, concern, "triage/")
    too_close = triage(client, concern, lead=omar, parties=[omar, str(world["otto"].pk)])
    assert "stands too close to somebody you ticked" in too_close
    assert too_close.count(" checked") >= 2
    assert "This would wall off you" in triage(client, concern, lead=omar, parties=[olga])
    with process("owner"):
        assert not Wall.objects.exists()
        assert not Case.objects.exists()
    assert "Triaged." in triage(client, concern, lead=olga)
    with process("owner"):
        assert not Wall.objects.exists()


@pytest.mark.parametrize("where", ["", "triage/"])
def test_four_hints_cost_as_many_queries_as_one(client: Client, world: World, where: str) -> None:
    sign_in(client, world, "olga")
    one = world.file(narrative="It was Otto.")[0]
    four = world.file(narrative="It was Otto, Omar, Stan and Hana.")[0]
    page(client, one, where)
    with CaptureQueriesContext(connection) as queries:
        assert "Stan Example" not in page(client, one, where)
    with CaptureQueriesContext(connection) as more:
        assert "Stan Example" in page(client, four, where)
    assert len(more) == len(queries) <= QUERIES


def test_a_hint_needs_the_words_open(client: Client, world: World) -> None:
    concern, _ = world.file(narrative="It was Otto.")
    sign_in(client, world, "olga", vault=False)
    with CaptureQueriesContext(connection) as queries:
        shown = page(client, concern)
    assert "The words may mean" not in shown
    assert "Name whom it is about" not in shown
    assert not [one for one in queries if "ed_words" in one["sql"]]
    assert "Its words are not open to you" in act(client, concern, person=str(world["otto"].pk))
    assert not Wall.objects.exists()


@pytest.mark.parametrize(
    ("name", "written"), [("zoë", "Zoe"), ("øyvind", "Øyvind"), ("strauß", "Strauss")]
)
def test_a_hint_looks_past_accents(client: Client, world: World, name: str, written: str) -> None:
    world.hire(name, has_key=False)
    concern, _ = world.file(narrative=f"We asked {written.upper()}, who knew.")
    sign_in(client, world, "olga")
    assert f"{name.title()} Example" in page(client, concern).partition("The words may mean")[2]


def test_a_full_name_builds_a_wall_and_is_no_hint(client: Client, world: World) -> None:
    nadia = world.hire("nadia", has_key=False)
    people.change_manager(world["omar"], manager=nadia, by=SYSTEM, now=world.now)
    concern, _ = world.file(about="Nadia Example", narrative="Nadia signed it. Nadia said so.")
    assert bytes(concern.walls.get().blind) == blind_index(nadia.pk)
    for name in ("nadia", "omar"):
        assert not Concern.objects.visible_to(Person.objects.get(pk=world[name].pk)).exists()
    assert not Grant.objects.filter(safe=concern.safe, person=world["omar"]).exists()
    sign_in(client, world, "olga")
    hints = page(client, concern).partition("The words may mean")[2].partition("</section>")[0]
    assert "Nadia Example" not in hints


def test_half_a_name_in_a_message_is_a_hint(client: Client, world: World) -> None:
    concern, receipt = world.file()
    actions.say(concern, text="It was Otto.", now=world.now, opener=receipt.opener)
    sign_in(client, world, "olga")
    assert "Otto Example" in page(client, concern).partition("The words may mean")[2]


def test_a_subject_is_looked_for_and_named_before_triage(client: Client, world: World) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    assert "Otto Example" in page(client, concern, "?q=otto").partition("Name whom it is about")[2]
    address = f"/desk/concerns/{concern.ref}/subject/"
    wrong = client.post(address, {"q": "otto"})
    assert "Choose the person. Nobody was named." in wrong.content.decode()
    own = client.post(address, {"person": str(world["olga"].pk)})
    assert "This would wall off you" in own.content.decode()
    assert not Wall.objects.exists()
    done = client.post(address, {"person": str(world["otto"].pk)}, follow=True)
    assert "A wall stands around Otto Example" in done.content.decode()
    sign_in(client, world, "otto")
    assert client.get(f"/desk/concerns/{concern.ref}/").status_code == 404


@pytest.mark.req("AUD-1")
def test_who_opens_a_page_without_a_key_is_recorded_as_seeing_and_not_as_reading(
    client: Client, world: World
) -> None:
    concern, _ = world.file()
    case = world.triage(world.file()[0])
    sign_in(client, world, "hana")
    page(client, concern)
    client.get(f"/desk/cases/{case.ref}/")
    verbs = set(Entry.objects.filter(actor=world["hana"].actor.ref).values_list("verb", flat=True))
    assert {Verb.CONCERN_SEEN, Verb.CASE_SEEN} <= verbs
    assert verbs.isdisjoint({Verb.CONCERN_READ, Verb.CASE_READ})
    sign_in(client, world, "olga", vault=False)
    page(client, concern)
    sign_in(client, world, "olga")
    shown = page(client, concern)
    assert "opened the concern without its words" in shown
    mine = Entry.objects.filter(actor=world["olga"].actor.ref, subject=concern.subject)
    assert list(mine.order_by("at", "pk").values_list("verb", flat=True)).count("concern_read") == 1


# -- at the door -------------------------------------------------------------------------------


def test_the_review_asks_whom_of_the_trusted_half_a_name_means(
    client: Client, world: World
) -> None:
    reporter = Reporter(client)
    reporter.answer_all(happened="Omar signed it, and stan knew. So did Stan.")
    asked = reporter.text.partition("Do you mean one of these?")[2].partition("leave it as it is")[
        0
    ]
    assert "Omar Example" in asked
    # who has no part in the office is confirmed to nobody
    assert "Stan Example" not in asked
    reporter.answer(f"away:{world['stan'].pk}")
    assert "Omar Example Ethics officer" in reporter.text.partition("Who will read it")[2]
    reporter.answer(f"away:{world['omar'].pk}")
    assert "Do you mean one of these?" not in reporter.text
    assert "Omar" not in reporter.text.partition("Who will read it")[2]
    reporter.answer("send")
    assert reporter.receipt
    assert Wall.objects.count() == 1


def test_a_name_that_two_bear_is_not_asked_about(client: Client, world: World) -> None:
    reporter = Reporter(client)
    reporter.answer_all(happened="Example signed it.")
    assert "Do you mean one of these?" not in reporter.text


def test_all_that_was_told_can_be_read_beside_the_questions(client: Client, world: World) -> None:
    reporter = Reporter(client)
    reporter.begin()
    reporter.answer(happened="It began in May. It went on until June.")
    beside = reporter.text.partition("What you have written so far")[2]
    assert "It began in May. It went on until June." in beside
    assert "<details" in reporter.html


# -- the line ------------------------------------------------------------------------------------


def test_two_change_a_line_which_is_told_and_recorded(client: Client, world: World) -> None:
    sign_in(client, world, "adam")
    address = f"/setup/people/{world['otto'].pk}/line/"
    assert "Hana Example" in client.get(address).content.decode()
    assert client.post(address, {"q": "omar"}).status_code == 422
    moved = client.post(address, {"q": "omar", "manager": str(world["omar"].pk)}, follow=True)
    assert "Asked that Otto Example reports to Omar Example" in moved.content.decode()
    assert "A change waits for a second person" in moved.content.decode()
    assert Person.objects.get(pk=world["otto"].pk).manager == world["hana"]
    again = client.post(address, {"q": "omar", "manager": str(world["omar"].pk)})
    assert "waits for a decision already" in again.content.decode()
    asked = world["otto"].account_changes.get()
    with pytest.raises(RuleError, match="Somebody else has to approve this"):
        safes.decide_change(asked, approve=True, by=world["adam"], now=world.now)
    sign_in(client, world, "hana")
    waiting = client.get("/setup/people/").content.decode()
    assert "shall report to Omar Example" in " ".join(waiting.split())
    decided = client.post(f"/setup/people/roles/{asked.pk}/", {"decision": "approve"}, follow=True)
    assert "The line was changed" in decided.content.decode()
    assert Person.objects.get(pk=world["otto"].pk).manager == world["omar"]
    assert Entry.objects.get(verb=Verb.LINE_ASKED).actor == world["adam"].actor.ref
    assert Entry.objects.get(verb=Verb.LINE_CHANGED).actor == world["hana"].actor.ref
    sign_in(client, world, "adam")
    again = client.post(address, {"q": "omar", "manager": str(world["omar"].pk)})
    assert "That is the line already" in again.content.decode()
    circle = f"/setup/people/{world['omar'].pk}/line/"
    refused = client.post(circle, {"q": "otto", "manager": str(world["otto"].pk)})
    assert "Nobody reports to themselves" in refused.content.decode()
    own = f"/setup/people/{world['adam'].pk}/line/"
    assert "another administrator changes it" in client.get(own).content.decode()
    refused = client.post(own, {"nobody": "yes"})
    assert "Another administrator changes to whom you report" in refused.content.decode()
    assert Person.objects.get(pk=world["adam"].pk).manager == world["chief"]


def test_a_wall_follows_a_line_that_an_administrator_changed(world: World) -> None:
    concern, _ = world.file(excluded=(world["omar"],))
    asked = people.ask_for_line(
        world["otto"], manager=world["omar"], by=world["adam"], now=world.now
    )
    assert Concern.objects.visible_to(world["otto"]).exists()
    safes.decide_change(asked, approve=True, by=world["hana"], now=world.now)
    assert not Concern.objects.visible_to(Person.objects.get(pk=world["otto"].pk)).exists()
    assert concern.walls.count() == 1
