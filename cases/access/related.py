"""Which concerns and cases may be about the same matter: by facts, and by words for the moment.

What stands behind a wall of whoever asks, or is not theirs to see, is never looked at.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from cases.access.areas import is_able
from cases.access.gate import can_answer, member_of
from cases.access.searching import works_of
from cases.lifecycle import Deed
from cases.models import Case, ClientLink, Concern, Link, Wall
from cases.rules.likeness import Likeness, alike
from people.models import Person
from safes import access as opening
from safes.rules import Opener

Thing = Case | Concern

# what a fact in common counts; less than ENOUGH of them together is chance
CLIENT, NAMED, UNIT, ENTRANCE, CATEGORY, KIND, CHANNEL = 8, 6, 3, 3, 2, 1, 1
ENOUGH = 7
# how close in time, in days, and what that counts
CLOSE = ((7, 3), (30, 2), (90, 1))
# within how many days of each other things that share no client and nobody are looked at
NEAR = timedelta(days=90)
# how many of each kind are looked at, the newest first; and how many are shown
LOOKED_AT = 300
SHOWN = 8
# how many of the newest concerns and cases are opened to compare their words
COMPARED = 500
# in which people told what happened; what the office writes about it is alike in any case
TOLD = ("narrative", "beside", "allegation")


class Subject(NamedTuple):
    """What others are compared with: a concern that has no case, or a case with its concerns."""

    thing: Thing
    concerns: list[Concern]

    @property
    def case(self) -> Case | None:
        """Return the case, if it is one."""
        return self.thing if isinstance(self.thing, Case) else None


@dataclass
class Related:
    """A concern or case that may belong to another, and why, in words."""

    thing: Thing
    score: int = 0
    reasons: list[str] = field(default_factory=list)

    @property
    def why(self) -> str:
        """Return the reasons, as they stand on the page."""
        return " · ".join(self.reasons)

    @property
    def is_case(self) -> bool:
        """Return whether it is a case."""
        return isinstance(self.thing, Case)


class Tie(NamedTuple):
    """A link as it is seen from one of its ends."""

    link: Link
    other: Thing
    # whether what is asked about stands at the first end
    is_first: bool


def subject_of(thing: Thing, person: Person) -> Subject:
    """Return what others are compared with: what somebody sees of a concern or case."""
    if isinstance(thing, Concern):
        return Subject(thing, [thing])
    return Subject(thing, list(Concern.objects.visible_to(person).filter(case=thing)))


def find_thing(person: Person, ref: str) -> Thing | None:
    """Return the concern or case of a reference, if somebody sees it; hidden is absent."""
    case = Case.objects.visible_to(person).select_related("safe", "lead", "category", "unit")
    concern = Concern.objects.visible_to(person).select_related("safe", "category", "unit", "case")
    return case.filter(ref=ref).first() or concern.filter(ref=ref).first()


def may_link(person: Person, thing: Thing) -> bool:
    """Return whether somebody works on a concern or case."""
    if isinstance(thing, Case):
        return is_able(member_of(person, thing), Deed.LINK)
    if thing.case is not None:
        return is_able(member_of(person, thing.case), Deed.LINK)
    return can_answer(person, thing)


# -- what somebody said ------------------------------------------------------------------


def ties_of(subject: Subject, person: Person) -> list[Tie]:
    """Return the links of a concern or case whose other end somebody sees, the newest first."""
    of = Link.objects.standing().of(
        case=subject.case, concerns=[one.pk for one in subject.concerns]
    )
    links = list(of.select_related("by").order_by("-at", "pk"))
    own = _own(subject)
    ends = {end for link in links for end in link.ends if end not in own}
    seen = _seen(ends, ends, person) if ends else {}
    found = []
    for link in links:
        one, other = link.ends
        is_first = one in own
        end = other if is_first else one
        if end in seen:
            found.append(Tie(link, seen[end], is_first))
    return found


def _own(subject: Subject) -> set[UUID]:
    return {subject.thing.pk, *(one.pk for one in subject.concerns)}


def _seen(cases: Collection[UUID], concerns: Collection[UUID], person: Person) -> dict[UUID, Thing]:
    """Return which of these somebody sees."""
    found: dict[UUID, Thing] = {}
    found |= Case.objects.visible_to(person).in_bulk(list(cases))
    found |= Concern.objects.visible_to(person).in_bulk(list(concerns))
    return found


# -- by facts ----------------------------------------------------------------------------


def related_to(subject: Subject, person: Person, *, limit: int = SHOWN) -> list[Related]:
    """Return what else somebody sees that shares facts with this, the likeliest first.

    What is linked to it already, or was said not to be related, is left out. The number of queries
    is the same for few and for many.
    """
    own = [one.pk for one in subject.concerns]
    clients = _blinds(ClientLink.objects.filter(concern__in=own, taken_back_at=None))
    named = _blinds(_about_somebody().filter(concern__in=own))
    same_client = _concerns_of(
        ClientLink.objects.filter(blind__in=clients, taken_back_at=None).order_by("-filed_on", "pk")
    )
    same_named = _concerns_of(
        _about_somebody().filter(blind__in=named, concern__isnull=False).order_by("-since", "pk")
    )
    others = Concern.objects.visible_to(person).exclude(pk__in=own).order_by("-filed_on", "ref")
    if subject.case is not None:
        others = others.exclude(case=subject.case)
    found = {one.pk: one for one in others.filter(pk__in=same_client | same_named)}
    found |= {one.pk: one for one in others.filter(_near(subject))[:LOOKED_AT]}
    cases = Case.objects.visible_to(person).in_bulk(
        {one.case_id for one in found.values() if one.case_id is not None}
    )
    left_out = _said(subject)
    works: dict[UUID, Related] = {}
    for one in found.values():
        thing = cases.get(one.case_id) if one.case_id is not None else None
        work: Thing = thing or one
        if work.pk in left_out or one.pk in left_out:
            continue
        score, reasons = _shared(subject, one, same_client, same_named)
        best = works.get(work.pk)
        if score >= ENOUGH and (best is None or score > best.score):
            works[work.pk] = Related(work, score, reasons)
    ranked = sorted(works.values(), key=lambda one: (-one.score, one.thing.ref))
    return ranked[:limit]


def _blinds(rows: Iterable[ClientLink] | Iterable[Wall]) -> set[bytes]:
    return {bytes(one.blind) for one in rows}


def _about_somebody() -> QuerySet[Wall]:
    """Return the walls around whom something is about; that somebody stepped off tells nothing."""
    return Wall.objects.filter(why__in=[Wall.Why.SUBJECT, Wall.Why.PARTY])


def _concerns_of(rows: QuerySet[ClientLink] | QuerySet[Wall]) -> set[UUID]:
    return set(rows.values_list("concern", flat=True)[:LOOKED_AT])


def _near(subject: Subject) -> Q:
    """Return what came at about the same time from the same unit or by the same entrance."""
    where = Q(pk=None)
    for one in subject.concerns:
        if one.filed_on is None:
            continue
        close = Q(filed_on__range=(one.filed_on - NEAR, one.filed_on + NEAR))
        if one.unit_id is not None:
            where |= close & Q(unit=one.unit_id)
        if one.entrance_id is not None:
            where |= close & Q(entrance=one.entrance_id)
    return where


def _said(subject: Subject) -> set[UUID]:
    """Return what somebody linked already, or said not to be related."""
    links = Link.objects.standing().of(
        case=subject.case, concerns=[one.pk for one in subject.concerns]
    )
    return {end for link in links for end in link.ends} - _own(subject)


def _shared(
    subject: Subject, other: Concern, same_client: set[UUID], same_named: set[UUID]
) -> tuple[int, list[str]]:
    """Return what the facts in common count together, and each in words."""
    own = subject.concerns
    is_same = (
        (CLIENT, "same client", other.pk in same_client),
        (NAMED, "somebody is named in both, or kept from both", other.pk in same_named),
        (UNIT, "same unit", _among(other.unit_id, (one.unit_id for one in own))),
        (ENTRANCE, "same entrance", _among(other.entrance_id, (one.entrance_id for one in own))),
        (CATEGORY, "same category", _among(other.category_id, (one.category_id for one in own))),
        (KIND, "same kind", _among(other.kind, (one.kind for one in own))),
        (CHANNEL, "same channel", _among(other.channel, (one.channel for one in own))),
    )
    score = sum(counts for counts, _, holds in is_same if holds)
    reasons = [words for _, words, holds in is_same if holds]
    apart = _apart(other.filed_on, [one.filed_on for one in own])
    if apart is not None:
        score += next((counts for days, counts in CLOSE if apart <= days), 0)
        if apart <= NEAR.days:
            reasons.append(_in_words(apart))
    return score, reasons


def _among(value: object, others: Iterable[object]) -> bool:
    return value is not None and value in set(others)


def _apart(day: date | None, others: Iterable[date | None]) -> int | None:
    if day is None:
        return None
    return min((abs((day - one).days) for one in others if one is not None), default=None)


def _in_words(days: int) -> str:
    if days == 0:
        return "filed on the same day"
    return "1 day apart" if days == 1 else f"{days} days apart"


# -- by words ----------------------------------------------------------------------------


class Compared(NamedTuple):
    """Among how many was looked, and what is alike, the most alike first."""

    looked_through: int
    found: list[tuple[Thing, Likeness]]


def alike_in_words(
    subject: Subject, person: Person, opener: Opener, *, limit: int = SHOWN
) -> Compared:
    """Return what else somebody can open that is told in like words.

    Nothing is indexed: what is sealed is opened with their key, compared and forgotten.
    """
    works = works_of(person, COMPARED)
    case = subject.case
    own_safes = {one.safe_id for one in subject.concerns} | ({case.safe_id} if case else set())
    own_works = {works[safe] for safe in own_safes if safe in works} | {subject.thing.pk}
    own: list[str] = []
    told: dict[UUID, list[str]] = {}
    safes = list(dict.fromkeys([*own_safes, *works]))
    for safe, text in opening.open_all(opener, safes, TOLD):
        if safe in own_safes:
            own.append(text)
        elif works[safe] not in own_works:
            told.setdefault(works[safe], []).append(text)
    left_out = _said(subject)
    others = {key: "\n".join(told[key]) for key in sorted(told) if key not in left_out}
    found = alike("\n".join(own), others)
    nearest = list(found)[:limit]
    seen = _seen(nearest, nearest, person)
    return Compared(
        len(set(works.values()) - own_works),
        [(seen[key], found[key]) for key in nearest if key in seen],
    )
