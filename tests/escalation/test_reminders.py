"""Reminders come once a day and not in quiet hours; what is late or dangerous never waits."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import actions as cases
from cases.actions import Identity
from cases.models import Concern
from common.errors import RuleError
from escalation import actions
from escalation.models import Clock, Does, PathStep, ReminderPreference
from escalation.rules import Anchor
from escalation.rules.reminders import Rhythm
from ledger import actions as ledger
from ledger.models import Outbox
from ledger.rules import SYSTEM
from people import actions as people
from people.middleware import act_as
from people.rules import Role
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.escalation.test_calendars import MOMENTS, ZONES
from tests.world import World

pytestmark = pytest.mark.req("ESC-2")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT = (time(20), time(7))
TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ZONES), TIMES, TIMES, MOMENTS)
def test_nothing_comes_in_quiet_hours_and_nothing_waits_longer_than_a_day(
    zone: str, begins: time, ends: time, moment: datetime
) -> None:
    rhythm = Rhythm(ZoneInfo(zone), quiet=(begins, ends) if begins != ends else None)
    found = rhythm.after_quiet(moment)
    assert moment <= found <= moment + DAY + HOUR
    if found > moment:
        # a clock that is set back shows the end of the quiet hours a second time
        assert found.astimezone(rhythm.zone).time() >= ends
        assert rhythm.is_quiet_at(moment.astimezone(rhythm.zone).time())


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ZONES), TIMES, MOMENTS)
def test_the_mail_of_a_day_leaves_after_now_and_within_a_day(
    zone: str, daily: time, moment: datetime
) -> None:
    found = Rhythm(ZoneInfo(zone), daily).next_daily(moment)
    assert found is not None
    assert moment < found <= moment + DAY + HOUR


@pytest.fixture
def concerns(world: World, process: BecomeProcess) -> list[Concern]:
    """Return two concerns of omar, of whose triage he is reminded an hour before its limit."""
    path = actions.publish_path(
        code="early",
        name="Early",
        steps=[
            PathStep(anchor=Anchor.BEFORE, limit="14h", does=Does.REMIND),
            PathStep(limit="0d", does=Does.REMIND),
            PathStep(limit="1h", does=Does.NOTIFY, role=Role.HEAD),
        ],
        by=SYSTEM,
        now=world.now,
    )
    filed = [world.file(mode="named", identity=Identity("Rita"))[0] for _ in range(2)]
    with process("owner"):
        Clock.objects.exclude(kind="triage").update(next_at=None)
        for clock in Clock.objects.filter(kind="triage"):
            times = [clock.due_at - 14 * HOUR, clock.due_at, clock.due_at + HOUR]
            Clock.objects.filter(pk=clock.pk).update(path=path, times=times, next_at=times[0])
    act_as(world["omar"])
    for concern in filed:
        cases.assign(concern, by=world["omar"], to=world["omar"], now=world.now)
    return filed


def early(world: World) -> datetime:
    """Return when the reminder comes: at eight in the evening before."""
    return world.now + 2 * DAY - 14 * HOUR


def sweep(process: BecomeProcess, now: datetime) -> None:
    with process("worker"):
        swept = actions.sweep(now=now)
    assert swept.skipped == 0


def delivered(process: BecomeProcess, now: datetime) -> list[str]:
    """Deliver what is due; return who was told what, of what is about time."""
    before = len(mail.outbox)
    with process("worker"):
        ledger.deliver(now=now)
    return [str(one.subject) for one in mail.outbox[before:]]


@pytest.mark.django_db
def test_a_reminder_waits_for_the_end_of_the_quiet_hours(
    concerns: list[Concern], world: World, process: BecomeProcess
) -> None:
    delivered(process, world.now)
    sweep(process, early(world))
    assert delivered(process, early(world) + 10 * HOUR) == []
    assert len(delivered(process, early(world) + 11 * HOUR)) == 2


@pytest.mark.django_db
def test_what_is_late_comes_in_quiet_hours_too(
    concerns: list[Concern], world: World, process: BecomeProcess
) -> None:
    actions.prefer_reminders(world["omar"], daily_at=time(23), quiet=None, now=world.now)
    actions.prefer_reminders(world["hana"], daily_at=time(8), quiet=NIGHT, now=world.now)
    delivered(process, world.now)
    late = world.now + 2 * DAY + 12 * HOUR
    sweep(process, late)
    # both steps before, late as they were, and the breach to the head
    assert len(delivered(process, late)) == 6


@pytest.mark.django_db
def test_one_mail_a_day_has_a_line_for_each_thing_and_leaves_once(
    concerns: list[Concern], world: World, process: BecomeProcess
) -> None:
    actions.prefer_reminders(world["omar"], daily_at=time(8), quiet=NIGHT, now=world.now)
    delivered(process, world.now)
    sweep(process, early(world))
    sweep(process, early(world) + HOUR)
    with process("worker"):
        assert Outbox.objects.filter(template="reminders").count() == 1
    assert delivered(process, early(world) + 11 * HOUR) == []
    assert delivered(process, early(world) + 12 * HOUR) == [
        "EthicsDesk: 2 things that wait for you come due soon"
    ]
    assert delivered(process, early(world) + 13 * HOUR) == []
    text = str(mail.outbox[-1].body)
    assert all(f"- {concern.ref}, Triage" in text for concern in concerns)


@pytest.mark.django_db
@pytest.mark.req("ESC-7")
@pytest.mark.parametrize("daily_at", [None, time(8)])
def test_whoever_is_reminded_in_the_place_of_somebody_is_told_of_whom(
    concerns: list[Concern], world: World, process: BecomeProcess, daily_at: time | None
) -> None:
    today = world.now.date()
    asked = people.delegate(world["omar"], to=world["otto"], since=today, now=world.now)
    people.accept_delegation(asked, now=world.now)
    people.go_away(world["omar"], since=today, now=world.now)
    actions.prefer_reminders(world["otto"], daily_at=daily_at, quiet=NIGHT, now=world.now)
    delivered(process, world.now)
    sweep(process, early(world))
    delivered(process, early(world) + 12 * HOUR)
    told = [one for one in mail.outbox if one.to == [world["otto"].email]]
    assert len(told) == (1 if daily_at else 2)
    assert all("in place of Omar Example, who is not here" in str(one.body) for one in told)
    assert not any("look after" in f"{one.subject} {one.body}" for one in told)
    people.come_back(world["omar"], now=world.now)
    sweep(process, world.now + 2 * DAY)
    delivered(process, world.now + 2 * DAY)
    own = [one for one in mail.outbox if one.to == [world["omar"].email]]
    assert any("something that waits for you has run out of time" in str(one.body) for one in own)
    assert not any("in place of" in str(one.body) for one in own)


@pytest.mark.django_db
@pytest.mark.req("ESC-6")
def test_a_mail_of_a_day_that_was_sent_twice_is_known_as_one(
    concerns: list[Concern], world: World, process: BecomeProcess
) -> None:
    actions.prefer_reminders(world["omar"], daily_at=time(8), quiet=NIGHT, now=world.now)
    sweep(process, early(world))
    at = early(world) + 12 * HOUR
    delivered(process, at)
    with process("worker"):
        # killed after the mail server took it and before that was written down
        Outbox.objects.filter(template="reminders").update(sent_at=None, next_try_at=at)
    delivered(process, at)
    sent = [one.extra_headers["Message-ID"] for one in mail.outbox if "come due" in one.subject]
    assert len(sent) == 2
    assert len(set(sent)) == 1


@pytest.mark.django_db
def test_what_comes_after_the_mail_of_its_day_left_is_told_by_itself(
    concerns: list[Concern], world: World, process: BecomeProcess
) -> None:
    actions.prefer_reminders(world["omar"], daily_at=time(8), quiet=None, now=world.now)
    delivered(process, world.now)
    _, second = Clock.objects.filter(kind="triage").order_by("pk")
    Clock.objects.filter(pk=second.pk).update(next_at=None)
    sweep(process, early(world))
    at = early(world) + 12 * HOUR
    assert len(delivered(process, at)) == 1
    # another host's clock is behind: to it the mail of this day has not left
    Clock.objects.filter(pk=second.pk).update(next_at=early(world))
    sweep(process, at - HOUR)
    assert delivered(process, at) == ["EthicsDesk: " + self_ref(second) + " waits for you"]


def self_ref(clock: Clock) -> str:
    return Concern.objects.get(pk=clock.subject_id).ref


@pytest.mark.django_db
def test_what_was_done_meanwhile_is_left_out(
    concerns: list[Concern], world: World, process: BecomeProcess
) -> None:
    actions.prefer_reminders(world["omar"], daily_at=time(8), quiet=NIGHT, now=world.now)
    delivered(process, world.now)
    sweep(process, early(world))
    for concern in concerns:
        actions.meet(subject_kind="concern", subject_id=concern.pk, kind="triage", now=early(world))
    assert delivered(process, early(world) + 12 * HOUR) == []


@pytest.mark.django_db
def test_what_somebody_may_be_in_danger_over_never_waits(
    concerns: list[Concern], world: World, process: BecomeProcess
) -> None:
    actions.prefer_reminders(world["omar"], daily_at=time(8), quiet=NIGHT, now=world.now)
    delivered(process, world.now)
    Concern.objects.filter(pk=concerns[0].pk).update(urgency=4)
    sweep(process, early(world))
    assert delivered(process, early(world)) == [f"EthicsDesk: {concerns[0].ref} waits for you"]


@pytest.mark.django_db
def test_no_reminder_waits_until_it_is_late(
    concerns: list[Concern], world: World, process: BecomeProcess
) -> None:
    # the next mail of a day leaves at noon, and it is due at ten
    actions.prefer_reminders(
        world["omar"], daily_at=time(12), quiet=(time(19), time(11)), now=world.now
    )
    delivered(process, world.now)
    sweep(process, early(world))
    assert delivered(process, early(world) + 13 * HOUR) == []
    assert len(delivered(process, early(world) + 14 * HOUR)) == 2


# -- the page ------------------------------------------------------------------------------

PAGE = reverse("account-reminders")
CHOSEN = {"how": "daily", "daily_at": "07:30", "quiet_from": "18:00", "quiet_until": "07:00"}


@pytest.mark.django_db
def test_somebody_chooses_how_they_are_reminded(client: Client, world: World) -> None:
    sign_in(client, world, "omar")
    assert client.get(PAGE).context["reminders"].initial["quiet_from"] == time(20)
    page = client.post(PAGE, CHOSEN, follow=True)
    assert "at once" in page.content.decode()
    assert page.context["reminders"].initial["daily_at"] == time(7, 30)
    client.post(PAGE, {"how": "at_once"})
    chosen = ReminderPreference.objects.get(person=world["omar"])
    assert (chosen.daily_at, chosen.quiet_from) == (None, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"daily_at": ""}, "Say when"),
        ({"daily_at": "soon"}, "Write the time"),
        ({"quiet_until": ""}, "Say both"),
        ({"daily_at": "19:00"}, "in your quiet hours"),
        ({"quiet_until": "18:00"}, "different times"),
        ({"quiet_until": "17:59"}, "16 hours at most"),
        ({"how": ""}, "Choose how"),
    ],
)
def test_what_cannot_be_is_refused_and_kept(
    typed: dict[str, str], said: str, client: Client, world: World
) -> None:
    sign_in(client, world, "omar")
    page = client.post(PAGE, {**CHOSEN, **typed}).content.decode()
    assert said in page
    assert 'value="18:00"' in page
    assert not ReminderPreference.objects.exists()


@pytest.mark.django_db
def test_quiet_hours_of_no_length_are_refused_by_the_action(world: World) -> None:
    with pytest.raises(RuleError, match="different times"):
        actions.prefer_reminders(
            world["omar"], daily_at=None, quiet=(time(8), time(8)), now=world.now
        )


@pytest.mark.django_db
def test_whoever_may_be_asked_to_read_a_policy_chooses_too(client: Client, world: World) -> None:
    sign_in(client, world, "stan", vault=False)
    assert "Reminders" in client.get("/account/").content.decode()
    page = client.post(PAGE, CHOSEN, follow=True).content.decode()
    assert "Saved." in page
    assert ReminderPreference.objects.get().person == world["stan"]
