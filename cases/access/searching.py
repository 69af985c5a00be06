"""Look for words in everything that somebody can open."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from cases import rules
from cases.access.facts import Facts
from cases.lifecycle import Area
from cases.models import Case, Compartment, Concern, Member
from people.models import Person
from people.rules import Role
from safes import access as opening
from safes.models import Grant, State
from safes.rules import Opener

# the newest concerns and cases that are looked through: more would keep somebody waiting
SEARCHED = 5_000

# what people wrote, in concerns and in cases
WRITTEN = (
    "narrative", "beside", "about", "body", "speaker", "to_whom", "why", "reason", "outcome",
    "allegation", "title", "source", "lessons", "refused", "telling", "sent_back", "untold",
    # of those who are watched over
    "agreed", "lower", "answered", "promised", "restored",
    # what is to be found out and how, and why that changed
    "purpose", "scope", "outside", "limits", "question", "sources", "people", "change",
    # what follows from it, and why otherwise than usual
    "because", "departs",
    # why something was struck
    "struck",
    # who is party to it and how they are reached, and how a file is called
    "name", "contact",
    # of an assessment, a safeguard, an authorisation and a red flag
    "resources", "consent", "committee", "override", "what", "came", "asked", "said", "flag",
)  # fmt: skip


# which of these lie in the safe of a case and belong to an area that not everybody on it may see
OF_AREA: dict[Area, frozenset[str]] = {
    # what reporters are told lies with the case, since whoever approves it reads it
    Area.CONCERNS: frozenset({"telling", "sent_back"}),
    # a file has a name as parties have one: who sees no evidence finds neither by it
    Area.EVIDENCE: frozenset({"title", "source", "name"}),
    Area.SUPPORT: frozenset(
        {"what", "came", "asked", "said", "agreed", "lower", "answered", "promised", "restored"}
    ),
}


class Search(NamedTuple):
    """What a search found: a text of each case or concern, by its key; and among how many."""

    looked_through: int
    texts: dict[UUID, str]


def search(
    person: Person,
    opener: Opener,
    terms: Collection[str],
    facts: Facts | None = None,
    limit: int = SEARCHED,
) -> Search:
    """Return everything visible to a person in which all terms stand, as far as they can open it.

    Nothing is indexed: what is sealed is opened, read and forgotten. A concern that became a case
    is found as the case. What does not fit the facts is not opened.
    """
    works = works_of(person, limit, facts)
    left = {work: set(terms) for work in works.values()}
    texts: dict[UUID, str] = {}
    hidden = _hidden_from(person)
    for safe, text in opening.open_all(opener, list(works), WRITTEN, but=hidden):
        here = rules.terms_in(terms, text)
        if here:
            texts.setdefault(works[safe], text)
            left[works[safe]] -= here
    return Search(len(left), {work: text for work, text in texts.items() if not left[work]})


def _hidden_from(person: Person) -> dict[UUID, set[str]]:
    """Return, by the safe of a case, the fields that somebody opens and may not read: few."""
    return {
        safe: {field for area, fields in OF_AREA.items() if area not in areas for field in fields}
        for safe, areas in Member.objects.bounded(person).values_list("case__safe", "areas")
    }


def works_of(person: Person, limit: int, facts: Facts | None = None) -> dict[UUID, UUID]:
    """Return, by their safes, the newest cases and concerns that a person can open."""
    own = Grant.objects.filter(person=person, state=State.ACTIVE)
    seen = Case.objects.visible_to(person)
    # nobody else but a head opens a case on whose team they are not
    worked = seen if person.holds(Role.HEAD) else seen.worked_by(person)
    cases = worked.filter(Exists(own.filter(safe=OuterRef("safe"))))
    if facts:
        cases = cases.filter(pk__in=facts.cases().order_by().values("pk"))
    newest = cases.order_by("-opened_at", "ref").values_list("safe_id", "pk")[:limit]
    works = dict(newest)
    # what is set apart is part of its case, for who holds a key to it
    apart = Compartment.objects.filter(case__in=opening.among(works.values()))
    works |= dict(
        apart.filter(Exists(own.filter(safe=OuterRef("safe")))).values_list("safe", "case")
    )
    of_cases = Q(case__in=opening.among(works.values()))
    held = Q(Exists(own.filter(safe=OuterRef("safe"))))
    if facts:
        held &= Q(pk__in=facts.concerns().order_by().values("pk"))
    concerns = Concern.objects.visible_to(person).filter(held | of_cases)
    listed = concerns.annotate(work=Coalesce("case_id", "id")).order_by("-filed_on", "ref")
    return works | dict(listed.values_list("safe_id", "work")[:limit])
