"""With which earlier outcomes somebody may compare: those of closed cases that they may see."""

from collections.abc import Collection
from uuid import UUID

from cases.lifecycle import CaseStatus
from cases.models import Case, Outcome
from cases.rules.outcomes import Usual, usual_of
from people.models import Person

# the latest are looked at: what was usual long ago is not what is usual
LOOKED_AT = 400


def usual_for(person: Person, case: Case, categories: Collection[str]) -> dict[str, Usual]:
    """Return what followed earlier in closed cases as severe, by category, for one person.

    Only cases that they may see are counted, exactly; of others nothing, not even that there are
    more. A wall takes a case out of the count as it takes it out of everything.
    """
    seen = Case.objects.visible_to(person).filter(status=CaseStatus.CLOSED, severity=case.severity)
    earlier = Outcome.objects.filter(case__in=seen.exclude(pk=case.pk), category__in=categories)
    rows = earlier.counting().order_by("-at").values_list("category", "case", "subject")
    # a case counts once, with all that followed in it
    counted: dict[str, dict[UUID, set[str]]] = {one: {} for one in categories}
    for category, of, subject in rows[:LOOKED_AT]:
        counted[category].setdefault(of, set()).update(subject)
    return {category: usual_of(some.values()) for category, some in counted.items()}
