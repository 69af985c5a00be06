"""Acts of escalation: paths, standards, calendars, reminders, pauses."""

from collections.abc import Callable
from datetime import date, time, timedelta

from escalation import actions as escalation
from escalation.models import (
    Calendar,
    CalendarDay,
    Clock,
    Does,
    MoveReason,
    Path,
    PathStep,
    PathVersion,
    SentBack,
    StandardChange,
)
from escalation.rules import Anchor, Limit, Rung
from escalation.rules.ladders import Step
from escalation.rules.pauses import Reason
from ledger.rules import SYSTEM
from tests.architecture.acts.registry import ACTS, act
from tests.architecture.acts.told import ticking
from tests.world import World


@act("escalation.actions.publish_path")
def _(w: World) -> Callable[[], object]:
    steps = [PathStep(limit="0d", does=Does.REMIND)]
    return lambda: escalation.publish_path(
        code="new", name="New", steps=steps, by=SYSTEM, now=w.now
    )


def a_draft(w: World, *, is_proposed: bool = False) -> PathVersion:
    """Return a version of the standard path that adam drafted, and perhaps proposed."""
    draft = escalation.start_draft(Path.objects.get(code="standard"), by=w["adam"], now=w.now)
    if is_proposed:
        escalation.propose_version(draft, by=w["adam"], now=w.now)
    return draft


@act("escalation.actions.make_path")
def _(w: World) -> Callable[[], object]:
    return lambda: escalation.make_path(code="new", name="New", by=w["adam"], now=w.now)


@act("escalation.actions.start_draft")
def _(w: World) -> Callable[[], object]:
    return lambda: a_draft(w)


@act("escalation.actions.add_step")
def _(w: World) -> Callable[[], object]:
    draft, step = a_draft(w), Step(Rung(Anchor.AFTER, Limit(days=2)), Does.REMIND)
    return lambda: escalation.add_step(draft, step=step, by=w["adam"], now=w.now)


@act("escalation.actions.change_step")
def _(w: World) -> Callable[[], object]:
    draft, step = a_draft(w), Step(Rung(Anchor.AFTER, Limit(days=2)), Does.REMIND)
    return lambda: escalation.change_step(draft, n=1, step=step, by=w["adam"], now=w.now)


@act("escalation.actions.move_step")
def _(w: World) -> Callable[[], object]:
    draft = a_draft(w)
    return lambda: escalation.move_step(draft, n=1, to=2, by=w["adam"], now=w.now)


@act("escalation.actions.remove_step")
def _(w: World) -> Callable[[], object]:
    draft = a_draft(w)
    return lambda: escalation.remove_step(draft, n=1, by=w["adam"], now=w.now)


@act("escalation.actions.propose_version")
def _(w: World) -> Callable[[], object]:
    draft = a_draft(w)
    return lambda: escalation.propose_version(draft, by=w["adam"], now=w.now)


@act("escalation.actions.publish_version")
def _(w: World) -> Callable[[], object]:
    draft = a_draft(w, is_proposed=True)
    return lambda: escalation.publish_version(draft, seen=w.now, by=w["hana"], now=w.now)


@act("escalation.actions.send_back_version")
def _(w: World) -> Callable[[], object]:
    draft = a_draft(w, is_proposed=True)
    return lambda: escalation.send_back_version(
        draft, reason=SentBack.TALK, by=w["hana"], now=w.now
    )


@act("escalation.actions.discard_version")
def _(w: World) -> Callable[[], object]:
    draft = a_draft(w)
    return lambda: escalation.discard_version(draft, by=w["adam"], now=w.now)


def published(w: World) -> Path:
    """Return the standard path, of which a second version was published."""
    draft = a_draft(w, is_proposed=True)
    escalation.publish_version(draft, seen=w.now, by=w["hana"], now=w.now)
    return Path.objects.get(code="standard")


@act("escalation.actions.ask_to_move")
def _(w: World) -> Callable[[], object]:
    path = published(w)
    return lambda: escalation.ask_to_move(path, reason=MoveReason.LAW, by=w["adam"], now=w.now)


@act("escalation.actions.set_standard")
def _(w: World) -> Callable[[], object]:
    path = Path.objects.get(code="standard")
    return lambda: escalation.set_standard(
        kind="answer", limit=Limit(days=1), path=path, by=w["adam"], now=w.now
    )


