"""What time did, as entries of a timeline."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from cases.desk.views.timeline.items import Item, mark_of, name_of
from common import days
from escalation.models import Clock, ClockMove, Does, Given, Instead, Outcome, PathStep, StepTaken
from escalation.rules.kinds import is_promised
from escalation.rules.pauses import Reason
from people.models import Person
from people.rules import Role

# what a step did, by what its path says; a later step says whom it reached instead
DONE = {
    Does.REMIND: "Reminded whoever looks after it",
    Does.NOTIFY: "Told the {role}",
    Does.REASSIGN: "Given to the next {role} in turn",
    Does.ADD: "Brought in the {role} beside whoever looks after it",
    Does.HAND_OVER: "Handed over to the {role}",
    Does.RAISE: "Made it more urgent",
    Does.TASK: "Opened a task for the {role}",
}


# and whom it reached in the place of whoever that was
INSTEAD_REMINDED = {
    Instead.NOBODY: "",
    Instead.STAND_IN: " They are away, so whoever stands in for them was reminded.",
    Instead.NEXT: " They are away and nobody stands in, so somebody else was reminded who sees it "
    "anyway: of the team, of those on duty, or the head. Nobody new was let in.",
}
INSTEAD = {
    Instead.NOBODY: "",
    Instead.STAND_IN: " Of these, whoever was away is stood in for.",
    Instead.NEXT: " Nobody of these was here, so it reached somebody else.",
}


def times(clocks: Sequence[Clock], viewer: Person) -> Iterator[Item]:
    """Yield what each clock did: that it was met, that it ran out, and each step it took."""
    by_id = {clock.pk: clock for clock in clocks}
    taken_by_them = list(StepTaken.objects.filter(clock__in=by_id))
    # a clock that was moved to another version has steps of the one before
    paths = {clock.path_id for clock in clocks} | {one.version_id for one in taken_by_them}
    steps = {(step.version_id, step.n): step for step in PathStep.objects.filter(version__in=paths)}
    for clock in clocks:
        if clock.breached_at is not None:
            yield _tick(
                clock.breached_at, f"{clock.pk} breached", f"“{_promised(clock)}” ran out of time."
            )
        yield from _rested(clock, viewer)
        is_late = clock.met_at is not None and clock.met_at > clock.due_at
        if clock.met_at is not None and (is_late or is_promised(clock.kind)):
            late = ", late" if is_late else ""
            yield _tick(clock.met_at, f"{clock.pk} met", f"“{_promised(clock)}” was kept{late}.")
    for move in ClockMove.objects.filter(clock__in=by_id):
        yield _tick(move.at, str(move.pk), _retimed(by_id[move.clock_id], move))
    for taken in taken_by_them:
        clock = by_id[taken.clock_id]
        step = steps[taken.version_id or clock.path_id, taken.n]
        yield _tick(taken.at, str(taken.pk), _stepped(step, clock, taken))


def _rested(clock: Clock, viewer: Person) -> Iterator[Item]:
    """Yield each pause of a clock, and how it ended."""
    for pause in clock.pauses.all():
        until, label = days.day_of(pause.until), Reason(pause.reason).label
        why = label[0].lower() + label[1:]
        yield Item(
            moment=pause.since,
            key=str(pause.pk),
            shown=pause.since,
            who=name_of(pause.by, viewer),
            did=f"paused “{_promised(clock)}” until {until.day} {until:%B %Y}: {why}",
            mark=mark_of(pause.by, viewer),
        )
        if pause.ended_at is None or clock.met_at == pause.ended_at:
            continue
        if pause.ended_by is None:
            yield _tick(
                pause.ended_at, f"{pause.pk} ended", f"“{_promised(clock)}” runs again, as planned."
            )
        else:
            yield Item(
                moment=pause.ended_at,
                key=f"{pause.pk} ended",
                shown=pause.ended_at,
                who=name_of(pause.ended_by, viewer),
                did=f"let “{_promised(clock)}” run again",
                mark=mark_of(pause.ended_by, viewer),
            )


def _retimed(clock: Clock, move: ClockMove) -> str:
    was, now = days.last_day(move.was), days.last_day(move.now)
    day = f"{now.day} {now:%B %Y}"
    if was == now:
        when = f"runs out at another time of {day}"
    else:
        when = f"runs out on {day} instead of {was.day} {was:%B %Y}"
    return f"“{_promised(clock)}” {when}: {move.why}."


def _tick(at: datetime, key: str, did: str) -> Item:
    return Item(moment=at, key=key, shown=at, who="Clock", did=did, mark="clock")


def _promised(clock: Clock) -> str:
    return clock.name


def _stepped(step: PathStep, clock: Clock, taken: StepTaken) -> str:
    begun = f"“{_promised(clock)}”, step {step.n}."
    if taken.outcome == Outcome.NOT_NEEDED:
        why = "It is as urgent as time makes it"
        if step.given != Given.ALWAYS:
            why = f"It is taken only {step.get_given_display()}"
        return f"{begun} Nothing was needed. {why}."
    if taken.outcome == Outcome.NOBODY:
        return f"{begun} Nobody could be reached."
    role = Role(step.role).label.lower() if step.role else ""
    does = Does(step.does)
    told = INSTEAD_REMINDED if does == Does.REMIND else INSTEAD
    return f"{begun} {DONE[does].format(role=role)}.{told[Instead(taken.instead)]}"
