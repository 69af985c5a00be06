"""Keep the catalogue of indicators: one person proposes a version, another publishes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.text import slugify

from common.errors import KEPT, RuleError
from common.levels import Level
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from policies import access
from policies.models import Indicator
from policies.rules.indicators import Remedy

CODE_LONGEST = 40


@dataclass(frozen=True)
class Sign:
    """What a version of an indicator says and proposes."""

    label: str
    why: str
    source: str
    urgency: Level
    remedies: Sequence[Remedy] = ()
    is_offered: bool = True


@transaction.atomic
def propose_indicator(
    *, sign: Sign, by: Person, now: datetime, of: Indicator | None = None
) -> Indicator:
    """Propose a new indicator, or another version `of` one; until it is published nothing changes.

    One that is not to be offered any more is proposed as a version that says so.
    """
    access.require_keeping(by)
    if not (sign.label.strip() and sign.why.strip() and sign.source.strip()):
        msg = f"Say what the sign is, why it matters, and by which source. {KEPT}"
        raise RuleError(msg)
    code = of.code if of is not None else slugify(sign.label)[:CODE_LONGEST].strip("-")
    versions = Indicator.objects.filter(code=code)
    if of is None and (not code or versions.exists()):
        msg = f"There is one of this name already, or the name has no letters. {KEPT}"
        raise RuleError(msg)
    newest = Indicator.objects.newest().filter(code=code).first()
    if newest is not None and _says(newest) == _said(sign):
        msg = "It says so already. Nothing was changed."
        raise RuleError(msg)
    last = Indicator.objects.aggregate(last=Max("position"))["last"] or 0
    draft = Indicator(
        code=code,
        n=(versions.aggregate(last=Max("n"))["last"] or 0) + 1,
        position=of.position if of is not None else last + 1,
        label=sign.label.strip(),
        why=sign.why.strip(),
        source=sign.source.strip(),
        urgency=sign.urgency,
        remedies=list(sign.remedies),
        is_offered=sign.is_offered,
        made_by=by,
        made_at=now,
    )
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        msg = f"A version of this waits for a second person. Let it be decided first. {KEPT}"
        raise RuleError(msg) from None
    _record(Verb.INDICATOR_PROPOSED, draft, by=by, now=now)
    return draft


@transaction.atomic
def publish_indicator(draft: Indicator, *, by: Person, now: datetime) -> Indicator:
    """Let a version count that another person proposed."""
    draft = _held(draft, by)
    if draft.made_by_id == by.pk:
        msg = "You proposed this, so somebody else publishes it. Nothing was changed."
        raise RuleError(msg)
    return _decide(draft, Indicator.State.PUBLISHED, Verb.INDICATOR_PUBLISHED, by=by, now=now)


@transaction.atomic
def drop_indicator(draft: Indicator, *, by: Person, now: datetime) -> Indicator:
    """Let a proposed version be: whoever proposed it, or whoever was to publish it."""
    draft = _held(draft, by)
    return _decide(draft, Indicator.State.DROPPED, Verb.INDICATOR_DROPPED, by=by, now=now)


def _held(draft: Indicator, by: Person) -> Indicator:
    access.require_keeping(by)
    draft = Indicator.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if draft.state != Indicator.State.PROPOSED:
        msg = f"This is {draft.get_state_display().lower()} by now. Nothing was changed."
        raise RuleError(msg)
    return draft


def _decide(
    draft: Indicator, state: Indicator.State, verb: Verb, *, by: Person, now: datetime
) -> Indicator:
    draft.state, draft.decided_by, draft.decided_at = state, by, now
    draft.save(update_fields=["state", "decided_by", "decided_at"])
    _record(verb, draft, by=by, now=now)
    return draft


def _record(verb: Verb, draft: Indicator, *, by: Person, now: datetime) -> None:
    subject = f"indicator:{draft.code}"
    ledger.record(verb, by=by.actor, at=now, subject=subject, version=draft.n)


def _said(sign: Sign) -> tuple[object, ...]:
    told = (sign.label.strip(), sign.why.strip(), sign.source.strip())
    return (*told, int(sign.urgency), set(sign.remedies), sign.is_offered)


def _says(one: Indicator) -> tuple[object, ...]:
    told = (one.label, one.why, one.source)
    return (*told, one.urgency, set(one.proposes), one.is_offered)
