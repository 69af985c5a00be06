"""Take the steps that are due: ask the duty whom they reach, act, record, post the notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce, Least

from common import days, rows
from escalation import lifecycle, notices
from escalation.actions import alarms
from escalation.actions.alarms import UnfitError
from escalation.actions.breaches import At, breach, has_run_out, is_limit_alone, run_out
from escalation.actions.reminders import Told, said_of, tell
from escalation.actions.turns import NOBODY, Turn, turns
from escalation.duties import REGISTRY, Due, Duty, NoPlaceError
from escalation.lifecycle import Move, State
from escalation.models import Clock, Does, Given, Instead, Outcome, PathStep, Problem, StepTaken
from ledger import actions as ledger
from ledger.actions import Act, Notice
from ledger.rules import SYSTEM, Fact
from ledger.verbs import Verb
from people.models import Attendance, Person
from people.rules import Role

REMINDER = f"clock_{Does.REMIND}"


@dataclass
class Taking:
    """A step as it is taken: whom it reaches, what it does to them, and what became of it."""

    clock: Clock
    step: PathStep
    turn: Turn
    reference: str
    is_needed: bool
    # what was done: a subject that has no part in it is told of instead
    did: Does = Does.NOTIFY
    outcome: Outcome = Outcome.DONE

    @property
    def persons(self) -> list[Person]:
        """Return whom the step reaches."""
        return self.turn.persons


def take_steps(clocks: Sequence[Clock], *, now: datetime) -> int:
    """Take the next step of each clock: act, record, post notices, move the clock on.

    Where its limit alone has come, that is recorded. Return how many steps were taken.
    """
    run_out([clock for clock in clocks if is_limit_alone(clock, now)], now=now)
    clocks = [clock for clock in clocks if not is_limit_alone(clock, now)]
    return _take(clocks, now=now) if clocks else 0


def _take(clocks: Sequence[Clock], *, now: datetime) -> int:
    takings = _ask(_due(clocks), now=now)
    for taking in takings:
        _act(taking, now=now)
    rows.insert_values(
        StepTaken,
        [
            {
                "clock_id": one.clock.pk,
                "n": one.step.n,
                "at": now,
                "reached": len(one.persons),
                "outcome": one.outcome,
                "instead": one.turn.instead if one.persons else Instead.NOBODY,
            }
            for one in takings
        ],
    )
    _move_on(clocks, now=now)
    ledger.record_all([act for one in takings for act in _acts(one, now=now)])
    told = [notice for one in takings for notice in _told(one, now=now)]
    reminders = {one.notice.identity for one in told if one.notice.template == REMINDER}
    tell(told, reminders=reminders, now=now)
    alarms.found_nobody(_of(takings, Outcome.NOBODY), now=now)
    alarms.well(_of(takings, Outcome.DONE, Outcome.NOT_NEEDED))
    return len(takings)


def _of(takings: Sequence[Taking], *outcomes: Outcome) -> list[Clock]:
    return [one.clock for one in takings if one.outcome in outcomes]


def _due(clocks: Sequence[Clock]) -> Due:
    """Return each clock with its next step, or refuse one whose path cannot be followed."""
    steps = {
        (s.version_id, s.n): s
        for s in PathStep.objects.filter(version__in={c.path_id for c in clocks})
    }
    due = [(clock, steps.get((clock.path_id, clock.next_step))) for clock in clocks]
    return [(clock, _fit(clock, step)) for clock, step in due]


def _fit(clock: Clock, step: PathStep | None) -> PathStep:
    if clock.subject_kind not in REGISTRY:
        raise UnfitError(Problem.NO_DUTY)
    if step is None or step.does not in Does:
        raise UnfitError(Problem.NO_STEP)
    if step.role and step.role not in Role:
        raise UnfitError(Problem.NO_ROLE)
    return step


def _ask(due: Due, *, now: datetime) -> list[Taking]:
    """Ask each duty once for all its clocks, and who is here once for all duties."""
    attendance = Attendance.on(days.day_of(now))
    found: list[Taking] = []
    for kind in dict.fromkeys(clock.subject_kind for clock, _ in due):
        mine = [(clock, step) for clock, step in due if clock.subject_kind == kind]
        found += _ask_one(REGISTRY[kind], mine, attendance)
    return found


def _ask_one(duty: Duty, due: Due, attendance: Attendance) -> list[Taking]:
    unmet = _unmet(duty, due, attendance)
    needed = [(clock, step) for clock, step in due if clock.pk not in unmet]
    reached = turns(duty, needed, attendance) if needed else {}
    references = duty.references([clock for clock, _ in needed])
    return [
        Taking(
            clock,
            step,
            reached.get(clock.pk, NOBODY),
            references.get(clock.pk, ""),
            is_needed=clock.pk not in unmet,
        )
        for clock, step in due
    ]


def _unmet(duty: Duty, due: Due, attendance: Attendance) -> set[UUID]:
    """Return the clocks for whose step the condition does not hold.

    Nor does any where nobody else may do what is owed, and whoever owes it is not here.
    """
    away = [clock for clock, step in due if step.given == Given.AWAY]
    owners = duty.owners(away) if away else {}
    unmet = {
        clock.pk
        for clock in away
        if not owners.get(clock.pk) or any(map(attendance.is_here, owners[clock.pk]))
    }
    own = (Given.ALWAYS, Given.AWAY)
    others = [(clock, step) for clock, step in due if step.given not in own]
    if others:
        unmet |= {clock.pk for clock, _ in others} - set(duty.holding(others))
    if not duty.is_done_for_others:
        owing = duty.owners([clock for clock, _ in due])
        unmet |= {pk for pk, some in owing.items() if not any(map(attendance.is_here, some))}
    return unmet


def _act(taking: Taking, *, now: datetime) -> None:
    """Do what a step does, and note what was done."""
    does = taking.did = Does(taking.step.does)
    if not taking.is_needed:
        taking.outcome = Outcome.NOT_NEEDED
    elif does == Does.RAISE:
        _raise(taking, now=now)
    else:
        _reach(taking, now=now)


def _reach(taking: Taking, *, now: datetime) -> None:
    """Do it with whom the step reaches; where none of them has a way in, it reaches nobody."""
    try:
        if taking.persons and not _done(taking, now=now):
            taking.did = Does.NOTIFY
            _tell(taking, now=now)
    except NoPlaceError:
        taking.turn = NOBODY
    if not taking.persons:
        taking.outcome = Outcome.NOBODY


def _raise(taking: Taking, *, now: datetime) -> None:
    """Raise the level; that nobody is there to be told makes it no less urgent."""
    duty = REGISTRY[taking.clock.subject_kind]
    if not duty.raise_level(taking.clock, now=now):
        taking.outcome, taking.turn = Outcome.NOT_NEEDED, NOBODY
    else:
        _let_in(taking, now=now)


def _done(taking: Taking, *, now: datetime) -> bool:
    """Do what a step does with whom it reaches; False where the subject has no part in it."""
    duty, clock, first = REGISTRY[taking.clock.subject_kind], taking.clock, taking.persons[0]
    match taking.did:
        case Does.HAND_OVER:
            return duty.hand_over(clock, first, now=now)
        case Does.REASSIGN:
            return duty.reassign(clock, first, now=now)
        case Does.ADD:
            return duty.add(clock, first, now=now)
        case Does.TASK:
            return duty.open_task(clock, taking.step, taking.persons, now=now)
        case _:
            _tell(taking, now=now)
    return True


def _tell(taking: Taking, *, now: datetime) -> None:
    """Let those who are told open it: who waits with a dormant key, and who stands in."""
    _let_in(taking, now=now)
    if taking.did == Does.NOTIFY and taking.persons:
        REGISTRY[taking.clock.subject_kind].wake(taking.clock, taking.persons, now=now)


def _let_in(taking: Taking, *, now: datetime) -> None:
    """Let in who takes somebody's place; who cannot be is not reached, and gets no letter."""
    guests = taking.turn.guests
    if guests:
        let = REGISTRY[taking.clock.subject_kind].let_in(taking.clock, guests, now=now)
        taking.turn = taking.turn.without([one for one in guests if one not in let])


