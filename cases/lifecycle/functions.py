"""The functions in which somebody works on a case, and what each may see and do. Pure.

Need-to-know by function: ISO 37002:2021, 8.3 and 8.4, and Directive (EU) 2019/1937, Article 16, by
which nobody but who is needed to follow up learns who reported.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.db.models import TextChoices

from cases.lifecycle.cases import Area


class Function(TextChoices):
    """In which function somebody is on a case: exactly one."""

    LEAD = "lead", "Lead"
    INVESTIGATOR = "investigator", "Investigator"
    INDEPENDENT = "independent", "Independent person"
    LEGAL = "legal", "Legal adviser"
    HR = "hr", "Human resources"
    CLINICAL = "clinical", "Clinical supervisor"
    ADVOCATE = "advocate", "Advocate"
    OMBUDSPERSON = "ombudsperson", "Ombudsperson"
    INTERMEDIARY = "intermediary", "Intermediary"
    APPROVER = "approver", "Approver"


class Scope(NamedTuple):
    """What a function may see of a case, and in which of these areas it works."""

    sees: frozenset[Area]
    works: frozenset[Area]


CORE, CONCERNS, EVIDENCE, SUPPORT, LEGAL = (
    Area.CORE,
    Area.CONCERNS,
    Area.EVIDENCE,
    Area.SUPPORT,
    Area.LEGAL,
)
# what whoever investigates works in: all but what a lawyer advised
INVESTIGATES = frozenset({CORE, CONCERNS, EVIDENCE, SUPPORT})


def _scope(sees: Iterable[Area], works: Iterable[Area] | None = None) -> Scope:
    seen = frozenset(sees)
    return Scope(seen, seen if works is None else frozenset(works))


SCOPES: dict[Function, Scope] = {
    Function.LEAD: _scope(Area),
    Function.INVESTIGATOR: _scope(INVESTIGATES),
    Function.INDEPENDENT: _scope(INVESTIGATES),
    # advises on what was found, and need not know who said it first
    Function.LEGAL: _scope({CORE, EVIDENCE, LEGAL}, {CORE, LEGAL}),
    # what is done for and with the people of a case
    Function.HR: _scope({CORE, SUPPORT}),
    Function.CLINICAL: _scope({CORE, SUPPORT}),
    Function.ADVOCATE: _scope({CORE, SUPPORT}, {SUPPORT}),
    Function.INTERMEDIARY: _scope({CORE, SUPPORT}, {SUPPORT}),
    # looks at how it was handled, and handles nothing
    Function.OMBUDSPERSON: _scope(INVESTIGATES, {CORE}),
    # decides on what others found: works in nothing
    Function.APPROVER: _scope({CORE, EVIDENCE}, ()),
}


class Deed(TextChoices):
    """What is done with a case as a whole: it reaches beyond an area of it, or out of the house."""

    LET_IN = "let_in", "let somebody in"
    STEER = "steer", "decide in which phase it is, how it is worked, and which clock rests"
    LINK = "link", "say how it stands to other cases"
    TELL = "tell", "tell people what came of it"
    REDACT = "redact", "make copies for somebody outside"
    BUNDLE = "bundle", "make a bundle"
    MERGE = "merge", "merge it with another case"
    SPLIT = "split", "take something out of it"
    CLOSE = "close", "ask to close it"


# In which areas somebody works who may do it. What leaves the house, or ends the case, is for those
# who know all of it: nobody else could say that it names nobody, or that nothing is open.
NEEDS: dict[Deed, frozenset[Area]] = {
    Deed.LET_IN: INVESTIGATES,
    Deed.STEER: INVESTIGATES,
    Deed.LINK: frozenset({CORE, CONCERNS}),
    Deed.TELL: frozenset({CORE, CONCERNS}),
    Deed.REDACT: INVESTIGATES,
    Deed.BUNDLE: INVESTIGATES,
    Deed.MERGE: INVESTIGATES,
    Deed.SPLIT: INVESTIGATES,
    Deed.CLOSE: INVESTIGATES,
}
# what a guest may do of it: nothing, since it outlasts them
OF_GUESTS: frozenset[Deed] = frozenset()

# areas whose words lie in a safe of their own once somebody is on the case who may not see them;
# of the others gate and row security keep whoever may not see them away
SET_APART = (CONCERNS, LEGAL)

# how long a guest may stay before somebody says anew why
GUEST_DAYS = 90
# how long before the end of a guest's time the lead is told
GUEST_NOTICE = timedelta(days=7)


def areas_of(function: str) -> list[Area]:
    """Return what a function may see, in the order of the areas."""
    sees = SCOPES[Function(function)].sees
    return [area for area in Area if area in sees]


def works_in(function: str, areas: Iterable[str], area: Area) -> bool:
    """Return whether somebody in a function, who was let into these areas, works in one."""
    return area in set(areas) and area in SCOPES[Function(function)].works


def may(function: str, areas: Iterable[str], deed: Deed, *, is_guest: bool) -> bool:
    """Return whether somebody in a function, who was let into these areas, may do something."""
    worked = SCOPES[Function(function)].works & {Area(one) for one in areas}
    return NEEDS[deed] <= worked and (not is_guest or deed in OF_GUESTS)


def is_narrow(areas: Iterable[str]) -> bool:
    """Return whether somebody sees less of a case than who investigates it."""
    return not INVESTIGATES.issubset(areas)
