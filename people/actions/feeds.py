"""Links by which one's own calendar reads what is due: made, used, ended."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people import rules
from people.models import FeedLink, Person

MOST = 10


@transaction.atomic
def make_feed_link(person: Person, *, name: str, now: datetime) -> str:
    """Return the secret of a new link of one's own: it is shown this once, its hash is kept."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not name.strip():
        msg = "Say for which device it is, so that you find it again. No link was made."
        raise RuleError(msg)
    if FeedLink.objects.valid(now).filter(person=person).count() >= MOST:
        msg = f"You have {MOST} links already. End one that you do not need; no link was made."
        raise RuleError(msg)
    secret = rules.new_feed_secret()
    FeedLink.objects.create(
        person=person,
        name=name.strip(),
        digest=rules.token_digest(secret),
        made_on=days.day_of(now),
    )
    ledger.record(Verb.FEED_MADE, by=person.actor, at=now, subject=f"person:{person.pk}")
    return secret


@transaction.atomic
def end_feed_link(person: Person, *, link: UUID, now: datetime) -> None:
    """End a link of one's own: from now on it opens nothing."""
    if FeedLink.objects.filter(person=person, pk=link, revoked_at=None).update(revoked_at=now):
        ledger.record(Verb.FEED_ENDED, by=person.actor, at=now, subject=f"person:{person.pk}")


def note_feed_used(link: FeedLink, *, now: datetime) -> None:
    """Note the day on which a link was used last; a second time that day changes nothing."""
    today = days.day_of(now)
    if link.used_on != today:
        FeedLink.objects.filter(pk=link.pk).update(used_on=today)
