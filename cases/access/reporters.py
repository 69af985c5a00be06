"""What a receipt opens: the concern of whoever holds it, and what was asked about them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from cases.lifecycle import CLOCKS_OF, RequestState
from cases.models import CheckIn, Concern, Entrance, IdentityRequest, Telling
from cases.rules.protection import EARLY
from common import asking, days
from common.errors import RuleError
from escalation.lifecycle import State
from escalation.models import Clock
from policies.models import Kind as Promised
from questionnaires.access import form_for, named_form, version_of
from questionnaires.models import FormVersion
from safes import access as opening
from safes.rules import Receipt


def present(receipt: Receipt) -> None:
    """Tell row security that this receipt is at hand, until the end of the transaction."""
    _at_hand(receipt.locator)


def keep_at_hand(concern: Concern) -> None:
    """Let an act that began with a concern finish with it, though it takes away who sees it."""
    _at_hand(bytes(concern.locator))


def _at_hand(locator: bytes) -> None:
    asking.put({"ed.receipt": locator.hex()})


def present_next(receipt: Receipt) -> None:
    """Tell row security, until the end of the transaction, which receipt comes in its place."""
    asking.put({"ed.receipt_next": receipt.locator.hex()})


def concern_of(receipt: Receipt) -> Concern | None:
    """Return the concern that a receipt opens, or None."""
    present(receipt)
    return (
        Concern.objects.select_related(
            "safe", "category", "owner", "taken_by", "case__lead", "entrance"
        )
        .filter(locator=receipt.locator)
        .first()
    )


def signs_told(receipt: Receipt) -> list[Concern]:
    """Return what the holder of a receipt told of as having happened since, the first first.

    Afterwards the receipt itself is at hand again.
    """
    found: list[Concern] = []
    while (one := concern_of(receipt.of_sign(len(found) + 1))) is not None:
        found.append(one)
    present(receipt)
    return found


def asked_at_door(concern: Concern, today: date) -> CheckIn | None:
    """Return the check-in of a reporter that is at hand: from a week before its day on."""
    if concern.case_id is None:
        return None
    awaited = CheckIn.objects.awaited().filter(concern=concern, due_on__lte=today + EARLY)
    return awaited.first()


def draft_answers(draft: Concern, receipt: Receipt) -> dict[str, object]:
    """Return what somebody has written so far."""
    where = (draft.pk, "answers")
    answers: dict[str, object] = json.loads(
        opening.open_texts(receipt.opener, [where]).get(where, "{}")
    )
    return answers


def draft_form(kept: Mapping[str, object]) -> FormVersion | None:
    """Return the questionnaire that a draft goes on with, of what it keeps; None if none."""
    form = kept.get("form")
    return version_of(form.get("version")) if isinstance(form, dict) else None


def open_entrance(code: str) -> Entrance | None:
    """Return the entrance of an address, as somebody may have typed it; None unless it is open."""
    return Entrance.objects.open().filter(code=code.strip().lower()).first()


def draft_entrance(kept: Mapping[str, object]) -> Entrance | None:
    """Return the entrance by which a draft was begun, closed since or not; None if by none."""
    code = kept.get("entrance")
    return Entrance.objects.filter(code=code).first() if isinstance(code, str) else None


def form_at(entrance: Entrance | None, kind: str, category: str) -> FormVersion | None:
    """Return what is asked at an entrance: its own questionnaire, else what everybody is asked."""
    named = entrance.questionnaire_id if entrance is not None else None
    own = named_form(named, category) if named is not None else None
    return own or form_for(kind, category)


@dataclass(frozen=True)
class Trace:
    """Who asked for a reporter's identity, as the reporter may know it: a function, and days."""

    state: RequestState
    function: IdentityRequest.Function
    asked_on: date
    decided_on: date | None
    open_until: date | None
    opened_on: list[date]
    reason: str | None
    refusal: str | None


def traces(concern: Concern, receipt: Receipt) -> list[Trace]:
    """Return what was asked about a reporter's identity and became of it, the earliest first."""
    if concern.identity_safe_id is None:
        return []
    asked = list(concern.identity_requests.order_by("requested_at"))
    words = opening.open_texts(
        receipt.opener, [(one.pk, field) for one in asked for field in ("reason", "refusal")]
    )
    return [
        Trace(
            state=RequestState(one.state),
            function=IdentityRequest.Function(one.function),
            asked_on=days.day_of(one.requested_at),
            decided_on=days.day_of(one.decided_at) if one.decided_at else None,
            open_until=days.day_of(one.expires_at) if one.expires_at else None,
            opened_on=one.opened_on,
            reason=words.get((one.pk, "reason")),
            refusal=words.get((one.pk, "refusal")),
        )
        for one in asked
    ]


class ToHear(NamedTuple):
    """By which day a reporter was to hear something, and on which they did; days and no times."""

    until: date
    kept_on: date | None


def promised_news(concern: Concern) -> list[ToHear]:
    """Return by when the office said that a reporter hears again, the earliest first."""
    promises = Telling.objects.promises().filter(concern=concern)
    return [
        ToHear(until, kept_on)
        for until, kept_on in promises.values_list("until", "kept_on")
        if until is not None
    ]


def promised_anew(concern: Concern) -> list[ToHear]:
    """Return by when the outcome was promised again, each time that it was taken up again."""
    if concern.closed_on is None:
        # it never ended
        return []
    clocks = Clock.objects.about(CLOCKS_OF, [concern.pk]).filter(kind=Promised.FEEDBACK)
    told = clocks.exclude(state=State.CANCELLED).order_by("started_at")
    return [
        ToHear(days.day_of(due_at), days.day_of(met_at) if met_at else None)
        for due_at, met_at in told.values_list("due_at", "met_at")[1:]
    ]


def require_own_receipt(concern: Concern) -> None:
    """Refuse to act for a reporter by a receipt that somebody of the office read out to them.

    Whoever took a concern down has heard its receipt, and could agree to their own minutes or, when
    a wall keeps them away, take it back.
    """
    if concern.said_on is not None and concern.is_receipt_shared:
        msg = (
            "Somebody read this receipt out to you, so they know it as well. Change it first, "
            "under “What else you can do”. Nothing was changed."
        )
        raise RuleError(msg)
