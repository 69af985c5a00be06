"""Which views of the queue somebody may choose: their own, and those that the office shares."""

from django.db.models import Case, Q, QuerySet, Value, When

from cases.models import SavedView
from people.models import Person
from people.rules import OFFICE


def views_of(person: Person) -> QuerySet[SavedView]:
    """Return somebody's own views, then those that others who work here share; the oldest first."""
    others = Q(is_shared=True, person__is_active=True, person__roles__overlap=list(OFFICE))
    found = SavedView.objects.filter(Q(person=person) | others)
    own_first = Case(When(person=person, then=Value(0)), default=Value(1))
    return found.select_related("category", "unit", "person").order_by(own_first, "saved_at", "pk")
