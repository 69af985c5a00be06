"""Take the steps that are due: ask the duty whom they reach, act, record, post the notices."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Case, DateTimeField, F, Func, Value, When
from django.db.models.functions import Coalesce

from common import days
from escalation import lifecycle, notices
from escalation.actions.clocks import breach
from escalation.actions.reminders import Told, tell
from escalation.duties import REGISTRY
from escalation.lifecycle import Move, State
from escalation.models import Clock, Does, Outcome, PathStep, StepTaken
from ledger import actions as ledger
from ledger.actions import Act, Notice
from ledger.rules import SYSTEM, Fact
from ledger.verbs import Verb
from people.models import Person

REMINDER = f"clock_{Does.REMIND}"


class At(Func):
    """An element of an array by its number, from 1; NULL past its end."""

    template = "(%(expressions)s])"
    arg_joiner = "["
    output_field = DateTimeField()


def take_steps(clocks: Sequence[Clock], *, now: datetime) -> int:
    """Take the next step of each clock: act, record, post notices, move the clock on."""
    steps = {
        (s.version_id, s.n): s
        for s in PathStep.objects.filter(version__in={c.path_id for c in clocks})
    }
    due = [(clock, steps[clock.path_id, clock.next_step]) for clock in clocks]
    reached, references = _ask(due)
    acts: list[Act] = []
    told: list[Told] = []
    for clock, step in due:
        persons = reached.get(clock.pk, [])
        if step.does == Does.HAND_OVER and persons:
            REGISTRY[clock.subject_kind].hand_over(clock, persons[0], now=now)
        elif step.does == Does.NOTIFY and persons:
            REGISTRY[clock.subject_kind].wake(clock, persons, now=now)
        acts += _acts(clock, step, len(persons), now=now)
        told += _told(clock, step, persons, references[clock.pk], now=now)
    StepTaken.objects.bulk_create(
        StepTaken(
            clock=clock,
            n=step.n,
            at=now,
            reached=len(reached.get(clock.pk, [])),
            outcome=Outcome.DONE if reached.get(clock.pk) else Outcome.NOBODY,
        )
        for clock, step in due
    )
    _move_on(clocks, now=now)
    ledger.record_all(acts)
    reminders = {one.notice.identity for one in told if one.notice.template == REMINDER}
    tell(told, reminders=reminders, now=now)
    return len(due)


def _ask(due: Sequence[tuple[Clock, PathStep]]) -> tuple[dict[UUID, list[Person]], dict[UUID, str]]:
    """Ask each duty once for all its clocks."""
    reached: dict[UUID, list[Person]] = {}
    references: dict[UUID, str] = {}
    for kind in {clock.subject_kind for clock, _ in due}:
        mine = [(clock, step) for clock, step in due if clock.subject_kind == kind]
        reached.update(REGISTRY[kind].next_persons(mine))
        references.update(REGISTRY[kind].references([clock for clock, _ in mine]))
    return reached, references


def _acts(clock: Clock, step: PathStep, reached: int, *, now: datetime) -> list[Act]:
    subject = f"{clock.subject_kind}:{clock.subject_id}"
    acts = []
    if clock.state == State.RUNNING and clock.due_at <= now:
        acts.append(breach(clock, now=now))
    if reached:
        facts: dict[str, Fact] = {
            "clock": clock.kind,
            "step": step.n,
            "action": step.does,
            "reached": reached,
        }
        acts.append(Act(Verb.STEP_TAKEN, SYSTEM, now, subject, facts=facts))
    else:
        facts = {"clock": clock.kind, "step": step.n}
        acts.append(Act(Verb.STEP_FOUND_NOBODY, SYSTEM, now, subject, facts=facts))
    return acts


def _told(
    clock: Clock, step: PathStep, persons: Sequence[Person], reference: str, *, now: datetime
) -> list[Told]:
    return [
        Told(
            clock,
            person,
            Notice(
                identity=f"clock:{clock.pk}:{step.n}:{person.pk}",
                channel=notices.MAIL,
                to=f"person:{person.pk}",
                template=f"clock_{step.does}",
                at=now,
                context={
                    "name": person.name,
                    "reference": reference,
                    "clock": clock.kind,
                    "due_on": days.day_of(clock.due_at).isoformat(),
                },
            ),
        )
        for person in persons
    ]


def _move_on(clocks: Sequence[Clock], *, now: datetime) -> None:
    """Move each clock to its next step, or past the last, in one statement for the batch.

    A clock that ticks past its limit is breached; a step may also come before the limit.
    """
    is_over = When(due_at__lte=now, then=Value(lifecycle.after(State.RUNNING, Move.BREACH)))
    over_since = When(due_at__lte=now, then=Coalesce("breached_at", "due_at"))
    Clock.objects.filter(pk__in=[clock.pk for clock in clocks]).update(
        state=Case(is_over, default=F("state")),
        breached_at=Case(over_since, default=F("breached_at")),
        next_step=F("next_step") + 1,
        next_at=At(F("times"), F("next_step") + 1),
    )
