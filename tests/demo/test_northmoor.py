"""The demo data is what it promises: people, roles, policies, and stories in every state."""

from datetime import datetime

import pytest

from audits.models import Release
from cases.lifecycle import OF_ALLEGATIONS, CaseStatus, Channel, ConcernStatus, Mode
from cases.models import Attachment, Case, Category, Concern, IdentityRequest, Message, Note
from escalation.models import STANDARD, Clock, Does, PathStep, StepTaken
from ethicsdesk.demo import keeping, northmoor
from ethicsdesk.demo.history import TOPICS
from ethicsdesk.demo.organisation import Organisation
from ethicsdesk.demo.people import HEADCOUNT, username
from ethicsdesk.demo.stage import at_work
from ethicsdesk.demo.stories import STORIES
from ethicsdesk.demo.variations import variations
from ledger import reports
from ledger.models import Detail, Outbox
from people.access import is_enrolled
from people.models import Person, Unit
from people.rules import Role
from policies.models import Policy, PolicyVersion
from questionnaires.access import form_for
from questionnaires.models import FormVersion
from retention import access
from retention.actions.erasing import REMEMBERED
from retention.models import Disposal, Hold, Rule, Tombstone
from safes import access as opening
from safes.reports import overdue

TOLD = [*STORIES, *variations()]


def test_there_are_sixty_stories_and_most_have_words_of_their_own() -> None:
    assert len(TOLD) == 60
    assert len({story.text for story in STORIES}) == len(STORIES) >= 25
    assert len({story.text for story in TOLD}) == 60
    assert max(story.ago for story in TOLD) < 18 * 31


def test_names_become_user_names_in_plain_letters() -> None:
    assert username("Tomás Aguilar") == "tomas.aguilar"
    assert username("Zoë van der Ø Strøm") == "zoe.strom"


@pytest.mark.req("OPS-1")
def test_four_hundred_people_work_in_six_units_and_report_to_somebody(made: Organisation) -> None:
    here = Person.objects.exclude(roles=[Role.EXPERT])
    assert here.count() == HEADCOUNT == 400
    assert Unit.objects.count() == 6
    topmost = here.filter(manager=None).values_list("username", flat=True)
    assert set(topmost) == {"margaret.ellis", "henrik.dahl"}
    chief = Person.objects.get(username="margaret.ellis")
    assert Person.objects.below([chief]).count() == HEADCOUNT - 2
    teams = Person.objects.filter(reports__isnull=False).distinct().count()
    assert 30 < teams < 60


def test_every_role_has_somebody_who_can_sign_in_and_open(made: Organisation) -> None:
    people = made.personas()["people"]
    assert isinstance(people, list)
    assert {one["role"] for one in people} == {*Role, "staff"}
    for one in people:
        person = Person.objects.get(username=one["username"])
        assert len(one["password"]) >= 15
        assert person.check_password(one["password"])
        assert person.keys.exists() == (one["role"] != "staff")
        assert bool(one["totp_secret"]) == person.needs_second_factor == is_enrolled(person)
    assert Person.objects.on_duty().count() >= 3


def test_policies_have_texts_and_some_have_a_past(
    made: Organisation, northmoor_now: datetime
) -> None:
    assert Policy.objects.count() == 8
    assert PolicyVersion.objects.count() > 8
    handling = PolicyVersion.objects.handling(northmoor_now.date())
    assert handling.n == 2
    standard = PathStep.objects.filter(version__path__code=STANDARD, version__n=1)
    ladder = standard.order_by("n").values_list("does", "limit")
    assert list(ladder) == [
        (Does.REMIND, "0d"),
        (Does.NOTIFY, "1d"),
        (Does.HAND_OVER, "3d"),
    ]
    assert Category.objects.count() == len(TOPICS) == 13


@pytest.mark.req("INT-6")
def test_a_questionnaire_is_asked_was_answered_and_has_a_draft(made: Organisation) -> None:
    asked = form_for("report", "coercion")
    assert asked is not None
    assert Concern.objects.get(form=asked).category_id == "coercion"
    (draft,) = FormVersion.objects.filter(state="draft")
    assert len(draft.sheet.questions) == len(asked.sheet.questions) + 1


@pytest.mark.req("CAS-8")
def test_a_custodian_finds_a_request_in_every_state(
    made: Organisation, northmoor_now: datetime
) -> None:
    leila = Person.objects.get(username="leila.haddad")
    found = IdentityRequest.objects.decidable_by(leila)
    states = sorted(found.values_list("state", flat=True))
    assert states == ["asked", "expired", "granted", "refused"]
    assert found.get(state="granted").opened_on


