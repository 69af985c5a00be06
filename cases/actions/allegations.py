"""Write down what is alleged, and sign what was found of it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max

from cases.actions.held import KEPT, held_open, seal
from cases.actions.slips import require_standing
from cases.lifecycle import OF_ALLEGATIONS, RESTS_ON_EVIDENCE, Finding
from cases.models import Allegation, Bears, Case, Category, Found, Party
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes.rules import Opener

# the sealed words: of an allegation, and why something was found of it
TEXT, REASON = "allegation", "reason"


@transaction.atomic
def add_allegation(
    case: Case,
    *,
    by: Person,
    category: Category,
    text: str,
    now: datetime,
    against: Party | None = None,
    opener: Opener | None = None,
) -> Allegation:
    """Write down one thing that is alleged, and of which something will be found."""
    case = held_open(case, by)
    if not text.strip():
        msg = f"Write what is alleged. {KEPT}"
        raise RuleError(msg)
    if against is not None and against.case_id != case.pk:
        msg = f"Choose a party of this case. {KEPT}"
        raise RuleError(msg)
    require_standing(against)
    last = case.allegations.aggregate(last=Max("n"))["last"] or 0
    allegation = Allegation(
        id=uuid4(),
        case=case,
        n=last + 1,
        category=category,
        against=against,
        added_by=by,
        added_at=now,
    )
    allegation.save(force_insert=True)
    seal(case, allegation.pk, {TEXT: text}, opener=opener)
    ledger.record(
        Verb.ALLEGATION_ADDED,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        category=category.code,
    )
    return allegation


@transaction.atomic
def sign_finding(
    allegation: Allegation,
    *,
    by: Person,
    finding: Finding,
    reason: str,
    now: datetime,
    relied_on: Collection[UUID] = (),
    opener: Opener | None = None,
) -> Found:
    """Sign what was found of an allegation, with the reason and the evidence it relies on.

    That something did or did not happen cannot be found without evidence. What was found before
    stays on record; the latest counts.
    """
    case = held_open(allegation.case, by)
    allegation.refresh_from_db(fields=["struck_at"])
    require_standing(allegation)
    if finding not in OF_ALLEGATIONS:
        msg = f"Choose what was found from the list. {KEPT}"
        raise RuleError(msg)
    if not reason.strip():
        msg = f"Say why you find so. {KEPT}"
        raise RuleError(msg)
    bearing = set(Bears.objects.filter(allegation=allegation).values_list("exhibit", flat=True))
    if not bearing.issuperset(relied_on):
        msg = (
            "You rely on evidence that was not weighed for this allegation. Say under “Evidence” "
            f"how it bears on it. {KEPT}"
        )
        raise RuleError(msg)
    if finding in RESTS_ON_EVIDENCE and not relied_on:
        msg = (
            "This rests on nothing yet. Tick the evidence you rely on, or add it under “Evidence”; "
            f"without any, choose “{Finding.INSUFFICIENT.label}”. {KEPT}"
        )
        raise RuleError(msg)
    last = Found.objects.filter(allegation=allegation).aggregate(last=Max("n"))["last"] or 0
    found = Found(
        id=uuid4(),
        case=case,
        allegation=allegation,
        n=last + 1,
        finding=finding,
        relied_on=sorted(relied_on),
        by=by,
        at=now,
    )
    found.save(force_insert=True)
    seal(case, found.pk, {REASON: reason}, opener=opener)
    ledger.record(
        Verb.FINDING_MADE,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        finding=finding.value,
        relied_on=len(relied_on),
    )
    return found