def _acts(taking: Taking, *, now: datetime) -> list[Act]:
    clock, step = taking.clock, taking.step
    subject = f"{clock.subject_kind}:{clock.subject_id}"
    acts = []
    if has_run_out(clock, now):
        acts.append(breach(clock, now=now))
    facts: dict[str, Fact] = {"clock": clock.kind, "step": step.n}
    match taking.outcome:
        case Outcome.DONE:
            verb = Verb.STEP_TAKEN
            facts |= {"action": taking.did, "reached": len(taking.persons)}
        case Outcome.NOT_NEEDED:
            verb = Verb.STEP_PASSED
            facts |= {"action": step.does}
        case Outcome.NOBODY:
            verb = Verb.STEP_FOUND_NOBODY
    acts.append(Act(verb, SYSTEM, now, subject, facts=facts))
    return acts


def _told(taking: Taking, *, now: datetime) -> list[Told]:
    clock = taking.clock
    return [
        Told(
            clock,
            person,
            Notice(
                identity=f"clock:{clock.pk}:{clock.path_id}:{taking.step.n}:{person.pk}",
                channel=notices.MAIL,
                to=f"person:{person.pk}",
                template=f"clock_{taking.did}",
                at=now,
                context=said_of(
                    clock,
                    person,
                    taking.reference,
                    instead_of=taking.turn.in_place_of(person),
                    now=now,
                ),
            ),
        )
        for person in taking.persons
    ]


def _move_on(clocks: Sequence[Clock], *, now: datetime) -> None:
    """Move each clock to its next step, or past the last, in one statement for the batch.

    A clock that ticks past its limit is breached; a step may also come before the limit.
    """
    is_over = When(due_at__lte=now, then=Value(lifecycle.after(State.RUNNING, Move.BREACH)))
    over_since = When(due_at__lte=now, then=Coalesce("breached_at", "due_at"))
    step_at = At(F("times"), F("next_step") + 1)
    # the smaller of two, or the one that there is
    or_limit = When(due_at__gt=now, then=Least(step_at, F("due_at")))
    Clock.objects.filter(pk__in=[clock.pk for clock in clocks]).update(
        state=Case(is_over, default=F("state")),
        breached_at=Case(over_since, default=F("breached_at")),
        next_step=F("next_step") + 1,
        next_at=Case(or_limit, default=step_at),
    )