def test_the_work_stands_in_every_state(made: Organisation) -> None:
    states = set(Concern.objects.values_list("status", flat=True))
    assert states == set(ConcernStatus) - {ConcernStatus.DRAFT}
    # what was merged goes on as part of another, without a finding of its own
    closed = Case.objects.filter(status=CaseStatus.CLOSED, part_of=None)
    assert set(closed.values_list("finding", flat=True)) == set(OF_ALLEGATIONS)
    assert set(Concern.objects.values_list("mode", flat=True)) == set(Mode)
    assert set(Concern.objects.values_list("channel", flat=True)) >= set(Channel) - {Channel.API}
    received = Concern.objects.filter(status=ConcernStatus.RECEIVED)
    assert received.filter(owner=None).exists()
    assert received.filter(owner__isnull=False).exists()
    assert received.filter(urgency=4).exists()
    assert Message.objects.filter(author=None).exists()
    assert set(Note.objects.values_list("kind", flat=True)) >= {"note", "quote", "analysis"}
    assert Note.objects.filter(version=2).exists()
    assert Attachment.objects.filter(case__isnull=False, state="cleaned").exists()


@pytest.mark.req("SEC-5")
def test_something_is_due_held_proposed_approved_and_erased(
    made: Organisation, northmoor_now: datetime
) -> None:
    head = made.people["amara.okafor"]
    schedule = Rule.objects.schedule()
    assert 2 <= access.due_cases(head, schedule, now=northmoor_now).count() <= 25
    assert Hold.objects.standing().count() == keeping.HELD
    states = sorted(Disposal.objects.values_list("state", flat=True))
    assert states == ["approved"] * keeping.APPROVED + ["proposed"] * keeping.PROPOSED
    gone = Tombstone.objects.filter(kind="case")
    assert gone.count() == keeping.ERASED
    assert Rule.objects.filter(state="proposed").count() == 1
    assert not Detail.objects.filter(entry__subject=f"case:{gone[0].pk}").exclude(
        entry__verb__in=REMEMBERED
    )
    assert overdue() == []


@pytest.mark.req("ESC-3")
def test_what_nobody_answered_was_escalated_to_the_last_step(
    made: Organisation, northmoor_now: datetime
) -> None:
    late = Concern.objects.filter(status=ConcernStatus.RECEIVED, handed_to__isnull=False)
    assert late.exists()
    assert {concern.handed_to for concern in late} == {made.people["henrik.dahl"]}
    steps = StepTaken.objects.filter(clock__subject_id__in=late.values("pk"), clock__kind="triage")
    assert set(steps.values_list("n", flat=True)) == {1, 2, 3}
    assert not Clock.objects.due(northmoor_now).exists()
    feedback = Clock.objects.filter(kind="feedback", state="breached")
    assert feedback.exists()


@pytest.mark.req("TRI-6")
def test_the_officer_whom_a_concern_is_about_does_not_see_it(made: Organisation) -> None:
    about = Concern.objects.get(walls__why="subject", case=None)
    jo, ruth = made.people["jo.marsh"], made.people["ruth.lindqvist"]
    assert about in Concern.objects.visible_to(ruth)
    assert about not in Concern.objects.visible_to(jo)
    assert opening.open_texts(made.openers["jo.marsh"], [(about.pk, "narrative")]) == {}


def test_every_story_opens_for_an_officer_on_duty(made: Organisation) -> None:
    waiting = Concern.objects.filter(status=ConcernStatus.RECEIVED)
    places = [(pk, "narrative") for pk in waiting.values_list("pk", flat=True)]
    assert len(opening.open_texts(made.openers["ruth.lindqvist"], places)) == len(places) == 12


@pytest.mark.req("AUD-1")
def test_the_ledger_of_the_history_is_whole_and_in_the_order_of_time(
    made: Organisation, northmoor_now: datetime
) -> None:
    verdict = reports.verify(now=northmoor_now)
    assert verdict.problems == []
    assert verdict.checkpoints > 50
    newest = reports.standing().checkpoint
    assert newest is not None
    assert newest.at == northmoor_now


def test_leadership_has_figures_on_the_first_day(made: Organisation) -> None:
    assert Release.objects.filter(period="2026-09-12m").exists()
    figures = Release.objects.get(period="2026-09-12m").figures
    assert isinstance(figures["counts"]["filed"], int)
    assert figures["counts"]["filed"] > 100


def test_old_mail_is_not_sent_again(made: Organisation, northmoor_now: datetime) -> None:
    unsent = Outbox.objects.filter(sent_at=None)
    assert unsent.exists()
    assert not unsent.filter(next_try_at__lt=northmoor_now - northmoor.MAIL_LIFE).exists()


def test_the_office_works_in_working_hours() -> None:
    saturday = datetime.fromisoformat("2026-11-21T10:00:00+00:00")
    assert at_work(saturday).strftime("%A %H") == "Monday 09"
    evening = datetime.fromisoformat("2026-11-19T21:30:00+00:00")
    assert at_work(evening).strftime("%A") == "Friday"
    monday = datetime.fromisoformat("2026-11-16T11:00:00+00:00")
    assert at_work(monday) == monday
