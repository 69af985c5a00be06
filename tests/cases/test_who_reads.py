"""Who will read, later too: a reporter keeps somebody away from what was sent."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases import access, actions
from cases.lifecycle import ConcernStatus, Given, Kind, Mode
from cases.models import Case, Concern, Member, Wall
from common import days
from common.errors import RuleError
from ledger.models import Entry
from ledger.verbs import Verb
from people import actions as people
from people.middleware import act_as
from people.models import Recheck
from safes import access as opening
from safes.models import Grant
from safes.rules import Receipt
from tests.cases.intake.reporter import Reporter
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("TRI-6")]


@pytest.fixture
def reporter(client: Client, world: World) -> Reporter:
    return Reporter(client)


def seen(world: World, name: str, concern: Concern) -> bool:
    person = type(world[name]).objects.get(pk=world[name].pk)
    act_as(person)
    return Concern.objects.visible_to(person).filter(pk=concern.pk).exists()


def body_of(world: World, name: str, concern: Concern) -> dict[object, str]:
    places = [(message.pk, "body") for message in concern.messages.all()]
    return dict(opening.open_texts(world.openers[name], places))


def come_back(reporter: Reporter, world: World) -> Concern:
    """File, come back, and return what was filed."""
    concern, receipt = world.file()
    reporter.come_back(str(receipt))
    return concern


def test_the_return_page_shows_who_reads_it_today(reporter: Reporter, world: World) -> None:
    come_back(reporter, world)
    readers = reporter.text.partition("Who reads it")[2].partition("Your files")[0]
    assert "Olga Example Ethics officer" in readers
    assert "Omar Example" in readers
    assert "If a promise to you is broken, it goes to Hana Example, Ines Example as well" in readers
    assert "Otto" not in readers
    assert "Somebody here should not read this" in readers


def test_a_reporter_keeps_somebody_away_who_then_finds_and_opens_nothing(
    reporter: Reporter, world: World, process: BecomeProcess
) -> None:
    concern = come_back(reporter, world)
    with process("speak"):
        reporter.press("readers")
        assert "What they have read already they cannot unread" in reporter.text
        reporter.press("exclude", excluded=str(world["olga"].pk))
        assert "Its words open to nobody whom you ticked any more" in reporter.text
        assert "Olga" not in reporter.text.partition("Who reads it")[2]
        reporter.press("say", text="She signed it herself.")
        assert "Your message was sent." in reporter.text
    assert not seen(world, "olga", concern)
    assert seen(world, "omar", concern)
    assert body_of(world, "olga", concern) == {}
    assert list(body_of(world, "omar", concern).values()) == ["She signed it herself."]
    # the reporter, whose receipt is in the new epoch too, goes on
    assert "She signed it herself." in reporter.text


def test_what_she_did_with_it_is_taken_by_a_worker(
    reporter: Reporter, world: World, process: BecomeProcess
) -> None:
    concern = come_back(reporter, world)
    act_as(world["olga"])
    case = world.triage(concern)
    actions.add_member(
        case, by=world["olga"], opener=world.openers["olga"], person=world["omar"], now=world.now
    )
    with process("speak"):
        reporter.press("exclude", excluded=str(world["olga"].pk))
    assert opening.open_texts(world.openers["olga"], [(concern.pk, "narrative")]) == {}
    assert not seen(world, "olga", concern)
    with process("worker"):
        assert actions.enforce_walls(now=world.now) == 1
        assert not Recheck.objects.exists()
        assert Case.objects.get(pk=case.pk).lead == world["omar"]
        assert not Member.objects.current().filter(person=world["olga"]).exists()


def test_a_key_is_passed_on_after_the_concerns_are_held(world: World) -> None:
    case = world.triage(world.file()[0])
    with CaptureQueriesContext(connection) as queries:
        actions.add_member(
            case,
            by=world["olga"],
            opener=world.openers["olga"],
            person=world["otto"],
            now=world.now,
        )
    asked = [query["sql"] for query in queries]
    held = next(n for n, sql in enumerate(asked) if "cases_concern" in sql and "FOR UPDATE" in sql)
    read = next(n for n, sql in enumerate(asked) if 'FROM "cases_wall"' in sql)
    assert held < read


def test_where_nobody_of_the_duty_set_is_left_the_independent_person_reads_it(
    reporter: Reporter, world: World, process: BecomeProcess
) -> None:
    concern = come_back(reporter, world)
    both = [str(world[name].pk) for name in ("olga", "omar")]
    with process("speak"):
        reporter.press("exclude", excluded=both)
    assert "Ines Example Independent person" in reporter.text
    assert seen(world, "ines", concern)
    found = opening.open_texts(world.openers["ines"], [(concern.pk, "narrative")])
    assert len(found) == 1


def test_in_a_case_the_next_in_line_opens_it_once_a_worker_woke_their_key(
    reporter: Reporter, world: World, process: BecomeProcess
) -> None:
    concern = come_back(reporter, world)
    act_as(world["olga"])
    world.triage(concern)
    where = [(concern.pk, "narrative")]
    with process("speak"):
        reporter.press("exclude", excluded=[str(world[name].pk) for name in ("olga", "omar")])
    assert "the next in line takes it over. Nobody can open it until then" in reporter.text
    assert opening.open_texts(world.openers["ines"], where) == {}
    with process("worker"):
        actions.enforce_walls(now=world.now)
    assert len(opening.open_texts(world.openers["ines"], where)) == 1
    with process("speak"):
        reporter.press("show")
    assert "takes it over" not in reporter.text
    assert "Ines Example Independent person" in reporter.text


def test_nobody_left_is_refused_and_nothing_is_changed(reporter: Reporter, world: World) -> None:
    come_back(reporter, world)
    everybody = [str(world[name].pk) for name in ("olga", "omar", "otto", "ines", "hana")]
    reporter.press("exclude", excluded=everybody)
    assert reporter.page.status_code == 422
    assert "Nobody would be left to read this" in reporter.text
    assert not Wall.objects.exists()
    reporter.press("exclude")
    assert reporter.page.status_code == 422
    assert "Tick at least one person. Nothing was changed." in reporter.text
    reporter.press("exclude", excluded=str(world["stan"].pk))
    assert reporter.page.status_code == 422
    assert not Wall.objects.exists()


@pytest.mark.req("INT-2")
def test_it_is_recorded_once_and_of_an_anonymous_reporter_without_a_time(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    for _ in range(2):
        actions.exclude_readers(concern, persons=[world["olga"]], now=world.now)
    entry = Entry.objects.get(verb=Verb.READERS_EXCLUDED)
    assert (entry.actor, entry.at, entry.subject) == ("reporter", None, concern.subject)
    with process("worker"):
        (kept,) = Recheck.objects.all()
    assert kept.at == days.midnight(days.day_of(world.now))


def test_whoever_is_tied_to_the_excluded_is_kept_away_as_well(world: World) -> None:
    concern, _ = world.file()
    people.declare_tie(world["omar"], about=world["otto"], now=world.now)
    readers = actions.exclude_readers(concern, persons=[world["otto"]], now=world.now)
    assert readers.active == [world["olga"]]
    assert not Grant.objects.filter(safe=concern.safe, person=world["omar"]).exists()


def test_a_draft_says_so_on_its_own_page(world: World) -> None:
    receipt = Receipt.new()
    draft = actions.start_draft(receipt=receipt, kind=Kind.REPORT, answers={}, now=world.now)
    with pytest.raises(RuleError, match="not sent yet"):
        actions.exclude_readers(draft, persons=[world["olga"]], now=world.now)


# -- a message that names who reads it ---------------------------------------------------------

NAMING = "Olga Example signed it, on a Monday."


def test_a_message_that_names_a_reader_is_asked_about_before_it_is_sent(
    reporter: Reporter, world: World
) -> None:
    concern = come_back(reporter, world)
    reporter.press("say", text=NAMING)
    assert reporter.page.status_code == 200
    assert "You name somebody who reads this" in reporter.text
    assert NAMING in reporter.html
    assert not concern.messages.exists()
    page = reporter.page
    reporter.press("edit", text=NAMING)
    assert NAMING in reporter.html
    assert "Who reads it" in reporter.text
    reporter.answers.append(page)
    reporter.press("say-anyway", text=NAMING)
    assert list(body_of(world, "olga", concern).values()) == [NAMING]
    assert not Wall.objects.exists()


def test_whom_a_message_names_can_be_kept_away_first(
    reporter: Reporter, world: World, process: BecomeProcess
) -> None:
    concern = come_back(reporter, world)
    with process("speak"):
        reporter.press("say", text=NAMING)
        page = reporter.page
        for _ in range(2):
            reporter.answers.append(page)
            reporter.press("away-and-say", text=NAMING, excluded=str(world["olga"].pk))
            assert "Your message was sent." in reporter.text
    assert concern.messages.count() == 1
    assert body_of(world, "olga", concern) == {}
    assert list(body_of(world, "omar", concern).values()) == [NAMING]


def test_a_message_is_kept_where_those_whom_it_names_cannot_be_kept_away(
    reporter: Reporter, world: World
) -> None:
    concern = come_back(reporter, world)
    others = [world[name] for name in ("omar", "ines")]
    actions.exclude_readers(concern, persons=others, now=world.now)
    away = [str(world[name].pk) for name in ("olga", "hana")]
    reporter.press("away-and-say", text=NAMING, excluded=away)
    assert reporter.page.status_code == 422
    assert "Nobody would be left to read this" in reporter.text
    assert NAMING in reporter.html
    assert not concern.messages.exists()


def test_half_a_name_or_somebody_who_does_not_read_it_holds_no_message_up(
    reporter: Reporter, world: World
) -> None:
    concern = come_back(reporter, world)
    reporter.press("say", text="Olga signed it, and so did Otto Example.")
    assert "Your message was sent." in reporter.text
    assert concern.messages.count() == 1


# -- named before triage -----------------------------------------------------------------------


def name(world: World, concern: Concern, person: str, *, by: str = "olga") -> None:
    """Name somebody before triage, by an opener where there is one."""
    opener, now = world.openers.get(by), world.now
    actions.name_party_of_concern(
        concern, by=world[by], opener=opener, person=world[person], now=now
    )


def test_a_subject_is_named_before_triage_and_finds_nothing_any_more(world: World) -> None:
    concern, _ = world.file(mode=Mode.ANONYMOUS)
    act_as(world["olga"])
    actions.assign(concern, by=world["olga"], to=world["otto"], now=world.now, why=Given.ASKED)
    name(world, concern, "otto")
    concern.refresh_from_db()
    assert concern.owner is None
    assert opening.open_texts(world.openers["otto"], [(concern.pk, "narrative")]) == {}
    assert world["otto"] not in access.may_lead(concern)
    assert not seen(world, "otto", concern)
    act_as(world["olga"])
    case = world.triage(concern)
    assert access.is_walled(world["otto"], list(case.walls.all()))


def test_who_may_not_name_before_triage(world: World) -> None:
    concern, _ = world.file()
    act_as(world["olga"])
    with pytest.raises(RuleError, match="wall off you"):
        name(world, concern, "olga")
    world.triage(concern)
    concern.refresh_from_db()
    assert concern.status == ConcernStatus.IN_CASE
    with pytest.raises(RuleError, match="on the page of its case"):
        name(world, concern, "otto")
    assert not Wall.objects.exists()


def test_nobody_names_whom_it_is_about_who_cannot_read_it(world: World) -> None:
    concern, _ = world.file()
    # off duty, so that nothing was sealed to him; the head's key sleeps; hers is locked
    world.openers.pop("olga")
    for by in ("otto", "hana", "olga"):
        act_as(world[by])
        with pytest.raises(RuleError, match="not open to you"):
            name(world, concern, "stan", by=by)
    act_as(world["omar"])
    assert not Wall.objects.exists()
    name(world, concern, "stan", by="omar")
    assert concern.walls.count() == 1
