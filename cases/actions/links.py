"""Say how concerns and cases stand to each other: related, a duplicate, not related after all."""

from datetime import datetime
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cases import access, rules
from cases.access.related import Thing
from cases.actions.held import KEPT
from cases.lifecycle.links import SYMMETRIC, LinkKind
from cases.models import Case, Concern, Link
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import REPORTER
from ledger.verbs import Verb
from people.models import Person
from safes import access as opening
from safes import actions as safes
from safes.rules import Opener

# the sealed reason: a name of its own, so that no search of one end tells of the other
WHY = "link"


@transaction.atomic
def link(
    one: Thing,
    other: Thing,
    *,
    kind: LinkKind,
    by: Person,
    reason: str,
    now: datetime,
    opener: Opener | None = None,
) -> Link:
    """Say what a concern or case is to another, and why; `by` works on the first, and sees both.

    Whoever sees both ends sees the link and its reason, and nobody else learns that there is one.
    That they are not related takes the place of a link between them, and a link of that.
    """
    _require_may(by, one, other)
    if one.pk == other.pk or _is_inside(one, other) or _is_inside(other, one):
        msg = f"These are one matter already. Choose another concern or case. {KEPT}"
        raise RuleError(msg)
    if not reason.strip():
        msg = f"Say why, for whoever reads it later. {KEPT}"
        raise RuleError(msg)
    if len(reason) > rules.NARRATIVE_MAX:
        msg = f"This is longer than {rules.NARRATIVE_MAX} characters. {KEPT}"
        raise RuleError(msg)
    _hold(one, other)
    between = _between(one, other)
    if any(standing.kind == kind for standing in between):
        msg = f"This was said of the two already: {kind.label.lower()}. {KEPT}"
        raise RuleError(msg)
    contradicted = [
        standing
        for standing in between
        if LinkKind.UNRELATED in (kind, standing.kind) and standing.kind != LinkKind.SPLIT_FROM
    ]
    for standing in contradicted:
        _take_back(standing, by=by, now=now)
    return tie(one, other, kind=kind, by=by, reason=reason, now=now, opener=opener)


@transaction.atomic
def unlink(made: Link, *, by: Person, now: datetime) -> Link:
    """Take a link back that was a slip; that it was made stays on record.

    What was split from something stays so.
    """
    ends = [_thing(made.concern, made.case), _thing(made.other_concern, made.other_case)]
    if not any(access.may_link(by, end) for end in ends):
        msg = "This is for those who work on one of them."
        raise PermissionDenied(msg)
    _hold(*ends)
    made = Link.objects.select_for_update(of=("self",)).get(pk=made.pk)
    if made.taken_back_at is not None:
        msg = "This was taken back already. Nothing was changed."
        raise RuleError(msg)
    if made.kind == LinkKind.SPLIT_FROM:
        msg = "What was split stays split, so this is not taken back. Nothing was changed."
        raise RuleError(msg)
    _take_back(made, by=by, now=now)
    return made


# -- part of other acts ----------------------------------------------------------------------


def tie(
    one: Thing,
    other: Thing,
    *,
    kind: LinkKind,
    by: Person | None,
    reason: str,
    now: datetime,
    opener: Opener | None = None,
) -> Link:
    """Write down a link, seal why to its first end, and record it; nobody: its reporter said so."""
    if kind in SYMMETRIC and str(other.pk) < str(one.pk):
        one, other = other, one
    made = Link(
        id=uuid4(),
        kind=kind,
        concern=one if isinstance(one, Concern) else None,
        case=one if isinstance(one, Case) else None,
        other_concern=other if isinstance(other, Concern) else None,
        other_case=other if isinstance(other, Case) else None,
        by=by,
        at=now,
    )
    made.save(force_insert=True)
    key = opening.key_of(opener, one.safe)
    safes.add(one.safe, row=made.pk, items={WHY: reason.strip().encode()}, key=key)
    ledger.record(
        Verb.LINKED,
        by=by.actor if by is not None else REPORTER,
        at=now,
        subject=made.subject,
        anonymous=isinstance(one, Concern) and one.is_anonymous and by is None,
        kind=kind.value,
    )
    return made


def _take_back(made: Link, *, by: Person, now: datetime) -> None:
    made.taken_back_at, made.taken_back_by = now, by
    made.save(update_fields=["taken_back_at", "taken_back_by"])
    ledger.record(Verb.UNLINKED, by=by.actor, at=now, subject=made.subject, kind=made.kind)


def _require_may(by: Person, one: Thing, other: Thing) -> None:
    """Refuse whoever does not work on the one, or does not see both."""
    seen = [access.find_thing(by, end.ref) for end in (one, other)]
    if None in seen or not access.may_link(by, one):
        msg = "This is for those who work on it, and see both."
        raise PermissionDenied(msg)


def _is_inside(one: Thing, other: Thing) -> bool:
    return isinstance(one, Concern) and one.case_id == other.pk


def _hold(*ends: Thing) -> None:
    """Hold both ends until the commit, in one order for everybody: cases before concerns."""
    cases = [end.pk for end in ends if isinstance(end, Case)]
    concerns = [end.pk for end in ends if isinstance(end, Concern)]
    list(Case.objects.filter(pk__in=cases).select_for_update(of=("self",)).order_by("pk"))
    list(Concern.objects.filter(pk__in=concerns).select_for_update(of=("self",)).order_by("pk"))


def _between(one: Thing, other: Thing) -> list[Link]:
    """Return what stands between two, whichever was said first."""
    case = one if isinstance(one, Case) else None
    concerns = [one] if isinstance(one, Concern) else []
    links = Link.objects.standing().of(case=case, concerns=concerns)
    return [found for found in links if other.pk in found.ends]


def _thing(concern: Concern | None, case: Case | None) -> Thing:
    found = concern if concern is not None else case
    if found is None:
        raise AssertionError
    return found
