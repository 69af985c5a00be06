"""What a step of the engine does to a concern and its case; and how work goes to somebody else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from cases import access, notices
from cases.actions import identities
from cases.actions.places import function_of, give_place, safes_of_team, step_back
from cases.actions.removal import let_lead
from cases.duties import (
    CaseDuty,
    ConcernDuty,
    OriginalDuty,
    TaskDuty,
    give_task,
    has_place,
    held,
    note_owner,
    open_task,
    parted,
)
from cases.duties.about import About
from cases.lifecycle import Area, ConcernStatus, Function, Level, TaskKind
from cases.models import Case, Concern, Member
from common.errors import RuleError
from escalation.duties import Duty, NoPlaceError, VanishedError
from escalation.models import Clock, PathStep
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import SYSTEM, Actor, Fact
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from safes import actions as safes

# what time alone can make of something: that somebody may be in danger, only a person says
AS_URGENT_AS_TIME_MAKES_IT = Level.HIGH
WALLED = "A wall went up meanwhile."


class Letting(Duty):
    """Lets whoever stands in for somebody into what belongs to a concern or its case."""

    def concern_of(self, clock: Clock) -> UUID:
        """Return the concern, or one of the case, to which a clock belongs."""
        raise NotImplementedError

    def let_in(self, clock: Clock, persons: Sequence[Person], *, now: datetime) -> Sequence[Person]:
        """Let whoever stands in see the concern or its case, and open it: of the office alone."""
        concern = held(self.concern_of(clock))
        office = [one for one in persons if one.is_office]
        free = access.without_walled(office, list(concern.walls.all()))
        return [
            one for one in free if access.is_let_in(one, concern) or let_in(concern, one, now=now)
        ]


class Acting(Letting):
    """What steps do to whatever belongs to a concern or its case."""

    def reassign(self, clock: Clock, person: Person, *, now: datetime) -> bool:
        """Make it somebody else's, and tell whoever had it."""
        concern = held(self.concern_of(clock))
        before = concern.case.lead if concern.case else concern.owner
        if before == person:
            return False
        _require_free(concern, person)
        pass_on(concern, person, by=SYSTEM, how="escalated", now=now)
        if before is not None and before.is_active:
            reference = concern.case.ref if concern.case else concern.ref
            ledger.post(notices.taken(reference, before, person, now=now))
        return True

    def add(self, clock: Clock, person: Person, *, now: datetime) -> bool:
        """Bring somebody in beside whoever has it: their key wakes, and they see it."""
        concern = held(self.concern_of(clock))
        if access.is_walled(person, list(concern.walls.all())):
            raise RuleError(WALLED)
        if not access.is_let_in(person, concern):
            if not _has_place(concern, person):
                raise NoPlaceError
            _open_to(concern, person, now=now)
            _record(concern, Verb.CASE_ASSIGNED, SYSTEM, how="added", now=now)
        return True

    def raise_level(self, clock: Clock, *, now: datetime) -> bool:
        """Make it one level more urgent, which puts it further up in the lists."""
        concern = held(self.concern_of(clock))
        place: Concern | Case = concern.case or concern
        if place.urgency >= AS_URGENT_AS_TIME_MAKES_IT:
            return False
        place.urgency = Level(place.urgency + 1)
        place.save(update_fields=["urgency"])
        subject = f"case:{place.pk}" if concern.case else concern.subject
        level = int(place.urgency)
        ledger.record(Verb.URGENCY_RAISED, by=SYSTEM, at=now, subject=subject, urgency=level)
        return True

    def open_task(
        self,
        clock: Clock,
        step: PathStep,  # noqa: ARG002 - the engine asks with it
        persons: Sequence[Person],
        *,
        now: datetime,
    ) -> bool:
        """Open a task for the first of these, who is let in to do it."""
        if not self.let_in(clock, persons[:1], now=now):
            raise NoPlaceError
        concern = held(self.concern_of(clock))
        open_task(
            concern.case or concern,
            kind=TaskKind.TASK,
            assignee=persons[0],
            path=clock.path,
            now=now,
        )
        return True


class ConcernSteps(Acting, ConcernDuty):
    """The duty for clocks of concerns, with what their steps do."""

    def concern_of(self, clock: Clock) -> UUID:
        """Return the concern."""
        return clock.subject_id


class CaseSteps(Acting, CaseDuty):
    """The duty for clocks of cases, with what their steps do."""

    def concern_of(self, clock: Clock) -> UUID:
        """Return a concern of the case."""
        return concern_in(self.abouts([clock.subject_id]))


