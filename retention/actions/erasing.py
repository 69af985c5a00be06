"""Erase what two people decided, in steps of which each can be the first after a crash.

The two clusters share no transaction. So what is to be erased is written down first; whoever finds
that row goes on: destroy the keys, delete the rows, forget the coded facts. Each step does nothing
where it was done before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from cases import access, parts
from cases import actions as cases
from cases.lifecycle import DRAFTS
from cases.models import Case, Concern, IdentityRequest, Link, Task, Wall
from common import days
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from retention import lifecycle
from retention.access import Kept
from retention.actions.disposals import mark_stopped
from retention.lifecycle import DisposalMove
from retention.models import Disposal, Tombstone
from safes import actions as safes
from safes import reports
from safes.models import Erasure

# what the ledger goes on saying about something that is erased
REMEMBERED = (
    Verb.DISPOSAL_PROPOSED,
    Verb.DISPOSAL_APPROVED,
    Verb.HOLD_PLACED,
    Verb.HOLD_LIFTED,
    Verb.ERASED,
)


def erase(*, now: datetime) -> int:
    """Erase everything whose time has come, and go on with what was begun; return how many.

    One that fails stops no other; the first failure is raised when all were tried.
    """
    done, failures = 0, []
    for disposal_id in Disposal.objects.due(now).values_list("pk", flat=True):
        try:
            begin(disposal_id, now=now)
        except Exception as failure:  # noqa: BLE001 - whatever one raises, the others go on
            failures.append(failure)
    for erasure in Erasure.objects.filter(is_finished=False).order_by("on", "id"):
        try:
            safes.destroy_keys(erasure)
            finish(erasure, now=now)
        except Exception as failure:  # noqa: BLE001 - whatever one raises, the others go on
            failures.append(failure)
        else:
            done += 1
    for erasure in Erasure.objects.filter(is_finished=True, is_forgotten=False):
        forget(erasure)
    if failures:
        raise failures[0]
    return done


@transaction.atomic
def begin(disposal_id: UUID, *, now: datetime) -> Erasure | None:
    """Write down that a disposal is carried out, unless something stands in its way by now.

    From the commit on receipts find nothing, and the erasing is finished whatever happens.
    """
    due = Disposal.objects.due(now).filter(pk=disposal_id)
    found = due.first()
    if found is None:
        return None
    # before the disposal, as whoever reopens a case holds them
    things = _things(found)
    disposal = due.select_for_update(skip_locked=True, of=("self",)).first()
    if disposal is None:
        return None
    kept = Kept(things.case or things.concerns[0])
    if kept.outcome is None or kept.is_held():
        mark_stopped(disposal, by=None, now=now)
        return None
    disposal.state = lifecycle.disposal_after(disposal.state, DisposalMove.ERASE)
    disposal.save(update_fields=["state"])
    cases.hide(things.concerns)
    return safes.begin_erasure(
        erasure_id=disposal.pk,
        ground=disposal.ground,
        subjects=things.subjects,
        safes=things.safes,
        now=now,
        is_walled=things.is_walled(),
    )


@dataclass(frozen=True)
class _Things:
    """What goes together: a case with its concerns, or concerns alone; held until the commit."""

    case: Case | None
    concerns: list[Concern]

    @property
    def cases(self) -> list[Case]:
        """Return the case, if there is one, and what was merged into it."""
        return [self.case, *self.case.parts.order_by("pk")] if self.case else []

    @property
    def subjects(self) -> list[str]:
        """Return how the ledger names them."""
        of_case = [f"case:{one.pk}" for one in self.cases]
        tasks = Task.objects.of(self.case, self.concerns).values_list("pk", flat=True)
        links = Link.objects.of(case=self.case, concerns=self.concerns)
        asked = IdentityRequest.objects.filter(concern__in=self.concerns)
        return [
            *of_case,
            *(concern.subject for concern in self.concerns),
            *(f"task:{pk}" for pk in tasks),
            *(f"link:{pk}" for pk in links.values_list("pk", flat=True)),
            *(f"request:{pk}" for pk in asked.values_list("pk", flat=True)),
        ]

    @property
    def safes(self) -> list[UUID]:
        """Return every safe of theirs, those of an identity and of who may open it included."""
        found = [one.pk for case in self.cases for one in access.safes_of_case(case)]
        for concern in self.concerns:
            found += [concern.safe_id, *filter(None, [concern.identity_safe_id])]
        opened = IdentityRequest.objects.filter(concern__in=self.concerns).exclude(opening=None)
        return [*found, *opened.values_list("opening", flat=True)]

    def is_walled(self) -> bool:
        """Return whether a wall stands around any of them."""
        around = Wall.objects.filter(concern__in=self.concerns)
        if self.case:
            around |= Wall.objects.filter(case=self.case)
        return around.exists()


def _things(disposal: Disposal) -> _Things:
    if disposal.concern_id:
        return _Things(None, [Concern.objects.locked(disposal.concern_id)])
    if disposal.case_id is None:
        raise AssertionError
    case = Case.objects.locked(disposal.case_id)
    held = case.concerns.select_for_update(of=("self",)).order_by("pk")
    return _Things(case, list(held))


@transaction.atomic
def finish(erasure: Erasure, *, now: datetime) -> None:
    """Delete the rows, leave a tombstone for each, and record it; done once, whoever comes."""
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if erasure.is_finished:
        return
    case_ids = _ids(erasure, "case")
    concern_ids = _ids(erasure, "concern")
    if erasure.ground != DRAFTS:
        _bury(erasure, case_ids, concern_ids, now=now)
    cases.erase(cases=case_ids, concerns=concern_ids)
    safes.finish_erasure(erasure)


def _ids(erasure: Erasure, kind: str) -> list[UUID]:
    named = (subject.partition(":") for subject in erasure.subjects)
    return [UUID(code) for found, _, code in named if found == kind]


def _bury(
    erasure: Erasure, case_ids: Sequence[UUID], concern_ids: Sequence[UUID], *, now: datetime
) -> None:
    """Leave a tombstone for each row that is there, and record that it is erased."""
    decided = Disposal.objects.filter(pk=erasure.pk).first()
    found_cases = Case.objects.filter(pk__in=case_ids)
    found_concerns = Concern.objects.filter(pk__in=concern_ids).select_related("case")
    stones = [
        *(_stone(erasure, decided, one, *_span(one)) for one in found_cases),
        *(_stone(erasure, decided, one, one.filed_on, _end(one)) for one in found_concerns),
    ]
    Tombstone.objects.bulk_create(stones, ignore_conflicts=True)
    ledger.record_all(
        [
            Act(
                Verb.ERASED,
                SYSTEM,
                now,
                f"{stone.kind}:{stone.pk}",
                facts={"ground": erasure.ground, "erasure": str(erasure.pk)},
            )
            for stone in stones
        ]
    )


def _span(case: Case) -> tuple[date, date | None]:
    return days.day_of(case.opened_at), days.day_of(case.closed_at) if case.closed_at else None


def _end(concern: Concern) -> date | None:
    case = concern.case
    if case is not None and case.closed_at is not None:
        # of one that was taken up again, the last time
        return days.day_of(case.closed_at)
    return concern.closed_on or concern.withdrawn_on


def _stone(
    erasure: Erasure,
    decided: Disposal | None,
    row: Case | Concern,
    began: date | None,
    ended: date | None,
) -> Tombstone:
    is_case = isinstance(row, Case)
    return Tombstone(
        id=row.pk,
        kind=Tombstone.Kind.CASE if is_case else Tombstone.Kind.CONCERN,
        ref=row.ref,
        began_on=began,
        ended_on=ended,
        erased_on=erasure.on,
        ground=erasure.ground,
        law=decided.law if decided else "",
        is_walled=erasure.is_walled,
        proposed_by=decided.proposed_by if decided else None,
        approved_by=decided.decided_by if decided else None,
    )


@transaction.atomic
def forget(erasure: Erasure) -> bool:
    """Erase the coded facts that the ledger and its readers hold, once all of them have read."""
    if ledger.forget(erasure.subjects, but=REMEMBERED):
        return False
    parts.forget(erasure.subjects)
    Erasure.objects.filter(pk=erasure.pk).update(is_forgotten=True)
    return True


def replay(*, now: datetime, more: Iterable[Erasure] = ()) -> int:
    """Erase again what a restore of either cluster brought back; return how many erasures."""
    undone = reports.overdue(more)
    with transaction.atomic():
        safes.reopen_erasures(undone)
        if undone:
            ledger.record(
                Verb.ERASURES_REPLAYED,
                by=SYSTEM,
                at=now,
                subject=f"erasures:{days.day_of(now)}",
                count=len(undone),
            )
    erase(now=now)
    return len(undone)
