"""Make somebody look after what waits for triage: by turn, or by hand and with a reason."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from cases import access, notices
from cases.actions import identities
from cases.duties import note_owner
from cases.lifecycle import ConcernStatus, Given
from cases.models import Concern
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import Fact
from ledger.verbs import Verb
from people.models import Person
from safes import access as opening
from safes import actions as safes
from safes.models import Safe
from safes.rules import Opener

# how somebody comes to look after a concern: themselves, by turn, or by hand
TAKEN, ROTATION, BY_HAND = "taken", "rotation", "given"


class Outcome(NamedTuple):
    """What became of one of several: who has it now, or why nobody was given it."""

    concern: Concern
    to: Person | None
    refused: str = ""


@transaction.atomic
def assign(
    concern: Concern,
    *,
    by: Person,
    to: Person,
    now: datetime,
    why: Given | None = None,
    words: str = "",
    opener: Opener | None = None,
) -> Concern:
    """Make somebody look after a concern until it is triaged.

    Whoever takes it themselves, and whose turn it is, needs no reason; for anybody else it is said
    why, in a code on record and in words that are sealed to those who read the concern.
    """
    access.require_officer(by)
    concern = Concern.objects.locked(concern.pk)
    if concern.status != ConcernStatus.RECEIVED:
        msg = "This is triaged already: its case has a lead. Nothing was changed."
        raise RuleError(msg)
    require_free(to, concern)
    require_here(to, by=by, now=now)
    how = require_turn(concern, to, by=by, why=why, now=now)
    if how == BY_HAND and why == Given.OTHER and not words.strip():
        msg = "Say in a few words why. Nothing was changed; what you entered is kept."
        raise RuleError(msg)
    concern.owner = to
    concern.save(update_fields=["owner"])
    note_owner(concern)
    _let_open(concern.safe, to, now=now)
    identities.keep_apart([concern], [to])
    facts: dict[str, Fact] = {"how": how}
    if how == BY_HAND and why is not None:
        facts["why"] = why.value
        _seal_why(concern, to, why, words, opener)
    ledger.record_all(
        [Act(Verb.CONCERN_ASSIGNED, by=by.actor, at=now, subject=concern.subject, facts=facts)]
    )
    if to != by:
        ledger.post(notices.assigned(concern, to, now=now))
    return concern


@transaction.atomic
def assign_many(
    concerns: Sequence[Concern],
    *,
    by: Person,
    to: Person | None,
    now: datetime,
    why: Given | None = None,
    words: str = "",
    opener: Opener | None = None,
) -> list[Outcome]:
    """Give what can be given of several concerns, to one person or each by turn; say what was not.

    `to` is None where each goes to whose turn it is. They are held in one order for everybody.
    """
    access.require_officer(by)
    if not concerns:
        msg = "Nothing is picked, so nothing was changed. Pick at least one concern that waits."
        raise RuleError(msg)
    done = {
        one.pk: _tried(one, by=by, to=to, why=why, words=words, opener=opener, now=now)
        for one in sorted(concerns, key=lambda one: one.pk)
    }
    return [done[one.pk] for one in concerns]


def _tried(
    concern: Concern,
    *,
    by: Person,
    to: Person | None,
    why: Given | None,
    words: str,
    opener: Opener | None,
    now: datetime,
) -> Outcome:
    try:
        with transaction.atomic():
            person = to or _whose_turn(concern, by=by, now=now)
            given = assign(concern, by=by, to=person, now=now, why=why, words=words, opener=opener)
    except RuleError as refusal:
        return Outcome(concern, None, str(refusal))
    return Outcome(given, person)


def _whose_turn(concern: Concern, *, by: Person, now: datetime) -> Person:
    turn = access.proposed(concern, by, now)
    if turn.person is None:
        msg = "Nobody who may take it is here. Nothing was changed."
        raise RuleError(msg)
    return turn.person


def require_free(person: Person, concern: Concern) -> None:
    """Refuse whoever may not lead; a wall is not named: it gives the same answer as no role."""
    if person not in access.may_lead(concern):
        msg = "This person cannot take it. Choose somebody from the list. Nothing was changed."
        raise RuleError(msg)


def require_here(person: Person, *, by: Person, now: datetime) -> None:
    """Refuse to give something to whoever is away; whoever takes it themselves knows best."""
    if person != by and not access.here([person], days.day_of(now)):
        msg = f"{person.name} is away. Choose somebody who is here. Nothing was changed."
        raise RuleError(msg)


def require_turn(
    concern: Concern, to: Person, *, by: Person, why: Given | None, now: datetime
) -> str:
    """Return how somebody comes to a concern, or refuse another than whose turn it is unexplained.

    Whoever has it already keeps it without a reason: nothing is taken out of turn.
    """
    if to == by:
        return TAKEN
    turn = access.proposed(concern, by, now)
    if to == turn.person:
        return ROTATION
    if why is None and to.pk != concern.owner_id and turn.person is not None:
        msg = (
            f"It is the turn of {turn.person.name}, who {turn.why}. Give it to them, or say why it "
            f"goes to {to.name}. Nothing was changed."
        )
        raise RuleError(msg)
    return BY_HAND


def _let_open(safe: Safe, person: Person, *, now: datetime) -> None:
    """Make sure that somebody can open a safe, now or after a member's next visit."""
    if not safes.activate(safe, person):
        safes.miss(safe, [person], now=now)


def _seal_why(concern: Concern, to: Person, why: Given, words: str, opener: Opener | None) -> None:
    """Seal why somebody got it out of turn; of a later giving the words take the place of these."""
    told = {"to": str(to.pk), "why": why.value, "words": words.strip()}
    items = {"given": json.dumps(told).encode()}
    key = opening.key_of(opener, concern.safe)
    safes.replace(concern.safe, row=concern.pk, items=items, key=key)
