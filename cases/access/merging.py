"""What merging two cases would do: who comes to read what, who leaves, which clocks count."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cases.access.areas import is_able
from cases.access.walls import walled
from cases.lifecycle import (
    CLOCKS_OF_CASES,
    CaseStatus,
    ClosingState,
    Deed,
    Function,
    Phase,
    RedactionState,
)
from cases.lifecycle.plans import PlanState
from cases.models import Case, Member
from escalation.lifecycle import COUNTING
from escalation.models import Clock
from people.models import Person


@dataclass(frozen=True)
class Kept:
    """A clock that runs on the survivor afterwards, and until when."""

    clock: Clock
    # of which case it is now
    of: Case

    @property
    def due_at(self) -> datetime:
        """Return when it runs out."""
        return self.clock.due_at


@dataclass(frozen=True)
class Foreseen:
    """What merging would do."""

    # on the survivor alone: they read what is merged into it
    read_on: list[Person]
    # on the merged one alone: they come onto the survivor, if they are brought
    come: list[Person]
    # how many before whom a wall of the one or the other stands; a wall tells no names
    leave: int
    clocks: list[Kept]
    concerns: int
    tasks: int


def may_merge(person: Person, case: Case, into: Case) -> bool:
    """Return whether somebody may merge two cases: on the whole of both, leading one of them."""
    # what they did not see would stay behind
    places = list(Member.objects.current().filter(person=person, case__in=[case, into]))
    is_on_both = len(places) > 1 and all(is_able(one, Deed.MERGE) for one in places)
    return is_on_both and any(one.function == Function.LEAD for one in places)


def against_merging(case: Case, into: Case) -> list[str]:
    """Return every reason why a case cannot be merged into another one now."""
    if case.pk == into.pk:
        return ["A case is not merged into itself."]
    found = [*_against(case), *_against(into)]
    if case.phase != Phase.NONE and into.phase == Phase.NONE:
        found.append(
            f"{case.ref} is investigated and {into.ref} is not. Begin an investigation there "
            "first, or merge the other way round."
        )
    if case.agreements.exists() and into.agreements.exists():
        found.append("An agreement stands on each, and one case has one that counts.")
    return found


def _against(one: Case) -> Iterator[str]:
    """Yield why a case is merged with no other now."""
    if one.part_of_id is not None:
        yield f"{one.ref} was merged into another case already."
    elif one.status != CaseStatus.OPEN:
        yield f"{one.ref} is closed. Reopen it first, under “Closing”."
    if one.closings.filter(state=ClosingState.ASKED).exists():
        yield f"Somebody asked to close {one.ref}. Take that back first."
    if one.plans.filter(state=PlanState.ASKED).exists():
        yield f"Terms of reference of {one.ref} wait for another person. Let them decide first."
    if one.redactions.filter(state=RedactionState.WAITING).exists():
        yield f"A redacted copy is being made of a file of {one.ref}. Try again in a minute."


def foreseen(case: Case, into: Case) -> Foreseen:
    """Return what merging a case into another one would do, as things stand."""
    there, here = _team(into), _team(case)
    behind = walled([*there, *here], [*case.walls.all(), *into.walls.all()])
    both = {one.pk for one in there} & {one.pk for one in here}
    return Foreseen(
        read_on=[one for one in there if one.pk not in behind | both],
        come=[one for one in here if one.pk not in behind | both],
        leave=len({one.pk for one in [*there, *here]} & behind),
        clocks=clocks_after(case, into),
        concerns=case.concerns.count(),
        tasks=case.tasks.filter(done_at=None, cancelled_at=None).count(),
    )


def clocks_after(case: Case, into: Case) -> list[Kept]:
    """Return the clocks that run on afterwards: of two of a kind, the one that ends earlier.

    That of a phase counts only where the survivor is in it.
    """
    running = Clock.objects.about(CLOCKS_OF_CASES, [case.pk, into.pk]).filter(state__in=COUNTING)
    best: dict[str, Clock] = {}
    for clock in running.order_by("due_at", "pk"):
        if clock.kind in Phase.values and clock.kind != into.phase:
            continue
        best.setdefault(clock.kind, clock)
    return [Kept(one, case if one.subject_id == case.pk else into) for one in best.values()]


def _team(case: Case) -> list[Person]:
    team = Person.objects.filter(memberships__case=case, memberships__left_at=None)
    return list(team.order_by("name", "pk"))
