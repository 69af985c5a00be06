"""Record that somebody read a concern or a case, and what they were shown in a search."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from cases import access
from cases.lifecycle import Mode
from cases.models import Case, Concern, Message
from ledger import actions as ledger
from ledger.actions import Act
from ledger.verbs import Verb
from people.models import Person
from safes import access as opening
from safes import actions as safes
from safes.rules import Opener


@transaction.atomic
def read_concern(concern: Concern, *, by: Person, opener: Opener | None, now: datetime) -> None:
    """Record that somebody read a concern, or without a key saw that it is there."""
    could_read = opener is not None and bool(opening.secrets_of(opener, [concern.safe_id]))
    if could_read and opener is not None:
        safes.seal_missing(opener, [concern.safe])
        _mark_read([concern])
    names = _names_read([concern] if could_read else [], by=by, now=now)
    verb = Verb.CONCERN_READ if could_read else Verb.CONCERN_SEEN
    read = Act(verb, by=by.actor, at=now, subject=concern.subject)
    ledger.record_all([read, *names])


@transaction.atomic
def read_case(case: Case, *, by: Person, opener: Opener | None, now: datetime) -> None:
    """Record that somebody read a case and what its reporters wrote, or saw that it is there."""
    concerns = list(case.concerns.select_related("safe"))
    could_read = opener is not None and bool(opening.secrets_of(opener, [case.safe_id]))
    if could_read and opener is not None:
        places = [*access.safes_of_case(case), *(concern.safe for concern in concerns)]
        safes.seal_missing(opener, places)
        _mark_read(concerns)
    names = _names_read(concerns if could_read else [], by=by, now=now)
    verb = Verb.CASE_READ if could_read else Verb.CASE_SEEN
    read = Act(verb, by=by.actor, at=now, subject=f"case:{case.pk}")
    ledger.record_all([read, *names])


def _names_read(concerns: Iterable[Concern], *, by: Person, now: datetime) -> list[Act]:
    """Return what is recorded of reading the names of reporters who gave them."""
    return [
        Act(Verb.IDENTITY_READ, by=by.actor, at=now, subject=concern.subject)
        for concern in concerns
        if concern.mode == Mode.NAMED
    ]


@transaction.atomic
def note_search(found: access.Search, *, by: Person, now: datetime) -> None:
    """Record that somebody searched among so many, and what they were shown words of.

    The words that were looked for are kept nowhere.
    """
    ids = list(found.texts)
    cases = set(Case.objects.filter(pk__in=ids).values_list("pk", flat=True))
    whole = Act(
        Verb.WORDS_SEARCHED,
        by.actor,
        now,
        f"person:{by.pk}",
        facts={"count": found.looked_through},
    )
    shown = [
        Act(Verb.WORDS_FOUND, by.actor, now, f"{'case' if pk in cases else 'concern'}:{pk}")
        for pk in ids
    ]
    ledger.record_all([whole, *shown])


def _mark_read(concerns: Sequence[Concern]) -> None:
    """Mark what the reporters wrote as read."""
    Message.objects.filter(concern__in=concerns, author=None, is_seen=False).update(is_seen=True)
    Concern.objects.filter(pk__in=[c.pk for c in concerns], is_unread=True).update(is_unread=False)
