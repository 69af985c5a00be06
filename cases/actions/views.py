"""Keep a view of the queue, and drop it."""

from datetime import datetime

from django.db import transaction

from cases.models import SavedView
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person

# more than somebody finds their way in
MOST = 20


@transaction.atomic
def keep_view(view: SavedView, *, is_shared: bool, now: datetime) -> SavedView:
    """Keep a choice of filters for whoever made it, and for the whole office if it is shared.

    One that is kept already becomes shared, or their own alone again.
    """
    if not str(view):
        msg = "This shows everything open, as the queue does by itself. Set a filter, then keep it."
        raise RuleError(msg)
    # two presses at once would keep it twice, or one too many
    by = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=view.person_id)
    own = list(SavedView.objects.filter(person=by).select_related("category", "unit", "person"))
    kept = next((one for one in own if one.filters == view.filters), None)
    if kept is None and len(own) >= MOST:
        msg = f"You keep {MOST} views already. Drop one that you no longer use, then keep this one."
        raise RuleError(msg)
    if kept is None:
        kept = view
        kept.is_shared, kept.saved_at = is_shared, now
        kept.save(force_insert=True)
    elif kept.is_shared != is_shared:
        kept.is_shared = is_shared
        kept.save(update_fields=["is_shared"])
    else:
        return kept
    _record(Verb.VIEW_SAVED, kept, by, now)
    return kept


@transaction.atomic
def drop_view(view: SavedView, *, by: Person, now: datetime) -> None:
    """Drop a view of one's own; one that is dropped already is dropped."""
    held = SavedView.objects.select_for_update(of=("self",)).filter(pk=view.pk, person=by).first()
    if held is not None:
        SavedView.objects.filter(pk=held.pk).delete()
        _record(Verb.VIEW_DROPPED, held, by, now)


def _record(verb: Verb, view: SavedView, by: Person, now: datetime) -> None:
    ledger.record(verb, by=by.actor, at=now, subject=f"person:{by.pk}", shared=view.is_shared)