class TaskSteps(Acting, TaskDuty):
    """The duty for clocks of tasks, with what their steps do."""

    def concern_of(self, clock: Clock) -> UUID:
        """Return what the task is about, or a concern of its case."""
        return concern_in(self.abouts([clock.subject_id]))

    def reassign(self, clock: Clock, person: Person, *, now: datetime) -> bool:
        """Give the task to somebody else, who is let in to do it; the case stays with its lead."""
        if not self.let_in(clock, [person], now=now):
            raise NoPlaceError
        return give_task(clock.subject_id, person)


class OriginalSteps(Letting, OriginalDuty):
    """The duty for requests for an original: whoever stands in for somebody of the team gets in."""

    def concern_of(self, clock: Clock) -> UUID:
        """Return the concern of the file."""
        return concern_in(self.abouts([clock.subject_id]))


def concern_in(abouts: Mapping[UUID, About]) -> UUID:
    """Return the first concern of the one subject that was asked about, or say that it is gone."""
    for about in abouts.values():
        if about.concerns:
            return min(about.concerns)
    raise VanishedError


def pass_on(concern: Concern, to: Person, *, by: Actor, how: str, now: datetime) -> None:
    """Make a concern, or the case in which it is, somebody's; whoever had it keeps their key.

    Part of an act that holds both and asked who may. A former lead stays on the team.
    """
    if concern.case is not None:
        pass_case(concern.case, to, by=by, how=how, now=now)
        return
    concern.owner = to
    concern.save(update_fields=["owner"])
    note_owner(concern)
    _let_open(concern, to, now=now)
    _record(concern, Verb.CONCERN_ASSIGNED, by, how=how, now=now)


def pass_case(case: Case, to: Person, *, by: Actor, how: str, now: datetime) -> None:
    """Make a case somebody's to lead, with the keys to what its reporters told."""
    before = case.lead
    # one leads at a time; what only a lead may see is taken from the former once the next has it
    led = Member.objects.standing().filter(case=case, function=Function.LEAD)
    led.update(function=Function.INVESTIGATOR)
    case.lead = to
    case.save(update_fields=["lead"])
    let_lead(case, to, now=now)
    concerns = list(case.concerns.select_related("safe", "identity_safe"))
    for safe in [*safes_of_team(case), *(concern.safe for concern in concerns)]:
        if not safes.activate(safe, to):
            safes.miss(safe, [to], now=now)
    step_back(case, before)
    identities.keep_apart(concerns, [to])
    for concern in concerns:
        concern.case = case
        note_owner(concern)
    ledger.record(Verb.CASE_PASSED, by=by, at=now, subject=f"case:{case.pk}", how=how)


def let_in(concern: Concern, person: Person, *, now: datetime) -> bool:
    """Let somebody who stands in see a concern or its case and open it; return whether they may.

    Whoever finds no place on it is given no key, and nothing is recorded.
    """
    if not _has_place(concern, person):
        return False
    if concern.identity_safe is not None and not parted(concern.identity_safe, person):
        # whoever keeps the last share of a name comes nowhere near what was told
        return False
    _open_to(concern, person, now=now)
    _record(concern, Verb.STOOD_IN, SYSTEM, now=now)
    return True


def _has_place(concern: Concern, person: Person) -> bool:
    """Return whether somebody would see a concern, were they let in: before triage one alone is.

    Whoever is on its case in a part alone stays in that part, and stands in for nobody.
    """
    if concern.case is not None:
        place = Member.objects.standing().filter(case=concern.case, person=person).first()
        return place is None or Area.CONCERNS.value in place.areas
    if concern.handed_to is None:
        return True
    return has_place(person, {concern.handed_to.pk})


def _open_to(concern: Concern, person: Person, *, now: datetime) -> None:
    if concern.case is not None and not person.holds(Role.HEAD):
        case = concern.case
        give_place(case, person, function_of(person, case.lead), now=now)
    elif not person.holds(Role.HEAD, Role.OFFICER) and concern.handed_to is None:
        concern.handed_to = person
        concern.save(update_fields=["handed_to"])
        note_owner(concern)
    _let_open(concern, person, now=now)


def _let_open(concern: Concern, person: Person, *, now: datetime) -> None:
    for safe in access.safes_of(concern):
        if not safes.activate(safe, person):
            safes.miss(safe, [person], now=now)
    identities.keep_apart([concern], [person])


def _require_free(concern: Concern, person: Person) -> None:
    if concern.status not in {ConcernStatus.RECEIVED, ConcernStatus.IN_CASE}:
        msg = "It is closed meanwhile."
        raise RuleError(msg)
    if access.is_walled(person, list(concern.walls.all())):
        raise RuleError(WALLED)


def _record(concern: Concern, verb: Verb, by: Actor, *, now: datetime, **facts: Fact) -> None:
    subject = concern.subject
    if concern.case_id is not None:
        subject = f"case:{concern.case_id}"
    elif verb == Verb.CASE_ASSIGNED:
        verb = Verb.CONCERN_ASSIGNED
    ledger.record_all([Act(verb, by, now, subject, facts=facts)])
