"""Strike what was entered on a case by mistake: it stays, with the reason, and counts no more."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cases.actions.held import KEPT, held_open, seal
from cases.lifecycle import Area, CustodyAct, TellingState
from cases.models import Allegation, Exhibit, Found, Interview, Party, Statement, Telling
from cases.models.telling import OPEN
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes.rules import Opener

# the sealed words: why it was struck
STRUCK = "struck"
WHAT: dict[type, str] = {Allegation: "allegation", Exhibit: "exhibit", Party: "party"}
Slip = Allegation | Exhibit | Party


@transaction.atomic
def strike(
    slip: Slip,
    *,
    by: Person,
    reason: str,
    now: datetime,
    opener: Opener | None = None,
) -> Slip:
    """Strike an allegation, a piece of evidence or a party that was entered by mistake.

    Its words stay readable, and so does why. What something rests on already is not struck. A wall
    that went up with a party stays: who was named may know more than whoever was meant.
    """
    area = Area.EVIDENCE if isinstance(slip, Exhibit) else Area.CORE
    case = held_open(slip.case, by, area=area)
    slip = _held(slip)
    if slip.struck_at is not None:
        msg = f"This is struck already. {KEPT}"
        raise RuleError(msg)
    if not reason.strip():
        msg = f"Say why it is struck. {KEPT}"
        raise RuleError(msg)
    if kept := _rests_on(slip):
        msg = f"{kept} {KEPT}"
        raise RuleError(msg)
    slip.struck_at, slip.struck_by = now, by
    slip.save(update_fields=["struck_at", "struck_by"])
    seal(case, slip.pk, {STRUCK: reason}, opener=opener, area=area)
    ledger.record(
        Verb.SLIP_STRUCK, by=by.actor, at=now, subject=f"case:{case.pk}", what=WHAT[type(slip)]
    )
    return slip


def require_standing(*things: Slip | None) -> None:
    """Refuse what is done with something that was struck."""
    if any(one is not None and one.struck_at is not None for one in things):
        msg = f"This was entered by mistake and is struck. Choose another one. {KEPT}"
        raise RuleError(msg)


def _held(slip: Slip) -> Slip:
    """Return what is struck as it is in the database, held until the commit."""
    if isinstance(slip, Allegation):
        return Allegation.objects.select_for_update(of=("self",)).get(pk=slip.pk)
    if isinstance(slip, Exhibit):
        return Exhibit.objects.select_for_update(of=("self",)).get(pk=slip.pk)
    return Party.objects.select_for_update(of=("self",)).get(pk=slip.pk)


def _rests_on(slip: Slip) -> str:
    """Return what forbids that it is struck, in words; or nothing."""
    reasons: dict[str, QuerySet[Any, Any]]
    if isinstance(slip, Allegation):
        reasons = {
            "Something was found of it, so it stays. Find anew, “Out of scope” for instance.": (
                slip.findings.all()
            )
        }
    elif isinstance(slip, Exhibit):
        reasons = {
            "A finding relies on it, so it stays. Find anew without it.": Found.objects.filter(
                case=slip.case_id, relied_on__contains=[slip.pk]
            ),
            "Its custody went on since it was received, so it stays.": slip.custody.exclude(
                act=CustodyAct.RECEIVED
            ),
        }
    else:
        reasons = {
            "They were heard, or were to be, so they stay.": Statement.objects.filter(party=slip),
            "An interview was planned with them, so they stay.": Interview.objects.filter(
                party=slip
            ),
            "They were told something, or are to be, so they stay.": Telling.objects.filter(
                party=slip, state__in=[*OPEN, TellingState.TOLD]
            ),
            "Something is alleged about them. Strike the allegation first.": (
                Allegation.objects.standing().filter(against=slip)
            ),
            "A piece of evidence came from them. Strike it first.": (
                Exhibit.objects.standing().filter(came_from=slip)
            ),
        }
    return next((reason for reason, rows in reasons.items() if rows.exists()), "")
