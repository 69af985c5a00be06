"""A clock rests for a listed reason and a limited time, runs again by itself, and says so."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse

from cases import access
from cases import actions as cases
from cases.actions import Identity
from cases.lifecycle import Given
from cases.models import Concern
from common import clock, days
from common.errors import RuleError
from escalation import actions
from escalation.lifecycle import State
from escalation.models import Calendar, Clock, Pause, Problem, StepTaken
from escalation.rules.pauses import IN_ALL, LONGEST, PAUSABLE, Reason
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people.middleware import act_as
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-4")]
DAY = timedelta(days=1)
WEEK = ["9:00-17:00"] * 5 + ["", ""]


@pytest.fixture
def concern(world: World) -> Concern:
    concern, _ = world.file(mode="named", identity=Identity("Rita Reporter"))
    act_as(world["olga"])
    return cases.assign(concern, by=world["olga"], to=world["olga"], now=world.now)


@pytest.fixture
def triage(concern: Concern) -> Clock:
    """Return a clock of two working days, from Monday at ten."""
    return Clock.objects.get(kind="triage")


def pause(
    concern: Concern,
    clock: Clock,
    world: World,
    *,
    until: datetime,
    reason: Reason = Reason.REPORTER,
    by: str = "olga",
    now: datetime | None = None,
) -> None:
    act_as(world[by])
    cases.pause_clock(
        concern, clock.pk, reason=reason, until=until, by=world[by], now=now or world.now
    )
    clock.refresh_from_db()


def sweep(process: BecomeProcess, now: datetime) -> actions.Swept:
    with process("worker"):
        return actions.sweep(now=now)


@pytest.mark.req("ESC-6")
@pytest.mark.parametrize("before", ["well", "failed", "gone"])
def test_a_pause_that_cannot_end_is_tried_again_after_longer_and_longer(
    concern: Concern, triage: Clock, world: World, process: BecomeProcess, before: str
) -> None:
    until, is_gone = world.now + DAY, before == "gone"
    if before == "failed":
        # its step had failed for the same reason before it rested
        with process("owner"):
            Clock.objects.filter(pk=triage.pk).update(
                problem=Problem.FAILED, problem_at=world.now, tries=9
            )
    pause(concern, triage, world, until=until)
    with process("owner"):
        Clock.objects.exclude(pk=triage.pk).delete()
        broken: dict[str, object] = {"limit": "two days"}
        if is_gone:
            broken = {"subject_id": uuid4()}
        Clock.objects.update(**broken)
    for seconds in (0, 59, 60, 179):
        sweep(process, until + timedelta(seconds=seconds))
    with process("owner"):
        triage.refresh_from_db()
        if is_gone:
            assert (triage.state, triage.problem) == (State.CANCELLED, Problem.VANISHED)
            assert not Pause.objects.filter(ended_at=None).exists()
            return
        assert (triage.state, triage.problem, triage.tries) == (State.PAUSED, Problem.FAILED, 2)
        assert triage.problem_at == until
        Clock.objects.update(limit="2wd")
    sweep(process, until + timedelta(seconds=180))
    with process("owner"):
        triage.refresh_from_db()
    assert (triage.state, triage.problem) == (State.RUNNING, "")


def noon(day: date) -> datetime:
    return days.midnight(day) + timedelta(hours=12)


def test_a_paused_clock_takes_no_step_and_its_times_move_by_the_working_time_of_the_pause(
    concern: Concern, triage: Clock, world: World, process: BecomeProcess
) -> None:
    due, steps = triage.due_at, triage.times
    # a day of work on Tuesday to Wednesday, and then the weekend, which nobody works
    pause(concern, triage, world, until=world.now + 7 * DAY)
    assert (triage.state, triage.paused_until) == (State.PAUSED, world.now + 7 * DAY)
    assert triage.due_at == due + 7 * DAY
    assert triage.times == [at + 7 * DAY for at in steps]
    sweep(process, due + DAY)
    with process("worker"):
        assert not StepTaken.objects.filter(clock=triage).exists()
    act_as(world["olga"])
    concern.refresh_from_db()
    # the queue sorts by what runs
    assert concern.next_due_at == Clock.objects.get(kind="first_message").due_at


def test_it_runs_again_by_itself_at_the_planned_end_and_whoever_looks_after_it_is_told(
    concern: Concern, triage: Clock, world: World, process: BecomeProcess
) -> None:
    cases.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=Given.ASKED)
    until = world.now + 7 * DAY
    pause(concern, triage, world, until=until, by="omar")
    # the workers were away for an hour: the time that they were late is not paused
    sweep(process, until + timedelta(hours=1))
    triage.refresh_from_db()
    assert (triage.state, triage.paused_until, triage.paused_for) == (State.RUNNING, None, 7 * DAY)
    assert triage.due_at == world.now + 9 * DAY
    with process("worker"):
        told = Outbox.objects.filter(template="clock_resume").values_list("to", flat=True)
        assert set(told) == {f"person:{world['omar'].pk}"}
        assert Pause.objects.get().ended_by is None
    assert sweep(process, triage.due_at).acted > 0
    with process("owner"):
        assert StepTaken.objects.filter(clock=triage).count() == 1
    verbs = list(Entry.objects.filter(subject=concern.subject).values_list("verb", flat=True))
    assert verbs.count(Verb.CLOCK_PAUSED) == verbs.count(Verb.CLOCK_RESUMED) == 1


def test_it_is_let_run_again_before_and_keeps_what_was_left_of_its_time(
    concern: Concern, triage: Clock, world: World
) -> None:
    pause(concern, triage, world, until=world.now + 21 * DAY)
    later = world.now + 7 * DAY
    cases.resume_clock(concern, triage.pk, by=world["olga"], now=later)
    triage.refresh_from_db()
    assert (triage.state, triage.paused_for) == (State.RUNNING, 7 * DAY)
    assert triage.due_at == later + 2 * DAY
    with pytest.raises(RuleError, match="runs already"):
        cases.resume_clock(concern, triage.pk, by=world["olga"], now=later)


@pytest.mark.parametrize("reason", Reason)
def test_no_reason_lasts_longer_than_its_maximum_however_often_it_is_given(
    reason: Reason, concern: Concern, triage: Clock, world: World
) -> None:
    longest = world.now + LONGEST[reason]
    with pytest.raises(RuleError, match="no longer than until"):
        pause(concern, triage, world, reason=reason, until=longest + DAY)
    pause(concern, triage, world, reason=reason, until=longest)
    half = world.now + LONGEST[reason] / 2
    cases.resume_clock(concern, triage.pk, by=world["olga"], now=half)
    with pytest.raises(RuleError, match="no longer than until"):
        pause(concern, triage, world, reason=reason, until=longest + DAY, now=half)
    pause(concern, triage, world, reason=reason, until=longest, now=half)


def test_all_reasons_together_have_a_maximum(concern: Concern, triage: Clock, world: World) -> None:
    middle = world.now + LONGEST[Reason.LEGAL]
    pause(concern, triage, world, reason=Reason.LEGAL, until=middle)
    cases.resume_clock(concern, triage.pk, by=world["olga"], now=middle)
    end = world.now + IN_ALL
    with pytest.raises(RuleError, match="no longer than until"):
        pause(concern, triage, world, reason=Reason.PROSECUTOR, until=end + DAY, now=middle)
    pause(concern, triage, world, reason=Reason.PROSECUTOR, until=end, now=middle)


@pytest.mark.parametrize(("kind", "article"), [("acknowledge", "9(1)(b)"), ("feedback", "9(1)(f)")])
def test_what_the_law_gives_the_reporter_is_never_paused(
    kind: str, article: str, concern: Concern, world: World
) -> None:
    clock = Clock.objects.get(kind=kind)
    with pytest.raises(RuleError) as refusal:
        pause(concern, clock, world, until=world.now + DAY)
    assert article in str(refusal.value)
    assert kind not in PAUSABLE
    assert Clock.objects.get(pk=clock.pk).state == State.RUNNING


def test_a_clock_that_ran_out_is_not_stopped_any_more(
    concern: Concern, triage: Clock, world: World, process: BecomeProcess
) -> None:
    # before a sweep saw it, and after
    for _ in range(2):
        with pytest.raises(RuleError, match="run out"):
            pause(concern, triage, world, until=triage.due_at + DAY, now=triage.due_at)
        sweep(process, triage.due_at)


def test_a_pause_ends_in_the_future_and_there_is_one_at_a_time(
    concern: Concern, triage: Clock, world: World
) -> None:
    with pytest.raises(RuleError, match="to come"):
        pause(concern, triage, world, until=world.now)
    pause(concern, triage, world, until=world.now + DAY)
    with pytest.raises(RuleError, match="cannot be paused"):
        pause(concern, triage, world, until=world.now + 2 * DAY)


def test_a_paused_clock_is_met_or_taken_back_and_its_pause_ends_with_it(
    concern: Concern, triage: Clock, world: World, process: BecomeProcess
) -> None:
    other, receipt = world.file()
    act_as(world["olga"])
    other = cases.assign(other, by=world["olga"], to=world["olga"], now=world.now)
    theirs = Clock.objects.get(kind="triage", subject_id=other.pk)
    for one, its in ((concern, triage), (other, theirs)):
        pause(one, its, world, until=world.now + 7 * DAY)
    world.now += DAY
    world.triage(concern)
    with process("speak"):
        access.present(receipt)
        cases.withdraw(other, now=world.now)
    with process("owner"):
        triage.refresh_from_db()
        theirs.refresh_from_db()
        assert (triage.state, theirs.state) == (State.MET, State.CANCELLED)
        # of whoever withdrew without a name the day alone is known, which begins at midnight
        assert (triage.paused_for, theirs.paused_for) == (DAY, timedelta(hours=14))
        assert not Pause.objects.filter(ended_at=None).exists()
    assert sweep(process, world.now + 30 * DAY).skipped == 0


def test_a_change_of_the_calendar_counts_the_pauses_of_a_clock_too(
    concern: Concern, triage: Clock, world: World, process: BecomeProcess
) -> None:
    pause(concern, triage, world, until=world.now + 7 * DAY)
    due = triage.due_at
    act_as(world["adam"])
    # Tuesday lies in the pause, the Tuesday after it in what is left
    for away in (1, 8):
        actions.set_day(
            Calendar.objects.of(None), day=world.now.date() + away * DAY, name="Closed", hours="",
            by=world["adam"], now=world.now,
        )  # fmt: skip
    sweep(process, world.now)
    triage.refresh_from_db()
    assert (triage.state, triage.due_at) == (State.PAUSED, due + DAY)


@pytest.mark.parametrize("name", ["adam", "anna", "ines", "stan"])
def test_only_who_works_on_it_pauses_its_clocks(
    name: str, concern: Concern, triage: Clock, world: World
) -> None:
    with pytest.raises(PermissionDenied):
        pause(concern, triage, world, until=world.now + DAY, by=name)


def test_a_clock_of_something_else_is_not_paused_from_here(concern: Concern, world: World) -> None:
    other, _ = world.file()
    foreign = Clock.objects.get(kind="triage", subject_id=other.pk)
    with pytest.raises(Http404):
        pause(concern, foreign, world, until=world.now + DAY)


def test_a_pause_is_seen_where_its_clock_is(concern: Concern, triage: Clock, world: World) -> None:
    pause(concern, triage, world, until=world.now + DAY)
    for name, sees in (("olga", 1), ("hana", 1), ("adam", 1), ("stan", 0), ("carl", 0)):
        act_as(world[name])
        assert Pause.objects.count() == sees, name


# -- the page ------------------------------------------------------------------------------


def test_a_clock_is_paused_from_its_concern_and_the_page_says_why_and_until_when(
    concern: Concern, triage: Clock, client: Client, world: World, process: BecomeProcess
) -> None:
    # the page plays now
    with process("owner"):
        Clock.objects.filter(pk=triage.pk).update(due_at=clock.now() + 30 * DAY)
    sign_in(client, world, "olga")
    url = reverse("desk:concern", args=[concern.ref])
    form = client.get(url).context["pause"]
    assert [key for key, _ in form.fields["clock"].choices] == [str(triage.pk)]
    until = (clock.now() + 6 * DAY).date()
    typed = {"clock": str(triage.pk), "reason": "reporter", "until": "soon"}
    refused = client.post(f"{url}pause/", typed).content.decode()
    assert "Write the day as" in refused
    assert 'value="soon"' in refused
    far = client.post(f"{url}pause/", {**typed, "until": "2400-01-01"}).content.decode()
    assert "no longer than until" in far
    page = client.post(f"{url}pause/", {**typed, "until": until.isoformat()}, follow=True)
    shown = page.content.decode()
    assert "Paused for 1 min: waiting for the reporter&#x27;s answer. Runs again" in shown
    assert "paused “Triage”" in shown
    page = client.post(f"{url}resume/", {"again-clock": str(triage.pk)}, follow=True)
    assert "let “Triage” run again" in page.content.decode()
    assert not Pause.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize("address", ["concern", "due"])
def test_a_page_says_for_how_long_a_clock_was_paused_in_all_and_why(
    address: str,
    concern: Concern,
    triage: Clock,
    client: Client,
    world: World,
    process: BecomeProcess,
) -> None:
    # the page plays now
    now = clock.now()
    cases.assign(concern, by=world["olga"], to=world["olga"], now=now)
    with process("owner"):
        Clock.objects.filter(pk=triage.pk).update(due_at=now + 30 * DAY, started_at=now - 30 * DAY)
        lasted = (("away", 20, 19), ("reporter", 9, 8), ("away", 7, 6.875))
        for reason, begun, ended in lasted:
            Pause.objects.create(
                clock=triage,
                reason=reason,
                since=now - begun * DAY,
                until=now,
                ended_at=now - ended * DAY,
                by=world["olga"],
            )
    sign_in(client, world, "olga")
    url = reverse("escalation:due")
    if address == "concern":
        url = reverse("desk:concern", args=[concern.ref])
    why = "whoever it concerns is unfit or away; waiting for the reporter&#x27;s answer"
    assert f"Paused for 2 d 3 h in all: {why}" in client.get(url).content.decode()
    until = now + 2 * DAY
    with process("owner"):
        since = now - DAY - timedelta(hours=1, minutes=1)
        Pause.objects.create(
            clock=triage, reason="legal", since=since, until=until, by=world["olga"]
        )
        Clock.objects.filter(pk=triage.pk).update(state=State.PAUSED, paused_until=until)
    shown = client.get(url).content.decode()
    assert f"Paused for 3 d 4 h: {why}; a court or a law says to wait. Runs again" in shown


def test_the_law_of_the_reporter_is_not_offered_on_a_case(
    concern: Concern, client: Client, world: World
) -> None:
    case = world.triage(concern)
    sign_in(client, world, "olga")
    owed = Clock.objects.get(kind="feedback")
    url = reverse("desk:pause", args=[case.ref])
    typed = {"clock": str(owed.pk), "reason": "reporter", "until": "2400-01-01"}
    assert "cannot be paused now" in client.post(url, typed).content.decode()
    assert not Pause.objects.exists()


def test_whose_concern_is_taken_back_on_the_day_of_a_pause_rested_for_no_time(
    world: World, process: BecomeProcess
) -> None:
    """Of somebody without a name the day alone is kept, which begins before the pause."""
    other, receipt = world.file()
    act_as(world["olga"])
    other = cases.assign(other, by=world["olga"], to=world["olga"], now=world.now)
    theirs = Clock.objects.get(kind="triage", subject_id=other.pk)
    pause(other, theirs, world, until=world.now + 7 * DAY)
    with process("speak"):
        access.present(receipt)
        cases.withdraw(other, now=world.now + timedelta(hours=1))
    with process("owner"):
        theirs.refresh_from_db()
        assert (theirs.state, theirs.paused_for) == (State.CANCELLED, timedelta())


@pytest.mark.parametrize(
    ("filed", "by", "why"),
    [
        ({"in_danger": True}, "olga", "Somebody may be in danger here"),
        ({}, "omar", "Only whoever looks after it"),
    ],
)
def test_a_triage_rests_for_whoever_looks_after_it_and_never_where_somebody_may_be_in_danger(
    world: World, filed: dict[str, Any], by: str, why: str
) -> None:
    one, _ = world.file(**filed)
    act_as(world["olga"])
    one = cases.assign(one, by=world["olga"], to=world["olga"], now=world.now)
    its = Clock.objects.get(kind="triage", subject_id=one.pk)
    with pytest.raises(RuleError, match=why):
        pause(one, its, world, until=world.now + DAY, by=by)
    its.refresh_from_db()
    assert its.state == State.RUNNING
    client = Client()
    sign_in(client, world, by)
    assert not client.get(reverse("desk:concern", args=[one.ref])).context["pause"].is_possible


@pytest.mark.req("TRI-2")
def test_danger_that_is_seen_while_a_triage_rests_ends_the_pause_at_once(
    concern: Concern, triage: Clock, world: World, process: BecomeProcess, client: Client
) -> None:
    concern = cases.assign(
        concern, by=world["olga"], to=world["omar"], now=world.now, why=Given.ASKED
    )
    due = triage.due_at
    pause(concern, triage, world, until=world.now + 7 * DAY, by="omar")
    sign_in(client, world, "olga")
    page = client.get(reverse("desk:concern", args=[concern.ref])).content.decode()
    assert "Somebody may be in danger</button>" in page
    act_as(world["otto"])
    with pytest.raises(PermissionDenied):
        cases.see_danger(concern, by=world["stan"], now=world.now + DAY)
    act_as(world["olga"])
    cases.see_danger(concern, by=world["olga"], now=world.now + DAY)
    triage.refresh_from_db()
    assert (triage.state, triage.paused_until, triage.due_at) == (State.RUNNING, None, due + DAY)
    ended = Pause.objects.get()
    assert (ended.ended_at, ended.ended_by) == (world.now + DAY, world["olga"])
    with process("worker"):
        told = Outbox.objects.filter(template__in=("clock_resume", "danger_seen"))
        assert set(told.values_list("template", "to")) == {
            ("clock_resume", f"person:{world['omar'].pk}"),
            ("danger_seen", f"person:{world['omar'].pk}"),
        }
    with pytest.raises(RuleError, match="Somebody may be in danger here"):
        pause(concern, triage, world, until=world.now + 9 * DAY, by="omar", now=world.now + DAY)
    with pytest.raises(RuleError, match="It says already"):
        cases.see_danger(concern, by=world["olga"], now=world.now + DAY)
    page = client.get(reverse("desk:concern", args=[concern.ref])).content.decode()
    assert "saw that somebody may be in danger" in page
    assert "Somebody may be in danger</button>" not in page