def weekdays(
    hours: str = "9:00-17:00", country: str = "", name: str = "The office"
) -> escalation.Hours:
    """Return a week of five days."""
    return escalation.Hours(name, [hours] * 5 + ["", ""], country=country)


@act("escalation.actions.make_calendar")
def _(w: World) -> Callable[[], object]:
    return lambda: escalation.make_calendar(
        code="new", hours=weekdays(name="New"), by=w["adam"], now=w.now
    )


@act("escalation.actions.change_calendar")
def _(w: World) -> Callable[[], object]:
    hours, office = weekdays("8:00-12:00"), Calendar.objects.of(None)
    return lambda: escalation.change_calendar(office, hours=hours, by=w["adam"], now=w.now)


@act("escalation.actions.set_day")
def _(w: World) -> Callable[[], object]:
    office, day = Calendar.objects.of(None), date(2026, 3, 17)
    return lambda: escalation.set_day(
        office, day=day, name="Off", hours="", by=w["adam"], now=w.now
    )


@act("escalation.actions.foreseen")
def _(w: World) -> Callable[[], object]:
    office, by, now = Calendar.objects.of(None), w["adam"], w.now

    def close() -> escalation.Forecast:
        return escalation.set_day(
            office, day=date(2026, 3, 17), name="Off", hours="", by=by, now=now
        )

    return lambda: escalation.foreseen(office, close, by=by, now=now)


@act("escalation.actions.forget_day")
def _(w: World) -> Callable[[], object]:
    office, day = Calendar.objects.of(None), date(2026, 3, 17)
    escalation.set_day(office, day=day, name="Off", hours="", by=w["adam"], now=w.now)
    return lambda: escalation.forget_day(office, day=day, by=w["adam"], now=w.now)


@act("escalation.actions.confirm_standard")
def _(w: World) -> Callable[[], object]:
    change = later(w)
    return lambda: escalation.confirm_standard(change, by=w["hana"], now=w.now)


@act("escalation.actions.drop_standard")
def _(w: World) -> Callable[[], object]:
    change = later(w)
    return lambda: escalation.drop_standard(change, by=w["hana"], now=w.now)


@act("escalation.actions.retire_path")
def _(w: World) -> Callable[[], object]:
    path = Path.objects.create(code="old", name="Old")
    return lambda: escalation.retire_path(path, by=w["adam"], now=w.now)


def later(w: World) -> StandardChange:
    """Return a change of a standard that waits for somebody else."""
    path = Path.objects.get(code="standard")
    change = escalation.set_standard(
        kind="answer", limit=Limit(days=9), path=path, by=w["adam"], now=w.now
    )
    assert change is not None
    return change


@act("escalation.actions.retire_calendar")
def _(w: World) -> Callable[[], object]:
    nepal = escalation.make_calendar(
        code="nepal", hours=weekdays(name="Nepal"), by=w["adam"], now=w.now
    )
    return lambda: escalation.retire_calendar(nepal, by=w["adam"], now=w.now)


@act("escalation.actions.work_by")
def _(w: World) -> Callable[[], object]:
    office = Calendar.objects.of(None)
    return lambda: escalation.work_by(w.unit, calendar=office, by=w["adam"], now=w.now)


@act("escalation.actions.load_holidays")
def _(w: World) -> Callable[[], object]:
    office = Calendar.objects.of(None)
    escalation.change_calendar(office, hours=weekdays(country="GB"), by=w["adam"], now=w.now)
    CalendarDay.objects.all().delete()
    return lambda: escalation.load_holidays(now=w.now)


@act("escalation.actions.prefer_reminders")
def _(w: World) -> Callable[[], object]:
    return lambda: escalation.prefer_reminders(
        w["olga"], daily_at=None, quiet=(time(20), time(7)), now=w.now
    )


@act("escalation.actions.pause_clock")
def _(w: World) -> Callable[[], object]:
    _, clock = ticking(w)
    until = w.now + timedelta(days=1)
    return lambda: escalation.pause_clock(
        clock.pk, reason=Reason.REPORTER, until=until, by=w["olga"], now=w.now
    )


@act("escalation.actions.resume_clock")
def _(w: World) -> Callable[[], object]:
    ACTS["escalation.actions.pause_clock"](w)()
    clock = Clock.objects.get(kind="triage")
    return lambda: escalation.resume_clock(clock.pk, by=w["olga"], now=w.now)
