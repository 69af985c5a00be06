"""Come to the desk: what is new counts from the end of the visit before."""

from datetime import datetime, timedelta

from django.db import transaction

from cases.models import Visit
from people.models import Person

# a look after so long begins a new visit
APART = timedelta(hours=1)
# looks closer to each other than this are one, so that reloading writes nothing
TOGETHER = timedelta(minutes=5)
# what is new to somebody who was never here
FIRST = timedelta(days=7)


@transaction.atomic
def come(person: Person, *, now: datetime) -> datetime:
    """Note that somebody is here; return since when things are new to them."""
    visit = Visit.objects.select_for_update().filter(person=person).first()
    if visit is None:
        visit = Visit(person=person, seen_at=now, since=now - FIRST)
        visit.save(force_insert=True)
    elif now - visit.seen_at > APART:
        visit.since, visit.seen_at = visit.seen_at, now
        visit.save(update_fields=["since", "seen_at"])
    elif now - visit.seen_at > TOGETHER:
        visit.seen_at = now
        visit.save(update_fields=["seen_at"])
    return visit.since
